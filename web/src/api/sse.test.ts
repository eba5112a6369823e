import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { onSignedOut } from './client';
import { addressOf, followStream, type StreamPhase } from './sse';
import type { StreamEvent } from './sse.logic';

/** What the gateway would say to each request, and what it was asked. */
let answers: (() => Promise<Response>)[];
let asked: { url: string; last: string | null }[];
let phases: StreamPhase[];
let events: StreamEvent[];
let end: () => void;

const streamed = (...pieces: string[]) => {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
  return Promise.resolve(new Response(body));
};
const open = () => Promise.resolve(new Response(new ReadableStream<Uint8Array>()));

beforeEach(() => {
  vi.useFakeTimers();
  answers = [];
  asked = [];
  phases = [];
  events = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    asked.push({ url, last: new Headers(init.headers).get('Last-Event-ID') });
    return answers.shift()?.() ?? open();
  });
});
afterEach(() => {
  end();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const follow = (after?: number) => {
  end = followStream({
    path: '/api/logs/stream',
    query: { level: 'warn', text: undefined },
    after,
    onEvent: (event) => events.push(event),
    onPhase: (phase) => phases.push(phase),
  });
};

test('it goes on after the last event when the connection breaks', async () => {
  answers = [() => streamed('id: 7\nevent: log\ndata: a\n', '\n'), () => Promise.reject(new TypeError())];
  follow(6);
  await vi.waitFor(() => expect(phases).toHaveLength(7), { timeout: 60_000 });
  expect(asked.map(({ last }) => last)).toEqual(['6', '7', '7']);
  expect(asked[0]?.url).toMatch(/\/api\/logs\/stream\?level=warn$/);
  expect(events).toEqual([{ id: 7, name: 'log', data: 'a' }]);
  expect(phases).toEqual(['connecting', 'live', 'retrying', 'connecting', 'retrying', 'connecting', 'live']);
});

test('it stops for good when the gateway refuses, and a 401 ends the session', async () => {
  let signedOut = 0;
  onSignedOut(() => signedOut++);
  const body = JSON.stringify({ error: 'no', code: 'UNAUTHORIZED' });
  answers = [() => Promise.resolve(new Response(body, { status: 401 }))];
  follow();
  await vi.waitFor(() => expect(phases.at(-1)).toBe('refused'));
  await vi.advanceTimersByTimeAsync(120_000);
  expect(asked).toHaveLength(1);
  expect(signedOut).toBe(1);
});

test('a silent connection is given up', async () => {
  follow();
  await vi.waitFor(() => expect(phases.at(-1)).toBe('connecting'));
  await vi.advanceTimersByTimeAsync(41_000);
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(1), { timeout: 60_000 });
});

test('what is not said is not asked for', () => {
  end = () => {};
  expect(addressOf('/x', { a: undefined })).toBe('/x');
  expect(addressOf('/x', { a: 'b c', d: 1 })).toBe('/x?a=b+c&d=1');
});
