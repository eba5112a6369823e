import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pieces, restored, takeFormulas } from './formulas';

const tex = (source: string) => takeFormulas(source).formulas.map((one) => one.tex);

describe('formulas', () => {
  it.each([
    ['the area is $\\pi r^2$ then', ['\\pi r^2']],
    ['$$\\int_0^1 x\\,dx$$', ['\\int_0^1 x\\,dx']],
    ['\\(a+b\\) and \\[c=d\\]', ['a+b', 'c=d']],
    ['it costs $5 and $6 a day', []],
    ['`$x$` is code', []],
    ['``a ` $x$`` too', []],
    ['from $HOME to $PATH', []],
    ['escaped \\$x\\$', []],
    ['[\\[link\\]](https://x.example)', []],
    ['one $x', []],
  ])('%s', (source, expected) => {
    expect(tex(source)).toEqual(expected);
  });
  it('can always be put back as they were', () => {
    const letter = fc.constantFrom(
      '$',
      '$$',
      '\\(',
      '\\)',
      '`',
      'x',
      '1',
      ' ',
      '\n',
      '^',
      '\\',
      '\uE000',
      '\uE001',
      '0',
    );
    fc.assert(
      fc.property(fc.array(letter, { maxLength: 40 }), (letters) => {
        const source = letters.join('');
        const { text, formulas } = takeFormulas(source);
        expect(restored(text, formulas)).toBe(source);
        const again = pieces(text, formulas).map((piece) =>
          typeof piece === 'string' ? piece : piece.source,
        );
        expect(again.join('')).toBe(source);
      }),
    );
  });
});
