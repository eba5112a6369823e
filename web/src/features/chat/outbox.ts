/** Messages that the gateway has not taken yet. They live in the tab's own storage, so that a reload loses none. */

/** A file that goes along; its bytes are in the file store under the message's own id. */
export interface FileMark {
  name: string;
  media_type: string;
  size: number;
}

/** What goes along with a message's words. */
export interface Extras {
  attachments?: readonly FileMark[];
  /** `provider/model`, when it is not that of the conversation. */
  model?: string;
  /** The turn whose place it takes. */
  replaces?: string;
}

export interface Waiting extends Extras {
  /** Names the message on this side; also its idempotency key, so that sending it twice starts one turn. */
  clientId: string;
  /** Under which name its files are kept, when another try gave it a new one. */
  filesOf?: string;
  sessionId: string;
  message: string;
  at: string;
  /** waiting: not sent yet · sent: no answer yet · refused: the gateway said no. */
  state: 'waiting' | 'sent' | 'refused';
  error: { code: string; message: string } | null;
  /** Its session begins with it: the gateway does not know the session yet. */
  opensSession: boolean;
}

const KEY = 'clawgate.outbox';

export interface OutboxStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const isWaiting = (entry: unknown): entry is Waiting =>
  typeof entry === 'object' &&
  entry !== null &&
  ['clientId', 'sessionId', 'message', 'at', 'state'].every(
    (field) => typeof (entry as Record<string, unknown>)[field] === 'string',
  );

/** What was waiting when the tab was closed or reloaded: whether it arrived is not known, so it is sent again. */
export function loadOutbox(storage: OutboxStorage | undefined): Waiting[] {
  try {
    const kept: unknown = JSON.parse(storage?.getItem(KEY) ?? '[]');
    if (!Array.isArray(kept)) return [];
    return kept
      .filter(isWaiting)
      .map((entry) => (entry.state === 'sent' ? { ...entry, state: 'waiting' } : entry));
  } catch {
    return [];
  }
}

export function saveOutbox(storage: OutboxStorage | undefined, waiting: readonly Waiting[]) {
  try {
    storage?.setItem(KEY, JSON.stringify(waiting));
  } catch {
    // A full or forbidden storage costs only the safety over a reload.
  }
}
