//! What differs between two configurations, setting by setting, without a secret in it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    ProviderConfig, keys,
    load::Loaded,
    masks::secrets_in,
    provider_settings::PROVIDER_SETTINGS,
    remark::Origin,
    restart::needs_restart,
    value::{MASK, Value},
    view,
};

/// One setting that differs. A secret shows only whether it is set.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The setting's dotted name.
    pub key: String,
    /// Its value before; none: there was no such setting, or it was left at its default.
    pub before: Option<Value>,
    /// Its value after.
    pub after: Option<Value>,
    /// It waits for the next start.
    pub restart: bool,
    /// It is a secret.
    pub secret: bool,
}

/// The changes from one text with its outcome to another.
pub(super) fn changes(before: (&str, &Loaded), after: (&str, &Loaded)) -> Vec<Change> {
    let old = shown(before.1);
    let new = shown(after.1);
    let was = secrets_in(before.0).unwrap_or_default();
    let is = secrets_in(after.0).unwrap_or_default();
    let names: BTreeSet<&String> = old
        .keys()
        .chain(new.keys())
        .chain(was.keys())
        .chain(is.keys())
        .collect();
    names
        .into_iter()
        .filter(|key| old.get(*key) != new.get(*key) || was.get(*key) != is.get(*key))
        .map(|key| {
            let secret = keys::is_secret(key);
            let side = |all: &BTreeMap<String, Value>| {
                let value = all.get(key).cloned();
                value.filter(|value| !secret || *value == Value::Text(MASK.to_owned()))
            };
            Change {
                key: key.clone(),
                before: side(&old),
                after: side(&new),
                restart: needs_restart(key),
                secret,
            }
        })
        .collect()
}

/// A provider's settings that are at their defaults are not worth a word when it comes or goes.
fn shown(loaded: &Loaded) -> BTreeMap<String, Value> {
    let config = &loaded.config;
    let in_file = |key: &str| matches!(loaded.origins.get(key), Some(Origin::File { .. }));
    view::settings(config)
        .into_iter()
        .filter(|(key, value)| {
            let Some((name, setting)) = keys::provider_key(key) else {
                return true;
            };
            let (Some(provider), Some(field)) = (
                config.providers.get(name),
                PROVIDER_SETTINGS.iter().find(|field| field.name == setting),
            ) else {
                return true;
            };
            let plain = ProviderConfig::of_kind(provider.kind);
            setting == "kind" || in_file(key) || (field.get)(&plain) != *value
        })
        .collect()
}
