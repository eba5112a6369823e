//! Runs as their owner sees them, and starting one by hand.

use super::{Cron, CronError, CronError::NoRun};
use crate::{
    model::{CronJobId, CronRun, CronRunId, Cursor, JobChange, Overlap, RunStatus, Trigger},
    store::CronRunList,
};

/// How long a deleted job can be brought back: thirty days.
const KEPT_SECS: i64 = 30 * 24 * 60 * 60;

impl Cron {
    /// Starts a job now, whatever its schedule, even while it is paused.
    pub async fn run_now(&self, id: CronJobId) -> Result<CronRun, CronError> {
        let job = self.get(id).await?;
        if job.open_runs > 0 && job.options.overlap == Overlap::Skip {
            return Err(CronError::Conflict(
                "the job is under way already; with overlap \"queue\" it could wait for its turn"
                    .to_owned(),
            ));
        }
        let mut run = CronRun::due(job.id, self.now(), Trigger::Manual);
        if job.open_runs > 0 {
            run.reason = Some("It waits for the run before it.".to_owned());
        }
        let run = self.inner.store.insert_manual_run(run).await?;
        self.tell(&job, JobChange::Queued, None);
        self.wake();
        Ok(run)
    }

    /// Forgets what was deleted long ago, and runs that are too many.
    pub async fn tidy(&self) -> Result<(), CronError> {
        let keep = self.inner.config.current().cron.keep_runs;
        let before = self.now().plus_secs(-KEPT_SECS);
        let gone = self.inner.store.prune_cron(before, keep).await?;
        if gone > 0 {
            tracing::debug!(gone, "old runs were forgotten");
        }
        Ok(())
    }

    /// Runs of a job, of all jobs where none is named, the newest first, and where to go on.
    pub async fn runs(
        &self,
        job: Option<CronJobId>,
        status: Option<RunStatus>,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<(Vec<CronRun>, Option<Cursor>), CronError> {
        if let Some(id) = job {
            // A deleted job's runs can be read as long as it can be brought back.
            let known = self.inner.store.find_cron_job(id).await?;
            known.ok_or(CronError::Missing)?;
        }
        let list = CronRunList {
            job_id: job,
            status,
            before: after.map(|cursor| cursor.row),
            limit: limit.saturating_add(1),
        };
        let mut runs = self.inner.store.list_cron_runs(&list).await?;
        let more = runs.len() > limit as usize;
        runs.truncate(limit as usize);
        let next = runs.last().filter(|_| more).map(|last| Cursor {
            key: 0,
            row: last.row,
        });
        Ok((runs, next))
    }

    /// One run of a job.
    pub async fn run(&self, job: CronJobId, id: CronRunId) -> Result<CronRun, CronError> {
        let run = self.inner.store.find_cron_run(id).await?;
        run.filter(|run| run.job_id == job).ok_or(NoRun)
    }
}
