import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Activity, ActivityBucket } from '@/api/types';
import { bars, changeOf, slide } from './chart.logic';
import { overviewSearch } from './search';

const START = Date.parse('2026-01-01T00:00:00Z');
const WIDTH = 60_000;

const bucket = (place: number): ActivityBucket => ({
  at: new Date(START + place * WIDTH).toISOString(),
  turns: place + 1,
  failed: 0,
  input_tokens: 0,
  output_tokens: 0,
});
const activity = (size: number): Activity => ({
  from: new Date(START).toISOString(),
  until: new Date(START + size * WIDTH).toISOString(),
  bucket_ms: WIDTH,
  buckets: Array.from({ length: size }, (_, place) => bucket(place)),
  total: bucket(0),
  before: bucket(0),
});

describe('buckets slide with the clock', () => {
  it('stay as they are until the last one is over, and in spite of a clock that is behind', () => {
    const read = activity(4);
    const until = START + 4 * WIDTH;
    for (const now of [until - 10 * WIDTH, until - WIDTH, until - 1])
      expect(slide(read, now)).toBe(read.buckets);
  });

  it('are always as many, evenly spaced, ending with the one under way', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 500 }), (size, passed) => {
        const slid = slide(activity(size), START + (size + passed) * WIDTH - 1);
        expect(slid).toHaveLength(size);
        const times = slid.map(({ at }) => Date.parse(at));
        expect(times).toEqual(Array.from({ length: size }, (_, place) => START + (passed + place) * WIDTH));
        expect(slid.filter(({ turns }) => turns > 0)).toHaveLength(Math.max(0, size - passed));
      }),
    );
  });
});

describe('bars', () => {
  it('stand on the ground, one part on the other, within the height', () => {
    const stack = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(fc.array(stack, { minLength: 1, maxLength: 60 }), (stacks) => {
        for (const bar of bars(stacks).bars) {
          expect(bar.parts[0]?.bottom).toBe(1);
          expect(bar.parts[1]?.bottom).toBe(bar.parts[0]?.top);
          for (const { top, bottom } of bar.parts) {
            expect(top).toBeGreaterThanOrEqual(0);
            expect(top).toBeLessThanOrEqual(bottom);
          }
        }
      }),
    );
  });

  it('of almost nothing can be seen, of nothing are not there', () => {
    const { bars: found, most } = bars([[1_000], [1], [0]]);
    expect(most).toBe(1_000);
    expect(found.map(({ place }) => place)).toEqual([0, 1]);
    expect(found[1]?.parts[0]?.top).toBeCloseTo(0.96);
    expect(bars([[0], [0]])).toEqual({ bars: [], most: 0 });
  });
});

it('a change is told only where there is something to compare', () => {
  expect(changeOf(0, 0)).toBeNull();
  expect(changeOf(null, 5)).toBeNull();
  expect(changeOf(3, 0)).toEqual({ kind: 'new' });
  expect(changeOf(100, 100)).toEqual({ kind: 'same' });
  expect(changeOf(150, 100)).toEqual({ kind: 'more', share: 0.5 });
  expect(changeOf(0, 100)).toEqual({ kind: 'less', share: 1 });
});

it('an address that says something else says nothing', () => {
  expect(overviewSearch({ range: '7d', show: 'trouble' })).toEqual({ range: '7d', show: 'trouble' });
  expect(overviewSearch({ range: '7y', show: 'all', page: 3 })).toEqual({});
  expect(overviewSearch({ range: 'toString' })).toEqual({});
});
