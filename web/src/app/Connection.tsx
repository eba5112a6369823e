/** How the connection to the gateway stands: a quiet dot, and words once it has been gone for two seconds. */
import { Button } from '@mantine/core';
import { IconCircleCheck, IconPlugConnectedX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { socket, useLink } from '@/api/link';
import type { LinkState } from '@/api/socket';
import { t } from '@/i18n';
import { count } from '@/i18n/format';
import type { Tone } from '@/ui/StatusDot';
import { useNow } from '@/ui/useNow';

const TONE: Record<LinkState['phase'], Tone> = {
  idle: 'off',
  connecting: 'busy',
  open: 'good',
  retrying: 'warn',
  offline: 'bad',
  unauthorized: 'bad',
};

export const secondsLeft = (link: LinkState, now: number) =>
  link.retryAt === null ? null : Math.max(0, Math.ceil((link.retryAt - now) / 1_000));

/** What is said of it; a blink of less than two seconds is not worth a word. */
function words(link: LinkState, now: number): { tone: Tone; text: string } {
  const brief = link.lostAt !== null && now - link.lostAt < PATIENCE_MS;
  if (link.phase === 'connecting' && link.lostAt !== null && !brief)
    return { tone: 'warn', text: t.link.retrying };
  if (link.phase === 'retrying') {
    const left = secondsLeft(link, now) ?? 0;
    return { tone: 'warn', text: left > 0 ? t.link.retryingIn(count(left)) : t.link.retrying };
  }
  return { tone: TONE[link.phase], text: t.link[link.phase] };
}

export function ConnectionState({ narrow }: { narrow?: boolean }) {
  const link = useLink();
  const now = useNow(500, link.lostAt !== null);
  const { tone, text } = words(link, now);
  return (
    <div
      className="side-item connection"
      role="img"
      aria-label={t.link.label(text)}
      data-tone={tone}
      data-tip={narrow ? text : undefined}
    >
      <span className="connection-dot">
        <span className="status-dot" />
      </span>
      <span className="side-label num">{text}</span>
    </div>
  );
}

const PATIENCE_MS = 2_000;
const BACK_MS = 2_500;

/** Lies over the page instead of pushing it down, so that nothing jumps. */
export function LostConnection() {
  const link = useLink();
  const now = useNow(500, link.lostAt !== null);
  const watched = link.phase !== 'idle' && link.phase !== 'unauthorized';
  const lost = watched && link.lostAt !== null && now - link.lostAt >= PATIENCE_MS;
  const [back, setBack] = useState(false);

  const [wasLost, setWasLost] = useState(false);
  if (lost && !wasLost) setWasLost(true);
  if (wasLost && link.phase === 'open') {
    setWasLost(false);
    setBack(true);
  }
  if (back && lost) setBack(false);
  useEffect(() => {
    if (!back) return;
    const timer = setTimeout(() => setBack(false), BACK_MS);
    return () => clearTimeout(timer);
  }, [back]);

  const left = secondsLeft(link, now);
  const what =
    link.phase === 'offline' ? t.link.lostOffline : link.restarting ? t.link.lostRestart : t.link.lost;
  return (
    <div className="lost-place" role="status">
      {back && !lost && (
        <div className="lost" data-tone="good">
          <IconCircleCheck size={18} stroke={1.8} aria-hidden />
          {t.link.back}
        </div>
      )}
      {lost && (
        <div className="lost" data-tone="warn">
          <IconPlugConnectedX size={18} stroke={1.8} aria-hidden className="lost-icon" />
          <div className="lost-words">
            <strong>{what}</strong> <span className="lost-more">{t.link.keepsGoing}</span>
          </div>
          <Button
            size="compact-sm"
            variant="default"
            className="lost-retry num"
            aria-label={t.link.retryNow}
            disabled={link.phase === 'connecting'}
            onClick={socket.retryNow}
          >
            {link.phase === 'connecting' || left === null
              ? `${t.link.connecting}…`
              : `${t.link.retryNow} (${count(left)})`}
          </Button>
        </div>
      )}
    </div>
  );
}
