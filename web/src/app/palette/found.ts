/** Conversations for the palette: the newest, or those in which the typed words were said. */
import { useDebouncedValue } from '@mantine/hooks';
import { $api } from '@/api/client';
import type { SearchHit } from '@/api/types';
import { useRecentSessions } from '../recent';

const RECENT = 6;
const FOUND = 20;
const SHOWN = 8;
const PAUSE_MS = 150;

export interface FoundSession {
  id: string;
  title: string;
  at: string;
  snippet?: string;
  /** The turn in which it was said, where it stands on the visible path. */
  turn?: string;
}

/** Matches stand between U+0002 and U+0003; here the words are shown plainly. */
const plain = (snippet: string) =>
  snippet.replaceAll('\u0002', '').replaceAll('\u0003', '').replace(/\s+/g, ' ').trim();

/** A conversation once, however often the words were said in it. */
export function bySession(hits: readonly SearchHit[]): FoundSession[] {
  const seen = new Map<string, FoundSession>();
  for (const hit of hits)
    if (!seen.has(hit.session_id))
      seen.set(hit.session_id, {
        id: hit.session_id,
        title: hit.title,
        at: hit.created_at,
        snippet: plain(hit.snippet),
        ...(hit.visible && { turn: hit.turn_id }),
      });
  return [...seen.values()].slice(0, SHOWN);
}

export function useFoundSessions(typed: string) {
  const wanted = typed.trim();
  const [settled] = useDebouncedValue(wanted, PAUSE_MS);
  const searching = settled.length >= 2 && wanted.length >= 2;
  const recent = useRecentSessions();
  const search = $api.useQuery(
    'get',
    '/api/sessions/search',
    { params: { query: { q: settled, limit: FOUND } } },
    { enabled: searching, placeholderData: (before) => before },
  );
  const newest: FoundSession[] = (recent.data?.sessions ?? []).slice(0, RECENT).map((session) => ({
    id: session.id,
    title: session.title,
    at: session.updated_at,
  }));
  const sessions = wanted === '' ? newest : searching ? bySession(search.data?.hits ?? []) : [];
  return {
    sessions,
    busy: wanted.length >= 2 && (settled !== wanted || search.isFetching),
    failed:
      wanted === '' ? recent.isError && !recent.data : searching && search.isError && !search.isFetching,
  };
}
