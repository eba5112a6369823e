/** Looks for words in the messages that are on the page, and marks them without changing it. */

const MARKS = 'thread-find';
const CURRENT = 'thread-find-current';
/** More than this nobody steps through. */
const MOST = 2_000;

const plain = (text: string) => text.toLocaleLowerCase();

export interface Hit {
  turnId: string;
  range: Range;
}

/** All places where the words stand, in reading order. */
export function findHits(box: ParentNode, query: string): Hit[] {
  const wanted = plain(query.trim());
  if (!wanted) return [];
  const hits: Hit[] = [];
  for (const message of box.querySelectorAll<HTMLElement>('.msg[data-turn]')) {
    if (!plain(message.textContent ?? '').includes(wanted)) continue;
    for (const part of message.querySelectorAll<HTMLElement>('.md, .bubble-text')) {
      for (const range of rangesOf(part, wanted)) {
        hits.push({ turnId: message.dataset.turn ?? '', range });
        if (hits.length >= MOST) return hits;
      }
    }
  }
  return hits;
}

/** A hit may begin in one piece of text and end in another: words in bold, colours in code. */
function rangesOf(part: HTMLElement, wanted: string): Range[] {
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  const pieces: { node: Text; at: number }[] = [];
  let text = '';
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    pieces.push({ node: node as Text, at: text.length });
    text += (node as Text).data;
  }
  const low = plain(text);
  // Some letters change their length when they are folded; then places can't be told.
  if (low.length !== text.length) return [];
  const place = (offset: number, end: boolean) => {
    const index = pieces.findLastIndex((piece) => (end ? piece.at < offset : piece.at <= offset));
    const piece = pieces[Math.max(index, 0)];
    return piece && { node: piece.node, offset: offset - piece.at };
  };
  const ranges: Range[] = [];
  for (let at = low.indexOf(wanted); at !== -1; at = low.indexOf(wanted, at + wanted.length)) {
    const from = place(at, false);
    const to = place(at + wanted.length, true);
    if (!from || !to) continue;
    const range = document.createRange();
    range.setStart(from.node, from.offset);
    range.setEnd(to.node, to.offset);
    ranges.push(range);
  }
  return ranges;
}

/** Browsers without highlights still go to the place. */
export function mark(hits: readonly Hit[], current: number) {
  if (typeof CSS === 'undefined' || !('highlights' in CSS) || typeof Highlight === 'undefined') return;
  CSS.highlights.delete(MARKS);
  CSS.highlights.delete(CURRENT);
  if (hits.length === 0) return;
  CSS.highlights.set(MARKS, new Highlight(...hits.map((hit) => hit.range)));
  const one = hits[current];
  if (one) CSS.highlights.set(CURRENT, new Highlight(one.range));
}
