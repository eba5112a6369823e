//! The configuration's JSON Schema (draft 2020-12), made from the list of settings, so that it
//! cannot fall behind: a form can be drawn from it.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::{
    Config, Origin, ProviderConfig, ProviderKind,
    environment::variable_name,
    keys::{self, LATER, PROVIDER_SETTINGS},
    kind::{Item, Kind},
    restart::needs_restart,
};

/// The schema of the whole configuration. `origins` says which settings the environment or the
/// command line gives at present.
pub fn schema(origins: &BTreeMap<String, Origin>) -> Json {
    let defaults = Config::default();
    let mut root = section("Configuration");
    for field in keys::settings() {
        let default = (field.get)(&defaults).to_json();
        let mut one = setting(field.name, field.kind, field.about, Some(default));
        given(&mut one, field.name, origins);
        put(&mut root, field.name, one);
    }
    for later in LATER {
        let about = "Belongs to a feature that this version does not have; it is kept.";
        let mut one = setting(later.name, later.kind, about, None);
        one["x-later"] = json!(true);
        given(&mut one, later.name, origins);
        put(&mut root, later.name, one);
    }
    root["properties"]["providers"] = providers(origins);
    root["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    root
}

fn section(title: &str) -> Json {
    json!({
        "type": "object",
        "title": title,
        "additionalProperties": false,
        "properties": {},
    })
}

fn put(at: &mut Json, key: &str, one: Json) {
    let Some((first, rest)) = key.split_once('.') else {
        at["properties"][key] = one;
        return;
    };
    let properties = &mut at["properties"];
    if properties.get(first).is_none() {
        properties[first] = section(&title(first));
    }
    put(&mut properties[first], rest, one);
}

/// Names are looked up as written: each is a provider of its owner's choice.
fn providers(origins: &BTreeMap<String, Origin>) -> Json {
    let plain = ProviderConfig::of_kind(ProviderKind::OpenAi);
    let mut one = section("Provider");
    for field in PROVIDER_SETTINGS {
        let default = (field.name != "kind").then(|| (field.get)(&plain).to_json());
        one["properties"][field.name] = setting(field.name, field.kind, field.about, default);
    }
    one["required"] = json!(["kind"]);
    let given: Map<String, Json> = origins
        .iter()
        .filter(|(key, _)| keys::provider_key(key).is_some())
        .filter_map(|(key, origin)| match origin {
            Origin::Variable(name) => Some((key.clone(), json!(name))),
            _ => None,
        })
        .collect();
    json!({
        "type": "object",
        "title": "Providers",
        "description": "Model providers, each with a name of your choice.",
        "additionalProperties": one,
        "propertyNames": {"pattern": "^[A-Za-z0-9_-]{1,64}$"},
        "x-set-by-environment": given,
    })
}

fn given(one: &mut Json, key: &str, origins: &BTreeMap<String, Origin>) {
    one["x-variable"] = json!(variable_name(key));
    match origins.get(key) {
        Some(Origin::Variable(name)) => one["x-set-by-environment"] = json!(name),
        Some(Origin::Option(name)) => one["x-set-by-option"] = json!(name),
        _ => {}
    }
}

fn setting(name: &str, kind: Kind, about: &str, default: Option<Json>) -> Json {
    let mut one = shape(kind);
    let last = name.rsplit_once('.').map_or(name, |(_, last)| last);
    one["title"] = json!(title(last));
    one["description"] = json!(about);
    if let Some(default) = default.filter(|_| kind != Kind::Secret) {
        one["default"] = default;
    }
    if kind == Kind::Secret {
        one["writeOnly"] = json!(true);
        one["x-secret"] = json!(true);
    }
    if needs_restart(name) {
        one["x-restart"] = json!(true);
    }
    if let Some(unit) = unit(last) {
        one["x-unit"] = json!(unit);
    }
    one
}

fn shape(kind: Kind) -> Json {
    let text = |format: &str| json!({"type": "string", "x-kind": format});
    match kind {
        Kind::Text => text("text"),
        Kind::Secret => text("secret"),
        Kind::Flag => json!({"type": "boolean", "x-kind": "flag"}),
        Kind::Whole { min, max } => {
            let mut one = json!({"type": "integer", "minimum": min, "x-kind": "whole"});
            if max != i64::MAX {
                one["maximum"] = json!(max);
            }
            one
        }
        Kind::Decimal { min, max } => {
            json!({"type": "number", "minimum": min, "maximum": max, "x-kind": "decimal"})
        }
        Kind::Money => json!({
            "type": ["string", "number"],
            "pattern": r"^[0-9]+(\.[0-9]{1,6})?$",
            "minimum": 0,
            "x-kind": "money",
        }),
        Kind::Choice(words) => json!({"type": "string", "enum": words, "x-kind": "choice"}),
        Kind::Url => text("url"),
        Kind::Host => text("host"),
        Kind::Provider => text("provider"),
        Kind::Variable => text("variable"),
        Kind::Directives => text("directives"),
        Kind::TimeZone => text("time_zone"),
        Kind::List(item) => {
            let word = match item {
                Item::Any => "text",
                Item::Host => "host",
                Item::Network => "network",
                Item::Sha256 => "sha256",
                Item::Provider => "provider",
                Item::Budget => "budget",
                Item::Price => "price",
            };
            let mut items = text(word);
            if item == Item::Sha256 {
                items["pattern"] = json!("^[0-9a-fA-F]{64}$");
            }
            json!({"type": "array", "items": items, "x-kind": "list"})
        }
    }
}

/// What a number counts, by the ending of its name.
static UNITS: &[(&str, &str)] = &[
    ("_per_minute", "per_minute"),
    ("_secs", "seconds"),
    ("_days", "days"),
    ("_bytes", "bytes"),
    ("_mb", "mebibytes"),
    ("_usd", "usd"),
    ("_percent", "percent"),
    ("_tokens", "tokens"),
];

fn unit(name: &str) -> Option<&'static str> {
    let mut units = UNITS.iter();
    units.find_map(|(ending, unit)| name.ends_with(ending).then_some(*unit))
}

/// A name as words, without the unit: `max_body_bytes` is "Max body", `otlp_endpoint` "OTLP
/// endpoint".
fn title(name: &str) -> String {
    let mut endings = UNITS.iter().filter(|(_, unit)| *unit != "tokens");
    let short = endings.find_map(|(ending, _)| name.strip_suffix(ending));
    let words = short.unwrap_or(name).split('_');
    let words = words.enumerate().map(|(place, word)| match word {
        "otlp" | "api" | "url" | "ttl" | "id" | "v1" | "cpu" | "mb" => word.to_uppercase(),
        _ if place == 0 => {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| {
                format!("{}{}", first.to_uppercase(), letters.as_str())
            })
        }
        _ => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::view;

    fn at<'a>(schema: &'a Json, key: &str) -> &'a Json {
        key.split('.')
            .fold(schema, |at, part| &at["properties"][part])
    }

    #[test]
    fn every_setting_is_in_it_with_what_it_is_for() {
        let schema = schema(&BTreeMap::new());
        for field in keys::settings() {
            let one = at(&schema, field.name);
            assert_eq!(one["description"], field.about, "{}", field.name);
            assert!(one["title"].as_str().is_some_and(|title| !title.is_empty()));
            let secret = field.kind == Kind::Secret;
            assert_eq!(one["writeOnly"] == true, secret, "{}", field.name);
            assert_eq!(one.get("default").is_none(), secret, "{}", field.name);
        }
        for field in PROVIDER_SETTINGS {
            let one = &schema["properties"]["providers"]["additionalProperties"];
            assert_eq!(one["properties"][field.name]["description"], field.about);
        }
        for later in LATER {
            assert_eq!(at(&schema, later.name)["x-later"], true, "{}", later.name);
        }
    }

    #[test]
    fn the_defaults_in_it_are_those_in_force() {
        let schema = schema(&BTreeMap::new());
        for (key, value) in view::settings(&Config::default()) {
            if !keys::is_secret(&key) {
                assert_eq!(at(&schema, &key)["default"], value.to_json(), "{key}");
            }
        }
    }

    #[test]
    fn it_says_what_the_environment_gives_and_what_waits_for_a_start() {
        let by = |name: &str| Origin::Variable(name.to_owned());
        let origins = BTreeMap::from([
            ("agent.model".to_owned(), by("MODEL")),
            ("gateway.port".to_owned(), Origin::Option("--port")),
        ]);
        let schema = schema(&origins);
        assert_eq!(at(&schema, "agent.model")["x-set-by-environment"], "MODEL");
        let port = at(&schema, "gateway.port");
        assert_eq!(port["x-set-by-option"], "--port");
        assert_eq!(port["x-restart"], true);
        assert_eq!(port["x-variable"], "CLAWGATE_GATEWAY__PORT");
        assert_eq!(
            (&port["minimum"], &port["maximum"]),
            (&json!(0), &json!(65535))
        );
        let timeout = at(&schema, "gateway.request_timeout_secs");
        assert_eq!(timeout["x-unit"], "seconds");
        assert_eq!(timeout["title"], "Request timeout");
        assert!(
            at(&schema, "agent.max_turn_tokens")
                .get("maximum")
                .is_none()
        );
    }
}
