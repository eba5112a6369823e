import { expect, it } from 'vitest';
import {
  bytes,
  countdown,
  dollars,
  duration,
  list,
  milliseconds,
  percent,
  plural,
  relativeTime,
} from './format';

it('times are told from now, forwards and back', () => {
  const now = Date.UTC(2026, 0, 1);
  expect(relativeTime(now - 5 * 60_000, now)).toBe('5 min. ago');
  expect(relativeTime(now + 3 * 3_600_000, now)).toBe('in 3 hr.');
  expect(relativeTime(now - 20_000, now)).toBe('now');
});

it('durations keep their two largest parts', () => {
  expect(duration(0)).toBe('0s');
  expect(duration(59)).toBe('59s');
  expect(duration(3_600)).toBe('1h');
  expect(duration(90_061)).toBe('1d 1h');
  expect(milliseconds(40)).toBe('40ms');
  expect(milliseconds(999.7)).toBe('1s');
  expect(milliseconds(1_840)).toBe('1.8s');
  expect(milliseconds(125_000)).toBe('2m 5s');
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

it('words follow their number', () => {
  const forms = { one: '# message', other: '# messages' };
  expect([0, 1, 2, 1_200].map((value) => plural(value, forms))).toEqual([
    '0 messages',
    '1 message',
    '2 messages',
    '1,200 messages',
  ]);
  expect(plural(1, { other: '# 条' })).toBe('1 条');
});

it('shares and lists', () => {
  expect(percent(0.5)).toBe('50%');
  expect(percent(0.0123)).toBe('1.2%');
  expect(list(['a', 'b', 'c'])).toBe('a, b, and c');
});
