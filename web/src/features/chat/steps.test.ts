import { describe, expect, it } from 'vitest';
import type { TurnEvent } from '@/api/frames';
import type { TurnEventKind } from '@/api/types';
import { foldSteps, NO_STEPS, plainText, type Steps, settledSteps, storedSteps, textOf } from './steps';

const at = (second: number) => `2026-01-01T00:00:0${second}Z`;
const fold = (kinds: TurnEventKind[], from: Steps = NO_STEPS) =>
  kinds.reduce<Steps>(
    (steps, kind, index) =>
      foldSteps(steps, {
        ...kind,
        turn_id: 't',
        session_id: 's',
        seq: index + 1,
        timestamp: at(index),
      } as TurnEvent),
    from,
  );
const chunk = (content: string): TurnEventKind => ({ type: 'chunk', content });
const think = (content: string): TurnEventKind => ({ type: 'thinking', content });
const call = (id: string, args: unknown = {}): TurnEventKind => ({
  type: 'tool_call',
  id,
  name: 'shell',
  args,
});
const result = (id: string, success = true): TurnEventKind => ({
  type: 'tool_result',
  id,
  name: 'shell',
  output: 'out',
  success,
  duration_ms: 40,
});
const done = (response: string): TurnEventKind => ({
  type: 'done',
  response,
  full_response: response,
  model: 'm',
  provider: 'p',
  input_tokens: 1,
  output_tokens: 1,
  cached_tokens: 0,
  duration_ms: 1,
});

describe('the steps of an answer', () => {
  it('come in the order in which they happened', () => {
    const steps = fold([
      think('hm'),
      chunk('I '),
      chunk('look.'),
      call('1'),
      result('1'),
      chunk('Found it.'),
    ]);
    expect(steps.map((step) => step.kind)).toEqual(['thought', 'text', 'tool', 'text']);
    expect(plainText(steps)).toBe('I look.\n\nFound it.');
  });
  it('know how long the thinking took', () => {
    const [thought] = fold([think('a'), think('b'), chunk('x')]);
    expect(thought).toMatchObject({ text: 'ab', startedAt: at(0), endedAt: at(2) });
  });
  it('put a result to its call, and say of others that they were not finished', () => {
    const steps = fold([call('1'), call('2'), result('2', false), { type: 'cancelled' }]);
    expect(steps).toMatchObject([
      { id: '1', state: 'unfinished', output: null },
      { id: '2', state: 'failed', output: 'out', durationMs: 40 },
    ]);
  });
  it('show the last lines of what a tool says while it runs, and then all of its result', () => {
    const says = (content: string): TurnEventKind => ({ type: 'tool_output', id: '1', content });
    const lines = Array.from({ length: 40 }, (_, line) => `line ${line}\n`);
    const running = fold([call('1'), says('begun\n'), says('on\n')]);
    expect(running).toMatchObject([{ state: 'running', live: 'begun\non\n', output: null }]);
    const [tool] = fold([call('1'), ...lines.map(says)]);
    const live = tool?.kind === 'tool' ? tool.live : null;
    expect(live?.endsWith('line 38\nline 39\n')).toBe(true);
    expect(live?.startsWith('line 26\n')).toBe(true);
    const over = fold([call('1'), says('begun\n'), result('1'), says('late\n')]);
    expect(over).toMatchObject([{ state: 'done', live: null, output: 'out' }]);
    // What was said before it was stopped stays.
    const stopped = fold([call('1'), says('begun\n'), { type: 'cancelled' }]);
    expect(stopped).toMatchObject([{ state: 'unfinished', live: 'begun\n' }]);
  });
  it('keep an approval and its decision together', () => {
    const request: TurnEventKind = {
      type: 'approval_request',
      request_id: 'r',
      call_id: '1',
      kind: 'tool',
      tool: 'shell',
      args: { command: 'ls' },
      summary: 'Run ls',
      risk: 'high',
      action: { kind: 'command', command: 'ls', folder: '/' },
      expires_at: at(9),
    };
    const resolved: TurnEventKind = {
      type: 'approval_resolved',
      request_id: 'r',
      call_id: '1',
      decision: 'approve',
      scope: 'once',
      by: 'Phone',
    };
    expect(fold([request])).toMatchObject([{ kind: 'approval', decision: null }]);
    expect(fold([request, resolved])).toMatchObject([{ decision: 'approve', by: 'Phone' }]);
  });
  it('drop void words after a restart, and keep what tools have done', () => {
    const again: TurnEventKind = { type: 'notice', message: 'again', discard_from_seq: 2 };
    const steps = fold([chunk('a'), chunk('b'), call('1'), chunk('c'), again, chunk('d')]);
    expect(textOf(steps)).toBe('ad');
    expect(steps.filter((step) => step.kind === 'tool')).toHaveLength(1);
  });
  it('end with the words that the gateway says are the answer', () => {
    expect(plainText(fold([chunk('half'), done('half and the rest')]))).toBe('half and the rest');
    expect(plainText(fold([chunk('one'), call('1'), result('1'), chunk('two'), done('two')]))).toBe(
      'one\n\ntwo',
    );
    expect(plainText(fold([chunk('one'), call('1'), result('1'), chunk('two'), done('onetwo')]))).toBe(
      'one\n\ntwo',
    );
  });
  it('are taken from the store where nothing was seen', () => {
    expect(settledSteps(NO_STEPS, 'all', 'because')).toMatchObject([
      { kind: 'thought', text: 'because' },
      { kind: 'text', text: 'all' },
    ]);
    expect(storedSteps('', '')).toEqual([]);
  });
  it('are those that were seen, when they come from the store', () => {
    const args = { command: 'ls' };
    const stored = [
      {
        text: 'I look.',
        calls: [
          { id: '1', name: 'shell', args, output: 'out', success: true, duration_ms: 40 },
          { id: '2', name: 'shell', args, output: 'no', success: false, duration_ms: 40 },
        ],
      },
      { text: 'Found it.', calls: [] },
    ];
    const seen = fold([
      think('hm'),
      chunk('I look.'),
      call('1', args),
      result('1'),
      call('2', args),
      { ...result('2', false), output: 'no' } as TurnEventKind,
      chunk('Found it.'),
    ]);
    const bare = (steps: Steps) =>
      steps.map((step) => ({ ...step, key: '', marks: null, startedAt: null, endedAt: null }));
    const kept = storedSteps('I look.Found it.', 'hm', stored);
    expect(bare(kept)).toEqual(bare(seen));
    expect(new Set(kept.map((step) => step.key)).size).toBe(kept.length);
    expect(bare(settledSteps(NO_STEPS, 'I look.Found it.', 'hm', stored))).toEqual(bare(seen));
    expect(settledSteps(seen, 'I look.Found it.', 'hm', stored)).toEqual(seen);
  });
  it('tell from the store what was decided, and what was never finished', () => {
    const approval = { request_id: 'r', decision: 'deny', by: 'Phone' } as const;
    const kept = storedSteps('', '', [
      { text: '', calls: [{ id: '1', name: 'shell', args: {}, summary: 'Runs ls', risk: 'high', approval }] },
    ]);
    expect(kept).toMatchObject([
      { kind: 'tool', state: 'unfinished', output: null },
      { kind: 'approval', decision: 'deny', by: 'Phone', summary: 'Runs ls', risk: 'high' },
    ]);
  });
});
