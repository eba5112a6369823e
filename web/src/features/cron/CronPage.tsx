/** What runs by itself: jobs, when they are due, how they went, and a form to make and change them. */
import './cron.css';
import { Button, Skeleton, TextInput } from '@mantine/core';
import { IconClock, IconPlus, IconSearch, IconZoomExclamation } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useState } from 'react';
import { useRereadOn } from '@/api/reread';
import { useWhyNot } from '@/app/can';
import { useCommands } from '@/app/commands';
import { ReadOnlyNote } from '@/app/ReadOnlyNote';
import { t } from '@/i18n';
import { disabledBecause } from '@/ui/disabledBecause';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorNote } from '@/ui/ErrorNote';
import { ErrorState } from '@/ui/ErrorState';
import { Note } from '@/ui/Note';
import { PageHeader } from '@/ui/PageHeader';
import { NEWS, PATHS, useJob, useJobs } from './data';
import { Editor } from './Editor';
import { JobRow } from './JobRow';
import { type CronView, isNarrowed, NEW, STATES, widened } from './view.logic';

export default function CronPage() {
  useRereadOn(NEWS, PATHS);
  const view: CronView = useSearch({ from: '/cron' });
  const navigate = useNavigate({ from: '/cron' });
  const whyNot = useWhyNot('admin');
  const go = useCallback(
    (next: CronView, replace = false) => void navigate({ search: next, replace, resetScroll: false }),
    [navigate],
  );
  const add = () => go({ ...view, edit: NEW });
  useCommands(
    whyNot === undefined
      ? [{ id: 'cron-add', label: t.cron.add, icon: IconPlus, group: 'page', run: add }]
      : [],
  );
  const { edit, ...rest } = view;
  return (
    <div className="page cron">
      <PageHeader
        title={t.cron.title}
        sub={t.cron.sub}
        actions={
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={add} {...disabledBecause(whyNot)}>
            {t.cron.add}
          </Button>
        }
      />
      <ReadOnlyNote scope="admin" />
      <Filters view={view} go={go} />
      <Jobs view={view} go={go} whyNot={whyNot} onAdd={add} />
      {edit !== undefined && whyNot === undefined && (
        <Editor
          key={edit}
          edit={edit}
          onClose={() => go(rest, true)}
          onSaved={(id) => go({ ...rest, job: id }, true)}
        />
      )}
    </div>
  );
}

interface JobsProps {
  view: CronView;
  go: (next: CronView, replace?: boolean) => void;
  whyNot: string | undefined;
  onAdd: () => void;
}

function Filters({ view, go }: Pick<JobsProps, 'view' | 'go'>) {
  const [text, setText] = useState(view.q ?? '');
  const { q: _, ...others } = view;
  // What is typed is looked for when the fingers rest.
  useEffect(() => {
    if (text.trim() === (view.q ?? '')) return;
    const timer = setTimeout(() => go({ ...others, ...(text.trim() && { q: text.trim() }) }, true), 200);
    return () => clearTimeout(timer);
  });
  const pick = (state: CronView['state'], failing?: true) => {
    const { state: _state, failing: _failing, ...kept } = view;
    go({ ...kept, ...(state && { state }), ...(failing && { failing }) });
  };
  const chip = (label: string, on: boolean, onClick: () => void) => (
    <button key={label} type="button" className="cron-chip" aria-pressed={on} onClick={onClick}>
      {label}
    </button>
  );
  return (
    <div className="cron-filters">
      <TextInput
        type="search"
        className="cron-search"
        aria-label={t.cron.search}
        placeholder={t.cron.search}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <fieldset className="cron-chips" aria-label={t.cron.filters}>
        {chip(t.cron.all, !view.state && !view.failing, () => pick(undefined))}
        {STATES.map((state) => chip(t.cron.states[state], view.state === state, () => pick(state)))}
        {chip(t.cron.failing, view.failing === true, () => pick(undefined, true))}
      </fieldset>
    </div>
  );
}

function Jobs({ view, go, whyNot, onAdd }: JobsProps) {
  const list = useJobs(view);
  const jobs = list.data?.pages.flatMap((page) => page.jobs);
  if (list.isError && !jobs) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (!jobs) return <Loading />;
  const { job: open, ...closed } = view;
  const row = (id: string) => ({
    open: open === id,
    whyNot,
    onToggle: () => go(open === id ? closed : { ...view, job: id }, true),
    onEdit: (edit: string) => go({ ...view, edit }),
  });
  const apart = open !== undefined && !jobs.some((job) => job.id === open);
  return (
    <>
      {apart && <Apart id={open} row={row(open)} />}
      {jobs.length > 0 ? (
        <ul className="jobs" aria-label={t.cron.title} aria-busy={list.isPlaceholderData}>
          {jobs.map((job) => (
            <JobRow key={job.id} job={job} {...row(job.id)} />
          ))}
        </ul>
      ) : (
        !apart && <Empty view={view} go={go} whyNot={whyNot} onAdd={onAdd} />
      )}
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
          {t.common.showMore}
        </Button>
      )}
    </>
  );
}

/** The job that the address names, where the list does not have it. */
function Apart({ id, row }: { id: string; row: Omit<Parameters<typeof JobRow>[0], 'job'> }) {
  const job = useJob(id);
  if (job.data)
    return (
      <ul className="jobs jobs-apart" aria-label={job.data.name}>
        <JobRow job={job.data} {...row} />
      </ul>
    );
  return job.isError ? (
    <div className="jobs-apart">
      <Note tone="warn">{t.cron.gone}</Note>
    </div>
  ) : (
    <Skeleton h={72} radius="md" className="jobs-apart" />
  );
}

function Empty({ view, go, whyNot, onAdd }: JobsProps) {
  return isNarrowed(view) ? (
    <EmptyState
      role="status"
      icon={IconZoomExclamation}
      title={t.cron.noneTitle}
      body={t.cron.noneBody}
      action={{ label: t.cron.showAll, onClick: () => go(widened(view)) }}
    />
  ) : (
    <EmptyState
      icon={IconClock}
      title={t.cron.emptyTitle}
      body={t.cron.emptyBody}
      action={whyNot === undefined ? { label: t.cron.add, onClick: onAdd } : undefined}
    />
  );
}

const Loading = () => (
  <div className="jobs-loading" aria-busy="true" role="status" aria-label={t.common.loading}>
    {[0, 1, 2, 3, 4].map((place) => (
      <Skeleton key={place} h={72} radius="md" />
    ))}
  </div>
);
