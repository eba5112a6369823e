/** Tries a provider: asks, waits in sight, and ends well, badly or not at all. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError, api, take } from '@/api/client';
import type { ProviderTest, ProviderTested } from '@/api/types';

export type Probe =
  | { phase: 'idle' }
  | { phase: 'asking'; since: number }
  | { phase: 'works'; found: ProviderTested }
  | { phase: 'failed'; error: unknown; reason?: string; field?: string };

const detail = (error: unknown, name: 'reason' | 'field'): string | undefined => {
  const details = error instanceof ApiError ? (error.body.details as Record<string, unknown> | null) : null;
  const value = details?.[name];
  return typeof value === 'string' ? value : undefined;
};

export function useProbe(onWorks: (found: ProviderTested) => void) {
  const [probe, setProbe] = useState<Probe>({ phase: 'idle' });
  const running = useRef<AbortController>(undefined);
  const works = useRef(onWorks);
  works.current = onWorks;

  const stop = useCallback(() => {
    running.current?.abort();
    running.current = undefined;
    setProbe({ phase: 'idle' });
  }, []);

  const ask = useCallback(async (what: ProviderTest) => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    setProbe({ phase: 'asking', since: Date.now() });
    try {
      const found = await take(api.POST('/api/providers/test', { body: what, signal: mine.signal }));
      if (mine.signal.aborted) return;
      setProbe({ phase: 'works', found });
      works.current(found);
    } catch (error) {
      if (mine.signal.aborted) return;
      setProbe({ phase: 'failed', error, reason: detail(error, 'reason'), field: detail(error, 'field') });
    }
  }, []);

  useEffect(() => () => running.current?.abort(), []);
  return { probe, ask, stop };
}
