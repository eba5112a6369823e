/** The agent asks whether it may use a tool, or asks a question: exactly what it wants, and the answer. */
import { IconMessageQuestion, IconShieldCheck, IconShieldQuestion, IconShieldX } from '@tabler/icons-react';
import { useState } from 'react';
import type { Outcome } from '@/api/approvals';
import { Decide } from '@/forms/approval/Decide';
import { Preview } from '@/forms/approval/Preview';
import { TimeLeft } from '@/forms/approval/TimeLeft';
import { isYes, outcomeWords, riskTone } from '@/forms/approval/words';
import { t } from '@/i18n';
import { StatusBadge } from '@/ui/StatusBadge';
import type { ApprovalStep } from './steps';

export interface ApprovalCardProps {
  step: ApprovalStep;
  turnId: string;
  open: boolean;
}

export default function ApprovalCard({ step, turnId, open }: ApprovalCardProps) {
  // The answer's own news may be a moment behind it.
  const [here, setHere] = useState<Outcome>();
  const outcome: Outcome | undefined = step.decision
    ? { ...step, decision: step.decision, by: step.by ?? undefined, late: here?.late }
    : here;
  const pending = open && !outcome;
  const question = step.action.kind === 'question';
  const denied = outcome && !isYes(outcome);
  const Icon = question
    ? IconMessageQuestion
    : pending
      ? IconShieldQuestion
      : denied
        ? IconShieldX
        : IconShieldCheck;
  const title = question ? t.approvals.question : t.thread.approvalTitle(step.tool);
  return (
    <section className="approval" data-pending={pending || undefined} aria-label={title}>
      <div className="approval-head">
        <Icon size={20} stroke={1.7} aria-hidden />
        <strong>{title}</strong>
        {!question && (
          <StatusBadge tone={riskTone(step.risk)}>{t.thread.risk[step.risk] ?? step.risk}</StatusBadge>
        )}
        {pending && <TimeLeft expiresAt={step.expiresAt} />}
      </div>
      {step.summary && step.action.kind === 'summary' && <p>{step.summary}</p>}
      {/* The tool's own card goes on telling what was done. */}
      {(pending || question || (denied && step.action.kind === 'diff')) && (
        <Preview action={step.action} args={step.args} />
      )}
      {pending ? (
        <Decide
          request={{
            turn_id: turnId,
            request_id: step.requestId,
            action: step.action,
            always: step.always,
            expires_at: step.expiresAt,
          }}
          onDecided={setHere}
        />
      ) : (
        <p className="approval-outcome" role={here ? 'status' : undefined}>
          {outcome?.late && <strong>{t.approvals.tooLate} </strong>}
          {outcome ? outcomeWords(outcome) : t.thread.expired}
          {outcome?.answer && `: ${outcome.answer}`}
          {outcome?.reason && ` (${outcome.reason})`}
        </p>
      )}
    </section>
  );
}
