/** Which folders of the tree are open, for as long as the tab lives. */
import { useSyncExternalStore } from 'react';
import { foldersAround, isWithin, movedPath } from './paths.logic';

const KEY = 'clawgate-open-folders';
const watchers = new Set<() => void>();

function stored(): string[] {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
    return Array.isArray(value) ? value.filter((path): path is string => typeof path === 'string') : [];
  } catch {
    return [];
  }
}

let open: readonly string[] = stored();

function set(next: readonly string[]) {
  open = next;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(open));
  } catch {
    // Without storage they are open as long as the page.
  }
  for (const watcher of watchers) watcher();
}

export const openFolder = (path: string) => {
  if (!open.includes(path)) set([...open, path]);
};
export const closeFolder = (path: string) => set(open.filter((one) => one !== path));
/** Opens every folder around a path. */
export const showPath = (path: string) => {
  const hidden = foldersAround(path).filter((folder) => !open.includes(folder));
  if (hidden.length > 0) set([...open, ...hidden]);
};
export const forgetFolder = (path: string) => set(open.filter((one) => !isWithin(one, path)));
export const moveFolders = (from: string, to: string) => set(open.map((one) => movedPath(one, from, to)));

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};
export const useOpenFolders = () => useSyncExternalStore(watch, () => open);
