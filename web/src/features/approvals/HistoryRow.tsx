/** A request of the past in a line; opened, all of it. */
import { IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { type Approval, outcomeOf } from '@/api/approvals';
import { Preview } from '@/forms/approval/Preview';
import { outcomeWords, toneOf } from '@/forms/approval/words';
import { t } from '@/i18n';
import { RelativeTime } from '@/ui/RelativeTime';
import { StatusDot } from '@/ui/StatusDot';
import { Ending } from './Ending';
import { Origin } from './Origin';

export function HistoryRow({ approval, begin = false }: { approval: Approval; begin?: boolean }) {
  const [open, setOpen] = useState(begin);
  const outcome = outcomeOf(approval);
  return (
    <li className="history-row">
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span className="history-words">
            <span className="history-title">{approval.summary}</span>
            <span className="history-more">
              {outcome ? (
                <StatusDot tone={toneOf(outcome)}>{outcomeWords(outcome)}</StatusDot>
              ) : (
                <StatusDot tone="busy">{t.approvals.waits}</StatusDot>
              )}
              <RelativeTime at={outcome?.at ?? approval.created_at} />
            </span>
          </span>
          <IconChevronRight size={16} aria-hidden className="history-mark" />
        </summary>
        {open && (
          <div className="history-body">
            <Origin approval={approval} />
            <Preview action={approval.action} args={approval.args} />
            {outcome && <Ending outcome={outcome} />}
          </div>
        )}
      </details>
    </li>
  );
}
