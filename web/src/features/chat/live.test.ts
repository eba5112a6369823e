import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '@/api/client';
import type { Ack, ClientFrame, ServerFrame, TurnEvent } from '@/api/frames';
import type { Turn, TurnEventKind } from '@/api/types';
import { LiveChat } from './live';
import type { OutboxStorage } from './outbox';
import { textOf } from './steps';

const at = '2026-01-01T00:00:00Z';

/** A connection that a test can cut, and a gateway at its other end that a test plays by hand. */
class Line {
  up = true;
  said: ClientFrame[] = [];
  private opened: () => void = () => {};
  private heard: (frame: ServerFrame) => void = () => {};
  send = (frame: ClientFrame) => {
    if (this.up) this.said.push(frame);
    return this.up;
  };
  onOpen = (listener: () => void) => {
    this.opened = listener;
  };
  onFrame = (listener: (frame: ServerFrame) => void) => {
    this.heard = listener;
  };
  cut() {
    this.up = false;
  }
  mend() {
    this.up = true;
    this.said = [];
    this.opened();
  }
  says(frame: ServerFrame) {
    this.heard(frame);
  }
  of<T extends ClientFrame['type']>(type: T) {
    return this.said.filter((frame): frame is Extract<ClientFrame, { type: T }> => frame.type === type);
  }
}

class Drawer implements OutboxStorage {
  kept = new Map<string, string>();
  getItem = (key: string) => this.kept.get(key) ?? null;
  setItem = (key: string, value: string) => void this.kept.set(key, value);
}

const turnOf = (over: Partial<Turn> = {}): Turn => ({
  turn_id: 't1',
  session_id: 's',
  state: 'running',
  origin: 'chat',
  message: 'hello',
  attachments: [],
  usage: { input_tokens: 0, output_tokens: 0, cached_tokens: 0, reasoning_tokens: 0 },
  last_seq: 0,
  created_at: at,
  ...over,
});
const event = (seq: number, kind: TurnEventKind, turn = 't1'): TurnEvent => ({
  ...kind,
  turn_id: turn,
  session_id: 's',
  seq,
  timestamp: at,
});
const chunk = (seq: number, content: string) => event(seq, { type: 'chunk', content });

let line: Line;
let drawer: Drawer;
let frames: (() => void)[];
const make = (over: Partial<ConstructorParameters<typeof LiveChat>[0]> = {}) =>
  new LiveChat({
    wire: line,
    askTurn: async () => turnOf(),
    cancelTurn: async () => turnOf(),
    changeTurn: async (_, message) => turnOf({ state: 'queued', message }),
    nextFrame: (flush) => void frames.push(flush),
    storage: drawer,
    ...over,
  });
const paint = () => {
  for (const flush of frames.splice(0)) flush();
};
const ackOf = (over: Partial<Ack> = {}): Ack => ({
  type: 'ack',
  turn_id: 't1',
  session_id: 's',
  state: 'running',
  client_id: line.of('message').at(-1)?.client_id,
  duplicate: false,
  ...over,
});
const seen = (chat: LiveChat) => {
  paint();
  const { turns, waiting } = chat.session('s');
  return { turns: turns.map((turn) => ({ ...turn, text: textOf(turn.steps) })), waiting };
};

beforeEach(() => {
  vi.useFakeTimers();
  line = new Line();
  drawer = new Drawer();
  frames = [];
});
afterEach(() => vi.useRealTimers());

describe('sending', () => {
  it('shows the message at once and makes a turn of it when it is taken', () => {
    const chat = make();
    chat.send('s', 'hello');
    expect(seen(chat).waiting).toMatchObject([{ message: 'hello', state: 'sent' }]);
    line.says(ackOf());
    line.says(chunk(1, 'hi'));
    expect(seen(chat)).toMatchObject({ waiting: [], turns: [{ message: 'hello', text: 'hi' }] });
  });

  it('keeps what is said without a connection, in order, and sends it once when there is one', () => {
    const chat = make();
    line.cut();
    chat.send('s', 'one');
    chat.send('s', 'two');
    expect(seen(chat).waiting.map((entry) => entry.state)).toEqual(['waiting', 'waiting']);
    line.mend();
    expect(line.of('message').map((frame) => frame.message)).toEqual(['one', 'two']);
    line.says(ackOf({ client_id: line.of('message')[0]?.client_id }));
    line.says(ackOf({ client_id: line.of('message')[1]?.client_id, turn_id: 't2', state: 'queued' }));
    line.cut();
    line.mend();
    expect(line.of('message')).toEqual([]);
  });

  it('sends again under the same key when the answer was lost, and follows the first turn', () => {
    const chat = make();
    chat.send('s', 'hello');
    const first = line.of('message')[0];
    line.cut();
    line.mend();
    expect(line.of('message')).toEqual([first]);
    expect(first?.idempotency_key).toBe(first?.client_id);
    line.says(ackOf({ duplicate: true }));
    expect(line.of('resume')).toMatchObject([{ turn_id: 't1', after_seq: 0 }]);
    expect(seen(chat)).toMatchObject({ waiting: [], turns: [{ message: 'hello' }] });
  });

  it('remembers unsent messages over a reload of the page', () => {
    const before = make();
    line.cut();
    before.send('s', 'hello', true);
    const after = make();
    expect(seen(after).waiting).toMatchObject([{ message: 'hello', state: 'waiting' }]);
    expect(after.isUnborn('s')).toBe(true);
  });

  it('sends what it remembers at once when the connection was there before it', () => {
    line.cut();
    make().send('s', 'hello');
    line.up = true;
    make();
    expect(line.of('message')).toMatchObject([{ message: 'hello' }]);
  });

  it('shows a refusal, does not send it again by itself, and tries anew when asked', () => {
    const chat = make();
    chat.send('s', 'ninth');
    const first = line.of('message')[0];
    line.says({ type: 'error', code: 'RATE_LIMITED', message: 'too many', client_id: first?.client_id });
    expect(seen(chat).waiting).toMatchObject([{ state: 'refused', error: { code: 'RATE_LIMITED' } }]);
    line.mend();
    expect(line.of('message')).toEqual([]);
    chat.sendAgain(first?.client_id ?? '');
    expect(line.of('message')).toMatchObject([{ message: 'ninth' }]);
    expect(line.of('message')[0]?.idempotency_key).not.toBe(first?.idempotency_key);
  });
});

describe('files', () => {
  const marks = [{ name: 'a.txt', media_type: 'text/plain', size: 1 }];
  const bytes = [{ name: 'a.txt', media_type: 'text/plain', data: 'YQ==' }];
  const settled = () => vi.advanceTimersByTimeAsync(0);

  it('go along, and what is said after them does not overtake them', async () => {
    let read: (files: typeof bytes) => void = () => {};
    const loadFiles = () => new Promise<typeof bytes>((done) => (read = done));
    const dropFiles = vi.fn();
    const chat = make({ loadFiles, dropFiles });
    chat.send('s', 'with a file', false, { attachments: marks });
    chat.send('s', 'and then');
    expect(line.of('message')).toEqual([]);
    read(bytes);
    await settled();
    expect(line.of('message')).toMatchObject([
      { message: 'with a file', attachments: bytes },
      { message: 'and then' },
    ]);
    expect(dropFiles).not.toHaveBeenCalled();
    const first = line.of('message')[0]?.client_id;
    line.says(ackOf({ client_id: first }));
    expect(dropFiles).toHaveBeenCalledExactlyOnceWith(first);
  });
  it('that are gone are said to be, and do not hold up the rest', async () => {
    const chat = make({ loadFiles: async () => undefined });
    chat.send('s', 'with a file', false, { attachments: marks });
    chat.send('s', 'and then');
    await settled();
    expect(line.of('message')).toMatchObject([{ message: 'and then' }]);
    expect(seen(chat).waiting[0]).toMatchObject({ state: 'refused', error: { code: 'FILES_GONE' } });
  });
  it('are not sent with a message that was taken back while they were read', async () => {
    const chat = make({ loadFiles: async () => bytes });
    chat.send('s', 'with a file', false, { attachments: marks }, 'mine');
    chat.drop('mine');
    await settled();
    expect(line.of('message')).toEqual([]);
  });
});

describe('a message that waits', () => {
  it('can be changed', async () => {
    const chat = make();
    chat.adopt([turnOf({ state: 'queued', message: 'before' })]);
    await chat.change('t1', 'after');
    expect(seen(chat).turns).toMatchObject([{ message: 'after', state: 'queued' }]);
  });
  it('is asked for again when another page changed it', async () => {
    const chat = make({ askTurn: async () => turnOf({ state: 'queued', message: 'from elsewhere' }) });
    chat.adopt([turnOf({ state: 'queued' })]);
    line.says({
      type: 'event',
      id: 1,
      event: { type: 'session_changed', session_id: 's', turn_id: 't1', change: 'queue', timestamp: at },
    } as ServerFrame);
    await vi.advanceTimersByTimeAsync(0);
    expect(seen(chat).turns).toMatchObject([{ message: 'from elsewhere' }]);
  });
});

describe('following', () => {
  it('resumes every turn that has not ended, from what it has', () => {
    const chat = make();
    chat.adopt([turnOf()]);
    expect(line.of('resume')).toMatchObject([{ turn_id: 't1', after_seq: 0 }]);
    line.says(chunk(1, 'a'));
    line.says(chunk(2, 'b'));
    line.cut();
    line.mend();
    expect(line.of('resume')).toMatchObject([{ turn_id: 't1', after_seq: 2 }]);
    line.says(chunk(2, 'b'));
    line.says(chunk(3, 'c'));
    expect(seen(chat).turns).toMatchObject([{ text: 'abc' }]);
    line.says(event(4, { type: 'cancelled' }));
    line.cut();
    line.mend();
    expect(line.of('resume')).toEqual([]);
  });

  it('asks for a hole once and not with each further event', () => {
    const chat = make();
    chat.adopt([turnOf()]);
    line.says(chunk(1, 'a'));
    line.said = [];
    for (const seq of [3, 4, 5, 6]) line.says(chunk(seq, `${seq}`));
    expect(line.of('resume')).toMatchObject([{ after_seq: 1 }]);
    line.says(chunk(2, '2'));
    expect(seen(chat).turns).toMatchObject([{ text: 'a23456' }]);
  });

  it('follows turns that others begin in the open session, and only there', () => {
    const chat = make();
    chat.open('s');
    const begins = (session_id: string, turn_id: string): ServerFrame => ({
      type: 'event',
      id: 1,
      event: {
        type: 'agent_start',
        timestamp: at,
        session_id,
        turn_id,
        origin: 'cli',
        provider: 'p',
        model: 'm',
      },
    });
    line.says(begins('s', 't1'));
    line.says(begins('other', 't2'));
    expect(line.of('resume')).toMatchObject([{ turn_id: 't1', after_seq: 0 }]);
    line.says(chunk(1, 'hi'));
    expect(seen(chat).turns).toMatchObject([{ text: 'hi' }]);
  });

  it('asks how a turn stands when its end was announced and did not come', async () => {
    const askTurn = vi.fn(async () => turnOf({ state: 'done', response: 'all of it', last_seq: 9 }));
    const chat = make({ askTurn });
    chat.adopt([turnOf()]);
    const ends = { session_id: 's', turn_id: 't1', state: 'done' as const, duration_ms: 1, total_tokens: 1 };
    line.says({ type: 'event', id: 1, event: { type: 'agent_end', timestamp: at, ...ends } });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(seen(chat).turns).toMatchObject([{ state: 'done', text: 'all of it' }]);
  });

  it('lets go of a turn that the gateway does not know any more', async () => {
    const gone = new ApiError(404, { error: 'gone', code: 'NOT_FOUND' });
    const chat = make({ askTurn: async () => Promise.reject(gone) });
    chat.adopt([turnOf()]);
    line.says({ type: 'error', code: 'NOT_FOUND', message: 'gone', turn_id: 't1' });
    await vi.advanceTimersByTimeAsync(0);
    expect(seen(chat).turns).toEqual([]);
  });

  it('does not begin again what it has seen to its end', () => {
    const chat = make();
    chat.adopt([turnOf()]);
    line.says(event(1, { type: 'cancelled' }));
    chat.forget(['t1']);
    chat.adopt([turnOf()]);
    expect(seen(chat).turns).toEqual([]);
  });
});

describe('stopping', () => {
  it('says that it is stopping until the end comes', async () => {
    const chat = make();
    chat.adopt([turnOf()]);
    const stopped = chat.stop('t1');
    expect(seen(chat).turns).toMatchObject([{ stopping: true }]);
    await stopped;
    line.says(event(1, { type: 'cancelled' }));
    expect(seen(chat).turns).toMatchObject([{ stopping: false, state: 'cancelled' }]);
  });
  it('can be tried again when it failed', async () => {
    const chat = make({ cancelTurn: async () => Promise.reject(new Error('no')) });
    chat.adopt([turnOf()]);
    await expect(chat.stop('t1')).rejects.toThrow('no');
    expect(seen(chat).turns).toMatchObject([{ stopping: false }]);
  });
});

describe('a message that takes the place of another', () => {
  it('says so on its way, and is known for it when it is taken', () => {
    const chat = make();
    chat.send('s', 'better', false, { replaces: 't0', model: 'p/m' });
    expect(line.of('message')).toMatchObject([{ message: 'better', replaces: 't0', model: 'p/m' }]);
    line.says(ackOf());
    expect(seen(chat).turns).toMatchObject([{ turnId: 't1', replaces: 't0' }]);
  });

  it('lets ended turns go when another branch is shown', () => {
    const chat = make();
    chat.adopt([turnOf(), turnOf({ turn_id: 't2' })]);
    line.says(event(1, { type: 'cancelled' }));
    const branched = { type: 'session_changed', timestamp: at, session_id: 's', change: 'branched' } as const;
    line.says({ type: 'event', id: 1, event: branched });
    expect(seen(chat).turns).toMatchObject([{ turnId: 't2' }]);
  });
});

describe('telling readers', () => {
  it('happens once per frame, however many events there are, and keeps what did not change', () => {
    const chat = make();
    const told = vi.fn();
    chat.watch(told);
    chat.adopt([turnOf()]);
    for (let seq = 1; seq <= 500; seq++) line.says(chunk(seq, 'x'));
    const other = chat.session('other');
    paint();
    expect(told).toHaveBeenCalledTimes(1);
    expect(textOf(chat.session('s').turns[0]?.steps ?? [])).toHaveLength(500);
    expect(chat.session('s')).toBe(chat.session('s'));
    expect(chat.session('other')).toBe(other);
  });
});
