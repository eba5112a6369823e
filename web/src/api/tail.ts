/**
 * The end of something that grows: a bounded list that takes in what comes, once every so often, and keeps it back
 * while somebody reads further up.
 */

export type Entry<T> =
  | { id: number; value: T; missed?: undefined }
  /** Something is missing before what follows; null: nobody knows how much. */
  | { id: number; value?: undefined; missed: number | null };

export interface TailState<T> {
  entries: readonly Entry<T>[];
  /** How many came and are not shown yet. */
  held: number;
  /** The list has just changed at its beginning. */
  shift: boolean;
}

/** Entries shown at most. */
const MOST = 20_000;
/** What comes within this time is shown at once. */
const GATHER_MS = 80;

export class Tail<T> {
  private state: TailState<T> = { entries: [], held: 0, shift: false };
  private fresh: Entry<T>[] = [];
  private held: Entry<T>[] = [];
  private holding = false;
  /** So much was kept back that it no longer follows on what is shown. */
  private torn = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watchers = new Set<() => void>();

  /** `onTrim` is told when the oldest entries were let go. */
  constructor(
    private onTrim: () => void = () => {},
    private most = MOST,
  ) {}

  getState = () => this.state;

  watch = (listener: () => void) => {
    this.watchers.add(listener);
    return () => void this.watchers.delete(listener);
  };

  /** The newest there is, shown or not. */
  get newest(): number | undefined {
    return (this.fresh.at(-1) ?? this.held.at(-1) ?? this.state.entries.at(-1))?.id;
  }

  add(id: number, value: T) {
    // After a reconnection the same may come twice.
    if (this.newest !== undefined && id <= this.newest) return;
    this.fresh.push({ id, value });
    this.soon();
  }

  /** So many are missing before the one with this id. */
  gap(missed: number | null, resumeFrom: number) {
    const id = resumeFrom - 0.5;
    if (this.newest !== undefined && id <= this.newest) return;
    this.fresh.push({ id, missed });
    this.soon();
  }

  /** Puts older ones before what is there. */
  prepend(older: readonly Entry<T>[]) {
    if (older.length) this.set({ entries: [...older, ...this.state.entries], shift: true });
  }

  /** Keeps back what comes, or shows what was kept back. */
  hold(on: boolean) {
    this.holding = on;
    this.flush();
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private soon() {
    this.timer ??= setTimeout(this.flush, GATHER_MS);
  }

  private flush = () => {
    this.stop();
    const fresh = this.fresh;
    this.fresh = [];
    this.held.push(...fresh);
    if (this.held.length > this.most) {
      this.held = this.held.slice(-this.most / 2);
      this.torn = true;
    }
    if (this.holding) {
      if (fresh.length) this.set({ held: this.held.length });
      return;
    }
    if (!this.held.length) return;
    const all = this.torn ? this.held : [...this.state.entries, ...this.held];
    const entries = all.length > this.most ? all.slice(-Math.floor(this.most * 0.9)) : all;
    const trimmed = this.torn || entries.length < all.length;
    this.held = [];
    this.torn = false;
    this.set({ entries, held: 0 });
    if (trimmed) this.onTrim();
  };

  private set(change: Partial<TailState<T>>) {
    this.state = { ...this.state, shift: false, ...change };
    for (const watcher of this.watchers) watcher();
  }
}
