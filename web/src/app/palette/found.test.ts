import { expect, it } from 'vitest';
import type { SearchHit } from '@/api/types';
import { bySession } from './found';

const hit = (session_id: string, snippet: string, visible = true): SearchHit => ({
  session_id,
  title: session_id,
  turn_id: 't',
  visible,
  role: 'user',
  snippet,
  created_at: '2026-01-01T00:00:00Z',
});

it('a conversation is shown once, with its best match in plain words', () => {
  expect(
    bySession([hit('a', 'the \u0002bird\u0003\n sings'), hit('b', 'x', false), hit('a', 'later')]),
  ).toEqual([
    { id: 'a', title: 'a', at: '2026-01-01T00:00:00Z', snippet: 'the bird sings', turn: 't' },
    { id: 'b', title: 'b', at: '2026-01-01T00:00:00Z', snippet: 'x' },
  ]);
});
