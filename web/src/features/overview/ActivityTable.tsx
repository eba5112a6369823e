/** The charts' figures for who would rather read them; stretches in which nothing ended are left out. */
import type { Activity } from '@/api/types';
import { t } from '@/i18n';
import { count, milliseconds } from '@/i18n/format';
import { bucketTime } from './time';

export function ActivityTable({ activity }: { activity: Activity }) {
  const rows = activity.buckets.filter(({ turns }) => turns > 0).reverse();
  const { column } = t.overview;
  const took = (value: number | null | undefined) => (value == null ? t.common.none : milliseconds(value));
  if (rows.length === 0) return <p className="card dimmed figures-empty">{t.overview.tableEmpty}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <div className="card figures" role="group" tabIndex={0} aria-label={t.overview.activity}>
      <table>
        <thead>
          <tr>
            {Object.values(column).map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="num">
          {rows.map((row) => (
            <tr key={row.at}>
              <th scope="row">
                <time dateTime={row.at}>{bucketTime(row.at, activity.buckets)}</time>
              </th>
              <td>{count(row.turns)}</td>
              <td>{count(row.failed)}</td>
              <td>{count(row.input_tokens)}</td>
              <td>{count(row.output_tokens)}</td>
              <td>{took(row.p50_ms)}</td>
              <td>{took(row.p95_ms)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
