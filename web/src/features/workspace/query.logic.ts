/** What of the page stands in its address: the file in its path, all else behind it. */

export type Panel = 'search' | 'trash';
export type View = 'preview' | 'history';

export interface WorkspaceSearch {
  /** The line that is gone to. */
  line?: number;
  view?: View;
  /** The version whose change is shown. */
  version?: number;
  /** What stands beside the file instead of the tree. */
  panel?: Panel;
  q?: string;
  case?: true;
  word?: true;
  regex?: true;
  /** Only files whose path matches. */
  in?: string;
}

export interface WorkspaceQuery extends WorkspaceSearch {
  /** The file that is open. */
  file?: string;
}

const LONGEST_PATH = 4096;
const LONGEST = 400;

const words = (value: unknown, longest: number): string | undefined => {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).slice(0, longest);
  return text.trim() ? text : undefined;
};
const flag = (value: unknown): true | undefined => value === true || value === 'true' || undefined;
const whole = (value: unknown): number | undefined => {
  const number = Number(value);
  return Number.isInteger(number) && number > 0 && number < 1e9 ? number : undefined;
};
const oneOf = <T extends string>(value: unknown, known: readonly T[]) => known.find((word) => word === value);

/** Reads what stands behind an address that anybody may have written. */
export function readQuery(search: Record<string, unknown>): WorkspaceSearch {
  const view = oneOf<View>(search.view, ['preview', 'history']);
  return clean({
    line: whole(search.line),
    view,
    version: view === 'history' ? whole(search.version) : undefined,
    panel: oneOf<Panel>(search.panel, ['search', 'trash']),
    q: words(search.q, LONGEST),
    case: flag(search.case),
    word: flag(search.word),
    regex: flag(search.regex),
    in: words(search.in, LONGEST),
  });
}

/** The file that an address's path names. */
export function fileOf(path: string | undefined): string | undefined {
  const file = path?.split('/').filter(Boolean).join('/').slice(0, LONGEST_PATH);
  return file || undefined;
}

/** Without what is not there, so that the address stays short. */
export const clean = <T extends object>(query: T): T =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as T;

/** The address after a change; another file is shown as files are, from its beginning. */
export function changed(query: WorkspaceQuery, change: WorkspaceQuery): WorkspaceQuery {
  const other = 'file' in change && change.file !== query.file;
  const fresh = other ? { ...query, line: undefined, view: undefined, version: undefined } : query;
  const next = { ...fresh, ...change };
  if (next.view !== 'history') next.version = undefined;
  if (next.file === undefined) {
    next.line = undefined;
    next.view = undefined;
    next.version = undefined;
  }
  return clean(next);
}
