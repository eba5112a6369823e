//! What a setting may be, and how a typed value is judged by it.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{
    budget::Budget,
    value::{Typed, Value},
};
use crate::model::MicroUsd;

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
    /// A budget.
    Budget,
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
    /// An IANA time zone, or nothing.
    TimeZone,
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
            Self::TimeZone => "the name of a time zone such as \"Europe/Berlin\"".to_owned(),
            Self::List(Item::Any) => "a list of texts".to_owned(),
            Self::List(Item::Host) => {
                "a list of host names such as [\"agent.example.com\"], without http://".to_owned()
            }
            Self::List(Item::Network) => {
                "a list of networks or addresses such as [\"10.0.0.0/8\", \"::1\"]".to_owned()
            }
            Self::List(Item::Sha256) => "a list of SHA-256 hashes, 64 hex digits each".to_owned(),
            Self::List(Item::Provider) => "a list of names of providers".to_owned(),
            Self::List(Item::Budget) => "a list of budgets such as [\"session * total 2.00\", \
                 \"origin webhook day 0.50\"]: session, origin, device or job; whose, or *; day, \
                 month or total; dollars"
                .to_owned(),
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
            Self::Directives => are_directives(text),
            Self::TimeZone => text.is_empty() || jiff::tz::TimeZone::get(text).is_ok(),
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
            Self::Budget => trimmed.parse::<Budget>().is_ok(),
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

/// Whether a provider may be called so.
pub fn is_provider_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == b'-' || letter == b'_')
}

/// A bare word must be a level: `tracing` itself takes any word for a target, and then logs all of
/// it.
fn are_directives(text: &str) -> bool {
    let levels = ["off", "error", "warn", "info", "debug", "trace"];
    let is_level = |part: &str| levels.iter().any(|level| part.eq_ignore_ascii_case(level));
    let mut parts = text.split(',').map(str::trim);
    !text.is_empty()
        && parts.all(|part| part.contains('=') || is_level(part))
        && tracing_subscriber::EnvFilter::builder().parse(text).is_ok()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::setting::Setting as _;

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

    #[test]
    fn log_directives_are_levels_or_targets_with_levels() {
        for good in [
            "info",
            "WARN",
            "info,clawgate::agent=debug",
            "clawgate[span{a=1}]=trace",
        ] {
            assert!(
                Kind::Directives.judge(&Typed::Text(good.into())).is_some(),
                "{good}"
            );
        }
        for bad in ["", "loud", "info,verbose", "clawgate=loud"] {
            assert!(
                Kind::Directives.judge(&Typed::Text(bad.into())).is_none(),
                "{bad}"
            );
        }
    }
}
