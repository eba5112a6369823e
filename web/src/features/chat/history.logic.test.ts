import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '@/api/types';
import { type History, NO_HISTORY, withNewest, withOlder } from './history.logic';

const message = (id: number): Message => ({
  id: `m${id}`,
  turn_id: `t${id}`,
  role: 'user',
  content: `words ${id}`,
  created_at: '2026-01-01T00:00:00Z',
  state: 'done',
  origin: 'chat',
  attachments: [],
});
const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => message(from + index));
const page = (from: number, to: number) => ({
  messages: range(from, to),
  next_cursor: from > 0 ? `${from}` : null,
});
const ids = (history: History | null) => history?.messages.map((one) => one.id);

describe('a conversation that is read page by page', () => {
  it('grows at both ends, and keeps the places of what is there', () => {
    const first = withNewest(NO_HISTORY, page(20, 30)) as History;
    const older = withOlder(first, page(10, 20));
    expect(older).toMatchObject({ base: -10, cursor: '10' });
    const newer = withNewest(older, page(23, 33)) as History;
    expect(ids(newer)).toEqual(range(10, 33).map((one) => one.id));
    expect(newer.base).toBe(-10);
  });
  it('asks for more where the newest page does not reach back to what is held', () => {
    const first = withNewest(NO_HISTORY, page(0, 10)) as History;
    expect(withNewest(first, page(20, 30))).toBeNull();
    expect(ids(withNewest(first, page(5, 30)))).toHaveLength(30);
  });
  it('takes another branch over what stood there before', () => {
    const first = withNewest(NO_HISTORY, page(0, 10)) as History;
    const branch = { messages: [...range(0, 4), message(40), message(41)], next_cursor: null };
    expect(ids(withNewest(first, branch))).toEqual(['m0', 'm1', 'm2', 'm3', 'm40', 'm41']);
  });
  it('is the same object when nothing is new', () => {
    const first = withNewest(NO_HISTORY, page(0, 10)) as History;
    expect(withNewest(first, page(0, 10))).toBe(first);
  });
  it('has each message once and in order, however pages come', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(6)), { maxLength: 25 }), (moves) => {
        let end = 20;
        let history = withNewest(NO_HISTORY, page(10, end)) as History;
        for (const [grow, by] of moves) {
          if (grow) {
            end += by;
            history = withNewest(history, page(Math.max(0, end - 10), end)) ?? history;
          } else if (history.cursor) {
            const from = Number(history.cursor);
            history = withOlder(history, page(Math.max(0, from - by - 1), from + 2));
          }
          const numbers = history.messages.map((one) => Number(one.id.slice(1)));
          expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, at) => (numbers[0] ?? 0) + at));
        }
      }),
    );
  });
});
