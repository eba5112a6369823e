/** The words in use. `t` is a live binding: read it while rendering, never keep it. */
import { type Catalogue, en } from './en';

export type Locale = 'en';

/** Further languages are loaded when they are asked for; each is one line here and one file beside this. */
const LOADERS: Record<Locale, () => Promise<Catalogue>> = {
  en: async () => en,
};

export let t: Catalogue = en;
export let locale: Locale = 'en';

const isKnown = (name: string | undefined): name is Locale => name !== undefined && name in LOADERS;

/** The first of the browser's languages that there are words for. */
export const preferredLocale = (languages: readonly string[] = navigator.languages ?? []): Locale =>
  languages.map((name) => name.split('-')[0]).find(isKnown) ?? 'en';

export async function loadWords(next: Locale): Promise<void> {
  t = await LOADERS[next]();
  locale = next;
  document.documentElement.lang = next;
}
