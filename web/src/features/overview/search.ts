/** What of the page is in its address: how far the charts look back, and whether only trouble is listed. */

export const RANGES = {
  '1h': { hours: 1, buckets: 30 },
  '24h': { hours: 24, buckets: 48 },
  '7d': { hours: 168, buckets: 56 },
  '30d': { hours: 720, buckets: 60 },
} as const;
export type Range = keyof typeof RANGES;

export const isRange = (value: unknown): value is Range =>
  typeof value === 'string' && Object.hasOwn(RANGES, value);

export interface OverviewSearch {
  range?: Range;
  show?: 'trouble';
}

export const overviewSearch = (given: Record<string, unknown>): OverviewSearch => ({
  ...(isRange(given.range) ? { range: given.range } : {}),
  ...(given.show === 'trouble' ? { show: 'trouble' } : {}),
});
