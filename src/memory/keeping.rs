//! What of a message is worth keeping by itself. Rules, so that it can be read here, costs no
//! model call and is the same every time:
//!
//! - of a message, what its sender states: code, quoted lines and questions are left out;
//! - at least three words or twelve letters (six, in languages written without spaces) must be
//!   left, or there is nothing to keep;
//! - nothing is kept of a message with something in it that looks like a key or a token, nor of a
//!   command that begins with a slash;
//! - at most [`MAX_LETTERS`] of it.

use crate::store::fulltext::{query_terms, terms_of};

/// The most that is kept of one message, in letters.
pub(super) const MAX_LETTERS: usize = 1500;
/// A run of letters and digits as long as this is no word.
const KEY_LETTERS: usize = 20;
const WORDS: usize = 3;
const LETTERS: usize = 12;
const DENSE_LETTERS: usize = 6;

/// What to keep of a message, if anything.
pub(super) fn worth_keeping(message: &str) -> Option<String> {
    let message = message.trim();
    if message.starts_with('/') || message.split_whitespace().any(looks_secret) {
        return None;
    }
    let mut kept = String::new();
    for line in prose(message) {
        for sentence in sentences(line) {
            if !is_question(sentence) {
                let gap = if kept.is_empty() { "" } else { " " };
                kept.push_str(gap);
                kept.push_str(sentence);
            }
        }
    }
    let kept = cut(&kept);
    says_something(kept).then(|| kept.to_owned())
}

/// Lines outside of code blocks that are nobody else's words.
fn prose(message: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    message.lines().map(str::trim).filter(move |line| {
        if line.starts_with("```") || line.starts_with("~~~") {
            in_code = !in_code;
            return false;
        }
        !in_code && !line.is_empty() && !line.starts_with('>')
    })
}

/// A line's sentences. A dot ends one only before a space: 3.5 and example.org are words.
fn sentences(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut from = 0;
    let mut letters = line.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        let ends = match letter {
            '。' | '！' | '？' | '؟' | '।' => true,
            '.' | '!' | '?' | '…' => next.is_none_or(char::is_whitespace),
            _ => false,
        };
        if ends {
            let to = at + letter.len_utf8();
            found.extend(line.get(from..to).map(str::trim));
            from = to;
        }
    }
    found.extend(line.get(from..).map(str::trim));
    found.retain(|sentence| !sentence.is_empty());
    found
}

fn is_question(sentence: &str) -> bool {
    let bare = sentence.trim_end_matches(|letter| "!\"'»”)".contains(letter));
    bare.ends_with(['?', '？', '؟', '吗', '呢'])
}

/// A long run of letters and digits together, as keys and tokens are.
fn looks_secret(word: &str) -> bool {
    if word.contains("://") {
        return false;
    }
    word.split(|letter: char| !(letter.is_ascii_alphanumeric() || "_-+=".contains(letter)))
        .any(|run| {
            run.len() >= KEY_LETTERS
                && run.bytes().any(|byte| byte.is_ascii_digit())
                && run.bytes().any(|byte| byte.is_ascii_alphabetic())
                && !is_uuid(run)
        })
}

fn is_uuid(run: &str) -> bool {
    uuid::Uuid::try_parse(run).is_ok()
}

fn says_something(text: &str) -> bool {
    let terms = query_terms(text);
    let dense = terms.iter().filter(|term| term.dense);
    let dense: usize = dense.map(|term| term.text.chars().count()).sum();
    let words = terms_of(text).len();
    let letters = text
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .count();
    dense >= DENSE_LETTERS || (words >= WORDS && letters >= LETTERS)
}

/// At most so many letters, ending with a whole word.
fn cut(text: &str) -> &str {
    let Some((end, _)) = text.char_indices().nth(MAX_LETTERS) else {
        return text;
    };
    let head = text.get(..end).unwrap_or(text);
    let word = head
        .rfind(' ')
        .filter(|at| *at > end / 2)
        .unwrap_or(head.len());
    head.get(..word).unwrap_or(head)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn statements_are_kept_and_the_rest_is_not() {
        for (message, kept) in [
            ("My dog is called Rex.", Some("My dog is called Rex.")),
            (
                "Hi! My flat is at 3.5 km. Where is yours?",
                Some("Hi! My flat is at 3.5 km."),
            ),
            ("What is the capital of Peru?", None),
            ("hello", None),
            ("/help me with this please", None),
            ("thanks a lot", None),
            (
                "> he said something long\nI think he is quite wrong",
                Some("I think he is quite wrong"),
            ),
            ("```\nlet a = 1;\n```", None),
            ("我喜欢喝黑咖啡。你呢？", Some("我喜欢喝黑咖啡。")),
            ("你好", None),
            (
                "My key is sk-test-abcdef1234567890abcdef please keep it",
                None,
            ),
            (
                "See https://example.org/a1b2c3d4e5f6g7h8i9j0k1 for my notes",
                Some("See https://example.org/a1b2c3d4e5f6g7h8i9j0k1 for my notes"),
            ),
        ] {
            assert_eq!(worth_keeping(message).as_deref(), kept, "{message}");
        }
    }

    #[test]
    fn a_long_message_is_cut_at_a_word() {
        let kept = worth_keeping(&"words and more ".repeat(500)).unwrap();
        assert!(
            kept.chars().count() <= MAX_LETTERS && kept.ends_with("more"),
            "{kept}"
        );
    }

    proptest! {
        #[test]
        fn what_is_kept_is_bounded_and_is_kept_again_the_same(message in "\\PC{0,400}") {
            if let Some(kept) = worth_keeping(&message) {
                prop_assert!(kept.chars().count() <= MAX_LETTERS);
                prop_assert!(!kept.trim().is_empty());
            }
        }
    }
}
