/** The requests that wait, the oldest first; what is answered while one looks stays, with what became of it. */
import { Skeleton } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { type Approval, type Outcome, usePending } from '@/api/approvals';
import type { News } from '@/api/frames';
import { useNews } from '@/api/reread';
import { t } from '@/i18n';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { Apart } from './Apart';
import { keep, learn, shownOf } from './kept.logic';
import { RequestCard } from './RequestCard';

const NEWS = ['approval_resolved'] as const;
const NONE: readonly Approval[] = [];

export function Inbox({ request }: { request: string | undefined }) {
  const pending = usePending();
  const waiting = pending.data?.approvals ?? NONE;
  const [seen, setSeen] = useState(NONE);
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map());
  const navigate = useNavigate();
  const heard = useCallback((event: News['event']) => {
    if (event.type === 'approval_resolved')
      setOutcomes((now) => learn(now, event.request_id, { decision: event.decision, by: event.by }, false));
  }, []);
  useNews(NEWS, heard);
  const all = keep(seen, waiting);
  if (all !== seen) setSeen(all);

  if (pending.isError && !pending.data)
    return (
      <ErrorState title={t.approvals.failed} error={pending.error} onRetry={() => void pending.refetch()} />
    );
  if (pending.isPending) return <Loading />;
  const shown = shownOf(all, waiting, outcomes);
  const waits = shown.some((one) => one.waits);
  const apart = request !== undefined && !shown.some(({ approval }) => approval.request_id === request);
  return (
    <>
      {apart && <Apart request={request} />}
      {shown.length > 0 && (
        <ul className="requests" aria-label={t.approvals.pending}>
          {shown.map((one) => (
            <RequestCard
              key={one.approval.request_id}
              {...one}
              target={request === one.approval.request_id}
              onDecided={(outcome) =>
                setOutcomes((now) => learn(now, one.approval.request_id, outcome, true))
              }
            />
          ))}
        </ul>
      )}
      {!waits && shown.length > 0 && <p className="requests-rest">{t.approvals.restEmpty}</p>}
      {!waits && shown.length === 0 && !apart && (
        <EmptyState
          icon={IconShieldCheck}
          title={t.approvals.emptyTitle}
          body={t.approvals.emptyBody}
          other={{ label: t.approvals.toChat, onClick: () => void navigate({ to: '/chat' }) }}
        />
      )}
    </>
  );
}

export function Loading() {
  return (
    <div className="requests" role="status" aria-label={t.common.loading}>
      <Skeleton h={190} radius={12} />
      <Skeleton h={190} radius={12} />
    </div>
  );
}
