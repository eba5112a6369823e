import { describe, expect, it } from 'vitest';
import { splitBlocks } from './blocks';

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
    let before: string[] = [];
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
    const [first] = splitBlocks('See [here][x].\n\nMore.\n\n[x]: https://example.org');
    expect(first).toContain('[x]: https://example.org');
  });
});
