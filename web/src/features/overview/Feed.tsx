/** What happened, the newest first, as it happens: answers with the way to their conversation, devices, health. */
import { Button, SegmentedControl, Skeleton } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCheck,
  IconCircleCheck,
  IconDeviceMobile,
  IconHeartbeat,
  IconPlayerStop,
  IconPower,
  IconSettings,
} from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { $api } from '@/api/client';
import { useRecentNews } from '@/api/recentNews';
import type { Status, TurnSummary } from '@/api/types';
import { t } from '@/i18n';
import { milliseconds } from '@/i18n/format';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorNote } from '@/ui/ErrorNote';
import { Panel } from '@/ui/Panel';
import { RelativeTime } from '@/ui/RelativeTime';
import type { Tone } from '@/ui/StatusDot';
import { type FeedItem, feed, isTrouble } from './feed.logic';
import { partName, toneOf } from './health.logic';

const FIRST = 20;
const MORE = 40;
const MOST = 180;
const NEWS = 'device_paired,health_changed,config_changed';

export interface FeedProps {
  status: Status | undefined;
  trouble: boolean;
  onTrouble: (trouble: boolean) => void;
}

export function Feed({ status, trouble, onTrouble }: FeedProps) {
  const [limit, setLimit] = useState(FIRST);
  const turns = $api.useQuery(
    'get',
    '/api/turns',
    // One more than is shown tells whether there is more.
    { params: { query: { state: trouble ? 'failed' : 'all', limit: limit + 1 } } },
    { placeholderData: keepPreviousData, refetchOnMount: 'always' },
  );
  const news = useRecentNews(NEWS, 200);
  const all = feed({ turns: turns.data?.turns ?? [], news: news.data ?? [], status }, MOST);
  const items = trouble ? all.filter(isTrouble) : all;
  const shown = items.slice(0, limit);
  const error = turns.error ?? news.error;
  const begun = turns.data !== undefined && news.data !== undefined;
  return (
    <Panel
      title={t.overview.latest}
      className="feed-panel"
      busy={!begun && !error}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t.overview.show}
          value={trouble ? 'trouble' : 'all'}
          onChange={(value) => onTrouble(value === 'trouble')}
          data={[
            { value: 'all', label: t.overview.showAll },
            { value: 'trouble', label: t.overview.showTrouble },
          ]}
        />
      }
    >
      {error && !begun ? (
        <ErrorNote
          error={error}
          onRetry={() => {
            void turns.refetch();
            void news.refetch();
          }}
        />
      ) : !begun ? (
        <div className="feed-waits">
          {[1, 2, 3, 4, 5].map((place) => (
            <Skeleton key={place} h={36} />
          ))}
        </div>
      ) : shown.length === 0 ? (
        <EmptyState
          icon={IconCircleCheck}
          tone={trouble ? 'good' : undefined}
          title={trouble ? t.overview.troubleNone : t.overview.latestNone}
          body={trouble ? t.overview.troubleNoneBody : t.overview.latestNoneBody}
        />
      ) : (
        <ol className="feed">
          {shown.map((item) => (
            <FeedRow key={item.key} item={item} />
          ))}
        </ol>
      )}
      {items.length > limit && limit < MOST - MORE && (
        <Button variant="subtle" size="compact-sm" onClick={() => setLimit(limit + MORE)}>
          {t.overview.older}
        </Button>
      )}
    </Panel>
  );
}

function FeedRow({ item }: { item: FeedItem }) {
  const { icon, tone, what, more } = looks(item);
  return (
    <li className="feed-row" data-tone={tone}>
      <span className="feed-icon" aria-hidden>
        {icon}
      </span>
      <div className="feed-words">
        <p className="feed-what">{what}</p>
        {more && <p className="feed-more">{more}</p>}
      </div>
      <span className="feed-when">
        <RelativeTime at={item.at} />
      </span>
    </li>
  );
}

const SIZE = { size: 16, stroke: 1.8 };

function looks(item: FeedItem): { icon: ReactNode; tone: Tone; what: ReactNode; more?: ReactNode } {
  switch (item.kind) {
    case 'turn':
      return turnLooks(item.turn);
    case 'device': {
      const known = t.overview.deviceNews;
      const say = known[item.change as keyof typeof known] ?? known.other;
      return { icon: <IconDeviceMobile {...SIZE} />, tone: 'info', what: say(item.name) };
    }
    case 'health': {
      const known = t.overview.healthNews;
      const say = known[item.status as keyof typeof known] ?? known.off;
      return {
        icon: <IconHeartbeat {...SIZE} />,
        tone: toneOf(item.status),
        what: say(partName(item.component)),
        more: item.reason,
      };
    }
    case 'config':
      return {
        icon: <IconSettings {...SIZE} />,
        tone: 'info',
        what: t.overview.configNews,
        more: <span className="mono">{item.keys.join(', ')}</span>,
      };
    case 'start':
      return { icon: <IconPower {...SIZE} />, tone: 'info', what: t.overview.startNews(item.version) };
  }
}

function turnLooks(turn: TurnSummary) {
  const bad = turn.state === 'failed' || turn.state === 'interrupted';
  const stopped = turn.state === 'cancelled';
  const took = turn.finished_at ? Date.parse(turn.finished_at) - Date.parse(turn.created_at) : null;
  const facts = [
    t.overview.turnState[turn.state],
    took !== null && milliseconds(Math.max(0, took)),
    turn.model,
    t.overview.origins[turn.origin],
  ].filter((fact): fact is string => Boolean(fact));
  const tone: Tone = bad ? 'bad' : stopped ? 'off' : 'good';
  const why = turn.error?.message ?? (turn.state === 'interrupted' ? t.overview.interrupted : null);
  return {
    icon: bad ? (
      <IconAlertTriangle {...SIZE} />
    ) : stopped ? (
      <IconPlayerStop {...SIZE} />
    ) : (
      <IconCheck {...SIZE} />
    ),
    tone,
    what: (
      <Link to="/chat/$session" params={{ session: turn.session_id }}>
        {turn.session_title || turn.excerpt || t.overview.untitled}
      </Link>
    ),
    more: (
      <>
        {bad && why ? <span className="feed-why">{why}</span> : null}
        <span>{facts.join(' · ')}</span>
      </>
    ),
  };
}
