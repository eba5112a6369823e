/** The tool, its risk, the conversation that it is wanted in, and when it was asked. */
import { IconMessage } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Approval } from '@/api/approvals';
import { riskTone } from '@/forms/approval/words';
import { t } from '@/i18n';
import { RelativeTime } from '@/ui/RelativeTime';
import { StatusBadge } from '@/ui/StatusBadge';

export function Origin({ approval }: { approval: Approval }) {
  const title = approval.session_title || t.approvals.untitled;
  return (
    <div className="request-origin">
      {approval.kind === 'tool' && (
        <>
          <StatusBadge tone={riskTone(approval.risk)}>
            {t.thread.risk[approval.risk] ?? approval.risk}
          </StatusBadge>
          <span className="mono">{approval.tool}</span>
        </>
      )}
      <Link
        to="/chat/$session"
        params={{ session: approval.session_id }}
        search={{ turn: approval.turn_id }}
        className="request-session"
        aria-label={t.approvals.inConversation(title)}
      >
        <IconMessage size={14} aria-hidden />
        <span>{title}</span>
      </Link>
      <span>
        {t.approvals.asked} <RelativeTime at={approval.created_at} />
      </span>
    </div>
  );
}
