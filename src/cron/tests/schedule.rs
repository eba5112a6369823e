//! Times against the calendar: clocks that change, months that end, years that leap.

use jiff::tz::TimeZone;
use proptest::prelude::*;

use crate::{
    cron::{schedule::Plan, words::words},
    model::{AtSchedule, CronSchedule, EverySchedule, Schedule, Timestamp},
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn cron(expr: &str, tz: &str) -> Schedule {
    Schedule::Cron(CronSchedule {
        expr: expr.to_owned(),
        tz: (!tz.is_empty()).then(|| tz.to_owned()),
    })
}

fn plan(schedule: &Schedule) -> Plan {
    Plan::of(schedule, &TimeZone::UTC, at("2026-01-01T00:00:00Z")).unwrap()
}

fn next(expr: &str, tz: &str, after: &str, count: usize) -> Vec<String> {
    plan(&cron(expr, tz))
        .upcoming(at(after), count)
        .iter()
        .map(|moment| moment.to_string().replace(".000Z", "Z"))
        .collect()
}

#[test]
fn times_are_those_of_the_zone() {
    for (expr, tz, after, expected) in [
        // A Saturday: the next weekday is Monday.
        (
            "0 9 * * 1-5",
            "Europe/Berlin",
            "2026-11-21T12:00:00Z",
            "2026-11-23T08:00:00Z",
        ),
        (
            "0 9 * * 1-5",
            "America/New_York",
            "2026-11-21T12:00:00Z",
            "2026-11-23T14:00:00Z",
        ),
        (
            "30 10 1 * *",
            "Asia/Kolkata",
            "2026-11-21T12:00:00Z",
            "2026-12-01T05:00:00Z",
        ),
        (
            "*/15 * * * *",
            "",
            "2026-11-21T12:00:00Z",
            "2026-11-21T12:15:00Z",
        ),
        (
            "*/10 * * * * *",
            "",
            "2026-11-21T12:00:00.500Z",
            "2026-11-21T12:00:10Z",
        ),
        // The last day of the month, whichever that is.
        (
            "0 0 L * *",
            "",
            "2027-02-01T00:00:00Z",
            "2027-02-28T00:00:00Z",
        ),
        (
            "0 0 31 * *",
            "",
            "2026-11-21T12:00:00Z",
            "2026-12-31T00:00:00Z",
        ),
        (
            "0 0 29 2 *",
            "",
            "2026-11-21T12:00:00Z",
            "2028-02-29T00:00:00Z",
        ),
        (
            "0 0 29 2 *",
            "",
            "2096-03-01T00:00:00Z",
            "2104-02-29T00:00:00Z",
        ),
        ("@daily", "", "2026-12-31T12:00:00Z", "2027-01-01T00:00:00Z"),
    ] {
        assert_eq!(next(expr, tz, after, 1), [expected], "{expr} {tz} {after}");
    }
}

#[test]
fn a_time_that_the_clocks_leave_out_comes_when_they_have_changed() {
    // In Berlin 02:00 to 03:00 of 29 March 2026 does not exist.
    assert_eq!(
        next("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2),
        ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]
    );
    // What comes often leaves the hour out.
    assert_eq!(
        next("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:29:00Z", 3),
        [
            "2026-03-29T00:30:00Z",
            "2026-03-29T01:00:00Z",
            "2026-03-29T01:30:00Z"
        ]
    );
}

#[test]
fn a_time_that_comes_twice_is_used_once() {
    // In Berlin 02:00 to 03:00 of 25 October 2026 comes twice.
    assert_eq!(
        next("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2),
        ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]
    );
    // What comes often goes on through both hours.
    assert_eq!(
        next("0 * * * *", "Europe/Berlin", "2026-10-24T23:30:00Z", 3),
        [
            "2026-10-25T00:00:00Z",
            "2026-10-25T01:00:00Z",
            "2026-10-25T02:00:00Z"
        ]
    );
}

#[test]
fn a_change_of_the_clocks_is_told_of_where_it_matters() {
    let told = |expr: &str, after: &str| plan(&cron(expr, "Europe/Berlin")).oddity(at(after));
    let spring = told("30 2 * * *", "2026-03-01T00:00:00Z").unwrap();
    assert!(
        spring.contains("2026-03-29") && spring.contains("02:00 to 03:00"),
        "{spring}"
    );
    let autumn = told("30 2 * * *", "2026-10-01T00:00:00Z").unwrap();
    assert!(
        autumn.contains("twice") && autumn.contains("first time"),
        "{autumn}"
    );
    assert_eq!(told("0 9 * * *", "2026-03-01T00:00:00Z"), None);
    let utc = plan(&cron("30 2 * * *", "UTC"));
    assert_eq!(utc.oddity(at("2026-03-01T00:00:00Z")), None);
}

#[test]
fn what_never_comes_has_no_next_time_and_what_makes_no_sense_is_refused() {
    for never in ["0 0 30 2 *", "0 0 31 4 *", "0 0 31 11 *"] {
        assert_eq!(
            plan(&cron(never, "")).next_after(at("2026-01-01T00:00:00Z")),
            None,
            "{never}"
        );
    }
    for (expr, tz, field) in [
        ("", "", "expr"),
        ("* * * *", "", "expr"),
        ("* * * * * * *", "", "expr"),
        ("61 * * * *", "", "expr"),
        ("0 24 * * *", "", "expr"),
        ("a b c d e", "", "expr"),
        ("0 9 * * ä", "", "expr"),
        ("0 9 * * *", "Mars/Olympus", "tz"),
    ] {
        let refused = Plan::of(&cron(expr, tz), &TimeZone::UTC, Timestamp::default()).unwrap_err();
        assert_eq!(refused.field, field, "{expr} {tz}");
    }
    for every_secs in [0, u64::MAX] {
        let every = Schedule::Every(EverySchedule { every_secs });
        let refused = Plan::of(&every, &TimeZone::UTC, Timestamp::default()).unwrap_err();
        assert_eq!(refused.field, "every_secs");
    }
}

#[test]
fn every_counts_from_its_anchor_and_at_comes_once() {
    let every = plan(&Schedule::Every(EverySchedule { every_secs: 90 }));
    let from = at("2026-01-01T00:03:00Z");
    assert_eq!(every.next_after(from), Some(at("2026-01-01T00:04:30Z")));
    assert_eq!(
        every.next_after(at("2025-01-01T00:00:00Z")),
        Some(at("2026-01-01T00:01:30Z"))
    );
    let once = plan(&Schedule::At(AtSchedule { at: from }));
    assert_eq!(once.next_after(at("2026-01-01T00:00:00Z")), Some(from));
    assert_eq!(once.next_after(from), None);
}

#[test]
fn schedules_are_told_in_words() {
    for (expr, said) in [
        ("0 9 * * 1-5", "Every weekday at 09:00"),
        ("0 9 * * *", "Every day at 09:00"),
        ("30 17 * * 1,5", "Every Monday and Friday at 17:30"),
        ("0 9,18 * * *", "Every day at 09:00 and 18:00"),
        ("*/15 * * * *", "Every 15 minutes"),
        (
            "*/15 9-17 * * 1-5",
            "Every 15 minutes from 09:00 to 17:59, every weekday",
        ),
        ("0 */2 * * *", "Every 2 hours"),
        ("0 * * * *", "Every hour"),
        ("* * * * *", "Every minute"),
        ("*/10 * * * * *", "Every 10 seconds"),
        ("30 10 1 * *", "On the 1st of every month at 10:30"),
        ("0 0 L * *", "On the last day of every month at 00:00"),
        ("0 8 24 12 *", "On the 24th of December at 08:00"),
        ("0 9 * * 1#1", "On the 1st Monday of the month at 09:00"),
        ("@weekly", "Every Sunday at 00:00"),
    ] {
        assert_eq!(words(&cron(expr, ""), &TimeZone::UTC), said, "{expr}");
    }
    let every = |every_secs| {
        words(
            &Schedule::Every(EverySchedule { every_secs }),
            &TimeZone::UTC,
        )
    };
    assert_eq!(every(60), "Every minute");
    assert_eq!(every(5400), "Every 90 minutes");
    assert_eq!(every(86_461), "Every 1 day 1 minute 1 second");
    let once = Schedule::At(AtSchedule {
        at: at("2026-12-24T17:00:00Z"),
    });
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    assert_eq!(
        words(&once, &berlin),
        "Once, Thursday 24 December 2026 at 18:00"
    );
    assert!(words(&cron("0 9 * * *", "Europe/Berlin"), &TimeZone::UTC).contains("Europe/Berlin"));
    // Anything else is told too.
    assert!(!words(&cron("5-10 3 1-7 */2 1", ""), &TimeZone::UTC).is_empty());
}

fn zones() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "Pacific/Apia",
    ])
}

fn expressions() -> impl Strategy<Value = String> {
    let minute = prop::sample::select(vec!["0", "30", "*/15", "5,50", "59"]);
    let hour = prop::sample::select(vec!["*", "2", "0", "*/6", "1-3", "23"]);
    let day = prop::sample::select(vec!["*", "1", "31", "L", "29"]);
    let weekday = prop::sample::select(vec!["*", "0", "1-5", "6"]);
    (minute, hour, day, weekday).prop_map(|(minute, hour, day, weekday)| {
        let weekday = if day == "*" { weekday } else { "*" };
        format!("{minute} {hour} {day} * {weekday}")
    })
}

/// The first seconds of 2024 to those of 2032.
const MOMENTS: std::ops::Range<i64> = 1_704_067_200_000..1_956_528_000_000;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_next_time_is_later_and_none_lies_between(
        expr in expressions(), tz in zones(), moment in MOMENTS
    ) {
        let plan = plan(&cron(&expr, tz));
        let moment = Timestamp::from_millis(moment);
        let next = plan.next_after(moment).unwrap();
        prop_assert!(next > moment, "{expr} {tz} {moment} {next}");
        // From anywhere on the way it is the same one.
        let half = Timestamp::from_millis(i64::midpoint(moment.as_millis(), next.as_millis()));
        if half < next {
            prop_assert_eq!(plan.next_after(half), Some(next), "{} {} {}", expr, tz, half);
        }
        let after = plan.next_after(next).unwrap();
        prop_assert!(after > next);
    }

    #[test]
    fn looking_back_finds_what_looking_forward_did(
        expr in expressions(), tz in zones(), moment in MOMENTS, count in 1_usize..40,
        most in 1_usize..20
    ) {
        let plan = plan(&cron(&expr, tz));
        let all = plan.upcoming(Timestamp::from_millis(moment), count);
        let (first, now) = (all[0], *all.last().unwrap());
        let passed = plan.passed(first, now, most);
        let tail = all[all.len().saturating_sub(most)..].to_vec();
        prop_assert_eq!(&passed.last, &tail, "{} {}", expr, tz);
        let earlier = all.len() - tail.len();
        let told = passed.earlier.map_or(0, |(count, _, _)| count as usize);
        prop_assert_eq!(told, earlier);
        if let Some((_, oldest, newest)) = passed.earlier {
            prop_assert_eq!((oldest, newest), (all[0], all[earlier - 1]));
        }
    }

    #[test]
    fn any_text_is_understood_or_refused(text in "[ -~]{0,40}") {
        let _either = Plan::of(&cron(&text, ""), &TimeZone::UTC, Timestamp::default());
    }
}
