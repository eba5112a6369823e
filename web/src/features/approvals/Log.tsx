/** The audit log: who decided what, and when. */
import { Button, NativeSelect } from '@mantine/core';
import { IconListDetails } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api, take } from '@/api/client';
import type { AuditEntry } from '@/api/types';
import { plain } from '@/forms/approval/diff.logic';
import { t } from '@/i18n';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorNote } from '@/ui/ErrorNote';
import { ErrorState } from '@/ui/ErrorState';
import { RelativeTime } from '@/ui/RelativeTime';
import { Loading } from './Inbox';
import { aboutOf } from './log.logic';
import { LOG_KINDS, type LogKind } from './view.logic';

const PAGE = 50;
const first = undefined as string | undefined;

export function Log({ kind }: { kind: LogKind | undefined }) {
  const navigate = useNavigate({ from: '/approvals' });
  return (
    <>
      <div className="log-head">
        <p className="rules-sub">{t.approvals.logSub}</p>
        <NativeSelect
          aria-label={t.approvals.logKind}
          value={kind ?? ''}
          data={[
            { value: '', label: t.approvals.logKinds.all },
            ...LOG_KINDS.map((one) => ({ value: one, label: t.approvals.logKinds[one] })),
          ]}
          onChange={(event) => {
            const chosen = LOG_KINDS.find((one) => one === event.currentTarget.value);
            const search = { tab: 'log' as const, ...(chosen ? { kind: chosen } : {}) };
            void navigate({ search, replace: true, resetScroll: false });
          }}
        />
      </div>
      <Lines kind={kind} />
    </>
  );
}

function Lines({ kind }: { kind: LogKind | undefined }) {
  const list = useInfiniteQuery({
    queryKey: ['get', '/api/audit', kind ?? ''],
    queryFn: ({ pageParam, signal }) =>
      take(api.GET('/api/audit', { params: { query: { kind, limit: PAGE, cursor: pageParam } }, signal })),
    initialPageParam: first,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchOnMount: 'always',
  });
  if (list.isPending) return <Loading />;
  if (list.isError && !list.data)
    return (
      <ErrorState title={t.approvals.logFailed} error={list.error} onRetry={() => void list.refetch()} />
    );
  const lines = list.data?.pages.flatMap((page) => page.entries) ?? [];
  if (lines.length === 0)
    return (
      <EmptyState icon={IconListDetails} title={t.approvals.logEmptyTitle} body={t.approvals.logEmptyBody} />
    );
  return (
    <>
      <ul className="rules card" aria-label={t.approvals.log}>
        {lines.map((line) => (
          <Line key={line.id} line={line} />
        ))}
      </ul>
      {list.isFetchNextPageError && (
        <ErrorNote error={list.error} onRetry={() => void list.fetchNextPage()} />
      )}
      {list.hasNextPage && (
        <Button
          variant="default"
          mt="md"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t.approvals.loadMore}
        </Button>
      )}
    </>
  );
}

function Line({ line }: { line: AuditEntry }) {
  const about = aboutOf(line);
  return (
    <li className="rule">
      <div className="rule-words">
        <p className="rule-covers">{t.approvals.logActions[line.action] ?? line.action}</p>
        {about && <p className="log-about">{plain(about)}</p>}
        <p className="rule-more">
          <RelativeTime at={line.at} />
          <span>{t.approvals.madeBy(line.actor)}</span>
        </p>
      </div>
    </li>
  );
}
