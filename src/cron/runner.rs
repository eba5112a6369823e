//! The scheduler: sleeps until something is due, writes down what becomes of each time that has
//! come, and begins runs side by side as far as there is room.

use std::{sync::Arc, sync::atomic::Ordering, time::Duration};

use rand::RngExt as _;

use super::{Cron, CronError, planning, planning::Situation, schedule::Plan};
use crate::{
    agent::Agent,
    model::{CronJob, CronPause, CronRun, JobChange, RunStatus, Timestamp},
    tasks::Tasks,
    telemetry::{Component, Health, Metrics, Status},
    tools::Registry,
};

/// The longest sleep: a clock that was set, or a machine that slept, is noticed after it.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// After the database failed.
const PAUSE: Duration = Duration::from_secs(5);
/// Jobs planned at once.
const BATCH: u32 = 64;
/// Runs that wait for a free place so long, in milliseconds, are late.
const LATE_MILLIS: u64 = 60_000;
/// The owner's zone as schedules were last planned with it.
const ZONE_KEY: &str = "cron.zone";

/// What runs the jobs.
#[derive(Clone)]
pub struct Runner {
    pub(super) cron: Cron,
    pub(super) agent: Agent,
    pub(super) tools: Arc<Registry>,
    pub(super) tasks: Tasks,
    pub(super) metrics: Metrics,
    health: Health,
}

/// A run under way, for as long as it lives.
struct Place(Cron);

impl Place {
    fn take(cron: &Cron) -> Self {
        cron.inner.active.fetch_add(1, Ordering::Relaxed);
        Self(cron.clone())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.inner.active.fetch_sub(1, Ordering::Relaxed);
        self.0.wake();
    }
}

impl Runner {
    /// For these jobs.
    pub fn new(
        cron: Cron,
        agent: Agent,
        tools: Arc<Registry>,
        tasks: Tasks,
        metrics: Metrics,
        health: Health,
    ) -> Self {
        Self {
            cron,
            agent,
            tools,
            tasks,
            metrics,
            health,
        }
    }

    /// Settles what a restart interrupted, and goes on from there until the process ends. Call
    /// once, after the agent has taken up its turns.
    pub async fn begin(&self) -> Result<(), CronError> {
        self.recover().await?;
        let runner = self.clone();
        drop(
            self.tasks
                .spawn("scheduler", async move { runner.run().await }),
        );
        Ok(())
    }

    async fn run(self) {
        let stop = self.tasks.stopping().clone();
        let mut heard = self.cron.word_left().await;
        while !stop.is_cancelled() {
            let sleep = match self.beat().await {
                Ok(next) => self.until(next),
                Err(error) => {
                    tracing::error!(%error, "the scheduler could not look at what is due");
                    let why = Some("The database could not be used.");
                    self.health
                        .report(Component::Scheduler, Status::Failing, why);
                    PAUSE
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.cron.inner.wake.notified() => {}
                () = self.cron.hear(&mut heard) => {}
                () = tokio::time::sleep(sleep) => {}
            }
        }
    }

    fn until(&self, next: Option<Timestamp>) -> Duration {
        let ahead = next.map(|next| next.millis_since(self.cron.now()));
        ahead.map_or(LONGEST_SLEEP, |millis| {
            Duration::from_millis(millis.max(1)).min(LONGEST_SLEEP)
        })
    }

    /// Does what is to be done now; answers when there is something to do next.
    async fn beat(&self) -> Result<Option<Timestamp>, CronError> {
        if !self.cron.inner.config.current().cron.enabled {
            self.health.report(Component::Scheduler, Status::Off, None);
            return Ok(None);
        }
        self.follow_zone().await?;
        self.plan_due().await?;
        let next_run = self.start_waiting().await?;
        self.report().await?;
        let next_job = self.cron.inner.store.next_cron_due().await?;
        Ok([next_job, next_run].into_iter().flatten().min())
    }

    async fn plan_due(&self) -> Result<(), CronError> {
        let store = &self.cron.inner.store;
        loop {
            let now = self.cron.now();
            let jobs = store.list_due_cron_jobs(now, BATCH).await?;
            let all = jobs.len() < BATCH as usize;
            for job in jobs {
                self.plan_one(job, now).await?;
            }
            if all {
                return Ok(());
            }
        }
    }

    async fn plan_one(&self, job: CronJob, now: Timestamp) -> Result<(), CronError> {
        let Some(due_at) = job.next_at else {
            return Ok(());
        };
        let config = self.cron.inner.config.current();
        let plan = match Plan::of(&job.schedule, &config.owner.zone(), job.anchor_at) {
            Ok(plan) => plan,
            Err(error) => return self.give_up(job, &error.to_string()).await,
        };
        let seen = Situation {
            now,
            catch_up_limit: config.cron.catch_up_limit.max(1),
            jitter_millis: jitter(job.options.jitter_secs),
        };
        let plan = planning::plan(&job, due_at, &plan, seen);
        let runs = plan.runs.clone();
        // A job that was changed meanwhile is looked at again.
        if self.cron.inner.store.plan_cron_job(plan).await? {
            for run in runs.iter().filter(|run| run.status != RunStatus::Running) {
                self.cron.tell_result(&job, run);
            }
            // What begins at once is told when it does.
            if runs
                .iter()
                .any(|run| run.start_at > now || run.reason.is_some())
            {
                self.cron.tell(&job, JobChange::Queued, None);
            }
        }
        Ok(())
    }

    /// A schedule that was right once and no longer is: its zone is gone from the database of
    /// zones, for one.
    async fn give_up(&self, mut job: CronJob, why: &str) -> Result<(), CronError> {
        let before = job.version;
        let reason = format!("Its schedule makes no sense any more: expected {why}.");
        job.pause = Some(CronPause {
            at: self.cron.now(),
            reason: Some(reason.clone()),
            forced: true,
        });
        if self
            .cron
            .inner
            .store
            .update_cron_job(job.clone(), before)
            .await?
        {
            self.cron.tell(&job, JobChange::Paused, Some(reason));
        }
        Ok(())
    }

    /// Begins what may begin; answers when the next of those that wait may.
    async fn start_waiting(&self) -> Result<Option<Timestamp>, CronError> {
        let store = &self.cron.inner.store;
        let most = self.cron.inner.config.current().cron.max_concurrent.max(1);
        loop {
            let now = self.cron.now();
            let (runs, next) = store.list_waiting_runs(now, BATCH).await?;
            let free = most.saturating_sub(self.cron.active());
            let mut waiting = runs.into_iter();
            let mut begun = 0;
            for run in waiting.by_ref().take(free) {
                let lag = now.millis_since(run.start_at);
                self.cron.set_lag(|seen| seen.last_ms = lag);
                begun += usize::from(self.launch(run).await?);
            }
            let late = waiting.as_slice();
            let oldest = late.first().map_or(0, |run| now.millis_since(run.start_at));
            self.cron
                .set_lag(|seen| (seen.waiting, seen.waiting_ms) = (late.len(), oldest));
            // More may stand behind those that were looked at.
            if late.is_empty() && begun > 0 && self.cron.active() < most {
                continue;
            }
            return Ok(next);
        }
    }

    async fn launch(&self, mut run: CronRun) -> Result<bool, CronError> {
        let job = self.cron.inner.store.find_cron_job(run.job_id).await?;
        let Some(job) = job.filter(|job| job.deleted_at.is_none()) else {
            self.leave_out(&run).await?;
            return Ok(false);
        };
        let place = Place::take(&self.cron);
        // Begun here and not in the task: who looks next must not find it waiting.
        if !self.start(&job, &mut run).await? {
            return Ok(false);
        }
        self.follow(job, run, place);
        Ok(true)
    }

    async fn leave_out(&self, run: &CronRun) -> Result<(), CronError> {
        let now = self.cron.now();
        let store = &self.cron.inner.store;
        store
            .drop_waiting_runs(run.job_id, "The job was deleted.", now)
            .await?;
        Ok(())
    }

    /// Sees a run through that had begun before.
    pub(super) fn take_up(&self, job: CronJob, run: CronRun) {
        self.follow(job, run, Place::take(&self.cron));
    }

    fn follow(&self, job: CronJob, run: CronRun, place: Place) {
        let runner = self.clone();
        drop(self.tasks.spawn("scheduled job", async move {
            runner.see_through(job, run).await;
            drop(place);
        }));
    }

    /// When the owner has moved, so do schedules that name no zone.
    async fn follow_zone(&self) -> Result<(), CronError> {
        let store = &self.cron.inner.store;
        let zone = self.cron.inner.config.current().owner.zone();
        let name = zone.iana_name().unwrap_or("UTC").to_owned();
        {
            let known = self.cron.inner.zone.lock();
            let known = known.unwrap_or_else(std::sync::PoisonError::into_inner);
            if known.as_deref() == Some(&name) {
                return Ok(());
            }
        }
        let before = store.find_meta(ZONE_KEY).await?;
        if before.as_ref().is_some_and(|before| *before != name) {
            let now = self.cron.now();
            for mut job in store.list_zoneless_cron_jobs().await? {
                // What has come already is dealt with first.
                if job.next_at.is_none_or(|next| next <= now) {
                    continue;
                }
                let version = job.version;
                if self.cron.set_next(&mut job).is_ok()
                    && store.update_cron_job(job.clone(), version).await?
                {
                    self.cron.tell(&job, JobChange::Updated, None);
                }
            }
        }
        if before.as_ref() != Some(&name) {
            store.set_meta(ZONE_KEY, name.clone()).await?;
        }
        let known = self.cron.inner.zone.lock();
        *known.unwrap_or_else(std::sync::PoisonError::into_inner) = Some(name);
        Ok(())
    }

    async fn report(&self) -> Result<(), CronError> {
        let lag = self.cron.lag();
        let paused = self.cron.inner.store.list_forced_pauses().await?;
        let reason = if lag.waiting > 0 && lag.waiting_ms > LATE_MILLIS {
            let most = self.cron.inner.config.current().cron.max_concurrent;
            Some(format!(
                "{} runs wait for a free place, the first for {} s; {most} at a time may run \
                 (cron.max_concurrent).",
                lag.waiting,
                lag.waiting_ms / 1000
            ))
        } else {
            match paused.as_slice() {
                [] => None,
                [one] => Some(format!(
                    "The job \"{one}\" failed again and again and was paused."
                )),
                [first, rest @ ..] => Some(format!(
                    "The job \"{first}\" and {} more failed again and again and were paused.",
                    rest.len()
                )),
            }
        };
        let status = if reason.is_some() {
            Status::Degraded
        } else {
            Status::Ok
        };
        self.health
            .report(Component::Scheduler, status, reason.as_deref());
        Ok(())
    }
}

fn jitter(most_secs: u64) -> i64 {
    let most = i64::try_from(most_secs).unwrap_or(0).saturating_mul(1000);
    if most == 0 {
        return 0;
    }
    rand::rng().random_range(0..=most)
}
