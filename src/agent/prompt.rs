//! What the model is told: who it is, what was said before, what is asked now.

use jiff::tz::TimeZone;

use crate::{
    model::{Attachment, Timestamp},
    providers::ChatMessage,
    tools::Boundary,
    workspace::StandardFile,
};

/// Bytes that count as a token, as `memory::estimate_tokens` has it.
const BYTES_A_TOKEN: u64 = 3;
/// Less than this of a file is not worth being told, in bytes.
const WORTH_TELLING: usize = 60;

const WHO: &str = "You are a personal assistant that runs on its owner's own machine. Answer in \
                   the language you are addressed in. Be accurate and brief; say so when you do \
                   not know. Format with Markdown where it helps.";

const TOOLS: &str = "You can use tools. Use them when they help, and say what came of it; never \
                     claim to have done what no tool did. When a tool fails, say so.";

const STANDARD: &str = "These files of your workspace say who you are, whom you work for and what \
                        you know. They are yours and your owner's: follow them.";

/// The standard files of the workspace, within so many tokens: what does not fit is cut off at the
/// end of a line, and the model is told where the rest is.
pub(super) fn standard(files: &[StandardFile], tokens: u64) -> Option<String> {
    let mut left = usize::try_from(tokens.saturating_mul(BYTES_A_TOKEN)).unwrap_or(usize::MAX);
    let mut told = String::new();
    for file in files {
        let name = file.name;
        let before = format!("\n<file path=\"{name}\">\n");
        let room = left.saturating_sub(before.len() + 80);
        let text = if file.text.len() <= room {
            file.text.clone()
        } else if room < WORTH_TELLING {
            continue;
        } else {
            let end = file.text.floor_char_boundary(room);
            let end = file.text[..end].rfind('\n').unwrap_or(end);
            let more = file.text.len() - end;
            format!(
                "{}\n[{more} bytes more: read {name} to see them]",
                &file.text[..end]
            )
        };
        let part = format!("{before}{text}\n</file>");
        left = left.saturating_sub(part.len());
        told.push_str(&part);
    }
    (!told.is_empty()).then(|| format!("{STANDARD}\n{told}"))
}

/// The day where the owner lives: `Sunday, 2026-11-22 (Europe/Berlin)`. To the day only: a prompt
/// that changes with every call is never read from a cache.
pub(super) fn day(now: Timestamp, zone: TimeZone) -> String {
    let moment = jiff::Timestamp::from_millisecond(now.as_millis()).unwrap_or_default();
    let place = zone.iana_name().unwrap_or("local time").to_owned();
    let day = moment.to_zoned(zone).strftime("%A, %F").to_string();
    format!("{day} ({place})")
}

/// The instructions: the owner's own, or the built-in ones; the standard files of the workspace; how to use tools; how to take others'
/// words, where there are some or may be; and what is left of the beginning of a long conversation.
pub(super) fn system(
    own: &str,
    standard: Option<&str>,
    today: &str,
    tools: bool,
    others: Option<&Boundary>,
    summary: Option<&str>,
) -> ChatMessage {
    let who = if own.trim().is_empty() { WHO } else { own };
    let mut text = format!("{who}\n\nToday is {today}.");
    if let Some(standard) = standard {
        text.push_str(&format!("\n\n{standard}"));
    }
    if tools {
        text.push_str(&format!("\n\n{TOOLS}"));
    }
    if let Some(boundary) = others {
        text.push_str(&format!("\n\n{}", boundary.rule()));
    }
    if let Some(summary) = summary {
        text.push_str(&format!(
            "\n\nThe conversation so far was long. Its beginning, in short:\n{summary}"
        ));
    }
    ChatMessage::System(text)
}

/// What the user said, with what was handed along: each part under its name.
pub(super) fn user(input: &str, context: &[String], files: &[Attachment]) -> ChatMessage {
    let mut text = input.to_owned();
    for (number, part) in context.iter().enumerate() {
        text.push_str(&format!(
            "\n\n<context number=\"{}\">\n{part}\n</context>",
            number + 1
        ));
    }
    for file in files {
        if let Some(content) = file.text() {
            let name = file.name.replace('"', "'");
            text.push_str(&format!("\n\n<file name=\"{name}\">\n{content}\n</file>"));
        }
    }
    let images = files
        .iter()
        .filter(|file| file.is_image())
        .cloned()
        .collect();
    ChatMessage::User { text, images }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &'static str, text: &str) -> StandardFile {
        StandardFile {
            name,
            text: text.to_owned(),
        }
    }

    #[test]
    fn the_standard_files_are_told_within_their_bound() {
        assert_eq!(standard(&[], 4000), None);
        let both = [file("SOUL.md", "Be kind."), file("USER.md", "Ann")];
        let told = standard(&both, 4000).unwrap();
        let expected =
            "<file path=\"SOUL.md\">\nBe kind.\n</file>\n<file path=\"USER.md\">\nAnn\n</file>";
        assert!(told.ends_with(expected), "{told}");
        assert_eq!(standard(&both, 0), None);
        let long = "äöü is a line\n".repeat(1000);
        let told = standard(&[file("MEMORY.md", &long), file("USER.md", &long)], 300).unwrap();
        assert!(told.len() < 300 * 3 + STANDARD.len() + 8, "{}", told.len());
        assert!(told.contains("line\n["), "{told}");
        assert!(
            told.contains("bytes more: read MEMORY.md to see them]"),
            "{told}"
        );
        assert!(!told.contains("USER.md"), "{told}");
    }

    #[test]
    fn the_day_is_the_owners() {
        // 23:30 on a Saturday in London is Sunday in Berlin.
        let late: jiff::Timestamp = "2026-11-21T23:30:00Z".parse().unwrap();
        let now = Timestamp::from_millis(late.as_millisecond());
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(day(now, berlin), "Sunday, 2026-11-22 (Europe/Berlin)");
        assert_eq!(day(now, TimeZone::UTC), "Saturday, 2026-11-21 (UTC)");
    }

    #[test]
    fn what_is_handed_along_stands_under_its_name() {
        let file = Attachment {
            name: "a\".txt".to_owned(),
            media_type: "text/plain".to_owned(),
            data: b"inside".to_vec(),
        };
        let ChatMessage::User { text, images } = user("look", &["one".to_owned()], &[file]) else {
            panic!("a user's message");
        };
        assert!(text.starts_with("look\n\n<context number=\"1\">\none\n</context>"));
        assert!(text.contains("<file name=\"a'.txt\">\ninside\n</file>"));
        assert!(images.is_empty());
    }
}
