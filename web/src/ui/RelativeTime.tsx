/** "5 minutes ago", with the exact time on hover and for machines. */
import { absoluteTime, relativeTime } from '@/i18n/format';
import { useNow } from './useNow';

export function RelativeTime({ at }: { at: string }) {
  const now = useNow(30_000);
  return (
    <time dateTime={at} title={absoluteTime(at)}>
      {relativeTime(at, now)}
    </time>
  );
}
