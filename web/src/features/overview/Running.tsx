/** Turns under way and waiting, wherever they were asked for, with a way to stop each. */
import { Button, Skeleton } from '@mantine/core';
import { IconPlayerStop, IconX } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { $api, api, take } from '@/api/client';
import type { TurnSummary } from '@/api/types';
import { useWhyNot } from '@/app/can';
import { t } from '@/i18n';
import { duration } from '@/i18n/format';
import { disabledBecause } from '@/ui/disabledBecause';
import { ErrorNote } from '@/ui/ErrorNote';
import { Panel } from '@/ui/Panel';
import { StatusBadge } from '@/ui/StatusBadge';
import { useNow } from '@/ui/useNow';

export function Running() {
  const active = $api.useQuery(
    'get',
    '/api/turns',
    { params: { query: { state: 'active', limit: 50 } } },
    { refetchOnMount: 'always' },
  );
  const navigate = useNavigate();
  const turns = active.data?.turns;
  return (
    <Panel title={t.overview.running} className="running-panel" busy={active.isPending}>
      {active.isError && !turns ? (
        <ErrorNote error={active.error} onRetry={() => void active.refetch()} />
      ) : !turns ? (
        <Skeleton h={56} />
      ) : turns.length === 0 ? (
        <div className="running-none">
          <div>
            <p className="running-none-title">{t.overview.runningNone}</p>
            <p className="dimmed">{t.overview.runningNoneBody}</p>
          </div>
          <Button variant="default" size="xs" onClick={() => void navigate({ to: '/chat' })}>
            {t.overview.ask}
          </Button>
        </div>
      ) : (
        <ul className="running">
          {[...turns].reverse().map((turn) => (
            <RunningTurn key={turn.turn_id} turn={turn} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function RunningTurn({ turn }: { turn: TurnSummary }) {
  const waits = turn.state === 'queued';
  const title = turn.session_title || t.overview.untitled;
  const whyNot = useWhyNot('chat');
  const client = useQueryClient();
  const stop = useMutation({
    mutationFn: () => take(api.POST('/api/turns/{id}/cancel', { params: { path: { id: turn.turn_id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: ['get', '/api/turns'] }),
  });
  return (
    <li>
      <div className="running-words">
        <Link to="/chat/$session" params={{ session: turn.session_id }} className="running-title">
          {title}
        </Link>
        <p className="running-excerpt">{turn.excerpt}</p>
        <p className="running-facts">
          <StatusBadge tone={waits ? 'off' : 'busy'} dot={!waits}>
            {t.overview.turnState[turn.state]}
          </StatusBadge>
          <Elapsed since={turn.started_at ?? turn.created_at} />
          {waits && turn.queue_position != null && <span>{t.overview.behind(turn.queue_position)}</span>}
          {turn.model && <span>{turn.model}</span>}
          <span>{t.overview.origins[turn.origin]}</span>
          <Link to="/traces/$turn" params={{ turn: turn.turn_id }} aria-label={t.overview.traceTurn(title)}>
            {t.overview.trace}
          </Link>
        </p>
      </div>
      <Button
        variant="default"
        size="xs"
        leftSection={
          waits ? <IconX size={15} aria-hidden /> : <IconPlayerStop size={15} stroke={1.8} aria-hidden />
        }
        aria-label={waits ? t.overview.withdrawTurn(title) : t.overview.stopTurn(title)}
        loading={stop.isPending}
        onClick={() => stop.mutate()}
        {...disabledBecause(whyNot)}
      >
        {waits ? t.overview.withdraw : t.overview.stop}
      </Button>
    </li>
  );
}

function Elapsed({ since }: { since: string }) {
  const now = useNow(1_000);
  return <span className="num">{duration(Math.max(0, now - Date.parse(since)) / 1_000)}</span>;
}
