/** What models cost: by day and by group, against the budgets, call by call, and at which prices. */
import './cost.css';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { useRereadOn } from '@/api/reread';
import { ReadOnlyNote } from '@/app/ReadOnlyNote';
import { t } from '@/i18n';
import { ErrorState } from '@/ui/ErrorState';
import { PageHeader } from '@/ui/PageHeader';
import { Budgets } from './Budgets';
import { useReport } from './data';
import { Ledger } from './Ledger';
import { Prices } from './Prices';
import { Spending } from './Spending';
import { type CostSearch, TABS, type Tab } from './search.logic';

const NEWS = ['cost_update', 'budget_warning', 'config_changed'] as const;
const PATHS = ['/api/cost', '/api/cost/records', '/api/cost/prices'] as const;

export default function CostPage() {
  useRereadOn(NEWS, PATHS);
  const search: CostSearch = useSearch({ from: '/cost' });
  const navigate = useNavigate({ from: '/cost' });
  const go = useCallback(
    (next: CostSearch, replace = false) => void navigate({ search: next, replace, resetScroll: false }),
    [navigate],
  );
  const report = useReport(search);
  const tab: Tab = search.tab ?? 'spending';
  return (
    <div className="page cost">
      <PageHeader
        title={t.cost.title}
        sub={report.data ? t.cost.sub(report.data.time_zone) : t.cost.subPlain}
      />
      <ReadOnlyNote scope="admin" />
      <Tabs tab={tab} />
      {tab === 'ledger' && <Ledger search={search} go={go} models={report.data?.by_model ?? []} />}
      {tab === 'prices' && <Prices wanted={search} go={go} />}
      {(tab === 'spending' || tab === 'budgets') &&
        (report.isError && !report.data ? (
          <ErrorState error={report.error} onRetry={() => void report.refetch()} />
        ) : tab === 'spending' ? (
          <Spending search={search} go={go} report={report.data} busy={report.isPlaceholderData} />
        ) : (
          <Budgets limits={report.data?.limits} />
        ))}
    </div>
  );
}

function Tabs({ tab }: { tab: Tab }) {
  return (
    <nav className="cost-tabs" aria-label={t.cost.tabs}>
      {TABS.map((to) => (
        <Link
          key={to}
          to="/cost"
          search={to === 'spending' ? {} : { tab: to }}
          className="cost-tab"
          // Left to itself, the tab without anything in its address would be the current one on all of them.
          activeOptions={{ exact: true, includeSearch: true }}
          aria-current={tab === to ? 'page' : undefined}
          resetScroll={false}
        >
          {t.cost[to]}
        </Link>
      ))}
    </nav>
  );
}
