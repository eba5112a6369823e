//! Which sentences are about the schedule: "every morning at 8 tell me …", "what is scheduled?".
//! Where the words for the time end is found here; what they mean is for the schedule to say. Pure.

use serde_json::{Value, json};

use super::wishes::{after, unquoted};

/// Words that a time begins with.
const OPENINGS: [&str; 14] = [
    "every", "each", "daily", "weekly", "monthly", "hourly", "weekdays", "tomorrow", "tonight",
    "today", "in", "at", "on", "next",
];
/// Words that a time goes on with.
const GOES_ON: [&str; 62] = [
    "at",
    "on",
    "and",
    "of",
    "the",
    "to",
    "a",
    "an",
    "in",
    "other",
    "each",
    "every",
    "morning",
    "evening",
    "afternoon",
    "night",
    "noon",
    "midnight",
    "day",
    "days",
    "week",
    "weeks",
    "weekday",
    "weekdays",
    "weekend",
    "weekends",
    "workday",
    "month",
    "hour",
    "hours",
    "minute",
    "minutes",
    "min",
    "second",
    "seconds",
    "half",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mondays",
    "tuesdays",
    "wednesdays",
    "thursdays",
    "fridays",
    "saturdays",
    "sundays",
    "first",
    "last",
    "one",
    "two",
    "three",
    "five",
    "ten",
    "am",
    "pm",
    "tomorrow",
    "today",
    "o'clock",
];
/// Words that do not end a time.
const DANGLING: [&str; 10] = [
    "at", "on", "and", "of", "the", "to", "a", "an", "in", "every",
];

/// Words that a story goes on with, not an order.
const TELLS: [&str; 12] = [
    "i", "i'm", "we", "you", "he", "she", "it", "they", "there", "is", "was", "my",
];

/// The tool that a sentence about the schedule asks for, its arguments, and what is said before.
pub(super) fn understood(asked: &str) -> Option<(&'static str, Value, &'static str)> {
    let plain = asked.trim_end_matches(['?', '.', '!']).to_lowercase();
    let asks = [
        "what is scheduled",
        "what's scheduled",
        "what jobs are there",
        "list the jobs",
        "list jobs",
        "list the scheduled jobs",
        "show the schedule",
        "show the jobs",
    ];
    if asks.contains(&plain.as_str()) {
        return Some(("cron_list", json!({}), "Let me look at the schedule."));
    }
    if let Some(job) = after(asked, &["pause the job", "pause job"]) {
        let args = json!({"id": unquoted(job), "enabled": false});
        return Some(("cron_update", args, "I will pause it."));
    }
    if let Some(job) = after(asked, &["resume the job", "resume job"]) {
        let args = json!({"id": unquoted(job), "enabled": true});
        return Some(("cron_update", args, "I will let it go on."));
    }
    let delete = [
        "delete the job",
        "remove the job",
        "delete job",
        "remove job",
    ];
    if let Some(job) = after(asked, &delete) {
        return Some((
            "cron_remove",
            json!({"id": unquoted(job)}),
            "I will delete it.",
        ));
    }
    if let Some(rest) = after(asked, &["remind me"]) {
        let (when, what) = parted(rest)?;
        let what = what.trim_start_matches("to ").trim_end_matches(['.', '!']);
        let prompt = format!("Remind me to {what}.");
        return Some((
            "cron_add",
            json!({"schedule": when, "prompt": prompt, "here": true}),
            "I will remind you.",
        ));
    }
    let (when, what) = parted(asked)?;
    Some((
        "cron_add",
        json!({"schedule": when, "prompt": unquoted(what), "here": true}),
        "I will schedule that.",
    ))
}

/// A time and what is to be done then.
fn parted(text: &str) -> Option<(&str, &str)> {
    let (mut place, mut end) = (0, 0);
    for word in text.split_inclusive(' ') {
        let bare = word.trim_end().trim_end_matches([',', ':']).to_lowercase();
        let is_number = bare.starts_with(|letter: char| letter.is_ascii_digit());
        let known = match place {
            0 => OPENINGS.contains(&bare.as_str()),
            _ => is_number || GOES_ON.contains(&bare.as_str()),
        };
        if !known {
            break;
        }
        place += word.len();
        if !DANGLING.contains(&bare.as_str()) {
            end = place;
        }
        if word.trim_end().ends_with([',', ':']) {
            break;
        }
    }
    let when = text.get(..end)?.trim().trim_end_matches([',', ':']);
    let what = text.get(end..)?.trim();
    let next = what.split(' ').next().unwrap_or_default().to_lowercase();
    // "every day I walk" tells something, and orders nothing.
    (!when.is_empty() && !next.is_empty() && !TELLS.contains(&next.as_str()))
        .then_some((when, what))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Option<(&'static str, Value)> {
        understood(text).map(|(tool, args, _)| (tool, args))
    }

    #[test]
    fn sentences_about_the_schedule_are_understood() {
        let add = |schedule: &str, prompt: &str| {
            let args = json!({"schedule": schedule, "prompt": prompt, "here": true});
            Some(("cron_add", args))
        };
        for (text, wanted) in [
            (
                "every morning at 8 tell me the weather",
                add("every morning at 8", "tell me the weather"),
            ),
            (
                "In 10 minutes, say hello",
                add("In 10 minutes", "say hello"),
            ),
            (
                "Every monday and friday: water the plants",
                add("Every monday and friday", "water the plants"),
            ),
            (
                "remind me tomorrow at 7 to water the plants",
                add("tomorrow at 7", "Remind me to water the plants."),
            ),
            ("What is scheduled?", Some(("cron_list", json!({})))),
            (
                "pause the job `weather`",
                Some(("cron_update", json!({"id": "weather", "enabled": false}))),
            ),
            (
                "resume job weather",
                Some(("cron_update", json!({"id": "weather", "enabled": true}))),
            ),
            (
                "delete the job weather",
                Some(("cron_remove", json!({"id": "weather"}))),
            ),
        ] {
            assert_eq!(asked(text), wanted, "{text}");
        }
    }

    #[test]
    fn stories_and_questions_are_no_orders() {
        for text in [
            "every morning at 8",
            "every day I walk",
            "today is a good day",
            "in Berlin it rains",
            "at home",
            "what files are here",
            "remind me",
        ] {
            assert_eq!(asked(text), None, "{text}");
        }
    }
}
