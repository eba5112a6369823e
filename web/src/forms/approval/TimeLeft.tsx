/** How long a request still waits; it says so when that is over. */
import { IconClock } from '@tabler/icons-react';
import { t } from '@/i18n';
import { absoluteTime, countdown, duration } from '@/i18n/format';
import { useNow } from '@/ui/useNow';

const HOUR = 3_600;
const SOON = 60;

export const secondsLeft = (expiresAt: string, now: number) => (Date.parse(expiresAt) - now) / 1_000;

/** Whether its time is over by this browser's clock. */
export const useIsOver = (expiresAt: string) => secondsLeft(expiresAt, useNow(1_000)) <= 0;

export function TimeLeft({ expiresAt }: { expiresAt: string }) {
  const left = secondsLeft(expiresAt, useNow(1_000));
  if (left <= 0)
    return (
      <span className="act-left" data-tone="off" role="status">
        {t.thread.expired}
      </span>
    );
  return (
    <time
      className="act-left num"
      data-tone={left < SOON ? 'bad' : undefined}
      dateTime={expiresAt}
      title={absoluteTime(expiresAt)}
    >
      <IconClock size={14} aria-hidden />
      {t.thread.expires(left > HOUR ? duration(left) : countdown(left))}
    </time>
  );
}
