/** The list of conversations: groups by time, short times, search hits by conversation, file names. */
import type { SearchHit, Session } from '@/api/types';

export type GroupName = 'pinned' | 'today' | 'yesterday' | 'week' | 'month' | 'older';
const ORDER: GroupName[] = ['pinned', 'today', 'yesterday', 'week', 'month', 'older'];

/** Midnight, so many days before today; by the calendar, since some days have 23 or 25 hours. */
const midnight = (now: Date, days: number) =>
  new Date(now.getFullYear(), now.getMonth(), now.getDate() - days).getTime();

export function dayOf(at: string, now: Date): Exclude<GroupName, 'pinned'> {
  const time = new Date(at).getTime();
  if (time >= midnight(now, 0)) return 'today';
  if (time >= midnight(now, 1)) return 'yesterday';
  if (time >= midnight(now, 6)) return 'week';
  return time >= midnight(now, 29) ? 'month' : 'older';
}

export interface Group {
  name: GroupName;
  sessions: Session[];
}

/** Keeps the gateway's order within each group and leaves empty groups out. */
export function grouped(sessions: readonly Session[], now: Date): Group[] {
  const unique = new Map<string, Session>();
  for (const session of sessions) if (!unique.has(session.id)) unique.set(session.id, session);
  const groups = new Map<GroupName, Session[]>(ORDER.map((name) => [name, []]));
  for (const session of unique.values())
    groups.get(session.pinned ? 'pinned' : dayOf(session.updated_at, now))?.push(session);
  return ORDER.map((name) => ({ name, sessions: groups.get(name) ?? [] })).filter(
    (group) => group.sessions.length > 0,
  );
}

/** What a conversation's place in the list comes from. */
export type Place = Pick<Session, 'updated_at'>;

/**
 * The list while somebody points at it: rows show what is new of them but stay where they are, so that a click
 * never lands on another conversation than the one that was aimed at.
 */
export function held(sessions: readonly Session[], places: ReadonlyMap<string, Place>): Session[] {
  return sessions
    .map((session) => ({ ...session, ...places.get(session.id) }))
    .sort((one, other) =>
      one.updated_at < other.updated_at ? 1 : one.updated_at > other.updated_at ? -1 : 0,
    );
}

/** "14:20" today, "Tue" this week, "3 Mar" this year, "3/3/24" before: as short as it can be told. */
export function listTime(at: string, now: Date, locale: string): string {
  const day = dayOf(at, now);
  const time = new Date(at);
  const words = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, options).format(time);
  if (day === 'today') return words({ hour: 'numeric', minute: '2-digit' });
  if (day === 'yesterday' || day === 'week') return words({ weekday: 'short' });
  return time.getFullYear() === now.getFullYear()
    ? words({ day: 'numeric', month: 'short' })
    : words({ dateStyle: 'short' });
}

const MATCH_BEGINS = '\u0002';
const MATCH_ENDS = '\u0003';

export interface SnippetPart {
  text: string;
  hit: boolean;
}

/** The gateway marks matches with U+0002 … U+0003. */
export function snippetParts(snippet: string): SnippetPart[] {
  const [before = '', ...rest] = snippet.split(MATCH_BEGINS);
  const parts = rest.flatMap((piece) => {
    const [hit = '', after = ''] = piece.split(MATCH_ENDS);
    return [
      { text: hit, hit: true },
      { text: after, hit: false },
    ];
  });
  return [{ text: before, hit: false }, ...parts].filter((part) => part.text !== '');
}

/** So many letters before the first match leave it in sight. */
const LEAD = 36;

/** The words around a match, beginning close before it. */
export function closeParts(snippet: string): SnippetPart[] {
  const [first, ...rest] = snippetParts(snippet);
  if (!first || first.hit || rest.length === 0 || first.text.length <= LEAD)
    return first ? [first, ...rest] : [];
  const end = first.text.slice(-LEAD);
  const word = end.search(/\s\S/);
  return [{ text: `…${end.slice(word === -1 ? 0 : word + 1)}`, hit: false }, ...rest];
}

const plain = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();
const wordsOf = (query: string) => plain(query).split(/\s+/).filter(Boolean);

/** Where each word of the query stands in a title; null unless all of them do. */
export function titleParts(title: string, query: string): SnippetPart[] | null {
  const words = wordsOf(query);
  const low = plain(title);
  if (words.length === 0 || !words.every((word) => low.includes(word))) return null;
  // Marks can only be placed where folding kept the length.
  if (low.length !== title.length) return [{ text: title, hit: false }];
  const marked = new Array<boolean>(title.length).fill(false);
  for (const word of words)
    for (let at = low.indexOf(word); at !== -1; at = low.indexOf(word, at + word.length))
      marked.fill(true, at, at + word.length);
  const parts: SnippetPart[] = [];
  for (const [place, letter] of [...title].length === title.length ? [...title].entries() : []) {
    const hit = marked[place] ?? false;
    const last = parts.at(-1);
    if (last?.hit === hit) last.text += letter;
    else parts.push({ text: letter, hit });
  }
  return parts.length > 0 ? parts : [{ text: title, hit: false }];
}

export interface FoundSession {
  id: string;
  title: string;
  /** The title cut into matches and the rest, when all words are in it. */
  titleParts: SnippetPart[] | null;
  updatedAt: string;
  hits: SearchHit[];
}

/** Hits by conversation. Those whose title matches come first, each part in the gateway's order of merit. */
export function foundSessions(
  hits: readonly SearchHit[],
  known: readonly Session[],
  query: string,
): FoundSession[] {
  const found = new Map<string, FoundSession>();
  for (const session of known) {
    const parts = titleParts(session.title, query);
    if (parts && !found.has(session.id))
      found.set(session.id, {
        id: session.id,
        title: session.title,
        titleParts: parts,
        updatedAt: session.updated_at,
        hits: [],
      });
  }
  for (const hit of hits) {
    const one = found.get(hit.session_id) ?? {
      id: hit.session_id,
      title: hit.title,
      titleParts: titleParts(hit.title, query),
      updatedAt: hit.created_at,
      hits: [],
    };
    found.set(hit.session_id, { ...one, hits: [...one.hits, hit] });
  }
  const all = [...found.values()];
  return [...all.filter((one) => one.titleParts), ...all.filter((one) => !one.titleParts)];
}

/** A title as a file's name on any system. */
export function exportName(title: string, ending: string, untitled: string): string {
  const clean = title
    .normalize('NFC')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
    .replace(/[\u0000-\u001f\u007f<>:"/\\|?*]+/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  const short = [...clean].slice(0, 80).join('').trim();
  return `${short || untitled}.${ending}`;
}
