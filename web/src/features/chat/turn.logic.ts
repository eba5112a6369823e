/**
 * One turn as this page knows it: a pure fold over its events. Events may come twice, out of order or with holes
 * (a cut connection, a second tab, a restarted gateway); what is shown is always the fold of seq 1, 2, … n.
 */
import type { TurnEvent } from '@/api/frames';
import type { Attachment, Origin, Turn, TurnState, UsedMemory } from '@/api/types';
import { foldSteps, NO_STEPS, type Steps, settledSteps } from './steps';

export interface TurnResult {
  model: string | null;
  inputTokens: number | null;
  outputTokens: number | null;
  cachedTokens: number | null;
  costUsd: string | null;
  durationMs: number | null;
}

export interface LiveTurn {
  turnId: string;
  sessionId: string;
  state: TurnState;
  /** The last event folded in; the next one wanted is `seq + 1`. */
  seq: number;
  /** What the user said; null until somebody tells us (a turn started elsewhere). */
  message: string | null;
  createdAt: string | null;
  steps: Steps;
  notices: string[];
  /** What the model was shown of the memory. */
  memories: readonly UsedMemory[];
  /** By which door it came in; null until its start was seen. */
  origin: Origin | null;
  attachments: readonly Attachment[];
  model: string | null;
  provider: string | null;
  /** The turn whose place it takes, as far as this page knows. */
  replaces: string | null;
  result: TurnResult | null;
  error: { code: string; message: string } | null;
  /** The user asked for its end; the gateway has not confirmed yet. */
  stopping: boolean;
  /** It ended before its work began: a queued message taken back. */
  withdrawn: boolean;
  /** Events that came before one that is missing, by seq. */
  ahead: ReadonlyMap<number, TurnEvent>;
}

const NO_FILES: readonly Attachment[] = [];
export const NO_MEMORIES: readonly UsedMemory[] = [];

export const isFinal = (state: TurnState) =>
  state === 'done' || state === 'failed' || state === 'cancelled' || state === 'interrupted';

export function newTurn(turnId: string, sessionId: string, known: Partial<LiveTurn> = {}): LiveTurn {
  return {
    turnId,
    sessionId,
    state: 'running',
    seq: 0,
    message: null,
    createdAt: null,
    steps: NO_STEPS,
    notices: [],
    memories: NO_MEMORIES,
    origin: null,
    attachments: NO_FILES,
    model: null,
    provider: null,
    replaces: null,
    result: null,
    error: null,
    stopping: false,
    withdrawn: false,
    ahead: new Map(),
    ...known,
  };
}

export interface Applied {
  turn: LiveTurn;
  /** Set when an event is missing: ask for what follows this seq. */
  missingAfter: number | null;
}

/** Takes one event, whichever it is. */
export function apply(turn: LiveTurn, event: TurnEvent): Applied {
  if (event.turn_id !== turn.turnId || event.seq <= turn.seq || isFinal(turn.state))
    return { turn, missingAfter: null };
  if (event.seq > turn.seq + 1) {
    if (turn.ahead.has(event.seq)) return { turn, missingAfter: turn.seq };
    return {
      turn: { ...turn, ahead: new Map(turn.ahead).set(event.seq, event) },
      missingAfter: turn.seq,
    };
  }
  let next = fold(turn, event);
  if (next.ahead.size > 0) next = catchUp(next);
  return { turn: next, missingAfter: next.ahead.size > 0 ? next.seq : null };
}

function catchUp(turn: LiveTurn): LiveTurn {
  const ahead = new Map(turn.ahead);
  let next = turn;
  for (let event = ahead.get(next.seq + 1); event; event = ahead.get(next.seq + 1)) {
    ahead.delete(event.seq);
    next = fold(next, event);
  }
  for (const seq of ahead.keys()) if (seq <= next.seq || isFinal(next.state)) ahead.delete(seq);
  return { ...next, ahead };
}

function fold(before: LiveTurn, event: TurnEvent): LiveTurn {
  const turn: LiveTurn = { ...before, seq: event.seq, steps: foldSteps(before.steps, event) };
  switch (event.type) {
    case 'turn_started':
      return {
        ...turn,
        state: 'running',
        origin: event.origin,
        model: event.model,
        provider: event.provider,
      };
    case 'notice':
      return { ...turn, notices: [...turn.notices, event.message] };
    case 'memory_used':
      return { ...turn, memories: event.memories };
    case 'approval_request':
      return { ...turn, state: 'waiting_approval' };
    case 'chunk':
    case 'thinking':
    case 'tool_call':
    case 'tool_output':
    case 'tool_result':
    case 'approval_resolved':
      return { ...turn, state: 'running' };
    case 'done':
      return {
        ...end(turn, 'done'),
        model: event.model,
        provider: event.provider,
        result: {
          model: event.model,
          inputTokens: event.input_tokens,
          outputTokens: event.output_tokens,
          cachedTokens: event.cached_tokens,
          costUsd: event.cost_usd ?? null,
          durationMs: event.duration_ms,
        },
      };
    case 'error':
      return { ...end(turn, 'failed'), error: { code: event.code, message: event.message } };
    case 'cancelled':
      return { ...end(turn, 'cancelled'), withdrawn: before.state === 'queued' };
    default:
      // A newer gateway may journal more than this page knows; its place is counted all the same.
      return turn;
  }
}

const end = (turn: LiveTurn, state: TurnState): LiveTurn => ({
  ...turn,
  state,
  stopping: false,
  ahead: new Map(),
});

/** Takes what the gateway says of a turn as a whole: it may know an end whose events we have not seen. */
export function settle(turn: LiveTurn, known: Turn): LiveTurn {
  const next: LiveTurn = {
    ...turn,
    // A message that waits can be changed: the gateway's words are the last ones.
    message: known.message,
    createdAt: turn.createdAt ?? known.created_at,
    origin: known.origin,
    attachments: known.attachments,
    model: turn.model ?? known.model ?? null,
    provider: turn.provider ?? known.provider ?? null,
  };
  if (isFinal(turn.state)) return next;
  if (!isFinal(known.state)) return turn.seq === 0 ? { ...next, state: known.state } : next;
  return {
    ...end(next, known.state),
    seq: Math.max(turn.seq, known.last_seq),
    steps: settledSteps(next.steps, known.response, known.reasoning, known.steps, known.reasoning_ms),
    error: known.error ?? null,
    result: turn.result ?? resultOf(known),
    withdrawn: known.state === 'cancelled' && known.started_at == null,
  };
}

const resultOf = (known: Turn): TurnResult => ({
  model: known.model ?? null,
  inputTokens: known.usage.input_tokens,
  outputTokens: known.usage.output_tokens,
  cachedTokens: known.usage.cached_tokens,
  costUsd: known.cost_usd ?? null,
  durationMs: null,
});
