/** What changed between two texts, word by word. */

export interface Piece {
  text: string;
  change: 'same' | 'added' | 'removed';
}

/** More words than this on both sides are compared as a whole: the table would grow too large. */
const MOST = 1_200;

const wordsOf = (text: string) => text.match(/\s+|[\p{L}\p{N}\p{M}]+|[^\s\p{L}\p{N}\p{M}]/gu) ?? [];

export function diffWords(before: string, after: string): Piece[] {
  const [old, now] = [wordsOf(before), wordsOf(after)];
  let from = 0;
  while (from < old.length && from < now.length && old[from] === now[from]) from++;
  let tail = 0;
  while (
    tail < old.length - from &&
    tail < now.length - from &&
    old[old.length - 1 - tail] === now[now.length - 1 - tail]
  )
    tail++;
  const middle = compare(old.slice(from, old.length - tail), now.slice(from, now.length - tail));
  return joined([
    { text: old.slice(0, from).join(''), change: 'same' },
    ...middle,
    { text: old.slice(old.length - tail).join(''), change: 'same' },
  ]);
}

function compare(old: string[], now: string[]): Piece[] {
  if (old.length > MOST || now.length > MOST)
    return [
      { text: old.join(''), change: 'removed' },
      { text: now.join(''), change: 'added' },
    ];
  // The length of the longest common run of words from each pair of places on.
  const width = now.length + 1;
  const longest = new Uint16Array((old.length + 1) * width);
  const at = (row: number, column: number) => longest[row * width + column] ?? 0;
  for (let row = old.length - 1; row >= 0; row--)
    for (let column = now.length - 1; column >= 0; column--)
      longest[row * width + column] =
        old[row] === now[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
  const pieces: Piece[] = [];
  let [row, column] = [0, 0];
  while (row < old.length || column < now.length) {
    if (row < old.length && column < now.length && old[row] === now[column]) {
      pieces.push({ text: old[row] ?? '', change: 'same' });
      row++;
      column++;
    } else if (column >= now.length || (row < old.length && at(row + 1, column) >= at(row, column + 1)))
      pieces.push({ text: old[row++] ?? '', change: 'removed' });
    else pieces.push({ text: now[column++] ?? '', change: 'added' });
  }
  return pieces;
}

function joined(pieces: Piece[]): Piece[] {
  const out: Piece[] = [];
  for (const piece of pieces) {
    const last = out.at(-1);
    if (last?.change === piece.change) last.text += piece.text;
    else if (piece.text) out.push({ ...piece });
  }
  return out;
}
