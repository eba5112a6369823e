/** What of the page stands in its address, and what it asks the gateway for. */
import type { CallOrigin, CallStatus, CostGrouping } from '@/api/types';

export const TABS = ['spending', 'ledger', 'budgets', 'prices'] as const;
export type Tab = (typeof TABS)[number];
export const RANGES = ['1', '7', '30', '90', 'custom'] as const;
export type Range = (typeof RANGES)[number];
export const GROUPS = ['model', 'origin', 'session', 'device', 'job'] as const;
export type GroupBy = (typeof GROUPS)[number] & CostGrouping;

export const ORIGINS = [
  'chat',
  'api',
  'webhook',
  'cli',
  'openai',
  'channel',
  'cron',
  'tool',
  'embedding',
  'other',
] as const satisfies readonly CallOrigin[];
export const STATUSES = [
  'open',
  'ok',
  'failed',
  'broken',
  'cancelled',
  'interrupted',
] as const satisfies readonly CallStatus[];

/** What is left out stands for what most people want: 30 days by model, all calls. */
export interface CostSearch {
  tab?: Exclude<Tab, 'spending'>;
  range?: Exclude<Range, '30'>;
  by?: Exclude<GroupBy, 'model'>;
  /** Money, unless nothing of it is known. */
  unit?: 'money' | 'tokens';
  /** Days: of the range `custom`, and of the ledger. */
  from?: string;
  to?: string;
  provider?: string;
  model?: string;
  session?: string;
  turn?: string;
  /** The way in. */
  door?: CallOrigin;
  device?: string;
  job?: string;
  status?: CallStatus;
  unpriced?: true;
  /** The call that is open. */
  open?: string;
}

const LONGEST = 300;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

const word = (value: unknown): string | undefined => {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  return String(value).slice(0, LONGEST).trim() || undefined;
};
const oneOf = <T extends string>(value: unknown, known: readonly T[]): T | undefined =>
  known.find((one) => one === String(value));
const day = (value: unknown): string | undefined => {
  const text = word(value);
  return text && DAY.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
};

/** Without what is not there, so that an address stays short. */
export const tidy = (search: CostSearch): CostSearch =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));

/** Reads an address that anybody may have written. */
export function readSearch(given: Record<string, unknown>): CostSearch {
  const tab = oneOf(given.tab, TABS);
  const range = oneOf(given.range, RANGES);
  const by = oneOf(given.by, GROUPS);
  return tidy({
    tab: tab === 'spending' ? undefined : tab,
    range: range === '30' ? undefined : range,
    by: by === 'model' ? undefined : by,
    unit: oneOf(given.unit, ['money', 'tokens'] as const),
    from: day(given.from),
    to: day(given.to),
    provider: word(given.provider),
    model: word(given.model),
    session: word(given.session),
    turn: word(given.turn),
    door: oneOf(given.door, ORIGINS),
    device: word(given.device),
    job: word(given.job),
    status: oneOf(given.status, STATUSES),
    unpriced: given.unpriced === true || given.unpriced === 'true' || undefined,
    open: word(given.open),
  });
}

/** What the spending is asked for. A range of its own needs both days; until then it is 30 days. */
export function reportOf({ from, to, ...search }: CostSearch) {
  const range: Range = search.range ?? '30';
  const by: GroupBy = search.by ?? 'model';
  const custom = range === 'custom';
  return {
    group_by: by,
    ...(custom ? { ...(from ? { from } : {}), ...(to ? { to } : {}) } : { days: Number(range) }),
  };
}

/** What the ledger is asked for; the call that is open is not part of it. */
export function recordsOf(search: CostSearch) {
  const { from, to, provider, model, session, turn, door, device, job, status, unpriced } = search;
  const all = {
    from,
    to,
    provider,
    model,
    session_id: session,
    turn_id: turn,
    origin: door,
    device_id: device,
    job,
    status,
    unpriced,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Partial<
    typeof all
  >;
}

/** Whether something narrows the ledger. */
export const isNarrowed = (search: CostSearch) => Object.keys(recordsOf(search)).length > 0;

/** The address of the same rows as a file. */
export function csvOf(search: CostSearch): string {
  const query = new URLSearchParams({ format: 'csv' });
  for (const [name, value] of Object.entries(recordsOf(search))) query.set(name, String(value));
  return `/api/cost/records?${query}`;
}

/** The ledger's filter that shows the calls of a group. */
export function callsOf(by: GroupBy, key: string): CostSearch {
  switch (by) {
    case 'model': {
      const slash = key.indexOf('/');
      return { provider: key.slice(0, slash), model: key.slice(slash + 1) };
    }
    case 'origin':
      return tidy({ door: oneOf(key, ORIGINS) });
    default:
      return { [by]: key };
  }
}
