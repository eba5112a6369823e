/** Which of a conversation's messages wait for their turn, and stand above the composer instead of in the thread. */
import type { Row, UserRow } from './thread.logic';
import { isFinal } from './turn.logic';

export interface Split {
  /** What was said and answered. */
  shown: Row[];
  /** In the order in which they will be answered. */
  queue: UserRow[];
}

/** While an answer is under way, a message that is only on its way to the gateway waits as well. */
export function splitQueue(rows: readonly Row[]): Split {
  const busy = rows.some((row) =>
    row.kind === 'answer' ? !isFinal(row.state) && row.state !== 'queued' : row.state === 'queued',
  );
  const waits = (row: Row): row is UserRow =>
    row.kind === 'user' &&
    (row.state === 'queued' || (busy && (row.state === 'sending' || row.state === 'waiting')));
  return { shown: rows.filter((row) => !waits(row)), queue: rows.filter(waits) };
}

/** What the user said, oldest first, each text once in a row. */
export function saidTexts(rows: readonly Row[]): string[] {
  const said: string[] = [];
  for (const row of rows)
    if (row.kind === 'user' && row.text.trim() && said.at(-1) !== row.text) said.push(row.text);
  return said;
}
