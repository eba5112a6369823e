//! Takes secrets out of free text: log lines, errors, whatever a provider wrote. Pure; it knows
//! how secrets look, not which ones there are.

use std::{borrow::Cow, ops::Range};

/// What stands in place of a secret in free text.
const GONE: &str = "***";

/// How tokens begin, and how many characters must follow for it to be one.
const TOKENS: &[(&str, usize)] = &[
    ("zcl_live_", 6),
    ("sk-", 8),
    ("sk_live_", 8),
    ("AIza", 16),
    ("ghp_", 12),
    ("gho_", 12),
    ("ghu_", 12),
    ("ghs_", 12),
    ("ghr_", 12),
    ("github_pat_", 12),
    ("xoxa-", 8),
    ("xoxb-", 8),
    ("xoxc-", 8),
    ("xoxd-", 8),
    ("xoxe-", 8),
    ("xoxo-", 8),
    ("xoxp-", 8),
    ("xoxr-", 8),
    ("xoxs-", 8),
    ("xapp-", 8),
    ("gsk_", 16),
    ("hf_", 16),
    ("xai-", 16),
];

/// Headers whose value is a secret, however it is written.
const HEADERS: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "x-api-key",
    "x-goog-api-key",
    "x-webhook-secret",
    "x-pairing-code",
    "x-hub-signature-256",
    "set-cookie",
    "cookie",
];

/// Names of fields and parameters whose value is a secret where it is plainly their value.
const FIELDS: &[&str] = &[
    "access_token",
    "api-key",
    "api_key",
    "apikey",
    "app_secret",
    "auth_token",
    "clawgate_session",
    "client_secret",
    "password",
    "refresh_token",
    "secret",
    "token",
    "verify_token",
    "webhook_secret",
];

/// The text with every secret in it replaced by `***`; the same text when there is none. What
/// shows the kind of a secret (`sk-`, `Bearer`) stays.
pub fn redact(text: &str) -> Cow<'_, str> {
    let mut clean = String::new();
    let mut done = 0;
    let mut at = 0;
    while at < text.len() {
        match secret_at(text, at) {
            Some(secret) => {
                clean.push_str(&text[done..secret.start]);
                clean.push_str(GONE);
                done = secret.end;
                at = secret.end;
            }
            None => at += 1,
        }
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    clean.push_str(&text[done..]);
    Cow::Owned(clean)
}

/// The secret that begins, or is announced, at this byte.
fn secret_at(text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let first = *bytes.get(at)?;
    if first == b':' {
        return password_in_url(bytes, at);
    }
    if !first.is_ascii_alphabetic() || !begins_word(bytes, at) {
        return None;
    }
    token(bytes, at)
        .or_else(|| bearer(bytes, at))
        .or_else(|| named(bytes, at))
        .filter(|secret| !secret.is_empty() && &bytes[secret.clone()] != GONE.as_bytes())
}

/// Whether no word is under way before `at`. The letter of an escape such as `\n` is none.
fn begins_word(bytes: &[u8], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).map(|place| bytes[place]);
    !before(1).is_some_and(is_word) || before(2) == Some(b'\\')
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

fn run(bytes: &[u8], from: usize, mut holds: impl FnMut(u8) -> bool) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().take_while(|byte| holds(**byte)).count()
}

fn ends_word(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b"\"'&#<>,;)}]\\`".contains(&byte)
}

fn token(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    TOKENS.iter().find_map(|(prefix, least)| {
        bytes[at..].starts_with(prefix.as_bytes()).then_some(())?;
        let start = at + prefix.len();
        let end = run(bytes, start, is_word);
        (end - start >= *least).then_some(start..end)
    })
}

fn starts_with(bytes: &[u8], at: usize, name: &str) -> bool {
    bytes
        .get(at..at + name.len())
        .is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
}

/// `Bearer <token>`, wherever it stands.
fn bearer(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    starts_with(bytes, at, "bearer").then_some(())?;
    let gap = at + "bearer".len();
    let start = run(bytes, gap, |byte| byte == b' ');
    let end = run(bytes, start, |byte| !ends_word(byte));
    (start > gap && end - start >= 8).then_some(start..end)
}

/// `name: value`, `name=value`, `"name": "value"`.
fn named(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let of = |names: &[&str]| {
        names
            .iter()
            .filter(|name| starts_with(bytes, at, name))
            .map(|name| at + name.len())
            .find(|end| !bytes.get(*end).copied().is_some_and(is_word))
    };
    if let Some(end) = of(HEADERS) {
        let value = assigned(bytes, end)?;
        return Some(header_value(bytes, &value));
    }
    let in_query = at > 0 && b"?&".contains(&bytes[at - 1]);
    let query_only: &[&str] = if in_query {
        &["key", "code", "sig"]
    } else {
        &[]
    };
    let end = of(FIELDS).or_else(|| of(query_only))?;
    let value = assigned(bytes, end)?;
    (value.quote.is_some() || value.tight).then(|| plain_value(bytes, &value))
}

/// Where an assigned value starts, and how it is written.
struct Assigned {
    start: usize,
    quote: Option<u8>,
    /// `name=value`, without blanks.
    tight: bool,
}

fn assigned(bytes: &[u8], name_end: usize) -> Option<Assigned> {
    let is_quote = |byte: u8| matches!(byte, b'"' | b'\'' | b'\\');
    let blank = |byte: u8| byte == b' ';
    let closed = run(bytes, name_end, is_quote);
    let sign = run(bytes, closed, blank);
    let sign_byte = *bytes.get(sign)?;
    matches!(sign_byte, b':' | b'=').then_some(())?;
    let gap = sign + 1;
    let opened = run(bytes, gap, blank);
    let start = run(bytes, opened, is_quote);
    let quote = (start > opened).then(|| bytes[start - 1]);
    Some(Assigned {
        start,
        quote: quote.filter(|quote| *quote != b'\\'),
        tight: sign_byte == b'=' && sign == name_end && opened == gap,
    })
}

fn plain_value(bytes: &[u8], value: &Assigned) -> Range<usize> {
    let end = match value.quote {
        // Inside JSON that is itself quoted, the backslash belongs to the closing quote.
        Some(_) if bytes.get(value.start.wrapping_sub(2)) == Some(&b'\\') => {
            run(bytes, value.start, |byte| byte != b'\\' && byte != b'\n')
        }
        Some(quote) => closing(bytes, value.start, quote),
        None => run(bytes, value.start, |byte| !ends_word(byte)),
    };
    value.start..end
}

/// Where a quoted value ends; an escaped quote does not end it.
fn closing(bytes: &[u8], start: usize, quote: u8) -> usize {
    let mut escaped = false;
    run(bytes, start, |byte| {
        let ends = (byte == quote && !escaped) || byte == b'\n';
        escaped = byte == b'\\' && !escaped;
        !ends
    })
}

/// The scheme stays; of an unknown scheme nothing does, to the end of the line.
fn header_value(bytes: &[u8], value: &Assigned) -> Range<usize> {
    let whole = run(bytes, value.start, |byte| {
        !matches!(byte, b'"' | b'\'' | b'\\' | b'\n' | b'\r')
    });
    let word = run(bytes, value.start, |byte| !ends_word(byte));
    let scheme = &bytes[value.start..word];
    let known = ["bearer", "basic", "token"];
    if known
        .iter()
        .any(|name| scheme.eq_ignore_ascii_case(name.as_bytes()))
    {
        let start = run(bytes, word, |byte| byte == b' ');
        return start..run(bytes, start, |byte| !ends_word(byte));
    }
    let more = run(bytes, word, |byte| byte == b' ');
    let parts = more < whole && (bytes[word] == b';' || bytes[more..whole].contains(&b'='));
    value.start..if parts { whole } else { word }
}

/// The password of `scheme://user:password@host`, announced by the colon before it.
fn password_in_url(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let outside = |byte: u8| byte.is_ascii_whitespace() || b"/\"'<>".contains(&byte);
    // Longer than any password; without an end, many colons would be many searches.
    let reach = bytes.len().min(at + 257);
    let end = run(&bytes[..reach], at + 1, |byte| {
        byte != b'@' && !outside(byte)
    });
    if bytes.get(end) != Some(&b'@') || end == at + 1 {
        return None;
    }
    let user = bytes[..at].iter().rev().take(256);
    let user = user.take_while(|byte| !outside(**byte)).count();
    let before = &bytes[..at - user];
    let secret = at + 1..end;
    (before.ends_with(b"://") && &bytes[secret.clone()] != GONE.as_bytes()).then_some(secret)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn secrets_go_and_the_rest_stays() {
        for (text, clean) in [
            (
                "token zcl_live_abcDEF123-_x done",
                "token zcl_live_*** done",
            ),
            (
                "Incorrect API key provided: sk-proj-abcdefgh.",
                "Incorrect API key provided: sk-***.",
            ),
            ("(sk-ant-api03-abcdefgh)", "(sk-***)"),
            ("AIzaSyA1234567890abcdefg", "AIza***"),
            (
                "ghp_abcdefghijklmnop ghs_abcdefghijklmnop",
                "ghp_*** ghs_***",
            ),
            ("xoxb-123456789-abc", "xoxb-***"),
            (
                "GET /ws/chat?token=abc&session_id=1",
                "GET /ws/chat?token=***&session_id=1",
            ),
            (
                "https://g.example/v1?key=abc#x",
                "https://g.example/v1?key=***#x",
            ),
            ("Authorization: Bearer abc", "Authorization: Bearer ***"),
            (
                "authorization: Basic dTpw from here",
                "authorization: Basic *** from here",
            ),
            (
                "\"authorization\": \"Bearer abc.def\", \"a\": 1",
                "\"authorization\": \"Bearer ***\", \"a\": 1",
            ),
            ("Authorization: Digest u=\"x\"", "Authorization: ***\"x\""),
            ("sent Bearer abcdefgh123 to it", "sent Bearer *** to it"),
            ("x-api-key: abc def", "x-api-key: *** def"),
            ("X-Pairing-Code: ABCD-1234", "X-Pairing-Code: ***"),
            ("Cookie: a=b; clawgate_session=abc", "Cookie: ***"),
            (
                "{\"api_key\":\"abc\",\"n\":1}",
                "{\"api_key\":\"***\",\"n\":1}",
            ),
            (
                "{\\\"api_key\\\":\\\"abc\\\"}",
                "{\\\"api_key\\\":\\\"***\\\"}",
            ),
            (
                "{\"password\":\"ab\\\"cd\",\"n\":1}",
                "{\"password\":\"***\",\"n\":1}",
            ),
            ("api_key = \"a b\" # mine", "api_key = \"***\" # mine"),
            ("password=hunter2 user=me", "password=*** user=me"),
            ("postgres://me:hunter2@db/x", "postgres://me:***@db/x"),
        ] {
            assert_eq!(redact(text), clean, "{text}");
        }
    }

    #[test]
    fn what_is_no_secret_stays_as_it_is() {
        for text in [
            "",
            "first token: 30 ms, tokens=12, max_tokens: 5",
            "the bearer of bad news",
            "sk-learn is no key, nor is task-forceful or desk-companion",
            "gateway.port: expected a whole number",
            "http://127.0.0.1:42617/api/status?limit=5",
            "key=value; the secret of success; 12:30@noon",
            "größer als je zuvor",
        ] {
            assert!(
                matches!(redact(text), Cow::Borrowed(same) if same == text),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_cleaned_once_and_for_all(text in "\\PC*") {
            let clean = redact(&text).into_owned();
            prop_assert_eq!(redact(&clean).into_owned(), clean);
        }

        #[test]
        fn pieces_that_look_like_secrets_never_break_it(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "Authorization", ":", "=", " ", "\"", "\\", "Bearer ", "token", "?key", "sk-",
                    "abcdefgh12", "://", "@", "ü", "\n", "***", "cookie", ";", "AIza", "secret",
                ]),
                0..24,
            ),
        ) {
            let text = parts.concat();
            let once = redact(&text).into_owned();
            prop_assert!(once.len() <= text.len() + 3 * text.len());
        }

        #[test]
        fn a_planted_secret_is_never_left(
            before in "[ a-z(=:\"]{0,12}[ (\"=]", secret in "[A-Za-z0-9]{24}", after in "[ ,)\"&;]\\PC{0,12}",
        ) {
            for lead in ["zcl_live_", "sk-", "sk-ant-api03-", "AIza", "ghp_", "xoxb-"] {
                let text = format!("{before}{lead}{secret}{after}");
                prop_assert!(!redact(&text).contains(&secret), "{}", text);
            }
        }
    }
}
