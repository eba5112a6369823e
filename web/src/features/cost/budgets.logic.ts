/** Budgets while they are changed: as typed, checked, and as they are sent. */
import type { BudgetInput, BudgetStatus, BudgetsInput, CostLimits } from '@/api/types';

/** Dollars as typed, with a point or a comma, as the gateway takes them; undefined: that is no amount. */
export function money(text: string): string | undefined {
  const plain = text
    .trim()
    .replace(/^\$\s*/, '')
    .replace(',', '.');
  return /^\d{1,9}(\.\d{1,6})?$/.test(plain) ? plain : undefined;
}

/** "10.000000" as people write it: "10.00". */
export function asTyped(decimal: string | null | undefined): string {
  if (decimal == null) return '';
  const [whole = '0', part = ''] = decimal.split('.');
  return `${whole}.${part.replace(/0+$/, '').padEnd(2, '0')}`;
}

export interface WholeDraft {
  daily: string;
  monthly: string;
  warnAt: string;
  onLimit: CostLimits['on_limit'];
  downgradeTo: string;
  unpriced: CostLimits['unpriced'];
}

export const draftOf = (limits: CostLimits): WholeDraft => ({
  daily: asTyped(limits.daily.limit_usd),
  monthly: asTyped(limits.monthly.limit_usd),
  warnAt: String(limits.warn_at_percent),
  onLimit: limits.on_limit,
  downgradeTo: limits.downgrade_to ?? '',
  unpriced: limits.unpriced,
});

export type Fault = 'daily' | 'monthly' | 'warnAt' | 'downgradeTo';

const limit = (text: string) => (text.trim() === '' ? '0' : money(text));

/** What cannot be sent as it is typed. */
export function faultsOf(draft: WholeDraft): Fault[] {
  const percent = /^\d{1,3}$/.test(draft.warnAt.trim()) && Number(draft.warnAt) <= 100;
  const to = draft.downgradeTo.trim();
  const named = /^[^/\s]+\/.+/.test(to);
  return [
    ...(limit(draft.daily) === undefined ? (['daily'] as const) : []),
    ...(limit(draft.monthly) === undefined ? (['monthly'] as const) : []),
    ...(percent ? [] : (['warnAt'] as const)),
    ...((draft.onLimit === 'downgrade' && !named) || (to !== '' && !named) ? (['downgradeTo'] as const) : []),
  ];
}

/** What differs from how it is; undefined: nothing does. */
export function changeOf(before: WholeDraft, after: WholeDraft): BudgetsInput | undefined {
  const change: BudgetsInput = {
    ...(after.daily.trim() === before.daily ? {} : { daily_limit_usd: limit(after.daily) }),
    ...(after.monthly.trim() === before.monthly ? {} : { monthly_limit_usd: limit(after.monthly) }),
    ...(after.warnAt.trim() === before.warnAt ? {} : { warn_at_percent: Number(after.warnAt) }),
    ...(after.onLimit === before.onLimit ? {} : { on_limit: after.onLimit }),
    ...(after.downgradeTo.trim() === before.downgradeTo ? {} : { downgrade_to: after.downgradeTo.trim() }),
    ...(after.unpriced === before.unpriced ? {} : { unpriced: after.unpriced }),
  };
  return Object.keys(change).length > 0 ? change : undefined;
}

/** Further budgets as they are sent. */
export const inputOf = ({ scope, of, period, limit_usd }: BudgetStatus): BudgetInput => ({
  scope,
  of: of || '*',
  period,
  limit_usd: limit_usd ?? '0',
});

/** Two budgets are of one kind when they look at the same for as long. */
export const sameKind = (one: BudgetInput, other: BudgetInput) =>
  one.scope === other.scope && one.of === other.of && one.period === other.period;
