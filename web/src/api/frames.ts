/** The frames of `/ws/chat`, both ways. Turn events and news are the document's own components. */
import type { AttachmentInput, BusEvent, TurnEventKind } from './types';

/** An event of a turn with its place in it: `seq` counts 1, 2, 3 … within the turn. */
export type TurnEvent = TurnEventKind & {
  turn_id: string;
  session_id: string;
  seq: number;
  timestamp: string;
};

export type ClientFrame =
  | {
      type: 'message';
      session_id: string;
      message: string;
      client_id: string;
      idempotency_key: string;
      attachments?: AttachmentInput[];
      model?: string;
      /** The turn whose place this message takes. */
      replaces?: string;
    }
  | { type: 'cancel'; turn_id: string }
  | { type: 'resume'; turn_id: string; after_seq: number; session_id?: string }
  | { type: 'subscribe'; types?: string[]; after_id?: number }
  | { type: 'unsubscribe' }
  | { type: 'ping' };

export interface Ack {
  type: 'ack';
  turn_id: string;
  session_id: string;
  state: 'running' | 'queued';
  position?: number | null;
  client_id?: string | null;
  duplicate: boolean;
}

/** A frame that was refused; a turn's own `error` event carries a `seq`, this does not. */
export interface Refusal {
  type: 'error';
  code: string;
  message: string;
  client_id?: string | null;
  turn_id?: string | null;
}

export interface News {
  type: 'event';
  id: number;
  event: BusEvent & { timestamp: string };
}

/** A piece of news and its place, as it is read without following. */
export type NewsItem = Pick<News, 'id' | 'event'>;

export type ServerFrame =
  | { type: 'session_start'; session_id: string; resumed: boolean; message_count: number }
  | Ack
  | News
  | { type: 'gap'; missed?: number | null; resume_from: number }
  | { type: 'pong' }
  | { type: 'closing'; reason: string }
  | Refusal
  | TurnEvent;

export const isTurnEvent = (frame: ServerFrame): frame is TurnEvent => 'seq' in frame && 'turn_id' in frame;

/** Reads one frame; anything that is not one is `undefined` (a newer gateway may know more than this page). */
export function readFrame(data: unknown): ServerFrame | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const frame: unknown = JSON.parse(data);
    if (typeof frame !== 'object' || frame === null) return undefined;
    return typeof (frame as { type?: unknown }).type === 'string' ? (frame as ServerFrame) : undefined;
  } catch {
    return undefined;
  }
}
