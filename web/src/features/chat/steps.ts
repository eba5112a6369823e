/**
 * What an answer is made of, in the order in which it happened: thoughts, text, tools, approvals. Text before a tool
 * call and text after it stay two steps.
 */
import { type ActionPreview, readAction } from '@/api/approvals';
import type { TurnEvent } from '@/api/frames';
import type { Decision, Risk, StoredStep } from '@/api/types';

/** How long a step was before each of its pieces: what a restart has to cut back to. */
interface Mark {
  seq: number;
  length: number;
  before: Mark | null;
}

interface Written {
  key: string;
  text: string;
  marks: Mark | null;
}

export interface TextStep extends Written {
  kind: 'text';
}

export interface ThoughtStep extends Written {
  kind: 'thought';
  startedAt: string | null;
  /** Null while it goes on, and where nobody wrote down when it ended. */
  endedAt: string | null;
}

export interface ToolStep {
  kind: 'tool';
  key: string;
  id: string;
  name: string;
  args: unknown;
  state: 'running' | 'done' | 'failed' | 'unfinished';
  output: string | null;
  /** What it has said so far, while it runs: the last of it. */
  live: string | null;
  /** What the tool tells beside its output, as it gives it. */
  details?: unknown;
  startedAt: string | null;
  durationMs: number | null;
}

export interface ApprovalStep {
  kind: 'approval';
  key: string;
  requestId: string;
  tool: string;
  args: unknown;
  action: ActionPreview;
  summary: string;
  risk: Risk;
  /** What "always" would cover; without it there is no such answer. */
  always?: string;
  expiresAt: string;
  decision: Decision | null;
  by: string | null;
  scope?: 'once' | 'session' | 'always';
  reason?: string;
  answer?: string;
}

export type Step = TextStep | ThoughtStep | ToolStep | ApprovalStep;
export type Steps = readonly Step[];

export const NO_STEPS: Steps = [];

const written = (kind: 'text' | 'thought') => (steps: Steps) =>
  steps
    .filter((step) => step.kind === kind)
    .map((step) => (step as Written).text)
    .join('');
export const textOf = written('text');
export const thoughtsOf = written('thought');

/** The answer's text for a reader: what stood on both sides of a tool call is not run together. */
export const plainText = (steps: Steps) =>
  steps.flatMap((step) => (step.kind === 'text' && step.text.trim() ? [step.text.trim()] : [])).join('\n\n');

export const hasTools = (steps: Steps) =>
  steps.some((step) => step.kind === 'tool' || step.kind === 'approval');

/** Whether there is more in it than a stored message can tell: tools, and how long the thinking took. */
export const tellsMore = (steps: Steps) =>
  hasTools(steps) || steps.some((step) => step.kind === 'thought' && step.endedAt !== null);

/** Only the time between two moments counts where nobody knows when it was. */
const momentOf = (millis: number) => new Date(millis).toISOString();

/** What a stored answer was made of. Keys are places: the same message gives the same steps each time. */
export const storedSteps = (
  text: string,
  thoughts: string,
  before: readonly StoredStep[] | undefined = undefined,
  /** How long it thought, in milliseconds, where that was measured. */
  thoughtMs: number | undefined = undefined,
): Steps => [
  ...(thoughts
    ? [
        {
          kind: 'thought',
          key: 'thought',
          text: thoughts,
          marks: null,
          startedAt: thoughtMs === undefined ? null : momentOf(0),
          endedAt: thoughtMs === undefined ? null : momentOf(thoughtMs),
        } as const,
      ]
    : []),
  ...(before ?? (text ? [{ text, calls: [] }] : [])).flatMap((step, place): Step[] => [
    ...(step.text ? [{ kind: 'text', key: `text${place}`, text: step.text, marks: null } as const] : []),
    ...step.calls.flatMap(storedCall),
  ]),
];

function storedCall(call: StoredStep['calls'][number]): Step[] {
  const tool: ToolStep = {
    kind: 'tool',
    key: `call${call.id}`,
    id: call.id,
    name: call.name,
    args: call.args,
    state: call.success === undefined ? 'unfinished' : call.success ? 'done' : 'failed',
    output: call.output ?? null,
    live: null,
    details: call.details,
    startedAt: null,
    durationMs: call.duration_ms ?? null,
  };
  const { approval } = call;
  if (!approval) return [tool];
  const asked: ApprovalStep = {
    kind: 'approval',
    key: approval.request_id,
    requestId: approval.request_id,
    tool: call.name,
    args: call.args,
    action: storedAction(call.name, call.args),
    summary: call.summary ?? '',
    risk: call.risk ?? 'low',
    // It ended with its turn, whenever it would have run out.
    expiresAt: new Date(0).toISOString(),
    decision: approval.decision ?? null,
    by: approval.by ?? null,
    answer: approval.answer,
  };
  return [tool, asked];
}

/** What was wanted stands in the call itself; only a question is shown in its own words. */
function storedAction(tool: string, args: unknown): ActionPreview {
  const question =
    tool === 'ask_user' && typeof args === 'object' && args !== null && 'question' in args && args.question;
  return typeof question === 'string' ? { kind: 'question', question, options: [] } : { kind: 'summary' };
}

const put = (steps: Steps, place: number, step: Step): Steps =>
  steps.map((one, at) => (at === place ? step : one));

/** Takes one event in; what does not concern the steps leaves them as they are. */
export function foldSteps(steps: Steps, event: TurnEvent): Steps {
  switch (event.type) {
    case 'chunk':
      return write(thoughtOver(steps, event.timestamp), 'text', event);
    case 'thinking':
      return write(steps, 'thought', event);
    case 'notice':
      return event.discard_from_seq == null ? steps : cutBack(steps, event.discard_from_seq);
    case 'tool_call':
      return withTool(thoughtOver(steps, event.timestamp), event);
    case 'tool_result':
      return change(
        steps,
        (step) => step.kind === 'tool' && step.id === event.id,
        (step) => ({
          ...step,
          state: event.success ? 'done' : 'failed',
          output: event.output,
          live: null,
          details: event.details,
          durationMs: event.duration_ms,
        }),
      );
    case 'tool_output':
      return change(
        steps,
        (step) => step.kind === 'tool' && step.id === event.id,
        (step) =>
          step.kind === 'tool' && step.state === 'running'
            ? { ...step, live: lastLines((step.live ?? '') + event.content) }
            : step,
      );
    case 'approval_request':
      return [
        ...thoughtOver(steps, event.timestamp),
        {
          kind: 'approval',
          key: `${event.seq}`,
          requestId: event.request_id,
          tool: event.tool,
          args: event.args,
          action: readAction(event.action),
          summary: event.summary,
          risk: event.risk,
          always: event.always,
          expiresAt: event.expires_at,
          decision: null,
          by: null,
        },
      ];
    case 'approval_resolved':
      return change(
        steps,
        (step) => step.kind === 'approval' && step.requestId === event.request_id,
        (step) => ({
          ...step,
          decision: event.decision,
          by: event.by,
          scope: event.scope,
          reason: event.reason,
          answer: event.answer,
        }),
      );
    case 'done':
      return withAnswer(ended(steps, event.timestamp), event.response);
    case 'error':
    case 'cancelled':
      return ended(steps, event.timestamp);
    default:
      return steps;
  }
}

/** The last of the matching steps is changed: a name may come again after a restart. */
function change(steps: Steps, which: (step: Step) => boolean, how: (step: Step) => Step | object): Steps {
  const place = steps.findLastIndex(which);
  return place === -1 ? steps : put(steps, place, how(steps[place] as Step) as Step);
}

/** Lines of live output that are kept: the rest comes with the result. */
const LIVE_LINES = 14;

function lastLines(text: string): string {
  const lines = text.split('\n');
  // What ends with a line break has an empty line after it.
  return lines.slice(-LIVE_LINES - 1).join('\n');
}

function withTool(steps: Steps, event: TurnEvent & { type: 'tool_call' }): Steps {
  const call: ToolStep = {
    kind: 'tool',
    key: `${event.seq}`,
    id: event.id,
    name: event.name,
    args: event.args,
    state: 'running',
    output: null,
    live: null,
    startedAt: event.timestamp,
    durationMs: null,
  };
  const again = steps.findIndex(
    (step) => step.kind === 'tool' && step.id === event.id && step.state === 'running',
  );
  return again === -1 ? [...steps, call] : put(steps, again, { ...call, key: (steps[again] as Step).key });
}

function write(
  steps: Steps,
  kind: 'text' | 'thought',
  event: { seq: number; timestamp: string; content: string },
): Steps {
  const last = steps.at(-1);
  if (last?.kind === kind) {
    const grown = {
      ...last,
      text: last.text + event.content,
      marks: { seq: event.seq, length: last.text.length, before: last.marks },
    };
    return put(steps, steps.length - 1, grown);
  }
  const begun: Written = {
    key: `${event.seq}`,
    text: event.content,
    marks: { seq: event.seq, length: 0, before: null },
  };
  const step: Step =
    kind === 'text' ? { kind, ...begun } : { kind, ...begun, startedAt: event.timestamp, endedAt: null };
  return [...steps, step];
}

const thoughtOver = (steps: Steps, at: string): Steps => {
  const last = steps.at(-1);
  return last?.kind === 'thought' && last.endedAt === null
    ? put(steps, steps.length - 1, { ...last, endedAt: at })
    : steps;
};

/** Nothing goes on any more. */
function ended(steps: Steps, at: string): Steps {
  const over = thoughtOver(steps, at);
  return over.some((step) => step.kind === 'tool' && step.state === 'running')
    ? over.map((step) =>
        step.kind === 'tool' && step.state === 'running' ? { ...step, state: 'unfinished' } : step,
      )
    : over;
}

/** Voids every piece from `seq` on. Tools that were called stay: what they did is done. */
function cutBack(steps: Steps, seq: number): Steps {
  return steps.flatMap((step): Step[] => {
    if (step.kind !== 'text' && step.kind !== 'thought') return [step];
    let marks = step.marks;
    let length: number | null = null;
    while (marks && marks.seq >= seq) {
      length = marks.length;
      marks = marks.before;
    }
    if (length === null) return [step];
    if (!marks) return [];
    const cut = { ...step, text: step.text.slice(0, length), marks };
    return [cut.kind === 'thought' ? { ...cut, endedAt: null } : cut];
  });
}

/** Makes the text that of the gateway, which has the last word; the steps stay as they are where they say the same. */
export function withAnswer(steps: Steps, answer: string): Steps {
  if (textOf(steps) === answer) return steps;
  const afterTools = steps.findLastIndex((step) => step.kind === 'tool' || step.kind === 'approval') + 1;
  const tail = steps.slice(afterTools);
  if (textOf(tail) === answer) return steps;
  const before = textOf(steps.slice(0, afterTools));
  // Some doors give the whole text as the answer, some only what came after the last tool.
  const rest = before && answer.startsWith(before) ? answer.slice(before.length) : answer;
  const text: TextStep = { kind: 'text', key: 'answer', text: rest, marks: null };
  return [
    ...steps.slice(0, afterTools),
    ...tail.filter((step) => step.kind === 'thought'),
    ...(rest ? [text] : []),
  ];
}

/** The same for the end of a turn that was seen only in part. */
export function settledSteps(
  steps: Steps,
  answer: string | undefined,
  thoughts: string | undefined,
  stored: readonly StoredStep[] | undefined = undefined,
  thoughtMs: number | undefined = undefined,
): Steps {
  if (stored) {
    const calls = stored.flatMap((step) => step.calls).length;
    const seen = steps.filter((step) => step.kind === 'tool' && step.state !== 'running').length;
    if (seen < calls) return storedSteps(answer ?? '', thoughts ?? thoughtsOf(steps), stored, thoughtMs);
  }
  if (!hasTools(steps) && thoughts !== undefined && thoughtsOf(steps) !== thoughts)
    return storedSteps(answer ?? textOf(steps), thoughts, undefined, thoughtMs);
  const over = steps.map((step) =>
    step.kind === 'tool' && step.state === 'running' ? { ...step, state: 'unfinished' as const } : step,
  );
  return answer === undefined ? over : withAnswer(over, answer);
}
