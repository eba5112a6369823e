//! Wordings against what people mean by them.

use jiff::tz::TimeZone;
use proptest::prelude::*;

use crate::{
    cron::{schedule::Plan, wording::understood},
    model::{Schedule, Timestamp},
};

/// A Saturday, a quarter past one in Berlin.
const NOW: &str = "2026-11-21T12:15:00Z";

fn said(text: &str) -> String {
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    match understood(text, NOW.parse().unwrap(), &berlin) {
        Ok(Schedule::Cron(cron)) => cron.expr,
        Ok(Schedule::At(at)) => {
            let moment = jiff::Timestamp::from_millisecond(at.at.as_millis()).unwrap();
            moment.to_zoned(berlin).datetime().to_string()
        }
        Ok(Schedule::Every(every)) => format!("{} s", every.every_secs),
        Err(_) => "?".to_owned(),
    }
}

#[test]
fn people_are_understood() {
    for (text, meant) in [
        ("every weekday at 9", "0 9 * * 1-5"),
        ("Every weekday at 9.", "0 9 * * 1-5"),
        ("weekdays at 9:30", "30 9 * * 1-5"),
        ("every morning at 8", "0 8 * * *"),
        ("every morning", "0 9 * * *"),
        ("every evening at 8", "0 20 * * *"),
        ("every evening at 20:15", "15 20 * * *"),
        ("every day at 5pm", "0 17 * * *"),
        ("daily at 5 pm", "0 17 * * *"),
        ("at 7 every day", "0 7 * * *"),
        ("every day at noon", "0 12 * * *"),
        ("every night at midnight", "0 0 * * *"),
        ("every monday at 10", "0 10 * * 1"),
        ("every Monday and Friday at 17:30", "30 17 * * 1,5"),
        ("every mon, wed and fri at 6am", "0 6 * * 1,3,5"),
        ("on mondays at 10", "0 10 * * 1"),
        ("every monday to thursday at 8", "0 8 * * 1-4"),
        ("every weekend at 11", "0 11 * * 0,6"),
        ("every week on tuesday at 9", "0 9 * * 2"),
        ("weekly", "0 9 * * 1"),
        ("every 15 minutes", "*/15 * * * *"),
        ("every 15min", "*/15 * * * *"),
        ("every five minutes", "*/5 * * * *"),
        ("every minute", "* * * * *"),
        ("every hour", "0 * * * *"),
        ("hourly", "0 * * * *"),
        ("every 2 hours", "0 */2 * * *"),
        ("every 7 minutes", "420 s"),
        ("every 90 minutes", "5400 s"),
        ("every 30 seconds", "30 s"),
        ("every 2 days", "172800 s"),
        ("on the first of each month at 10:30", "30 10 1 * *"),
        ("on the 15th of every month at 8", "0 8 15 * *"),
        ("monthly on the 3rd at 7", "0 7 3 * *"),
        ("on the last day of the month at 18:00", "0 18 L * *"),
        ("tomorrow at 7", "2026-11-22T07:00:00"),
        ("tomorrow morning", "2026-11-22T09:00:00"),
        ("tonight", "2026-11-21T20:00:00"),
        ("today at 18:00", "2026-11-21T18:00:00"),
        ("at 7", "2026-11-22T07:00:00"),
        ("at 14:00", "2026-11-21T14:00:00"),
        ("on monday at 9", "2026-11-23T09:00:00"),
        ("next saturday at 9", "2026-11-28T09:00:00"),
        ("in 10 minutes", "2026-11-21T13:25:00"),
        ("in an hour", "2026-11-21T14:15:00"),
        ("in 2 hours and 30 minutes", "2026-11-21T15:45:00"),
        ("in half an hour", "2026-11-21T13:45:00"),
        ("2026-12-24 at 18:00", "2026-12-24T18:00:00"),
        ("2026-12-24T18:00", "2026-12-24T18:00:00"),
        ("2026-12-24T18:00:00Z", "2026-12-24T19:00:00"),
        ("0 9 * * 1-5", "0 9 * * 1-5"),
        ("0 9 * * MON-FRI", "0 9 * * MON-FRI"),
        ("*/10 * * * * *", "*/10 * * * * *"),
        ("@daily", "@daily"),
    ] {
        assert_eq!(said(text), meant, "{text}");
    }
}

#[test]
fn what_is_not_understood_is_refused_and_not_guessed() {
    for text in [
        "",
        "   ",
        "soon",
        "every",
        "every blue moon",
        "at 25",
        "every day at 9 except sundays",
        "9",
        "in 0 minutes",
        "every monday at 9 and tuesday at 10",
        "every -5 minutes",
        "on the 32nd of each month",
        "every weekday at 9 or so",
        "run it at night sometimes",
    ] {
        assert_eq!(said(text), "?", "{text}");
    }
}

proptest! {
    #[test]
    fn whatever_is_said_nothing_breaks(text in "\\PC{0,60}") {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let now: Timestamp = NOW.parse().unwrap();
        if let Ok(schedule) = understood(&text, now, &berlin) {
            let _either = Plan::of(&schedule, &berlin, now);
        }
    }

    #[test]
    fn what_is_understood_of_these_words_comes_again(
        words in prop::collection::vec(prop::sample::select(vec![
            "every", "on", "at", "in", "monday", "mondays", "day", "9", "9:30", "5pm", "and",
            "minutes", "15", "month", "the", "first", "of", "each", "tomorrow", "morning", "hour",
        ]), 1..8)
    ) {
        let now: Timestamp = NOW.parse().unwrap();
        if let Ok(schedule) = understood(&words.join(" "), now, &TimeZone::UTC) {
            let Ok(plan) = Plan::of(&schedule, &TimeZone::UTC, now) else {
                // Numbers alone are an expression, right or wrong.
                prop_assert!(words.iter().all(|word| word.parse::<u8>().is_ok()), "{:?}", words);
                return Ok(());
            };
            if !matches!(schedule, Schedule::At(_)) {
                prop_assert!(plan.next_after(now).is_some());
            }
        }
    }
}
