/** What the small charts are made of: buckets that slide with the clock, bars, and the same in figures. */
import type { Activity, ActivityBucket } from '@/api/types';

const NOTHING = {
  turns: 0,
  failed: 0,
  input_tokens: 0,
  output_tokens: 0,
  p50_ms: undefined,
  p95_ms: undefined,
  first_token_p50_ms: undefined,
};

/**
 * The buckets as they stand `now`; the last of them is the one that is under way. Whatever ends is told by the news
 * and read anew, so time that passed without any is time in which nothing ended: empty buckets come in, the oldest
 * go, and nobody has to be asked.
 */
export function slide(activity: Activity, now: number): ActivityBucket[] {
  const width = activity.bucket_ms;
  const until = new Date(activity.until).getTime();
  if (now < until) return activity.buckets;
  const passed = Math.floor((now - until) / width) + 1;
  const size = activity.buckets.length;
  const fresh = Math.min(passed, size);
  const first = until + (passed - fresh) * width;
  const empty = Array.from({ length: fresh }, (_, place) => ({
    ...NOTHING,
    at: new Date(first + place * width).toISOString(),
  }));
  return [...activity.buckets.slice(fresh), ...empty];
}

/** Values that stand one on the other in a bar, the lowest first. */
export type Stack = readonly number[];

export interface Bar {
  place: number;
  /** From top to bottom of each part, in shares of the height, 0 at the top. */
  parts: { top: number; bottom: number }[];
}

/** Bars between 0 and 1; what is there at all can be seen, however small. */
export function bars(stacks: readonly Stack[], least = 0.04): { bars: Bar[]; most: number } {
  const sum = (stack: Stack) => stack.reduce((total, value) => total + value, 0);
  const most = Math.max(0, ...stacks.map(sum));
  if (most === 0) return { bars: [], most };
  const found = stacks.flatMap((stack, place) => {
    if (sum(stack) === 0) return [];
    let bottom = 1;
    const parts = stack.map((value) => {
      const height = value === 0 ? 0 : Math.max(least, value / most);
      const top = Math.max(0, bottom - height);
      const part = { top, bottom };
      bottom = top;
      return part;
    });
    return [{ place, parts }];
  });
  return { bars: found, most };
}

export type Change = { kind: 'new' | 'same' } | { kind: 'more' | 'less'; share: number };

/** How much more or less it is than before; none where there is nothing to compare. */
export function changeOf(now: number | null | undefined, before: number | null | undefined): Change | null {
  if (now == null || (now === 0 && !before)) return null;
  if (!before) return { kind: 'new' };
  const share = (now - before) / before;
  if (Math.abs(share) < 0.005) return { kind: 'same' };
  return { kind: share > 0 ? 'more' : 'less', share: Math.abs(share) };
}
