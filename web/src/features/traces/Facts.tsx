/** What matters of a turn at first sight, and where its time went. */
import type { CSSProperties, ReactNode } from 'react';
import type { Trace, Turn } from '@/api/types';
import { t } from '@/i18n';
import { milliseconds, percent, shortCount } from '@/i18n/format';
import { RelativeTime } from '@/ui/RelativeTime';
import { StatusBadge } from '@/ui/StatusBadge';
import { firstToken, PARTS, shares, type Waterfall } from './waterfall.logic';
import { allTokens, costWords, stateTone, tokensSplit } from './words';

interface FactsProps {
  trace: Trace;
  waterfall: Waterfall;
  turn: Turn | undefined;
}

export function Facts({ trace, waterfall, turn }: FactsProps) {
  const ended = trace.ended_at != null;
  const first = firstToken(waterfall);
  const tokens = allTokens(trace.usage);
  return (
    <div className="card trace-facts">
      <div className="trace-state">
        <StatusBadge tone={stateTone(trace.state)} dot={!ended}>
          {t.traces.turnState[trace.state]}
        </StatusBadge>
        <span className="dimmed">
          <RelativeTime at={trace.started_at} />
          {turn && <> · {t.traces.origins[turn.origin]}</>}
          {turn?.model && <> · {turn.model}</>}
        </span>
      </div>
      <dl className="trace-figures num">
        <Figure name={ended ? t.traces.total : t.traces.soFar}>{milliseconds(waterfall.total)}</Figure>
        <Figure name={t.traces.firstToken}>
          {first !== undefined ? milliseconds(first) : ended ? t.traces.noToken : t.traces.notYet}
        </Figure>
        <Figure name={t.traces.tokens} more={tokens > 0 ? tokensSplit(trace.usage) : undefined}>
          {ended || tokens > 0 ? shortCount(tokens) : t.traces.notYet}
        </Figure>
        <Figure name={t.traces.cost}>{costWords(trace, ended)}</Figure>
      </dl>
      <Shares waterfall={waterfall} />
    </div>
  );
}

const Figure = ({ name, more, children }: { name: string; more?: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd className="trace-value">{children}</dd>
    {more && <dd className="trace-more">{more}</dd>}
  </div>
);

/** Less is neither seen nor worth a word. */
const LEAST_SHARE = 0.001;

function Shares({ waterfall }: { waterfall: Waterfall }) {
  const took = shares(waterfall);
  const shown = PARTS.filter((part) => took[part] / waterfall.total >= LEAST_SHARE);
  return (
    <div className="trace-shares">
      <div className="trace-shares-bar" aria-hidden>
        {shown.map((part) => (
          <span
            key={part}
            data-part={part}
            style={{ '--part': `${(100 * took[part]) / waterfall.total}%` } as CSSProperties}
          />
        ))}
      </div>
      <ul aria-label={t.traces.share}>
        {shown.map((part) => (
          <li key={part}>
            <span className="trace-key" data-part={part} aria-hidden />
            {t.traces.partOf(
              t.traces.parts[part],
              milliseconds(took[part]),
              percent(took[part] / waterfall.total),
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
