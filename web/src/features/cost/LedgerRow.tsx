/** One call: what it was, for whom, and what it cost; opened, how that came about. */
import { IconChevronDown } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { CallStatus, CostRecord } from '@/api/types';
import { t } from '@/i18n';
import { absoluteTime, count, dollars, exactDollars, milliseconds, shortCount } from '@/i18n/format';
import { RelativeTime } from '@/ui/RelativeTime';
import { StatusBadge } from '@/ui/StatusBadge';
import type { Tone } from '@/ui/StatusDot';
import { originName } from './words';

const TONES: Record<CallStatus, Tone> = {
  open: 'busy',
  ok: 'good',
  failed: 'bad',
  broken: 'bad',
  cancelled: 'off',
  interrupted: 'warn',
};

interface LedgerRowProps {
  record: CostRecord;
  open: boolean;
  onOpen: (id: string | undefined) => void;
}

export function LedgerRow({ record, open, onOpen }: LedgerRowProps) {
  const details = `call-${record.id}`;
  return (
    <li className="call" data-open={open || undefined}>
      <button
        type="button"
        className="call-head"
        aria-expanded={open}
        aria-controls={open ? details : undefined}
        onClick={() => onOpen(open ? undefined : record.id)}
      >
        <span className="call-what">
          <span className="call-model">
            {record.model || t.common.none}
            {record.status !== 'ok' && (
              <StatusBadge tone={TONES[record.status]} dot={record.status === 'open'}>
                {t.cost.statuses[record.status]}
              </StatusBadge>
            )}
          </span>
          <span className="call-for">
            <span>{record.provider}</span>
            <span>{originName(record.origin)}</span>
            {record.session_title && <span className="call-title">{record.session_title}</span>}
            <RelativeTime at={record.started_at} />
          </span>
        </span>
        <span className="call-tokens num">
          {shortCount(record.input_tokens)} → {shortCount(record.output_tokens)}
        </span>
        <span className="call-cost num">
          <Price record={record} />
        </span>
        <IconChevronDown size={16} className="call-arrow" aria-hidden />
      </button>
      {open && <Details id={details} record={record} />}
    </li>
  );
}

function Price({ record }: { record: CostRecord }) {
  if (record.cost_usd != null) return <>{dollars(record.cost_usd)}</>;
  if (record.status === 'open') return <>{t.common.none}</>;
  if (record.estimated_cost_usd == null) return <span className="dimmed">{t.cost.priceUnknown}</span>;
  return (
    <span className="dimmed" title={t.cost.estimateHint}>
      {t.cost.estimate(dollars(record.estimated_cost_usd))}
    </span>
  );
}

function Details({ id, record }: { id: string; record: CostRecord }) {
  const { price_input_usd: input, price_cached_usd: cached, price_output_usd: output } = record;
  const facts: [string, string | undefined][] = [
    [t.cost.time, absoluteTime(record.started_at)],
    [t.cost.costHead, record.cost_usd == null ? undefined : exactDollars(record.cost_usd)],
    [t.cost.tokensIn, count(record.input_tokens)],
    [t.cost.tokensCached, count(record.cached_tokens)],
    [t.cost.cacheWrite, record.cache_write_tokens == null ? undefined : count(record.cache_write_tokens)],
    [t.cost.tokensOut, count(record.output_tokens)],
    [t.cost.reasoning, record.reasoning_tokens > 0 ? count(record.reasoning_tokens) : undefined],
    [
      t.cost.priceUsed,
      input != null && cached != null && output != null
        ? t.cost.priceParts(exactDollars(input), exactDollars(cached), exactDollars(output))
        : t.cost.unknown,
    ],
    [t.cost.source, record.price_source == null ? undefined : t.cost.sources[record.price_source]],
    [t.cost.firstToken, record.first_token_ms == null ? undefined : milliseconds(record.first_token_ms)],
    [t.cost.took, milliseconds(record.duration_ms)],
    [t.cost.job, record.job ?? undefined],
    [t.cost.call, record.id],
  ];
  return (
    <div className="call-details" id={id}>
      <dl className="facts num">
        {facts.map(
          ([name, value]) =>
            value !== undefined && (
              <div key={name} className="call-fact">
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      <p className="call-links">
        {record.session_id && (
          <Link to="/chat/$session" params={{ session: record.session_id }}>
            {t.cost.openConversation}
          </Link>
        )}
        {record.turn_id && (
          <Link to="/traces/$turn" params={{ turn: record.turn_id }}>
            {t.cost.openTrace}
          </Link>
        )}
        {record.turn_id && (
          <Link to="/cost" search={{ tab: 'ledger', turn: record.turn_id }}>
            {t.cost.sameTurn}
          </Link>
        )}
      </p>
    </div>
  );
}
