/** What was typed into an entry and not saved yet. It outlives the row: filters and other pages may come between. */
import { useSyncExternalStore } from 'react';

export interface Draft {
  key: string;
  content: string;
  category: string;
  pinned: boolean;
  /** The version that was being changed. */
  version: number;
}

const drafts = new Map<string, Draft>();
const watchers = new Set<() => void>();

const guard = (event: BeforeUnloadEvent) => event.preventDefault();

function changed() {
  // The browser asks before it throws the text away.
  if (drafts.size > 0) window.addEventListener('beforeunload', guard);
  else window.removeEventListener('beforeunload', guard);
  for (const watcher of watchers) watcher();
}

export function setDraft(id: string, draft: Draft | undefined) {
  if (draft) drafts.set(id, draft);
  else drafts.delete(id);
  changed();
}

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};

export const useDraft = (id: string) => useSyncExternalStore(watch, () => drafts.get(id));
