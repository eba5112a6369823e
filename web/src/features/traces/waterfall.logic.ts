/** Where a turn's steps stand on its axis: rows, shares, what of the axis is cut out, ticks. All in milliseconds. */
import type { Trace, TraceSpan } from '@/api/types';

export interface Stretch {
  from: number;
  to: number;
}
export interface Row extends Stretch {
  span: TraceSpan;
  /** 0 for what is part of nothing else. */
  depth: number;
  /** The row that it is part of. */
  parent: number | undefined;
  /** When a model began to answer. */
  firstToken: number | undefined;
  /** Waits for its owner, within a tool's call. */
  waits: Stretch[];
}
export interface Waterfall {
  rows: Row[];
  total: number;
  running: boolean;
}

/** Where a running turn has come to: a browser's clock that is behind does not turn time back. */
function endOf(trace: Trace, now: number): number {
  if (trace.ended_at != null) return Date.parse(trace.ended_at);
  const known = trace.spans.map((span) =>
    Date.parse(span.ended_at ?? span.first_token_at ?? span.started_at),
  );
  return Math.max(now, ...known, Date.parse(trace.started_at));
}

/** A trace as rows, each followed by what is part of it. */
export function waterfall(trace: Trace, now: number): Waterfall {
  const begin = Date.parse(trace.started_at);
  const end = endOf(trace, now);
  const total = Math.max(1, end - begin);
  const within = (at: number) => Math.min(Math.max(at, 0), total);
  const stretch = (span: TraceSpan): Stretch => {
    const from = within(Date.parse(span.started_at) - begin);
    const to = span.ended_at == null ? total : within(Date.parse(span.ended_at) - begin);
    return { from, to: Math.max(from, to) };
  };
  const known = new Set(trace.spans.map(({ id }) => id));
  const childrenOf = (parent: number | undefined) =>
    trace.spans.filter((span) =>
      parent === undefined ? span.parent == null || !known.has(span.parent) : span.parent === parent,
    );
  const rows: Row[] = [];
  const seen = new Set<number>();
  const add = (span: TraceSpan, depth: number, parent: number | undefined) => {
    if (seen.has(span.id)) return;
    seen.add(span.id);
    const children = childrenOf(span.id);
    rows.push({
      span,
      depth,
      parent,
      ...stretch(span),
      firstToken: span.first_token_at == null ? undefined : within(Date.parse(span.first_token_at) - begin),
      waits: joined(children.filter(({ kind }) => kind === 'approval').map(stretch)),
    });
    for (const child of children) add(child, depth + 1, span.id);
  };
  for (const span of childrenOf(undefined)) add(span, 0, undefined);
  return { rows, total, running: trace.ended_at == null };
}

/** The same time in as few stretches as can be, in their order. */
export function joined(stretches: readonly Stretch[]): Stretch[] {
  const all: Stretch[] = [];
  for (const { from, to } of [...stretches].sort((one, other) => one.from - other.from)) {
    const last = all.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else all.push({ from, to });
  }
  return all.filter(({ from, to }) => to > from);
}

/** What is left of some stretches without others; both joined. */
export function without(stretches: readonly Stretch[], taken: readonly Stretch[]): Stretch[] {
  return stretches.flatMap((whole) => {
    const left: Stretch[] = [];
    let { from } = whole;
    for (const gone of taken) {
      if (gone.to <= from || gone.from >= whole.to) continue;
      if (gone.from > from) left.push({ from, to: gone.from });
      from = Math.max(from, gone.to);
    }
    if (from < whole.to) left.push({ from, to: whole.to });
    return left;
  });
}

const lengthOf = (stretches: readonly Stretch[]) =>
  stretches.reduce((sum, { from, to }) => sum + to - from, 0);
const ofKind = (rows: readonly Row[], kind: TraceSpan['kind']) =>
  joined(rows.filter(({ span }) => span.kind === kind));
/** A tool works while it does not wait for its owner. */
const toolWork = (rows: readonly Row[]) =>
  joined(rows.filter(({ span }) => span.kind === 'tool').flatMap((row) => without([row], row.waits)));

export const PARTS = ['model', 'tools', 'owner', 'queue', 'rest'] as const;
export type Part = (typeof PARTS)[number];

/** How the turn's time is shared out: every moment counts once, and work goes before waits beside it. */
export function shares({ rows, total }: Waterfall): Record<Part, number> {
  const model = ofKind(rows, 'model');
  const tools = without(toolWork(rows), model);
  const work = joined([...model, ...tools]);
  const owner = without(ofKind(rows, 'approval'), work);
  const busy = joined([...work, ...owner]);
  const queue = without(ofKind(rows, 'queue'), busy);
  const parts = {
    model: lengthOf(model),
    tools: lengthOf(tools),
    owner: lengthOf(owner),
    queue: lengthOf(queue),
  };
  return { ...parts, rest: Math.max(0, total - lengthOf(busy) - parts.queue) };
}

/** Below this a wait is not worth a cut. */
const SHORTEST_CUT = 1_000;
/** A wait is long when it takes this share of all that is not waiting. */
const LONG_SHARE = 0.25;
/** What a cut leaves of a wait, as a share of the axis. */
const CUT_SHARE = 0.06;
/** Waits that take more than this of the whole are cut unless somebody wants to see them. */
const SQUASHES = 0.5;

/** Long stretches in which nothing happens but waiting. */
export function longWaits({ rows, total }: Waterfall): Stretch[] {
  const busy = joined([...ofKind(rows, 'model'), ...ofKind(rows, 'prompt'), ...toolWork(rows)]);
  const waits = without(joined([...ofKind(rows, 'queue'), ...ofKind(rows, 'approval')]), busy);
  const rest = total - lengthOf(waits);
  return waits.filter(({ from, to }) => to - from >= Math.max(SHORTEST_CUT, rest * LONG_SHARE));
}

export const squashes = (waits: readonly Stretch[], total: number) => lengthOf(waits) > total * SQUASHES;

export interface Tick {
  at: number;
  ms: number;
  /** How long after the cut before it; none before the first cut, and where one ends. */
  after?: number;
}
export interface Axis {
  /** The place of a moment, from 0 to 100. */
  at: (ms: number) => number;
  /** What is cut out, as places. */
  cuts: (Stretch & { hidden: number })[];
  ticks: Tick[];
}

const STEPS = [1, 2, 5];
/** The smallest round number of milliseconds that is not below `least`. */
export function roundStep(least: number): number {
  for (const unit of [60_000, 3_600_000, 86_400_000])
    if (least > unit / 2 && least <= unit * 30) {
      const count = [1, 2, 5, 10, 15, 30].find((many) => many * unit >= least);
      if (count !== undefined) return count * unit;
    }
  for (let size = 1; size <= 1e12; size *= 10)
    for (const step of STEPS) if (step * size >= least) return step * size;
  return least;
}

const TICKS = 5;
/** Words of ticks that stand nearer than this run into each other. */
const NEAREST = 9;

/** An axis on which `cut` takes next to no room. */
export function axisOf(total: number, cut: readonly Stretch[] = []): Axis {
  const drawn = Math.max(1, total - lengthOf(cut));
  const gap = cut.length === 0 ? 0 : Math.min(CUT_SHARE, 0.5 / cut.length);
  const unit = (100 * (1 - gap * cut.length)) / drawn;
  const at = (ms: number) => {
    let place = 0;
    let from = 0;
    for (const wait of cut) {
      if (ms <= wait.from) break;
      place += (wait.from - from) * unit;
      if (ms < wait.to) return place + ((ms - wait.from) / (wait.to - wait.from)) * gap * 100;
      place += gap * 100;
      from = wait.to;
    }
    return Math.min(100, place + (ms - from) * unit);
  };
  const step = roundStep(drawn / TICKS);
  const ticks: Tick[] = [];
  const isFree = (place: number) => place - (ticks.at(-1)?.at ?? -NEAREST) >= NEAREST;
  const fits = (place: number) => place <= 100 - NEAREST / 2;
  for (const part of without([{ from: 0, to: total }], cut)) {
    const begin = at(part.from);
    // Where a cut ends is worth more than a round number before it.
    if (part.from > 0 && fits(begin) && !isFree(begin) && ticks.length > 1) ticks.pop();
    for (let ms = part.from; ms < part.to; ms += step) {
      const place = at(ms);
      const after = part.from > 0 && ms > part.from ? { after: ms - part.from } : {};
      if (fits(place) && isFree(place)) ticks.push({ at: place, ms, ...after });
    }
  }
  return {
    at,
    cuts: cut.map(({ from, to }) => ({ from: at(from), to: at(to), hidden: to - from })),
    ticks,
  };
}

/** A place and a width on the axis; what is too short to be seen keeps a sliver of it. */
const SLIVER = 0.4;
export function barOf(axis: Axis, { from, to }: Stretch): { left: number; width: number } {
  const left = axis.at(from);
  const width = Math.max(SLIVER, axis.at(to) - left);
  return { left: Math.min(left, 100 - width), width };
}

/** From the message to the first piece of an answer. */
export function firstToken({ rows }: Waterfall): number | undefined {
  const all = rows.flatMap(({ firstToken }) => firstToken ?? []);
  return all.length === 0 ? undefined : Math.min(...all);
}

/** Which row the arrows lead to. */
export function nextRow(rows: readonly Row[], at: number, key: string): number | undefined {
  const row = rows[at];
  if (!row) return undefined;
  const to = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: rows.length - 1,
    ArrowLeft: rows.findIndex(({ span }) => span.id === row.parent),
    ArrowRight: rows.findIndex(({ parent }) => parent === row.span.id),
  }[key];
  return to !== undefined && to >= 0 && to < rows.length ? to : undefined;
}

/** How long a turn in the list took, or has taken so far. */
export const tookOf = (turn: { created_at: string; finished_at?: string | null }, now: number) =>
  Math.max(0, (turn.finished_at == null ? now : Date.parse(turn.finished_at)) - Date.parse(turn.created_at));
