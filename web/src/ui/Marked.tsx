/** A text in which the gateway has marked what was looked for, between U+0002 and U+0003. */

const BEGINS = '\u0002';
const ENDS = '\u0003';

export interface Part {
  text: string;
  hit: boolean;
  /** Where it stands. */
  at: number;
}

export function markedParts(text: string): Part[] {
  const parts: Part[] = [];
  const add = (piece: string, hit: boolean, at: number) => piece && parts.push({ text: piece, hit, at });
  let at = 0;
  for (const [place, piece] of text.split(BEGINS).entries()) {
    const [first = '', ...rest] = piece.split(ENDS);
    // A mark that is not closed marks nothing.
    const hit = place > 0 && rest.length > 0;
    add(first, hit, at);
    if (hit) add(rest.join(''), false, at + first.length);
    at += piece.length + 1;
  }
  return parts;
}

export const Marked = ({ text }: { text: string }) =>
  markedParts(text).map((part) => (part.hit ? <mark key={part.at}>{part.text}</mark> : part.text));
