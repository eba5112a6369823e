import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message, TurnState } from '@/api/types';
import type { Waiting } from './outbox';
import { plainText, storedSteps } from './steps';
import { type AnswerRow, heldByStore, leftBehind, mergeThread, type Row } from './thread.logic';
import { isFinal, type LiveTurn, newTurn } from './turn.logic';

const at = '2026-01-01T00:00:00Z';
const message = (turn: string, role: Message['role'], over: Partial<Message> = {}): Message => ({
  id: `${turn}-${role}`,
  turn_id: turn,
  role,
  content: role === 'user' ? `question ${turn}` : `answer ${turn}`,
  created_at: at,
  state: 'done',
  origin: 'chat',
  attachments: [],
  ...over,
});
const both = (turn: string) => [message(turn, 'user'), message(turn, 'assistant')];
const live = (turn: string, over: Partial<LiveTurn> = {}) =>
  newTurn(turn, 's', { message: `question ${turn}`, steps: storedSteps('so far', ''), ...over });
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
const said = (row: Row | undefined) => plainText((row as AnswerRow).steps);
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
    expect(rows[1]).toMatchObject({ notices: ['restarted'], question: 'question 1' });
    expect(said(rows[1])).toBe('answer 1');
  });
  it('shows the end of a turn that ended without a word', () => {
    const failed = message('1', 'user', { state: 'failed', error: { code: 'TIMEOUT', message: 'too slow' } });
    expect(mergeThread([failed], [], [])[1]).toMatchObject({
      kind: 'answer',
      steps: [],
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

  it('hides what a message on its way replaces, and all that followed it', () => {
    const stored = [...both('1'), ...both('2'), ...both('3')];
    const rows = mergeThread(stored, [], [waiting('c', { replaces: '2' })]);
    expect(keys(rows)).toEqual(['1:user', '1:answer', 'c:waiting']);
    const taken = mergeThread(stored, [live('4', { replaces: '2' })], []);
    expect(keys(taken)).toEqual(['1:user', '1:answer', '4:user', '4:answer']);
  });
  it('brings it back when the replacement was refused, and trusts the gateway once it has it', () => {
    const stored = [...both('1'), ...both('2')];
    const refused = waiting('c', { replaces: '2', state: 'refused' });
    expect(keys(mergeThread(stored, [], [refused]))).toEqual([
      '1:user',
      '1:answer',
      '2:user',
      '2:answer',
      'c:waiting',
    ]);
    const fresh = [...both('1'), message('4', 'user', { state: 'running' })];
    expect(keys(mergeThread(fresh, [live('4', { replaces: '2' })], []))).toEqual([
      '1:user',
      '1:answer',
      '4:user',
      '4:answer',
    ]);
  });
  it('does not show an ended turn that stands on another branch', () => {
    const behind = live('2', { state: 'done' });
    const stored = [...both('1'), ...both('3')];
    expect(keys(mergeThread(stored, [behind], []))).toEqual(['1:user', '1:answer', '3:user', '3:answer']);
    expect(leftBehind(stored, [behind])).toEqual(['2']);
  });
  it('keeps the live copy of an answer that used tools: it tells more than the stored one', () => {
    const tool = { kind: 'tool', key: '2', id: 'c', name: 'read', args: {}, state: 'done' } as const;
    const steps = [
      { ...tool, output: 'x', live: null, startedAt: at, durationMs: 1 },
      ...storedSteps('answer 1', ''),
    ];
    const turn = live('1', { state: 'done', steps });
    expect(heldByStore(both('1'), [turn])).toEqual([]);
    expect(mergeThread(both('1'), [turn], [])[1]).toMatchObject({ steps });
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
          const behind = leftBehind(messages, running).includes(`${index}`);
          if (stored === 'both' || (streamed && state !== 'queued' && !behind))
            expect(answers).toHaveLength(1);
        });
        for (const id of heldByStore(messages, running)) {
          expect(isFinal(running.find((turn) => turn.turnId === id)?.state ?? 'running')).toBe(true);
          expect(messages.some((one) => one.turn_id === id && isFinal(one.state))).toBe(true);
        }
      }),
    );
  });
});
