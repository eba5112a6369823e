/** The arrow keys of an empty composer: back through what was said, and forward again. Pure. */

export interface Field {
  text: string;
  /** Where the caret stands; a selection begins and ends elsewhere. */
  start: number;
  end: number;
}

export interface Recall {
  text: string;
  /** How far back: 1 is the last message, 0 the empty field. */
  back: number;
}

/** What a key brings into the field, and null when it has its usual meaning. */
export function recall(key: string, field: Field, said: readonly string[], back: number): Recall | null {
  // Only what came from there unchanged, or nothing at all, may be replaced.
  const expected = back === 0 ? '' : said.at(-back);
  if (field.text !== expected || field.start !== field.end) return null;
  const before = field.text.slice(0, field.start);
  const after = field.text.slice(field.end);
  if (key === 'ArrowUp' && !before.includes('\n') && back < said.length)
    return { text: said.at(-back - 1) ?? '', back: back + 1 };
  if (key === 'ArrowDown' && !after.includes('\n') && back > 0)
    return { text: back === 1 ? '' : (said.at(-back + 1) ?? ''), back: back - 1 };
  return null;
}
