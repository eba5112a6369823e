/** The news: what was told lately, and what is told now, for as long as the page is shown. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { api, take } from '@/api/client';
import { followStream, type StreamPhase } from '@/api/sse';
import { type Entry, Tail } from '@/api/tail';
import type { Told } from './search.logic';

export type EventEntry = Entry<Told>;

export interface NewsState {
  phase: 'loading' | 'ready' | 'failed';
  error: unknown;
  link: StreamPhase;
}

const FIRST = 1_000;
const MOST = 5_000;

export class NewsSession {
  readonly tail = new Tail<Told>(() => {}, MOST);
  private state: NewsState = { phase: 'loading', error: undefined, link: 'connecting' };
  private watchers = new Set<() => void>();
  private gone = new AbortController();
  private unfollow: (() => void) | undefined;

  getState = () => this.state;

  watch = (listener: () => void) => {
    this.watchers.add(listener);
    return () => void this.watchers.delete(listener);
  };

  start = async () => {
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.set({ phase: 'loading', error: undefined });
    try {
      const news = await take(api.GET('/api/events/recent', { params: { query: { limit: FIRST } }, signal }));
      if (signal.aborted) return;
      // The document's own type forgets which fields go with which `type`.
      const events = news.events as unknown as { id: number; event: Told }[];
      this.tail.prepend(events.map(({ id, event }) => ({ id, value: event })));
      this.set({ phase: 'ready' });
      this.follow(events.at(-1)?.id);
    } catch (error) {
      if (!signal.aborted) this.set({ phase: 'failed', error });
    }
  };

  stop = () => {
    this.gone.abort();
    this.unfollow?.();
    this.tail.stop();
  };

  private follow(after: number | undefined) {
    this.unfollow = followStream({
      path: '/api/events',
      query: {},
      after,
      onPhase: (link, error) => this.set({ link, ...(error ? { error } : {}) }),
      onEvent: ({ id, name, data }) => {
        const told: unknown = JSON.parse(data);
        if (name === 'gap') {
          const gap = told as { missed: number | null; resume_from: number };
          this.tail.gap(gap.missed, gap.resume_from);
        } else if (id !== undefined) this.tail.add(id, told as Told);
      },
    });
  }

  private set(change: Partial<NewsState>) {
    this.state = { ...this.state, ...change };
    for (const watcher of this.watchers) watcher();
  }
}

const nothing = () => () => {};

export function useNewsSession() {
  const [session, setSession] = useState<NewsSession>();
  useEffect(() => {
    const is = new NewsSession();
    setSession(is);
    void is.start();
    return is.stop;
  }, []);
  const state = useSyncExternalStore(session?.watch ?? nothing, () => session?.getState());
  const tail = useSyncExternalStore(session?.tail.watch ?? nothing, () => session?.tail.getState());
  return { session, state, tail };
}
