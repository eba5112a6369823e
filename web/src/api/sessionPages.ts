/** The loaded pages of the list of conversations, and how one that changed finds its place in them. Pure. */
import type { Origin, Session, SessionPage } from './types';

export interface SessionFilter {
  archived: boolean;
  origin?: Origin;
  /** Only those that are kept at the top. */
  pinned?: true;
}

export const fits = (session: Session, filter: SessionFilter) =>
  !session.deleted_at &&
  session.archived === filter.archived &&
  (filter.pinned === undefined || session.pinned) &&
  (filter.origin === undefined || session.origin === filter.origin);

/** Where the gateway would list it: the last used first. */
const comesBefore = (one: Session, other: Session) =>
  one.updated_at > other.updated_at || (one.updated_at === other.updated_at && one.id > other.id);

export const without = (pages: readonly SessionPage[], ids: ReadonlySet<string>): SessionPage[] =>
  pages.map((page) =>
    page.sessions.some((session) => ids.has(session.id))
      ? { ...page, sessions: page.sessions.filter((session) => !ids.has(session.id)) }
      : page,
  );

/** The pages with what is known of one conversation now. One that belongs further down than was read is left out. */
export function placed(
  pages: readonly SessionPage[],
  session: Session,
  filter: SessionFilter,
): SessionPage[] {
  if (!fits(session, filter)) return without(pages, new Set([session.id]));
  const stays = (other: Session) => other.id === session.id && other.updated_at === session.updated_at;
  if (pages.some((page) => page.sessions.some(stays)))
    return pages.map((page) =>
      page.sessions.some(stays)
        ? { ...page, sessions: page.sessions.map((other) => (stays(other) ? session : other)) }
        : page,
    );
  const others = without(pages, new Set([session.id]));
  for (const [place, page] of others.entries()) {
    const at = page.sessions.findIndex((other) => comesBefore(session, other));
    const isEnd = place === others.length - 1 && page.next_cursor == null;
    if (at === -1 && !isEnd) continue;
    const sessions = [...page.sessions];
    sessions.splice(at === -1 ? sessions.length : at, 0, session);
    others[place] = { ...page, sessions };
    return others;
  }
  return others;
}
