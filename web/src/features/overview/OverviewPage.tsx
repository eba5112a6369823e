/** How the gateway is doing, at a glance. */
import './overview.css';
import { Anchor, Button, SimpleGrid, Skeleton, Text, Title } from '@mantine/core';
import { IconArrowRight, IconSparkles } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { $api } from '@/api/client';
import type { Status } from '@/api/types';
import { t } from '@/i18n';
import { bytes, count, dollars, duration, shortCount } from '@/i18n/format';
import { ErrorNote } from '@/ui/ErrorNote';
import { PageHeader } from '@/ui/PageHeader';
import { RelativeTime } from '@/ui/RelativeTime';
import { StatusDot } from '@/ui/StatusDot';
import { toneOf, wordOf } from './health.logic';

const EVERY_MS = 10_000;

export default function OverviewPage() {
  const status = $api.useQuery('get', '/api/status', {}, { refetchInterval: EVERY_MS });
  return (
    <div className="page">
      <PageHeader title={t.overview.title} sub={t.overview.sub} />
      {status.isError && !status.data && (
        <ErrorNote error={status.error} onRetry={() => void status.refetch()} />
      )}
      {status.data?.provider_source === 'demo' && <ConnectFirst />}
      <Tiles status={status.data} />
      <div className="overview-columns">
        <Recent />
        <div className="overview-side">
          <Components />
          <Details status={status.data} />
        </div>
      </div>
    </div>
  );
}

function ConnectFirst() {
  return (
    <div className="card connect">
      <IconSparkles size={26} stroke={1.6} aria-hidden />
      <div className="connect-words">
        <Title order={2} fz={16}>
          {t.overview.connectTitle}
        </Title>
        <Text fz="sm" c="dimmed">
          {t.overview.connectBody}
        </Text>
      </div>
      <Button component={Link} to="/provider" rightSection={<IconArrowRight size={16} aria-hidden />}>
        {t.overview.connect}
      </Button>
    </div>
  );
}

function Tiles({ status }: { status: Status | undefined }) {
  const cost = status?.token_usage.estimated_cost_usd;
  const tiles: [string, ReactNode, ReactNode][] = [
    [
      t.overview.health,
      status && <StatusDot tone={toneOf(status.status)}>{wordOf(status.status)}</StatusDot>,
      status && `${t.overview.version} ${status.version}`,
    ],
    [t.overview.provider, status?.provider, status?.model],
    [t.overview.uptime, status && duration(status.uptime_seconds), null],
    [
      t.overview.memory,
      status && (status.process.rss_bytes == null ? t.common.none : bytes(status.process.rss_bytes)),
      null,
    ],
    [t.overview.activeTurns, status && count(status.active_turns), null],
    [
      t.overview.tokens,
      status && shortCount(status.token_usage.total_tokens),
      status && costWords(status.token_usage.total_tokens, cost),
    ],
  ];
  return (
    <SimpleGrid component="dl" cols={{ base: 2, sm: 3 }} spacing="sm" m={0}>
      {tiles.map(([name, value, more]) => (
        <div key={name} className="card tile">
          <dt>{name}</dt>
          <dd className="tile-value num">{value ?? <Skeleton h={22} w={90} my={4} />}</dd>
          <dd className="tile-more">{more}</dd>
        </div>
      ))}
    </SimpleGrid>
  );
}

/** Tokens without a known price are not tokens for nothing. */
const costWords = (tokens: number, cost: string | undefined) =>
  tokens > 0 && Number(cost ?? 0) === 0 ? t.overview.unpriced : dollars(cost ?? '0');

function Recent() {
  const sessions = $api.useQuery('get', '/api/sessions', { params: { query: { limit: 6 } } });
  const list = sessions.data?.sessions ?? [];
  return (
    <section className="card" aria-labelledby="recent">
      <Title order={2} fz={16} mb="xs" id="recent">
        {t.overview.recent}
      </Title>
      {sessions.isError && !sessions.data ? (
        <ErrorNote error={sessions.error} onRetry={() => void sessions.refetch()} />
      ) : sessions.isPending ? (
        <Skeleton h={140} />
      ) : list.length === 0 ? (
        <Text c="dimmed" fz="sm" mb="sm">
          {t.overview.recentEmpty}
        </Text>
      ) : (
        <ul className="recent">
          {list.map((session) => (
            <li key={session.id}>
              <Link to="/chat/$session" params={{ session: session.id }}>
                <span className="recent-title">{session.title || t.chat.untitled}</span>
                <span className="recent-when">
                  {session.active_turns > 0 ? (
                    <StatusDot tone="busy">{t.overview.status.running}</StatusDot>
                  ) : (
                    <RelativeTime at={session.updated_at} />
                  )}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      <Anchor component={Link} to="/chat" fz="sm" underline="always">
        {list.length === 0 ? t.overview.startChat : t.overview.allChats}
      </Anchor>
    </section>
  );
}

function Components() {
  const health = $api.useQuery('get', '/health', {}, { refetchInterval: EVERY_MS });
  const components = Object.entries(health.data?.runtime.components ?? {});
  return (
    <section className="card" aria-labelledby="components">
      <Title order={2} fz={16} mb="xs" id="components">
        {t.overview.components}
      </Title>
      {health.isPending && <Skeleton h={110} />}
      {health.isError && !health.data && (
        <ErrorNote error={health.error} onRetry={() => void health.refetch()} />
      )}
      <dl className="components">
        {components.map(([name, state]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <StatusDot tone={toneOf(state)}>{wordOf(state)}</StatusDot>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Details({ status }: { status: Status | undefined }) {
  const facts: [string, ReactNode][] = [
    [t.overview.address, status && `${status.gateway.host}:${status.gateway.port}`],
    [t.overview.dataDir, status?.data_dir],
    [t.overview.sessions, status && count(status.active_sessions)],
    [t.overview.devices, status && count(status.paired_devices)],
  ];
  return (
    <section className="card" aria-labelledby="details">
      <Title order={2} fz={16} mb="xs" id="details">
        {t.overview.details}
      </Title>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name} className="fact">
            <dt>{name}</dt>
            <dd className="mono">{value ?? <Skeleton h={14} w={120} my={4} />}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
