/**
 * The one connection of a tab: `/ws/chat`. It connects, watches for silence, comes back with growing pauses and
 * stops for good when the gateway no longer knows this browser. What the frames mean is for its listeners.
 */
import { backoff } from './backoff';
import { type ClientFrame, readFrame, type ServerFrame } from './frames';

export type LinkPhase = 'idle' | 'connecting' | 'open' | 'retrying' | 'offline' | 'unauthorized';

export interface LinkState {
  phase: LinkPhase;
  /** When the next try begins, in epoch milliseconds; null unless one is waiting. */
  retryAt: number | null;
  /** Since when there is no connection; null while there is one. */
  lostAt: number | null;
  /** The gateway said that it was going to stop. */
  restarting?: true;
}

export interface SocketOptions {
  url: () => string;
  /** Asks over HTTP whether this browser is still signed in: a refused upgrade does not say why. */
  stillSignedIn: () => Promise<boolean>;
  open?: (url: string) => WebSocket;
  random?: () => number;
  pingMs?: number;
  silenceMs?: number;
  /** How long the gateway may take to show that it is still there. */
  probeMs?: number;
}

const UNAUTHORIZED = 4401;
const RESTARTS = 1012;
/** How often the clock is looked at, and how far it may have jumped before the machine must have slept. */
const TICK_MS = 5_000;
const SLEPT_MS = 15_000;
/** A message that may take longer on its way than silence is borne. */
const LARGE_BYTES = 65_536;

export class GatewaySocket {
  private socket: WebSocket | undefined;
  private state: LinkState = { phase: 'idle', retryAt: null, lostAt: null };
  private attempt = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private ping: ReturnType<typeof setInterval> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private tick: ReturnType<typeof setInterval> | undefined;
  private restarting = false;
  private watchers = new Set<() => void>();
  private frameListeners = new Set<(frame: ServerFrame) => void>();
  private openListeners = new Set<() => void>();

  constructor(private options: SocketOptions) {}

  getState = () => this.state;

  watch = (listener: () => void) => {
    this.watchers.add(listener);
    return () => void this.watchers.delete(listener);
  };

  onFrame(listener: (frame: ServerFrame) => void) {
    this.frameListeners.add(listener);
    return () => void this.frameListeners.delete(listener);
  }

  /** Called each time a connection is made; the first thing said on it is said here. */
  onOpen(listener: () => void) {
    this.openListeners.add(listener);
    return () => void this.openListeners.delete(listener);
  }

  start() {
    if (this.socket || this.retry) return;
    globalThis.addEventListener?.('online', this.lookAgain);
    globalThis.addEventListener?.('pageshow', this.lookAgain);
    globalThis.addEventListener?.('offline', this.wentOffline);
    globalThis.document?.addEventListener('visibilitychange', this.becameVisible);
    this.watchClock();
    this.attempt = 0;
    this.connect();
  }

  stop(phase: 'idle' | 'unauthorized' = 'idle') {
    globalThis.removeEventListener?.('online', this.lookAgain);
    globalThis.removeEventListener?.('pageshow', this.lookAgain);
    globalThis.removeEventListener?.('offline', this.wentOffline);
    globalThis.document?.removeEventListener('visibilitychange', this.becameVisible);
    clearInterval(this.tick);
    this.restarting = false;
    this.drop();
    this.set({ phase, retryAt: null, lostAt: null });
  }

  /** Sends at once or not at all: false when there is no connection. */
  send(frame: ClientFrame): boolean {
    if (this.state.phase !== 'open' || this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    if (this.backlog() > LARGE_BYTES) this.heard();
    return true;
  }

  /** Bytes that were sent and have not left this machine yet. */
  backlog = () => this.socket?.bufferedAmount ?? 0;

  /** Does not wait for the pause to end. */
  retryNow = () => {
    if (this.state.phase !== 'retrying' && this.state.phase !== 'offline') return;
    clearTimeout(this.retry);
    this.retry = undefined;
    this.connect();
  };

  /** Whether the line still holds is found out now, not at the end of the next silence. */
  private lookAgain = () => {
    if (this.state.phase !== 'open') return this.retryNow();
    this.send({ type: 'ping' });
    this.silentFor(this.options.probeMs ?? 4_000);
  };

  private becameVisible = () => {
    if (document.visibilityState === 'visible') this.lookAgain();
  };

  /** A machine that slept has lost its line without being told. */
  private watchClock() {
    let last = Date.now();
    clearInterval(this.tick);
    this.tick = setInterval(() => {
      const now = Date.now();
      if (now - last > SLEPT_MS) this.lookAgain();
      last = now;
    }, TICK_MS);
  }

  private wentOffline = () => {
    // Loopback needs no network: a line that still answers is not given up.
    if (this.state.phase === 'retrying') this.set({ ...this.state, phase: 'offline' });
    else this.lookAgain();
  };

  private connect() {
    const { open = (url) => new WebSocket(url) } = this.options;
    this.set({ phase: 'connecting', retryAt: null, lostAt: this.state.lostAt ?? Date.now(), ...this.why() });
    const socket = open(this.options.url());
    this.socket = socket;
    let opened = false;
    this.heard();
    socket.onopen = () => {
      if (this.socket !== socket) return;
      opened = true;
      this.attempt = 0;
      this.restarting = false;
      this.set({ phase: 'open', retryAt: null, lostAt: null });
      this.heard();
      this.ping = setInterval(() => this.send({ type: 'ping' }), this.options.pingMs ?? 20_000);
      for (const listener of this.openListeners) listener();
    };
    socket.onmessage = (message) => {
      if (this.socket !== socket) return;
      this.heard();
      const frame = readFrame(message.data);
      if (frame) for (const listener of this.frameListeners) listener(frame);
    };
    socket.onclose = (close) => {
      if (this.socket !== socket) return;
      if (close.code === RESTARTS) this.restarting = true;
      if (close.code === UNAUTHORIZED) this.stop('unauthorized');
      else void this.lost(opened);
    };
  }

  private heard() {
    this.silentFor(this.options.silenceMs ?? 35_000);
  }

  private silentFor(most: number) {
    clearTimeout(this.silence);
    const backlog = this.backlog();
    this.silence = setTimeout(() => {
      // Behind a large message the gateway's answers wait: while it leaves, the line is alive.
      if (this.backlog() < backlog) this.heard();
      else if (this.socket) void this.lost(this.state.phase === 'open');
    }, most);
  }

  private why = () => (this.restarting ? ({ restarting: true } as const) : {});

  private async lost(wasOpen: boolean) {
    this.drop();
    const wait = backoff(this.attempt++, this.options.random);
    this.set({
      phase: globalThis.navigator?.onLine === false ? 'offline' : 'retrying',
      retryAt: Date.now() + wait,
      lostAt: this.state.lostAt ?? Date.now(),
      ...this.why(),
    });
    this.retry = setTimeout(() => {
      this.retry = undefined;
      this.connect();
    }, wait);
    if (wasOpen) return;
    if (!(await this.options.stillSignedIn())) this.stop('unauthorized');
  }

  private drop() {
    clearTimeout(this.retry);
    clearInterval(this.ping);
    clearTimeout(this.silence);
    this.retry = undefined;
    const socket = this.socket;
    this.socket = undefined;
    socket?.close();
  }

  private set(state: LinkState) {
    this.state = state;
    for (const watcher of this.watchers) watcher();
  }
}
