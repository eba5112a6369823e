/** The requests on the screen: those that wait, and those that were answered while somebody looked. */
import type { Approval, Outcome } from '@/api/approvals';

export interface Shown {
  approval: Approval;
  waits: boolean;
  /** Unknown where the news of it was missed. */
  outcome?: Outcome;
}

/** Adds what is new at its end; what is there stays in its place, so that nothing moves under a finger. */
export function keep(seen: readonly Approval[], pending: readonly Approval[]): readonly Approval[] {
  const known = new Set(seen.map(({ request_id }) => request_id));
  const fresh = pending.filter(({ request_id }) => !known.has(request_id));
  return fresh.length === 0 ? seen : [...seen, ...fresh];
}

export function shownOf(
  seen: readonly Approval[],
  pending: readonly Approval[],
  outcomes: ReadonlyMap<string, Outcome>,
): Shown[] {
  const waiting = new Set(pending.map(({ request_id }) => request_id));
  return seen.map((approval) => {
    const outcome = outcomes.get(approval.request_id);
    return { approval, outcome, waits: !outcome && waiting.has(approval.request_id) };
  });
}

/** One's own outcome knows more than the news of it. */
export function learn(
  outcomes: ReadonlyMap<string, Outcome>,
  id: string,
  outcome: Outcome,
  own: boolean,
): ReadonlyMap<string, Outcome> {
  return !own && outcomes.has(id) ? outcomes : new Map(outcomes).set(id, outcome);
}
