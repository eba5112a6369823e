/** What the agent remembers: search, filter, change, delete and bring back. */
import './memory.css';
import { Button, Skeleton } from '@mantine/core';
import { IconBrain, IconPlus, IconTrash, IconZoomExclamation } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { useWhyNot } from '@/app/can';
import { useCommands } from '@/app/commands';
import { ReadOnlyNote } from '@/app/ReadOnlyNote';
import { t } from '@/i18n';
import { disabledBecause } from '@/ui/disabledBecause';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { Note } from '@/ui/Note';
import { PageHeader } from '@/ui/PageHeader';
import { AddMemory } from './AddMemory';
import { BulkBar } from './BulkBar';
import { useMemories, useMemory } from './data';
import { EntryRow } from './EntryRow';
import { Filters } from './Filters';
import { isNarrowed, type MemoryQuery } from './query.logic';
import { Summary } from './Summary';

export default function MemoryPage() {
  const query: MemoryQuery = useSearch({ from: '/memory' });
  const navigate = useNavigate({ from: '/memory' });
  const [adding, setAdding] = useState(false);
  const whyNot = useWhyNot('chat');
  const go = useCallback(
    (next: MemoryQuery, replace = false) => void navigate({ search: next, replace, resetScroll: false }),
    [navigate],
  );
  useCommands(
    whyNot === undefined
      ? [
          {
            id: 'memory-add',
            label: t.memory.addNew,
            icon: IconPlus,
            group: 'page',
            run: () => setAdding(true),
          },
        ]
      : [],
  );
  return (
    <div className="page memory">
      <PageHeader
        title={t.memory.title}
        sub={query.bin ? t.memory.binSub : t.memory.sub}
        actions={
          <Button
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => setAdding(true)}
            {...disabledBecause(whyNot)}
          >
            {t.memory.add}
          </Button>
        }
      />
      <ReadOnlyNote scope="chat" />
      <Filters query={query} go={go} />
      <Entries query={query} go={go} whyNot={whyNot} onAdd={() => setAdding(true)} />
      {adding && (
        <AddMemory
          category={query.category}
          onClose={() => setAdding(false)}
          onAdded={(key) => {
            setAdding(false);
            go({ open: key });
          }}
        />
      )}
    </div>
  );
}

interface EntriesProps {
  query: MemoryQuery;
  go: (next: MemoryQuery, replace?: boolean) => void;
  whyNot: string | undefined;
  onAdd: () => void;
}

function Entries({ query, go, whyNot, onAdd }: EntriesProps) {
  const list = useMemories(query);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const entries = list.data?.pages.flatMap((page) => page.entries) ?? [];
  const shown = new Set(entries.map((entry) => entry.key));
  // An entry that is gone from the list is no longer chosen.
  const chosen = [...selected].filter((key) => shown.has(key));
  const open = query.open;
  const toggle = (key: string) => {
    const next = new Set(chosen);
    if (!next.delete(key)) next.add(key);
    setSelected(next);
  };
  const row = {
    go: (key: string | undefined) => go({ ...query, open: key }, true),
    onPick: (next: MemoryQuery) => go(next),
    whyNot,
    bin: query.bin ?? false,
    selecting: chosen.length > 0,
    onToggle: toggle,
  };

  if (list.isError && !list.data)
    return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (list.isPending) return <Loading />;
  return (
    <>
      {chosen.length === 0 ? (
        <Summary query={query} found={entries.length} more={list.hasNextPage} />
      ) : (
        <BulkBar
          keys={chosen}
          all={entries.map((entry) => entry.key)}
          bin={row.bin}
          whyNot={whyNot}
          onSelect={(keys) => setSelected(new Set(keys))}
        />
      )}
      {open !== undefined && !shown.has(open) && !query.bin && <Apart open={open} row={row} />}
      {entries.length === 0 && open === undefined && (
        <Empty query={query} go={go} onAdd={onAdd} whyNot={whyNot} />
      )}
      {entries.length > 0 && (
        <ul className="memories" aria-label={t.memory.title} aria-busy={list.isPlaceholderData}>
          {entries.map((entry) => (
            <EntryRow
              key={entry.id}
              entry={entry}
              open={open === entry.key}
              selected={selected.has(entry.key)}
              {...row}
            />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button
          variant="default"
          className="memory-more"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t.memory.loadMore}
        </Button>
      )}
    </>
  );
}

/** The entry that the address names, where the list does not have it. */
function Apart({
  open,
  row,
}: {
  open: string;
  row: Omit<Parameters<typeof EntryRow>[0], 'entry' | 'open' | 'selected'>;
}) {
  const entry = useMemory(open);
  if (entry.data)
    return (
      <ul className="memories memory-apart" aria-label={open}>
        <EntryRow entry={entry.data} open selected={false} {...row} />
      </ul>
    );
  return entry.isError ? (
    <div className="memory-apart">
      <Note tone="warn">{t.memory.gone(open)}</Note>
    </div>
  ) : (
    <Skeleton h={120} radius="md" className="memory-apart" />
  );
}

function Empty({ query, go, onAdd, whyNot }: EntriesProps) {
  const showAll = { label: t.memory.showAll, onClick: () => go({}) };
  if (query.bin && !isNarrowed(query))
    return (
      <EmptyState
        icon={IconTrash}
        title={t.memory.binEmptyTitle}
        body={t.memory.binEmptyBody}
        action={{ label: t.memory.backToAll, onClick: () => go({}) }}
      />
    );
  if (isNarrowed(query))
    return (
      <EmptyState
        role="status"
        icon={IconZoomExclamation}
        title={t.memory.noneTitle}
        body={t.memory.noneBody}
        action={showAll}
      />
    );
  return (
    <EmptyState
      icon={IconBrain}
      title={t.memory.emptyTitle}
      body={t.memory.emptyBody}
      action={whyNot === undefined ? { label: t.memory.addDo, onClick: onAdd } : undefined}
    />
  );
}

const Loading = () => (
  <div className="memory-loading" aria-busy="true" role="status" aria-label={t.common.loading}>
    {[0, 1, 2, 3, 4].map((place) => (
      <Skeleton key={place} h={78} radius="md" />
    ))}
  </div>
);
