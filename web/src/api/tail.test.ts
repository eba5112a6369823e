import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Tail } from './tail';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const ids = (tail: Tail<string>) => tail.getState().entries.map(({ id }) => id);
const come = (tail: Tail<string>, ...numbers: number[]) => {
  for (const id of numbers) tail.add(id, String(id));
  vi.runAllTimers();
};

test('what comes is shown together, and never twice', () => {
  const tail = new Tail<string>();
  let told = 0;
  tail.watch(() => told++);
  come(tail, 3, 4, 4, 5);
  come(tail, 4, 6);
  tail.prepend([
    { id: 1, value: 'one' },
    { id: 2, value: 'two' },
  ]);
  expect(tail.getState().shift).toBe(true);
  expect(ids(tail)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(told).toBe(3);
});

test('who reads further up is not disturbed, and misses nothing', () => {
  const tail = new Tail<string>();
  come(tail, 1);
  tail.hold(true);
  come(tail, 2, 3);
  expect(ids(tail)).toEqual([1]);
  expect(tail.getState().held).toBe(2);
  tail.hold(false);
  expect(ids(tail)).toEqual([1, 2, 3]);
  expect(tail.getState().held).toBe(0);
});

test('a gap stands in its place, once', () => {
  const tail = new Tail<string>();
  come(tail, 1);
  tail.gap(3, 5);
  tail.gap(3, 5);
  come(tail, 5);
  expect(tail.getState().entries.map(({ missed }) => missed)).toEqual([undefined, 3, undefined]);
  expect(ids(tail)).toEqual([1, 4.5, 5]);
});

test('the oldest are let go, and it is said', () => {
  let trimmed = 0;
  const tail = new Tail<string>(() => trimmed++, 10);
  come(tail, ...Array.from({ length: 12 }, (_, place) => place + 1));
  expect(ids(tail)[0]).toBeGreaterThan(2);
  expect(ids(tail).at(-1)).toBe(12);
  expect(trimmed).toBe(1);
});

test('what does not follow on what is shown takes its place', () => {
  const tail = new Tail<string>(() => {}, 10);
  come(tail, 1, 2);
  tail.hold(true);
  come(tail, ...Array.from({ length: 15 }, (_, place) => place + 3));
  tail.hold(false);
  const shown = ids(tail);
  expect(shown.at(-1)).toBe(17);
  // Each follows on the one before it.
  expect(shown).toEqual(shown.map((_, place) => (shown[0] ?? 0) + place));
});
