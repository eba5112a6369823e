/** What of the page stands in its address, and what it asks the gateway for. */

export const LEVELS = ['error', 'warn', 'info', 'debug', 'trace'] as const;
export type Level = (typeof LEVELS)[number];

/** Stretches of time that end now, in seconds. */
export const RANGES = { '15m': 900, '1h': 3_600, '6h': 21_600, '24h': 86_400, '7d': 604_800 } as const;
export type Range = keyof typeof RANGES;

export interface LogSearch {
  q?: string;
  /** `q` is a regular expression. */
  regex?: true;
  /** Lines that matter at least so much. */
  level?: Level;
  /** Modules, separated by commas; one with a minus before it is left out. */
  target?: string;
  range?: Range;
  /** Moments, as in `2026-11-21T23:00:00Z`. */
  from?: string;
  to?: string;
  turn?: string;
  session?: string;
  request?: string;
  /** The line that is open. */
  open?: number;
}

const LONGEST = 500;

const words = (value: unknown): string | undefined => {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).slice(0, LONGEST);
  return text.trim() ? text : undefined;
};
const moment = (value: unknown): string | undefined => {
  const text = words(value);
  const at = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
};
const oneOf = <T extends string>(value: unknown, all: readonly T[]): T | undefined =>
  all.find((one) => one === value);

/** Leaves out what is not said. */
export const tidy = (search: LogSearch): LogSearch =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));

/** Reads an address that anybody may have written. */
export function readSearch(search: Record<string, unknown>): LogSearch {
  const open = Number(search.open);
  const from = moment(search.from);
  const to = moment(search.to);
  const turned = from !== undefined && to !== undefined && from > to;
  const read: LogSearch = {
    q: words(search.q),
    regex: search.regex === true || search.regex === 'true' || undefined,
    level: oneOf(search.level, LEVELS),
    target: words(search.target),
    range: from || to ? undefined : oneOf(search.range, Object.keys(RANGES) as Range[]),
    from: turned ? to : from,
    to: turned ? from : to,
    turn: words(search.turn),
    session: words(search.session),
    request: words(search.request),
    open: Number.isSafeInteger(open) && open > 0 ? open : undefined,
  };
  return tidy(read);
}

export interface LogParameters {
  level?: Level;
  target?: string;
  text?: string;
  regex?: string;
  from?: string;
  to?: string;
  turn_id?: string;
  session_id?: string;
  request_id?: string;
}

/** The same as the gateway's parameters; `now` is when a range ends. */
export function parametersOf(search: LogSearch, now = Date.now()): LogParameters {
  const { q, regex, level, target, range, from, to, turn, session, request } = search;
  const begins = range ? new Date(now - RANGES[range] * 1_000).toISOString() : from;
  const all: LogParameters = {
    level,
    target,
    text: regex ? undefined : q?.trim(),
    regex: regex ? q : undefined,
    from: begins,
    to,
    turn_id: turn,
    session_id: session,
    request_id: request,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** What makes it another list; the open line does not. */
export const listKey = (search: LogSearch): string => JSON.stringify(tidy({ ...search, open: undefined }));

/** Whether something narrows what is shown. */
export const isNarrowed = (search: LogSearch) => listKey(search) !== '{}';

/** A part that has an end takes in nothing new. */
export const isLive = (search: LogSearch) => search.to === undefined;

export interface Modules {
  only: string[];
  hidden: string[];
}

export function modulesOf(target: string | undefined): Modules {
  const names = (target ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== '-');
  return {
    only: names.filter((name) => !name.startsWith('-')),
    hidden: names.filter((name) => name.startsWith('-')).map((name) => name.slice(1).trim()),
  };
}

const targetOf = ({ only, hidden }: Modules): string | undefined =>
  [...only, ...hidden.map((name) => `-${name}`)].join(',') || undefined;

/** Shows only this module, hides it, or neither (`undefined`). */
export function withModule(target: string | undefined, name: string, how: 'only' | 'hidden' | undefined) {
  const { only, hidden } = modulesOf(target);
  const without = (names: string[]) => names.filter((one) => one !== name);
  return targetOf({
    only: how === 'only' ? [...without(only), name] : without(only),
    hidden: how === 'hidden' ? [...without(hidden), name] : without(hidden),
  });
}

/** A minute before and after a line, with nothing else that narrows. */
export function around(line: { id: number; timestamp: string }): LogSearch {
  const at = Date.parse(line.timestamp);
  const near = (seconds: number) => new Date(at + seconds * 1_000).toISOString();
  return { from: near(-60), to: near(60), open: line.id };
}

/** The text in pieces, those that were looked for apart. An expression's hits are not known here. */
export function pieces(text: string, search: LogSearch): { text: string; hit: boolean; at: number }[] {
  const wanted = search.regex ? '' : (search.q?.trim().toLowerCase() ?? '');
  const lower = text.toLowerCase();
  // Letters whose small form is longer would shift the places.
  if (!wanted || lower.length !== text.length) return [{ text, hit: false, at: 0 }];
  const found: { text: string; hit: boolean; at: number }[] = [];
  let done = 0;
  for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, done)) {
    if (at > done) found.push({ text: text.slice(done, at), hit: false, at: done });
    done = at + wanted.length;
    found.push({ text: text.slice(at, done), hit: true, at });
  }
  if (done < text.length) found.push({ text: text.slice(done), hit: false, at: done });
  return found;
}

/** `clawgate::agent::ending` without what all have in common. */
export const shortTarget = (target: string) => target.replace(/^clawgate::/, '');

export const fieldText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
