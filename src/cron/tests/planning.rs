//! What becomes of times that have come.

use jiff::tz::TimeZone;

use crate::{
    cron::{
        planning::{Situation, plan},
        schedule::Plan,
    },
    model::{
        AgentAction, CatchUp, CronAction, CronAuthor, CronJob, CronJobId, CronOptions, CronRun,
        CronSchedule, Overlap, RunStatus, Schedule, Timestamp, Trigger,
    },
    store::CronPlan,
};

fn job(overlap: Overlap, catch_up: CatchUp) -> CronJob {
    let due = at("2026-11-21T09:00:00Z");
    CronJob {
        row: 1,
        id: CronJobId::fresh(),
        name: "test".to_owned(),
        schedule: Schedule::Cron(CronSchedule {
            expr: "0 * * * *".to_owned(),
            tz: None,
        }),
        action: CronAction::Agent(AgentAction {
            prompt: "x".to_owned(),
            session_id: None,
            model: None,
            tools: None,
        }),
        options: CronOptions {
            overlap,
            catch_up,
            ..CronOptions::default()
        },
        author: CronAuthor::Owner,
        session_id: None,
        turn_id: None,
        anchor_at: due,
        next_at: Some(due),
        failures: 0,
        pause: None,
        version: 1,
        created_at: due,
        updated_at: due,
        deleted_at: None,
        last_run: None,
        open_runs: 0,
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn planned(job: &CronJob, now: &str) -> CronPlan {
    let when = Plan::of(&job.schedule, &TimeZone::UTC, job.anchor_at).unwrap();
    let seen = Situation {
        now: at(now),
        catch_up_limit: 3,
        jitter_millis: 0,
    };
    plan(job, job.next_at.unwrap(), &when, seen)
}

fn shape(plan: &CronPlan) -> Vec<(String, &'static str, &'static str)> {
    let one = |run: &CronRun| {
        let hour = run.scheduled_at.to_string()[11..16].to_owned();
        (hour, run.status.as_str(), run.trigger.as_str())
    };
    plan.runs.iter().map(one).collect()
}

fn is(hour: &str, status: RunStatus, trigger: Trigger) -> (String, &'static str, &'static str) {
    (hour.to_owned(), status.as_str(), trigger.as_str())
}

#[test]
fn a_time_that_has_come_is_run_once_and_the_next_is_set() {
    let plan = planned(
        &job(Overlap::Skip, CatchUp::Last),
        "2026-11-21T09:00:00.020Z",
    );
    let run = is("09:00", RunStatus::Running, Trigger::Schedule);
    assert_eq!(shape(&plan), [run]);
    assert_eq!(plan.next_at, Some(at("2026-11-21T10:00:00Z")));
}

#[test]
fn while_it_is_under_way_a_time_is_left_out_or_waits() {
    let mut busy = job(Overlap::Skip, CatchUp::Last);
    busy.open_runs = 1;
    let plan = planned(&busy, "2026-11-21T09:00:01Z");
    assert_eq!(
        shape(&plan),
        [is("09:00", RunStatus::Skipped, Trigger::Schedule)]
    );
    assert!(plan.runs[0].reason.as_ref().unwrap().contains("under way"));
    busy.options.overlap = Overlap::Queue;
    let plan = planned(&busy, "2026-11-21T09:00:01Z");
    assert_eq!(
        shape(&plan),
        [is("09:00", RunStatus::Running, Trigger::Schedule)]
    );
    busy.open_runs = 10;
    let plan = planned(&busy, "2026-11-21T09:00:01Z");
    assert_eq!(
        shape(&plan),
        [is("09:00", RunStatus::Skipped, Trigger::Schedule)]
    );
}

#[test]
fn after_downtime_all_the_last_or_none_is_made_up_for() {
    use RunStatus::{Missed, Running};
    let missed = |hour| is(hour, Missed, Trigger::CatchUp);
    let made_up = |hour| is(hour, Running, Trigger::CatchUp);
    let now = "2026-11-21T13:30:00Z";
    for (catch_up, expected) in [
        (
            CatchUp::None,
            ["09:00", "10:00", "11:00", "12:00", "13:00"].map(missed),
        ),
        (
            CatchUp::Last,
            [
                missed("09:00"),
                missed("10:00"),
                missed("11:00"),
                missed("12:00"),
                made_up("13:00"),
            ],
        ),
        // The limit is three.
        (
            CatchUp::All,
            [
                missed("09:00"),
                missed("10:00"),
                made_up("11:00"),
                made_up("12:00"),
                made_up("13:00"),
            ],
        ),
    ] {
        let plan = planned(&job(Overlap::Skip, catch_up), now);
        assert_eq!(shape(&plan), expected, "{catch_up:?}");
        assert_eq!(plan.next_at, Some(at("2026-11-21T14:00:00Z")));
        let told = |run: &CronRun| run.status != Missed || run.reason.is_some();
        assert!(plan.runs.iter().all(told));
    }
}

#[test]
fn a_time_that_has_just_come_goes_before_what_was_missed() {
    let plan = planned(&job(Overlap::Skip, CatchUp::Last), "2026-11-21T11:00:30Z");
    assert_eq!(
        shape(&plan),
        [
            is("09:00", RunStatus::Missed, Trigger::CatchUp),
            is("10:00", RunStatus::Missed, Trigger::CatchUp),
            is("11:00", RunStatus::Running, Trigger::Schedule),
        ]
    );
}

#[test]
fn a_long_absence_is_one_row_and_not_a_million() {
    let mut each_second = job(Overlap::Skip, CatchUp::Last);
    each_second.schedule = Schedule::Cron(CronSchedule {
        expr: "* * * * * *".to_owned(),
        tz: None,
    });
    let plan = planned(&each_second, "2027-11-21T09:00:00Z");
    assert_eq!(plan.runs.len(), 51);
    assert!(plan.runs[0].missed_count.unwrap() >= 5000);
    assert_eq!(plan.runs[0].status, RunStatus::Missed);
    let runs = |run: &&CronRun| run.status == RunStatus::Running;
    assert_eq!(plan.runs.iter().filter(runs).count(), 1);
    let skipped = |run: &&CronRun| run.status == RunStatus::Skipped;
    assert_eq!(plan.runs.iter().filter(skipped).count(), 49);
}

#[test]
fn every_time_has_exactly_one_row() {
    for catch_up in [CatchUp::All, CatchUp::Last, CatchUp::None] {
        for overlap in [Overlap::Skip, Overlap::Queue] {
            let plan = planned(&job(overlap, catch_up), "2026-11-22T08:10:00Z");
            let moments: std::collections::BTreeSet<_> =
                plan.runs.iter().map(|run| run.scheduled_at).collect();
            assert_eq!((plan.runs.len(), moments.len()), (24, 24));
        }
    }
}
