/** The list of conversations: its groups by time, and search snippets cut into what matched and what did not. */
import type { Session } from '@/api/types';

export type GroupName = 'pinned' | 'today' | 'yesterday' | 'week' | 'older';
const ORDER: GroupName[] = ['pinned', 'today', 'yesterday', 'week', 'older'];
const DAY_MS = 86_400_000;

const groupOf = (session: Session, now: Date): GroupName => {
  if (session.pinned) return 'pinned';
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const at = new Date(session.updated_at).getTime();
  if (at >= midnight) return 'today';
  if (at >= midnight - DAY_MS) return 'yesterday';
  return at >= midnight - 6 * DAY_MS ? 'week' : 'older';
};

/** Keeps the gateway's order within each group and leaves empty groups out. */
export function grouped(sessions: readonly Session[], now: Date): { name: GroupName; sessions: Session[] }[] {
  const unique = [...new Map(sessions.map((session) => [session.id, session])).values()];
  return ORDER.map((name) => ({
    name,
    sessions: unique.filter((session) => groupOf(session, now) === name),
  })).filter((group) => group.sessions.length > 0);
}

const MATCH_BEGINS = '\u0002';
const MATCH_ENDS = '\u0003';

/** The gateway marks matches with U+0002 … U+0003. */
export function snippetParts(snippet: string): { text: string; hit: boolean }[] {
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
