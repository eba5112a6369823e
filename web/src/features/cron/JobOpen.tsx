/** All about a job: what it does, its limits, its next times and its runs. */
import { Button } from '@mantine/core';
import { IconPencil, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Fragment, type ReactNode } from 'react';
import type { CronJob } from '@/api/types';
import { t } from '@/i18n';
import { duration } from '@/i18n/format';
import { disabledBecause } from '@/ui/disabledBecause';
import { Note } from '@/ui/Note';
import { RelativeTime } from '@/ui/RelativeTime';
import { Runs } from './Runs';
import { Times } from './Times';
import { does } from './words';

interface JobOpenProps {
  job: CronJob;
  whyNot: string | undefined;
  onEdit: () => void;
  onToggle: () => void;
}

export function JobOpen({ job, whyNot, onEdit, onToggle }: JobOpenProps) {
  const paused = job.state === 'paused';
  return (
    <>
      {paused && (job.paused_by_failures || job.pause_reason) && (
        <Note tone={job.paused_by_failures ? 'bad' : 'warn'}>{job.pause_reason}</Note>
      )}
      <div className="job-parts">
        <div>
          <h2 className="job-part">{t.cron.kinds[job.job.kind]}</h2>
          <pre className="job-text" data-kind={job.job.kind}>
            {does(job.job)}
          </pre>
          <Facts job={job} />
          <div className="job-buttons">
            <Button
              size="xs"
              variant="default"
              leftSection={<IconPencil size={15} aria-hidden />}
              onClick={onEdit}
              {...disabledBecause(whyNot)}
            >
              {t.cron.edit}
            </Button>
            {job.state !== 'finished' && (
              <Button
                size="xs"
                variant="default"
                leftSection={
                  paused ? (
                    <IconPlayerPlay size={15} aria-hidden />
                  ) : (
                    <IconPlayerPause size={15} aria-hidden />
                  )
                }
                onClick={onToggle}
                {...disabledBecause(whyNot)}
              >
                {paused ? t.cron.resume : t.cron.pause}
              </Button>
            )}
          </div>
        </div>
        <div>
          <h2 className="job-part">{t.cron.nextTimes}</h2>
          {job.state === 'active' ? (
            <Times times={job.next} tz={job.schedule.kind === 'cron' ? job.schedule.tz : undefined} />
          ) : (
            <p className="dimmed">{paused ? t.cron.whilePaused : t.cron.neverAgain}</p>
          )}
        </div>
      </div>
      <Runs job={job} />
    </>
  );
}

function Facts({ job }: { job: CronJob }) {
  const facts: [string, ReactNode][] = [];
  if (job.session_id != null)
    facts.push([
      t.cron.session,
      <Link key="session" to="/chat/$session" params={{ session: job.session_id }}>
        {t.cron.openSession}
      </Link>,
    ]);
  if (job.job.kind === 'agent' && job.job.model) facts.push([t.cron.model, job.job.model]);
  if (job.job.kind === 'agent' && job.job.tools) facts.push([t.cron.onlyTools, job.job.tools.join(', ')]);
  if (job.timeout_secs != null) facts.push([t.cron.timeout, duration(job.timeout_secs)]);
  if (job.retries > 0) facts.push([t.cron.retries, String(job.retries)]);
  facts.push([t.cron.overlap, t.cron.overlaps[job.overlap]]);
  facts.push([t.cron.catchUp, t.cron.catchUps[job.catch_up]]);
  if (job.jitter_secs > 0) facts.push([t.cron.jitter, duration(job.jitter_secs)]);
  if (job.delivery != null)
    facts.push([
      t.cron.deliverTo,
      <Link key="delivery" to="/chat/$session" params={{ session: job.delivery.session_id }}>
        {t.cron.openSession}
      </Link>,
    ]);
  if (job.delete_after_run) facts.push([t.cron.afterwards, t.cron.isDeleted]);
  facts.push([
    t.cron.made,
    <span key="made">
      {t.cron.authors[job.author]} · <RelativeTime at={job.created_at} />
    </span>,
  ]);
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
