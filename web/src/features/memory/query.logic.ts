/** What of the page stands in its address, and what it asks the gateway for. */
import type { MemoryAuthor } from '@/api/types';

/** What is looked at: with nothing in it, everything. */
export interface MemoryQuery {
  q?: string;
  category?: string;
  pinned?: true;
  author?: MemoryAuthor;
  /** A conversation. */
  session?: string;
  bin?: true;
  /** The key of the entry that is open. */
  open?: string;
}

const AUTHORS: readonly string[] = ['owner', 'agent', 'auto'] satisfies MemoryAuthor[];
const LONGEST = 400;

const words = (value: unknown): string | undefined => {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).slice(0, LONGEST);
  return text.trim() ? text : undefined;
};
const flag = (value: unknown): true | undefined => value === true || value === 'true' || undefined;

/** Reads an address that anybody may have written. */
export function readQuery(search: Record<string, unknown>): MemoryQuery {
  const author = words(search.author);
  const read: MemoryQuery = {
    q: words(search.q),
    category: words(search.category),
    pinned: flag(search.pinned),
    author: author && AUTHORS.includes(author) ? (author as MemoryAuthor) : undefined,
    session: words(search.session),
    bin: flag(search.bin),
    open: words(search.open),
  };
  // What is in the bin cannot be searched.
  if (read.bin) read.q = undefined;
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}

/** The same as the gateway's parameters; the entry that is open is not one of them. */
export function parametersOf({ q, category, pinned, author, session, bin }: MemoryQuery) {
  return {
    ...(q ? { q: q.trim() } : {}),
    ...(category ? { category } : {}),
    ...(pinned ? { pinned } : {}),
    ...(author ? { author } : {}),
    ...(session ? { session_id: session } : {}),
    ...(bin ? { deleted: true } : {}),
  };
}

/** Whether something narrows what is shown. */
export const isNarrowed = ({ q, category, pinned, author, session }: MemoryQuery) =>
  Boolean(q || category || pinned || author || session);
