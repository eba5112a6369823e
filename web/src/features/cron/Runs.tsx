/** The runs of a job, the newest first, with what came out of each. */
import { Button, Skeleton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useId, useState } from 'react';
import type { CronJob, CronRun } from '@/api/types';
import { t } from '@/i18n';
import { absoluteTime, dollars, milliseconds, relativeTime } from '@/i18n/format';
import { CopyButton } from '@/ui/CopyButton';
import { ErrorNote } from '@/ui/ErrorNote';
import { StatusBadge } from '@/ui/StatusBadge';
import { useNow } from '@/ui/useNow';
import { useRuns } from './data';
import { runTone, runWords, waits } from './words';

export function Runs({ job }: { job: CronJob }) {
  const list = useRuns(job.id);
  const runs = list.data?.pages.flatMap((page) => page.runs);
  const [open, setOpen] = useState<string>();
  return (
    <section className="runs-part">
      <h2 className="job-part">{t.cron.history}</h2>
      {list.isError && !runs ? (
        <ErrorNote error={list.error} onRetry={() => void list.refetch()} />
      ) : !runs ? (
        <Skeleton h={96} radius="md" aria-label={t.common.loading} />
      ) : runs.length === 0 ? (
        <p className="dimmed">{t.cron.noRuns}</p>
      ) : (
        <ul className="runs" aria-label={t.cron.history}>
          {runs.map((run) => (
            <Run
              key={run.id}
              run={run}
              open={open === run.id}
              onToggle={() => setOpen(open === run.id ? undefined : run.id)}
            />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button
          size="xs"
          variant="default"
          mt="xs"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t.cron.olderRuns}
        </Button>
      )}
    </section>
  );
}

function Run({ run, open, onToggle }: { run: CronRun; open: boolean; onToggle: () => void }) {
  const details = useId();
  const running = run.status === 'running' && !waits(run);
  const now = useNow(1_000, running);
  const began = run.started_at == null ? undefined : Date.parse(run.started_at);
  const took = run.duration_ms ?? (running && began !== undefined ? Math.max(0, now - began) : undefined);
  const why = run.status === 'failed' ? run.error : run.reason;
  return (
    <li className="run">
      <button
        type="button"
        className="run-head"
        aria-expanded={open}
        aria-controls={open ? details : undefined}
        onClick={onToggle}
      >
        <StatusBadge tone={runTone(run)} dot={run.status === 'running'}>
          {runWords(run)}
        </StatusBadge>
        <time dateTime={run.scheduled_at} className="num run-at">
          {absoluteTime(run.scheduled_at)}
        </time>
        <span className="run-why">{why}</span>
        <span className="run-facts num">
          {run.trigger !== 'schedule' && <span>{t.cron.triggers[run.trigger]}</span>}
          {took !== undefined && <span>{milliseconds(took)}</span>}
          {run.cost_usd != null && <span>{dollars(run.cost_usd)}</span>}
        </span>
      </button>
      {open && (
        <div id={details} className="run-details">
          {why && <p className="run-reason">{why}</p>}
          {waits(run) && run.reason && (
            <p className="dimmed">{t.cron.notBefore(relativeTime(run.start_at))}</p>
          )}
          {run.output ? (
            <div className="run-output-box">
              {/* Long lines scroll by the keyboard too. */}
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: see above */}
              <pre className="run-output" role="region" tabIndex={0} aria-label={t.cron.output}>
                {run.output}
              </pre>
              <CopyButton value={run.output} label={t.cron.copyOutput} />
            </div>
          ) : (
            run.status !== 'running' && <p className="dimmed">{t.cron.noOutput}</p>
          )}
          {run.turn_id != null && run.attempt > 0 && (
            <p className="run-links">
              <Link to="/traces/$turn" params={{ turn: run.turn_id }}>
                {t.cron.trace}
              </Link>
              {run.session_id != null && (
                <Link to="/chat/$session" params={{ session: run.session_id }}>
                  {t.cron.openSession}
                </Link>
              )}
            </p>
          )}
        </div>
      )}
    </li>
  );
}
