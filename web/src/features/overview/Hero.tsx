/** How things stand in one line, and the figures that an owner looks for first. */
import { Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconExclamationCircle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Status } from '@/api/types';
import { t } from '@/i18n';
import { absoluteTime, bytes, count, dollars, duration, shortCount } from '@/i18n/format';
import { useNow } from '@/ui/useNow';
import { isUnwell, partName, toneOf } from './health.logic';
import { dayAndTime } from './time';

const ICON = { good: IconCircleCheck, warn: IconExclamationCircle, bad: IconAlertTriangle };

export function Hero({ status }: { status: Status | undefined }) {
  if (!status)
    return (
      <div className="card hero" aria-busy="true">
        <div className="hero-state">
          <Skeleton h={44} circle />
          <div className="hero-words">
            <Skeleton h={22} w={160} mb={8} />
            <Skeleton h={14} w={220} />
          </div>
        </div>
        <Skeleton h={58} />
      </div>
    );
  const tone = toneOf(status.status);
  const Icon = tone === 'warn' || tone === 'bad' ? ICON[tone] : ICON.good;
  const unwell = status.components.filter((part) => isUnwell(part.status)).map((part) => partName(part.name));
  return (
    <section className="card hero" data-tone={tone} aria-labelledby="state">
      <div className="hero-state">
        <span className="hero-icon" aria-hidden>
          <Icon size={26} stroke={1.8} />
        </span>
        <div className="hero-words">
          <h2 id="state" className="hero-title" aria-live="polite">
            {unwell.length > 0 ? t.overview.unwell(unwell.join(', ')) : t.overview.well}
          </h2>
          <p className="hero-sub">
            <Link to="/provider">{t.overview.answersWith(status.provider, status.model)}</Link>
            <span>{t.overview.providerFrom[status.provider_source]}</span>
          </p>
        </div>
      </div>
      <Figures status={status} />
    </section>
  );
}

function Figures({ status }: { status: Status }) {
  const now = useNow(15_000);
  const rss = status.process.rss_bytes;
  const { total_tokens: tokens, estimated_cost_usd: cost } = status.token_usage;
  const figures: [string, ReactNode, ReactNode][] = [
    [
      t.overview.uptime,
      uptime(status, now),
      <time key="since" dateTime={status.started_at} title={absoluteTime(status.started_at)}>
        {t.overview.since(dayAndTime(status.started_at))}
      </time>,
    ],
    [t.overview.memory, rss == null ? t.common.none : bytes(rss), t.overview.memoryMore],
    [t.overview.database, bytes(status.database.bytes), t.overview.databaseMore],
    [t.overview.tokens, shortCount(tokens), costWords(tokens, cost)],
    [
      t.overview.devices,
      count(status.paired_devices),
      <Link key="devices" to="/devices">
        {t.overview.manageDevices}
      </Link>,
    ],
  ];
  return (
    <dl className="hero-figures">
      {figures.map(([name, value, more]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="hero-value num">{value}</dd>
          <dd className="hero-more">{more}</dd>
        </div>
      ))}
    </dl>
  );
}

/** By this browser's clock where it agrees; a clock that is behind makes no uptime negative. */
const uptime = (status: Status, now: number) =>
  duration(Math.max(status.uptime_seconds, (now - Date.parse(status.started_at)) / 1_000));

/** Tokens without a known price are not tokens for nothing. */
const costWords = (tokens: number, cost: string | null | undefined) =>
  tokens > 0 && Number(cost ?? 0) === 0 ? t.overview.unpriced : dollars(cost ?? '0');
