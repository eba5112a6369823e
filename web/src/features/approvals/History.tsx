/** Every request, the newest first, with who decided on it and when. */
import { Button } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { readHistory } from '@/api/approvals';
import { t } from '@/i18n';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorNote } from '@/ui/ErrorNote';
import { ErrorState } from '@/ui/ErrorState';
import { HistoryRow } from './HistoryRow';
import { Loading } from './Inbox';

const PAGE = 50;
const first = undefined as string | undefined;

export function History({ open }: { open: string | undefined }) {
  const list = useInfiniteQuery({
    queryKey: ['get', '/api/approvals', 'history'],
    queryFn: ({ pageParam, signal }) => readHistory(pageParam, PAGE, signal),
    initialPageParam: first,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  if (list.isPending) return <Loading />;
  if (list.isError && !list.data)
    return <ErrorState title={t.approvals.failed} error={list.error} onRetry={() => void list.refetch()} />;
  const approvals = list.data?.pages.flatMap((page) => page.approvals) ?? [];
  if (approvals.length === 0)
    return (
      <EmptyState
        icon={IconHistory}
        title={t.approvals.historyEmptyTitle}
        body={t.approvals.historyEmptyBody}
      />
    );
  return (
    <>
      <ul className="history card" aria-label={t.approvals.history}>
        {approvals.map((approval) => (
          <HistoryRow key={approval.request_id} approval={approval} begin={approval.request_id === open} />
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
