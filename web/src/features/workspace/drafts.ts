/**
 * What was typed into a file and not saved yet. It outlives the page and the browser: drafts are kept in its storage,
 * and where that does not take one, the browser asks before it throws it away.
 */
import { useSyncExternalStore } from 'react';
import { isWithin, movedPath } from './paths.logic';

export interface Draft {
  text: string;
  /** The etag of what was changed; null: a file that was not there. */
  base: string | null;
}

const PREFIX = 'clawgate-file-draft:';
const drafts = new Map<string, Draft>();
/** Those that the browser's storage did not take. */
const homeless = new Set<string>();
const watchers = new Set<() => void>();
let paths: readonly string[] = [];

const isDraft = (value: unknown): value is Draft =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Draft).text === 'string' &&
  (typeof (value as Draft).base === 'string' || (value as Draft).base === null);

function load() {
  try {
    for (let at = 0; at < localStorage.length; at += 1) {
      const key = localStorage.key(at);
      if (!key?.startsWith(PREFIX)) continue;
      const value: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
      if (isDraft(value)) drafts.set(key.slice(PREFIX.length), value);
    }
  } catch {
    // Without storage drafts live as long as the page.
  }
  paths = [...drafts.keys()];
}
load();

const guard = (event: BeforeUnloadEvent) => event.preventDefault();

function store(path: string, draft: Draft | undefined) {
  homeless.delete(path);
  try {
    if (draft) localStorage.setItem(PREFIX + path, JSON.stringify(draft));
    else localStorage.removeItem(PREFIX + path);
  } catch {
    if (draft) homeless.add(path);
  }
  if (homeless.size > 0) window.addEventListener('beforeunload', guard);
  else window.removeEventListener('beforeunload', guard);
}

export function setDraft(path: string, draft: Draft | undefined) {
  const known = drafts.has(path);
  if (draft) drafts.set(path, draft);
  else if (!drafts.delete(path)) return;
  store(path, draft);
  if (known !== (draft !== undefined)) paths = [...drafts.keys()];
  for (const watcher of watchers) watcher();
}

/** Drafts go where their files go. */
export function moveDrafts(from: string, to: string) {
  for (const [path, draft] of [...drafts]) {
    if (!isWithin(path, from)) continue;
    setDraft(path, undefined);
    setDraft(movedPath(path, from, to), draft);
  }
}

export const draftOf = (path: string) => drafts.get(path);

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};

export const useDraft = (path: string) => useSyncExternalStore(watch, () => drafts.get(path));
/** Paths of files with something unsaved. */
export const useDraftPaths = () => useSyncExternalStore(watch, () => paths);
