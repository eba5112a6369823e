import { describe, expect, it } from 'vitest';
import type { SearchHit, Session } from '@/api/types';
import {
  closeParts,
  exportName,
  foundSessions,
  grouped,
  held,
  listTime,
  snippetParts,
  titleParts,
} from './sessions.logic';

const session = (id: string, updated_at: string, over: Partial<Session> = {}): Session => ({
  id,
  title: id,
  origin: 'chat',
  created_at: updated_at,
  updated_at,
  pinned: false,
  archived: false,
  unread: false,
  message_count: 1,
  active_turns: 0,
  ...over,
});
const now = new Date(2026, 5, 15, 12);
const day = (days: number) => new Date(2026, 5, 15 - days, 9).toISOString();

describe('groups', () => {
  it('are by day, pinned ones first, each conversation once', () => {
    const list = [
      session('a', day(0)),
      session('p', day(9), { pinned: true }),
      session('b', day(1)),
      session('a', day(0)),
      session('c', day(3)),
      session('d', day(20)),
      session('e', day(40)),
    ];
    expect(grouped(list, now).map((group) => [group.name, group.sessions.map((s) => s.id)])).toEqual([
      ['pinned', ['p']],
      ['today', ['a']],
      ['yesterday', ['b']],
      ['week', ['c']],
      ['month', ['d']],
      ['older', ['e']],
    ]);
  });
  it('count calendar days, not hours', () => {
    const late = new Date(2026, 5, 15, 0, 5);
    const list = [session('y', new Date(2026, 5, 14, 23, 59).toISOString())];
    expect(grouped(list, late)[0]?.name).toBe('yesterday');
  });
  it('stand still while they are held, with what is new of each row', () => {
    const list = [session('b', day(0), { unread: true }), session('new', day(0)), session('a', day(1))];
    const places = new Map([
      ['a', { updated_at: day(1) }],
      ['b', { updated_at: day(2) }],
    ]);
    const rows = held(list, places);
    expect(rows.map((row) => row.id)).toEqual(['new', 'a', 'b']);
    expect(rows[2]).toMatchObject({ unread: true, updated_at: day(2) });
  });
});

it('times are as short as they can be told', () => {
  expect(listTime(day(0), now, 'en')).toBe('9:00 AM');
  expect(listTime(day(3), now, 'en')).toBe('Fri');
  expect(listTime(day(20), now, 'en')).toBe('May 26');
  expect(listTime(new Date(2025, 2, 3).toISOString(), now, 'en')).toBe('3/3/25');
});

it('a snippet is cut into its matches and the rest', () => {
  expect(snippetParts('the \u0002old\u0003 gate \u0002creaks\u0003')).toEqual([
    { text: 'the ', hit: false },
    { text: 'old', hit: true },
    { text: ' gate ', hit: false },
    { text: 'creaks', hit: true },
  ]);
});

it('a snippet begins close before its first match', () => {
  const far = `${'many words that stand before it '.repeat(3)}the \u0002match\u0003 and more`;
  const [lead, hit] = closeParts(far);
  expect(lead?.text.length).toBeLessThan(40);
  expect(lead?.text).toMatch(/^…\S.*the $/);
  expect(hit).toEqual({ text: 'match', hit: true });
  expect(closeParts('near \u0002match\u0003')[0]).toEqual({ text: 'near ', hit: false });
  expect(closeParts('')).toEqual([]);
});

describe('search results', () => {
  const hit = (session_id: string, title: string, snippet = 'x'): SearchHit => ({
    session_id,
    title,
    turn_id: `${session_id}-${snippet}`,
    visible: true,
    role: 'user',
    snippet,
    created_at: day(1),
  });
  it('put conversations whose title matches first and gather the hits of each', () => {
    const hits = [hit('s1', 'Garden', 'one'), hit('s2', 'The heron', 'two'), hit('s1', 'Garden', 'three')];
    const known = [session('s3', day(0), { title: 'Herons at dawn' }), session('s4', day(0))];
    const found = foundSessions(hits, known, 'heron');
    expect(found.map((one) => [one.id, one.hits.length])).toEqual([
      ['s3', 0],
      ['s2', 1],
      ['s1', 2],
    ]);
    expect(found[0]?.titleParts).toEqual([
      { text: 'Heron', hit: true },
      { text: 's at dawn', hit: false },
    ]);
  });
  it('match titles by every word, whatever its case and accents', () => {
    expect(titleParts('Café plans', 'cafe PLAN')).not.toBeNull();
    expect(titleParts('Café plans', 'cafe zoo')).toBeNull();
    expect(titleParts('Anything', '  ')).toBeNull();
  });
});

it('exports are named after the title, on any system', () => {
  expect(exportName('Why is a/b: slow?', 'md', 'x')).toBe('Why is a b slow.md');
  expect(exportName('..\u0001', 'json', 'Conversation')).toBe('Conversation.json');
  expect(exportName('天'.repeat(120), 'md', 'x')).toBe(`${'天'.repeat(80)}.md`);
});
