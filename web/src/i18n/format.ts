/** Numbers, times and sizes as people read them, in the page's language. */
import { locale } from '.';

/** Making one of these costs far more than using it: one for each language and kind is kept. */
const kept = new Map<string, unknown>();
function keep<T>(kind: string, make: (tag: string) => T): T {
  const key = `${locale} ${kind}`;
  let one = kept.get(key) as T | undefined;
  if (one === undefined) {
    one = make(locale);
    kept.set(key, one);
  }
  return one;
}
const numbers = (kind: string, options: Intl.NumberFormatOptions = {}) =>
  keep(`number ${kind}`, (tag) => new Intl.NumberFormat(tag, options));
const dates = (kind: string, options: Intl.DateTimeFormatOptions) =>
  keep(`date ${kind}`, (tag) => new Intl.DateTimeFormat(tag, options));

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** "5 minutes ago", "in 2 hours", "now". */
export function relativeTime(at: string | number, now = Date.now()): string {
  const seconds = Math.round((new Date(at).getTime() - now) / 1_000);
  const words = keep(
    'relative',
    (tag) => new Intl.RelativeTimeFormat(tag, { numeric: 'auto', style: 'short' }),
  );
  for (const [unit, size] of UNITS)
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit);
  return words.format(0, 'second');
}

export const absoluteTime = (at: string | number) =>
  dates('absolute', { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(at));

/** The day alone. */
export const day = (at: string | number) => dates('day', { dateStyle: 'medium' }).format(new Date(at));

/** "Mon, Jan 5": a day near enough to need no year. */
export const shortDay = (at: string | number) =>
  dates('short day', { weekday: 'short', month: 'short', day: 'numeric' }).format(new Date(at));

export const clockTime = (at: string | number) => dates('clock', { timeStyle: 'short' }).format(new Date(at));

/** "14:03:07.123", for what happens many times a second. */
export const preciseTime = (at: string | number) =>
  dates('precise', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
  }).format(new Date(at));

export const count = (value: number) => numbers('plain').format(value);

export const shortCount = (value: number) =>
  numbers('short', { notation: 'compact', maximumFractionDigits: 1 }).format(value);

/** `0.123` as "12%"; small shares keep a digit. */
export const percent = (share: number) =>
  Math.abs(share) > 0 && Math.abs(share) < 0.1
    ? numbers('percent 1', { style: 'percent', maximumFractionDigits: 1 }).format(share)
    : numbers('percent', { style: 'percent' }).format(share);

/** "a, b and c". */
export const list = (items: readonly string[], type: 'conjunction' | 'disjunction' = 'conjunction') =>
  keep(`list ${type}`, (tag) => new Intl.ListFormat(tag, { type })).format(items);

export type Forms = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

/** The form that goes with a number, in the page's language; `#` stands for the number. */
export function plural(value: number, forms: Forms): string {
  const rule = keep('plural', (tag) => new Intl.PluralRules(tag)).select(value);
  return (forms[rule] ?? forms.other).replaceAll('#', count(value));
}

/** Binary sizes: "38.2 MiB". */
export function bytes(value: number): string {
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = value;
  let name = 0;
  while (size >= 1024 && name < names.length - 1) {
    size /= 1024;
    name += 1;
  }
  const digits = name === 0 || size >= 100 ? 0 : 1;
  return `${numbers(`digits ${digits}`, { maximumFractionDigits: digits }).format(size)} ${names[name]}`;
}

const inUnits = (value: number, unit: string, digits = 0) =>
  numbers(`unit ${unit} ${digits}`, {
    style: 'unit',
    unit,
    unitDisplay: 'narrow',
    maximumFractionDigits: digits,
  }).format(value);

/** "3d 4h", "12m", "45s": the two largest parts. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'day'],
    [Math.floor((whole % 86_400) / 3_600), 'hour'],
    [Math.floor((whole % 3_600) / 60), 'minute'],
    [whole % 60, 'second'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first === -1) return inUnits(0, 'second');
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => inUnits(amount, unit))
    .join(' ');
}

/** How long an answer took: "40ms", "1.8s", "12s", "2m 5s". */
export const milliseconds = (value: number) =>
  value < 999.5
    ? inUnits(Math.round(value), 'millisecond')
    : value < 10_000
      ? inUnits(value / 1_000, 'second', 1)
      : duration(value / 1_000);

/** A countdown: "4:59". */
export function countdown(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** Dollars from a decimal string; small sums keep two digits that say something. */
export function dollars(decimal: string): string {
  const value = Number(decimal);
  const small = value !== 0 && Math.abs(value) < 0.01;
  return numbers(small ? 'small dollars' : 'dollars', {
    style: 'currency',
    currency: 'USD',
    ...(small ? { maximumSignificantDigits: 2 } : {}),
  }).format(value);
}

/** Dollars to the last digit that says something: prices, which are not rounded for show. */
export const exactDollars = (decimal: string) =>
  numbers('exact dollars', {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: 2,
    maximumFractionDigits: 6,
  }).format(Number(decimal));
