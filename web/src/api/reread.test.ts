import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { unhurried } from './reread';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('many wishes in a row are one reading, and the last of them is never lost', () => {
  const work = vi.fn();
  const { ask } = unhurried(work, 50, 500);
  for (let time = 0; time < 40; time++) ask();
  expect(work).not.toHaveBeenCalled();
  vi.advanceTimersByTime(50);
  expect(work).toHaveBeenCalledTimes(1);
  ask();
  ask();
  vi.advanceTimersByTime(499);
  expect(work).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(work).toHaveBeenCalledTimes(2);
});

it('after a rest it is soon again, and after the end never', () => {
  const work = vi.fn();
  const { ask, stop } = unhurried(work, 50, 500);
  ask();
  vi.advanceTimersByTime(5_000);
  ask();
  vi.advanceTimersByTime(50);
  expect(work).toHaveBeenCalledTimes(2);
  ask();
  stop();
  vi.advanceTimersByTime(5_000);
  expect(work).toHaveBeenCalledTimes(2);
});
