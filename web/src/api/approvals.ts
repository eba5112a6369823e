/** What waits for its owner, and what becomes of an answer: the first one counts, a later one is told of it. */
import { $api, ApiError, api, take } from './client';
import type { components } from './schema';
import type { Decision } from './types';

type Schemas = components['schemas'];

export type ActionPreview = Schemas['ActionPreview'];
/** The document's own type forgets which fields go with which kind of action. */
export type Approval = Omit<Schemas['Approval'], 'action'> & { action: ActionPreview };
export interface ApprovalPage {
  approvals: Approval[];
  next_cursor?: string;
}

export const readAction = (action: unknown) => action as ActionPreview;
const readPage = (page: Schemas['ApprovalPage']) => page as unknown as ApprovalPage;

/** More than anybody lets lie; what is beyond comes as soon as some of these are answered. */
const MOST = 200;

/** What waits, the oldest first. The news keep it in step. */
export const usePending = () =>
  $api.useQuery(
    'get',
    '/api/approvals',
    { params: { query: { state: 'pending', limit: MOST } } },
    { staleTime: 60_000, select: readPage },
  );

/** What was asked, the newest first. */
export const readHistory = (cursor: string | undefined, limit: number, signal?: AbortSignal) =>
  take(api.GET('/api/approvals', { params: { query: { state: 'all', limit, cursor } }, signal })).then(
    readPage,
  );

export interface ApprovalAnswer {
  decision: 'approve' | 'deny' | 'always';
  scope?: 'session';
  reason?: string;
  answer?: string;
}

/** How a request ended. */
export interface Outcome {
  decision: Decision;
  by?: string;
  at?: string;
  scope?: Schemas['Reach'];
  reason?: string;
  answer?: string;
  /** Somebody else had decided before this browser did. */
  late?: boolean;
}

export const outcomeOf = (approval: Approval): Outcome | undefined =>
  approval.decision && {
    decision: approval.decision,
    by: approval.by,
    at: approval.decided_at,
    scope: approval.scope,
    reason: approval.reason,
    answer: approval.answer,
  };

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** Who was first, as a refused answer tells. */
export function beaten(error: unknown): Outcome | undefined {
  if (!(error instanceof ApiError) || error.status !== 409) return undefined;
  const details = error.body.details as Record<string, unknown> | null | undefined;
  const decision = text(details?.decision);
  if (!decision) return undefined;
  return {
    decision: decision as Decision,
    by: text(details?.by),
    at: text(details?.decided_at),
    late: true,
  };
}

/** Answers a request. That somebody was faster is an outcome, too. */
export async function decide(turnId: string, requestId: string, body: ApprovalAnswer): Promise<Outcome> {
  try {
    const decided = await take(
      api.POST('/api/turns/{id}/approvals/{request_id}', {
        params: { path: { id: turnId, request_id: requestId } },
        body,
      }),
    );
    return outcomeOf(decided as unknown as Approval) ?? { decision: body.decision };
  } catch (error) {
    const outcome = beaten(error);
    if (outcome) return outcome;
    throw error;
  }
}
