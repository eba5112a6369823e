//! Secrets that only their name gives away: `DB_PASSWORD=…` in a file of settings. What reads like
//! code, a placeholder or a plain word stays.

use std::sync::OnceLock;

use regex::Regex;

use super::Found;

/// A name that says secret, an assignment, and a value without blanks.
const PATTERN: &str = r#"(?im)(?:^|[\s,;{("'\[?&]|\b[A-Za-z0-9]{1,40}[_.-])(?:passw(?:or)?d|passphrase|secret|secret[_-]?key|api[_-]?key|apikey|auth[_-]?token|access[_-]?token|refresh[_-]?token|private[_-]?key|encryption[_-]?key|client[_-]?secret|app[_-]?secret|token|credentials?)["']?\s{0,4}(?:=|:=|:)\s{0,4}(?:"(?P<double>[^"\s]{8,256})"|'(?P<single>[^'\s]{8,256})'|(?P<bare>[^\s"'`,;(){}\[\]<>]{8,256})(?:[\s,;}"'&]|$))"#;

/// Texts in which no such name occurs are not searched.
const HINTS: &[&str] = &["pass", "secret", "key", "token", "cred"];

pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    static EXPRESSION: OnceLock<Option<Regex>> = OnceLock::new();
    let Some(expression) = EXPRESSION.get_or_init(|| Regex::new(PATTERN).ok()) else {
        return;
    };
    if !hinted(text) {
        return;
    }
    for assigned in expression.captures_iter(text) {
        let value = assigned
            .name("double")
            .or_else(|| assigned.name("single"))
            .or_else(|| assigned.name("bare"));
        if let Some(value) = value
            && is_random(value.as_str())
        {
            found.push(Found {
                place: value.range(),
                kind: "a secret",
            });
        }
    }
}

fn hinted(text: &str) -> bool {
    static HINTED: OnceLock<Option<aho_corasick::AhoCorasick>> = OnceLock::new();
    HINTED
        .get_or_init(|| {
            aho_corasick::AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .build(HINTS)
                .ok()
        })
        .as_ref()
        .is_none_or(|hints| hints.is_match(text))
}

/// Whether a value looks like something that was drawn by lot rather than written by a person:
/// letters and digits in no order. A path, an expression, a version, a hash with a name is not.
fn is_random(value: &str) -> bool {
    let count = |holds: fn(&u8) -> bool| value.bytes().filter(holds).count();
    let (digits, letters) = (count(u8::is_ascii_digit), count(u8::is_ascii_alphabetic));
    let placeholder = [
        "example",
        "placeholder",
        "changeme",
        "your",
        "xxxx",
        "****",
        "redacted",
    ];
    let lower = value.to_ascii_lowercase();
    let code = [
        "::",
        "->",
        "$",
        "://",
        "..",
        "%(",
        "self.",
        "process.env",
        "os.environ",
    ];
    value.len() >= 12
        && digits >= 2
        && letters >= 4
        && !value.starts_with(['/', '.', '@', '#', '-', '&', '*'])
        && !placeholder.iter().any(|word| lower.contains(word))
        && !code.iter().any(|word| value.contains(word))
        && !is_dotted_name(value)
        && entropy(value) >= 3.2
}

/// `config.section.value2`, `1.2.3-beta.4`: words between dots.
fn is_dotted_name(value: &str) -> bool {
    value.contains('.')
        && value.split('.').all(|part| {
            part.len() <= 16 && part.bytes().filter(u8::is_ascii_digit).count() <= part.len() / 2
        })
}

/// Bits a character carries, by how often each occurs.
fn entropy(value: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let all: f64 = counts.iter().copied().map(f64::from).sum();
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| {
            let share = f64::from(*count) / all;
            -share * share.log2()
        })
        .sum()
}
