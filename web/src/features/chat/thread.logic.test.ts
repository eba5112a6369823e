import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message, TurnState } from '@/api/types';
import type { Waiting } from './outbox';
import { flatten, heldByStore, mergeThread } from './thread.logic';
import { isFinal, type LiveTurn, newTurn } from './turn.logic';

const at = '2026-01-01T00:00:00Z';
const message = (turn: string, role: Message['role'], over: Partial<Message> = {}): Message => ({
  id: `${turn}-${role}`,
  turn_id: turn,
  role,
  content: role === 'user' ? `question ${turn}` : `answer ${turn}`,
  created_at: at,
  state: 'done',
  attachments: [],
  ...over,
});
const both = (turn: string) => [message(turn, 'user'), message(turn, 'assistant')];
const live = (turn: string, over: Partial<LiveTurn> = {}) =>
  newTurn(turn, 's', { message: `question ${turn}`, text: 'so far', ...over });
const waiting = (id: string, over: Partial<Waiting> = {}): Waiting => ({
  clientId: id,
  sessionId: 's',
  message: `words ${id}`,
  at,
  state: 'waiting',
  error: null,
  opensSession: false,
  ...over,
});
const keys = (rows: ReturnType<typeof mergeThread>) => rows.map((row) => row.key);

describe('a conversation', () => {
  it('shows stored messages, then what runs, then what waits', () => {
    const rows = mergeThread(both('1'), [live('2')], [waiting('c')]);
    expect(keys(rows)).toEqual(['1:user', '1:answer', '2:user', '2:answer', 'c:waiting']);
  });
  it('puts a running answer below its own question, above queued ones', () => {
    const stored = [message('1', 'user', { state: 'running' }), message('2', 'user', { state: 'queued' })];
    const rows = mergeThread(stored, [live('1'), live('2', { state: 'queued' })], []);
    expect(keys(rows)).toEqual(['1:user', '1:answer', '2:user']);
    expect(rows[2]).toMatchObject({ state: 'queued' });
  });
  it('takes the stored answer over the live one, and keeps its notices', () => {
    const rows = mergeThread(both('1'), [live('1', { state: 'done', notices: ['restarted'] })], []);
    expect(rows).toHaveLength(2);
    expect(rows[1]).toMatchObject({ text: 'answer 1', notices: ['restarted'], question: 'question 1' });
  });
  it('shows the end of a turn that ended without a word', () => {
    const failed = message('1', 'user', { state: 'failed', error: { code: 'TIMEOUT', message: 'too slow' } });
    expect(mergeThread([failed], [], [])[1]).toMatchObject({
      kind: 'answer',
      text: '',
      state: 'failed',
      errorCode: 'TIMEOUT',
      question: 'question 1',
    });
  });
  it('hides a message that was taken back', () => {
    const state = 'cancelled';
    const taken = [message('1', 'user', { state }), message('1', 'assistant', { state, content: '' })];
    expect(mergeThread(taken, [], [])).toEqual([]);
    const stopped = [
      message('2', 'user', { state }),
      message('2', 'assistant', { state, content: '', model: 'm' }),
    ];
    expect(mergeThread(stopped, [], [])).toHaveLength(2);
    expect(mergeThread([], [live('1', { state: 'cancelled', withdrawn: true })], [])).toEqual([]);
  });
  it('shows a refused message with its reason', () => {
    const error = { code: 'RATE_LIMITED', message: 'too many' };
    const [row] = mergeThread([], [], [waiting('c', { state: 'refused', error })]);
    expect(row).toMatchObject({ state: 'refused', errorCode: 'RATE_LIMITED', clientId: 'c' });
  });

  it('shows no message twice, however far store and stream have come', () => {
    const standing = fc.record({
      stored: fc.constantFrom('nothing', 'question', 'both'),
      streamed: fc.boolean(),
      state: fc.constantFrom<TurnState>('queued', 'running', 'done', 'failed', 'cancelled'),
    });
    fc.assert(
      fc.property(fc.array(standing, { maxLength: 8 }), (turns) => {
        const messages = turns.flatMap(({ stored, state }, index) => {
          if (stored === 'nothing') return [];
          const ended = stored === 'both' ? 'done' : state;
          const user = message(`${index}`, 'user', { state: ended });
          return stored === 'both' ? [user, message(`${index}`, 'assistant')] : [user];
        });
        const running = turns.flatMap(({ streamed, state }, index) =>
          streamed ? [live(`${index}`, { state })] : [],
        );
        const rows = mergeThread(messages, running, []);
        expect(new Set(keys(rows)).size).toBe(rows.length);
        turns.forEach(({ stored, streamed, state }, index) => {
          const answers = rows.filter((row) => row.kind === 'answer' && row.turnId === `${index}`);
          if (stored === 'both' || (streamed && state !== 'queued')) expect(answers).toHaveLength(1);
        });
        for (const id of heldByStore(messages, running)) {
          expect(isFinal(running.find((turn) => turn.turnId === id)?.state ?? 'running')).toBe(true);
          expect(messages.some((one) => one.turn_id === id && isFinal(one.state))).toBe(true);
        }
      }),
    );
  });
});

describe('pages of messages', () => {
  it('come oldest first and overlap without doubles', () => {
    const [a, b, c] = [...both('1'), message('2', 'user')] as [Message, Message, Message];
    expect(flatten([{ messages: [b, c] }, { messages: [a, b] }])).toEqual([a, b, c]);
  });
});
