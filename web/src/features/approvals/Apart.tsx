/** The request that an address names and that waits no more. */
import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Approval, readHistory } from '@/api/approvals';
import { t } from '@/i18n';
import { ErrorNote } from '@/ui/ErrorNote';
import { Note } from '@/ui/Note';
import { HistoryRow } from './HistoryRow';

const PAGE = 200;
/** Older ones are found by leafing through the history. */
const PAGES = 5;

async function find(request: string, signal: AbortSignal): Promise<Approval | null> {
  let cursor: string | undefined;
  for (let read = 0; read < PAGES; read += 1) {
    const page = await readHistory(cursor, PAGE, signal);
    const found = page.approvals.find(({ request_id }) => request_id === request);
    if (found) return found;
    if (!page.next_cursor) return null;
    cursor = page.next_cursor;
  }
  return null;
}

export function Apart({ request }: { request: string }) {
  const found = useQuery({
    queryKey: ['get', '/api/approvals', 'one', request],
    queryFn: ({ signal }) => find(request, signal),
  });
  if (found.isPending) return <Skeleton h={120} radius={12} mb="md" />;
  if (found.isError)
    return (
      <div className="requests-apart">
        <ErrorNote title={t.approvals.failed} error={found.error} onRetry={() => void found.refetch()} />
      </div>
    );
  return (
    <div className="requests-apart">
      {found.data ? (
        <ul className="history card">
          <HistoryRow approval={found.data} begin />
        </ul>
      ) : (
        <Note tone="info">{t.approvals.notFound}</Note>
      )}
    </div>
  );
}
