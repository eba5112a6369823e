/** Puts one conversation together: what the gateway has stored, what is running, what is still on its way. */
import type { Attachment, Message, TurnState, UsedMemory } from '@/api/types';
import type { FileMark, Waiting } from './outbox';
import { NO_STEPS, type Steps, storedSteps, tellsMore } from './steps';
import { isFinal, type LiveTurn, NO_MEMORIES } from './turn.logic';

/** A file of a message; one that is not with the gateway yet has no address. */
export type RowFile = FileMark & Partial<Attachment>;

export interface UserRow {
  kind: 'user';
  key: string;
  turnId: string | null;
  clientId: string | null;
  text: string;
  at: string | null;
  attachments: readonly RowFile[];
  origin: string | null;
  state: 'taken' | 'queued' | 'sending' | 'waiting' | 'refused';
  /** Its turn has ended: another message may take its place. */
  settled: boolean;
  stopping: boolean;
  errorCode: string | null;
  errorText: string | null;
}

export interface AnswerRow {
  kind: 'answer';
  key: string;
  turnId: string;
  steps: Steps;
  notices: readonly string[];
  /** What the model was shown of the memory. */
  memories: readonly UsedMemory[];
  at: string | null;
  state: TurnState;
  stopping: boolean;
  model: string | null;
  provider: string | null;
  inputTokens: number | null;
  outputTokens: number | null;
  cachedTokens: number | null;
  costUsd: string | null;
  durationMs: number | null;
  errorCode: string | null;
  errorText: string | null;
  /** The message that it answers, for another try; null when that is not loaded. */
  question: string | null;
  /** The turns that stand at this place, itself among them. */
  versions: readonly string[];
}

export type Row = UserRow | AnswerRow;

const NONE: readonly string[] = [];
const NO_FILES: readonly RowFile[] = [];

/** A stored message that was taken back before its work began: no model was ever asked. */
const takenBack = (answer: Message | undefined) =>
  answer?.state === 'cancelled' && answer.model == null && answer.content === '';

/** A message's steps are made once, so that its row stays the same. */
const made = new WeakMap<Message, Steps>();
function stepsOf(message: Message): Steps {
  const known = made.get(message);
  if (known) return known;
  const steps = storedSteps(message.content, message.reasoning ?? '', message.steps, message.reasoning_ms);
  made.set(message, steps);
  return steps;
}

/** What stays visible while a message is about to take the place of an earlier one. */
function withoutReplaced(
  messages: readonly Message[],
  turns: readonly LiveTurn[],
  waiting: readonly Waiting[],
): readonly Message[] {
  const stored = new Set(messages.map((message) => message.turn_id));
  const gone = new Set<string>();
  // Once the new turn is stored, the gateway's own list is right.
  for (const turn of turns) if (turn.replaces && !stored.has(turn.turnId)) gone.add(turn.replaces);
  for (const entry of waiting) if (entry.replaces && entry.state !== 'refused') gone.add(entry.replaces);
  if (gone.size === 0) return messages;
  const from = messages.findIndex((message) => gone.has(message.turn_id));
  return from === -1 ? messages : messages.slice(0, from);
}

export function mergeThread(
  all: readonly Message[],
  turns: readonly LiveTurn[],
  waiting: readonly Waiting[],
): Row[] {
  const messages = withoutReplaced(all, turns, waiting);
  const visible = messages === all;
  const live = new Map(turns.map((turn) => [turn.turnId, turn]));
  const answers = new Map<string, Message>();
  const questions = new Map<string, Message>();
  for (const message of messages)
    (message.role === 'assistant' ? answers : questions).set(message.turn_id, message);

  const rows: Row[] = [];
  for (const message of messages) {
    const turn = live.get(message.turn_id);
    const answer = answers.get(message.turn_id);
    if (turn?.withdrawn || takenBack(answer)) continue;
    if (message.role === 'assistant') {
      rows.push(storedAnswer(message, questions.get(message.turn_id)?.content ?? null, turn));
      continue;
    }
    rows.push(storedQuestion(message, turn));
    if (!answer) rows.push(...endWithoutAnswer(message, turn));
  }
  const behind = new Set(leftBehind(messages, turns));
  const hidden = visible ? undefined : new Set(all.map((message) => message.turn_id));
  for (const turn of turns) {
    if (answers.has(turn.turnId) || questions.has(turn.turnId) || turn.withdrawn) continue;
    // It was shown once and stands on another branch now, or is about to.
    if (hidden?.has(turn.turnId) || behind.has(turn.turnId)) continue;
    if (turn.message !== null) rows.push(liveQuestion(turn, turn.message));
    rows.push(...liveAnswer(turn, turn.message));
  }
  for (const entry of waiting) rows.push(outgoing(entry));
  return rows;
}

/**
 * Ended turns that the stored conversation shows in full: the live copies of these can go. Of turns that used tools
 * the live copy tells more.
 */
export function heldByStore(messages: readonly Message[], turns: readonly LiveTurn[]): string[] {
  const ended = new Set(
    messages.filter((message) => isFinal(message.state)).map((message) => message.turn_id),
  );
  return turns
    .filter((turn) => isFinal(turn.state) && ended.has(turn.turnId) && !tellsMore(turn.steps))
    .map((turn) => turn.turnId);
}

/** Ended turns that are not part of the conversation any more: it goes on another way. */
export function leftBehind(messages: readonly Message[], turns: readonly LiveTurn[]): string[] {
  const newest = messages.at(-1)?.turn_id;
  const stored = new Set(messages.map((message) => message.turn_id));
  return turns
    .filter(
      (turn) =>
        isFinal(turn.state) && !stored.has(turn.turnId) && newest !== undefined && turn.turnId < newest,
    )
    .map((turn) => turn.turnId);
}

function storedQuestion(message: Message, turn: LiveTurn | undefined): UserRow {
  const state = turn?.state ?? message.state;
  return {
    kind: 'user',
    key: `${message.turn_id}:user`,
    turnId: message.turn_id,
    clientId: null,
    text: state === 'queued' && turn?.message != null ? turn.message : message.content,
    at: message.created_at,
    attachments: message.attachments,
    origin: message.origin,
    state: state === 'queued' ? 'queued' : 'taken',
    settled: isFinal(state),
    stopping: turn?.stopping ?? false,
    errorCode: null,
    errorText: null,
  };
}

function storedAnswer(message: Message, question: string | null, turn: LiveTurn | undefined): AnswerRow {
  return {
    kind: 'answer',
    key: `${message.turn_id}:answer`,
    turnId: message.turn_id,
    steps: turn && isFinal(turn.state) && tellsMore(turn.steps) ? turn.steps : stepsOf(message),
    notices: turn?.notices ?? NONE,
    memories: message.memories ?? turn?.memories ?? NO_MEMORIES,
    at: message.created_at,
    state: isFinal(message.state) ? message.state : 'done',
    stopping: false,
    model: message.model ?? null,
    provider: message.provider ?? null,
    inputTokens: message.usage?.input_tokens ?? null,
    outputTokens: message.usage?.output_tokens ?? null,
    cachedTokens: message.usage?.cached_tokens ?? null,
    costUsd: message.cost_usd ?? null,
    durationMs: message.duration_ms ?? null,
    errorCode: message.error?.code ?? null,
    errorText: message.error?.message ?? null,
    question,
    versions: message.versions ?? NONE,
  };
}

/** A stored message with no stored answer: its turn is live, or it ended without a word. */
function endWithoutAnswer(message: Message, turn: LiveTurn | undefined): AnswerRow[] {
  if (turn) return liveAnswer(turn, message.content, message.versions);
  if (message.state === 'done' || !isFinal(message.state)) return [];
  const silent = storedAnswer(message, message.content, undefined);
  return [{ ...silent, steps: NO_STEPS, state: message.state }];
}

function liveQuestion(turn: LiveTurn, text: string): UserRow {
  return {
    kind: 'user',
    key: `${turn.turnId}:user`,
    turnId: turn.turnId,
    clientId: null,
    text,
    at: turn.createdAt,
    attachments: turn.attachments,
    origin: turn.origin,
    state: turn.state === 'queued' ? 'queued' : 'taken',
    settled: isFinal(turn.state),
    stopping: turn.stopping,
    errorCode: null,
    errorText: null,
  };
}

function liveAnswer(
  turn: LiveTurn,
  question: string | null,
  versions: readonly string[] = NONE,
): AnswerRow[] {
  if (turn.state === 'queued') return [];
  return [
    {
      kind: 'answer',
      key: `${turn.turnId}:answer`,
      turnId: turn.turnId,
      steps: turn.steps,
      notices: turn.notices,
      memories: turn.memories,
      at: turn.createdAt,
      state: turn.state,
      stopping: turn.stopping,
      model: turn.result?.model ?? turn.model,
      provider: turn.provider,
      inputTokens: turn.result?.inputTokens ?? null,
      outputTokens: turn.result?.outputTokens ?? null,
      cachedTokens: turn.result?.cachedTokens ?? null,
      costUsd: turn.result?.costUsd ?? null,
      durationMs: turn.result?.durationMs ?? null,
      errorCode: turn.error?.code ?? null,
      errorText: turn.error?.message ?? null,
      question,
      versions,
    },
  ];
}

function outgoing(entry: Waiting): UserRow {
  return {
    kind: 'user',
    key: `${entry.clientId}:waiting`,
    turnId: null,
    clientId: entry.clientId,
    text: entry.message,
    at: entry.at,
    attachments: entry.attachments ?? NO_FILES,
    origin: null,
    state: entry.state === 'sent' ? 'sending' : entry.state,
    settled: false,
    stopping: false,
    errorCode: entry.error?.code ?? null,
    errorText: entry.error?.message ?? null,
  };
}
