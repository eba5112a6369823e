//! Whatever is typed, the loader answers: a configuration or errors, never a panic.

use std::{collections::BTreeMap, fs};

use clawgate::config::{self, CliOverrides, Home, keys, view};
use proptest::prelude::*;

fn answer(bytes: &[u8], env: &BTreeMap<String, String>) -> String {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::open(folder.path().to_owned()).unwrap();
    fs::write(home.config_file(), bytes).unwrap();
    match config::load(&home, env, CliOverrides::default()) {
        Ok(loaded) => format!("{:?}{}", loaded, view::json(&loaded.config)),
        Err(errors) => {
            assert!(!errors.0.is_empty());
            errors.to_string()
        }
    }
}

fn key() -> impl Strategy<Value = String> {
    let known: Vec<String> = keys::settings()
        .map(|field| field.name.to_owned())
        .chain(keys::LATER.iter().map(|later| later.name.to_owned()))
        .chain(
            keys::PROVIDER_SETTINGS
                .iter()
                .map(|field| format!("providers.main.{}", field.name)),
        )
        .chain(
            [
                "gateway",
                "providers",
                "providers.main",
                "gateway.rate_limit.enabled",
            ]
            .map(str::to_owned),
        )
        .collect();
    prop_oneof![4 => prop::sample::select(known), 1 => "[a-z]{1,8}(\\.[a-z_]{1,8}){0,3}"]
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| format!("{number:?}")),
        any::<bool>().prop_map(|flag| flag.to_string()),
        "\"[ -!#-\\[\\]-~]{0,20}\"",
        "\\[(\"[a-z./:0-9]{0,12}\",){0,3}\\]",
        Just("{ a = 1, kind = \"demo\" }".to_owned()),
        Just("1979-05-27T07:32:00Z".to_owned()),
        Just("\"enc:v1:AAAA\"".to_owned()),
    ]
}

fn variables() -> impl Strategy<Value = BTreeMap<String, String>> {
    let name = prop_oneof![
        key().prop_map(|key| format!("CLAWGATE_{}", key.replace('.', "__").to_uppercase())),
        prop::sample::select(vec![
            "API_KEY",
            "PROVIDER",
            "MODEL",
            "GATEWAY_HOST",
            "GATEWAY_PORT",
            "GATEWAY_AUTH_TOKEN",
            "OPENAI_API_KEY",
            "OLLAMA_HOST",
            "ZEROCLAW_ALLOW_PUBLIC_BIND",
            "ZEROCLAW_X__Y__Z",
        ])
        .prop_map(str::to_owned),
        "(CLAWGATE|ZEROCLAW)_[A-Z_]{0,20}",
    ];
    let text = prop_oneof![value(), "\\PC{0,20}", Just("openrouter".to_owned())];
    prop::collection::btree_map(name, text, 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200), env in variables()) {
        answer(&bytes, &env);
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,200}", env in variables()) {
        answer(text.as_bytes(), &env);
    }

    #[test]
    fn any_settings_are_answered(
        lines in prop::collection::btree_map(key(), value(), 0..8),
        env in variables(),
    ) {
        let text: String = lines.iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
        answer(text.as_bytes(), &env);
    }
}

#[test]
fn deep_and_long_texts_are_answered() {
    let env = BTreeMap::new();
    let deep = |open: &str, times: usize| format!("a = {}", open.repeat(times));
    for text in [
        deep("[", 20_000),
        deep("{a=", 20_000),
        format!("{}b = 1", "a.".repeat(20_000)),
        format!("[{}b]", "a.".repeat(20_000)),
        format!("[providers{}]", ".x".repeat(5_000)),
        format!("agent.model = \"{}\"", "x".repeat(2 * 1024 * 1024)),
    ] {
        answer(text.as_bytes(), &env);
    }
}
