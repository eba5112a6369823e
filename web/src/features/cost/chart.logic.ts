/** What the chart is made of: a row a day, a series a group, and the colours that stay with their groups. */
import type { CostDay, CostGroup } from '@/api/types';

/** Groups with a colour of their own, as many as the gateway tells apart in each day. */
export const COLOURS = 8;
export const REST = '__rest';

export interface Series {
  /** Names the column in the rows. */
  name: string;
  /** None: all others. */
  key: string | null;
  colour: string;
}
export type Row = { date: string } & Record<string, number | string>;

const amount = (cost: string | null | undefined) => Number(cost ?? 0);

/** The column of a place: keys may be anything, and the chart reads dots in names as paths. */
const column = (place: number) => `s${place}`;

/** Money by group: the dearest groups first, the rest last, what costs nothing left out. */
export function moneyRows(days: readonly CostDay[], groups: readonly CostGroup[]) {
  const keys = groups.flatMap(({ key }) => key ?? []).slice(0, COLOURS);
  const spent = (key: string | null) =>
    days.some(({ parts }) => parts.some((part) => (part.key ?? null) === key && amount(part.cost_usd) > 0));
  const series: Series[] = keys.flatMap((key, place) =>
    spent(key) ? [{ name: column(place), key, colour: `var(--cost-${place + 1})` }] : [],
  );
  if (spent(null)) series.push({ name: REST, key: null, colour: 'var(--cost-rest)' });
  const rows = days.map(({ date, parts }): Row => {
    const row: Row = { date };
    for (const { name, key } of series)
      row[name] = amount(parts.find((part) => (part.key ?? null) === key)?.cost_usd);
    return row;
  });
  return { rows, series };
}

export const KINDS = ['fresh', 'cached', 'output'] as const;
export type Kind = (typeof KINDS)[number];

/** Tokens by kind: new ones, those from the cache, those produced. */
export function tokenRows(days: readonly CostDay[]) {
  const rows = days.map(
    (day): Row => ({
      date: day.date,
      fresh: Math.max(0, day.input_tokens - day.cached_tokens),
      cached: day.cached_tokens,
      output: day.output_tokens,
    }),
  );
  const series = KINDS.map((kind, place): Series & { name: Kind } => ({
    name: kind,
    key: kind,
    colour: `var(--cost-${place + 1})`,
  })).filter(({ name }) => rows.some((row) => Number(row[name]) > 0));
  return { rows, series };
}

/** The day with the most; none where all are empty. */
export function peakOf(rows: readonly Row[], series: readonly Series[]) {
  const sum = (row: Row) => series.reduce((total, { name }) => total + Number(row[name] ?? 0), 0);
  let best: { date: string; value: number } | undefined;
  for (const row of rows) {
    const value = sum(row);
    if (value > (best?.value ?? 0)) best = { date: row.date, value };
  }
  return best;
}

export type Change = { kind: 'fresh' | 'same' } | { kind: 'more' | 'less'; share: number };

/** How much more or less it is than before; none where both are nothing. */
export function changeOf(now: number, before: number): Change | undefined {
  if (before <= 0) return now > 0 ? { kind: 'fresh' } : undefined;
  const share = (now - before) / before;
  if (Math.abs(share) < 0.005) return { kind: 'same' };
  return { kind: share > 0 ? 'more' : 'less', share: Math.abs(share) };
}

/** A day of the owner's as a moment that every browser shows as that day. */
export const noon = (date: string) => `${date}T12:00:00`;
