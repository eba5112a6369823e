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

const made: GatewaySocket[] = [];
const make = (over: Partial<SocketOptions> = {}) => {
  const socket = new GatewaySocket({
    url: () => 'ws://gateway/ws/chat',
    stillSignedIn: async () => true,
    open: (url) => new Wire(url) as unknown as WebSocket,
    random: () => 1,
    ...over,
  });
  made.push(socket);
  return socket;
};

beforeEach(() => {
  vi.useFakeTimers();
  Wire.all = [];
});
afterEach(() => {
  for (const socket of made.splice(0)) socket.stop();
  vi.useRealTimers();
});

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

describe('a line that may be dead', () => {
  const shows = (state: DocumentVisibilityState) => {
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(state);
    document.dispatchEvent(new Event('visibilitychange'));
  };
  afterEach(() => vi.restoreAllMocks());

  it('is asked when the tab is looked at again, and left when it does not answer', async () => {
    const socket = make();
    socket.start();
    newest().opens();
    shows('hidden');
    expect(newest().sent).toEqual([]);
    shows('visible');
    expect(newest().sent).toEqual([{ type: 'ping' }]);
    await vi.advanceTimersByTimeAsync(4_001);
    expect(socket.getState().phase).toBe('retrying');
  });

  it('stays when it answers', async () => {
    const socket = make();
    socket.start();
    newest().opens();
    shows('visible');
    newest().says('{"type":"pong"}');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(socket.getState().phase).toBe('open');
    expect(Wire.all).toHaveLength(1);
  });

  it('is asked when the clock has jumped: the machine slept', async () => {
    const socket = make();
    socket.start();
    const wire = newest();
    wire.opens();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(wire.sent).toEqual([]);
    vi.setSystemTime(Date.now() + 3_600_000);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(wire.sent).toEqual([{ type: 'ping' }]);
    await vi.advanceTimersByTimeAsync(4_001);
    expect(socket.getState().phase).toBe('retrying');
    await vi.advanceTimersByTimeAsync(400);
    expect(Wire.all).toHaveLength(2);
  });

  it('does not wait out the pause when the network is back', () => {
    const socket = make();
    socket.start();
    newest().breaks();
    window.dispatchEvent(new Event('online'));
    expect(Wire.all).toHaveLength(2);
  });

  it('that the gateway closed for a restart says so until it is back', async () => {
    const socket = make();
    socket.start();
    newest().opens();
    newest().breaks(1012);
    expect(socket.getState()).toMatchObject({ phase: 'retrying', restarting: true });
    await vi.advanceTimersByTimeAsync(400);
    newest().breaks();
    expect(socket.getState()).toMatchObject({ phase: 'retrying', restarting: true });
    await vi.advanceTimersByTimeAsync(800);
    newest().opens();
    expect(socket.getState()).toEqual({ phase: 'open', retryAt: null, lostAt: null });
  });
});

describe('the pause', () => {
  it('stays between its bounds', () => {
    expect(backoff(0, () => 0)).toBe(200);
    expect(backoff(0, () => 1)).toBe(400);
    expect(backoff(99, () => 1)).toBe(15_000);
  });
});
