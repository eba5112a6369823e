/** What of the page stands in its address, and what the list asks the gateway for. */
import type { CronState } from '@/api/types';

export const STATES = ['active', 'paused', 'finished'] as const satisfies readonly CronState[];

export interface CronView {
  q?: string;
  state?: CronState;
  /** Only jobs whose last run failed. */
  failing?: true;
  /** The job that is open. */
  job?: string;
  /** The job that is being changed, or `new`. */
  edit?: string;
}

export const NEW = 'new';
const LONGEST = 200;

const word = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number'
    ? String(value).slice(0, LONGEST).trim() || undefined
    : undefined;

/** Reads an address that anybody may have written. */
export function readCronView(given: Record<string, unknown>): CronView {
  const read: CronView = {
    q: word(given.q),
    state: STATES.find((one) => one === given.state),
    failing: given.failing === true || given.failing === 'true' || undefined,
    job: word(given.job),
    edit: word(given.edit),
  };
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}

/** The same as the gateway's parameters. */
export const parametersOf = ({ q, state, failing }: CronView) => ({
  ...(q && { q }),
  ...(state && { state }),
  ...(failing && { failing }),
});

export const isNarrowed = ({ q, state, failing }: CronView) => Boolean(q || state || failing);
/** The view with nothing narrowed, and what was open still open. */
export const widened = ({ job, edit }: CronView): CronView => ({
  ...(job && { job }),
  ...(edit && { edit }),
});
