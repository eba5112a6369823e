//! When a schedule is due. Pure: the schedule, the zone and a moment decide.

use std::cell::RefCell;

use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};
use jiff::{Zoned, tz::TimeZone};

use crate::model::{AtSchedule, CronSchedule, EverySchedule, Schedule, Timestamp};

/// The longest stretch between two times of `every`: ten years.
const LONGEST_SECS: u64 = 10 * 366 * 24 * 60 * 60;
/// Longest expression, in bytes.
const LONGEST_EXPR: usize = 256;
/// Moments that are counted one by one.
const COUNTED: u64 = 5_000;

/// What is wrong with a schedule: the field, and what was expected of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{expected}")]
pub struct ScheduleError {
    /// The part of the schedule: kind, expr, tz, at or `every_secs`.
    pub field: &'static str,
    /// What was expected, in words.
    pub expected: String,
}

impl ScheduleError {
    pub(super) fn new(field: &'static str, expected: impl Into<String>) -> Self {
        Self {
            field,
            expected: expected.into(),
        }
    }
}

/// A schedule that was understood, ready to be asked for times.
#[derive(Clone, Debug)]
pub struct Plan {
    when: When,
    zone: TimeZone,
}

#[derive(Clone, Debug)]
enum When {
    Cron(Box<Cron>),
    At(Timestamp),
    Every { millis: i64, anchor: Timestamp },
}

/// Moments that have passed: the last of them one by one, and what is known of those before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// The last ones, the oldest first.
    pub last: Vec<Timestamp>,
    /// Those before: how many (at least), the first and the last of them.
    pub earlier: Option<(u64, Timestamp, Timestamp)>,
}

impl Plan {
    /// Makes sense of a schedule. `owner` is the zone of one that names none; `every` counts from
    /// `anchor`.
    pub fn of(
        schedule: &Schedule,
        owner: &TimeZone,
        anchor: Timestamp,
    ) -> Result<Self, ScheduleError> {
        let (when, zone) = match schedule {
            Schedule::Cron(cron) => (
                When::Cron(Box::new(parsed(&cron.expr)?)),
                zone_of(cron, owner)?,
            ),
            Schedule::At(AtSchedule { at }) => (When::At(*at), owner.clone()),
            Schedule::Every(EverySchedule { every_secs }) => {
                if !(1..=LONGEST_SECS).contains(every_secs) {
                    return Err(ScheduleError::new(
                        "every_secs",
                        format!("1 to {LONGEST_SECS} seconds"),
                    ));
                }
                let millis = i64::try_from(*every_secs).unwrap_or(i64::MAX / 1000) * 1000;
                (When::Every { millis, anchor }, owner.clone())
            }
        };
        Ok(Self { when, zone })
    }

    /// The zone that it goes by.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The first time strictly after a moment; none: never again.
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        match &self.when {
            When::At(at) => (*at > after).then_some(*at),
            When::Every { millis, anchor } => {
                let passed = after.as_millis().checked_sub(anchor.as_millis())?;
                let count = passed.div_euclid(*millis).max(0).checked_add(1)?;
                let ahead = count.checked_mul(*millis)?;
                let next = anchor.as_millis().checked_add(ahead)?;
                Some(Timestamp::from_millis(next))
            }
            When::Cron(cron) => {
                // The search works in whole seconds, and begins after the one it is given.
                let from = zoned(floor(after), &self.zone)?;
                let found = cron.find_next_occurrence(&from, false).ok()?;
                Some(stamp(&found)).filter(|next| *next > after)
            }
        }
    }

    /// The last time at or before a moment, and not before `from`.
    fn last_until(&self, until: Timestamp, from: Timestamp) -> Option<Timestamp> {
        let found = match &self.when {
            When::At(at) => *at,
            When::Every { millis, anchor } => {
                let count = (until.as_millis() - anchor.as_millis()).div_euclid(*millis);
                Timestamp::from_millis(anchor.as_millis() + count.max(1) * millis)
            }
            When::Cron(cron) => {
                let start = zoned(floor(until), &self.zone)?;
                stamp(&cron.find_previous_occurrence(&start, true).ok()?)
            }
        };
        (found >= from && found <= until).then_some(found)
    }

    /// The times from `first`, itself one of them, until `now`: the last `most` one by one.
    pub fn passed(&self, first: Timestamp, now: Timestamp, most: usize) -> Passed {
        let mut last = Vec::new();
        let mut until = now;
        while last.len() < most {
            let Some(found) = self.last_until(until, first) else {
                break;
            };
            last.push(found);
            until = Timestamp::from_millis(found.as_millis() - 1);
        }
        last.reverse();
        // What was planned counts, whatever the search backwards says.
        if last.is_empty() && first <= now {
            last.push(first);
        }
        let earlier = last.first().copied().filter(|oldest| *oldest > first);
        let earlier = earlier.map(|oldest| self.count(first, oldest));
        Passed { last, earlier }
    }

    /// How many times there are from `first`, itself one, until before `end`.
    fn count(&self, first: Timestamp, end: Timestamp) -> (u64, Timestamp, Timestamp) {
        if let When::Every { millis, .. } = self.when {
            let span = (end.as_millis() - first.as_millis() - 1).div_euclid(millis);
            let count = u64::try_from(span).unwrap_or(0) + 1;
            let last = first.as_millis() + span * millis;
            return (count, first, Timestamp::from_millis(last));
        }
        let (mut count, mut at) = (1, first);
        while count < COUNTED {
            match self.next_after(at).filter(|next| *next < end) {
                Some(next) => (count, at) = (count + 1, next),
                None => return (count, first, at),
            }
        }
        let before = Timestamp::from_millis(end.as_millis() - 1);
        (count, first, self.last_until(before, first).unwrap_or(at))
    }

    /// The next few times strictly after a moment.
    pub fn upcoming(&self, after: Timestamp, most: usize) -> Vec<Timestamp> {
        let mut at = after;
        std::iter::from_fn(|| {
            at = self.next_after(at)?;
            Some(at)
        })
        .take(most)
        .collect()
    }

    /// What a change of the clocks does to the next times, in words; none: nothing.
    pub fn oddity(&self, after: Timestamp) -> Option<String> {
        let When::Cron(cron) = &self.when else {
            return None;
        };
        let from = zoned(after, &self.zone)?;
        let change = self
            .zone
            .following(from.timestamp())
            .find(|change| change.timestamp() > from.timestamp())?;
        let moment = change.timestamp();
        let before = self.zone.to_offset(
            moment
                .checked_sub(jiff::SignedDuration::from_secs(1))
                .ok()?,
        );
        let moved = change.offset().seconds() - before.seconds();
        let edge = moment.to_zoned(self.zone.clone());
        let day = edge.date();
        let is_fixed = cron.determine_job_type() == croner::JobType::FixedTime;
        // Civil times that are left out, or come twice.
        let first = before.to_datetime(moment);
        let second = change.offset().to_datetime(moment);
        let (open, close) = if moved > 0 {
            (first, second)
        } else {
            (second, first)
        };
        let mut civil = open;
        let mut hit = false;
        while civil < close {
            // A zone without changes tells whether the pattern names this wall-clock time.
            let plain = civil.to_zoned(TimeZone::UTC).ok()?;
            if cron.is_time_matching(&plain).unwrap_or(false) {
                hit = true;
                break;
            }
            civil = civil
                .checked_add(jiff::SignedDuration::from_secs(60))
                .ok()?;
        }
        if !hit {
            return None;
        }
        let span = format!(
            "{:02}:{:02} to {:02}:{:02}",
            open.hour(),
            open.minute(),
            close.hour(),
            close.minute()
        );
        Some(match (moved > 0, is_fixed) {
            (true, true) => format!(
                "On {day} the clocks go forward and {span} does not exist: it runs as soon as the clocks have changed."
            ),
            (true, false) => {
                format!("On {day} the clocks go forward: the times from {span} are left out.")
            }
            (false, true) => format!(
                "On {day} the clocks go back and {span} comes twice: it runs the first time only."
            ),
            (false, false) => {
                format!("On {day} the clocks go back: the times from {span} come twice.")
            }
        })
    }
}

thread_local! {
    /// The expression understood last: the same one is asked for again and again.
    static LAST: RefCell<Option<(String, Cron)>> = const { RefCell::new(None) };
}

fn parsed(expr: &str) -> Result<Cron, ScheduleError> {
    let known = LAST.with_borrow(|last| {
        last.as_ref()
            .filter(|(text, _)| text == expr)
            .map(|(_, cron)| cron.clone())
    });
    if let Some(cron) = known {
        return Ok(cron);
    }
    let wrong = |why: String| ScheduleError::new("expr", why);
    let fields = expr.split_whitespace().count();
    if expr.len() > LONGEST_EXPR || !expr.is_ascii() {
        return Err(wrong(format!(
            "a cron expression of at most {LONGEST_EXPR} plain characters"
        )));
    }
    if !expr.trim_start().starts_with('@') && !(5..=6).contains(&fields) {
        return Err(wrong(
            "5 fields (minute hour day month weekday), or 6 with seconds before them".to_owned(),
        ));
    }
    let parser = CronParser::builder()
        .seconds(Seconds::Optional)
        .year(Year::Disallowed)
        .build();
    let cron = parser.parse(expr).map_err(|error| {
        let said = error.to_string();
        let said = said
            .trim_start_matches("Component error: ")
            .trim_start_matches("Invalid pattern: ")
            .trim_end_matches('.');
        wrong(format!("a cron expression ({said})"))
    })?;
    LAST.set(Some((expr.to_owned(), cron.clone())));
    Ok(cron)
}

fn zone_of(cron: &CronSchedule, owner: &TimeZone) -> Result<TimeZone, ScheduleError> {
    let Some(name) = &cron.tz else {
        return Ok(owner.clone());
    };
    TimeZone::get(name).map_err(|_| {
        ScheduleError::new(
            "tz",
            "the IANA name of a time zone, such as Europe/Berlin or UTC",
        )
    })
}

fn floor(moment: Timestamp) -> Timestamp {
    Timestamp::from_millis(moment.as_secs().saturating_mul(1000))
}

fn zoned(moment: Timestamp, zone: &TimeZone) -> Option<Zoned> {
    let moment = jiff::Timestamp::from_millisecond(moment.as_millis()).ok()?;
    Some(moment.to_zoned(zone.clone()))
}

fn stamp(moment: &Zoned) -> Timestamp {
    Timestamp::from_millis(moment.timestamp().as_millisecond())
}
