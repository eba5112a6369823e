import { expect, it } from 'vitest';
import type { Trace, TraceSpan } from '@/api/types';
import {
  axisOf,
  barOf,
  firstToken,
  joined,
  longWaits,
  nextRow,
  roundStep,
  shares,
  squashes,
  tookOf,
  waterfall,
  without,
} from './waterfall.logic';

const BEGIN = Date.parse('2026-01-01T10:00:00.000Z');
const at = (ms: number) => new Date(BEGIN + ms).toISOString();

let last = 0;
const span = (
  kind: TraceSpan['kind'],
  from: number,
  to?: number,
  more: Partial<TraceSpan> = {},
): TraceSpan => ({
  id: ++last,
  kind,
  status: to === undefined ? 'running' : 'ok',
  started_at: at(from),
  ...(to === undefined ? {} : { ended_at: at(to) }),
  ...more,
});
const trace = (spans: TraceSpan[], ended?: number): Trace => ({
  turn_id: 'turn',
  session_id: 's',
  state: ended === undefined ? 'running' : 'done',
  started_at: at(0),
  ...(ended === undefined ? {} : { ended_at: at(ended) }),
  usage: { input_tokens: 0, output_tokens: 0, cached_tokens: 0, reasoning_tokens: 0 },
  spans,
});
/** A turn whose tool waited for its owner from 1,500 to `until`. */
function asked(until: number) {
  last = 0;
  return trace(
    [
      span('queue', 0, 200),
      span('prompt', 200, 300),
      span('model', 300, 1_000, { first_token_at: at(500) }),
      span('tool', 1_000, until + 400, { name: 'shell', worked_ms: 400 }),
      span('approval', 1_500, until, { parent: 4 }),
      span('model', until + 400, until + 900, { first_token_at: at(until + 600) }),
    ],
    until + 1_000,
  );
}

it('what is part of a step follows it, indented, and its waits are known', () => {
  const { rows, total, running } = waterfall(asked(3_500), 0);
  expect([total, running]).toEqual([4_500, false]);
  expect(rows.map(({ span, depth, parent }) => [span.kind, depth, parent])).toEqual([
    ['queue', 0, undefined],
    ['prompt', 0, undefined],
    ['model', 0, undefined],
    ['tool', 0, undefined],
    ['approval', 1, 4],
    ['model', 0, undefined],
  ]);
  expect(rows[3]?.waits).toEqual([{ from: 1_500, to: 3_500 }]);
  expect(rows[2]?.firstToken).toBe(500);
  expect(firstToken(waterfall(asked(3_500), 0))).toBe(500);
});

it('tools beside each other keep what is theirs', () => {
  last = 0;
  const both = trace([
    span('tool', 0),
    span('tool', 10),
    span('approval', 20, 40, { parent: 1 }),
    span('approval', 30, undefined, { parent: 2 }),
    span('tool', 50, 60, { parent: 77 }),
  ]);
  const { rows } = waterfall(both, BEGIN + 100);
  expect(rows.map(({ span, depth }) => [span.id, depth])).toEqual([
    [1, 0],
    [3, 1],
    [2, 0],
    [4, 1],
    [5, 0],
  ]);
});

it('a running turn grows, and a clock that is behind takes nothing back', () => {
  last = 0;
  const open = trace([span('queue', 0, 50), span('model', 50, undefined, { first_token_at: at(400) })]);
  expect(waterfall(open, BEGIN + 1_000).rows[1]).toMatchObject({ from: 50, to: 1_000 });
  expect(waterfall(open, BEGIN + 2_000).total).toBe(2_000);
  expect(waterfall(open, BEGIN - 5_000)).toMatchObject({ total: 400, running: true });
});

it('every moment counts once', () => {
  const parts = shares(waterfall(asked(3_500), 0));
  expect(parts).toEqual({ model: 1_200, tools: 900, owner: 2_000, queue: 200, rest: 200 });
  expect(Object.values(parts).reduce((sum, one) => sum + one)).toBe(4_500);
  last = 0;
  // While one tool waits for its owner another works: that is work.
  const beside = trace(
    [span('tool', 0, 100), span('approval', 0, 90, { parent: 1 }), span('tool', 0, 50)],
    100,
  );
  expect(shares(waterfall(beside, 0))).toEqual({ model: 0, tools: 60, owner: 40, queue: 0, rest: 0 });
});

it('stretches are joined and taken from each other', () => {
  const some = [
    { from: 5, to: 7 },
    { from: 0, to: 2 },
    { from: 1, to: 3 },
    { from: 9, to: 9 },
  ];
  expect(joined(some)).toEqual([
    { from: 0, to: 3 },
    { from: 5, to: 7 },
  ]);
  expect(
    without(
      [{ from: 0, to: 10 }],
      [
        { from: 0, to: 1 },
        { from: 4, to: 5 },
      ],
    ),
  ).toEqual([
    { from: 1, to: 4 },
    { from: 5, to: 10 },
  ]);
  expect(without([{ from: 2, to: 3 }], [{ from: 0, to: 9 }])).toEqual([]);
});

it('only a long wait is offered to be cut out, and only one that squashes the rest is cut unasked', () => {
  const short = waterfall(asked(1_800), 0);
  expect(longWaits(short)).toEqual([]);
  const some = waterfall(asked(3_000), 0);
  expect(longWaits(some)).toEqual([{ from: 1_500, to: 3_000 }]);
  expect(squashes(longWaits(some), some.total)).toBe(false);
  const long = waterfall(asked(900_000), 0);
  expect(longWaits(long)).toEqual([{ from: 1_500, to: 900_000 }]);
  expect(squashes(longWaits(long), long.total)).toBe(true);
});

it('a cut leaves the rest its room, and everything its order', () => {
  const { total } = waterfall(asked(900_000), 0);
  const plain = axisOf(total);
  const cut = axisOf(total, [{ from: 1_500, to: 900_000 }]);
  expect(plain.at(1_500)).toBeLessThan(0.2);
  expect(cut.at(1_500)).toBeGreaterThan(50);
  expect(cut.at(900_000) - cut.at(1_500)).toBeCloseTo(6);
  expect(cut.cuts).toEqual([{ from: cut.at(1_500), to: cut.at(900_000), hidden: 898_500 }]);
  const places = [0, 800, 1_500, 450_000, 900_000, 900_500, total].map(cut.at);
  expect(places).toEqual([...places].sort((one, other) => one - other));
  expect([places[0], places.at(-1)]).toEqual([0, 100]);
  for (const { ms } of cut.ticks) expect(ms <= 1_500 || ms >= 900_000).toBe(true);
  // Behind the cut time is counted from its end.
  const behind = cut.ticks.filter(({ ms }) => ms >= 900_000);
  expect(behind.map(({ ms, after }) => [ms, after])).toEqual([
    [900_000, undefined],
    [900_500, 500],
  ]);
});

it('ticks are round and do not run into each other', () => {
  expect([1, 3, 120, 900, 6_000, 40_000, 70_000, 400_000, 2_000_000].map(roundStep)).toEqual([
    1, 5, 200, 1_000, 10_000, 60_000, 120_000, 600_000, 3_600_000,
  ]);
  for (const total of [1, 37, 950, 12_345, 600_000, 90_000_000]) {
    const { ticks } = axisOf(total);
    expect(ticks[0]).toEqual({ at: 0, ms: 0 });
    expect(ticks.length).toBeLessThanOrEqual(7);
    for (const [place, tick] of ticks.entries())
      expect(tick.at - (ticks[place - 1]?.at ?? -9)).toBeGreaterThanOrEqual(9);
  }
});

it('a bar is never too short to be seen and never beyond the axis', () => {
  const axis = axisOf(1_000_000);
  expect(barOf(axis, { from: 0, to: 500_000 })).toEqual({ left: 0, width: 50 });
  expect(barOf(axis, { from: 10, to: 10 }).width).toBe(0.4);
  const end = barOf(axis, { from: 1_000_000, to: 1_000_000 });
  expect(end.left + end.width).toBeLessThanOrEqual(100);
});

it('arrows go up and down, in and out', () => {
  const { rows } = waterfall(asked(3_500), 0);
  expect(nextRow(rows, 0, 'ArrowDown')).toBe(1);
  expect(nextRow(rows, 0, 'ArrowUp')).toBeUndefined();
  expect(nextRow(rows, 3, 'ArrowRight')).toBe(4);
  expect(nextRow(rows, 4, 'ArrowLeft')).toBe(3);
  expect(nextRow(rows, 0, 'ArrowLeft')).toBeUndefined();
  expect(nextRow(rows, 2, 'End')).toBe(5);
  expect(nextRow(rows, 2, 'x')).toBeUndefined();
});

it('a turn under way has taken as long as it has', () => {
  expect(tookOf({ created_at: at(0), finished_at: at(1_200) }, BEGIN + 9_000)).toBe(1_200);
  expect(tookOf({ created_at: at(0) }, BEGIN + 9_000)).toBe(9_000);
  expect(tookOf({ created_at: at(0) }, BEGIN - 9_000)).toBe(0);
});
