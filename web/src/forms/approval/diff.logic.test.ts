import { describe, expect, it } from 'vitest';
import { changed, diffLines, plain } from './diff.logic';

describe('a diff', () => {
  const DIFF =
    '--- a/notes.md\n+++ b/notes.md\n@@ -1,3 +1,3 @@\n one\n--- two\n+++ 2\n\n\\ No newline at end of file\n';

  it('is told line by line, without the names of the files', () => {
    expect(diffLines(DIFF)).toEqual([
      { kind: 'place', text: '@@ -1,3 +1,3 @@' },
      { kind: 'same', text: 'one' },
      { kind: 'remove', text: '-- two' },
      { kind: 'add', text: '++ 2' },
      { kind: 'same', text: '' },
      { kind: 'remark', text: '\\ No newline at end of file' },
    ]);
    expect(changed(diffLines(DIFF))).toEqual({ added: 1, removed: 1 });
  });

  it('loses nothing where there is no place named', () => {
    expect(diffLines('+a\n--- b').map(({ kind }) => kind)).toEqual(['add', 'remove']);
  });
});

describe('what cannot be seen', () => {
  it('is written out, and what can be is left alone', () => {
    expect(plain('rm \u202egpj.x\u0007')).toBe('rm ⟨U+202E⟩gpj.x⟨U+0007⟩');
    expect(plain('ls\t-l\n# naïve 咖啡 🙂')).toBe('ls\t-l\n# naïve 咖啡 🙂');
    expect(plain('a\rb')).toBe('a⟨U+000D⟩b');
  });
});
