/** One request: what is wanted, how dangerous it is, where it comes from, how long it waits, and the answers. */
import { useEffect, useRef } from 'react';
import type { Outcome } from '@/api/approvals';
import { Decide } from '@/forms/approval/Decide';
import { Preview } from '@/forms/approval/Preview';
import { TimeLeft } from '@/forms/approval/TimeLeft';
import { t } from '@/i18n';
import { Ending } from './Ending';
import type { Shown } from './kept.logic';
import { Origin } from './Origin';

export interface RequestCardProps extends Shown {
  /** The address names it. */
  target: boolean;
  onDecided: (outcome: Outcome) => void;
}

export function RequestCard({ approval, waits, outcome, target, onDecided }: RequestCardProps) {
  const card = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (!target) return;
    card.current?.scrollIntoView({ block: 'center' });
    card.current?.focus({ preventScroll: true });
  }, [target]);
  const question = approval.action.kind === 'question';
  return (
    <li
      ref={card}
      className="card request"
      tabIndex={-1}
      data-waits={waits || undefined}
      data-target={target || undefined}
      data-request={approval.request_id}
    >
      <div className="request-head">
        <h2 className="request-title">{question ? t.approvals.question : approval.summary}</h2>
        {waits && <TimeLeft expiresAt={approval.expires_at} />}
      </div>
      <Origin approval={approval} />
      <Preview action={approval.action} args={approval.args} />
      {waits ? <Decide request={approval} onDecided={onDecided} /> : <Ending outcome={outcome} />}
    </li>
  );
}
