/** Reads conversations page by page and keeps the last few, so that going back to one costs nothing. */
import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { api, take } from '@/api/client';
import type { MessagePage, Turn } from '@/api/types';
import { type History, joined, NO_HISTORY, type Page, withNewest, withOlder } from './history.logic';

const FIRST_PAGE = 30;
const OLDER_PAGE = 60;
/** The gateway's own limit: for reading everything. */
const LARGE_PAGE = 500;
const KEPT = 6;

type Read = (id: string, limit: number, cursor?: string, signal?: AbortSignal) => Promise<MessagePage>;

export class Histories {
  private kept = new Map<string, History>();
  private older = new Map<string, Promise<void>>();
  private watchers = new Set<() => void>();

  constructor(private read: Read) {}

  watch = (listener: () => void) => {
    this.watchers.add(listener);
    return () => void this.watchers.delete(listener);
  };

  of = (id: string): History => this.kept.get(id) ?? NO_HISTORY;

  /** Reads the newest page, and further ones as far as what is held already. Tells which turns have not ended. */
  async refresh(id: string, signal?: AbortSignal): Promise<readonly Turn[]> {
    const newest = await this.read(id, FIRST_PAGE, undefined, signal);
    let page: Page = newest;
    let next = withNewest(this.of(id), page);
    while (next === null && page.next_cursor) {
      page = joined(page, await this.read(id, LARGE_PAGE, page.next_cursor, signal));
      next = withNewest(this.of(id), page);
    }
    if (next) this.keep(id, next);
    return newest.turns;
  }

  /** One more page; several callers share it. */
  readOlder(id: string, limit = OLDER_PAGE): Promise<void> {
    const under = this.older.get(id);
    if (under) return under;
    const { cursor } = this.of(id);
    if (!cursor) return Promise.resolve();
    const reading = this.read(id, limit, cursor)
      .then((page) => {
        // A reading of the newest page may have come between; then this page is read once more later.
        if (this.of(id).cursor === cursor) this.keep(id, withOlder(this.of(id), page));
      })
      .finally(() => this.older.delete(id));
    this.older.set(id, reading);
    return reading;
  }

  async readAll(id: string): Promise<void> {
    while (this.of(id).cursor) await this.readOlder(id, LARGE_PAGE);
  }

  /** Reads back until a turn is there; false when the conversation as it stands does not have it. */
  async readUntil(id: string, turnId: string): Promise<boolean> {
    const has = () => this.of(id).messages.some((message) => message.turn_id === turnId);
    while (!has() && this.of(id).cursor) await this.readOlder(id, LARGE_PAGE);
    return has();
  }

  private keep(id: string, history: History) {
    if (this.kept.get(id) === history) return;
    this.kept.delete(id);
    this.kept.set(id, history);
    for (const old of this.kept.keys()) {
      if (this.kept.size <= KEPT) break;
      this.kept.delete(old);
    }
    for (const watcher of this.watchers) watcher();
  }
}

export const histories = new Histories((id, limit, cursor, signal) =>
  take(
    api.GET('/api/sessions/{id}/messages', { params: { path: { id }, query: { limit, cursor } }, signal }),
  ),
);

/** The conversation as it is held, and the query that keeps its end fresh. */
export function useHistory(id: string, enabled: boolean) {
  const history = useSyncExternalStore(histories.watch, () => histories.of(id));
  const query = useQuery({
    queryKey: ['get', '/api/sessions/{id}/messages', id],
    queryFn: ({ signal }) => histories.refresh(id, signal),
    enabled,
    structuralSharing: false,
  });
  return { history, query };
}
