/** What became of a request: the decision, by whom, when, and the words that went with it. */
import { IconCircleCheck, IconCircleX, IconClockOff } from '@tabler/icons-react';
import type { Outcome } from '@/api/approvals';
import { isYes, outcomeWords, toneOf } from '@/forms/approval/words';
import { t } from '@/i18n';
import { Note } from '@/ui/Note';
import { RelativeTime } from '@/ui/RelativeTime';

export function Ending({ outcome }: { outcome: Outcome | undefined }) {
  if (!outcome) return <Note tone="info">{t.approvals.over}</Note>;
  const Icon = isYes(outcome) ? IconCircleCheck : outcome.decision === 'deny' ? IconCircleX : IconClockOff;
  const { reason, answer } = outcome;
  return (
    <div
      className="ending"
      data-tone={outcome.late ? 'warn' : toneOf(outcome)}
      role={outcome.late ? 'alert' : 'status'}
    >
      <Icon size={18} aria-hidden />
      <div className="ending-words">
        {outcome.late && <strong>{t.approvals.tooLate} </strong>}
        {outcomeWords(outcome)}
        {outcome.at && (
          <>
            {', '}
            <RelativeTime at={outcome.at} />
          </>
        )}
        {answer !== undefined && (
          <p>
            {t.approvals.theAnswer}: {answer}
          </p>
        )}
        {reason !== undefined && (
          <p>
            {t.approvals.theReason}: {reason}
          </p>
        )}
      </div>
    </div>
  );
}
