/** Puts one conversation together: what the gateway has stored, what is running, what is still on its way. */
import type { Message, TurnState } from '@/api/types';
import type { Waiting } from './outbox';
import { isFinal, type LiveTurn } from './turn.logic';

export interface UserRow {
  kind: 'user';
  key: string;
  turnId: string | null;
  clientId: string | null;
  text: string;
  at: string | null;
  attachments: readonly string[];
  state: 'taken' | 'queued' | 'sending' | 'waiting' | 'refused';
  stopping: boolean;
  errorCode: string | null;
  errorText: string | null;
}

export interface AnswerRow {
  kind: 'answer';
  key: string;
  turnId: string;
  text: string;
  thinking: string;
  notices: readonly string[];
  at: string | null;
  state: TurnState;
  stopping: boolean;
  model: string | null;
  inputTokens: number | null;
  outputTokens: number | null;
  costUsd: string | null;
  durationMs: number | null;
  errorCode: string | null;
  errorText: string | null;
  /** The message that it answers, for another try; null when that is not loaded. */
  question: string | null;
}

export type Row = UserRow | AnswerRow;

const NONE: readonly string[] = [];

/** Messages oldest first and each once, from pages newest first that may overlap after a reload of one of them. */
export function flatten(pages: readonly { messages: readonly Message[] }[]): Message[] {
  const seen = new Set<string>();
  const out: Message[] = [];
  for (const page of [...pages].reverse())
    for (const message of page.messages) {
      if (seen.has(message.id)) continue;
      seen.add(message.id);
      out.push(message);
    }
  return out;
}

/** A stored message that was taken back before its work began: no model was ever asked. */
const takenBack = (answer: Message | undefined) =>
  answer?.state === 'cancelled' && answer.model == null && answer.content === '';

export function mergeThread(
  messages: readonly Message[],
  turns: readonly LiveTurn[],
  waiting: readonly Waiting[],
): Row[] {
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
  for (const turn of turns) {
    if (answers.has(turn.turnId) || questions.has(turn.turnId) || turn.withdrawn) continue;
    if (turn.message !== null) rows.push(liveQuestion(turn, turn.message));
    rows.push(...liveAnswer(turn, turn.message));
  }
  for (const entry of waiting) rows.push(outgoing(entry));
  return rows;
}

/** Ended turns that the stored conversation shows in full: the live copies of these can go. */
export function heldByStore(messages: readonly Message[], turns: readonly LiveTurn[]): string[] {
  const ended = new Set(
    messages.filter((message) => isFinal(message.state)).map((message) => message.turn_id),
  );
  return turns.filter((turn) => isFinal(turn.state) && ended.has(turn.turnId)).map((turn) => turn.turnId);
}

function storedQuestion(message: Message, turn: LiveTurn | undefined): UserRow {
  const state = turn?.state ?? message.state;
  return {
    kind: 'user',
    key: `${message.turn_id}:user`,
    turnId: message.turn_id,
    clientId: null,
    text: message.content,
    at: message.created_at,
    attachments: message.attachments.map((file) => file.name),
    state: state === 'queued' ? 'queued' : 'taken',
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
    text: message.content,
    thinking: message.reasoning ?? '',
    notices: turn?.notices ?? NONE,
    at: message.created_at,
    state: isFinal(message.state) ? message.state : 'done',
    stopping: false,
    model: message.model ?? null,
    inputTokens: message.usage?.input_tokens ?? null,
    outputTokens: message.usage?.output_tokens ?? null,
    costUsd: message.cost_usd ?? null,
    durationMs: message.duration_ms ?? null,
    errorCode: message.error?.code ?? null,
    errorText: message.error?.message ?? null,
    question,
  };
}

/** A stored message with no stored answer: its turn is live, or it ended without a word. */
function endWithoutAnswer(message: Message, turn: LiveTurn | undefined): AnswerRow[] {
  if (turn) return liveAnswer(turn, message.content);
  if (message.state === 'done' || !isFinal(message.state)) return [];
  return [{ ...storedAnswer({ ...message, content: '' }, message.content, undefined), state: message.state }];
}

function liveQuestion(turn: LiveTurn, text: string): UserRow {
  return {
    kind: 'user',
    key: `${turn.turnId}:user`,
    turnId: turn.turnId,
    clientId: null,
    text,
    at: turn.createdAt,
    attachments: NONE,
    state: turn.state === 'queued' ? 'queued' : 'taken',
    stopping: turn.stopping,
    errorCode: null,
    errorText: null,
  };
}

function liveAnswer(turn: LiveTurn, question: string | null): AnswerRow[] {
  if (turn.state === 'queued') return [];
  return [
    {
      kind: 'answer',
      key: `${turn.turnId}:answer`,
      turnId: turn.turnId,
      text: turn.text,
      thinking: turn.thinking,
      notices: turn.notices,
      at: turn.createdAt,
      state: turn.state,
      stopping: turn.stopping,
      model: turn.result?.model ?? turn.model,
      inputTokens: turn.result?.inputTokens ?? null,
      outputTokens: turn.result?.outputTokens ?? null,
      costUsd: turn.result?.costUsd ?? null,
      durationMs: turn.result?.durationMs ?? null,
      errorCode: turn.error?.code ?? null,
      errorText: turn.error?.message ?? null,
      question,
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
    attachments: NONE,
    state: entry.state === 'sent' ? 'sending' : entry.state,
    stopping: false,
    errorCode: entry.error?.code ?? null,
    errorText: entry.error?.message ?? null,
  };
}
