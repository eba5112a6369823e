/** Every call of a model, the newest first: filtered, opened, or taken away as a file. */
import { Button, NativeSelect, Skeleton } from '@mantine/core';
import { IconDownload, IconFilterOff, IconReceipt, IconX, IconZoomExclamation } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { CostGroup } from '@/api/types';
import { useCommands } from '@/app/commands';
import { t } from '@/i18n';
import { shortDay } from '@/i18n/format';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorNote } from '@/ui/ErrorNote';
import { ErrorState } from '@/ui/ErrorState';
import { noon } from './chart.logic';
import { useRecords } from './data';
import { LedgerRow } from './LedgerRow';
import { type CostSearch, csvOf, isNarrowed, ORIGINS, STATUSES, tidy } from './search.logic';

interface LedgerProps {
  search: CostSearch;
  go: (next: CostSearch, replace?: boolean) => void;
  models: readonly CostGroup[];
}

export function Ledger({ search, go, models }: LedgerProps) {
  const list = useRecords(search);
  const records = list.data?.pages.flatMap((page) => page.records);
  const narrowed = isNarrowed(search);
  const clear = () => go({ tab: 'ledger' });
  useCommands(
    narrowed
      ? [{ id: 'cost-clear', label: t.cost.clear, icon: IconFilterOff, group: 'page', run: clear }]
      : [],
  );
  return (
    <>
      <Filters search={search} go={go} models={models} />
      {list.isError && !records ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : !records ? (
        <div className="cost-loading" aria-busy="true" role="status" aria-label={t.common.loading}>
          {[0, 1, 2, 3, 4, 5].map((place) => (
            <Skeleton key={place} h={58} radius="md" />
          ))}
        </div>
      ) : records.length === 0 ? (
        <Nothing narrowed={narrowed} onClear={clear} />
      ) : (
        <ul className="calls" aria-label={t.cost.ledger} aria-busy={list.isPlaceholderData || undefined}>
          {records.map((record) => (
            <LedgerRow
              key={record.id}
              record={record}
              open={search.open === record.id}
              onOpen={(id) => go(tidy({ ...search, open: id }), true)}
            />
          ))}
        </ul>
      )}
      {list.isFetchNextPageError && (
        <ErrorNote error={list.error} onRetry={() => void list.fetchNextPage()} />
      )}
      {records && list.hasNextPage && (
        <Button
          variant="default"
          className="cost-more"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t.cost.loadMore}
        </Button>
      )}
    </>
  );
}

function Filters({ search, go, models }: LedgerProps) {
  const set = (change: Partial<CostSearch>) => go(tidy({ ...search, open: undefined, ...change }));
  const chosen = search.model === undefined ? '' : `${search.provider ?? ''}/${search.model}`;
  const known = models.flatMap(({ key }) => key ?? []);
  const offered = chosen && !known.includes(chosen) ? [...known, chosen] : known;
  return (
    <search className="cost-filters" aria-label={t.cost.search}>
      <NativeSelect
        aria-label={t.cost.model}
        value={chosen}
        data={[{ value: '', label: t.cost.anyModel }, ...offered.map((value) => ({ value, label: value }))]}
        onChange={(event) => {
          const value = event.currentTarget.value;
          const slash = value.indexOf('/');
          set(
            value
              ? { provider: value.slice(0, slash) || undefined, model: value.slice(slash + 1) }
              : { provider: undefined, model: undefined },
          );
        }}
      />
      <NativeSelect
        aria-label={t.cost.origin}
        value={search.door ?? ''}
        data={[
          { value: '', label: t.cost.anyOrigin },
          ...ORIGINS.map((value) => ({ value, label: t.cost.origins[value] ?? value })),
        ]}
        onChange={(event) => set({ door: ORIGINS.find((one) => one === event.currentTarget.value) })}
      />
      <NativeSelect
        aria-label={t.cost.status}
        value={search.status ?? ''}
        data={[
          { value: '', label: t.cost.anyStatus },
          ...STATUSES.map((value) => ({ value, label: t.cost.statuses[value] })),
        ]}
        onChange={(event) => set({ status: STATUSES.find((one) => one === event.currentTarget.value) })}
      />
      <button
        type="button"
        className="chip"
        aria-pressed={search.unpriced ?? false}
        onClick={() => set({ unpriced: search.unpriced ? undefined : true })}
      >
        {t.cost.onlyUnpriced}
      </button>
      {chipsOf(search).map(({ label, without }) => (
        <button
          key={label}
          type="button"
          className="chip"
          aria-pressed
          aria-label={t.cost.remove(label)}
          onClick={() => set(without)}
        >
          {label} <IconX size={13} aria-hidden />
        </button>
      ))}
      <Button
        component="a"
        href={csvOf(search)}
        download
        className="cost-csv"
        variant="default"
        title={t.cost.csvHint}
        leftSection={<IconDownload size={16} aria-hidden />}
      >
        {t.cost.csv}
      </Button>
    </search>
  );
}

/** Filters that have no field: they come from links, and can be taken away. */
function chipsOf({ from, to, session, turn, device, job }: CostSearch) {
  const day = (date: string) => shortDay(noon(date));
  const days =
    from && from === to
      ? t.cost.oneDay(day(from))
      : from || to
        ? t.cost.manyDays(from ? day(from) : '…', to ? day(to) : '…')
        : undefined;
  const chips: { label: string; without: Partial<CostSearch> }[] = [];
  if (days) chips.push({ label: days, without: { from: undefined, to: undefined } });
  if (session) chips.push({ label: t.cost.oneSession, without: { session: undefined } });
  if (turn) chips.push({ label: t.cost.oneTurn, without: { turn: undefined } });
  if (device) chips.push({ label: t.cost.oneDevice, without: { device: undefined } });
  if (job) chips.push({ label: t.cost.oneJob(job), without: { job: undefined } });
  return chips;
}

function Nothing({ narrowed, onClear }: { narrowed: boolean; onClear: () => void }) {
  const navigate = useNavigate();
  return narrowed ? (
    <EmptyState
      role="status"
      icon={IconZoomExclamation}
      title={t.cost.ledgerNoneTitle}
      body={t.cost.ledgerNoneBody}
      action={{ label: t.cost.clear, onClick: onClear }}
    />
  ) : (
    <EmptyState
      icon={IconReceipt}
      title={t.cost.ledgerEmptyTitle}
      body={t.cost.emptyBody}
      action={{ label: t.cost.emptyDo, onClick: () => void navigate({ to: '/chat' }) }}
    />
  );
}
