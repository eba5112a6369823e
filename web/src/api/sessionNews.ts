/**
 * Keeps conversations in step with the news one at a time: what changed is asked for and put into the lists that
 * are loaded. Nothing else is read again, so a long list neither costs nor moves.
 */
import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import { ApiError, api, take } from './client';
import { placed, type SessionFilter, without } from './sessionPages';
import type { Session, SessionPage } from './types';

/** News of one conversation come in bursts. */
const BURST_MS = 120;
/** With more than so many at once, the lists themselves are cheaper. */
const MOST_AT_ONCE = 12;

export const SESSIONS_KEY = ['get', '/api/sessions'] as const;
export const sessionsKey = (filter: SessionFilter) => [...SESSIONS_KEY, filter] as const;
export const sessionKey = (id: string) =>
  ['get', '/api/sessions/{id}', { params: { path: { id } } }] as const;

type Loaded = InfiniteData<SessionPage>;
const isLoaded = (data: unknown): data is Loaded =>
  typeof data === 'object' && data !== null && 'pages' in data && 'pageParams' in data;
const isPage = (data: unknown): data is SessionPage =>
  typeof data === 'object' && data !== null && 'sessions' in data;

const FILTERS = ['archived', 'origin', 'pinned', 'limit'];

/** Lists read page by page have the filter itself in their key; a single page has its query. */
function filterOf(part: unknown): SessionFilter | undefined {
  const { params, ...own } = (part ?? {}) as { params?: { query?: object } } & Partial<SessionFilter>;
  const given = params ? (params.query ?? {}) : own;
  if (Object.keys(given).some((name) => !FILTERS.includes(name))) return undefined;
  return { archived: false, ...given };
}

/** Changes every loaded list; one whose choice only the gateway can make is read again. */
function changeLists(
  client: QueryClient,
  change: (pages: SessionPage[], filter: SessionFilter) => SessionPage[],
) {
  for (const [key, data] of client.getQueriesData({ queryKey: SESSIONS_KEY })) {
    const filter = filterOf(key[2]);
    if (!filter) void client.invalidateQueries({ queryKey: key, exact: true });
    else if (isLoaded(data)) client.setQueryData<Loaded>(key, { ...data, pages: change(data.pages, filter) });
    else if (isPage(data)) client.setQueryData<SessionPage>(key, change([data], filter)[0]);
  }
}

/** Puts what is known now of a conversation wherever it is shown. */
export function putSession(client: QueryClient, session: Session) {
  client.setQueryData(sessionKey(session.id), session);
  changeLists(client, (pages, filter) => placed(pages, session, filter));
}

/** Takes conversations out of every list. */
export function dropSessions(client: QueryClient, ids: readonly string[]) {
  const gone = new Set(ids);
  changeLists(client, (pages) => without(pages, gone));
}

/** The newest that this page knows of a conversation. */
export function knownSession(client: QueryClient, id: string): Session | undefined {
  const own = client.getQueryData<Session>(sessionKey(id));
  if (own) return own;
  for (const [, data] of client.getQueriesData({ queryKey: SESSIONS_KEY }))
    if (isLoaded(data))
      for (const page of data.pages) {
        const found = page.sessions.find((session) => session.id === id);
        if (found) return found;
      }
  return undefined;
}

const touched = new Set<string>();

/** Something changed of it: asks once for all that happens at nearly the same time. */
export function touchSession(client: QueryClient, id: string) {
  touched.add(id);
  if (touched.size > 1) return;
  setTimeout(() => {
    const ids = [...touched];
    touched.clear();
    if (ids.length > MOST_AT_ONCE) {
      void client.invalidateQueries({ queryKey: SESSIONS_KEY });
      void client.invalidateQueries({ queryKey: ['get', '/api/sessions/{id}'] });
    } else for (const one of ids) void reread(client, one);
  }, BURST_MS);
}

async function reread(client: QueryClient, id: string) {
  try {
    putSession(client, await take(api.GET('/api/sessions/{id}', { params: { path: { id } } })));
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) dropSessions(client, [id]);
    else void client.invalidateQueries({ queryKey: SESSIONS_KEY });
  }
}
