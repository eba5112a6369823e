/** One job: when it is due and how it went last; opened, all about it. */
import { ActionIcon } from '@mantine/core';
import {
  IconCopyPlus,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerTrackNext,
  IconTrash,
} from '@tabler/icons-react';
import { memo, useId } from 'react';
import type { CronJob } from '@/api/types';
import { t } from '@/i18n';
import { absoluteTime } from '@/i18n/format';
import { ActionMenu, type MenuEntry } from '@/ui/ActionMenu';
import { disabledBecause } from '@/ui/disabledBecause';
import { RelativeTime } from '@/ui/RelativeTime';
import { StatusBadge } from '@/ui/StatusBadge';
import { tip } from '@/ui/Tips';
import { toast, toastUndo } from '@/ui/toast';
import { restoreJob, useJobActions } from './data';
import { JobOpen } from './JobOpen';
import { does, ICONS, runTone, runWords, stateTone } from './words';

export interface JobRowProps {
  job: CronJob;
  open: boolean;
  whyNot: string | undefined;
  onToggle: () => void;
  /** Opens the form: with a job's id, or a copy of one. */
  onEdit: (edit: string) => void;
}

export const JobRow = memo(function JobRow({ job, open, whyNot, onToggle, onEdit }: JobRowProps) {
  const details = useId();
  const act = useRowActions(job);
  const Icon = ICONS[job.job.kind];
  const paused = job.state === 'paused';
  const entries = (): MenuEntry[] => [
    { label: t.cron.edit, icon: IconPencil, onSelect: () => onEdit(job.id), why: whyNot },
    {
      label: t.cron.clone,
      icon: IconCopyPlus,
      onSelect: () => onEdit(`copy-${job.id}`),
      why: whyNot,
    },
    job.state !== 'finished' && {
      label: paused ? t.cron.resume : t.cron.pause,
      icon: paused ? IconPlayerPlay : IconPlayerPause,
      onSelect: act.toggle,
      why: whyNot,
    },
    'line',
    { label: t.common.delete, icon: IconTrash, onSelect: act.remove, danger: true, why: whyNot },
  ];
  return (
    <li className="job" data-open={open || undefined}>
      <button
        type="button"
        className="job-head"
        aria-expanded={open}
        aria-controls={open ? details : undefined}
        onClick={onToggle}
      >
        <span className="job-kind" title={t.cron.kinds[job.job.kind]}>
          <Icon size={18} stroke={1.7} aria-hidden />
        </span>
        <span className="job-words">
          <span className="job-name">{job.name}</span>
          <span className="job-does">{does(job.job)}</span>
        </span>
        <span className="job-when">
          <span className="job-schedule">{job.words}</span>
          <span className="job-next">
            {job.state === 'active' && job.next_at != null ? (
              <Due at={job.next_at} />
            ) : (
              <StatusBadge tone={stateTone(job)}>{t.cron.states[job.state]}</StatusBadge>
            )}
          </span>
        </span>
        <span className="job-last">
          {job.last_run ? (
            <>
              <StatusBadge tone={runTone(job.last_run)} dot={job.last_run.status === 'running'}>
                {runWords(job.last_run)}
              </StatusBadge>
              <span className="dimmed">
                <RelativeTime at={job.last_run.finished_at ?? job.last_run.scheduled_at} />
              </span>
            </>
          ) : (
            <span className="dimmed">{t.cron.neverRan}</span>
          )}
        </span>
      </button>
      <div className="job-actions">
        <ActionIcon
          variant="subtle"
          color="gray"
          {...tip(t.cron.runNow)}
          onClick={act.run}
          {...disabledBecause(whyNot)}
        >
          <IconPlayerTrackNext size={17} aria-hidden />
        </ActionIcon>
        <ActionMenu label={t.cron.actions(job.name)} entries={entries} />
      </div>
      {open && (
        <div id={details} className="job-details">
          <JobOpen job={job} whyNot={whyNot} onEdit={() => onEdit(job.id)} onToggle={act.toggle} />
        </div>
      )}
    </li>
  );
});

/** When it is due next: how far off, and exactly. */
const Due = ({ at }: { at: string }) => (
  <>
    <RelativeTime at={at} />
    <span className="job-exact num">{absoluteTime(at)}</span>
  </>
);

function useRowActions(job: CronJob) {
  const { run, pause, resume, remove, reread } = useJobActions();
  const { id, name } = job;
  const failed = (error: unknown) => toast.failed(error);
  // Promises, not callbacks of the mutation: the news may take the row away before the answer is here.
  return {
    run: () => void run.mutateAsync(id).then(() => toast.done(t.cron.started(name)), failed),
    toggle: () => void (job.state === 'paused' ? resume : pause).mutateAsync(id).catch(failed),
    remove: () =>
      void remove.mutateAsync(id).then(
        () =>
          toastUndo({
            id: `job-deleted-${id}`,
            message: t.cron.wasDeleted(name),
            undo: () => restoreJob(id).then(reread),
            undone: t.cron.isBack(name),
          }),
        failed,
      ),
  };
}
