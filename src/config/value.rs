//! Values: as they were typed, and as their kind has accepted them.

use crate::model::MicroUsd;

/// What is shown instead of a secret.
pub const MASK: &str = "***MASKED***";

/// A value as it was typed, before its key's kind is known.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Typed {
    /// A TOML string.
    Text(String),
    /// A TOML integer.
    Whole(i64),
    /// A TOML float, as its text, so that money stays exact.
    Decimal(String),
    /// A TOML boolean.
    Flag(bool),
    /// A TOML array.
    List(Vec<Typed>),
    /// Something no setting accepts, by its name.
    Other(&'static str),
    /// Bare text of a variable or the command line; the kind decides what it means.
    Loose(String),
}

impl Typed {
    /// Says what was found, without the value where it may be secret.
    pub(super) fn found(&self, secret: bool) -> String {
        match self {
            Self::Text(text) | Self::Loose(text) if secret => {
                format!("a text of {} characters", text.chars().count())
            }
            _ if secret => "something else".to_owned(),
            Self::Text(text) => format!("the text {:?}", shorten(text)),
            Self::Loose(text) => format!("{:?}", shorten(text)),
            Self::Whole(number) => number.to_string(),
            Self::Decimal(number) => number.clone(),
            Self::Flag(flag) => flag.to_string(),
            Self::List(items) => {
                let items: Vec<_> = items.iter().take(8).map(|item| item.found(false)).collect();
                format!("a list: [{}]", items.join(", "))
            }
            Self::Other(name) => (*name).to_owned(),
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Loose(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn loose(&self) -> Option<&str> {
        match self {
            Self::Loose(text) => Some(text.trim()),
            _ => None,
        }
    }
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= 60 {
        return text.to_owned();
    }
    text.chars().take(57).chain("...".chars()).collect()
}

/// A value that its kind has accepted.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A text.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Whole(i64),
    /// A number.
    Decimal(f64),
    /// Dollars.
    Money(MicroUsd),
    /// Texts.
    List(Vec<String>),
}

impl Value {
    /// Whether it says nothing: an empty text or list.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            _ => false,
        }
    }

    /// The value as it is written in TOML.
    pub fn to_toml(&self) -> toml_edit::Value {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Flag(flag) => (*flag).into(),
            Self::Whole(number) => (*number).into(),
            Self::Decimal(number) => (*number).into(),
            Self::Money(amount) => dollars(*amount).into(),
            Self::List(items) => items
                .iter()
                .map(String::as_str)
                .collect::<toml_edit::Array>()
                .into(),
        }
    }

    /// The value as JSON; money is a decimal string.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Flag(flag) => (*flag).into(),
            Self::Whole(number) => (*number).into(),
            Self::Decimal(number) => (*number).into(),
            Self::Money(amount) => dollars(*amount).into(),
            Self::List(items) => items.as_slice().into(),
        }
    }
}

impl std::fmt::Display for Value {
    /// The bare text for a terminal: a text without quotes, anything else as in TOML.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => out.write_str(text),
            Self::Money(amount) => out.write_str(&dollars(*amount)),
            other => write!(out, "{}", other.to_toml()),
        }
    }
}

/// Dollars with at least two decimals and no needless zeros.
pub(super) fn dollars(amount: MicroUsd) -> String {
    let full = amount.to_string();
    let (whole, part) = full.split_once('.').unwrap_or((&full, ""));
    let part = part.trim_end_matches('0');
    format!("{whole}.{part:0<2}")
}
