/** The doctor's last report, looking anew, and mending. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { $api, api, take } from '@/api/client';
import { examination } from '@/api/doctor';
import { type Examination, heard } from './rows.logic';

export const useReport = () => $api.useQuery('get', '/api/doctor', {}, { refetchOnMount: 'always' });

const useReread = () => {
  const client = useQueryClient();
  return useCallback(() => client.invalidateQueries({ queryKey: ['get', '/api/doctor'] }), [client]);
};

export interface Looking {
  /** The examination that this tab follows. */
  going: Examination | undefined;
  busy: boolean;
  error: unknown;
  look: () => void;
}

/** Looks on demand. The gateway goes on when the page is left, and tells of the report in the news. */
export function useLooking(): Looking {
  const [going, setGoing] = useState<Examination>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const running = useRef<AbortController>(undefined);
  const reread = useReread();

  const look = useCallback(() => {
    if (running.current) return;
    const mine = new AbortController();
    running.current = mine;
    setBusy(true);
    setError(undefined);
    const follow = async () => {
      let known: Examination | undefined;
      for await (const step of examination(mine.signal)) {
        known = heard(known, step);
        if (!mine.signal.aborted) setGoing(known);
      }
      await reread();
    };
    follow()
      .catch((problem: unknown) => {
        if (!mine.signal.aborted) setError(problem);
      })
      .finally(() => {
        if (mine.signal.aborted) return;
        running.current = undefined;
        setGoing(undefined);
        setBusy(false);
      });
  }, [reread]);

  useEffect(
    () => () => {
      running.current?.abort();
      running.current = undefined;
    },
    [],
  );
  return { going, busy, error, look };
}

/** What a fix would change; asked anew whenever somebody looks. */
export const usePlan = (id: string) =>
  useQuery({
    queryKey: ['doctor-plan', id],
    queryFn: ({ signal }) => take(api.POST('/api/doctor/fix', { body: { id, dry_run: true }, signal })),
    retry: false,
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });

export function useFix(id: string) {
  const reread = useReread();
  return useMutation({
    mutationFn: () => take(api.POST('/api/doctor/fix', { body: { id, dry_run: false } })),
    onSuccess: reread,
    meta: { saidInPlace: true },
  });
}

/** The report to hand on; made anew whenever somebody looks. */
export const usePaper = () =>
  useQuery({
    queryKey: ['doctor-paper'],
    queryFn: ({ signal }): Promise<string> =>
      take(api.GET('/api/doctor/report', { parseAs: 'text', signal })),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
