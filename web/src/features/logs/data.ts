/** The log, as the gateway has it: lines, counts, modules, levels. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { $api, api, take } from '@/api/client';
import { unhurried } from '@/api/reread';
import type { LevelChange, LogHistogram, LogLine } from '@/api/types';
import { isLive, type LogSearch, listKey, parametersOf, RANGES } from './search.logic';
import { LogSession } from './session';

/** The list that an address asks for; another address is another list. */
export function useLogSession(search: LogSearch) {
  const key = listKey(search);
  const [session, setSession] = useState<{ key: string; is: LogSession }>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for what makes it another list
  useEffect(() => {
    const is = new LogSession(parametersOf(search), isLive(search));
    setSession({ key, is });
    void is.start();
    return is.stop;
  }, [key]);
  return session?.is;
}

const nothing = () => () => {};
export const useTail = (session: LogSession | undefined) =>
  useSyncExternalStore(session?.tail.watch ?? nothing, () => session?.tail.getState());
export const useSessionState = (session: LogSession | undefined) =>
  useSyncExternalStore(session?.watch ?? nothing, () => session?.getState());

export const BUCKETS = 60;
/** Shown when the address names no time, in seconds. */
const USUAL = 3_600;
/** Between two countings while lines come. */
const PAUSE_MS = 4_000;

/** Counting lines writes lines where everything is logged: they must not lead to counting again. */
const isOwn = (line: LogLine) => String(line.fields.route ?? '').startsWith('/api/logs');

export function useHistogram(search: LogSearch, session: LogSession | undefined) {
  const client = useQueryClient();
  const key = listKey(search);
  useEffect(() => {
    if (!session) return;
    const { ask, stop } = unhurried(
      () => void client.invalidateQueries({ queryKey: ['get', '/api/logs/histogram'] }),
      600,
      PAUSE_MS,
    );
    const leave = session.onLine((line) => {
      if (!isOwn(line)) ask();
    });
    return () => {
      leave();
      stop();
    };
  }, [client, session]);
  return useQuery({
    queryKey: ['get', '/api/logs/histogram', key],
    queryFn: ({ signal }): Promise<LogHistogram> => {
      const { from, to, ...rest } = parametersOf(search);
      // Stretches begin at round times, so that the bars stand still while time goes on.
      const span = (search.range ? RANGES[search.range] : USUAL) * 1_000;
      const bucket = span / BUCKETS;
      const end = Math.ceil((Date.now() + 1) / bucket) * bucket;
      const usual = !search.from && !search.to;
      const until = usual ? end - 1 : to ? Date.parse(to) : Date.now();
      const since = usual ? end - span : from ? Date.parse(from) : until - span;
      return take(
        api.GET('/api/logs/histogram', {
          params: {
            query: {
              ...rest,
              from: new Date(since).toISOString(),
              to: new Date(until).toISOString(),
              buckets: BUCKETS,
            },
          },
          signal,
        }),
      );
    },
    placeholderData: keepPreviousData,
    refetchOnMount: 'always',
  });
}

export const useTargets = (wanted: boolean) =>
  $api.useQuery('get', '/api/logs/targets', {}, { enabled: wanted, refetchOnMount: 'always' });

export const useLevels = () => $api.useQuery('get', '/api/logs/level', {}, { refetchOnMount: 'always' });

export function useSetLevel() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: LevelChange) => take(api.PUT('/api/logs/level', { body })),
    onSuccess: (levels) => client.setQueryData(['get', '/api/logs/level', {}], levels),
  });
}

/** The line that an address names, where the list does not have it. */
export const useLine = (id: number | undefined) =>
  useQuery({
    queryKey: ['get', '/api/logs', 'one', id],
    enabled: id !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }): Promise<LogLine | null> => {
      const page = await take(
        api.GET('/api/logs', { params: { query: { before_id: (id ?? 0) + 1, limit: 1 } }, signal }),
      );
      return page.lines.find((line) => line.id === id) ?? null;
    },
  });
