/** Jobs that are due next, and how each went last. */
import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, take } from '@/api/client';
import type { CronJob, CronJobPage } from '@/api/types';
import { t } from '@/i18n';
import { ErrorNote } from '@/ui/ErrorNote';
import { Panel } from '@/ui/Panel';
import { RelativeTime } from '@/ui/RelativeTime';
import { StatusDot, type Tone } from '@/ui/StatusDot';

const SHOWN = 5;

export function NextJobs() {
  const list = useQuery({
    queryKey: ['get', '/api/cron', 'next'],
    queryFn: ({ signal }): Promise<CronJobPage> =>
      take(
        api.GET('/api/cron', { params: { query: { limit: SHOWN } }, signal }),
      ) as Promise<unknown> as Promise<CronJobPage>,
    refetchOnMount: 'always',
  });
  const jobs = list.data?.jobs;
  return (
    <Panel
      title={t.overview.nextJobs}
      busy={list.isPending}
      actions={
        <Link to="/cron" className="next-all">
          {t.overview.allJobs}
        </Link>
      }
    >
      {list.isError && !jobs ? (
        <ErrorNote error={list.error} onRetry={() => void list.refetch()} />
      ) : !jobs ? (
        <Skeleton h={56} />
      ) : jobs.length === 0 ? (
        <p className="dimmed">{t.overview.nextJobsNone}</p>
      ) : (
        <ul className="next-jobs">
          {jobs.map((job) => (
            <NextJob key={job.id} job={job} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function NextJob({ job }: { job: CronJob }) {
  const state = stateOf(job);
  return (
    <li className="next-job">
      <Link to="/cron" search={{ job: job.id }} className="next-name">
        {job.name}
      </Link>
      <span className="next-when num">
        {job.state === 'active' && job.next_at != null ? <RelativeTime at={job.next_at} /> : t.common.none}
      </span>
      <span className="next-words">{job.words}</span>
      {state && (
        <span className="next-state">
          <StatusDot tone={state.tone}>{state.words}</StatusDot>
        </span>
      )}
    </li>
  );
}

function stateOf(job: CronJob): { tone: Tone; words: string } | undefined {
  if (job.open_runs > 0) return { tone: 'busy', words: t.overview.jobRuns };
  if (job.paused_by_failures) return { tone: 'bad', words: t.overview.jobPaused };
  if (job.failures > 0) return { tone: 'warn', words: t.overview.jobFailed };
  return undefined;
}
