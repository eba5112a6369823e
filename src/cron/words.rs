//! A schedule in English words: "Every weekday at 09:00".

use jiff::tz::TimeZone;

use crate::model::{Schedule, Timestamp};

const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A schedule that is right, in words. `owner` is the zone of one that names none; a zone that
/// is named is said.
pub fn words(schedule: &Schedule, owner: &TimeZone) -> String {
    match schedule {
        Schedule::Every(every) => format!("Every {}", span(every.every_secs)),
        Schedule::At(at) => format!("Once, {}", moment(at.at, owner)),
        Schedule::Cron(cron) => {
            let said = of_expr(&cron.expr).unwrap_or_else(|| described(&cron.expr));
            match &cron.tz {
                Some(zone) => format!("{said} ({zone})"),
                None => said,
            }
        }
    }
}

/// A moment in a zone, to the second.
pub fn local(at: Timestamp, zone: &TimeZone) -> String {
    jiff::Timestamp::from_millisecond(at.as_millis()).map_or_else(
        |_| at.to_string(),
        |moment| {
            let here = moment.to_zoned(zone.clone());
            here.strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
        },
    )
}

fn moment(at: Timestamp, zone: &TimeZone) -> String {
    let Ok(moment) = jiff::Timestamp::from_millisecond(at.as_millis()) else {
        return at.to_string();
    };
    let here = moment.to_zoned(zone.clone());
    let seconds = if here.second() == 0 { "" } else { ":%S" };
    here.strftime(&format!("%A %-d %B %Y at %H:%M{seconds}"))
        .to_string()
}

fn span(secs: u64) -> String {
    let units = [
        (604_800, "week"),
        (86_400, "day"),
        (3600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    for (size, name) in units {
        // "90 minutes" is said so, "86461 seconds" is not.
        if secs >= size && secs.is_multiple_of(size) && secs / size < 120 {
            return match secs / size {
                1 => name.to_owned(),
                count => format!("{count} {name}s"),
            };
        }
    }
    let mut rest = secs;
    let mut parts = Vec::new();
    for (size, name) in units.into_iter().skip(1) {
        let count = rest / size;
        rest %= size;
        if count > 0 {
            let plural = if count == 1 { "" } else { "s" };
            parts.push(format!("{count} {name}{plural}"));
        }
    }
    parts.join(" ")
}

/// The common forms; none: it is something else.
fn of_expr(expr: &str) -> Option<String> {
    let expr = match expr.trim().to_ascii_lowercase().as_str() {
        "@yearly" | "@annually" => "0 0 1 1 *".to_owned(),
        "@monthly" => "0 0 1 * *".to_owned(),
        "@weekly" => "0 0 * * 0".to_owned(),
        "@daily" | "@midnight" => "0 0 * * *".to_owned(),
        "@hourly" => "0 * * * *".to_owned(),
        other => other.to_owned(),
    };
    let fields: Vec<&str> = expr.split_whitespace().collect();
    let (second, rest) = match fields.as_slice() {
        [second, rest @ ..] if rest.len() == 5 => (*second, rest),
        rest => ("0", rest),
    };
    let [minute, hour, day, month, weekday] = rest else {
        return None;
    };
    let time = time(second, minute, hour)?;
    let date = date(day, month, weekday)?;
    Some(match (time, date) {
        (Time::At(at), Date::Always) => format!("Every day at {at}"),
        (Time::At(at), Date::On(date)) => format!("{} at {at}", upper(&date)),
        (Time::Often(often), Date::Always) => upper(&often),
        (Time::Often(often), Date::On(date)) => format!("{}, {date}", upper(&often)),
    })
}

enum Time {
    At(String),
    Often(String),
}

enum Date {
    Always,
    On(String),
}

fn time(second: &str, minute: &str, hour: &str) -> Option<Time> {
    let step = |field: &str| {
        field
            .strip_prefix("*/")
            .and_then(|step| step.parse::<u8>().ok())
    };
    let number = |field: &str, below: u8| field.parse::<u8>().ok().filter(|value| *value < below);
    let many = |count: u8, what: &str| match count {
        1 => format!("every {what}"),
        count => format!("every {count} {what}s"),
    };
    let hours = hours(hour)?;
    if second == "*" && minute == "*" {
        return Some(Time::Often(format!("every second{}", hours.during())));
    }
    if let (Some(count), "*") = (step(second), minute) {
        return Some(Time::Often(format!(
            "{}{}",
            many(count, "second"),
            hours.during()
        )));
    }
    let second = number(second, 60)?;
    let tail = if second == 0 {
        String::new()
    } else {
        format!(":{second:02}")
    };
    if minute == "*" && second == 0 {
        return Some(Time::Often(format!("every minute{}", hours.during())));
    }
    if let (Some(count), 0) = (step(minute), second) {
        return Some(Time::Often(format!(
            "{}{}",
            many(count, "minute"),
            hours.during()
        )));
    }
    let minutes = list(minute, 60)?;
    if let Hours::Some(hours) = &hours {
        if hours.len() * minutes.len() > 6 {
            return None;
        }
        let times = hours
            .iter()
            .flat_map(|hour| minutes.iter().map(move |minute| (hour, minute)))
            .map(|(hour, minute)| format!("{hour:02}:{minute:02}{tail}"));
        return Some(Time::At(joined(&times.collect::<Vec<_>>())));
    }
    let [minute] = minutes.as_slice() else {
        let minutes: Vec<String> = minutes.iter().map(ToString::to_string).collect();
        return Some(Time::Often(format!(
            "at {} minutes past {}",
            joined(&minutes),
            hours.past()?
        )));
    };
    Some(Time::Often(match (&hours, minute, second) {
        (Hours::All, 0, 0) => "every hour".to_owned(),
        (Hours::Step(count), 0, 0) => many(*count, "hour"),
        (_, minute, 0) => format!("at {minute} minutes past {}", hours.past()?),
        _ => return None,
    }))
}

enum Hours {
    All,
    Step(u8),
    Range(u8, u8),
    Some(Vec<u8>),
}

impl Hours {
    fn during(&self) -> String {
        match self {
            Self::All => String::new(),
            Self::Step(count) => format!(" of every {count}th hour"),
            Self::Range(from, to) => format!(" from {from:02}:00 to {to:02}:59"),
            Self::Some(hours) => {
                let hours: Vec<String> = hours
                    .iter()
                    .map(|hour| format!("from {hour:02}:00 to {hour:02}:59"))
                    .collect();
                format!(" {}", joined(&hours))
            }
        }
    }

    fn past(&self) -> Option<String> {
        match self {
            Self::All => Some("every hour".to_owned()),
            Self::Step(count) => Some(format!("every {count}th hour")),
            Self::Range(from, to) => Some(format!("every hour from {from:02}:00 to {to:02}:59")),
            Self::Some(_) => None,
        }
    }
}

fn hours(field: &str) -> Option<Hours> {
    if field == "*" {
        return Some(Hours::All);
    }
    if let Some(step) = field.strip_prefix("*/") {
        return step.parse().ok().map(Hours::Step);
    }
    if let Some((from, to)) = field.split_once('-') {
        let (from, to) = (from.parse().ok()?, to.parse().ok()?);
        return (from < to && to < 24).then_some(Hours::Range(from, to));
    }
    list(field, 24).map(Hours::Some)
}

fn list(field: &str, below: u8) -> Option<Vec<u8>> {
    field
        .split(',')
        .map(|item| item.parse().ok().filter(|value| *value < below))
        .collect()
}

fn date(day: &str, month: &str, weekday: &str) -> Option<Date> {
    let any = |field: &str| field == "*" || field == "?";
    let months = if any(month) {
        None
    } else {
        Some(months(month)?)
    };
    let days = match (any(day), any(weekday)) {
        (true, true) => None,
        (true, false) => Some(weekdays(weekday)?),
        (false, true) => Some(month_days(day)?),
        // Either of the two is enough in cron, which short words would not tell.
        (false, false) => return None,
    };
    let on_days = !any(day);
    Some(Date::On(match (days, months) {
        (None, None) => return Some(Date::Always),
        (None, Some(months)) => format!("every day in {months}"),
        (Some(days), None) if on_days => format!("on {days} of every month"),
        (Some(days), Some(months)) if on_days => format!("on {days} of {months}"),
        (Some(days), None) => days,
        (Some(days), Some(months)) => format!("{days} in {months}"),
    }))
}

fn month_days(field: &str) -> Option<String> {
    if field == "l" {
        return Some("the last day".to_owned());
    }
    let days: Option<Vec<String>> = field
        .split(',')
        .map(|item| {
            let day: u8 = item.parse().ok()?;
            (1..=31)
                .contains(&day)
                .then(|| format!("the {}", ordinal(day)))
        })
        .collect();
    days.map(|days| joined(&days))
}

fn ordinal(number: u8) -> String {
    let ending = match (number % 10, number % 100) {
        (1, last) if last != 11 => "st",
        (2, last) if last != 12 => "nd",
        (3, last) if last != 13 => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

fn weekdays(field: &str) -> Option<String> {
    match field {
        "1-5" | "mon-fri" => return Some("every weekday".to_owned()),
        "0,6" | "6,0" | "6,7" | "sat,sun" | "sun,sat" => {
            return Some("every Saturday and Sunday".to_owned());
        }
        _ => {}
    }
    if let Some((from, to)) = field.split_once('-') {
        return Some(format!("{} to {}", weekday(from)?, weekday(to)?));
    }
    if let Some((day, which)) = field.split_once('#') {
        let which = match which {
            "l" => "last".to_owned(),
            number => ordinal(number.parse().ok()?),
        };
        return Some(format!("on the {which} {} of the month", weekday(day)?));
    }
    let days: Option<Vec<String>> = field
        .split(',')
        .map(|day| weekday(day).map(str::to_owned))
        .collect();
    days.map(|days| format!("every {}", joined(&days)))
}

fn weekday(word: &str) -> Option<&'static str> {
    let named = |name: &&&str| name.to_ascii_lowercase().starts_with(word) && word.len() == 3;
    match word.parse::<usize>() {
        Ok(number) if number <= 7 => DAYS.get(number % 7).copied(),
        Ok(_) => None,
        Err(_) => DAYS.iter().find(named).copied(),
    }
}

fn months(field: &str) -> Option<String> {
    let month = |word: &str| {
        let named = |name: &&&str| name.to_ascii_lowercase().starts_with(word) && word.len() == 3;
        match word.parse::<usize>() {
            Ok(number) => MONTHS.get(number.checked_sub(1)?).copied(),
            Err(_) => MONTHS.iter().find(named).copied(),
        }
    };
    if let Some((from, to)) = field.split_once('-') {
        return Some(format!("{} to {}", month(from)?, month(to)?));
    }
    let names: Option<Vec<String>> = field
        .split(',')
        .map(|word| month(word).map(str::to_owned))
        .collect();
    names.map(|names| joined(&names))
}

fn joined(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn upper(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        format!("{}{}", first.to_uppercase(), letters.as_str())
    })
}

/// Whatever else there is, as the reader of expressions describes it.
fn described(expr: &str) -> String {
    expr.parse::<croner::Cron>().map_or_else(
        |_| expr.to_owned(),
        |cron| {
            cron.describe()
                .trim_end_matches('.')
                .replace(',', ", ")
                .replace(",  ", ", ")
        },
    )
}
