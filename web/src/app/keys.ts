/** The keyboard map: pages and the shell register what their keys do, one listener for the tab reads them. */
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { chord, isTyping, type KeyBinding, KeyReader } from './keys.logic';

export type { KeyBinding } from './keys.logic';

const OFF = 'clawgate-keys-off';
type Entry = { current: readonly KeyBinding[] };

let entries: Entry[] = [];
let bindings: readonly KeyBinding[] = [];
const watchers = new Set<() => void>();
const reader = new KeyReader();

function changed() {
  // Who came last is asked first: a page's meaning of a key goes before the shell's.
  bindings = entries.flatMap((entry) => entry.current);
  for (const watcher of watchers) watcher();
}

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};

/** Everything that a key does right now. */
export const useKeyMap = () => useSyncExternalStore(watch, () => bindings);

/** Registers keys for as long as the component is there. */
export function useKeys(own: readonly KeyBinding[]) {
  const entry = useRef<Entry>({ current: own });
  useEffect(() => {
    const mine = entry.current;
    entries = [mine, ...entries];
    changed();
    return () => {
      entries = entries.filter((other) => other !== mine);
      changed();
    };
  }, []);
  useEffect(() => {
    const mine = entry.current;
    const same =
      mine.current.length === own.length &&
      mine.current.every((one, place) => one.keys === own[place]?.keys && one.label === own[place]?.label);
    mine.current = own;
    if (same) bindings = entries.flatMap((other) => other.current);
    else changed();
  });
}

let off = false;
try {
  off = localStorage.getItem(OFF) === '1';
} catch {
  // Without storage the choice lasts as long as the page.
}

/** Single keys can be switched off: they get in the way of those who speak to their computer. */
export const singleKeys = {
  use: () => useSyncExternalStore(watch, () => !off),
  set: (on: boolean) => {
    off = !on;
    try {
      if (on) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, '1');
    } catch {
      // As above.
    }
    for (const watcher of watchers) watcher();
  },
};

const dialogOpen = () => document.querySelector('[aria-modal="true"], dialog[open]') !== null;

export function readKeys(event: KeyboardEvent) {
  if (event.defaultPrevented) return;
  const pressed = chord(event);
  if (pressed === undefined) return;
  const busy = isTyping(event.target) || dialogOpen();
  const held = pressed.startsWith('mod+');
  if ((busy || off) && !held) return reader.forget();
  const found = reader.press(pressed, bindings, event.timeStamp);
  if (!found || (busy && !found.always)) return;
  event.preventDefault();
  found.run();
}

/** Listens for as long as the shell stands. */
export function useKeyListener() {
  useEffect(() => {
    const forget = () => reader.forget();
    window.addEventListener('keydown', readKeys);
    window.addEventListener('pointerdown', forget);
    return () => {
      window.removeEventListener('keydown', readKeys);
      window.removeEventListener('pointerdown', forget);
    };
  }, []);
}
