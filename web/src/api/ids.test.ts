import { expect, it } from 'vitest';
import { uuid7 } from './ids';

it('an id is a UUIDv7 that carries its time', () => {
  const at = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
  const id = uuid7(at);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(at);
});

it('ids sort by the time they were made and do not repeat', () => {
  expect(uuid7(1_000) < uuid7(2_000)).toBe(true);
  expect(new Set(Array.from({ length: 500 }, () => uuid7(5))).size).toBe(500);
});
