/** What of the page stands in its address, and which events that shows. */

export interface EventSearch {
  /** Types, separated by commas; none: all. */
  types?: string;
  q?: string;
  session?: string;
  /** The event that is open. */
  open?: number;
}

/** A piece of news as it comes; a newer gateway may know types that this page does not. */
export interface Told {
  type: string;
  timestamp: string;
  session_id?: string | null;
  turn_id?: string | null;
  [field: string]: unknown;
}

const LONGEST = 400;

const words = (value: unknown): string | undefined => {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).slice(0, LONGEST);
  return text.trim() ? text : undefined;
};

export const tidy = (search: EventSearch): EventSearch =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));

/** Reads an address that anybody may have written. */
export function readSearch(search: Record<string, unknown>): EventSearch {
  const open = Number(search.open);
  const types = typesOf(words(search.types)).join(',');
  return tidy({
    types: types || undefined,
    q: words(search.q),
    session: words(search.session),
    open: Number.isSafeInteger(open) && open > 0 ? open : undefined,
  });
}

export const typesOf = (types: string | undefined): string[] => [
  ...new Set((types ?? '').split(',').filter((type) => /^\w+$/.test(type))),
];

/** With this type as well, or no longer with it. */
export function toggled(types: string | undefined, type: string): string | undefined {
  const now = typesOf(types);
  const next = now.includes(type) ? now.filter((one) => one !== type) : [...now, type];
  return next.join(',') || undefined;
}

export const isNarrowed = ({ types, q, session }: EventSearch) => Boolean(types || q || session);

/** Whether an event is shown. */
export function fits(event: Told, { types, q, session }: EventSearch): boolean {
  if (types && !typesOf(types).includes(event.type)) return false;
  if (session && event.session_id !== session) return false;
  return !q || JSON.stringify(event).toLowerCase().includes(q.trim().toLowerCase());
}

/** How many there are of each type, by name. */
export function countTypes(events: readonly Told[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { type } of events) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].sort(([one], [other]) => one.localeCompare(other));
}

/** What stands in a row: not what has a place of its own, and nothing that says nothing. */
export function factsOf(event: Told): [string, string][] {
  const own = ['type', 'timestamp', 'session_id', 'turn_id'];
  return Object.entries(event).flatMap(([name, value]): [string, string][] => {
    if (own.includes(name) || value === null || value === undefined || value === '') return [];
    if (Array.isArray(value) && value.length === 0) return [];
    const text =
      typeof value === 'string'
        ? value
        : Array.isArray(value) && value.every((one) => typeof one !== 'object')
          ? value.join(', ')
          : JSON.stringify(value);
    return [[name, text]];
  });
}

export type EventTone = 'good' | 'warn' | 'bad' | 'info' | 'off';

const BAD = ['failed', 'failing', 'interrupted', 'error', 'deny', 'denied', 'expired'];

/** What an event means for whoever looks: something failed, something waits, something is done. */
export function toneOf(event: Told): EventTone {
  const says = [event.state, event.status, event.decision];
  const errors = typeof event.errors === 'number' && event.errors > 0;
  if (event.type === 'error' || event.success === false || event.error || errors) return 'bad';
  if (says.some((word) => BAD.includes(String(word)))) return 'bad';
  if (event.type === 'approval_request' || event.status === 'degraded') return 'warn';
  if (event.type === 'agent_end' || event.success === true || event.status === 'ok') return 'good';
  return event.type === 'heartbeat' ? 'off' : 'info';
}
