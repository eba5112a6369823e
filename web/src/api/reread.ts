/** Reads again what a page shows when the news say that it changed; many news in a row make one reading. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { News } from './frames';
import { socket } from './link';

/** Between two readings: a busy gateway may have hundreds of news in a second. */
const PAUSE_MS = 700;
/** A first piece of news rarely comes alone. */
const GATHER_MS = 60;

export type NewsType = News['event']['type'];

/** Runs `work` soon after it is asked to, and never more often than once a pause. */
export function unhurried(work: () => void, gatherMs = GATHER_MS, pauseMs = PAUSE_MS) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = -Infinity;
  const ask = () => {
    if (timer !== undefined) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        last = Date.now();
        work();
      },
      Math.max(gatherMs, last + pauseMs - Date.now()),
    );
  };
  return { ask, stop: () => clearTimeout(timer) };
}

/**
 * While the caller is shown, news of these types make these paths be read again. What a gap or a restart hides needs
 * nothing here: all that is shown is read anew then. Both lists are constants of the caller's.
 */
export function useRereadOn(types: readonly NewsType[], paths: readonly string[]) {
  const client = useQueryClient();
  useEffect(() => {
    const { ask, stop } = unhurried(() => {
      for (const path of paths) void client.invalidateQueries({ queryKey: ['get', path] });
    });
    const leave = socket.onFrame((frame) => {
      if (frame.type === 'event' && types.includes(frame.event.type)) ask();
    });
    return () => {
      leave();
      stop();
    };
  }, [client, types, paths]);
}

/** Hears the news of these types while the caller is shown. */
export function useNews(types: readonly NewsType[], heard: (event: News['event']) => void) {
  useEffect(
    () =>
      socket.onFrame((frame) => {
        if (frame.type === 'event' && types.includes(frame.event.type)) heard(frame.event);
      }),
    [types, heard],
  );
}
