//! Schedules: jobs that run when they are due. When a schedule is due is pure (`schedule`); a time
//! that has come is written down before anything is done (`planning`), begun once (`runner`,
//! `running`) and settled once, through any restart (`recovery`). SQL lives in `store`.

mod actions;
mod checks;
mod jobs;
mod planning;
mod recovery;
mod runner;
mod running;
mod runs;
pub mod schedule;
#[cfg(test)]
mod tests;
mod tools;
mod word;
pub mod wording;
pub mod words;

use std::sync::{
    Arc, Mutex, OnceLock, PoisonError, Weak,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::Notify;

pub use jobs::{CronFilter, JobDraft, JobPatch, Maker, Preview, ScheduleWish};
pub use runner::Runner;
pub use tools::cron_tools;

use crate::{
    clock::Clock,
    config::ConfigHandle,
    model::{BusEvent, CronJob, CronResult, CronRun, JobChange, JobChanged, RunStatus, Timestamp},
    store::{Store, StoreError},
    telemetry::Bus,
    tools::Registry,
};
use schedule::ScheduleError;

/// Why something could not be done with jobs. `Display` is safe to show.
#[derive(Debug, thiserror::Error)]
pub enum CronError {
    /// Something that was given is not right.
    #[error("the field \"{field}\" is not right: {expected}")]
    Field {
        /// Which.
        field: String,
        /// What was expected.
        expected: String,
    },
    /// There is no such job.
    #[error("there is no such job")]
    Missing,
    /// There is no such run.
    #[error("there is no such run of this job")]
    NoRun,
    /// It has another version by now.
    #[error("this job was changed meanwhile: it is at version {0} now")]
    Changed(u32),
    /// There is no room.
    #[error("there are {0} jobs already, as many as cron.max_jobs allows")]
    Full(u64),
    /// Things do not stand so that it could be done.
    #[error("{0}")]
    Conflict(String),
    /// The rules forbid it.
    #[error("{0}")]
    Refused(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CronError {
    fn field(field: &str, expected: impl Into<String>) -> Self {
        Self::Field {
            field: field.to_owned(),
            expected: expected.into(),
        }
    }
}

impl From<ScheduleError> for CronError {
    fn from(error: ScheduleError) -> Self {
        let field = match error.field {
            "text" => "schedule".to_owned(),
            part => format!("schedule.{part}"),
        };
        Self::Field {
            field,
            expected: error.expected,
        }
    }
}

/// How late the scheduler is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lag {
    /// From the moment that the last run was to begin until it did, in milliseconds.
    pub last_ms: u64,
    /// Runs that wait for a free place.
    pub waiting: usize,
    /// For how long the first of them has waited, in milliseconds.
    pub waiting_ms: u64,
}

struct Inner {
    store: Store,
    bus: Bus,
    clock: Arc<dyn Clock>,
    config: ConfigHandle,
    wake: Notify,
    /// The tools, of which this room brings some itself.
    tools: OnceLock<Weak<Registry>>,
    active: AtomicUsize,
    lag: Mutex<Lag>,
    /// The owner's zone that schedules were planned with.
    zone: Mutex<Option<String>>,
}

/// The jobs. Clones share them.
#[derive(Clone)]
pub struct Cron {
    inner: Arc<Inner>,
}

impl Cron {
    /// Over this database. Nothing runs until a [`Runner`] does.
    pub fn new(store: Store, bus: Bus, clock: Arc<dyn Clock>, config: ConfigHandle) -> Self {
        Self {
            inner: Arc::new(Inner {
                store,
                bus,
                clock,
                config,
                wake: Notify::new(),
                tools: OnceLock::new(),
                active: AtomicUsize::new(0),
                lag: Mutex::default(),
                zone: Mutex::default(),
            }),
        }
    }

    /// The tools that jobs use, once there are any.
    pub fn connect(&self, tools: &Arc<Registry>) {
        let _first_stands = self.inner.tools.set(Arc::downgrade(tools));
    }

    /// Makes the scheduler look at what is due now: something changed, or a clock was moved.
    pub fn wake(&self) {
        self.inner.wake.notify_one();
    }

    /// Runs under way.
    pub fn active(&self) -> usize {
        self.inner.active.load(Ordering::Relaxed)
    }

    /// How late the scheduler is.
    pub fn lag(&self) -> Lag {
        *self
            .inner
            .lag
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn set_lag(&self, change: impl FnOnce(&mut Lag)) {
        change(
            &mut self
                .inner
                .lag
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
    }

    fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    fn registry(&self) -> Option<Arc<Registry>> {
        self.inner.tools.get().and_then(Weak::upgrade)
    }

    fn tell(&self, job: &CronJob, change: JobChange, reason: Option<String>) {
        self.inner.bus.publish(&BusEvent::JobChanged(JobChanged {
            job_id: job.id,
            name: job.name.clone(),
            change,
            reason,
        }));
    }

    fn tell_result(&self, job: &CronJob, run: &CronRun) {
        let began = run.started_at.filter(|_| run.attempt > 0);
        let took = began.zip(run.finished_at);
        self.inner.bus.publish(&BusEvent::CronResult(CronResult {
            job_id: job.id,
            name: job.name.clone(),
            run_id: run.id,
            status: run.status,
            scheduled_at: run.scheduled_at,
            duration_ms: took.map(|(began, ended)| ended.millis_since(began)),
            error: match run.status {
                RunStatus::Failed => run.error.clone(),
                _ => run.reason.clone(),
            },
            session_id: run.session_id.clone(),
            turn_id: run.turn_id,
            cost_usd: run.cost,
        }));
    }
}
