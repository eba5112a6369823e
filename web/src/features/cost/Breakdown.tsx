/** By model, way in, conversation, device or job: the dearest first, each with the way to its calls. */
import { Link } from '@tanstack/react-router';
import type { Cost, CostGroup } from '@/api/types';
import { t } from '@/i18n';
import { count, percent, shortCount } from '@/i18n/format';
import { COLOURS } from './chart.logic';
import { callsOf as callsFilter, type GroupBy, tidy } from './search.logic';
import { callsOf, costOf, groupName } from './words';

interface BreakdownProps {
  report: Cost;
  by: GroupBy;
  go: (next: ReturnType<typeof callsFilter>) => void;
}

export function Breakdown({ report, by }: Omit<BreakdownProps, 'go'> & Partial<BreakdownProps>) {
  const { groups, total } = report;
  const whole = Number(total.cost_usd ?? 0);
  // What belongs to no conversation, device or job: the sums have no row for it.
  const without = total.calls - groups.reduce((sum, group) => sum + group.calls, 0);
  const rest = without > 0 ? withoutGroup(report, groups, without) : undefined;
  return (
    <section className="card" aria-labelledby="cost-groups">
      <div className="panel-head">
        <h2 id="cost-groups" className="panel-title">
          {t.cost.breakdown(t.cost.groups[by])}
        </h2>
      </div>
      <div className="cost-scroll">
        <table className="cost-table cost-groups num">
          <thead>
            <tr>
              <th scope="col">{t.cost.groups[by]}</th>
              <th scope="col">{t.cost.callsHead}</th>
              <th scope="col">{t.cost.tokensHead}</th>
              <th scope="col">{t.cost.share}</th>
              <th scope="col">{t.cost.costHead}</th>
            </tr>
          </thead>
          <tbody>
            {groups.map((group, place) => (
              <GroupRow
                key={group.key ?? ''}
                group={group}
                name={groupName(by, group)}
                colour={group.key != null && place < COLOURS ? place + 1 : undefined}
                whole={whole}
                to={
                  group.key == null
                    ? undefined
                    : tidy({
                        tab: 'ledger',
                        ...callsFilter(by, group.key),
                        from: report.from,
                        to: report.to,
                      })
                }
              />
            ))}
            {rest && <GroupRow group={rest} name={t.cost.none} whole={whole} />}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface GroupRowProps {
  group: CostGroup;
  name: string;
  colour?: number;
  whole: number;
  to?: ReturnType<typeof callsFilter>;
}

function GroupRow({ group, name, colour, whole, to }: GroupRowProps) {
  const share = whole > 0 ? Number(group.cost_usd ?? 0) / whole : 0;
  const unknown = group.cost_usd != null && group.unpriced_calls > 0;
  return (
    <tr>
      <th scope="row">
        <span className="cost-named">
          <span className="cost-key" data-colour={colour ?? 'rest'} aria-hidden />
          {to ? (
            <Link to="/cost" search={to} className="cost-name">
              {name}
            </Link>
          ) : (
            <span className="cost-name dimmed">{name}</span>
          )}
        </span>
      </th>
      <td>
        {count(group.calls)}
        {group.failed_calls > 0 && <small>{t.cost.failedCalls(count(group.failed_calls))}</small>}
      </td>
      <td>
        <span
          title={`${t.cost.tokensIn} ${count(group.input_tokens)}, ${t.cost.tokensOut} ${count(group.output_tokens)}`}
        >
          {shortCount(group.input_tokens + group.output_tokens)}
        </span>
        {group.cached_tokens > 0 && <small>{t.cost.cachedOf(shortCount(group.cached_tokens))}</small>}
      </td>
      <td>{whole > 0 && group.cost_usd != null ? percent(share) : t.common.none}</td>
      <td className="cost-strong">
        {costOf(group)}
        {unknown && <small>{t.cost.plusUnknown(callsOf(group.unpriced_calls))}</small>}
      </td>
    </tr>
  );
}

/** What is left of all calls when those of the groups are taken away. */
function withoutGroup({ total }: Cost, groups: readonly CostGroup[], calls: number): CostGroup {
  const left = (value: (sum: Cost['total']) => number) =>
    Math.max(0, value(total) - groups.reduce((sum, group) => sum + value(group), 0));
  const unpriced = left((sum) => sum.unpriced_calls);
  const micros = left((sum) => Math.round(Number(sum.cost_usd ?? 0) * 1e6));
  return {
    calls,
    failed_calls: left((sum) => sum.failed_calls),
    unpriced_calls: unpriced,
    unpriced_tokens: left((sum) => sum.unpriced_tokens),
    input_tokens: left((sum) => sum.input_tokens),
    cached_tokens: left((sum) => sum.cached_tokens),
    output_tokens: left((sum) => sum.output_tokens),
    reasoning_tokens: left((sum) => sum.reasoning_tokens),
    cost_usd: unpriced < calls ? (micros / 1e6).toFixed(6) : undefined,
  };
}
