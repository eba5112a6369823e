import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { backoff } from './backoff';
import type { ServerFrame } from './frames';
import { GatewaySocket, type SocketOptions } from './socket';

class Wire {
  static all: Wire[] = [];
  readyState = 0;
  sent: unknown[] = [];
  onopen?: () => void;
  onmessage?: (message: { data: unknown }) => void;
  onclose?: (close: { code: number }) => void;
  constructor(readonly url: string) {
    Wire.all.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.readyState = 3;
  }
  opens() {
    this.readyState = 1;
    this.onopen?.();
  }
  says(data: unknown) {
    this.onmessage?.({ data });
  }
  breaks(code = 1006) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}
const newest = () => Wire.all.at(-1) as Wire;

const make = (over: Partial<SocketOptions> = {}) =>
  new GatewaySocket({
    url: () => 'ws://gateway/ws/chat',
    stillSignedIn: async () => true,
    open: (url) => new Wire(url) as unknown as WebSocket,
    random: () => 1,
    ...over,
  });

beforeEach(() => {
  vi.useFakeTimers();
  Wire.all = [];
});
afterEach(() => vi.useRealTimers());

describe('the connection', () => {
  it('comes back with growing pauses and starts small again once it was open', async () => {
    const socket = make();
    socket.start();
    newest().opens();
    newest().breaks();
    expect(socket.getState()).toMatchObject({ phase: 'retrying', retryAt: Date.now() + 400 });
    await vi.advanceTimersByTimeAsync(400);
    newest().breaks();
    expect(socket.getState().retryAt).toBe(Date.now() + 800);
    await vi.advanceTimersByTimeAsync(800);
    expect(Wire.all).toHaveLength(3);
    newest().opens();
    expect(socket.getState()).toEqual({ phase: 'open', retryAt: null, lostAt: null });
    newest().breaks();
    expect(socket.getState().retryAt).toBe(Date.now() + 400);
  });

  it('remembers since when it is lost over several tries', async () => {
    const socket = make();
    socket.start();
    newest().opens();
    newest().breaks();
    const since = socket.getState().lostAt;
    await vi.advanceTimersByTimeAsync(400);
    newest().breaks();
    expect(socket.getState().lostAt).toBe(since);
  });

  it('stops for good on 4401', async () => {
    const socket = make();
    socket.start();
    newest().opens();
    newest().breaks(4401);
    expect(socket.getState().phase).toBe('unauthorized');
    await vi.advanceTimersByTimeAsync(120_000);
    expect(Wire.all).toHaveLength(1);
  });

  it('asks why an upgrade was refused and stops when it is signed out', async () => {
    const socket = make({ stillSignedIn: async () => false });
    socket.start();
    newest().breaks();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(socket.getState().phase).toBe('unauthorized');
    expect(Wire.all).toHaveLength(1);
  });

  it('pings, and takes silence for a lost connection', async () => {
    const socket = make();
    socket.start();
    const wire = newest();
    wire.opens();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(wire.sent).toEqual([{ type: 'ping' }]);
    wire.says('{"type":"pong"}');
    await vi.advanceTimersByTimeAsync(34_999);
    expect(socket.getState().phase).toBe('open');
    await vi.advanceTimersByTimeAsync(2);
    expect(socket.getState().phase).toBe('retrying');
  });

  it('sends nothing while there is no connection and says so', () => {
    const socket = make();
    expect(socket.send({ type: 'ping' })).toBe(false);
    socket.start();
    expect(socket.send({ type: 'ping' })).toBe(false);
    newest().opens();
    expect(socket.send({ type: 'ping' })).toBe(true);
  });

  it('passes frames on and survives what is not one', () => {
    const socket = make();
    const got: ServerFrame[] = [];
    socket.onFrame((frame) => got.push(frame));
    socket.start();
    newest().opens();
    for (const noise of ['{', '7', 'null', '{"no":"type"}', new ArrayBuffer(2)]) newest().says(noise);
    newest().says('{"type":"pong"}');
    expect(got).toEqual([{ type: 'pong' }]);
  });

  it('does not listen to a connection that it gave up', async () => {
    const socket = make();
    const got: ServerFrame[] = [];
    socket.onFrame((frame) => got.push(frame));
    socket.start();
    const old = newest();
    old.opens();
    old.breaks();
    await vi.advanceTimersByTimeAsync(400);
    newest().opens();
    old.says('{"type":"pong"}');
    old.breaks();
    expect(got).toEqual([]);
    expect(socket.getState().phase).toBe('open');
  });

  it('does not wait for the pause when asked to try now', () => {
    const socket = make();
    socket.start();
    newest().breaks();
    socket.retryNow();
    expect(socket.getState().phase).toBe('connecting');
    expect(Wire.all).toHaveLength(2);
  });
});

describe('the pause', () => {
  it('stays between its bounds', () => {
    expect(backoff(0, () => 0)).toBe(200);
    expect(backoff(0, () => 1)).toBe(400);
    expect(backoff(99, () => 1)).toBe(15_000);
  });
});
