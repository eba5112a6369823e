//! Settings by name: finding them, and the one that was meant by a misspelt name.

use super::{Config, kind::Kind, sections::ProviderConfig};

pub use super::{
    later::{LATER, Later},
    provider_settings::PROVIDER_SETTINGS,
    settings::{Field, settings},
};

/// What a dotted name stands for.
#[derive(Clone, Copy, Debug)]
pub enum Known<'a> {
    /// A setting of a fixed section.
    Setting(&'static Field<Config>),
    /// A setting of the provider of this name.
    Provider(&'a str, &'static Field<ProviderConfig>),
    /// A setting of a later feature.
    Later(&'static Later),
}

impl Known<'_> {
    /// What it must be.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Setting(field) => field.kind,
            Self::Provider(_, field) => field.kind,
            Self::Later(later) => later.kind,
        }
    }

    /// Sealed at rest and masked in every view.
    pub fn is_secret(&self) -> bool {
        self.kind() == Kind::Secret
    }
}

/// The setting of this dotted name, which must be the canonical one.
pub fn find(key: &str) -> Option<Known<'_>> {
    if let Some((name, rest)) = provider_key(key) {
        return PROVIDER_SETTINGS
            .iter()
            .find(|field| field.name == rest)
            .map(|field| Known::Provider(name, field));
    }
    let setting = settings().find(|field| field.name == key);
    setting.map(Known::Setting).or_else(|| {
        LATER
            .iter()
            .find(|later| later.name == key)
            .map(Known::Later)
    })
}

/// Settings that only `older` knows how to translate.
pub(super) fn is_older(key: &str) -> bool {
    matches!(
        key,
        "gateway.rate_limit.enabled"
            | "gateway.rate_limit.max_requests_per_window"
            | "gateway.rate_limit.window_seconds"
            | "gateway.idempotency.enabled"
    )
}

/// Whether this setting is sealed at rest and masked in every view.
pub fn is_secret(key: &str) -> bool {
    find(key).is_some_and(|known| known.is_secret())
}

/// Splits `providers.<name>.<setting>`.
pub(super) fn provider_key(key: &str) -> Option<(&str, &str)> {
    key.strip_prefix("providers.")?.split_once('.')
}

/// Whether settings lie below this name.
pub(super) fn is_section(key: &str) -> bool {
    let below = |name: &str| {
        name.strip_prefix(key)
            .is_some_and(|rest| rest.starts_with('.'))
    };
    key == "providers"
        || (key.starts_with("providers.") && provider_key(key).is_none())
        || settings().any(|field| below(field.name))
        || LATER.iter().any(|later| below(later.name))
}

/// The known name closest to an unknown one, when one is close enough to be meant.
pub fn nearest(key: &str) -> Option<String> {
    let fixed = settings()
        .map(|field| field.name)
        .chain(LATER.iter().map(|later| later.name))
        .map(str::to_owned);
    let provider = provider_key(key).map_or("main", |(name, _)| name);
    let providers = PROVIDER_SETTINGS
        .iter()
        .map(|field| format!("providers.{provider}.{}", field.name));
    fixed
        .chain(providers)
        .map(|name| (closeness(key, &name), name))
        .filter(|(closeness, _)| *closeness >= 0.7)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, name)| name)
}

/// The last part weighs as much as the section: `gateway.prot` is nearer to `gateway.port` than
/// to `gateway.host`, and `gatway.port` to `gateway.port` than to any other `port`.
fn closeness(one: &str, other: &str) -> f64 {
    let split = |key: &'_ str| -> (String, String) {
        let (section, last) = key.rsplit_once('.').unwrap_or(("", key));
        (section.to_owned(), last.to_owned())
    };
    let (one, other) = (split(one), split(other));
    let alike = strsim::normalized_damerau_levenshtein;
    f64::midpoint(alike(&one.0, &other.0), alike(&one.1, &other.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Value, provider_settings::PROVIDER_KINDS};

    #[test]
    fn every_default_is_accepted_by_its_own_kind_and_comes_back() {
        let defaults = Config::default();
        let mut copy = Config::default();
        for field in settings() {
            let value = (field.get)(&defaults);
            assert!((field.set)(&mut copy, value.clone()), "{}", field.name);
            assert_eq!((field.get)(&copy), value, "{}", field.name);
        }
    }

    #[test]
    fn the_ends_of_every_range_fit_their_fields() {
        let mut config = Config::default();
        let mut provider = ProviderConfig::of_kind(super::super::ProviderKind::Demo);
        for field in settings() {
            if let Kind::Whole { min, max } = field.kind {
                assert!(
                    (field.set)(&mut config, Value::Whole(min)),
                    "{}",
                    field.name
                );
                assert!(
                    (field.set)(&mut config, Value::Whole(max)),
                    "{}",
                    field.name
                );
            }
            if let Kind::Choice(words) = field.kind {
                for word in words {
                    assert!((field.set)(&mut config, Value::Text((*word).to_owned())));
                    assert_eq!((field.get)(&config).to_string(), *word);
                }
            }
        }
        for field in PROVIDER_SETTINGS {
            if let Kind::Whole { min, max } = field.kind {
                assert!(
                    (field.set)(&mut provider, Value::Whole(min)),
                    "{}",
                    field.name
                );
                assert!(
                    (field.set)(&mut provider, Value::Whole(max)),
                    "{}",
                    field.name
                );
            }
        }
        for word in PROVIDER_KINDS {
            assert!((PROVIDER_SETTINGS[0].set)(
                &mut provider,
                Value::Text((*word).to_owned())
            ));
        }
    }

    #[test]
    fn names_are_unique() {
        let names: Vec<_> = settings()
            .map(|field| field.name)
            .chain(LATER.iter().map(|later| later.name))
            .collect();
        let unique: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(unique.len(), names.len());
    }

    #[test]
    fn a_misspelt_key_finds_the_one_that_was_meant() {
        for (typed, meant) in [
            ("gateway.prot", Some("gateway.port")),
            ("gatway.port", Some("gateway.port")),
            ("providers.local.apikey", Some("providers.local.api_key")),
            ("agent.temprature", Some("agent.temperature")),
            ("zoo.elephants", None),
        ] {
            assert_eq!(nearest(typed).as_deref(), meant, "{typed}");
        }
    }

    #[test]
    fn secrets_are_known_wherever_they_are() {
        for key in [
            "providers.x.api_key",
            "channels.webhook.secret",
            "tunnel.ngrok.auth_token",
        ] {
            assert!(is_secret(key), "{key}");
        }
        assert!(!is_secret("gateway.port"));
    }
}
