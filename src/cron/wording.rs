//! From a person's words to a schedule: "every weekday at 9", "tomorrow at 7", "every 15 minutes".
//! A cron expression or a moment is understood as well. Pure.

mod parts;

use jiff::{
    Span, ToSpan as _, Zoned,
    civil::{Time, Weekday},
    tz::TimeZone,
};

use super::schedule::ScheduleError;
use crate::model::{AtSchedule, CronSchedule, EverySchedule, Schedule, Timestamp};
use parts::{Said, weekday};

/// Longest wording, in characters.
const LONGEST: usize = 200;
/// Words that an expression may have.
const NAMES: &str =
    "jan feb mar apr may jun jul aug sep oct nov dec sun mon tue wed thu fri sat L W LW";
/// When nothing is said of the time of day.
const MORNING: Time = Time::constant(9, 0, 0, 0);

/// Understands a wording at this moment in its owner's zone.
pub fn understood(text: &str, now: Timestamp, owner: &TimeZone) -> Result<Schedule, ScheduleError> {
    let wrong = || {
        ScheduleError::new(
            "text",
            "a schedule such as \"every weekday at 9\", \"every 15 minutes\", \"tomorrow at 7\", \
             \"on the first of each month at 10:30\" or \"0 9 * * 1-5\"",
        )
    };
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST {
        return Err(wrong());
    }
    if let Some(schedule) = exact(text, owner) {
        return Ok(schedule);
    }
    let moment = jiff::Timestamp::from_millisecond(now.as_millis()).map_err(|_| wrong())?;
    let here = moment.to_zoned(owner.clone());
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|letter: char| letter.is_whitespace() || letter == ',')
        .map(|word| word.trim_end_matches(['.', '!', '?']))
        .filter(|word| !word.is_empty() && !["please", "the", "o'clock", "oclock"].contains(word))
        .collect();
    let words = join_halves(&words);
    let mut said = Said::new(&words);
    said.schedule(&here)
        .filter(|_| said.rest.is_empty())
        .ok_or_else(wrong)
}

/// "9 am" is one word.
fn join_halves(words: &[&str]) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    for word in words {
        let half = ["am", "pm", "a.m", "p.m", "uhr"].contains(word);
        match joined.last_mut() {
            Some(last) if half && last.ends_with(|letter: char| letter.is_ascii_digit()) => {
                last.push_str(if *word == "uhr" { "" } else { word });
            }
            _ => joined.push((*word).to_owned()),
        }
    }
    joined
}

/// An expression or a moment.
fn exact(text: &str, owner: &TimeZone) -> Option<Schedule> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let plain = |field: &str| {
        let known = |word: &str| NAMES.split(' ').any(|name| name.eq_ignore_ascii_case(word));
        field
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "*/,-?#".contains(letter))
            && field
                .split(|letter: char| !letter.is_ascii_alphabetic())
                .all(|word| word.is_empty() || known(word))
    };
    let like_cron = (5..=6).contains(&fields.len()) && fields.iter().all(|field| plain(field));
    if like_cron || text.starts_with('@') {
        return Some(cron(text.to_owned()));
    }
    let at = |at: Timestamp| Some(Schedule::At(AtSchedule { at }));
    if let Ok(moment) = text.parse::<Timestamp>() {
        return at(moment);
    }
    // A civil time is one of the owner's.
    let civil = text.parse::<jiff::civil::DateTime>().ok()?;
    let like_date = text.as_bytes().get(4) == Some(&b'-') && text.len() > 10;
    let here = civil.to_zoned(owner.clone()).ok()?;
    if !like_date {
        return None;
    }
    at(stamp(&here))
}

fn cron(expr: String) -> Schedule {
    Schedule::Cron(CronSchedule { expr, tz: None })
}

fn stamp(moment: &Zoned) -> Timestamp {
    Timestamp::from_millis(moment.timestamp().as_millisecond())
}

impl<'a> Said<'a> {
    fn schedule(&mut self, here: &Zoned) -> Option<Schedule> {
        self.read(|said| said.later(here))
            .or_else(|| self.read(Self::every_span))
            .or_else(|| self.read(Self::on_days))
            .or_else(|| self.read(Self::of_month))
            .or_else(|| self.read(|said| said.on_a_day(here)))
            .or_else(|| self.read(|said| said.today(here)))
    }

    /// "in 10 minutes".
    fn later(&mut self, here: &Zoned) -> Option<Schedule> {
        let ahead = self.skip(&["in"]);
        let secs = self.span()?;
        let later = self.skip(&["later"]) || (self.skip(&["from"]) && self.skip(&["now"]));
        if !ahead && !later {
            return None;
        }
        let secs = i64::try_from(secs).ok()?;
        let at = stamp(here).plus_secs(secs);
        Some(Schedule::At(AtSchedule { at }))
    }

    /// "every 15 minutes", "hourly", "every other day" has no place here.
    fn every_span(&mut self) -> Option<Schedule> {
        if self.skip(&["hourly"]) {
            return self.done(cron("0 * * * *".to_owned()));
        }
        if !self.skip(&["every", "each"]) {
            return None;
        }
        match self.peek() {
            Some("hour") => {
                self.take();
                let minute = self.read(Self::minute_past).unwrap_or(0);
                return self.done(cron(format!("{minute} * * * *")));
            }
            Some("minute") => {
                self.take();
                return self.done(cron("* * * * *".to_owned()));
            }
            Some("second") => {
                self.take();
                return self.done(Schedule::Every(EverySchedule { every_secs: 1 }));
            }
            _ => {}
        }
        let every_secs = self.span()?;
        let even = [(60_u64, 60_u64), (3600, 24)]
            .into_iter()
            .find(|(unit, many)| {
                every_secs.is_multiple_of(*unit)
                    && (*many).is_multiple_of((every_secs / unit).max(1))
                    && every_secs / unit < *many
            });
        // What divides the hour or the day falls on round times.
        let schedule = match even {
            Some((60, _)) => cron(format!("*/{} * * * *", every_secs / 60)),
            Some((_, _)) => cron(format!("0 */{} * * *", every_secs / 3600)),
            None => Schedule::Every(EverySchedule { every_secs }),
        };
        self.done(schedule)
    }

    fn done(&self, schedule: Schedule) -> Option<Schedule> {
        self.rest.is_empty().then_some(schedule)
    }

    /// "every day at 8", "every monday and friday at 17:30", "weekdays at 9", "daily".
    fn on_days(&mut self) -> Option<Schedule> {
        let time = self.read(Self::time);
        let every = self.skip(&["every", "each"]);
        if !every {
            self.skip(&["on"]);
        }
        let mut part = None;
        let days = match self.take()? {
            "day" if every => "*".to_owned(),
            "daily" => "*".to_owned(),
            "morning" if every => {
                part = Some(MORNING);
                "*".to_owned()
            }
            "noon" if every => {
                part = Some(Time::constant(12, 0, 0, 0));
                "*".to_owned()
            }
            "evening" if every => {
                part = Some(Time::constant(18, 0, 0, 0));
                "*".to_owned()
            }
            "night" if every => {
                part = Some(Time::constant(22, 0, 0, 0));
                "*".to_owned()
            }
            "afternoon" if every => {
                part = Some(Time::constant(15, 0, 0, 0));
                "*".to_owned()
            }
            "week" if every => "1".to_owned(),
            "weekly" => "1".to_owned(),
            "weekday" if every => "1-5".to_owned(),
            "weekdays" | "workdays" => "1-5".to_owned(),
            "workday" | "working" if every => {
                self.skip(&["day"]);
                "1-5".to_owned()
            }
            "weekend" if every => "0,6".to_owned(),
            "weekends" => "0,6".to_owned(),
            first => self.weekdays(first, every)?,
        };
        if days != "*" && self.skip(&["on"]) {
            // "every week on monday"
            let day = self.take()?;
            let day = weekday(day)?.to_sunday_zero_offset();
            return self.at_time(time, part).map(|at| on(&day.to_string(), at));
        }
        if self.skip(&["morning", "mornings"]) {
            part = Some(MORNING);
        } else if self.skip(&["evening", "evenings"]) {
            part = Some(Time::constant(18, 0, 0, 0));
        }
        self.at_time(time, part).map(|at| on(&days, at))
    }

    fn weekdays(&mut self, first: &str, every: bool) -> Option<String> {
        // "on monday" is one day; "mondays" and "every monday" are many.
        if !every && !first.ends_with('s') {
            return None;
        }
        let mut days = vec![weekday(first)?];
        loop {
            let more = self.read(|said| {
                said.skip(&["and"]);
                said.take().and_then(weekday)
            });
            match more {
                Some(day) => days.push(day),
                None => break,
            }
        }
        let to = self.read(|said| {
            let to = said.skip(&["to", "until", "through"]);
            to.then(|| said.take().and_then(weekday)).flatten()
        });
        let number = |day: &Weekday| day.to_sunday_zero_offset().to_string();
        if let (Some(to), [from]) = (to, days.as_slice()) {
            return Some(format!("{}-{}", number(from), number(&to)));
        }
        Some(days.iter().map(number).collect::<Vec<_>>().join(","))
    }

    /// The time that follows, or was said before, or goes with the part of the day.
    fn at_time(&mut self, before: Option<Time>, part: Option<Time>) -> Option<Time> {
        let mut after = self.read(Self::time);
        // "every evening at 8" is not in the morning.
        if let (Some(time), Some(part)) = (after.as_mut(), part)
            && part.hour() >= 12
            && time.hour() < 12
            && time.hour() > 0
        {
            *time = time.checked_add(12.hours()).ok()?;
        }
        Some(after.or(before).or(part).unwrap_or(MORNING))
    }

    /// "on the first of each month at 10:30", "monthly on the 15th", "on the last day of the month".
    fn of_month(&mut self) -> Option<Schedule> {
        let time = self.read(Self::time);
        let monthly = self.skip(&["monthly"]) || {
            let before = self.rest;
            let every = self.skip(&["every", "each"]) && self.skip(&["month"]);
            if !every {
                self.rest = before;
            }
            every
        };
        self.skip(&["on"]);
        if !monthly {
            self.skip(&["every", "each"]);
        }
        let day = self.read(Self::day_of_month);
        self.skip(&["day"]);
        let of = self.skip(&["of"]);
        let each = self.skip(&["each", "every", "a"]);
        let month = (of || each) && self.skip(&["month"]);
        if !monthly && !month {
            return None;
        }
        let day = match day {
            Some(day) => day,
            None if monthly => "1".to_owned(),
            None => return None,
        };
        let at = self.at_time(time, None)?;
        Some(cron(format!("{} {} {day} * *", at.minute(), at.hour())))
    }

    /// "tomorrow at 7", "on monday at 9", "next friday", "2026-12-24 at 18:00".
    fn on_a_day(&mut self, here: &Zoned) -> Option<Schedule> {
        let time = self.read(Self::time);
        self.skip(&["on", "next"]);
        let today = here.date();
        let word = self.take()?;
        let mut part = None;
        let date = if word == "tomorrow" {
            today.checked_add(1.day()).ok()?
        } else if word == "today" {
            today
        } else if word == "tonight" {
            part = Some(Time::constant(20, 0, 0, 0));
            today
        } else if let Some(day) = weekday(word) {
            let ahead = here.weekday().until(day);
            let ahead = if ahead == 0 { 7 } else { ahead };
            today.checked_add(Span::new().days(ahead)).ok()?
        } else {
            word.parse().ok().filter(|_| word.len() == 10)?
        };
        if self.skip(&["morning"]) {
            part = Some(MORNING);
        } else if self.skip(&["afternoon"]) {
            part = Some(Time::constant(15, 0, 0, 0));
        } else if self.skip(&["evening", "night"]) {
            part = Some(Time::constant(18, 0, 0, 0));
        }
        let at = self.at_time(time, part)?;
        let moment = date
            .to_datetime(at)
            .to_zoned(here.time_zone().clone())
            .ok()?;
        Some(Schedule::At(AtSchedule { at: stamp(&moment) }))
    }

    /// "at 7": the next time that it is seven.
    fn today(&mut self, here: &Zoned) -> Option<Schedule> {
        let time = self.read(Self::time)?;
        let zone = here.time_zone();
        let mut moment = here.date().to_datetime(time).to_zoned(zone.clone()).ok()?;
        if moment <= *here {
            let next = here.date().checked_add(1.day()).ok()?;
            moment = next.to_datetime(time).to_zoned(zone.clone()).ok()?;
        }
        Some(Schedule::At(AtSchedule { at: stamp(&moment) }))
    }
}

fn on(days: &str, at: Time) -> Schedule {
    cron(format!("{} {} * * {days}", at.minute(), at.hour()))
}
