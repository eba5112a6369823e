/** Turns in one line each; how long one took stands beside the slowest that is shown. */
import { Link } from '@tanstack/react-router';
import type { CSSProperties } from 'react';
import type { TurnSummary } from '@/api/types';
import { t } from '@/i18n';
import { milliseconds, shortCount } from '@/i18n/format';
import { RelativeTime } from '@/ui/RelativeTime';
import { StatusBadge } from '@/ui/StatusBadge';
import { useNow } from '@/ui/useNow';
import { tookOf } from './waterfall.logic';
import { allTokens, costWords, stateTone, tokensSplit } from './words';

const COLUMNS = ['turn', 'when', 'origin', 'model', 'took', 'tokens', 'cost', 'state'] as const;

export function TurnList({ turns, busy }: { turns: readonly TurnSummary[]; busy: boolean }) {
  const running = turns.some(({ finished_at }) => finished_at == null);
  const now = useNow(1_000, running);
  const slowest = Math.max(1, ...turns.map((turn) => tookOf(turn, now)));
  return (
    <table className="card turns" aria-label={t.traces.list} aria-busy={busy}>
      <thead className="turns-head">
        <tr className="turns-row">
          {COLUMNS.map((column) => (
            <th key={column} scope="col" data-column={column}>
              {t.traces.column[column]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {turns.map((turn) => (
          <Turn key={turn.turn_id} turn={turn} took={tookOf(turn, now)} slowest={slowest} />
        ))}
      </tbody>
    </table>
  );
}

function Turn({ turn, took, slowest }: { turn: TurnSummary; took: number; slowest: number }) {
  const ended = turn.finished_at != null;
  const tokens = allTokens(turn.usage);
  const tone = stateTone(turn.state);
  const bar = { '--part': `${(100 * took) / slowest}%` } as CSSProperties;
  return (
    <tr className="turns-row turns-turn">
      <td data-column="turn">
        <Link to="/traces/$turn" params={{ turn: turn.turn_id }} className="turns-link">
          {turn.excerpt.trim() || t.traces.noWords}
        </Link>
        <span className="turns-session">
          {turn.session_title || t.traces.untitled}
          {turn.tool_calls > 0 && <span> · {t.traces.toolCalls(turn.tool_calls)}</span>}
        </span>
      </td>
      <td data-column="when">
        <RelativeTime at={turn.created_at} />
      </td>
      <td data-column="origin">{t.traces.origins[turn.origin]}</td>
      <td data-column="model" title={turn.provider ?? undefined}>
        {turn.model ?? t.common.none}
      </td>
      <td data-column="took" className="num">
        <span>{milliseconds(took)}</span>
        <span className="turns-bar" data-tone={tone} style={bar} aria-hidden />
      </td>
      <td data-column="tokens" className="num" title={tokens > 0 ? tokensSplit(turn.usage) : undefined}>
        {ended ? shortCount(tokens) : t.common.none}
      </td>
      <td data-column="cost" className="num">
        {ended ? costWords(turn, true) : t.common.none}
      </td>
      <td data-column="state" title={turn.error?.message}>
        <StatusBadge tone={tone} dot={!ended}>
          {t.traces.turnState[turn.state]}
        </StatusBadge>
      </td>
    </tr>
  );
}
