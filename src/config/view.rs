//! The configuration as it may be shown: every setting by name, secrets masked.

use super::{
    Config, MASK,
    keys::{self, Known, PROVIDER_SETTINGS},
    value::Value,
};

/// The value in force of the setting `key`, masked where it is secret; nothing when there is no
/// such setting, or no such provider.
pub fn setting(config: &Config, key: &str) -> Option<Value> {
    match keys::find(key)? {
        Known::Setting(field) => Some((field.get)(config)),
        Known::Provider(name, field) => config.providers.get(name).map(|it| (field.get)(it)),
        Known::Later(later) => {
            use secrecy::ExposeSecret as _;
            let value = config.later.get(later.name)?.expose_secret();
            let secret = later.kind == super::Kind::Secret;
            Some(Value::Text(if secret { MASK } else { value }.to_owned()))
        }
    }
}

/// Every setting with its value in force, secrets masked, in the order of the documented example.
pub fn settings(config: &Config) -> Vec<(String, Value)> {
    let fixed = keys::settings().map(|field| (field.name.to_owned(), (field.get)(config)));
    let providers = config.providers.iter().flat_map(|(name, provider)| {
        PROVIDER_SETTINGS.iter().map(move |field| {
            let key = format!("providers.{name}.{}", field.name);
            (key, (field.get)(provider))
        })
    });
    let later = config
        .later
        .keys()
        .filter_map(|key| setting(config, key).map(|value| (key.clone(), value)));
    fixed.chain(providers).chain(later).collect()
}

/// The whole configuration as nested JSON, secrets masked.
pub fn json(config: &Config) -> serde_json::Value {
    let mut root = serde_json::Map::new();
    for (key, value) in settings(config) {
        put(&mut root, &key, value.to_json());
    }
    serde_json::Value::Object(root)
}

fn put(map: &mut serde_json::Map<String, serde_json::Value>, key: &str, value: serde_json::Value) {
    let Some((first, rest)) = key.split_once('.') else {
        map.insert(key.to_owned(), value);
        return;
    };
    let below = map
        .entry(first)
        .or_insert_with(|| serde_json::Value::Object(serde_json::Map::new()));
    if let serde_json::Value::Object(below) = below {
        put(below, rest, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ProviderConfig, ProviderKind};

    #[test]
    fn no_secret_is_in_the_view() {
        let mut config = Config::default();
        let mut provider = ProviderConfig::of_kind(ProviderKind::OpenAi);
        provider.api_key = Some("sk-secret".into());
        config.providers.insert("main".to_owned(), provider);
        config.channels.webhook.secret = Some("sk-secret".into());
        let later = "channels.whatsapp.app_secret".to_owned();
        config.later.insert(later, "sk-secret".into());
        let view = json(&config);
        assert!(!view.to_string().contains("sk-secret"), "{view}");
        for pointer in [
            "/providers/main/api_key",
            "/channels/webhook/secret",
            "/channels/whatsapp/app_secret",
        ] {
            assert_eq!(view.pointer(pointer).unwrap(), MASK, "{pointer}");
        }
        assert_eq!(view["gateway"]["port"], 42617);
        assert_eq!(view["cost"]["daily_limit_usd"], "10.00");
    }
}
