//! What `/api/cron` answers with.

use poem_openapi::{ApiResponse, Enum, Object, payload::Json};

use crate::{
    cron::Preview,
    model::{
        CatchUp, CronAction, CronAuthor, CronJob, CronJobId, CronRun, CronRunId, CronState,
        Delivery, MicroUsd, Overlap, RunStatus, Schedule, SessionId, Timestamp, Trigger, TurnId,
    },
};

/// What a job does, in a word.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "CronKind", rename_all = "snake_case")]
pub(super) enum JobKind {
    /// The agent is asked something.
    Agent,
    /// A command runs.
    Shell,
    /// A tool is used.
    Tool,
    /// JSON is sent somewhere.
    Webhook,
}

impl JobKind {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Shell => "shell",
            Self::Tool => "tool",
            Self::Webhook => "webhook",
        }
    }
}

/// One run of a job.
#[derive(Debug, Object)]
#[oai(rename = "CronRun")]
pub(super) struct RunView {
    /// Names it.
    id: CronRunId,
    /// The job.
    job_id: CronJobId,
    /// What began it.
    trigger: Trigger,
    /// The moment that it is for.
    scheduled_at: Timestamp,
    /// Where it stands.
    status: RunStatus,
    /// Why it stands there, where that is not plain.
    reason: Option<String>,
    /// Not before this: its moment, or later by chance, or the time of another try.
    start_at: Timestamp,
    /// Tries so far.
    attempt: u32,
    /// When the last try began; null while it waits.
    started_at: Option<Timestamp>,
    /// When it ended.
    finished_at: Option<Timestamp>,
    /// How long the last try took, in milliseconds.
    duration_ms: Option<u64>,
    /// What came out of it; null in lists of jobs.
    output: Option<String>,
    /// Why it failed.
    error: Option<String>,
    /// The conversation that it worked in.
    session_id: Option<SessionId>,
    /// The turn that it was.
    turn_id: Option<TurnId>,
    /// What it cost; null when that is not known, or nothing was asked of a model.
    cost_usd: Option<MicroUsd>,
    /// Moments that this stands for, where they were too many for a run each.
    missed_count: Option<u64>,
}

impl From<CronRun> for RunView {
    fn from(run: CronRun) -> Self {
        let took = run.started_at.zip(run.finished_at);
        Self {
            id: run.id,
            job_id: run.job_id,
            trigger: run.trigger,
            scheduled_at: run.scheduled_at,
            status: run.status,
            reason: run.reason,
            start_at: run.start_at,
            attempt: run.attempt,
            started_at: run.started_at,
            finished_at: run.finished_at,
            duration_ms: took.map(|(began, ended)| ended.millis_since(began)),
            output: run.output,
            error: run.error,
            session_id: run.session_id,
            turn_id: run.turn_id,
            cost_usd: run.cost,
            missed_count: run.missed_count,
        }
    }
}

/// A page of runs.
#[derive(Debug, Object)]
#[oai(rename = "CronRunPage")]
pub(super) struct RunPage {
    /// The newest first.
    pub(super) runs: Vec<RunView>,
    /// Where to go on to older ones; null at the end.
    pub(super) next_cursor: Option<String>,
}

/// A scheduled job.
#[derive(Debug, Object)]
#[oai(rename = "CronJob")]
pub(super) struct JobView {
    /// Names it.
    id: CronJobId,
    /// What it is called.
    name: String,
    /// When it is due.
    schedule: Schedule,
    /// The same in words.
    words: String,
    /// What it does.
    job: CronAction,
    /// Where it stands.
    state: CronState,
    /// Whether it runs.
    enabled: bool,
    /// When it is due next; null: never again.
    next_at: Option<Timestamp>,
    /// The next five times.
    next: Vec<Timestamp>,
    /// Since when it is held back.
    paused_at: Option<Timestamp>,
    /// Why it is held back.
    pause_reason: Option<String>,
    /// It paused by itself, after failures.
    paused_by_failures: bool,
    /// Runs in a row that failed.
    failures: u32,
    /// Runs under way, or waiting for their turn.
    open_runs: u32,
    /// Its last run, without what came out of it.
    last_run: Option<RunView>,
    /// The longest that one try may take, in seconds; null: `cron.timeout_secs`.
    timeout_secs: Option<u64>,
    /// Further tries after one that failed.
    retries: u32,
    /// When it is due while still under way.
    overlap: Overlap,
    /// When it was due while the gateway did not run.
    catch_up: CatchUp,
    /// Begins by chance up to so many seconds later.
    jitter_secs: u64,
    /// Where the result goes, beside the list of runs.
    delivery: Option<Delivery>,
    /// It is deleted once it has run well.
    delete_after_run: bool,
    /// Who made it.
    author: CronAuthor,
    /// The conversation that it works in, for one that asks the agent.
    session_id: Option<SessionId>,
    /// The conversation in which the agent made it.
    made_in_session: Option<SessionId>,
    /// Rises with every change.
    version: u32,
    /// When it was made.
    created_at: Timestamp,
    /// When it was last changed.
    updated_at: Timestamp,
}

impl JobView {
    pub(super) fn of(job: CronJob, words: String, next: Vec<Timestamp>) -> Self {
        let session_id = match &job.action {
            CronAction::Agent(agent) => {
                let named = agent.session_id.clone();
                Some(named.unwrap_or_else(|| job.own_session()))
            }
            _ => None,
        };
        let state = job.state();
        let (paused_at, pause_reason, forced) = match job.pause {
            Some(pause) => (Some(pause.at), pause.reason, pause.forced),
            None => (None, None, false),
        };
        let options = job.options;
        Self {
            id: job.id,
            name: job.name,
            schedule: job.schedule,
            words,
            job: job.action,
            state,
            enabled: paused_at.is_none(),
            next_at: job.next_at,
            next,
            paused_at,
            pause_reason,
            paused_by_failures: forced,
            failures: job.failures,
            open_runs: job.open_runs,
            last_run: job.last_run.map(|run| (*run).into()),
            timeout_secs: options.timeout_secs,
            retries: options.retries,
            overlap: options.overlap,
            catch_up: options.catch_up,
            jitter_secs: options.jitter_secs,
            delivery: options.delivery,
            delete_after_run: options.delete_after_run,
            author: job.author,
            session_id,
            made_in_session: job.session_id,
            version: job.version,
            created_at: job.created_at,
            updated_at: job.updated_at,
        }
    }
}

/// A page of jobs.
#[derive(Debug, Object)]
#[oai(rename = "CronJobPage")]
pub(super) struct JobPage {
    /// The next one due first, those that are never due again last.
    pub(super) jobs: Vec<JobView>,
    /// Where to go on; null at the end.
    pub(super) next_cursor: Option<String>,
}

/// What a schedule comes to.
#[derive(Debug, Object)]
#[oai(rename = "SchedulePreview")]
pub(super) struct PreviewView {
    /// As it was understood.
    schedule: Schedule,
    /// The next five times; fewer where there are no more.
    next: Vec<Timestamp>,
    /// In words.
    words: String,
    /// The time zone that it goes by.
    tz: String,
    /// What the next change of the clocks does to it; null: nothing.
    remark: Option<String>,
}

impl From<Preview> for PreviewView {
    fn from(preview: Preview) -> Self {
        Self {
            schedule: preview.schedule,
            next: preview.next,
            words: preview.words,
            tz: preview.zone,
            remark: preview.oddity,
        }
    }
}

/// It is scheduled.
#[derive(ApiResponse)]
pub(super) enum Made {
    /// The job.
    #[oai(status = 201)]
    Created(Json<JobView>),
}

/// It runs, or will as soon as there is room.
#[derive(ApiResponse)]
pub(super) enum JobStarted {
    /// The run.
    #[oai(status = 202)]
    Accepted(Json<RunView>),
}

/// Nothing to say.
#[derive(ApiResponse)]
pub(super) enum Deleted {
    /// `POST …/restore` brings it back for thirty days.
    #[oai(status = 204)]
    Done,
}
