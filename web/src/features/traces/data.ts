/** Turns in one line each, and what one of them did when; both are read again as the news come. */
import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import { $api, ApiError, api, take } from '@/api/client';
import { type NewsType, unhurried, useNews } from '@/api/reread';
import type { TurnPage } from '@/api/types';
import { parametersOf, type TracesSearch } from './search.logic';

const PAGE = 50;
const first = undefined as string | undefined;

export const useTurns = (search: TracesSearch) => {
  const parameters = parametersOf(search);
  return useInfiniteQuery({
    queryKey: ['get', '/api/turns', parameters],
    queryFn: ({ pageParam, signal }): Promise<TurnPage> =>
      take(
        api.GET('/api/turns', {
          params: { query: { ...parameters, limit: PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: first,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    // What was found stands until there is something newer: nothing jumps while filters change.
    placeholderData: keepPreviousData,
    refetchOnMount: 'always',
  });
};

/** Asking again does not bring back what is not there. */
const isRefused = (error: unknown) => error instanceof ApiError && error.status < 500;
const retry = (failures: number, error: unknown) => !isRefused(error) && failures < 2;

export const isGone = (error: unknown) =>
  error instanceof ApiError && (error.status === 404 || error.status === 400);

export const useTrace = (id: string) =>
  $api.useQuery(
    'get',
    '/api/turns/{id}/trace',
    { params: { path: { id } } },
    { retry, refetchOnMount: 'always' },
  );
export const useTurn = (id: string) =>
  $api.useQuery('get', '/api/turns/{id}', { params: { path: { id } } }, { retry, refetchOnMount: 'always' });
export const useSession = (id: string | undefined) =>
  $api.useQuery(
    'get',
    '/api/sessions/{id}',
    { params: { path: { id: id ?? '' } } },
    { enabled: id !== undefined, retry },
  );

const STEP_NEWS: readonly NewsType[] = [
  'agent_start',
  'llm_request',
  'llm_response',
  'tool_call_start',
  'tool_call',
  'approval_request',
  'approval_resolved',
  'agent_end',
];

/** Reads a turn again at each of its steps. */
export function useStepNews(id: string) {
  const client = useQueryClient();
  const reading = useMemo(
    () =>
      unhurried(() => {
        for (const path of ['/api/turns/{id}/trace', '/api/turns/{id}'])
          void client.invalidateQueries({ queryKey: ['get', path, { params: { path: { id } } }] });
      }),
    [client, id],
  );
  useEffect(() => reading.stop, [reading]);
  useNews(
    STEP_NEWS,
    useCallback(
      (event) => {
        if ('turn_id' in event && event.turn_id === id) reading.ask();
      },
      [id, reading],
    ),
  );
}
