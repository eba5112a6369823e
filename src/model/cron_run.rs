//! One time that a scheduled job was due, or was started by hand, and what became of it.

use poem_openapi::Enum;
use serde::{Deserialize, Serialize};

use super::{
    CronJobId, CronRunId, Delivery, MicroUsd, SessionId, Timestamp, TurnId, cron_job::words,
};

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename = "CronRunStatus", rename_all = "snake_case")]
pub enum RunStatus {
    /// Under way; while `started_at` is null it waits for its turn, and `reason` says for what.
    Running,
    /// It did what it was to do.
    Ok,
    /// It did not.
    Failed,
    /// It was left out.
    Skipped,
    /// The gateway did not run at that time.
    Missed,
}

words!(RunStatus {
    Running = "running",
    Ok = "ok",
    Failed = "failed",
    Skipped = "skipped",
    Missed = "missed",
});

/// What began a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename = "CronTrigger", rename_all = "snake_case")]
pub enum Trigger {
    /// Its time had come.
    Schedule,
    /// Its time had come while the gateway did not run.
    CatchUp,
    /// Somebody.
    Manual,
}

words!(Trigger {
    Schedule = "schedule",
    CatchUp = "catch_up",
    Manual = "manual",
});

/// One run of a job.
#[derive(Clone, Debug, PartialEq)]
pub struct CronRun {
    /// Its place in the order of all runs.
    pub row: i64,
    /// Names it.
    pub id: CronRunId,
    /// The job.
    pub job_id: CronJobId,
    /// What began it.
    pub trigger: Trigger,
    /// The moment that it is for.
    pub scheduled_at: Timestamp,
    /// Where it stands.
    pub status: RunStatus,
    /// Why it stands there, where that is not plain.
    pub reason: Option<String>,
    /// Not before this.
    pub start_at: Timestamp,
    /// Tries so far.
    pub attempt: u32,
    /// When the last try began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// What came out of it.
    pub output: Option<String>,
    /// Why it failed: a sentence, safe to show.
    pub error: Option<String>,
    /// The conversation that it worked in.
    pub session_id: Option<SessionId>,
    /// The turn that it was.
    pub turn_id: Option<TurnId>,
    /// What it cost; none when that is not known, or nothing was asked of a model.
    pub cost: Option<MicroUsd>,
    /// Moments that this row stands for, where they were too many for a row each.
    pub missed_count: Option<u64>,
    /// Where the result has yet to go.
    pub deliver: Option<Delivery>,
}

impl CronRun {
    /// A run for a moment, not begun.
    pub fn due(job_id: CronJobId, scheduled_at: Timestamp, trigger: Trigger) -> Self {
        Self {
            row: 0,
            id: CronRunId::fresh(),
            job_id,
            trigger,
            scheduled_at,
            status: RunStatus::Running,
            reason: None,
            start_at: scheduled_at,
            attempt: 0,
            started_at: None,
            finished_at: None,
            output: None,
            error: None,
            session_id: None,
            turn_id: None,
            cost: None,
            missed_count: None,
            deliver: None,
        }
    }

    /// The same, left out or missed.
    #[must_use]
    pub fn passed_over(mut self, status: RunStatus, reason: &str, now: Timestamp) -> Self {
        self.status = status;
        self.reason = Some(reason.to_owned());
        self.finished_at = Some(now);
        self
    }
}
