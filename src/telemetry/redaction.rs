//! Takes secrets out of log lines on their way to the terminal and the file, whoever wrote them
//! in. It knows what keys look like, not what they are.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use tracing_subscriber::fmt::MakeWriter;

const MASK: &str = "***MASKED***";
/// What looks like a key but is shorter is a word.
const SHORTEST_KEY: usize = 8;

/// Openings of keys that are secret as a whole; the opening itself stays readable.
const KEY_OPENINGS: [&str; 14] = [
    "zcl_live_",
    "sk-",
    "AIza",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "xoxa-",
    "xoxb-",
    "xoxe-",
    "xoxp-",
    "xoxr-",
    "xoxs-",
];
/// Words that a secret follows, in any case.
const ANNOUNCERS: [&str; 2] = ["bearer ", "token="];

/// `text` with its secrets masked.
pub(super) fn redact(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    while at < bytes.len() {
        let Some((start, end)) = secret_at(bytes, at) else {
            at += 1;
            continue;
        };
        // Both are ends of ASCII text, so these are character borders.
        out.push_str(&text[copied..start]);
        out.push_str(MASK);
        (copied, at) = (end, end);
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

/// Where the secret stands whose opening begins at `at`.
fn secret_at(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    // Most letters begin no opening; one look at a table of a few spares the comparisons.
    if !matches!(
        bytes[at],
        b'z' | b's' | b'A' | b'g' | b'x' | b'b' | b'B' | b't' | b'T'
    ) {
        return None;
    }
    if !begins_word(bytes, at) {
        return None;
    }
    let rest = &bytes[at..];
    if let Some(opening) = KEY_OPENINGS
        .iter()
        .find(|opening| rest.starts_with(opening.as_bytes()))
    {
        let start = at + opening.len();
        let end = start + key_length(&bytes[start..]);
        return (end - start >= SHORTEST_KEY).then_some((start, end));
    }
    let announcer = ANNOUNCERS.iter().find(|announcer| {
        rest.get(..announcer.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(announcer.as_bytes()))
    })?;
    let start = at + announcer.len();
    let end = start + key_length(&bytes[start..]);
    (end > start).then_some((start, end))
}

/// Whether no word is under way before `at`; the letter of an escape such as `\n` is none.
fn begins_word(bytes: &[u8], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).map(|place| bytes[place]);
    !before(1).is_some_and(|byte| byte.is_ascii_alphanumeric()) || before(2) == Some(b'\\')
}

fn key_length(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.~+/=%".contains(byte))
        .count()
}

/// Makes writers that redact.
pub(super) struct Redacting<M>(pub(super) M);

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Redacting<M> {
    type Writer = RedactingWriter<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        RedactingWriter(self.0.make_writer())
    }

    fn make_writer_for(&'a self, meta: &tracing::Metadata<'_>) -> Self::Writer {
        RedactingWriter(self.0.make_writer_for(meta))
    }
}

/// Redacts each write by itself: the formatter hands over whole lines.
pub(super) struct RedactingWriter<W>(W);

impl<W: Write> Write for RedactingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        self.0.write_all(redact(&text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_known_kind_of_secret_is_masked() {
        for (secret, left) in [
            ("zcl_live_0a1b2c3d4e5f", "zcl_live_***MASKED***"),
            ("sk-proj-abcDEF123456", "sk-***MASKED***"),
            ("sk-ant-api03-xyz_12345", "sk-***MASKED***"),
            ("AIzaSyA1234567890", "AIza***MASKED***"),
            ("ghp_abcdefgh1234", "ghp_***MASKED***"),
            ("xoxb-123456789-abc", "xoxb-***MASKED***"),
            (
                "Authorization: Bearer abc.def/ghi+j==",
                "Authorization: Bearer ***MASKED***",
            ),
            (
                "GET /api/events?token=s3cret&types=a",
                "GET /api/events?token=***MASKED***&types=a",
            ),
            (r#"{"key":"sk-12345678"}"#, r#"{"key":"sk-***MASKED***"}"#),
            (r"said:\nsk-12345678", r"said:\nsk-***MASKED***"),
            (
                "é sk-12345678 ü sk-87654321 é",
                "é sk-***MASKED*** ü sk-***MASKED*** é",
            ),
        ] {
            assert_eq!(redact(secret), left);
        }
    }

    #[test]
    fn ordinary_words_stay_and_cost_no_copy() {
        for text in [
            "the task-scheduler asked a disk-based cache",
            "sk-1",
            "tokens=12 max_tokens=5 bearers of news",
            "input_token=",
        ] {
            assert!(matches!(redact(text), Cow::Borrowed(_)), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_key_never_survives_whatever_stands_around_it(
            before in "\\PC{0,20}([ \"'(:=,]|\\\\n)", key in "[A-Za-z0-9]{24}", after in "[ \"',)]\\PC{0,20}",
        ) {
            let text = format!("{before}zcl_live_{key}{after}");
            prop_assert!(!redact(&text).contains(&key));
        }
    }
}
