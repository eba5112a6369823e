//! Words between processes: a command beside a running gateway changes the schedule in the
//! database, and leaves word for the scheduler and for whoever watches.

use std::time::Duration;

use super::{Cron, CronError};
use crate::model::{CronJob, CronJobId, CronRunId, JobChange};

const KEY: &str = "cron.word";
/// How often the scheduler looks whether word was left.
const LOOK_EVERY: Duration = Duration::from_secs(1);

impl Cron {
    /// Tells a gateway that runs beside this process what was changed here.
    pub async fn leave_word(&self, job: CronJobId, change: JobChange) -> Result<(), CronError> {
        // Never the same twice, so that each is noticed.
        let word = serde_json::json!([job, change, CronRunId::fresh()]).to_string();
        Ok(self.inner.store.set_meta(KEY, word).await?)
    }

    /// What was left last; none as well while the database fails.
    pub(super) async fn word_left(&self) -> Option<String> {
        self.inner.store.find_meta(KEY).await.ok().flatten()
    }

    /// Waits until word is left, and passes it on.
    pub(super) async fn hear(&self, heard: &mut Option<String>) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let word = self.word_left().await;
            if word.is_some() && word != *heard {
                if let Some((job, change)) = self.understood(word.as_deref()).await {
                    self.tell(&job, change, None);
                }
                *heard = word;
                return;
            }
        }
    }

    async fn understood(&self, word: Option<&str>) -> Option<(CronJob, JobChange)> {
        let (id, change, _): (CronJobId, JobChange, CronRunId) =
            serde_json::from_str(word?).ok()?;
        let job = self.inner.store.find_cron_job(id).await.ok()??;
        Some((job, change))
    }
}
