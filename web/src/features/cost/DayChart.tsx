/** Day by day as stacked bars; a bar leads to the calls of its day. */
import { BarChart } from '@mantine/charts';
import type { Cost } from '@/api/types';
import { t } from '@/i18n';
import { dollars, shortCount, shortDay } from '@/i18n/format';
import { type Kind, moneyRows, noon, peakOf, type Row, type Series, tokenRows } from './chart.logic';
import type { GroupBy } from './search.logic';
import { groupName } from './words';

export interface DayChartProps {
  report: Cost;
  by: GroupBy;
  unit: 'money' | 'tokens';
  onDay: (date: string) => void;
}

const KIND_NAMES: Record<Kind, () => string> = {
  fresh: () => t.cost.tokensFresh,
  cached: () => t.cost.tokensCached,
  output: () => t.cost.tokensOut,
};

export default function DayChart({ report, by, unit, onDay }: DayChartProps) {
  const money = unit === 'money';
  const { rows, series } = money ? moneyRows(report.series, report.groups) : tokenRows(report.series);
  const show = (value: number) => (money ? dollars(value.toFixed(6)) : shortCount(value));
  const label = ({ name, key }: Series) => {
    if (!money) return KIND_NAMES[name as Kind]();
    const group = report.groups.find((one) => one.key === key);
    return groupName(by, group ?? { key: key ?? undefined });
  };
  const limit = Number(report.limits.daily.limit_usd ?? 0);
  const peak = peakOf(rows, series);
  // Far above the bars it would only press them flat.
  const line = money && limit > 0 && limit <= 2 * (peak?.value ?? 0);
  const most = peak ? t.cost.peak(shortDay(noon(peak.date)), show(peak.value)) : '';
  const sum = money
    ? show(Number(report.total.cost_usd ?? 0))
    : show(report.total.input_tokens + report.total.output_tokens);
  return (
    <figure
      className="cost-figure-days"
      aria-label={(money ? t.cost.chartWords : t.cost.chartTokens)(sum, most)}
    >
      <BarChart
        className="cost-chart"
        data={rows}
        dataKey="date"
        type="stacked"
        series={series.map((one) => ({ name: one.name, label: label(one), color: one.colour }))}
        valueFormatter={show}
        maxBarWidth={44}
        tickLine="none"
        gridAxis="x"
        xAxisProps={{ tickFormatter: (date: string) => shortDay(noon(date)), minTickGap: 24 }}
        yAxisProps={{ width: 64, tickFormatter: (value: number) => show(value) }}
        tooltipProps={{
          labelFormatter: (date) => (typeof date === 'string' && date ? shortDay(noon(date)) : ''),
        }}
        referenceLines={
          line ? [{ y: limit, label: t.cost.limitLine, color: 'var(--bad)', ifOverflow: 'extendDomain' }] : []
        }
        barProps={{ isAnimationActive: false, minPointSize: 0 }}
        barChartProps={{
          accessibilityLayer: false,
          onClick: ({ activeLabel }) => {
            const row = rows.find((one: Row) => one.date === activeLabel);
            if (row) onDay(row.date);
          },
        }}
      />
      <ul className="cost-legend" aria-hidden>
        {series.map((one) => (
          <li key={one.name}>
            <span className="cost-key" data-colour={one.colour.match(/\d/)?.[0] ?? 'rest'} />
            {label(one)}
          </li>
        ))}
      </ul>
    </figure>
  );
}
