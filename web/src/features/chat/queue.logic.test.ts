import { describe, expect, it } from 'vitest';
import { saidTexts, splitQueue } from './queue.logic';
import type { Row } from './thread.logic';

const user = (key: string, state: string, text = key) => ({ kind: 'user', key, state, text }) as Row;
const answer = (state: string) => ({ kind: 'answer', key: state, state }) as Row;
const keys = (rows: readonly Row[]) => rows.map((row) => row.key);

describe('what waits', () => {
  it('is taken out of the thread while an answer is under way', () => {
    const { shown, queue } = splitQueue([
      user('a', 'taken'),
      answer('running'),
      user('b', 'queued'),
      user('c', 'sending'),
      user('d', 'refused'),
    ]);
    expect(keys(shown)).toEqual(['a', 'running', 'd']);
    expect(keys(queue)).toEqual(['b', 'c']);
  });
  it('is what was said in the dark only behind something else', () => {
    expect(keys(splitQueue([user('a', 'waiting')]).shown)).toEqual(['a']);
    expect(keys(splitQueue([answer('waiting_approval'), user('a', 'waiting')]).queue)).toEqual(['a']);
    expect(keys(splitQueue([answer('done'), user('a', 'sending')]).shown)).toEqual(['done', 'a']);
  });
});

it('what was said comes once where it was repeated', () => {
  const rows = [
    user('a', 'taken', 'one'),
    answer('done'),
    user('b', 'taken', 'one'),
    user('c', 'taken', 'two'),
  ];
  expect(saidTexts(rows)).toEqual(['one', 'two']);
});
