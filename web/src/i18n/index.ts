/** The words in use. `t` is a live binding: read it while rendering, never keep it. */
import { useSyncExternalStore } from 'react';
import { type Catalogue, en } from './en';
import { bestLocale, ENGLISH, savedLocale, saveLocale, wordsOf } from './locale';

export { localeName, locales, savedLocale } from './locale';

export let t: Catalogue = en;
/** The tag of the language that the page speaks; numbers and times follow it. */
export let locale: string = ENGLISH;

const watchers = new Set<() => void>();

/** Renders again when the language changes. */
export const useLocale = () =>
  useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    () => locale,
  );

/** The language that was chosen, else the first of the browser's that there are words for. */
export const preferredLocale = (languages: readonly string[] = navigator.languages ?? []): string =>
  savedLocale() ?? bestLocale(languages);

/** What the system would have. */
export const systemLocale = () => bestLocale(navigator.languages ?? []);

let wanted: string = ENGLISH;

/** Speaks `next` once its words are there; a language that cannot be loaded leaves the one before. */
export async function loadWords(next: string, loaded: () => void = () => {}): Promise<void> {
  wanted = next;
  const words = await wordsOf(next, en);
  // Somebody may have chosen again meanwhile.
  if (wanted !== next) return;
  t = words;
  locale = next;
  document.documentElement.lang = next;
  loaded();
  for (const watcher of watchers) watcher();
}

/** Chooses a language for this browser; undefined follows the system's. */
export const chooseLocale = (tag: string | undefined): Promise<void> =>
  loadWords(tag ?? systemLocale(), () => saveLocale(tag));
