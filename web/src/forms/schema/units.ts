/** What a number counts, in words, and what it comes to in a handier unit. */
import { t } from '@/i18n';
import { bytes, count, duration } from '@/i18n/format';

const said = (words: Record<string, string>, key: string | undefined): string | undefined =>
  key !== undefined && Object.hasOwn(words, key) ? words[key] : undefined;

/** The unit beside the field. */
export const unitName = (unit: string | undefined): string | undefined => said(t.settings.units, unit);

/** The same amount as people say it: 86,400 seconds is a day. */
export function inOtherWords(value: unknown, unit: string | undefined): string | undefined {
  const amount = typeof value === 'string' ? Number(value) : value;
  if (typeof amount !== 'number' || !Number.isFinite(amount)) return undefined;
  if (unit === 'seconds' && amount >= 60) return duration(amount);
  if (unit === 'bytes' && amount >= 1024) return bytes(amount);
  if (unit !== undefined && amount >= 10_000) return count(amount);
  return undefined;
}
