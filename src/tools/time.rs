//! `time`: what time it is, here or elsewhere, and what a moment is in another zone.

use async_trait::async_trait;
use jiff::{Unit, Zoned, civil::DateTime, tz::TimeZone};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Action, Tool, ToolContext, ToolError, ToolOutput, ToolSpec, parse};

/// Tells the time.
#[derive(Debug)]
pub struct TimeTool(ToolSpec);

#[derive(Deserialize)]
struct Args {
    zone: Option<String>,
    at: Option<String>,
    at_zone: Option<String>,
}

impl Default for TimeTool {
    fn default() -> Self {
        Self(ToolSpec::reading(
            "time",
            "Tells the current date and time, or converts a moment to another time zone, with the \
             weekday, the ISO week, the offset and the distance from now.",
            json!({
                "type": "object",
                "properties": {
                    "zone": {
                        "type": "string",
                        "maxLength": 64,
                        "description": "Zone to answer in, such as \"Europe/Berlin\" or \"UTC\"; left out: your owner's machine's"
                    },
                    "at": {
                        "type": "string",
                        "maxLength": 64,
                        "description": "A moment such as \"2026-03-01T09:00\" or \"2026-03-01T09:00:00Z\"; left out: now"
                    },
                    "at_zone": {
                        "type": "string",
                        "maxLength": 64,
                        "description": "Zone that `at` is told in when it names none itself"
                    }
                },
                "additionalProperties": false
            }),
        ))
    }
}

#[async_trait]
impl Tool for TimeTool {
    fn spec(&self) -> &ToolSpec {
        &self.0
    }

    async fn action(&self, _: &ToolContext, args: &Value) -> Result<Action, ToolError> {
        let args: Args = parse(args)?;
        Ok(Action::reading(match (args.at, args.zone) {
            (Some(at), Some(zone)) => format!("Convert {at} to {zone}"),
            (Some(at), None) => format!("Look up {at}"),
            (None, Some(zone)) => format!("Look up the time in {zone}"),
            (None, None) => "Look up the time".to_owned(),
        }))
    }

    async fn run(&self, context: &ToolContext, args: &Value) -> Result<ToolOutput, ToolError> {
        let args: Args = parse(args)?;
        let here = zone(args.zone.as_deref())?;
        let now = jiff::Timestamp::from_millisecond(context.now().as_millis())
            .map_err(|_| failed("the clock shows an impossible time"))?;
        let Some(at) = args.at else {
            return Ok(ToolOutput::own(told(&now.to_zoned(here))));
        };
        let moment = moment(&at, zone(args.at_zone.as_deref().or(args.zone.as_deref()))?)?;
        let zoned = moment.with_time_zone(here);
        let distance = distance(now, zoned.timestamp());
        Ok(ToolOutput::own(format!(
            "{}\nThat is {distance}.",
            told(&zoned)
        )))
    }
}

fn zone(name: Option<&str>) -> Result<TimeZone, ToolError> {
    match name.map(str::trim) {
        None | Some("") => Ok(TimeZone::system()),
        Some("Z" | "z" | "utc") => Ok(TimeZone::UTC),
        Some(name) => TimeZone::get(name).map_err(|_| {
            failed(format!(
                "there is no time zone {name:?}; use a name such as \"Europe/Berlin\""
            ))
        }),
    }
}

/// A moment that says its zone or offset itself, or is told in `otherwise`.
fn moment(text: &str, otherwise: TimeZone) -> Result<Zoned, ToolError> {
    let text = text.trim();
    if let Ok(zoned) = text.parse::<Zoned>() {
        return Ok(zoned);
    }
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Ok(instant.to_zoned(TimeZone::UTC));
    }
    let unreadable = || {
        failed(format!(
            "{text:?} is not a moment; write it like \"2026-03-01T09:00\" or \"2026-03-01T09:00:00Z\""
        ))
    };
    let civil: DateTime = text.parse().map_err(|_| unreadable())?;
    civil.to_zoned(otherwise).map_err(|_| unreadable())
}

fn told(moment: &Zoned) -> String {
    let zone = moment.time_zone();
    let name = zone.iana_name().unwrap_or("local time");
    let week = moment.date().iso_week_date();
    format!(
        "{} ({name}, UTC{})\nISO week {}-W{:02}, day {} of the year, Unix time {}, in UTC {:.0}",
        moment.strftime("%A, %Y-%m-%d %H:%M:%S"),
        moment.strftime("%:z"),
        week.year(),
        week.week(),
        moment.date().day_of_year(),
        moment.timestamp().as_second(),
        moment.timestamp(),
    )
}

/// How far a moment is from now, in words.
fn distance(now: jiff::Timestamp, then: jiff::Timestamp) -> String {
    let seconds = then.as_second() - now.as_second();
    if seconds == 0 {
        return "now".to_owned();
    }
    let span = jiff::Span::new()
        .try_seconds(seconds.abs())
        .and_then(|span| {
            span.round(
                jiff::SpanRound::new()
                    .largest(Unit::Day)
                    .days_are_24_hours(),
            )
        });
    let span = span.map_or_else(
        |_| format!("{} s", seconds.abs()),
        |span| format!("{span:#}"),
    );
    if seconds > 0 {
        format!("in {span}")
    } else {
        format!("{span} ago")
    }
}

fn failed(text: impl Into<String>) -> ToolError {
    ToolError::Failed(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_and_told_in_any_zone() {
        let berlin = zone(Some("Europe/Berlin")).unwrap();
        let told_at = |text: &str| {
            let moment = moment(text, berlin.clone()).unwrap();
            told(&moment.with_time_zone(zone(Some("America/New_York")).unwrap()))
        };
        let summer = told_at("2026-07-01T09:00");
        assert!(
            summer.starts_with(
                "Wednesday, 2026-07-01 03:00:00 (America/New_York, UTC-04:00)\nISO week 2026-W27"
            ),
            "{summer}"
        );
        assert!(summer.ends_with("2026-07-01T07:00:00Z"), "{summer}");
        assert_eq!(summer, told_at("2026-07-01T07:00:00Z"));
        assert_eq!(summer, told_at("2026-07-01T03:00-04:00[America/New_York]"));
        assert!(told_at("2026-01-01").contains("Wednesday, 2025-12-31 18:00:00"));
    }

    #[test]
    fn distances_are_told_in_days_hours_and_less() {
        let now: jiff::Timestamp = "2026-03-01T09:00:00Z".parse().unwrap();
        let then = |text: &str| distance(now, text.parse().unwrap());
        assert_eq!(then("2026-03-01T09:00:00Z"), "now");
        assert_eq!(then("2026-03-03T10:30:00Z"), "in 2d 1h 30m");
        assert_eq!(then("2026-03-01T08:59:00Z"), "1m ago");
    }

    #[test]
    fn what_is_no_zone_or_moment_says_so() {
        let wrong = zone(Some("Europe/Berlln")).unwrap_err().to_string();
        assert!(wrong.contains("no time zone \"Europe/Berlln\""), "{wrong}");
        let wrong = moment("tomorrow", TimeZone::UTC).unwrap_err().to_string();
        assert!(wrong.contains("is not a moment"), "{wrong}");
    }
}
