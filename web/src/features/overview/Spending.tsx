/** What is spent, against what may be: today and this month, and what nobody knows the price of. */
import { Progress, Skeleton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { $api } from '@/api/client';
import { useRereadOn } from '@/api/reread';
import type { BudgetStatus } from '@/api/types';
import { t } from '@/i18n';
import { dollars, percent } from '@/i18n/format';
import { ErrorNote } from '@/ui/ErrorNote';
import { Panel } from '@/ui/Panel';
import { RelativeTime } from '@/ui/RelativeTime';
import { StatusBadge } from '@/ui/StatusBadge';

const NEWS = ['cost_update', 'budget_warning', 'config_changed'] as const;
const PATHS = ['/api/cost'] as const;
const QUERY = { params: { query: { days: 30 } } } as const;

export function Spending() {
  useRereadOn(NEWS, PATHS);
  const cost = $api.useQuery('get', '/api/cost', QUERY, { refetchOnMount: 'always' });
  const { data } = cost;
  const unknown = data?.unpriced_models.filter(({ priced_now }) => !priced_now).length ?? 0;
  return (
    <Panel
      title={t.overview.cost}
      busy={cost.isPending}
      actions={
        <Link to="/cost" className="spending-all">
          {t.overview.costMore}
        </Link>
      }
    >
      {cost.isError && !data && <ErrorNote error={cost.error} onRetry={() => void cost.refetch()} />}
      {cost.isPending && <Skeleton h={118} />}
      {data && (
        <>
          <Budget name={t.overview.costToday} spent={data.daily_cost_usd} budget={data.limits.daily} />
          <Budget name={t.overview.costMonth} spent={data.monthly_cost_usd} budget={data.limits.monthly} />
          <p className="spending-more num">
            {t.overview.costForecast(dollars(data.forecast.month_usd))}
            {unknown > 0 && (
              <Link to="/cost" className="spending-unknown">
                {t.overview.costUnknown(unknown)}
              </Link>
            )}
          </p>
        </>
      )}
    </Panel>
  );
}

const TONE = { unlimited: 'off', ok: 'good', warning: 'warn', reached: 'bad' } as const;

function Budget({ name, spent, budget }: { name: string; spent: string; budget: BudgetStatus }) {
  const { limit_usd: limit, state, resets_at } = budget;
  return (
    <div className="spending" data-tone={TONE[state]}>
      <div className="part-head">
        <span className="part-name">{name}</span>
        <span className="spending-sum num">{dollars(spent)}</span>
      </div>
      {limit != null && (
        <>
          <Progress.Root size={6} radius="xl" className="spending-bar">
            <Progress.Section
              value={Math.min(100, budget.percent)}
              className="spending-used"
              aria-label={t.overview.costUsed(name, percent(budget.percent / 100))}
            />
          </Progress.Root>
          <p className="spending-words num">
            <span>{t.overview.costOf(percent(budget.percent / 100), dollars(limit))}</span>
            {state === 'reached' && resets_at ? (
              <StatusBadge tone="bad">
                {t.overview.costReached} <RelativeTime at={resets_at} />
              </StatusBadge>
            ) : null}
          </p>
        </>
      )}
    </div>
  );
}
