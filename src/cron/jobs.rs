//! Making, changing, deleting and bringing back jobs.

use super::{
    Cron, CronError,
    checks::{self, name_for},
    schedule::Plan,
    wording, words,
};
use crate::{
    model::{
        CatchUp, CronAction, CronAuthor, CronJob, CronJobId, CronOptions, CronPause, CronState,
        Cursor, Delivery, JobChange, Overlap, Schedule, SessionId, Timestamp, TurnId,
    },
    store::CronJobList,
};

/// Times shown before a job is made.
const SHOWN: usize = 5;

/// A schedule, or words for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScheduleWish {
    /// A schedule.
    Spec(Schedule),
    /// A cron expression, a moment, or a wording such as "every weekday at 9".
    Text(String),
}

/// Who makes or changes a job.
#[derive(Clone, Debug)]
pub struct Maker {
    /// In what capacity.
    pub author: CronAuthor,
    /// In which conversation.
    pub session_id: Option<SessionId>,
    /// In which turn.
    pub turn_id: Option<TurnId>,
}

impl Maker {
    /// The owner.
    pub const OWNER: Self = Self {
        author: CronAuthor::Owner,
        session_id: None,
        turn_id: None,
    };
}

/// A job to be made.
#[derive(Clone, Debug)]
pub struct JobDraft {
    /// What it is called; none: after what it does.
    pub name: Option<String>,
    /// When it is due.
    pub schedule: ScheduleWish,
    /// What it does.
    pub action: CronAction,
    /// Its limits.
    pub options: CronOptions,
    /// Whether it is to run; else it is paused from the start.
    pub enabled: bool,
}

/// What is to be changed of a job; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct JobPatch {
    /// Its name.
    pub name: Option<String>,
    /// When it is due.
    pub schedule: Option<ScheduleWish>,
    /// What it does.
    pub action: Option<CronAction>,
    /// The longest that one try may take; none inside: `cron.timeout_secs`.
    pub timeout_secs: Option<Option<u64>>,
    /// Further tries after one that failed.
    pub retries: Option<u32>,
    /// When it is due while still under way.
    pub overlap: Option<Overlap>,
    /// When it was due while the gateway did not run.
    pub catch_up: Option<CatchUp>,
    /// Begins by chance up to so many seconds later.
    pub jitter_secs: Option<u64>,
    /// Where the result goes; none inside: nowhere.
    pub delivery: Option<Option<Delivery>>,
    /// Deletes the job once it has run well.
    pub delete_after_run: Option<bool>,
    /// Whether it is to run.
    pub enabled: Option<bool>,
}

/// Which jobs.
#[derive(Clone, Debug, Default)]
pub struct CronFilter {
    /// Only those that stand so.
    pub state: Option<CronState>,
    /// Only of this kind: agent, shell, tool or webhook.
    pub kind: Option<String>,
    /// Only those with these words in their name or in what they do.
    pub text: Option<String>,
    /// Only those whose last run failed.
    pub failing: bool,
}

/// What a schedule comes to.
#[derive(Clone, Debug)]
pub struct Preview {
    /// As it was understood.
    pub schedule: Schedule,
    /// The next times.
    pub next: Vec<Timestamp>,
    /// In words.
    pub words: String,
    /// The zone that it goes by.
    pub zone: String,
    /// What a change of the clocks does to it.
    pub oddity: Option<String>,
}

impl Cron {
    /// What a schedule comes to, without making anything.
    pub fn preview(&self, wish: ScheduleWish, tz: Option<&str>) -> Result<Preview, CronError> {
        let now = self.now();
        let owner = self.inner.config.current().owner.zone();
        let schedule = self.understand(wish, tz)?;
        let plan = Plan::of(&schedule, &owner, now)?;
        let next = plan.upcoming(now, SHOWN);
        if next.is_empty() {
            return Err(never(&schedule));
        }
        Ok(Preview {
            words: words::words(&schedule, &owner),
            zone: plan.zone().iana_name().unwrap_or("UTC").to_owned(),
            oddity: plan.oddity(now),
            next,
            schedule,
        })
    }

    /// A schedule in words, in the zone of its owner.
    pub fn words(&self, schedule: &Schedule) -> String {
        words::words(schedule, &self.inner.config.current().owner.zone())
    }

    /// A moment in the zone of its owner.
    pub fn local(&self, at: Timestamp) -> String {
        words::local(at, &self.inner.config.current().owner.zone())
    }

    /// The next times of a job.
    pub fn upcoming(&self, job: &CronJob) -> Vec<Timestamp> {
        let Some(next) = job.next_at else {
            return Vec::new();
        };
        let owner = self.inner.config.current().owner.zone();
        let plan = Plan::of(&job.schedule, &owner, job.anchor_at);
        let later = plan.map_or_else(|_| Vec::new(), |plan| plan.upcoming(next, SHOWN - 1));
        std::iter::once(next).chain(later).collect()
    }

    fn understand(&self, wish: ScheduleWish, tz: Option<&str>) -> Result<Schedule, CronError> {
        let owner = self.inner.config.current().owner.zone();
        let here = match tz {
            Some(name) => jiff::tz::TimeZone::get(name).map_err(|_| {
                CronError::field("tz", "the IANA name of a time zone, such as Europe/Berlin")
            })?,
            None => owner,
        };
        let mut schedule = match wish {
            ScheduleWish::Spec(schedule) => schedule,
            ScheduleWish::Text(text) => wording::understood(&text, self.now(), &here)?,
        };
        if let (Schedule::Cron(cron), Some(name)) = (&mut schedule, tz) {
            cron.tz.get_or_insert_with(|| name.to_owned());
        }
        Ok(schedule)
    }

    /// A job as it would be made. Nothing is kept.
    pub async fn drafted(&self, draft: JobDraft, maker: &Maker) -> Result<CronJob, CronError> {
        let now = self.now();
        let schedule = self.understand(draft.schedule, None)?;
        let action = checks::action(self, draft.action).await?;
        checks::options(&draft.options)?;
        let name = match draft.name.as_deref().map(str::trim) {
            Some(name) if !name.is_empty() => checks::name(name)?,
            _ => name_for(&action),
        };
        let mut job = CronJob {
            row: 0,
            id: CronJobId::fresh(),
            name,
            schedule,
            action,
            options: draft.options,
            author: maker.author,
            session_id: maker.session_id.clone(),
            turn_id: maker.turn_id,
            anchor_at: now,
            next_at: None,
            failures: 0,
            pause: None,
            version: 1,
            created_at: now,
            updated_at: now,
            deleted_at: None,
            last_run: None,
            open_runs: 0,
        };
        self.set_next(&mut job)?;
        if !draft.enabled {
            job.pause = Some(by_hand(now));
        }
        Ok(job)
    }

    /// Makes a job.
    pub async fn create(&self, draft: JobDraft, maker: &Maker) -> Result<CronJob, CronError> {
        let most = self.inner.config.current().cron.max_jobs;
        if self.inner.store.count_cron_jobs().await? >= most {
            return Err(CronError::Full(most));
        }
        let mut job = self.drafted(draft, maker).await?;
        job.row = self.inner.store.insert_cron_job(job.clone()).await?;
        self.tell(&job, JobChange::Created, None);
        self.wake();
        Ok(job)
    }

    /// A job that is not deleted.
    pub async fn get(&self, id: CronJobId) -> Result<CronJob, CronError> {
        let job = self.inner.store.find_cron_job(id).await?;
        job.filter(|job| job.deleted_at.is_none())
            .ok_or(CronError::Missing)
    }

    /// A job by its id, or by its name where only one has it.
    pub async fn named(&self, id_or_name: &str) -> Result<CronJob, CronError> {
        if let Ok(id) = id_or_name.parse() {
            return self.get(id).await;
        }
        let mut named = self.inner.store.list_cron_jobs_named(id_or_name).await?;
        match named.len() {
            0 => Err(CronError::Missing),
            1 => self.get(named.remove(0)).await,
            count => Err(CronError::Conflict(format!(
                "{count} jobs are called {id_or_name:?}: give the id of one"
            ))),
        }
    }

    /// Jobs, the next one due first, and where to go on.
    pub async fn list(
        &self,
        filter: CronFilter,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<(Vec<CronJob>, Option<Cursor>), CronError> {
        let list = CronJobList {
            state: filter.state,
            kind: filter.kind,
            text: filter.text,
            failing: filter.failing,
            after,
            limit: limit.saturating_add(1),
        };
        let mut jobs = self.inner.store.list_cron_jobs(&list).await?;
        let more = jobs.len() > limit as usize;
        jobs.truncate(limit as usize);
        let last = jobs.last().filter(|_| more);
        let next = last.map(CronJobList::cursor_after);
        Ok((jobs, next))
    }

    /// A job as it would be after a change. Nothing is kept.
    pub async fn patched(&self, job: &CronJob, patch: JobPatch) -> Result<CronJob, CronError> {
        let now = self.now();
        let mut job = job.clone();
        if let Some(name) = patch.name {
            job.name = checks::name(name.trim())?;
        }
        if let Some(action) = patch.action {
            job.action = checks::action(self, action).await?;
        }
        let options = &mut job.options;
        options.timeout_secs = patch.timeout_secs.unwrap_or(options.timeout_secs);
        options.retries = patch.retries.unwrap_or(options.retries);
        options.overlap = patch.overlap.unwrap_or(options.overlap);
        options.catch_up = patch.catch_up.unwrap_or(options.catch_up);
        options.jitter_secs = patch.jitter_secs.unwrap_or(options.jitter_secs);
        options.delete_after_run = patch.delete_after_run.unwrap_or(options.delete_after_run);
        if let Some(delivery) = patch.delivery {
            options.delivery = delivery;
        }
        checks::options(options)?;
        if let Some(wish) = patch.schedule {
            let schedule = self.understand(wish, None)?;
            if schedule != job.schedule {
                job.schedule = schedule;
                job.anchor_at = now;
                self.set_next(&mut job)?;
            }
        }
        match patch.enabled {
            Some(false) if job.pause.is_none() => job.pause = Some(by_hand(now)),
            Some(true) if job.pause.is_some() => self.unpause(&mut job)?,
            _ => {}
        }
        job.updated_at = now;
        Ok(job)
    }

    /// Changes a job; with `expected`, only at that version.
    pub async fn edit(
        &self,
        id: CronJobId,
        patch: JobPatch,
        expected: Option<u32>,
    ) -> Result<CronJob, CronError> {
        let before = self.get(id).await?;
        if let Some(expected) = expected.filter(|expected| *expected != before.version) {
            tracing::debug!(expected, "a job was changed meanwhile");
            return Err(CronError::Changed(before.version));
        }
        let after = self.patched(&before, patch).await?;
        let change = match (&before.pause, &after.pause) {
            (None, Some(_)) => JobChange::Paused,
            (Some(_), None) => JobChange::Resumed,
            _ => JobChange::Updated,
        };
        self.put(before.version, after, change).await
    }

    /// Holds a job back; what of it waits is left out.
    pub async fn pause(&self, id: CronJobId, reason: Option<String>) -> Result<CronJob, CronError> {
        let mut job = self.get(id).await?;
        if job.pause.is_some() {
            return Ok(job);
        }
        let reason = reason.map(|reason| checks::reason(&reason)).transpose()?;
        let before = job.version;
        job.pause = Some(CronPause {
            reason,
            ..by_hand(self.now())
        });
        self.put(before, job, JobChange::Paused).await
    }

    /// Lets a job go on, from its next time on.
    pub async fn resume(&self, id: CronJobId) -> Result<CronJob, CronError> {
        let mut job = self.get(id).await?;
        if job.pause.is_none() {
            return Ok(job);
        }
        let before = job.version;
        self.unpause(&mut job)?;
        self.put(before, job, JobChange::Resumed).await
    }

    /// Deletes a job; it can be brought back for thirty days.
    pub async fn delete(&self, id: CronJobId) -> Result<(), CronError> {
        let mut job = self.get(id).await?;
        let before = job.version;
        job.deleted_at = Some(self.now());
        self.put(before, job, JobChange::Deleted).await.map(drop)
    }

    /// Brings a deleted job back. What was due meanwhile is not made up for.
    pub async fn restore(&self, id: CronJobId) -> Result<CronJob, CronError> {
        let found = self.inner.store.find_cron_job(id).await?;
        let mut job = found.ok_or(CronError::Missing)?;
        if job.deleted_at.is_none() {
            return Ok(job);
        }
        let before = job.version;
        job.deleted_at = None;
        let has_passed = job.next_at.is_some_and(|next| next <= self.now());
        if has_passed {
            job.next_at = None;
            let _never_again = self.set_next(&mut job);
        }
        self.put(before, job, JobChange::Restored).await
    }

    async fn put(
        &self,
        before: u32,
        mut job: CronJob,
        change: JobChange,
    ) -> Result<CronJob, CronError> {
        if !self
            .inner
            .store
            .update_cron_job(job.clone(), before)
            .await?
        {
            let now = self.inner.store.find_cron_job(job.id).await?;
            return Err(now.map_or(CronError::Missing, |job| CronError::Changed(job.version)));
        }
        job.version = before + 1;
        let why = match change {
            JobChange::Paused => Some("The job was paused."),
            JobChange::Deleted => Some("The job was deleted."),
            _ => None,
        };
        if let Some(why) = why {
            let now = self.now();
            let store = &self.inner.store;
            store.drop_waiting_runs(job.id, why, now).await?;
        }
        self.tell(&job, change, None);
        self.wake();
        Ok(job)
    }

    fn unpause(&self, job: &mut CronJob) -> Result<(), CronError> {
        job.pause = None;
        job.failures = 0;
        if job.next_at.is_some_and(|next| next <= self.now()) {
            self.set_next(job)?;
        }
        Ok(())
    }

    /// When a job is due next, from now on.
    pub(super) fn set_next(&self, job: &mut CronJob) -> Result<(), CronError> {
        let owner = self.inner.config.current().owner.zone();
        let plan = Plan::of(&job.schedule, &owner, job.anchor_at)?;
        let next = plan.next_after(self.now());
        job.next_at = Some(next.ok_or_else(|| never(&job.schedule))?);
        Ok(())
    }
}

fn by_hand(at: Timestamp) -> CronPause {
    CronPause {
        at,
        reason: None,
        forced: false,
    }
}

fn never(schedule: &Schedule) -> CronError {
    match schedule {
        Schedule::At(_) => CronError::field("schedule.at", "a moment that is still to come"),
        _ => CronError::field(
            "schedule.expr",
            "an expression for times that there are (this one never comes, such as 30 February)",
        ),
    }
}
