/** How the beginning of a bucket is said: by the clock within a day, with its day over more. */
import { locale } from '@/i18n';
import { clockTime } from '@/i18n/format';

const DAY_MS = 86_400_000;

export const dayAndTime = (at: string | number) =>
  new Intl.DateTimeFormat(locale, {
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  }).format(new Date(at));

export function bucketTime(at: string, buckets: readonly { at: string }[]): string {
  const first = buckets[0];
  const span = first ? Date.parse(buckets[buckets.length - 1]?.at ?? first.at) - Date.parse(first.at) : 0;
  return span > DAY_MS ? dayAndTime(at) : clockTime(at);
}
