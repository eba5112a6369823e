/**
 * The stored part of a conversation as this page holds it: one unbroken piece that ends with the newest message.
 * Pages of older ones are put before it, and each reading of the newest page is laid over its end.
 */
import type { Message } from '@/api/types';

export interface History {
  /** Oldest first, each once. */
  messages: readonly Message[];
  /** The place of the first one. Places stay the same while older messages are put before: they count below zero. */
  base: number;
  /** Where older ones begin; null when there are none, undefined when nothing was read so far. */
  cursor: string | null | undefined;
}

export interface Page {
  messages: readonly Message[];
  next_cursor?: string | null;
}

export const NO_HISTORY: History = { messages: [], base: 0, cursor: undefined };

const cursorOf = (page: Page) => page.next_cursor ?? null;

/** A message that says the same keeps its identity, so that its row is not rendered again. */
function reuse(known: ReadonlyMap<string, Message>, messages: readonly Message[]): Message[] {
  return messages.map((message) => {
    const before = known.get(message.id);
    return before && JSON.stringify(before) === JSON.stringify(message) ? before : message;
  });
}

/**
 * Lays the newest messages over what is held. `null` when they do not reach back to it: then what lies between has to
 * be read too.
 */
export function withNewest(history: History, newest: Page): History | null {
  const held = history.messages;
  const cursor = cursorOf(newest);
  const first = newest.messages[0]?.id;
  const at = held.findIndex((message) => message.id === first);
  if (cursor !== null && held.length > 0 && at === -1) return null;
  const keeps = cursor === null ? 0 : Math.max(at, 0);
  const fresh = reuse(new Map(held.map((message) => [message.id, message])), newest.messages);
  const next: History = {
    messages: keeps > 0 ? [...held.slice(0, keeps), ...fresh] : fresh,
    base: at === -1 ? 0 : history.base + at - keeps,
    cursor: keeps > 0 ? history.cursor : cursor,
  };
  const same =
    next.cursor === history.cursor &&
    next.messages.length === held.length &&
    next.messages.every((message, place) => message === held[place]);
  return same ? history : next;
}

export function withOlder(history: History, older: Page): History {
  const known = new Set(history.messages.map((message) => message.id));
  const fresh = older.messages.filter((message) => !known.has(message.id));
  return {
    messages: [...fresh, ...history.messages],
    base: history.base - fresh.length,
    cursor: cursorOf(older),
  };
}

/** The newest page and older ones after it, put together until they are worth one page. */
export const joined = (newest: Page, older: Page): Page => ({
  messages: [...older.messages, ...newest.messages],
  next_cursor: older.next_cursor,
});
