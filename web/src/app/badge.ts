/** How much waits for its owner: rooms say how many they have, the tab's name and picture and the navigation show it. */
import { useEffect, useSyncExternalStore } from 'react';
import { setTitleCount } from '@/ui/title';
import { showOnFavicon } from './favicon';

const counts = new Map<string, number>();
const watchers = new Set<() => void>();

export const badgeOf = (source: string) => counts.get(source) ?? 0;
export const badgeTotal = () => [...counts.values()].reduce((sum, count) => sum + count, 0);

/** `source` is the page's id in the navigation where it has one: the number stands beside its name. */
export function setBadge(source: string, count: number) {
  if (badgeOf(source) === count) return;
  if (count > 0) counts.set(source, count);
  else counts.delete(source);
  const total = badgeTotal();
  setTitleCount(total);
  showOnFavicon(total);
  for (const watcher of watchers) watcher();
}

export function clearBadges() {
  for (const source of [...counts.keys()]) setBadge(source, 0);
}

/** Keeps a badge in step with a figure for as long as the component is there. */
export function useSetBadge(source: string, count: number) {
  useEffect(() => setBadge(source, count), [source, count]);
  useEffect(() => () => setBadge(source, 0), [source]);
}

export const useBadge = (source: string) =>
  useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    () => badgeOf(source),
  );
