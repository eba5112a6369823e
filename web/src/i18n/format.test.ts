import { expect, it } from 'vitest';
import { bytes, countdown, dollars, duration, milliseconds, relativeTime } from './format';

it('times are told from now, forwards and back', () => {
  const now = Date.UTC(2026, 0, 1);
  expect(relativeTime(now - 5 * 60_000, now)).toBe('5 min. ago');
  expect(relativeTime(now + 3 * 3_600_000, now)).toBe('in 3 hr.');
  expect(relativeTime(now - 20_000, now)).toBe('now');
});

it('durations keep their two largest parts', () => {
  expect(duration(0)).toBe('0 s');
  expect(duration(59)).toBe('59 s');
  expect(duration(3_600)).toBe('1 h');
  expect(duration(90_061)).toBe('1 d 1 h');
  expect(milliseconds(40)).toBe('40 ms');
  expect(milliseconds(1_840)).toBe('1.8 s');
  expect(milliseconds(125_000)).toBe('2 min 5 s');
});

it('a countdown never shows less than is left', () => {
  expect(countdown(299.2)).toBe('5:00');
  expect(countdown(9)).toBe('0:09');
  expect(countdown(-3)).toBe('0:00');
});

it('sizes and sums keep the digits that say something', () => {
  expect(bytes(512)).toBe('512 B');
  expect(bytes(40_055_603)).toBe('38.2 MiB');
  expect(dollars('0.000420')).toBe('$0.00042');
  expect(dollars('1.5')).toBe('$1.50');
  expect(dollars('0')).toBe('$0.00');
});
