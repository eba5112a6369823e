//! News of scheduled jobs.

use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};

use super::{CronJobId, CronRunId, MicroUsd, RunStatus, SessionId, Timestamp, TurnId};

/// A run of a scheduled job is over: it ran, failed, was left out or was missed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct CronResult {
    /// The job.
    pub job_id: CronJobId,
    /// What it is called.
    pub name: String,
    /// The run.
    pub run_id: CronRunId,
    /// ok, failed, skipped or missed.
    pub status: RunStatus,
    /// The moment that it was for.
    pub scheduled_at: Timestamp,
    /// How long its last try took, in milliseconds; null when nothing was tried.
    pub duration_ms: Option<u64>,
    /// Why it failed or was left out: a sentence, safe to show.
    pub error: Option<String>,
    /// The conversation that it worked in.
    pub session_id: Option<SessionId>,
    /// The turn that it was.
    pub turn_id: Option<TurnId>,
    /// What it cost; null when that is not known, or nothing was asked of a model.
    pub cost_usd: Option<MicroUsd>,
}

/// A run of a scheduled job began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct JobStarted {
    /// The job.
    pub job_id: CronJobId,
    /// What it is called.
    pub name: String,
    /// The run.
    pub run_id: CronRunId,
    /// The try: 1 for the first.
    pub attempt: u32,
    /// The conversation that it works in.
    pub session_id: Option<SessionId>,
    /// The turn that it is.
    pub turn_id: Option<TurnId>,
}

/// What changed of a scheduled job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum JobChange {
    /// It is new.
    Created,
    /// Its name, schedule, action or limits.
    Updated,
    /// It is held back.
    Paused,
    /// It goes on.
    Resumed,
    /// A run of it waits for its turn.
    Queued,
    /// It was deleted.
    Deleted,
    /// It is back.
    Restored,
}

/// A scheduled job changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct JobChanged {
    /// The job.
    pub job_id: CronJobId,
    /// What it is called.
    pub name: String,
    /// What changed.
    pub change: JobChange,
    /// Why, where the gateway did it by itself.
    pub reason: Option<String>,
}
