import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TurnEvent } from '@/api/frames';
import type { Turn, TurnEventKind } from '@/api/types';
import { textOf, thoughtsOf } from './steps';
import { apply, isFinal, type LiveTurn, newTurn, settle } from './turn.logic';

const at = '2026-01-01T00:00:00Z';
const journal = (kinds: TurnEventKind[]): TurnEvent[] =>
  kinds.map((kind, index) => ({ ...kind, turn_id: 't', session_id: 's', seq: index + 1, timestamp: at }));
const run = (events: TurnEvent[], from = newTurn('t', 's')) =>
  events.reduce((turn, event) => apply(turn, event).turn, from);
/** What can be read of it. */
const read = (turn: LiveTurn) => ({ ...turn, text: textOf(turn.steps), thinking: thoughtsOf(turn.steps) });
const chunk = (content: string): TurnEventKind => ({ type: 'chunk', content });
const done = (response: string): TurnEventKind => ({
  type: 'done',
  response,
  full_response: response,
  model: 'm',
  provider: 'p',
  input_tokens: 1,
  output_tokens: 2,
  cached_tokens: 0,
  duration_ms: 3,
});

/** What is left of a journal, read the slow and obvious way: strike out the void pieces, then join. */
function obvious(events: TurnEvent[]) {
  const alive = new Set(events);
  for (const event of events)
    if (event.type === 'notice' && event.discard_from_seq != null)
      for (const piece of events)
        if (piece.seq >= event.discard_from_seq && piece.seq < event.seq && piece.type !== 'notice')
          alive.delete(piece);
  const join = (type: 'chunk' | 'thinking') =>
    events
      .filter((event) => alive.has(event) && event.type === type)
      .map((event) => (event as { content: string }).content)
      .join('');
  return { text: join('chunk'), thinking: join('thinking') };
}

const piece = fc.oneof(
  { weight: 8, arbitrary: fc.string({ maxLength: 4 }).map(chunk) },
  {
    weight: 3,
    arbitrary: fc.string({ maxLength: 4 }).map((content): TurnEventKind => ({ type: 'thinking', content })),
  },
  { weight: 1, arbitrary: fc.constant<TurnEventKind>({ type: 'notice', message: 'hm' }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<TurnEventKind>(
      { type: 'tool_call', id: 'c1', name: 'read', args: {} },
      { type: 'tool_call', id: 'c2', name: 'write', args: {} },
      { type: 'tool_result', id: 'c1', name: 'read', output: 'x', success: true, duration_ms: 1 },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<TurnEventKind>({ type: 'notice', message: 'again', discard_from_seq: 0 }),
  },
);
/** A whole turn: started, pieces with restarts among them, an end. */
const wholeTurn = fc
  .record({
    pieces: fc.array(piece, { maxLength: 40 }),
    cuts: fc.array(fc.nat(60), { minLength: 40, maxLength: 40 }),
    end: fc.constantFrom('done', 'error', 'cancelled', 'none'),
  })
  .map(({ pieces, cuts, end }) => {
    const kinds: TurnEventKind[] = [{ type: 'turn_started', origin: 'chat', model: 'm', provider: 'p' }];
    pieces.forEach((kind, index) => {
      const restart = kind.type === 'notice' && kind.discard_from_seq != null;
      kinds.push(restart ? { ...kind, discard_from_seq: 2 + ((cuts[index] as number) % (index + 1)) } : kind);
    });
    const text = obvious(journal(kinds)).text;
    if (end === 'done') kinds.push(done(text));
    if (end === 'error') kinds.push({ type: 'error', message: 'no', code: 'PROVIDER_ERROR' });
    if (end === 'cancelled') kinds.push({ type: 'cancelled' });
    return journal(kinds);
  });

describe('a turn', () => {
  it('has no gap and no duplicate, however its events come', () => {
    fc.assert(
      fc.property(wholeTurn, fc.infiniteStream(fc.nat(1_000)), (events, chance) => {
        const next = (below: number) => (chance.next().value as number) % below;
        let turn = newTurn('t', 's');
        // The network: a shuffled, doubled, holed delivery, cut at random; each cut and each hole is answered by a replay.
        for (let round = 0; round < 60 && turn.seq < events.length && !isFinal(turn.state); round++) {
          const wire = events.slice(turn.seq, turn.seq + 1 + next(12));
          for (let swap = next(4); swap > 0 && wire.length > 1; swap--) {
            const place = next(wire.length - 1);
            [wire[place], wire[place + 1]] = [wire[place + 1] as TurnEvent, wire[place] as TurnEvent];
          }
          if (next(3) === 0) wire.splice(next(wire.length), 1);
          for (let twice = next(4); twice > 0; twice--) wire.push(events[next(events.length)] as TurnEvent);
          for (const event of wire) {
            const before = turn.seq;
            const applied = apply(turn, event);
            turn = applied.turn;
            expect(turn.seq).toBeGreaterThanOrEqual(before);
            const folded = events.slice(0, turn.seq);
            const { text, thinking } = read(turn);
            expect({ text, thinking }).toEqual(obvious(folded));
            if (applied.missingAfter !== null) expect(applied.missingAfter).toBe(turn.seq);
            if (event.seq > turn.seq && !isFinal(turn.state)) expect(applied.missingAfter).toBe(turn.seq);
          }
        }
        turn = run(events.slice(turn.seq), turn);
        const straight = run(events);
        expect(turn).toEqual(straight);
        expect(turn.ahead.size).toBe(0);
        expect(turn.seq).toBe(events.length);
      }),
      { numRuns: 400 },
    );
  });

  it('asks for what is missing and uses what came early', () => {
    const [start, a, b, c] = journal([
      { type: 'turn_started', origin: 'chat', model: 'm', provider: 'p' },
      chunk('a'),
      chunk('b'),
      chunk('c'),
    ]) as [TurnEvent, TurnEvent, TurnEvent, TurnEvent];
    let step = apply(run([start]), c);
    expect(step).toMatchObject({ missingAfter: 1, turn: { seq: 1 } });
    expect(read(step.turn).text).toBe('');
    step = apply(step.turn, a);
    expect(step.missingAfter).toBe(2);
    expect(read(step.turn).text).toBe('a');
    step = apply(step.turn, b);
    expect(step).toMatchObject({ missingAfter: null, turn: { seq: 4 } });
    expect(read(step.turn).text).toBe('abc');
  });

  it('begins its answer again after a restart, and keeps what was settled before', () => {
    const turn = run(
      journal([
        { type: 'thinking', content: 'old ' },
        chunk('one '),
        chunk('two '),
        { type: 'notice', message: 'The gateway was restarted.', discard_from_seq: 3 },
        chunk('zwei'),
      ]),
    );
    expect(read(turn)).toMatchObject({
      text: 'one zwei',
      thinking: 'old ',
      notices: ['The gateway was restarted.'],
    });
  });

  it('keeps what the model was shown of the memory', () => {
    const memories = [{ key: 'dog', category: 'core', pinned: true, snippet: 'Rex' }];
    expect(run(journal([{ type: 'memory_used', memories }, done('a')]))).toMatchObject({ memories, seq: 2 });
  });

  it('is deaf after its end', () => {
    const events = journal([chunk('a'), { type: 'cancelled' }, chunk('b')]);
    expect(read(run(events))).toMatchObject({ state: 'cancelled', text: 'a', seq: 2 });
  });

  it('knows a message taken back from an answer stopped', () => {
    const [cancelled] = journal([{ type: 'cancelled' }]) as [TurnEvent];
    expect(apply(newTurn('t', 's', { state: 'queued' }), cancelled).turn.withdrawn).toBe(true);
    expect(apply(newTurn('t', 's'), cancelled).turn.withdrawn).toBe(false);
  });

  it('counts events that it does not know', () => {
    const strange = { ...journal([chunk('x')])[0], type: 'sparkle' } as unknown as TurnEvent;
    const [, b] = journal([chunk('a'), chunk('b')]) as [TurnEvent, TurnEvent];
    expect(read(run([strange, b]))).toMatchObject({ seq: 2, text: 'b' });
  });
});

describe('what the gateway says of a turn as a whole', () => {
  const known = (over: Partial<Turn>): Turn => ({
    turn_id: 't',
    session_id: 's',
    state: 'running',
    origin: 'chat',
    message: 'hello',
    attachments: [],
    usage: { input_tokens: 0, output_tokens: 0, cached_tokens: 0, reasoning_tokens: 0 },
    last_seq: 9,
    created_at: at,
    ...over,
  });
  const half: LiveTurn = run(journal([chunk('a')]));

  it('fills in the message and does not jump over events that are on their way', () => {
    expect(read(settle(half, known({})))).toMatchObject({
      message: 'hello',
      seq: 1,
      state: 'running',
      text: 'a',
    });
  });
  it('ends a turn whose last events were missed', () => {
    const over = settle(half, known({ state: 'done', response: 'abc' }));
    expect(read(over)).toMatchObject({ state: 'done', text: 'abc', seq: 9 });
    expect(apply(over, journal([chunk('a'), chunk('b')])[1] as TurnEvent).turn).toBe(over);
  });
  it('takes a cancelled turn that never began for a withdrawn one', () => {
    const queued = newTurn('t', 's', { state: 'queued' });
    expect(settle(queued, known({ state: 'cancelled' })).withdrawn).toBe(true);
    expect(settle(half, known({ state: 'cancelled', started_at: at })).withdrawn).toBe(false);
  });
});
