import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cut, cutBlocks, definitions, fenced, splitBlocks } from './blocks';

const text = [
  '# Title',
  '',
  'One line',
  'and its second',
  '',
  '- a',
  '',
  '- b',
  '',
  '  more of b',
  '',
  'Between',
  '',
  '```rust',
  'fn main() {',
  '',
  '}',
  '```',
  '',
  '| a | b |',
  '|---|---|',
  '| 1 | 2 |',
  '',
  'End',
].join('\n');

describe('blocks', () => {
  it('are cut at the top level only', () => {
    expect(splitBlocks(text)).toEqual([
      '# Title',
      'One line\nand its second',
      '- a\n\n- b\n\n  more of b',
      'Between',
      '```rust\nfn main() {\n\n}\n```',
      '| a | b |\n|---|---|\n| 1 | 2 |',
      'End',
    ]);
  });
  it('never change again once another has begun, while the text grows letter by letter', () => {
    let before: readonly string[] = [];
    for (let length = 1; length <= text.length; length++) {
      const now = splitBlocks(text.slice(0, length));
      const settled = before.slice(0, -1);
      expect(now.slice(0, settled.length)).toEqual(settled);
      before = now;
    }
  });
  it('keep an open fence whole, and code inside of a list with its list', () => {
    expect(splitBlocks('```js\na\n\nb\n')).toEqual(['```js\na\n\nb\n']);
    expect(splitBlocks('1. do\n\n   ```sh\n   ls\n   ```\n\n2. done')).toHaveLength(1);
  });
  it('do not take a longer fence for closed by a shorter one', () => {
    expect(splitBlocks('````\n```\n\ninside\n````\n\nafter')).toEqual(['````\n```\n\ninside\n````', 'after']);
  });
  it('find the addresses that are defined elsewhere in the text', () => {
    const source = 'See [here][x].\n\nMore.\n\n[x]: https://example.org';
    expect(definitions(source, splitBlocks(source)).addresses).toBe('[x]: https://example.org');
  });
  it('number footnotes in the order in which they are used, and leave out what nobody defined', () => {
    const source = 'One[^b] two[^a] three[^none].\n\n[^a]: first\n\n    more of it\n\n[^b]: second';
    const { order, notes } = definitions(source, splitBlocks(source));
    expect(order).toEqual(['b', 'a']);
    expect(notes).toContain('more of it');
  });
  it('are the same however the text came: cut on the way or at the end', () => {
    const piece = fc.constantFrom(
      'a',
      ' ',
      '\n',
      '\n\n',
      '- x',
      '1. y',
      '```',
      '```js\n',
      '`',
      '[^',
      '1',
      '. ',
      '-',
      '~~~',
      '    ',
      '> q',
      '[^n]: z',
      '# h',
      '| a |',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        let source = '';
        let cut: Cut | undefined;
        for (const one of pieces) {
          source += one;
          cut = cutBlocks(source, cut);
        }
        expect(cut?.blocks ?? []).toEqual(splitBlocks(source));
      }),
    );
  });
  it('go back on what a line looked like while it was written', () => {
    const grown = ['a```js\n```a', '```', '\n\n- x\n\n1', '. y'].reduce<Cut | undefined>(
      (cut, piece) => cutBlocks((cut?.source ?? '') + piece, cut),
      undefined,
    );
    expect(grown?.blocks).toEqual(['a```js\n```a```', '- x\n\n1. y']);
  });
  it('tell code from Markdown without parsing it', () => {
    expect(fenced('```rust\nlet a;\n```')).toEqual({ language: 'rust', code: 'let a;', closed: true });
    expect(fenced('~~~\n# no heading')).toEqual({ language: '', code: '# no heading', closed: false });
    expect(fenced('# heading')).toBeNull();
  });
});
