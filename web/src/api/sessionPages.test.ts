import { expect, it } from 'vitest';
import { placed, without } from './sessionPages';
import type { Session, SessionPage } from './types';

const session = (id: string, minute: number, over: Partial<Session> = {}): Session => {
  const at = `2026-01-01T00:${String(minute).padStart(2, '0')}:00Z`;
  return {
    id,
    title: id,
    origin: 'chat',
    created_at: at,
    updated_at: at,
    pinned: false,
    archived: false,
    unread: false,
    message_count: 1,
    active_turns: 0,
    ...over,
  };
};
const pages = (): SessionPage[] => [
  { sessions: [session('a', 50), session('b', 40)], next_cursor: 'x' },
  { sessions: [session('c', 30), session('d', 20)], next_cursor: 'y' },
];
const order = (list: readonly SessionPage[]) =>
  list.map((page) => page.sessions.map(({ id }) => id).join(''));
const OPEN = { archived: false };

it('one that was used moves to its place, over the pages', () => {
  expect(order(placed(pages(), session('d', 55), OPEN))).toEqual(['dab', 'c']);
  expect(order(placed(pages(), session('c', 45), OPEN))).toEqual(['acb', 'd']);
});

it('one that is no longer pinned leaves the list of those that are, and one that is comes in', () => {
  const top = { archived: false, pinned: true } as const;
  const list = [{ sessions: [session('p', 10, { pinned: true })] }];
  expect(order(placed(list, session('p', 10), top))).toEqual(['']);
  expect(order(placed(list, session('q', 5, { pinned: true }), top))).toEqual(['pq']);
  expect(order(placed(list, session('r', 50), top))).toEqual(['p']);
});

it('one that only changed stays where it is', () => {
  const after = placed(pages(), session('b', 40, { title: 'new' }), OPEN);
  expect(order(after)).toEqual(['ab', 'cd']);
  expect(after[0]?.sessions[1]?.title).toBe('new');
  expect(order(placed(pages(), session('d', 20, { unread: true }), OPEN))).toEqual(['ab', 'cd']);
});

it('one that belongs beyond what was read waits for its page, unless the end was read', () => {
  expect(order(placed(pages(), session('z', 1), OPEN))).toEqual(['ab', 'cd']);
  const all = pages().map((page) => ({ sessions: page.sessions }));
  expect(order(placed(all, session('z', 1), OPEN))).toEqual(['ab', 'cdz']);
  expect(order(placed([{ sessions: [] }], session('z', 1), OPEN))).toEqual(['z']);
});

it('one that no longer fits leaves, and comes into the list that it fits', () => {
  const put = session('b', 40, { archived: true });
  expect(order(placed(pages(), put, OPEN))).toEqual(['a', 'cd']);
  expect(order(placed([{ sessions: [] }], put, { archived: true }))).toEqual(['b']);
  expect(order(placed(pages(), session('a', 50, { deleted_at: 'x' }), OPEN))).toEqual(['b', 'cd']);
  expect(order(placed([{ sessions: [] }], put, { archived: true, origin: 'cron' }))).toEqual(['']);
});

it('taking out leaves other pages as they are', () => {
  const before = pages();
  const after = without(before, new Set(['a']));
  expect(order(after)).toEqual(['b', 'cd']);
  expect(after[1]).toBe(before[1]);
});
