//! What the model is told: who it is, what was said before, what is asked now.

use crate::{
    model::{Attachment, Timestamp},
    providers::ChatMessage,
    tools::Boundary,
};

const WHO: &str = "You are a personal assistant that runs on its owner's own machine. Answer in \
                   the language you are addressed in. Be accurate and brief; say so when you do \
                   not know. Format with Markdown where it helps.";

const TOOLS: &str = "You can use tools. Use them when they help, and say what came of it; never \
                     claim to have done what no tool did. When a tool fails, say so.";

/// The instructions: the owner's own, or the built-in ones; how to use tools; how to take others'
/// words, where there are some or may be; and what is left of the beginning of a long conversation.
pub(super) fn system(
    own: &str,
    now: Timestamp,
    tools: bool,
    others: Option<&Boundary>,
    summary: Option<&str>,
) -> ChatMessage {
    let who = if own.trim().is_empty() { WHO } else { own };
    // To the day only: a prompt that changes with every call is never read from a cache.
    let day = now.to_string();
    let day = day.split('T').next().unwrap_or_default();
    let mut text = format!("{who}\n\nToday is {day} (UTC).");
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
