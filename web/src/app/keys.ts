/** The keyboard map: pages and the shell register what their keys do, one listener for the tab reads them. */
import { useEffect, useSyncExternalStore } from 'react';
import { chord, isTyping, type KeyBinding, KeyReader } from './keys.logic';
import { Registry } from './registry';

export type { KeyBinding } from './keys.logic';

const OFF = 'clawgate-keys-off';

const reader = new KeyReader();
// Who came last is asked first: a page's meaning of a key goes before the shell's.
const bindings = new Registry<KeyBinding>(
  (one, other) => one.keys === other.keys && one.label === other.label,
);

/** Everything that a key does right now. */
export const useKeyMap = bindings.useAll;

/** Registers keys for as long as the component is there. */
export const useKeys = bindings.useOwn;

let off = false;
try {
  off = localStorage.getItem(OFF) === '1';
} catch {
  // Without storage the choice lasts as long as the page.
}

/** Single keys can be switched off: they get in the way of those who speak to their computer. */
export const singleKeys = {
  use: () => useSyncExternalStore(bindings.watch, () => !off),
  set: (on: boolean) => {
    off = !on;
    try {
      if (on) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, '1');
    } catch {
      // As above.
    }
    bindings.tell();
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
  const found = reader.press(pressed, bindings.all(), event.timeStamp);
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
