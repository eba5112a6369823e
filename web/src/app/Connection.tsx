/** How the connection to the gateway stands: a quiet dot, and words once it has been gone for two seconds. */
import { Button } from '@mantine/core';
import { socket, useLink } from '@/api/link';
import type { LinkState } from '@/api/socket';
import { t } from '@/i18n';
import { StatusDot, type Tone } from '@/ui/StatusDot';
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

export function ConnectionDot() {
  const link = useLink();
  const words = t.link[link.phase];
  return (
    <div className="connection" role="img" aria-label={t.link.label(words)} title={words}>
      <StatusDot tone={TONE[link.phase]}>
        <span className="connection-words">{words}</span>
      </StatusDot>
    </div>
  );
}

const PATIENCE_MS = 2_000;

/** Lies over the page instead of pushing it down, so that nothing jumps. */
export function LostConnection() {
  const link = useLink();
  const now = useNow(500, link.lostAt !== null);
  const lost = link.lostAt !== null && now - link.lostAt >= PATIENCE_MS;
  if (!lost || link.phase === 'idle' || link.phase === 'unauthorized') return null;
  const left = secondsLeft(link, now);
  return (
    <div className="lost" role="status">
      <div>
        <strong>{link.phase === 'offline' ? t.link.lostOffline : t.link.lost}</strong>{' '}
        <span>{t.link.keepsGoing}</span>
      </div>
      <Button
        size="compact-sm"
        variant="white"
        color="dark"
        className="lost-retry num"
        aria-label={t.link.retryNow}
        disabled={link.phase === 'connecting'}
        onClick={socket.retryNow}
      >
        {link.phase === 'connecting' || left === null
          ? `${t.link.connecting}…`
          : `${t.link.retryNow} (${left})`}
      </Button>
    </div>
  );
}
