//! The environment as a layer: `CLAWGATE_SECTION__KEY` for every setting, and the documented
//! names. The variables come as a map; only [`environment`] asks the process for them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    keys,
    raw::{Raw, canonical},
    remark::{Origin, Remark},
    value::Typed,
};

/// The process's environment; names and values that are not Unicode are left out.
pub fn environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Variables that are no settings but belong to this program.
const OTHERS: &[&str] = &["CLAWGATE_HOME", "CLAWGATE_SKIP_WEB"];

/// Documented names of settings, the weaker first.
const DOCUMENTED: &[(&str, &str)] = &[
    ("MODEL", "agent.model"),
    ("GATEWAY_HOST", "gateway.host"),
    ("GATEWAY_PORT", "gateway.port"),
    ("ZEROCLAW_GATEWAY_HOST", "gateway.host"),
    ("ZEROCLAW_GATEWAY_PORT", "gateway.port"),
    ("ZEROCLAW_ALLOW_PUBLIC_BIND", "gateway.allow_public_bind"),
    (
        "ZEROCLAW_WHATSAPP_APP_SECRET",
        "channels.whatsapp.app_secret",
    ),
    ("CLAWGATE_GATEWAY_HOST", "gateway.host"),
    ("CLAWGATE_GATEWAY_PORT", "gateway.port"),
    ("CLAWGATE_ALLOW_PUBLIC_BIND", "gateway.allow_public_bind"),
    (
        "CLAWGATE_WHATSAPP_APP_SECRET",
        "channels.whatsapp.app_secret",
    ),
];

/// A variable's value; an empty one counts as not set.
pub(super) fn variable<'a>(env: &'a BTreeMap<String, String>, name: &str) -> Option<&'a str> {
    env.get(name)
        .map(|value| value.trim())
        .filter(|value| !value.is_empty())
}

/// The environment's layer over `below`, whose providers it may speak of.
pub(super) fn layer(
    env: &BTreeMap<String, String>,
    below: &Raw,
    warnings: &mut Vec<Remark>,
) -> Raw {
    let mut layer = Raw::default();
    for (name, key) in DOCUMENTED {
        if let Some(value) = variable(env, name) {
            put(&mut layer, name, (*key).to_owned(), value);
        }
    }
    let providers: BTreeSet<_> = below.providers.keys().map(String::as_str).collect();
    for prefix in ["ZEROCLAW_", "CLAWGATE_"] {
        for (name, _) in env.range(prefix.to_owned()..) {
            let Some(rest) = name.strip_prefix(prefix) else {
                break;
            };
            let Some(value) = variable(env, name) else {
                continue;
            };
            if rest.contains("__") {
                setting(&mut layer, name, rest, value, &providers, warnings);
            } else if prefix == "CLAWGATE_" && !is_ours(name) {
                let text = "is not known; a setting is named CLAWGATE_<SECTION>__<KEY>, with two \
                            underscores";
                warnings.push(Remark::new(&Origin::Variable(name.clone()), "", text));
            }
        }
    }
    layer
}

fn is_ours(name: &str) -> bool {
    OTHERS.contains(&name) || DOCUMENTED.iter().any(|(documented, _)| *documented == name)
}

fn put(layer: &mut Raw, name: &str, key: String, value: &str) {
    layer.put(
        key,
        Typed::Loose(value.to_owned()),
        Origin::Variable(name.to_owned()),
    );
}

fn setting(
    layer: &mut Raw,
    name: &str,
    rest: &str,
    value: &str,
    providers: &BTreeSet<&str>,
    warnings: &mut Vec<Remark>,
) {
    let mut path: Vec<String> = rest.to_lowercase().split("__").map(str::to_owned).collect();
    if let [section, provider, _] = path.as_mut_slice()
        && section == "providers"
        && let Some(typed) = providers
            .iter()
            .find(|typed| folded(typed) == folded(provider))
    {
        (*typed).clone_into(provider);
    }
    let key = canonical(&path);
    if keys::find(&key).is_some() || keys::is_older(&key) {
        return put(layer, name, key, value);
    }
    let hint = keys::nearest(&key).map_or_else(String::new, |near| {
        format!("; did you mean {}?", variable_name(&near))
    });
    let text = format!("names no setting{hint}");
    warnings.push(Remark::new(&Origin::Variable(name.to_owned()), "", text));
}

/// Variables cannot tell `my-server` from `My_Server`.
fn folded(provider: &str) -> String {
    provider.to_lowercase().replace('-', "_")
}

/// The variable that gives the setting `key`.
pub(super) fn variable_name(key: &str) -> String {
    format!("CLAWGATE_{}", key.replace('.', "__").to_uppercase())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn env(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn value(raw: &Raw, key: &str) -> String {
        match &raw.entries[key].typed {
            Typed::Loose(text) => text.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_more_particular_name_wins() {
        let mut pairs = vec![
            ("GATEWAY_PORT", "1"),
            ("ZEROCLAW_GATEWAY_PORT", "2"),
            ("ZEROCLAW_GATEWAY__PORT", "3"),
            ("CLAWGATE_GATEWAY__PORT", "4"),
        ];
        while let Some((_, last)) = pairs.last() {
            let raw = layer(&env(&pairs), &Raw::default(), &mut Vec::new());
            assert_eq!(value(&raw, "gateway.port"), *last);
            pairs.pop();
        }
    }

    #[test]
    fn an_empty_variable_is_not_set() {
        let env = env(&[("GATEWAY_PORT", "1"), ("CLAWGATE_GATEWAY__PORT", " ")]);
        let raw = layer(&env, &Raw::default(), &mut Vec::new());
        assert_eq!(value(&raw, "gateway.port"), "1");
    }

    #[test]
    fn a_provider_is_found_whatever_its_case_and_dashes() {
        let below =
            Raw::parse(Path::new("c"), "[providers.My-Server]\nkind = \"openai\"\n").unwrap();
        let env = env(&[
            ("CLAWGATE_PROVIDERS__MY_SERVER__API_KEY", "k"),
            ("CLAWGATE_PROVIDERS__OTHER__KIND", "demo"),
        ]);
        let raw = layer(&env, &below, &mut Vec::new());
        assert_eq!(value(&raw, "providers.My-Server.api_key"), "k");
        assert_eq!(value(&raw, "providers.other.kind"), "demo");
    }

    #[test]
    fn a_misspelt_variable_is_named_with_the_one_that_was_meant() {
        let env = env(&[
            ("CLAWGATE_GATEWAY__PROT", "1"),
            ("CLAWGATE_PORT", "1"),
            ("CLAWGATE_HOME", "/x"),
            ("ZEROCLAW_WORKSPACE", "/y"),
        ]);
        let mut warnings = Vec::new();
        layer(&env, &Raw::default(), &mut warnings);
        let said: Vec<_> = warnings.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "environment variable CLAWGATE_GATEWAY__PROT: names no setting; did you mean \
                 CLAWGATE_GATEWAY__PORT?",
                "environment variable CLAWGATE_PORT: is not known; a setting is named \
                 CLAWGATE_<SECTION>__<KEY>, with two underscores",
            ]
        );
    }
}
