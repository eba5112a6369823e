/** What an error has to say to a person: a sentence, and the id that names the request in the gateway's log. */
import { t } from '@/i18n';

export interface Failure {
  message: string;
  requestId?: string;
  /** Seconds after which it may be tried again. */
  retryAfter?: number;
}

interface Answered {
  body?: { request_id?: string | null; retry_after?: number | null };
}

export function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error ?? '');
  const body = typeof error === 'object' && error !== null ? (error as Answered).body : undefined;
  return {
    message: message || t.common.failed,
    requestId: body?.request_id ?? undefined,
    retryAfter: body?.retry_after ?? undefined,
  };
}
