import { expect, it } from 'vitest';
import { diffWords } from './diff.logic';

const shown = (before: string, after: string) =>
  diffWords(before, after)
    .map(({ text, change }) => (change === 'same' ? text : change === 'added' ? `+${text}+` : `-${text}-`))
    .join('');

it('shows the words that went and those that came', () => {
  expect(shown('the dog is Rex', 'the dog is Max')).toBe('the dog is -Rex-+Max+');
  expect(shown('a b c', 'a c')).toBe('a -b -c');
  expect(shown('', 'new')).toBe('+new+');
  expect(shown('gone', '')).toBe('-gone-');
  expect(shown('same', 'same')).toBe('same');
});

it('puts both texts together again, whatever they are', () => {
  const texts = ['', 'a b', 'b a b', '喜欢 咖啡，很', 'x '.repeat(3_000), `y ${'x '.repeat(2_000)}z`];
  for (const before of texts)
    for (const after of texts) {
      const pieces = diffWords(before, after);
      const side = (not: string) =>
        pieces
          .filter(({ change }) => change !== not)
          .map(({ text }) => text)
          .join('');
      expect(side('added')).toBe(before);
      expect(side('removed')).toBe(after);
    }
});
