/** The chart's figures as a table, the newest day first; each day leads to its calls. */
import { Link } from '@tanstack/react-router';
import type { Cost } from '@/api/types';
import { t } from '@/i18n';
import { count, shortDay } from '@/i18n/format';
import { noon } from './chart.logic';
import { costOf } from './words';

export function DayTable({ report }: { report: Cost }) {
  const days = report.series.filter(({ calls }) => calls > 0).reverse();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <div className="cost-scroll" tabIndex={0} role="group" aria-labelledby="cost-days">
      <table className="cost-table num">
        <thead>
          <tr>
            <th scope="col">{t.cost.day}</th>
            <th scope="col">{t.cost.callsHead}</th>
            <th scope="col">{t.cost.tokensFresh}</th>
            <th scope="col">{t.cost.tokensCached}</th>
            <th scope="col">{t.cost.tokensOut}</th>
            <th scope="col">{t.cost.costHead}</th>
          </tr>
        </thead>
        <tbody>
          {days.map((day) => (
            <tr key={day.date}>
              <th scope="row">
                <Link
                  to="/cost"
                  search={{ tab: 'ledger', from: day.date, to: day.date }}
                  aria-label={t.cost.openDay(shortDay(noon(day.date)))}
                >
                  {shortDay(noon(day.date))}
                </Link>
              </th>
              <td>{count(day.calls)}</td>
              <td>{count(Math.max(0, day.input_tokens - day.cached_tokens))}</td>
              <td>{count(day.cached_tokens)}</td>
              <td>{count(day.output_tokens)}</td>
              <td>{costOf(day)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
