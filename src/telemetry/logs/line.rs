//! One log line, as it stands in the file and goes over the wire.

use std::{borrow::Cow, fmt::Write as _, str::FromStr};

use poem_openapi::Enum;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::model::Timestamp;

/// Longest line that is kept whole, in bytes.
pub(super) const LONGEST_LINE: usize = 64 * 1024;
/// What is kept of a message that is too long.
const KEPT_MESSAGE: usize = 8 * 1024;

/// How much a line matters; later ones matter more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Enum)]
#[serde(rename_all = "lowercase")]
#[oai(rename_all = "lowercase")]
pub enum LogLevel {
    /// Every step.
    Trace,
    /// For whoever looks for a fault.
    Debug,
    /// What happens.
    Info,
    /// Something is not as it should be.
    Warn,
    /// Something failed.
    Error,
}

impl LogLevel {
    /// All of them, the least first.
    pub const ALL: [Self; 5] = [
        Self::Trace,
        Self::Debug,
        Self::Info,
        Self::Warn,
        Self::Error,
    ];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }

    /// Its place in [`LogLevel::ALL`].
    pub const fn place(self) -> usize {
        self as usize
    }
}

/// The text is no level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("error, warn, info, debug or trace")]
pub struct NoLevel;

impl FromStr for LogLevel {
    type Err = NoLevel;

    fn from_str(text: &str) -> Result<Self, NoLevel> {
        let known = |level: &Self| level.word().eq_ignore_ascii_case(text);
        Self::ALL.into_iter().find(known).ok_or(NoLevel)
    }
}

impl<'de> Deserialize<'de> for LogLevel {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// One log line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogLine {
    /// Ever rising, across restarts too; nought until it is written.
    #[serde(default)]
    pub id: u64,
    /// When.
    pub timestamp: Timestamp,
    /// How much it matters.
    pub level: LogLevel,
    /// The module that wrote it.
    pub target: String,
    /// What it says.
    pub message: String,
    /// The request it was written for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The turn it was written in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn_id: Option<String>,
    /// The turn's session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// The rest of what it says.
    #[serde(default)]
    pub fields: Map<String, Value>,
}

impl LogLine {
    /// The line in these bytes; none when they are damaged.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// Takes secrets out of what it says.
    pub(super) fn mask(&mut self, mask: impl Fn(&str) -> Cow<'_, str>) {
        let clean = |text: &mut String| {
            if let Cow::Owned(masked) = mask(text) {
                *text = masked;
            }
        };
        clean(&mut self.message);
        for value in self.fields.values_mut() {
            if let Value::String(text) = value {
                clean(text);
            }
        }
    }

    /// The line as JSON, without a line feed. A line that is too long is cut, and says so.
    pub(super) fn to_json(&self) -> Vec<u8> {
        let json = serde_json::to_vec(self).unwrap_or_default();
        if json.len() <= LONGEST_LINE {
            return json;
        }
        let mut fields = Map::new();
        fields.insert("cut_from_bytes".to_owned(), json.len().into());
        let cut = Self {
            message: shortened(&self.message, KEPT_MESSAGE),
            target: shortened(&self.target, 256),
            fields,
            ..self.clone()
        };
        serde_json::to_vec(&cut).unwrap_or_default()
    }

    /// The line for people: time, level, module, message, fields; one line whatever is in it.
    pub fn in_words(&self) -> String {
        let level = self.level.word().to_ascii_uppercase();
        let mut text = format!(
            "{} {level:>5} {}: {}",
            self.timestamp, self.target, self.message
        );
        for (name, value) in &self.fields {
            put_field(&mut text, name, value);
        }
        let ids = [
            ("request_id", &self.request_id),
            ("session_id", &self.session_id),
            ("turn_id", &self.turn_id),
        ];
        for (name, id) in ids {
            if let Some(id) = id {
                // Writing to a text can't fail.
                let _ = write!(text, " {name}={id}");
            }
        }
        let mut line = String::with_capacity(text.len());
        for letter in text.chars() {
            if letter.is_control() {
                line.extend(letter.escape_default());
            } else {
                line.push(letter);
            }
        }
        line
    }

    /// What a search looks through: the message and the fields as `name=value`.
    pub(super) fn searched(&self) -> String {
        let mut text = format!("{} {}", self.target, self.message);
        for (name, value) in &self.fields {
            put_field(&mut text, name, value);
        }
        text
    }
}

fn put_field(text: &mut String, name: &str, value: &Value) {
    // Writing to a text can't fail.
    let _ = match value {
        Value::String(value) => write!(text, " {name}={value}"),
        other => write!(text, " {name}={other}"),
    };
}

fn shortened(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let mut end = most;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &text[..end])
}

/// What can be told of a line without reading all of it.
#[derive(Debug, Deserialize)]
pub(super) struct Head<'a> {
    pub(super) id: u64,
    pub(super) timestamp: Timestamp,
    pub(super) level: LogLevel,
    #[serde(borrow)]
    pub(super) target: Cow<'a, str>,
    #[serde(default)]
    pub(super) request_id: Option<Cow<'a, str>>,
    #[serde(default)]
    pub(super) turn_id: Option<Cow<'a, str>>,
    #[serde(default)]
    pub(super) session_id: Option<Cow<'a, str>>,
}

impl<'a> Head<'a> {
    /// None when the bytes are damaged.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

#[cfg(test)]
pub(super) use tests::line as test_line;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    pub(in super::super) fn line(id: u64, level: LogLevel, message: &str) -> LogLine {
        LogLine {
            id,
            timestamp: Timestamp::from_millis(i64::try_from(id).unwrap()),
            level,
            target: "clawgate::test".to_owned(),
            message: message.to_owned(),
            request_id: None,
            turn_id: None,
            session_id: None,
            fields: Map::new(),
        }
    }

    #[test]
    fn a_line_comes_back_from_its_json_whatever_the_case_of_its_level() {
        let mut before = line(7, LogLevel::Warn, "slow");
        before.turn_id = Some("t".to_owned());
        before.fields.insert("tries".to_owned(), json!(3));
        assert_eq!(LogLine::parse(&before.to_json()), Some(before.clone()));
        let older = String::from_utf8(before.to_json()).unwrap();
        let older = older.replace("\"warn\"", "\"WARN\"");
        assert_eq!(LogLine::parse(older.as_bytes()), Some(before));
        assert_eq!(LogLine::parse(b"{\"id\":7,\"timest"), None);
    }

    #[test]
    fn a_line_that_is_too_long_is_cut_and_says_so() {
        let mut long = line(1, LogLevel::Info, &"ä".repeat(50_000));
        long.fields
            .insert("body".to_owned(), json!("x".repeat(10_000)));
        let json = long.to_json();
        assert!(json.len() < LONGEST_LINE, "{}", json.len());
        let cut = LogLine::parse(&json).unwrap();
        assert!(cut.message.ends_with("ä…"));
        assert!(cut.fields["cut_from_bytes"].as_u64().unwrap() > 110_000);
    }

    #[test]
    fn a_line_for_people_is_one_line() {
        let mut two = line(0, LogLevel::Error, "first\nsecond");
        two.fields
            .insert("error".to_owned(), json!("\u{1b}[31mred"));
        two.turn_id = Some("t-1".to_owned());
        assert_eq!(
            two.in_words(),
            "1970-01-01T00:00:00.000Z ERROR clawgate::test: first\\nsecond \
             error=\\u{1b}[31mred turn_id=t-1"
        );
    }
}
