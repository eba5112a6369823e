//! What names a content: entity tags, and what a caller says must still be so.

use std::{fmt, str::FromStr};

use crate::crypto;

/// Bytes of the hash that a tag shows.
const SHOWN: usize = 16;

/// Names a content: the beginning of its SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Etag([u8; SHOWN]);

impl Etag {
    /// Of this content.
    pub fn of(bytes: &[u8]) -> Self {
        Self::of_hash(&crypto::sha256(bytes))
    }

    /// Of a content with this SHA-256.
    pub fn of_hash(hash: &[u8; 32]) -> Self {
        let mut shown = [0; SHOWN];
        shown.copy_from_slice(&hash[..SHOWN]);
        Self(shown)
    }
}

impl fmt::Display for Etag {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&hex::encode(self.0))
    }
}

/// The text names no content of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an etag is 32 hexadecimal digits, as reading the file tells it")]
pub struct NoEtag;

impl FromStr for Etag {
    type Err = NoEtag;

    fn from_str(text: &str) -> Result<Self, NoEtag> {
        let text = text.trim();
        let text = text.strip_prefix("W/").unwrap_or(text).trim_matches('"');
        let mut shown = [0; SHOWN];
        hex::decode_to_slice(text, &mut shown).map_err(|_| NoEtag)?;
        Ok(Self(shown))
    }
}

/// What must be so for a file to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Condition {
    /// Anything.
    #[default]
    Any,
    /// There is no such file yet.
    Absent,
    /// There is one.
    Present,
    /// It has one of these contents.
    Tagged(Vec<Etag>),
    /// It has exactly this content.
    Same(Vec<u8>),
}

impl Condition {
    /// What the headers `If-Match` and `If-None-Match` ask for.
    pub fn of_headers(
        if_match: Option<&str>,
        if_none_match: Option<&str>,
    ) -> Result<Self, &'static str> {
        match (if_match.map(str::trim), if_none_match.map(str::trim)) {
            (None, None) => Ok(Self::Any),
            (Some(_), Some(_)) => Err("send If-Match or If-None-Match, not both"),
            (None, Some("*")) => Ok(Self::Absent),
            (None, Some(_)) => Err("If-None-Match can only be *"),
            (Some("*"), None) => Ok(Self::Present),
            (Some(tags), None) => tags
                .split(',')
                .map(str::parse)
                .collect::<Result<_, NoEtag>>()
                .map(Self::Tagged)
                .map_err(|_| "If-Match is the etag that reading the file told"),
        }
    }

    /// Whether it is so, where this is what is there.
    pub fn holds(&self, there: Option<&[u8]>) -> bool {
        match self {
            Self::Any => true,
            Self::Absent => there.is_none(),
            Self::Present => there.is_some(),
            Self::Tagged(tags) => there.is_some_and(|bytes| tags.contains(&Etag::of(bytes))),
            Self::Same(bytes) => there == Some(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_comes_back_in_every_spelling() {
        let tag = Etag::of(b"a");
        for text in [
            tag.to_string(),
            format!("\"{tag}\""),
            format!("W/\"{tag}\""),
        ] {
            assert_eq!(text.parse(), Ok(tag), "{text}");
        }
        for bad in ["", "*", "\"", "abc", &"z".repeat(32)] {
            assert_eq!(bad.parse::<Etag>(), Err(NoEtag), "{bad}");
        }
    }

    #[test]
    fn headers_say_what_must_be_so() {
        let tag = Etag::of(b"a");
        let of = Condition::of_headers;
        assert_eq!(of(None, None), Ok(Condition::Any));
        assert_eq!(of(None, Some("*")), Ok(Condition::Absent));
        assert_eq!(of(Some("*"), None), Ok(Condition::Present));
        let list = format!("\"{}\", \"{tag}\"", Etag::of(b"b"));
        let condition = of(Some(&list), None).unwrap();
        assert!(condition.holds(Some(b"a")) && condition.holds(Some(b"b")));
        assert!(!condition.holds(Some(b"c")) && !condition.holds(None));
        for (one, other) in [
            (Some("x"), None),
            (None, Some("\"x\"")),
            (Some("*"), Some("*")),
        ] {
            assert!(of(one, other).is_err(), "{one:?} {other:?}");
        }
    }
}
