/** What is remembered, as the gateway has it: lists, counts, versions, and what can be done to it. */
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { $api, api, take } from '@/api/client';
import type { MemoryBulk, MemoryChanges, MemoryPage, MemoryVersionPage, NewMemory } from '@/api/types';
import { type MemoryQuery, parametersOf } from './query.logic';

const PAGE = 50;
const VERSIONS = 20;
const nextCursor = (page: { next_cursor?: string | null }) => page.next_cursor ?? undefined;
const first = undefined as string | undefined;

export const useMemories = (query: MemoryQuery) => {
  const parameters = parametersOf(query);
  return useInfiniteQuery({
    queryKey: ['get', '/api/memory', parameters],
    queryFn: ({ pageParam, signal }): Promise<MemoryPage> =>
      take(
        api.GET('/api/memory', {
          params: { query: { ...parameters, limit: PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: first,
    getNextPageParam: nextCursor,
    // What was found stands until there is something newer: nothing jumps while somebody types.
    placeholderData: keepPreviousData,
  });
};

export const useCounts = () => $api.useQuery('get', '/api/memory/categories', {});

/** One entry, for an address that names it. */
export const useMemory = (key: string | undefined) =>
  $api.useQuery(
    'get',
    '/api/memory/{key}',
    { params: { path: { key: key ?? '' } } },
    { enabled: key !== undefined, retry: false },
  );

export const useVersions = (key: string) =>
  useInfiniteQuery({
    queryKey: ['get', '/api/memory/{key}/versions', key],
    queryFn: ({ pageParam, signal }): Promise<MemoryVersionPage> =>
      take(
        api.GET('/api/memory/{key}/versions', {
          params: { path: { key }, query: { limit: VERSIONS, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: first,
    getNextPageParam: nextCursor,
  });

/** Calls that outlive the row that makes them: an undo may come when it is gone. */
export const bulk = (body: MemoryBulk) => take(api.POST('/api/memory/bulk', { body }));
export const restore = (key: string, version?: number) =>
  take(
    api.POST('/api/memory/{key}/restore', {
      params: { path: { key } },
      body: version === undefined ? {} : { version },
    }),
  );

/** The lists are read again after each; the news does the same for other tabs. */
export function useMemoryActions() {
  const client = useQueryClient();
  const reread = () =>
    Promise.all(
      ['/api/memory', '/api/memory/categories', '/api/memory/{key}', '/api/memory/{key}/versions'].map(
        (path) => client.invalidateQueries({ queryKey: ['get', path] }),
      ),
    );
  return {
    reread,
    add: useMutation({
      mutationFn: (body: NewMemory) => take(api.POST('/api/memory', { body })),
      onSuccess: reread,
    }),
    change: useMutation({
      mutationFn: ({ key, changes }: { key: string; changes: MemoryChanges }) =>
        take(api.PATCH('/api/memory/{key}', { params: { path: { key } }, body: changes })),
      onSuccess: reread,
    }),
    remove: useMutation({
      mutationFn: (key: string) => api.DELETE('/api/memory/{key}', { params: { path: { key } } }),
      onSuccess: reread,
    }),
    restore: useMutation({
      mutationFn: ({ key, version }: { key: string; version?: number }) => restore(key, version),
      onSuccess: reread,
    }),
    bulk: useMutation({ mutationFn: bulk, onSuccess: reread }),
  };
}
