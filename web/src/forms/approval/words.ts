/** Outcomes and risks in words. */
import type { Outcome } from '@/api/approvals';
import type { Risk } from '@/api/types';
import { t } from '@/i18n';
import type { Tone } from '@/ui/StatusDot';

/** "Allowed for this conversation by Phone". */
export function outcomeWords({ decision, by, scope, answer }: Outcome): string {
  const said =
    answer !== undefined
      ? t.approvals.answered
      : decision === 'cancelled'
        ? t.approvals.withdrawn
        : scope === 'session'
          ? t.approvals.allowedSession
          : (t.thread.decided[decision] ?? decision);
  // Time limits and stops decide by themselves.
  return by && decision !== 'expired' && decision !== 'cancelled' ? t.thread.decidedBy(said, by) : said;
}

export const isYes = ({ decision }: Pick<Outcome, 'decision'>) =>
  decision === 'approve' || decision === 'always';

export const toneOf = ({ decision }: Pick<Outcome, 'decision'>): Tone =>
  isYes({ decision }) ? 'good' : decision === 'deny' ? 'bad' : 'off';

export const riskTone = (risk: Risk): Tone => (risk === 'high' ? 'bad' : risk === 'medium' ? 'warn' : 'off');
