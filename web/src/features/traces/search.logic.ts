/** What of the pages stands in their addresses, and what the list asks the gateway for. */
import type { Origin } from '@/api/types';

export const STATES = ['active', 'done', 'failed', 'cancelled'] as const;
export type StateFilter = (typeof STATES)[number];

export interface TracesSearch {
  state?: StateFilter;
  origin?: Origin;
  /** A part of a model's name. */
  model?: string;
  /** Milliseconds that a turn took at least. */
  min?: number;
  /** Dollars that it cost at least. */
  cost?: number;
  session?: string;
}

export interface TraceSearch {
  /** The step that is looked at. */
  step?: number;
  /** Whether long waits are cut out of the axis; what is not said follows how long they are. */
  waits?: 'cut' | 'drawn';
}

export const ORIGINS: readonly Origin[] = ['chat', 'webhook', 'cron', 'channel', 'api', 'openai', 'cli'];
const LONGEST = 200;
/** The dearest that can be asked for: the gateway counts in millionths. */
const MOST_DOLLARS = 1_000_000;

const word = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number'
    ? String(value).slice(0, LONGEST).trim() || undefined
    : undefined;
const above = (value: unknown, most: number) => {
  const number = typeof value === 'number' ? value : typeof value === 'string' ? Number(value) : Number.NaN;
  return number > 0 && number <= most ? number : undefined;
};
const said = <T extends object>(all: T): T =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as T;

/** Reads an address that anybody may have written. */
export function tracesSearch(given: Record<string, unknown>): TracesSearch {
  const min = above(given.min, Number.MAX_SAFE_INTEGER);
  const cost = above(given.cost, MOST_DOLLARS);
  return said({
    state: STATES.find((one) => one === given.state),
    origin: ORIGINS.find((one) => one === given.origin),
    model: word(given.model),
    min: min === undefined ? undefined : Math.ceil(min),
    cost: cost !== undefined && cost >= 0.000001 ? cost : undefined,
    session: word(given.session),
  });
}

export function traceSearch(given: Record<string, unknown>): TraceSearch {
  const step = Number(given.step);
  return said({
    step: Number.isSafeInteger(step) && step > 0 ? step : undefined,
    waits: given.waits === 'cut' || given.waits === 'drawn' ? given.waits : undefined,
  });
}

/** The same as the gateway's parameters. */
export const parametersOf = ({ state, origin, model, min, cost, session }: TracesSearch) => ({
  ...(state && { state }),
  ...(origin && { origin }),
  ...(model && { model }),
  ...(min !== undefined && { min_ms: min }),
  // At most six decimals, and never an exponent.
  ...(cost !== undefined && { min_cost_usd: cost.toFixed(6) }),
  ...(session && { session_id: session }),
});

export const isNarrowed = (search: TracesSearch) => Object.keys(search).length > 0;
