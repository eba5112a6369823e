/** The time, again and again, for countdowns and "5 minutes ago"; who asks for the same pace shares one timer. */
import { useCallback, useSyncExternalStore } from 'react';

interface Clock {
  now: number;
  watchers: Set<() => void>;
  timer?: ReturnType<typeof setInterval>;
}
const clocks = new Map<number, Clock>();

function clockOf(everyMs: number): Clock {
  let clock = clocks.get(everyMs);
  if (!clock) {
    clock = { now: Date.now(), watchers: new Set() };
    clocks.set(everyMs, clock);
  }
  return clock;
}

function watch(everyMs: number, watcher: () => void) {
  const clock = clockOf(everyMs);
  const tick = () => {
    clock.now = Date.now();
    for (const one of clock.watchers) one();
  };
  clock.watchers.add(watcher);
  if (clock.timer === undefined) {
    clock.now = Date.now();
    clock.timer = setInterval(tick, everyMs);
  }
  return () => {
    clock.watchers.delete(watcher);
    if (clock.watchers.size > 0) return;
    clearInterval(clock.timer);
    clocks.delete(everyMs);
  };
}

export function useNow(everyMs: number, running = true): number {
  const subscribe = useCallback(
    (watcher: () => void) => (running ? watch(everyMs, watcher) : () => {}),
    [everyMs, running],
  );
  return useSyncExternalStore(subscribe, () => clockOf(everyMs).now);
}
