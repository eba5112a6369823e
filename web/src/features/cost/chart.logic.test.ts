import { expect, it } from 'vitest';
import type { CostDay, CostGroup } from '@/api/types';
import { changeOf, moneyRows, peakOf, REST, tokenRows } from './chart.logic';

const sum = { calls: 1, failed_calls: 0, unpriced_calls: 0, unpriced_tokens: 0, reasoning_tokens: 0 };
const group = (key: string | undefined, cost_usd: string | undefined): CostGroup => ({
  ...sum,
  key,
  cost_usd,
  input_tokens: 0,
  cached_tokens: 0,
  output_tokens: 0,
});
const day = (date: string, parts: CostGroup[]): CostDay => ({
  ...sum,
  date,
  parts,
  input_tokens: 100,
  cached_tokens: 40,
  output_tokens: 7,
});

it('groups keep their colours, the rest comes last, and what costs nothing is left out', () => {
  const days = [
    day('2026-11-20', [group('main/a.b', '0.25'), group('main/free', '0.000000')]),
    day('2026-11-21', [group('main/c', '1.5'), group(undefined, '0.5'), group('main/unknown', undefined)]),
  ];
  const groups = ['main/free', 'main/c', 'main/a.b', 'main/unknown'].map((key) => group(key, '1'));
  const { rows, series } = moneyRows(days, groups);
  expect(series.map(({ key, colour }) => [key, colour])).toEqual([
    ['main/c', 'var(--cost-2)'],
    ['main/a.b', 'var(--cost-3)'],
    [null, 'var(--cost-rest)'],
  ]);
  expect(rows).toEqual([
    { date: '2026-11-20', s1: 0, s2: 0.25, [REST]: 0 },
    { date: '2026-11-21', s1: 1.5, s2: 0, [REST]: 0.5 },
  ]);
  expect(peakOf(rows, series)).toEqual({ date: '2026-11-21', value: 2 });
  expect(peakOf([], series)).toBeUndefined();
});

it('tokens are new, from the cache, or produced', () => {
  const { rows, series } = tokenRows([day('2026-11-20', [])]);
  expect(rows[0]).toEqual({ date: '2026-11-20', fresh: 60, cached: 40, output: 7 });
  expect(series.map(({ name }) => name)).toEqual(['fresh', 'cached', 'output']);
});

it('what is compared with nothing is new, not endlessly more', () => {
  expect(changeOf(2, 1)).toEqual({ kind: 'more', share: 1 });
  expect(changeOf(1, 2)).toEqual({ kind: 'less', share: 0.5 });
  expect(changeOf(1, 1)).toEqual({ kind: 'same' });
  expect(changeOf(1, 0)).toEqual({ kind: 'fresh' });
  expect(changeOf(0, 0)).toBeUndefined();
});
