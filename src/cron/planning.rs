//! What becomes of the times of a job that have come: which are run, left out or missed. Pure.

use super::schedule::Plan;
use crate::{
    model::{CatchUp, CronJob, CronRun, Overlap, RunStatus, Timestamp, Trigger},
    store::CronPlan,
};

/// A time is on time for so long, in milliseconds: the scheduler may be busy, a clock may be set.
const GRACE_MILLIS: u64 = 90_000;
/// Times that get a row each; what came before shares one.
const ROWS: usize = 50;
/// Runs of one job that may wait.
const QUEUE: usize = 10;

/// What there is to know.
#[derive(Clone, Copy, Debug)]
pub(super) struct Situation {
    pub(super) now: Timestamp,
    /// Times made up for at most.
    pub(super) catch_up_limit: usize,
    /// Milliseconds by which a run on time begins later.
    pub(super) jitter_millis: i64,
}

/// Plans a job that is due.
pub(super) fn plan(job: &CronJob, due_at: Timestamp, plan: &Plan, seen: Situation) -> CronPlan {
    let passed = plan.passed(due_at, seen.now, ROWS.max(seen.catch_up_limit));
    let mut runs = Vec::new();
    if let Some((count, first, last)) = passed.earlier {
        runs.push(summary(job, count, first, last, seen.now));
    }
    let mut waiting = job.open_runs as usize;
    let count = passed.last.len();
    for (place, moment) in passed.last.into_iter().enumerate() {
        let is_last = place + 1 == count;
        let recent = count - place <= seen.catch_up_limit;
        let run = one(job, moment, is_last, recent, waiting, seen);
        waiting += usize::from(run.status == RunStatus::Running);
        runs.push(run);
    }
    CronPlan {
        job_id: job.id,
        version: job.version,
        due_at,
        next_at: plan.next_after(seen.now),
        runs,
    }
}

fn one(
    job: &CronJob,
    moment: Timestamp,
    is_last: bool,
    recent: bool,
    waiting: usize,
    seen: Situation,
) -> CronRun {
    let now = seen.now;
    let on_time = now.millis_since(moment) <= GRACE_MILLIS;
    let trigger = if on_time {
        Trigger::Schedule
    } else {
        Trigger::CatchUp
    };
    let mut run = CronRun::due(job.id, moment, trigger);
    if !on_time {
        let missed = match job.options.catch_up {
            CatchUp::None => Some("The gateway was not running at that time."),
            CatchUp::Last if !is_last => {
                Some("The gateway was not running at that time; a later one is made up for.")
            }
            CatchUp::All if !recent => Some(
                "The gateway was not running at that time; only the last ones are made up for \
                 (cron.catch_up_limit).",
            ),
            CatchUp::Last | CatchUp::All => None,
        };
        if let Some(why) = missed {
            return run.passed_over(RunStatus::Missed, why, now);
        }
    }
    let busy = if on_time {
        waiting > 0
    } else {
        // What is made up for together goes one after the other.
        job.open_runs > 0
    };
    match job.options.overlap {
        Overlap::Skip if busy => {
            let why = "The run before it was still under way.";
            return run.passed_over(RunStatus::Skipped, why, now);
        }
        Overlap::Queue if on_time && waiting >= QUEUE => {
            let why = "Ten runs were waiting already.";
            return run.passed_over(RunStatus::Skipped, why, now);
        }
        _ => {}
    }
    if on_time && seen.jitter_millis > 0 {
        run.start_at = Timestamp::from_millis(moment.as_millis() + seen.jitter_millis);
        run.reason = Some("It begins a little later, by chance.".to_owned());
    } else if waiting > 0 {
        run.reason = Some("It waits for the run before it.".to_owned());
    }
    run
}

/// One row for many moments: a job of every second would fill the database after a holiday.
fn summary(
    job: &CronJob,
    count: u64,
    first: Timestamp,
    last: Timestamp,
    now: Timestamp,
) -> CronRun {
    let mut run = CronRun::due(job.id, first, Trigger::CatchUp);
    run.missed_count = Some(count);
    let why = format!("The gateway was not running from {first} to {last}.");
    run.passed_over(RunStatus::Missed, &why, now)
}
