/** What the chat's address says beside the conversation: the list's search and filters, and a turn to show. */
import type { Origin } from '@/api/types';

export const ORIGINS: readonly Origin[] = ['chat', 'webhook', 'cron', 'channel', 'api', 'openai', 'cli'];

export interface ChatSearch {
  q?: string;
  origin?: Origin;
  archived?: true;
  turn?: string;
}

const text = (given: unknown) =>
  typeof given === 'string' || typeof given === 'number' ? String(given) || undefined : undefined;

/** Keeps what makes sense of an address, whoever typed it. */
export function chatSearch(given: Record<string, unknown>): ChatSearch {
  const origin = ORIGINS.find((one) => one === given.origin);
  const q = text(given.q);
  const turn = text(given.turn);
  return {
    ...(q && { q }),
    ...(origin && { origin }),
    ...((given.archived === true || given.archived === 'true') && { archived: true }),
    ...(turn && { turn }),
  };
}
