//! What a setting may be: the kinds of values, how each is judged, and how it is written back.
//! Which setting has which kind is in `keys`.

use std::net::IpAddr;

use ipnet::IpNet;
use secrecy::SecretString;

use super::{
    agent::Autonomy,
    sections::{OnLimit, ProviderKind},
};
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

    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Loose(text) => Some(text),
            _ => None,
        }
    }

    fn loose(&self) -> Option<&str> {
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
fn dollars(amount: MicroUsd) -> String {
    let full = amount.to_string();
    let (whole, part) = full.split_once('.').unwrap_or((&full, ""));
    let part = part.trim_end_matches('0');
    format!("{whole}.{part:0<2}")
}

/// What each item of a list must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// Anything.
    Any,
    /// A host name or address, with or without a port.
    Host,
    /// A CIDR, or one address.
    Network,
    /// A SHA-256 in hex.
    Sha256,
    /// A provider's name.
    Provider,
}

/// What a setting must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Any text.
    Text,
    /// A text that is sealed at rest and masked in every view.
    Secret,
    /// `true` or `false`.
    Flag,
    /// A whole number in this range.
    Whole {
        /// The least.
        min: i64,
        /// The most.
        max: i64,
    },
    /// A number in this range.
    Decimal {
        /// The least.
        min: f64,
        /// The most.
        max: f64,
    },
    /// Dollars, nought or more.
    Money,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// An `http` or `https` address, or nothing.
    Url,
    /// An address or name to listen on.
    Host,
    /// A provider's name, or nothing.
    Provider,
    /// An environment variable's name, or nothing.
    Variable,
    /// A log level or `tracing` directives.
    Directives,
    /// A list.
    List(Item),
}

impl Kind {
    /// What a value must be, to follow the word "expected".
    pub fn expected(self) -> String {
        match self {
            Self::Text | Self::Secret => "a text in quotes".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Whole { min, max } if max == i64::MAX => {
                format!("a whole number, {min} or more")
            }
            Self::Whole { min, max } => format!("a whole number from {min} to {max}"),
            Self::Decimal { min, max } => format!("a number from {min} to {max}"),
            Self::Money => {
                "dollars such as 10.0 or \"10.25\", with at most six decimals".to_owned()
            }
            Self::Choice(words) => format!("one of \"{}\"", words.join("\", \"")),
            Self::Url => "an address that starts with http:// or https://".to_owned(),
            Self::Host => "an IP address or a host name, without a port".to_owned(),
            Self::Provider => "the name of a provider: letters, digits, - and _".to_owned(),
            Self::Variable => "the name of an environment variable".to_owned(),
            Self::Directives => "a level (error, warn, info, debug, trace) or directives such as \
                 \"info,clawgate::agent=debug\""
                .to_owned(),
            Self::List(Item::Any) => "a list of texts".to_owned(),
            Self::List(Item::Host) => {
                "a list of host names such as [\"agent.example.com\"], without http://".to_owned()
            }
            Self::List(Item::Network) => {
                "a list of networks or addresses such as [\"10.0.0.0/8\", \"::1\"]".to_owned()
            }
            Self::List(Item::Sha256) => "a list of SHA-256 hashes, 64 hex digits each".to_owned(),
            Self::List(Item::Provider) => "a list of names of providers".to_owned(),
        }
    }

    /// The value, or nothing where it is not what the kind expects.
    pub(super) fn judge(self, typed: &Typed) -> Option<Value> {
        match self {
            Self::Text | Self::Secret => typed.text().map(|text| Value::Text(text.to_owned())),
            Self::Flag => flag(typed).map(Value::Flag),
            Self::Whole { min, max } => whole(typed)
                .filter(|number| (min..=max).contains(number))
                .map(Value::Whole),
            Self::Decimal { min, max } => decimal(typed)
                .filter(|number| (min..=max).contains(number))
                .map(Value::Decimal),
            Self::Money => money(typed)
                .filter(|amount| amount.0 >= 0)
                .map(Value::Money),
            Self::List(item) => list(typed)?
                .into_iter()
                .map(|text| item.judge(text))
                .collect::<Option<_>>()
                .map(Value::List),
            _ => {
                let text = typed.text()?.trim();
                self.accepts(text).then(|| Value::Text(text.to_owned()))
            }
        }
    }

    fn accepts(self, text: &str) -> bool {
        match self {
            Self::Choice(words) => words.contains(&text),
            Self::Url => text.is_empty() || is_web_address(text),
            Self::Host => is_host(text),
            Self::Provider => text.is_empty() || is_provider_name(text),
            Self::Variable => !text.contains(['=', '\0']) && !text.contains(char::is_whitespace),
            Self::Directives => {
                !text.is_empty() && tracing_subscriber::EnvFilter::builder().parse(text).is_ok()
            }
            _ => true,
        }
    }
}

impl Item {
    fn judge(self, text: String) -> Option<String> {
        let trimmed = text.trim();
        let fits = match self {
            Self::Any => return Some(text),
            Self::Host => is_host_and_port(trimmed),
            Self::Network => network(trimmed).is_some(),
            Self::Sha256 => {
                trimmed.len() == 64 && trimmed.bytes().all(|letter| letter.is_ascii_hexdigit())
            }
            Self::Provider => is_provider_name(trimmed),
        };
        fits.then(|| trimmed.to_owned())
    }
}

fn flag(typed: &Typed) -> Option<bool> {
    if let Typed::Flag(flag) = typed {
        return Some(*flag);
    }
    match typed.loose()?.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

fn whole(typed: &Typed) -> Option<i64> {
    match typed {
        Typed::Whole(number) => Some(*number),
        other => other.loose()?.parse().ok(),
    }
}

fn decimal(typed: &Typed) -> Option<f64> {
    let text = match typed {
        Typed::Whole(number) => number.to_string(),
        Typed::Decimal(text) => text.replace('_', ""),
        other => other.loose()?.to_owned(),
    };
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

fn money(typed: &Typed) -> Option<MicroUsd> {
    match typed {
        Typed::Whole(number) => number.checked_mul(1_000_000).map(MicroUsd),
        Typed::Decimal(text) => {
            let text = text.replace('_', "");
            text.strip_prefix('+').unwrap_or(&text).parse().ok()
        }
        other => other.text()?.trim().parse().ok(),
    }
}

fn list(typed: &Typed) -> Option<Vec<String>> {
    match typed {
        Typed::List(items) => items
            .iter()
            .map(|item| item.text().map(str::to_owned))
            .collect(),
        other => {
            let text = other.loose()?;
            if text.starts_with('[') {
                let array: toml_edit::Value = text.parse().ok()?;
                return array
                    .as_array()?
                    .iter()
                    .map(|item| item.as_str().map(str::to_owned))
                    .collect();
            }
            let parts = text.split(',').map(str::trim);
            Some(
                parts
                    .filter(|part| !part.is_empty())
                    .map(str::to_owned)
                    .collect(),
            )
        }
    }
}

/// A CIDR, or one address as the network of that address alone.
pub(super) fn network(text: &str) -> Option<IpNet> {
    text.parse()
        .ok()
        .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

pub(super) fn is_provider_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == b'-' || letter == b'_')
}

fn is_web_address(text: &str) -> bool {
    reqwest::Url::parse(text)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn is_host(text: &str) -> bool {
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(text);
    bare.parse::<IpAddr>().is_ok()
        || ((1..=253).contains(&text.len())
            && text.split('.').all(|label| {
                !label.is_empty()
                    && label.bytes().all(|letter| {
                        letter.is_ascii_alphanumeric() || letter == b'-' || letter == b'_'
                    })
            }))
}

fn is_host_and_port(text: &str) -> bool {
    is_host(text)
        || text
            .rsplit_once(':')
            .is_some_and(|(host, port)| is_host(host) && port.parse::<u16>().is_ok())
}

/// A field of a section, as it comes from and goes to a [`Value`].
pub(super) trait Setting: Sized {
    /// The field, or nothing when the value is of another kind.
    fn take(value: Value) -> Option<Self>;
    /// The value to show; a secret shows only whether it is set.
    fn give(&self) -> Value;
}

macro_rules! whole_settings {
    ($($type:ty),*) => {$(
        impl Setting for $type {
            fn take(value: Value) -> Option<Self> {
                match value {
                    Value::Whole(number) => number.try_into().ok(),
                    _ => None,
                }
            }

            fn give(&self) -> Value {
                Value::Whole((*self).try_into().unwrap_or(i64::MAX))
            }
        }
    )*};
}

whole_settings!(u8, u16, u32, u64, usize);

macro_rules! plain_settings {
    ($($type:ty => $variant:ident),*) => {$(
        impl Setting for $type {
            fn take(value: Value) -> Option<Self> {
                match value {
                    Value::$variant(inner) => Some(inner),
                    _ => None,
                }
            }

            fn give(&self) -> Value {
                Value::$variant(self.clone())
            }
        }
    )*};
}

plain_settings!(String => Text, bool => Flag, f64 => Decimal, MicroUsd => Money, Vec<String> => List);

macro_rules! word_settings {
    ($($type:ty { $($word:literal => $variant:ident),* })*) => {$(
        impl Setting for $type {
            fn take(value: Value) -> Option<Self> {
                match String::take(value)?.as_str() {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }

            fn give(&self) -> Value {
                Value::Text(match self { $(Self::$variant => $word,)* }.to_owned())
            }
        }
    )*};
}

word_settings! {
    Autonomy { "read_only" => ReadOnly, "supervised" => Supervised, "full" => Full }
    OnLimit { "block" => Block, "warn" => Warn, "downgrade" => Downgrade }
    ProviderKind {
        "openai" => OpenAi, "anthropic" => Anthropic, "gemini" => Gemini, "ollama" => Ollama,
        "openrouter" => OpenRouter, "demo" => Demo
    }
}

impl Setting for Option<String> {
    fn take(value: Value) -> Option<Self> {
        String::take(value).map(|text| Some(text).filter(|text| !text.is_empty()))
    }

    fn give(&self) -> Value {
        Value::Text(self.clone().unwrap_or_default())
    }
}

impl Setting for Option<SecretString> {
    fn take(value: Value) -> Option<Self> {
        let text = String::take(value)?;
        Some(
            Some(text)
                .filter(|text| !text.is_empty())
                .map(SecretString::from),
        )
    }

    fn give(&self) -> Value {
        Value::Text(self.as_ref().map_or("", |_| MASK).to_owned())
    }
}

impl Setting for Vec<IpNet> {
    fn take(value: Value) -> Option<Self> {
        Vec::<String>::take(value)?
            .iter()
            .map(|text| network(text))
            .collect()
    }

    fn give(&self) -> Value {
        Value::List(self.iter().map(ToString::to_string).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_read_from_the_digits_and_never_through_a_float() {
        for (typed, micros) in [
            (Typed::Decimal("0.1".into()), 100_000),
            (Typed::Decimal("+1_000.123456".into()), 1_000_123_456),
            (Typed::Whole(10), 10_000_000),
            (Typed::Text("12.5".into()), 12_500_000),
            (Typed::Loose("3".into()), 3_000_000),
        ] {
            assert_eq!(
                Kind::Money.judge(&typed),
                Some(Value::Money(MicroUsd(micros))),
                "{typed:?}"
            );
        }
        for bad in ["1e3", "-1.0", "nan", "0.1234567"] {
            assert_eq!(
                Kind::Money.judge(&Typed::Decimal(bad.into())),
                None,
                "{bad}"
            );
        }
        assert_eq!(Kind::Money.judge(&Typed::Whole(i64::MAX)), None);
        assert_eq!(Value::Money(MicroUsd(10_250_000)).to_string(), "10.25");
        assert_eq!(Value::Money(MicroUsd(1)).to_string(), "0.000001");
        assert_eq!(Value::Money(MicroUsd(10_000_000)).to_string(), "10.00");
    }

    #[test]
    fn a_toml_text_is_no_number_but_a_variable_may_be() {
        let port = Kind::Whole { min: 0, max: 65535 };
        assert_eq!(port.judge(&Typed::Text("80".into())), None);
        assert_eq!(
            port.judge(&Typed::Loose("80".into())),
            Some(Value::Whole(80))
        );
        assert_eq!(port.judge(&Typed::Whole(65536)), None);
        assert_eq!(
            Kind::Flag.judge(&Typed::Loose("Yes".into())),
            Some(Value::Flag(true))
        );
        assert_eq!(Kind::Flag.judge(&Typed::Text("true".into())), None);
    }

    #[test]
    fn lists_come_as_toml_or_between_commas() {
        let hosts = Kind::List(Item::Host);
        let expected = Value::List(vec!["a.example".into(), "[::1]:80".into()]);
        for text in ["a.example, [::1]:80", "[\"a.example\", \"[::1]:80\"]"] {
            let value = hosts.judge(&Typed::Loose(text.into()));
            // A bracketed address at the front would read as TOML; it is second here.
            assert_eq!(value, Some(expected.clone()), "{text}");
        }
        assert_eq!(hosts.judge(&Typed::Loose("https://a.example".into())), None);
        let networks = Kind::List(Item::Network);
        let typed = Typed::List(vec![Typed::Text("10.0.0.1".into())]);
        assert_eq!(
            networks.judge(&typed),
            Some(Value::List(vec!["10.0.0.1".into()]))
        );
        let value = networks.judge(&typed).and_then(Vec::<IpNet>::take);
        assert_eq!(value.unwrap()[0].to_string(), "10.0.0.1/32");
    }

    #[test]
    fn addresses_must_be_web_addresses() {
        for good in ["", "http://127.0.0.1:11434", "https://api.example.com/v1"] {
            assert!(
                Kind::Url.judge(&Typed::Text(good.into())).is_some(),
                "{good}"
            );
        }
        for bad in ["ftp://a", "api.example.com", "http://", "localhost:80"] {
            assert!(Kind::Url.judge(&Typed::Text(bad.into())).is_none(), "{bad}");
        }
    }
}
