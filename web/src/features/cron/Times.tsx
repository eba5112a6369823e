/** Fire times, one below the other, in a zone; how far off each is. */
import { locale } from '@/i18n';
import { relativeTime } from '@/i18n/format';
import { useNow } from '@/ui/useNow';

export function Times({ times, tz }: { times: readonly string[]; tz?: string | null }) {
  const now = useNow(1_000);
  const words = timeWords(times, tz ?? undefined);
  return (
    <ol className="times">
      {times.map((at) => (
        <li key={at}>
          <time dateTime={at} className="num">
            {words.format(new Date(at))}
          </time>
          <span className="dimmed">{relativeTime(at, now)}</span>
        </li>
      ))}
    </ol>
  );
}

/** Seconds and years are said where they tell something. */
function timeWords(times: readonly string[], timeZone: string | undefined) {
  const shape: Intl.DateTimeFormatOptions = {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  };
  const thisYear = new Date().getUTCFullYear();
  if (times.some((at) => new Date(at).getUTCFullYear() !== thisYear)) shape.year = 'numeric';
  if (times.some((at) => new Date(at).getUTCSeconds() !== 0)) shape.second = '2-digit';
  const inZone = (zone: string | undefined) => new Intl.DateTimeFormat(locale, { ...shape, timeZone: zone });
  try {
    return inZone(timeZone);
  } catch {
    // A zone that this browser does not know.
    return inZone(undefined);
  }
}
