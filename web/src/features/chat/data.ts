/** The conversations as the gateway stores them: lists, pages of messages, and what can be done to them. */
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { $api, api, take } from '@/api/client';
import type { MessagePage, SessionPage } from '@/api/types';

const SESSIONS_PAGE = 40;
const MESSAGES_PAGE = 30;

const nextCursor = (page: { next_cursor?: string | null }) => page.next_cursor ?? undefined;

export const useSessions = () =>
  useInfiniteQuery({
    queryKey: ['get', '/api/sessions'],
    queryFn: ({ pageParam, signal }): Promise<SessionPage> =>
      take(
        api.GET('/api/sessions', { params: { query: { limit: SESSIONS_PAGE, cursor: pageParam } }, signal }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: nextCursor,
  });

export const useMessages = (id: string, enabled: boolean) =>
  useInfiniteQuery({
    queryKey: ['get', '/api/sessions/{id}/messages', id],
    queryFn: ({ pageParam, signal }): Promise<MessagePage> =>
      take(
        api.GET('/api/sessions/{id}/messages', {
          params: { path: { id }, query: { limit: MESSAGES_PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: nextCursor,
    enabled,
  });

export const useSession = (id: string, enabled: boolean) =>
  $api.useQuery('get', '/api/sessions/{id}', { params: { path: { id } } }, { enabled });

export const useSearch = (q: string) =>
  $api.useQuery(
    'get',
    '/api/sessions/search',
    { params: { query: { q, limit: 30 } } },
    { enabled: q.length >= 2, placeholderData: (before) => before },
  );

/** Rename, delete, bring back; the lists are read again after each. */
export function useSessionActions() {
  const client = useQueryClient();
  const reread = () =>
    Promise.all(
      ['/api/sessions', '/api/sessions/{id}'].map((path) =>
        client.invalidateQueries({ queryKey: ['get', path] }),
      ),
    );
  const rename = useMutation({
    mutationFn: ({ id, title }: { id: string; title: string }) =>
      take(api.PATCH('/api/sessions/{id}', { params: { path: { id } }, body: { title } })),
    onSuccess: reread,
  });
  const remove = useMutation({
    mutationFn: (id: string) => api.DELETE('/api/sessions/{id}', { params: { path: { id } } }),
    onSuccess: reread,
  });
  const restore = useMutation({
    mutationFn: (id: string) => take(api.POST('/api/sessions/{id}/restore', { params: { path: { id } } })),
    onSuccess: reread,
  });
  return { rename, remove, restore };
}
