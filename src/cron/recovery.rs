//! After a restart: what was under way is settled before anything new begins. An agent's turn goes
//! on by itself, and its run with it. What a command, a tool or a request had done nobody knows.

use super::{CronError, Runner, actions::Attempt};
use crate::model::{CronAction, CronRun};

impl Runner {
    pub(super) async fn recover(&self) -> Result<(), CronError> {
        let store = &self.cron.inner.store;
        for run in store.list_begun_runs().await? {
            self.settle_interrupted(run).await?;
        }
        for run in store.list_undelivered_runs().await? {
            if let Some(job) = store.find_cron_job(run.job_id).await? {
                self.deliver(&job, &run).await;
            }
        }
        Ok(())
    }

    async fn settle_interrupted(&self, run: CronRun) -> Result<(), CronError> {
        let Some(job) = self.cron.inner.store.find_cron_job(run.job_id).await? else {
            // Its job is forgotten, which takes thirty days: so is it.
            return Ok(());
        };
        // The action may have been changed since: what was begun is told by the turn.
        if run.turn_id.is_some() && matches!(job.action, CronAction::Agent(_)) {
            self.take_up(job, run);
            return Ok(());
        }
        let interrupted = Attempt::failed(
            "It was interrupted by a restart of the gateway; its outcome is unknown.",
        );
        self.settle(&job, run, interrupted).await
    }
}
