/** Reads a unified diff as lines to be shown. */

export interface DiffLine {
  kind: 'place' | 'same' | 'added' | 'removed';
  text: string;
  /** Its number in the older and in the newer text. */
  before?: number;
  after?: number;
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

export function readDiff(diff: string): DiffLine[] {
  const lines: DiffLine[] = [];
  let before = 0;
  let after = 0;
  for (const line of diff.split('\n')) {
    const hunk = HUNK.exec(line);
    const text = line.slice(1).replace(/\r$/, '');
    if (hunk) {
      before = Number(hunk[1]);
      after = Number(hunk[2]);
      lines.push({ kind: 'place', text: String(after) });
    } else if (lines.length === 0 || line === '' || line.startsWith('\\')) {
    } else if (line.startsWith('+')) {
      lines.push({ kind: 'added', text, after });
      after += 1;
    } else if (line.startsWith('-')) {
      lines.push({ kind: 'removed', text, before });
      before += 1;
    } else {
      lines.push({ kind: 'same', text, before, after });
      before += 1;
      after += 1;
    }
  }
  return lines;
}

/** A text of which there was nothing before. */
export const allNew = (text: string): DiffLine[] =>
  text
    .replace(/\n$/, '')
    .split('\n')
    .map((line, at) => ({ kind: 'added', text: line.replace(/\r$/, ''), after: at + 1 }));
