import { expect, it } from 'vitest';
import type { Session } from '@/api/types';
import { grouped, snippetParts } from './sessions.logic';

const session = (id: string, updated_at: string, pinned = false): Session => ({
  id,
  title: id,
  origin: 'chat',
  created_at: updated_at,
  updated_at,
  pinned,
  archived: false,
  unread: false,
  message_count: 1,
  active_turns: 0,
});

it('conversations are grouped by day, pinned ones first, each once', () => {
  const now = new Date(2026, 5, 15, 12);
  const day = (days: number) => new Date(2026, 5, 15 - days, 9).toISOString();
  const list = [session('a', day(0)), session('p', day(9), true), session('b', day(1)), session('a', day(0))];
  const more = [session('c', day(3)), session('d', day(30))];
  expect(
    grouped([...list, ...more], now).map((group) => [group.name, group.sessions.map((s) => s.id)]),
  ).toEqual([
    ['pinned', ['p']],
    ['today', ['a']],
    ['yesterday', ['b']],
    ['week', ['c']],
    ['older', ['d']],
  ]);
});

it('a snippet is cut into its matches and the rest', () => {
  expect(snippetParts('the \u0002old\u0003 gate \u0002creaks\u0003')).toEqual([
    { text: 'the ', hit: false },
    { text: 'old', hit: true },
    { text: ' gate ', hit: false },
    { text: 'creaks', hit: true },
  ]);
});
