/** What was spent: the figures, day by day, and by group. */
import { Button, NativeSelect, SegmentedControl, Skeleton, TextInput } from '@mantine/core';
import { IconChartBar, IconCoins, IconTable } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { type ComponentType, useEffect, useState } from 'react';
import type { Cost } from '@/api/types';
import { t } from '@/i18n';
import { dollars, percent } from '@/i18n/format';
import { EmptyState } from '@/ui/EmptyState';
import { Note } from '@/ui/Note';
import { Breakdown } from './Breakdown';
import { changeOf } from './chart.logic';
import type { DayChartProps } from './DayChart';
import { DayTable } from './DayTable';
import { Figures } from './Figures';
import { type CostSearch, GROUPS, type GroupBy, RANGES, type Range, tidy } from './search.logic';
import { Unpriced } from './Unpriced';
import { callsOf, costOf } from './words';

interface SpendingProps {
  search: CostSearch;
  go: (next: CostSearch, replace?: boolean) => void;
  report: Cost | undefined;
  busy: boolean;
}

export function Spending({ search, go, report, busy }: SpendingProps) {
  const by: GroupBy = search.by ?? 'model';
  // Where nothing is known of money, tokens say more.
  const unit = search.unit ?? (Number(report?.total.cost_usd ?? 0) > 0 ? 'money' : 'tokens');
  return (
    <>
      <Figures report={report} />
      {report && <Unpriced report={report} go={go} />}
      <Tools search={search} go={go} report={report} />
      {!report ? (
        <Skeleton h={420} radius="lg" />
      ) : report.request_count === 0 ? (
        <Nothing search={search} go={go} />
      ) : (
        <div className="cost-parts" data-unit={unit} aria-busy={busy || undefined}>
          {report.series.length > 1 && <Days report={report} unit={unit} search={search} go={go} />}
          <Breakdown report={report} by={by} go={go} />
        </div>
      )}
    </>
  );
}

function Tools({ search, go, report }: Omit<SpendingProps, 'busy'>) {
  const range: Range = search.range ?? '30';
  const set = (change: Partial<CostSearch>) => go(tidy({ ...search, ...change }), true);
  const choose = (next: Range) => {
    if (next !== 'custom')
      return set({ range: next === '30' ? undefined : next, from: undefined, to: undefined });
    set({ range: next, from: report?.from, to: report?.to });
  };
  return (
    <div className="cost-tools">
      <SegmentedControl
        aria-label={t.cost.range}
        value={range}
        onChange={(value) => choose(value as Range)}
        data={RANGES.map((value) => ({ value, label: t.cost.ranges[value] }))}
      />
      {range === 'custom' && (
        <span className="cost-days">
          <TextInput
            type="date"
            aria-label={t.cost.from}
            value={search.from ?? ''}
            max={search.to ?? report?.today}
            onChange={(event) => set({ from: event.currentTarget.value || undefined })}
          />
          <span aria-hidden>–</span>
          <TextInput
            type="date"
            aria-label={t.cost.to}
            value={search.to ?? ''}
            min={search.from}
            max={report?.today}
            onChange={(event) => set({ to: event.currentTarget.value || undefined })}
          />
        </span>
      )}
      <NativeSelect
        className="cost-by"
        aria-label={t.cost.by}
        value={search.by ?? 'model'}
        data={GROUPS.map((value) => ({ value, label: t.cost.groups[value] }))}
        onChange={(event) => {
          const next = GROUPS.find((one) => one === event.currentTarget.value);
          set({ by: next === 'model' ? undefined : next });
        }}
      />
    </div>
  );
}

type DaysProps = { report: Cost; unit: 'money' | 'tokens' } & Pick<SpendingProps, 'search' | 'go'>;

function Days({ report, unit, search, go }: DaysProps) {
  const [table, setTable] = useState(false);
  const openDay = (date: string) => go({ tab: 'ledger', from: date, to: date });
  const Icon = table ? IconChartBar : IconTable;
  return (
    <section className="card" aria-labelledby="cost-days">
      <div className="panel-head cost-head">
        <div>
          <h2 id="cost-days" className="panel-title">
            {t.cost.perDayTitle}
          </h2>
          <Total report={report} />
        </div>
        <div className="cost-head-tools">
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            aria-pressed={table}
            leftSection={<Icon size={15} aria-hidden />}
            onClick={() => setTable(!table)}
          >
            {table ? t.cost.asChart : t.cost.asTable}
          </Button>
          <SegmentedControl
            size="xs"
            aria-label={t.cost.unit}
            value={unit}
            onChange={(value) => go({ ...search, unit: value === 'tokens' ? 'tokens' : 'money' }, true)}
            data={[
              { value: 'money', label: t.cost.money },
              { value: 'tokens', label: t.cost.tokens },
            ]}
          />
        </div>
      </div>
      {table ? (
        <DayTable report={report} />
      ) : (
        <Chart report={report} by={search.by ?? 'model'} unit={unit} onDay={openDay} />
      )}
    </section>
  );
}

/** The drawing comes when it is wanted: it weighs more than the rest of the page. */
function Chart(props: DayChartProps) {
  const [loaded, setLoaded] = useState<{ Drawing?: ComponentType<DayChartProps>; failed?: true }>({});
  useEffect(() => {
    let here = true;
    import('./DayChart').then(
      (module) => here && setLoaded({ Drawing: module.default }),
      () => here && setLoaded({ failed: true }),
    );
    return () => {
      here = false;
    };
  }, []);
  if (loaded.failed)
    return (
      <>
        <Note tone="warn">{t.cost.chartFailed}</Note>
        <DayTable report={props.report} />
      </>
    );
  return loaded.Drawing ? <loaded.Drawing {...props} /> : <Skeleton className="cost-chart" />;
}

function Total({ report }: { report: Cost }) {
  const { total, before } = report;
  const change = changeOf(Number(total.cost_usd ?? 0), Number(before.cost_usd ?? 0));
  const words =
    change &&
    ('share' in change
      ? t.cost[change.kind](change.share > 9.99 ? '10×' : percent(change.share))
      : t.cost[change.kind]);
  return (
    <p className="panel-sub cost-total num">
      <span className="cost-sum">{costOf(total)}</span>
      <span>{callsOf(total.calls)}</span>
      {total.cost_usd != null && (
        <span>{t.cost.averageDay(dollars((Number(total.cost_usd) / report.series.length).toFixed(6)))}</span>
      )}
      {words && <span title={t.cost.before}>{words}</span>}
    </p>
  );
}

function Nothing({ search, go }: Pick<SpendingProps, 'search' | 'go'>) {
  const navigate = useNavigate();
  return search.range ? (
    <EmptyState
      role="status"
      icon={IconChartBar}
      title={t.cost.noneTitle}
      body={t.cost.noneBody}
      action={{ label: t.cost.showMonth, onClick: () => go({}) }}
    />
  ) : (
    <EmptyState
      icon={IconCoins}
      title={t.cost.emptyTitle}
      body={t.cost.emptyBody}
      action={{ label: t.cost.emptyDo, onClick: () => void navigate({ to: '/chat' }) }}
    />
  );
}
