/** What each turn took and cost: which were slow, dear or failed, and the way into each. */
import './traces.css';
import { Button, Skeleton } from '@mantine/core';
import { IconFilterOff, IconTimeline, IconZoomExclamation } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { useRereadOn } from '@/api/reread';
import { useCommands } from '@/app/commands';
import { ReadOnlyNote } from '@/app/ReadOnlyNote';
import { t } from '@/i18n';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorNote } from '@/ui/ErrorNote';
import { ErrorState } from '@/ui/ErrorState';
import { PageHeader } from '@/ui/PageHeader';
import { useTurns } from './data';
import { Filters } from './Filters';
import { isNarrowed, type TracesSearch } from './search.logic';
import { TurnList } from './TurnList';

const NEWS = [
  'agent_start',
  'agent_end',
  'session_changed',
  'approval_request',
  'approval_resolved',
] as const;
const PATHS = ['/api/turns'] as const;

export default function TracesPage() {
  useRereadOn(NEWS, PATHS);
  const search: TracesSearch = useSearch({ from: '/traces' });
  const navigate = useNavigate({ from: '/traces' });
  const go = useCallback(
    (next: TracesSearch, replace = false) => void navigate({ search: next, replace, resetScroll: false }),
    [navigate],
  );
  const list = useTurns(search);
  const turns = list.data?.pages.flatMap((page) => page.turns);
  const title = turns?.find(({ session_id }) => session_id === search.session)?.session_title;
  useCommands(
    isNarrowed(search)
      ? [
          {
            id: 'traces-clear',
            label: t.traces.clear,
            icon: IconFilterOff,
            group: 'page',
            run: () => go({}),
          },
        ]
      : [],
  );
  return (
    <div className="page traces">
      <PageHeader title={t.traces.title} sub={t.traces.sub} />
      <ReadOnlyNote scope="chat" />
      <Filters search={search} go={go} sessionTitle={title} />
      {list.isError && !turns ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : !turns ? (
        <Loading />
      ) : turns.length === 0 ? (
        <Empty narrowed={isNarrowed(search)} onClear={() => go({})} />
      ) : (
        <TurnList turns={turns} busy={list.isPlaceholderData} />
      )}
      {list.isFetchNextPageError && (
        <ErrorNote error={list.error} onRetry={() => void list.fetchNextPage()} />
      )}
      {turns && list.hasNextPage && (
        <Button
          variant="default"
          mt="md"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t.traces.loadMore}
        </Button>
      )}
    </div>
  );
}

function Empty({ narrowed, onClear }: { narrowed: boolean; onClear: () => void }) {
  const navigate = useNavigate();
  return narrowed ? (
    <EmptyState
      role="status"
      icon={IconZoomExclamation}
      title={t.traces.noneTitle}
      body={t.traces.noneBody}
      action={{ label: t.traces.clear, onClick: onClear }}
    />
  ) : (
    <EmptyState
      icon={IconTimeline}
      title={t.traces.emptyTitle}
      body={t.traces.emptyBody}
      action={{ label: t.traces.emptyDo, onClick: () => void navigate({ to: '/chat' }) }}
    />
  );
}

const Loading = () => (
  <div className="traces-loading" aria-busy="true" role="status" aria-label={t.common.loading}>
    {[0, 1, 2, 3, 4, 5, 6].map((place) => (
      <Skeleton key={place} h={56} radius="md" />
    ))}
  </div>
);
