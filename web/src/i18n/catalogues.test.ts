/** Each language says everything that English says, with the same things filled in. */
import { describe, expect, it } from 'vitest';
import { en, type Words } from './en';
import { bestLocale, localeName, locales } from './locale';

const CATALOGUES = import.meta.glob<{ default: Words }>(['./*/index.ts', '!./en/index.ts'], {
  eager: true,
});
const PAGES = import.meta.glob<object>('./*/pages/*.ts', { eager: true });
const pagesOf = (tag: string) =>
  Object.assign(
    {},
    ...Object.entries(PAGES).flatMap(([path, room]) => (path.split('/')[1] === tag ? [room] : [])),
  );
const english = { ...en, ...pagesOf('en') };

type Said = Map<string, string | ((...filled: never[]) => string)>;

function walk(part: unknown, path: string, said: Said = new Map()): Said {
  if (typeof part === 'string' || typeof part === 'function') said.set(path, part as never);
  else
    for (const [key, inner] of Object.entries(part as object))
      walk(inner, path === '' ? key : `${path}.${key}`, said);
  return said;
}

/** Which of its arguments a phrase shows, however it writes numbers. */
function shown(phrase: (...filled: never[]) => string): number[] {
  const MARKS = [7001, 7002, 7003, 7004];
  const marks = MARKS.slice(0, phrase.length);
  const speak = (filled: unknown[]) => phrase(...(filled as never[])).replace(/(?<=\d)[.,’'\s](?=\d)/g, '');
  let text: string;
  try {
    text = speak(marks);
  } catch {
    text = speak(marks.map(String));
  }
  return marks.filter((mark) => text.includes(String(mark)));
}

function differences(other: unknown): string[] {
  const ours = walk(english, '');
  const theirs = walk(other, '');
  const wrong: string[] = [];
  // The gateway says these in English itself.
  for (const key of theirs.keys())
    if (!ours.has(key) && !key.startsWith('settings.fields.')) wrong.push(`${key}: English does not have it`);
  for (const [key, phrase] of ours) {
    const said = theirs.get(key);
    if (said === undefined) wrong.push(`${key}: missing`);
    else if (typeof said !== typeof phrase) wrong.push(`${key}: not the same kind`);
    else if (typeof said === 'string') {
      if (said.trim() === '' && phrase !== '') wrong.push(`${key}: empty`);
    } else if (typeof phrase === 'function') {
      const [fills, filled] = [shown(phrase), shown(said)];
      if (String(fills) !== String(filled)) wrong.push(`${key}: shows ${filled}, English shows ${fills}`);
    }
  }
  return wrong;
}

describe('the catalogues', () => {
  it('are the languages on offer', () => {
    expect(locales).toEqual(['en', ...Object.keys(CATALOGUES).map((path) => path.split('/')[1])]);
    for (const tag of locales) expect(localeName(tag)).not.toBe('');
  });

  for (const [path, { default: words }] of Object.entries({
    './en/index.ts': { default: en },
    ...CATALOGUES,
  })) {
    const tag = path.split('/')[1] ?? '';
    it(`${path} says everything`, () => expect(differences({ ...words, ...pagesOf(tag) })).toEqual([]));
  }

  it('what is missing, empty or fills in less is found', () => {
    const { unreachable: _, ...common } = en.common;
    const link = { ...en.link, label: () => 'no state', idle: ' ' };
    expect(differences({ ...english, common: { ...common, more: 'x' }, link })).toEqual([
      'common.more: English does not have it',
      'common.unreachable: missing',
      'link.label: shows , English shows 7001',
      'link.idle: empty',
    ]);
  });
});

it('the best of what somebody reads is chosen', () => {
  const there = ['en', 'de', 'zh'];
  expect(bestLocale(['fr-FR', 'de-AT', 'en'], there)).toBe('de');
  expect(bestLocale(['zh-CN'], there)).toBe('zh');
  // Traditional characters are another script: the next language may be read more easily.
  expect(bestLocale(['zh-TW', 'de'], there)).toBe('de');
  expect(bestLocale(['x', '', 'pt-BR'], there)).toBe('en');
});
