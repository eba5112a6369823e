/** Jobs and their runs, as the gateway has them, and what can be done to them. */
import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { $api, ApiError, api, take } from '@/api/client';
import type {
  CronJob,
  CronJobPage,
  CronRunPage,
  JobChanges,
  NewJob,
  SchedulePreview,
  SessionPage,
} from '@/api/types';
import { type CronView, parametersOf } from './view.logic';

/** The generated types have lost the kinds of unions; `CronJob` and its like have them. */
const whole = <T>(answer: Promise<unknown>) => answer as Promise<T>;

const PAGE = 50;
const RUNS = 15;
const first = undefined as string | undefined;
const nextCursor = (page: { next_cursor?: string | null }) => page.next_cursor ?? undefined;
const isRefused = (error: unknown) => error instanceof ApiError && error.status < 500;
const retry = (failures: number, error: unknown) => !isRefused(error) && failures < 2;

export const NEWS = ['cron_result', 'job_started', 'job_changed'] as const;
export const PATHS = ['/api/cron', '/api/cron/{id}', '/api/cron/{id}/runs'] as const;

export const useJobs = (view: CronView) => {
  const parameters = parametersOf(view);
  return useInfiniteQuery({
    queryKey: ['get', '/api/cron', parameters],
    queryFn: ({ pageParam, signal }): Promise<CronJobPage> =>
      whole(
        take(
          api.GET('/api/cron', {
            params: { query: { ...parameters, limit: PAGE, cursor: pageParam } },
            signal,
          }),
        ),
      ),
    initialPageParam: first,
    getNextPageParam: nextCursor,
    // What was found stands until there is something newer: nothing jumps while somebody types.
    placeholderData: keepPreviousData,
    refetchOnMount: 'always',
  });
};

/** One job, for an address that names it. */
export const useJob = (id: string | undefined) =>
  useQuery({
    queryKey: ['get', '/api/cron/{id}', id],
    queryFn: ({ signal }) =>
      whole<CronJob>(take(api.GET('/api/cron/{id}', { params: { path: { id: id ?? '' } }, signal }))),
    enabled: id !== undefined,
    retry,
  });

export const useRuns = (id: string) =>
  useInfiniteQuery({
    queryKey: ['get', '/api/cron/{id}/runs', id],
    queryFn: ({ pageParam, signal }): Promise<CronRunPage> =>
      take(
        api.GET('/api/cron/{id}/runs', {
          params: { path: { id }, query: { limit: RUNS, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: first,
    getNextPageParam: nextCursor,
    refetchOnMount: 'always',
  });

const ask = (text: string, tz: string): Promise<SchedulePreview> =>
  whole(take(api.POST('/api/cron/preview', { body: { text, ...(tz && { tz }) } })));

/** What a wording comes to; asked for as one types. */
export const usePreview = (text: string, tz: string) =>
  useQuery({
    queryKey: ['cron-preview', text, tz],
    queryFn: () => ask(text, tz),
    enabled: text !== '',
    retry,
    // Times pass: what was understood a while ago is asked for again.
    staleTime: 20_000,
    placeholderData: keepPreviousData,
  });

export const useSessions = () =>
  useQuery({
    queryKey: ['get', '/api/sessions', 'for jobs'],
    queryFn: (): Promise<SessionPage> => take(api.GET('/api/sessions', { params: { query: { limit: 50 } } })),
  });
export const useTools = () => $api.useQuery('get', '/api/tools', {});

/** Calls that outlive the row that makes them: an undo may come when it is gone. */
export const restoreJob = (id: string) =>
  take(api.POST('/api/cron/{id}/restore', { params: { path: { id } } }));

/** The lists are read again after each; the news does the same for other tabs. */
export function useJobActions() {
  const client = useQueryClient();
  const reread = () =>
    Promise.all(PATHS.map((path) => client.invalidateQueries({ queryKey: ['get', path] })));
  const path = (id: string) => ({ params: { path: { id } } });
  return {
    reread,
    preview: (text: string, tz: string) =>
      client.fetchQuery({ queryKey: ['cron-preview', text, tz], queryFn: () => ask(text, tz), retry: false }),
    add: useMutation({
      mutationFn: (body: NewJob): Promise<CronJob> => whole(take(api.POST('/api/cron', { body }))),
      onSuccess: reread,
    }),
    change: useMutation({
      mutationFn: ({ id, changes }: { id: string; changes: JobChanges }): Promise<CronJob> =>
        whole(take(api.PATCH('/api/cron/{id}', { ...path(id), body: changes }))),
      onSuccess: reread,
    }),
    remove: useMutation({
      mutationFn: (id: string) => api.DELETE('/api/cron/{id}', path(id)),
      onSuccess: reread,
    }),
    run: useMutation({
      mutationFn: (id: string) => take(api.POST('/api/cron/{id}/run', path(id))),
      onSuccess: reread,
    }),
    pause: useMutation({
      mutationFn: (id: string) => take(api.POST('/api/cron/{id}/pause', { ...path(id), body: {} })),
      onSuccess: reread,
    }),
    resume: useMutation({
      mutationFn: (id: string) => take(api.POST('/api/cron/{id}/resume', path(id))),
      onSuccess: reread,
    }),
  };
}
