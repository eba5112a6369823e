/** How much of a budget is used: a bar, and in words beside it what the bar cannot say. */
import { Progress } from '@mantine/core';
import type { BudgetStatus } from '@/api/types';
import { t } from '@/i18n';
import { dollars, percent } from '@/i18n/format';
import { RelativeTime } from '@/ui/RelativeTime';
import type { Tone } from '@/ui/StatusDot';
import { budgetName } from './words';

export const TONES: Record<BudgetStatus['state'], Tone> = {
  unlimited: 'off',
  ok: 'good',
  warning: 'warn',
  reached: 'bad',
};

export function Meter({ budget }: { budget: BudgetStatus }) {
  const { limit_usd: limit, spent_usd: spent, reserved_usd: held, resets_at } = budget;
  if (limit == null) return null;
  const over = Number(spent) - Number(limit);
  return (
    <div className="meter" data-tone={TONES[budget.state]}>
      <Progress.Root size={8} radius="xl" className="meter-bar">
        <Progress.Section
          value={Math.min(100, (Number(spent) / Number(limit)) * 100)}
          className="meter-spent"
          aria-label={t.cost.meter(budgetName(budget), percent(budget.percent / 100))}
        />
        <Progress.Section
          value={Math.max(
            0,
            Math.min(100 - (Number(spent) / Number(limit)) * 100, (Number(held) / Number(limit)) * 100),
          )}
          className="meter-held"
          withAria={false}
        />
      </Progress.Root>
      <p className="meter-words num">
        <span>{t.cost.ofLimit(percent(budget.percent / 100), dollars(limit))}</span>
        <span>
          {over > 0
            ? t.cost.overBy(dollars(over.toFixed(6)))
            : t.cost.left(dollars(budget.remaining_usd ?? '0'))}
        </span>
        {resets_at && (
          <span>
            {t.cost.resets} <RelativeTime at={resets_at} />
          </span>
        )}
      </p>
      {Number(held) > 0 && <p className="meter-words num">{t.cost.reserved(dollars(held))}</p>}
    </div>
  );
}
