/** One list of log lines as it is looked at: the newest page, older ones as they are wanted, and what comes. */
import { api, take } from '@/api/client';
import { followStream, type StreamPhase } from '@/api/sse';
import { type Entry, Tail } from '@/api/tail';
import type { LogLine, LogPage } from '@/api/types';
import type { LogParameters } from './search.logic';

export type LogEntry = Entry<LogLine>;

export interface SessionState {
  phase: 'loading' | 'ready' | 'failed';
  error: unknown;
  /** What the stream does; `off` where the list has an end. */
  link: StreamPhase | 'off';
  /** Whether there is more before the first line. */
  older: 'more' | 'loading' | 'none' | 'failed';
}

const FIRST = 300;
const PAGE = 500;
/** Where a search through much finds little, it goes on by itself so often. */
const ONWARD = 8;
const ENOUGH = 50;

type Place = { cursor: string } | { before_id: number };

let made = 0;

export class LogSession {
  readonly key = ++made;
  readonly tail: Tail<LogLine>;
  private state: SessionState = { phase: 'loading', error: undefined, link: 'off', older: 'more' };
  private watchers = new Set<() => void>();
  private gone = new AbortController();
  private place: Place | undefined;
  private unfollow: (() => void) | undefined;
  private lineListeners = new Set<(line: LogLine) => void>();

  constructor(
    private parameters: LogParameters,
    private live: boolean,
  ) {
    this.tail = new Tail(() => {
      const first = this.tail.getState().entries[0]?.id;
      if (first === undefined) return;
      this.place = { before_id: Math.ceil(first) };
      this.set({ older: 'more' });
    });
  }

  getState = () => this.state;

  watch = (listener: () => void) => {
    this.watchers.add(listener);
    return () => void this.watchers.delete(listener);
  };

  /** Called for each line that comes while it is followed. */
  onLine(listener: (line: LogLine) => void) {
    this.lineListeners.add(listener);
    return () => void this.lineListeners.delete(listener);
  }

  start = async () => {
    this.gone = new AbortController();
    this.set({ phase: 'loading', error: undefined });
    try {
      const page = await this.read(undefined, FIRST);
      if (this.gone.signal.aborted) return;
      this.tail.prepend(this.entries(page));
      this.set({ phase: 'ready', older: this.place ? 'more' : 'none' });
      if (this.live) this.follow(page.newest_id);
      if (page.lines.length < ENOUGH && this.place) await this.older();
    } catch (error) {
      if (!this.gone.signal.aborted) this.set({ phase: 'failed', error });
    }
  };

  stop = () => {
    this.gone.abort();
    this.unfollow?.();
    this.unfollow = undefined;
    this.tail.stop();
  };

  older = async () => {
    if (this.state.older === 'loading' || this.state.older === 'none' || !this.place) return;
    const { signal } = this.gone;
    this.set({ older: 'loading' });
    try {
      let found = 0;
      for (let again = 0; again < ONWARD && this.place && found < ENOUGH; again++) {
        const page = await this.read(this.place, PAGE);
        if (signal.aborted) return;
        found += page.lines.length;
        this.tail.prepend(this.entries(page));
      }
      this.set({ older: this.place ? 'more' : 'none' });
    } catch {
      if (!signal.aborted) this.set({ older: 'failed' });
    }
  };

  private follow(after: number) {
    this.unfollow = followStream({
      path: '/api/logs/stream',
      query: { ...this.parameters, from: undefined },
      after,
      onPhase: (link, error) => this.set({ link, ...(error ? { error } : {}) }),
      onEvent: ({ name, data }) => {
        const told: unknown = JSON.parse(data);
        if (name === 'log') {
          const line = told as LogLine;
          this.tail.add(line.id, line);
          for (const listener of this.lineListeners) listener(line);
        } else if (name === 'gap') {
          const gap = told as { missed: number | null; resume_from: number };
          this.tail.gap(gap.missed, gap.resume_from);
        }
      },
    });
  }

  private async read(place: Place | undefined, limit: number): Promise<LogPage> {
    const page: LogPage = await take(
      api.GET('/api/logs', {
        params: { query: { ...this.parameters, ...place, limit } },
        signal: this.gone.signal,
      }),
    );
    this.place = page.next_cursor ? { cursor: page.next_cursor } : undefined;
    return page;
  }

  private entries = (page: LogPage): LogEntry[] =>
    page.lines.map((value) => ({ id: value.id, value })).reverse();

  private set(change: Partial<SessionState>) {
    this.state = { ...this.state, ...change };
    for (const watcher of this.watchers) watcher();
  }
}
