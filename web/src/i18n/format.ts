/** Numbers, times and sizes as people read them, in the page's language. */
import { locale } from '.';

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
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  for (const [unit, size] of UNITS)
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit);
  return words.format(0, 'second');
}

export const absoluteTime = (at: string | number) =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(at));

export const clockTime = (at: string | number) =>
  new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(new Date(at));

export const count = (value: number) => new Intl.NumberFormat(locale).format(value);

export const shortCount = (value: number) =>
  new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 }).format(value);

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
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(size)} ${names[name]}`;
}

/** "3 d 4 h", "12 min", "45 s": the two largest parts. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor((whole % 86_400) / 3_600), 'h'],
    [Math.floor((whole % 3_600) / 60), 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first === -1) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}

/** How long an answer took: "40 ms", "1.8 s", "12 s", "2 min 5 s". */
export const milliseconds = (value: number) =>
  value < 1_000
    ? `${Math.round(value)} ms`
    : value < 10_000
      ? `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(value / 1_000)} s`
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
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: 'USD',
    ...(small ? { maximumSignificantDigits: 2 } : {}),
  }).format(value);
}
