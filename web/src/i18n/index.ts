/** The words in use. `t` is a live binding: read it while rendering, never keep it. */
import { useSyncExternalStore } from 'react';
import { type Catalogue, en, type Pages, type Room } from './en';
import { bestLocale, ENGLISH, pagesOf, savedLocale, saveLocale, wordsOf } from './locale';

export type { Room } from './en';
export { localeName, locales, savedLocale } from './locale';

/** What pages have brought along so far. */
let pages: Partial<Pages> = {};
// A room of `Pages` is read by its own pages alone, which are shown once it is there; `npm run lint` holds it.
const all = (words: typeof en) => ({ ...words, ...pages }) as Catalogue;

export let t: Catalogue = all(en);
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
  const rooms = Object.keys(pages) as Room[];
  const theirs = await pagesOf(next, rooms);
  // Somebody may have chosen again meanwhile.
  if (wanted !== next) return;
  // What a page brought along meanwhile is still in the language before.
  const late = (Object.keys(pages) as Room[]).filter((room) => !rooms.includes(room));
  pages = { ...pages, ...theirs };
  t = all(words);
  spoken = words;
  locale = next;
  document.documentElement.lang = next;
  await bring(late);
  loaded();
  for (const watcher of watchers) watcher();
}

let spoken: typeof en = en;

async function bring(rooms: readonly Room[]): Promise<void> {
  if (rooms.length === 0) return;
  const tag = locale;
  const words = await pagesOf(tag, rooms);
  // The language may have changed meanwhile.
  if (tag !== locale) return bring(rooms);
  pages = { ...pages, ...words };
  t = all(spoken);
}

/** Has the words of a page there before it is shown. */
export const bringWords = (...rooms: Room[]): Promise<void> =>
  bring(rooms.filter((room) => pages[room] === undefined));

/** Chooses a language for this browser; undefined follows the system's. */
export const chooseLocale = (tag: string | undefined): Promise<void> =>
  loadWords(tag ?? systemLocale(), () => saveLocale(tag));
