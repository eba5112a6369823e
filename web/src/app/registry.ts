/** What mounted components offer to the whole page: each says its own, everybody reads the sum. */
import { useEffect, useRef, useSyncExternalStore } from 'react';

type Entry<T> = { current: readonly T[] };

export class Registry<T> {
  private entries: Entry<T>[] = [];
  private sum: readonly T[] = [];
  private readonly watchers = new Set<() => void>();
  private readonly same: (one: T, other: T) => boolean;

  /** `same` tells offers that readers need not be told of anew: only what they do has changed. */
  constructor(same: (one: T, other: T) => boolean) {
    this.same = same;
  }

  /** Everything on offer, the last component's own first. */
  readonly all = () => this.sum;

  readonly watch = (watcher: () => void) => {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  };

  readonly tell = () => {
    for (const watcher of this.watchers) watcher();
  };

  /** Everything on offer, kept up to date. */
  readonly useAll = () => useSyncExternalStore(this.watch, this.all);

  /** Offers `own` for as long as the component is there. */
  readonly useOwn = (own: readonly T[]) => {
    const entry = useRef<Entry<T>>({ current: own });
    useEffect(() => {
      const mine = entry.current;
      this.entries = [mine, ...this.entries];
      this.add(true);
      return () => {
        this.entries = this.entries.filter((other) => other !== mine);
        this.add(true);
      };
    }, []);
    useEffect(() => {
      const { current: before } = entry.current;
      entry.current.current = own;
      this.add(
        before.length !== own.length ||
          !own.every((offer, place) => {
            const earlier = before[place];
            return earlier !== undefined && this.same(earlier, offer);
          }),
      );
    });
  };

  private add(told: boolean) {
    this.sum = this.entries.flatMap((entry) => entry.current);
    if (told) this.tell();
  }
}
