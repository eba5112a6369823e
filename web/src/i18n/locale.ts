/** Which language the page speaks. A folder beside this file is a language; its name is the language's tag. */
import type { Pages, Room, Words } from './en';

type Folder = () => Promise<{ default: Words }>;

/** All but English, which comes with the page. They are loaded when they are asked for. */
const FOLDERS = import.meta.glob<{ default: Words }>(['./*/index.ts', '!./en/index.ts']);
/** The words that come with their pages. */
const PAGES = import.meta.glob<Partial<Pages>>('./*/pages/*.ts');

export const SAVED_LOCALE = 'clawgate-language';
export const ENGLISH = 'en';

/** The rooms whose words come with their pages. */
export const pageRooms = [
  ...new Set(Object.keys(PAGES).map((path) => path.split('/')[3]?.replace('.ts', ''))),
] as Room[];

const tagOf = (path: string) => path.split('/')[1] ?? '';
const folders = new Map<string, Folder>(Object.entries(FOLDERS).map(([path, load]) => [tagOf(path), load]));

/** The languages there are words for, by their tags. */
export const locales: readonly string[] = [ENGLISH, ...[...folders.keys()].sort()];

/** What a language calls itself. */
export function localeName(tag: string): string {
  const name = new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag;
  return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
}

/** Language and script: what decides whether somebody can read it. */
function readable(tag: string): string | undefined {
  try {
    const { language, script } = new Intl.Locale(tag).maximize();
    return `${language}-${script}`;
  } catch {
    return undefined;
  }
}

/** The first of the wanted languages that there are words for; the region need not be the same. */
export function bestLocale(wanted: readonly string[], there: readonly string[] = locales): string {
  for (const tag of wanted) {
    if (there.includes(tag)) return tag;
    const wantedReading = readable(tag);
    const found = wantedReading && there.find((one) => readable(one) === wantedReading);
    if (found) return found;
  }
  return ENGLISH;
}

/** What somebody chose on this page; undefined where the system decides. */
export function savedLocale(): string | undefined {
  try {
    const saved = localStorage.getItem(SAVED_LOCALE);
    return saved !== null && locales.includes(saved) ? saved : undefined;
  } catch {
    return undefined;
  }
}

export function saveLocale(tag: string | undefined) {
  try {
    if (tag === undefined) localStorage.removeItem(SAVED_LOCALE);
    else localStorage.setItem(SAVED_LOCALE, tag);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

export const wordsOf = async (tag: string, english: Words): Promise<Words> => {
  const folder = folders.get(tag);
  return folder ? (await folder()).default : english;
};

/** The words of some pages, by room. */
export async function pagesOf(tag: string, rooms: readonly Room[]): Promise<Partial<Pages>> {
  const load = async (room: Room) => ({ ...(await PAGES[`./${tag}/pages/${room}.ts`]?.()) });
  return Object.assign({}, ...(await Promise.all(rooms.map(load))));
}
