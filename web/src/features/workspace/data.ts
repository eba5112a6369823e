/** The files, as the gateway has them, and what can be done to them. */
import {
  keepPreviousData,
  useInfiniteQuery,
  useQueries,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useMemo } from 'react';
import { $api, ApiError, api, take } from '@/api/client';
import type { WorkspaceFile, WorkspaceListing, WorkspaceTrashPage, WorkspaceVersionPage } from '@/api/types';
import type { WorkspaceQuery } from './query.logic';
import type { Folder } from './tree.logic';

/** Entries of a folder that are shown. */
const MOST = 1000;
const PAGE = 50;
const nextCursor = (page: { next_cursor?: string | null }) => page.next_cursor ?? undefined;
const first = undefined as string | undefined;

const readFolder = (path: string) => ({
  queryKey: ['get', '/api/workspace/tree', path],
  queryFn: ({ signal }: { signal: AbortSignal }): Promise<WorkspaceListing> =>
    take(api.GET('/api/workspace/tree', { params: { query: { path, limit: MOST } }, signal })),
});

/** The top, which says whether there is anything at all. */
export const useTop = () => useQuery(readFolder(''));

/** What is in the workspace and in every folder that is open. */
export function useFolders(open: readonly string[]): {
  folders: ReadonlyMap<string, Folder>;
  reading: Set<string>;
} {
  const paths = useMemo(() => ['', ...open], [open]);
  const answers = useQueries({ queries: paths.map(readFolder) });
  const folders = new Map<string, Folder>();
  const reading = new Set<string>();
  for (const [at, path] of paths.entries()) {
    const answer = answers[at];
    if (answer?.data) folders.set(path, answer.data);
    else if (answer?.isPending) reading.add(path);
  }
  return { folders, reading };
}

export const fileKey = (path: string) => ['get', '/api/workspace/file', path];

const isStatus = (error: unknown, status: number) => error instanceof ApiError && error.status === status;

/** A file; null: it is not there; an address may also name a folder. */
export const useFile = (path: string) =>
  useQuery({
    queryKey: fileKey(path),
    queryFn: async ({ signal }): Promise<WorkspaceFile | 'folder' | null> => {
      try {
        return await take(api.GET('/api/workspace/file', { params: { query: { path } }, signal }));
      } catch (error) {
        if (isStatus(error, 404)) return null;
        if (!isStatus(error, 400)) throw error;
        await take(api.GET('/api/workspace/tree', { params: { query: { path, limit: 1 } }, signal })).catch(
          () => {
            throw error;
          },
        );
        return 'folder';
      }
    },
    retry: false,
  });

export const useVersions = (path: string) =>
  useInfiniteQuery({
    queryKey: ['get', '/api/workspace/history', path],
    queryFn: ({ pageParam, signal }): Promise<WorkspaceVersionPage> =>
      take(
        api.GET('/api/workspace/history', {
          params: { query: { path, limit: PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: first,
    getNextPageParam: nextCursor,
  });

/** What changed from one version to another, or to the file as it is. */
export const useDiff = (path: string, from: number, to: number | undefined) =>
  $api.useQuery(
    'get',
    '/api/workspace/diff',
    { params: { query: { path, from, ...(to === undefined ? {} : { to }) } } },
    { retry: false },
  );

export const useVersion = (path: string, version: number, enabled: boolean) =>
  $api.useQuery(
    'get',
    '/api/workspace/version',
    { params: { query: { path, version } } },
    { enabled, retry: false },
  );

export const useTrash = () =>
  useInfiniteQuery({
    queryKey: ['get', '/api/workspace/trash'],
    queryFn: ({ pageParam, signal }): Promise<WorkspaceTrashPage> =>
      take(
        api.GET('/api/workspace/trash', { params: { query: { limit: PAGE, cursor: pageParam } }, signal }),
      ),
    initialPageParam: first,
    getNextPageParam: nextCursor,
  });

export function useHits(query: WorkspaceQuery) {
  const { q = '', regex, word } = query;
  const parameters = {
    q,
    ...(regex ? { regex } : {}),
    ...(word ? { word } : {}),
    ...(query.case ? { case: true } : {}),
    ...(query.in ? { files: query.in } : {}),
  };
  return useQuery({
    queryKey: ['get', '/api/workspace/search', parameters],
    queryFn: ({ signal }) =>
      take(api.GET('/api/workspace/search', { params: { query: parameters }, signal })),
    enabled: q.trim() !== '',
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** Calls that outlive the row that makes them: an undo may come when it is gone. */
export const restoreTrash = (id: string, to?: string) =>
  take(
    api.POST('/api/workspace/trash/{id}/restore', {
      params: { path: { id } },
      body: to === undefined ? {} : { to },
    }),
  );
export const move = (from: string, to: string) =>
  take(api.POST('/api/workspace/move', { body: { from, to } }));
export const remove = (path: string) =>
  take(api.DELETE('/api/workspace/file', { params: { query: { path } } }));
export const makeFolder = (path: string) => take(api.POST('/api/workspace/folder', { body: { path } }));
export const purge = (id: string) => api.DELETE('/api/workspace/trash/{id}', { params: { path: { id } } });
export const emptyTrash = () => take(api.DELETE('/api/workspace/trash'));

/** Writes only if the file still is what `base` names; null: only if there is none. */
export const write = (path: string, content: string, base: string | null) =>
  take(
    api.PUT('/api/workspace/file', {
      params: {
        query: { path },
        header: base === null ? { 'If-None-Match': '*' } : { 'If-Match': `"${base}"` },
      },
      body: { content },
    }),
  );
export const restoreVersion = (path: string, version: number) =>
  take(api.POST('/api/workspace/restore', { body: { path, version } }));

/** Reads anew what a change concerns; the news does the same for other tabs. */
export function useReread() {
  const client = useQueryClient();
  return () =>
    Promise.all(
      ['tree', 'file', 'history', 'diff', 'search', 'trash'].map((part) =>
        client.invalidateQueries({ queryKey: ['get', `/api/workspace/${part}`] }),
      ),
    );
}
