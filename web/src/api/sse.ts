/**
 * Follows one of the gateway's event streams for as long as somebody looks: it comes back with growing pauses from
 * where it was, watches for silence, lets go while the tab is hidden, and stops for good when the gateway refuses.
 */
import { backoff } from './backoff';
import { ApiError, refusalOf } from './client';
import { EventParser, type StreamEvent } from './sse.logic';

/** What holds now; `away`: the tab is hidden, and goes on when it is seen again. */
export type StreamPhase = 'connecting' | 'live' | 'retrying' | 'away' | 'refused';

export interface Follow {
  path: string;
  query: Readonly<Record<string, string | number | boolean | undefined>>;
  /** The id of the last event that is there already. */
  after: number | undefined;
  onEvent: (event: StreamEvent) => void;
  onPhase: (phase: StreamPhase, error?: ApiError) => void;
}

/** The gateway says something every 15 seconds. */
const SILENCE_MS = 40_000;
/** A browser opens no more than six connections to a host: hidden tabs hold none. */
const HIDDEN_MS = 15_000;

export function addressOf(path: string, query: Follow['query']): string {
  const words = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return words.length ? `${path}?${new URLSearchParams(words)}` : path;
}

/** Begins; what it gives back ends it. */
export function followStream({ path, query, after, onEvent, onPhase }: Follow): () => void {
  let last = after;
  let attempt = 0;
  let ended = false;
  let connection: AbortController | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let hiding: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;

  const quit = () => {
    clearTimeout(retry);
    clearTimeout(silence);
    connection?.abort();
    connection = undefined;
  };
  const later = () => {
    quit();
    if (ended) return;
    onPhase('retrying');
    retry = setTimeout(connect, backoff(attempt));
    attempt += 1;
  };

  async function connect() {
    quit();
    const own = new AbortController();
    connection = own;
    const gone = () => ended || connection !== own;
    onPhase('connecting');
    const listen = () => {
      clearTimeout(silence);
      silence = setTimeout(later, SILENCE_MS);
    };
    listen();
    const address = new URL(addressOf(path, query), location.href).href;
    try {
      const response = await fetch(address, {
        headers: {
          Accept: 'text/event-stream',
          ...(last === undefined ? {} : { 'Last-Event-ID': String(last) }),
        },
        credentials: 'same-origin',
        cache: 'no-store',
        signal: own.signal,
      });
      if (gone()) return;
      if (!response.ok) throw await refusalOf({ url: address, method: 'GET' }, response);
      onPhase('live');
      const reader = response.body?.getReader();
      const words = new TextDecoder();
      const parser = new EventParser();
      let pieces = 0;
      for (;;) {
        const piece = await reader?.read();
        if (gone()) return;
        if (!piece || piece.done) break;
        // It works, and not only for a greeting: the next pause begins short again.
        if (pieces++ > 0) attempt = 0;
        listen();
        for (const event of parser.push(words.decode(piece.value, { stream: true }))) {
          last = event.id ?? last;
          onEvent(event);
        }
      }
      later();
    } catch (error) {
      if (gone()) return;
      const final = error instanceof ApiError && error.status < 500 && error.status !== 429;
      if (!final) return later();
      quit();
      ended = true;
      onPhase('refused', error);
    }
  }

  const seen = () => {
    clearTimeout(hiding);
    if (ended) return;
    if (!document.hidden) {
      if (!connection) void connect();
      return;
    }
    hiding = setTimeout(() => {
      quit();
      onPhase('away');
    }, HIDDEN_MS);
  };
  const online = () => {
    if (!ended && !document.hidden) void connect();
  };
  document.addEventListener('visibilitychange', seen);
  addEventListener('online', online);
  void connect();
  return () => {
    ended = true;
    clearTimeout(hiding);
    document.removeEventListener('visibilitychange', seen);
    removeEventListener('online', online);
    quit();
  };
}
