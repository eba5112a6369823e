/** A unified diff, line by line, and letters that would make an action look like another one. */

export interface DiffLine {
  kind: 'add' | 'remove' | 'same' | 'place' | 'remark';
  text: string;
}

/** The lines without the heading that names the files: the card names them. */
export function diffLines(diff: string): DiffLine[] {
  const lines = diff.replace(/\n$/, '').split('\n');
  const first = lines.findIndex((line) => line.startsWith('@@'));
  return lines.flatMap((line, at): DiffLine[] => {
    if (at < first && /^(---|\+\+\+|diff |index )/.test(line)) return [];
    if (line.startsWith('@@')) return [{ kind: 'place', text: line }];
    if (line.startsWith('+')) return [{ kind: 'add', text: line.slice(1) }];
    if (line.startsWith('-')) return [{ kind: 'remove', text: line.slice(1) }];
    if (line.startsWith(' ') || line === '') return [{ kind: 'same', text: line.slice(1) }];
    return [{ kind: 'remark', text: line }];
  });
}

export const changed = (lines: readonly DiffLine[]) => ({
  added: lines.filter(({ kind }) => kind === 'add').length,
  removed: lines.filter(({ kind }) => kind === 'remove').length,
});

/** Control characters, and those without width or that turn the direction of what follows. */
const HIDDEN = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Writes out what cannot be seen: an owner allows what is there, not what it looks like. */
export const plain = (words: string) =>
  words.replace(
    HIDDEN,
    (letter) => `⟨U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  );
