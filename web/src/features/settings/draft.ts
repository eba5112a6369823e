/** The draft that is being made. It outlives the page: other pages may come between, and nothing typed is lost. */
import { useEffect, useSyncExternalStore } from 'react';
import { setBadge } from '@/app/badge';
import { type Draft, isEmpty } from './draft.logic';

let draft: Draft | undefined;
const watchers = new Set<() => void>();

/** The browser asks before it throws the draft away. */
const guard = (event: BeforeUnloadEvent) => event.preventDefault();

export const currentDraft = () => draft;

export function setDraft(next: Draft | undefined) {
  draft = isEmpty(next) ? undefined : next;
  if (draft) window.addEventListener('beforeunload', guard);
  else window.removeEventListener('beforeunload', guard);
  for (const watcher of watchers) watcher();
}

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};

export const useDraft = () => useSyncExternalStore(watch, currentDraft);

/** How much waits to be saved stands beside the page's name, also while another page is shown. */
export function useDraftBadge(count: number) {
  useEffect(() => setBadge('settings', count), [count]);
}
