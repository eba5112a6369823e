/** The field is as high as its text, up to so many lines. The style sheet does it; here is what it can't do. */
import { type RefObject, useLayoutEffect } from 'react';

const LINES = 10;
/** A text of this length fills the field, whatever is in it. */
const LONG = 4_000;

/** Whether the field is as high as it gets. A long text is not measured to see that: it would take too long. */
export function fillsField(text: string): boolean {
  if (text.length > LONG) return true;
  let at = -1;
  for (let line = 1; line < LINES; line++) {
    at = text.indexOf('\n', at + 1);
    if (at === -1) return false;
  }
  return true;
}

/** Measures the text where the browser can't give a field the height of its text by itself. */
export function useFieldHeight(field: RefObject<HTMLTextAreaElement | null>, text: string) {
  const full = fillsField(text);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of the text may change its height
  useLayoutEffect(() => {
    const { current: node } = field;
    if (!node || globalThis.CSS?.supports?.('field-sizing', 'content')) return;
    node.style.height = '';
    if (!full) node.style.height = `${node.scrollHeight}px`;
  }, [field, full, text]);
  return full;
}
