/** How figures of a turn are said, and on which colour its state stands. */
import type { TraceSpan, TurnState, Usage } from '@/api/types';
import { t } from '@/i18n';
import { dollars, shortCount } from '@/i18n/format';
import type { Tone } from '@/ui/StatusDot';

const STATE_TONE: Record<TurnState, Tone> = {
  queued: 'off',
  running: 'busy',
  waiting_approval: 'busy',
  done: 'good',
  failed: 'bad',
  cancelled: 'off',
  interrupted: 'bad',
};
export const stateTone = (state: TurnState): Tone => STATE_TONE[state];

const STATUS_TONE: Record<TraceSpan['status'], Tone> = {
  running: 'busy',
  ok: 'good',
  failed: 'bad',
  denied: 'warn',
  cancelled: 'off',
  interrupted: 'warn',
};
export const statusTone = (status: TraceSpan['status']): Tone => STATUS_TONE[status];

export const allTokens = (usage: Usage) => usage.input_tokens + usage.output_tokens;

export const tokensSplit = (usage: Usage) =>
  t.traces.tokensSplit(shortCount(usage.input_tokens), shortCount(usage.output_tokens));

interface Spent {
  usage: Usage;
  cost_usd?: string | null;
}
/** What it cost; never nothing because the price is not known. */
export function costWords({ usage, cost_usd }: Spent, ended: boolean): string {
  if (!ended) return t.traces.notYet;
  if (allTokens(usage) === 0 && Number(cost_usd ?? 0) === 0) return t.common.none;
  return cost_usd == null ? t.traces.unpriced : dollars(cost_usd);
}

/** What a step is called: its tool's or model's name, or else its kind. */
export const spanName = (span: TraceSpan) => span.name ?? t.traces.kinds[span.kind];
