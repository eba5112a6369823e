/** The conversations as the gateway stores them: lists, pages of messages, and what can be done to them. */
import { type QueryClient, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { $api, api, take } from '@/api/client';
import { dropSessions, knownSession, putSession, sessionsKey } from '@/api/sessionNews';
import type { SessionFilter } from '@/api/sessionPages';
import type { Session, SessionPage } from '@/api/types';

const SESSIONS_PAGE = 40;
/** Those kept at the top are read apart: they may be older than anything that is listed yet. */
const MOST_PINNED = 200;

const nextCursor = (page: { next_cursor?: string | null }) => page.next_cursor ?? undefined;

export const useSessions = (filter: SessionFilter) =>
  useInfiniteQuery({
    queryKey: sessionsKey(filter),
    queryFn: ({ pageParam, signal }): Promise<SessionPage> =>
      take(
        api.GET('/api/sessions', {
          params: {
            query: { limit: filter.pinned ? MOST_PINNED : SESSIONS_PAGE, cursor: pageParam, ...filter },
          },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: nextCursor,
  });

export const useSession = (id: string, enabled: boolean) =>
  $api.useQuery('get', '/api/sessions/{id}', { params: { path: { id } } }, { enabled });

export const useSearch = (q: string) =>
  $api.useQuery(
    'get',
    '/api/sessions/search',
    { params: { query: { q, limit: 60 } } },
    { enabled: q.length >= 2, placeholderData: (before) => before },
  );

/** Conversations that may have these words in their title: those that the gateway finds, and those listed so far. */
export function useTitles(words: string): readonly Session[] {
  const found = $api.useQuery(
    'get',
    '/api/sessions',
    { params: { query: { title: words, limit: 20 } } },
    { enabled: words.length >= 2, placeholderData: (before) => before },
  );
  const listed = useSessions({ archived: false });
  return useMemo(
    () => [...(found.data?.sessions ?? []), ...(listed.data?.pages.flatMap((page) => page.sessions) ?? [])],
    [found.data, listed.data],
  );
}

type Changes = Partial<Pick<Session, 'title' | 'pinned' | 'archived'>> & { read?: true; model?: string };

/** How a conversation looks once the gateway has taken the changes; shown at once, taken back on a refusal. */
function changed(session: Session, { read, ...fields }: Changes): Session {
  return { ...session, ...fields, ...(read && { unread: false }) };
}

async function change(client: QueryClient, id: string, changes: Changes): Promise<Session> {
  const before = knownSession(client, id);
  if (before) putSession(client, changed(before, changes));
  try {
    const after = await take(api.PATCH('/api/sessions/{id}', { params: { path: { id } }, body: changes }));
    putSession(client, after);
    return after;
  } catch (error) {
    if (before) putSession(client, before);
    throw error;
  }
}

async function remove(client: QueryClient, id: string) {
  const before = knownSession(client, id);
  dropSessions(client, [id]);
  try {
    await api.DELETE('/api/sessions/{id}', { params: { path: { id } } });
  } catch (error) {
    if (before) putSession(client, before);
    throw error;
  }
}

async function restore(client: QueryClient, id: string) {
  putSession(client, await take(api.POST('/api/sessions/{id}/restore', { params: { path: { id } } })));
}

async function fork(client: QueryClient, id: string): Promise<Session> {
  const copy = await take(api.POST('/api/sessions/{id}/fork', { params: { path: { id } }, body: {} }));
  putSession(client, copy);
  return copy;
}

/** Brings an earlier version of a message back into the conversation. */
async function show(client: QueryClient, turnId: string) {
  const session = await take(api.POST('/api/turns/{id}/show', { params: { path: { id: turnId } } }));
  putSession(client, session);
  await client.invalidateQueries({ queryKey: ['get', '/api/sessions/{id}/messages', session.id] });
}

export type ExportFormat = 'md' | 'json';

const exported = (id: string, format: ExportFormat): Promise<Blob> =>
  take(
    api.GET('/api/sessions/{id}/export', {
      params: { path: { id }, query: { format } },
      parseAs: 'blob',
    }),
  ) as Promise<Blob>;

/** What can be done to conversations. Each shows at once what it does, and fails with what the gateway says. */
export function useSessionActions() {
  const client = useQueryClient();
  return useMemo(
    () => ({
      change: (id: string, changes: Changes) => change(client, id, changes),
      remove: (id: string) => remove(client, id),
      restore: (id: string) => restore(client, id),
      fork: (id: string) => fork(client, id),
      show: (turnId: string) => show(client, turnId),
      exported,
    }),
    [client],
  );
}
