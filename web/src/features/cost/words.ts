/** What things are called on this page. */
import type { BudgetStatus, CostGroup, CostSum } from '@/api/types';
import { t } from '@/i18n';
import { count, dollars } from '@/i18n/format';
import type { GroupBy } from './search.logic';

export const originName = (origin: string) => t.cost.origins[origin] ?? origin;

/** A group as people know it; what belongs to none has a name too. */
export function groupName(by: GroupBy, group: Pick<CostGroup, 'key' | 'name'>): string {
  if (group.key == null) return t.cost.rest;
  return group.name ?? (by === 'origin' ? originName(group.key) : group.key);
}

/** What a sum cost; what nobody knows is not nothing. */
export const costOf = (sum: Pick<CostSum, 'cost_usd' | 'calls' | 'unpriced_calls'>): string =>
  sum.cost_usd == null ? t.cost.priceUnknown : dollars(sum.cost_usd);

export const callsOf = (calls: number) => t.cost.calls(calls, count(calls));

/** "Conversation, each by itself, for good". */
export function budgetName(budget: BudgetStatus): string {
  if (budget.scope === 'all') return budget.period === 'day' ? t.cost.dailyLimit : t.cost.monthlyLimit;
  const whose =
    budget.of === '*'
      ? t.cost.each[budget.scope]
      : `${t.cost.scopes[budget.scope]} ${budget.scope === 'origin' ? originName(budget.of) : (budget.keys.find((key) => key.key === budget.of)?.name ?? budget.of)}`;
  return `${whose}, ${t.cost.periodOf[budget.period]}`;
}
