/** What an owner looks for first: today, this month, and where it leads. */
import { Skeleton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { BudgetStatus, Cost } from '@/api/types';
import { t } from '@/i18n';
import { dollars } from '@/i18n/format';
import { Meter } from './Meter';

export function Figures({ report }: { report: Cost | undefined }) {
  if (!report)
    return (
      <div className="cost-figures" aria-busy="true">
        {[0, 1, 2].map((place) => (
          <Skeleton key={place} h={126} radius="lg" />
        ))}
      </div>
    );
  const { daily, monthly } = report.limits;
  const { month_usd: month, per_day_usd: perDay } = report.forecast;
  const beyond = monthly.limit_usd == null ? undefined : Number(month) - Number(monthly.limit_usd);
  return (
    <dl className="cost-figures">
      <Figure name={t.cost.today} value={dollars(report.daily_cost_usd)}>
        <Limit budget={daily} />
      </Figure>
      <Figure name={t.cost.month} value={dollars(report.monthly_cost_usd)}>
        <Limit budget={monthly} />
      </Figure>
      <Figure name={t.cost.forecast} value={dollars(month)}>
        <p className="meter-words num">
          <span>{t.cost.perDay(dollars(perDay))}</span>
          {beyond !== undefined && (
            <span data-tone={beyond > 0 ? 'bad' : undefined} className="cost-tone">
              {beyond > 0 ? t.cost.beyond(dollars(beyond.toFixed(6))) : t.cost.within}
            </span>
          )}
        </p>
      </Figure>
    </dl>
  );
}

const Figure = ({ name, value, children }: { name: string; value: string; children: ReactNode }) => (
  <div className="card cost-figure">
    <dt>{name}</dt>
    <dd className="cost-value num">{value}</dd>
    <dd>{children}</dd>
  </div>
);

const Limit = ({ budget }: { budget: BudgetStatus }) =>
  budget.limit_usd == null ? (
    <p className="meter-words">
      <span>{t.cost.noLimit}</span>
      <Link to="/cost" search={{ tab: 'budgets' }}>
        {t.cost.setLimit}
      </Link>
    </p>
  ) : (
    <Meter budget={budget} />
  );
