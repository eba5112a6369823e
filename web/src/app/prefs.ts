/** How this browser likes the page: kept here, and put on the document before the first paint by theme-init.js. */
import { useSyncExternalStore } from 'react';

export type Density = 'calm' | 'compact';
export type Side = 'open' | 'narrow';

const DENSITY = 'clawgate-density';
const SIDE = 'clawgate-sidebar';

const watchers = new Set<() => void>();
const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};

function read(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
function write(name: string, value: string) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Without storage a choice lasts as long as the page.
  }
  for (const watcher of watchers) watcher();
}

let densityNow: Density = read(DENSITY) === 'compact' ? 'compact' : 'calm';
export const density = {
  use: () => useSyncExternalStore(watch, () => densityNow),
  set: (next: Density) => {
    densityNow = next;
    if (next === 'compact') document.documentElement.dataset.density = next;
    else delete document.documentElement.dataset.density;
    write(DENSITY, next);
  },
};

/** Narrower windows begin with the narrow sidebar; who chose keeps the choice. */
const ROOMY = '(min-width: 75em)';
const savedSide = read(SIDE);
let sideNow: Side | undefined = savedSide === 'open' || savedSide === 'narrow' ? savedSide : undefined;

export const sidebar = {
  use: (): Side =>
    useSyncExternalStore(
      (watcher) => {
        const stop = watch(watcher);
        const roomy = matchMedia(ROOMY);
        roomy.addEventListener('change', watcher);
        return () => {
          stop();
          roomy.removeEventListener('change', watcher);
        };
      },
      () => sideNow ?? (matchMedia(ROOMY).matches ? 'open' : 'narrow'),
    ),
  set: (next: Side) => {
    sideNow = next;
    write(SIDE, next);
  },
};

/** Where the tabs stand below instead of the sidebar beside. */
const PHONE = '(max-width: 47.99em)';
export const usePhone = () =>
  useSyncExternalStore(
    (watcher) => {
      const phone = matchMedia(PHONE);
      phone.addEventListener('change', watcher);
      return () => phone.removeEventListener('change', watcher);
    },
    () => matchMedia(PHONE).matches,
  );
