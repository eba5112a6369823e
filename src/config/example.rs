//! The documented example: every setting with its default and what it is for, made from the list
//! of settings, so that it cannot fall behind.

use std::fmt::Write as _;

use super::{
    Config, ProviderConfig, ProviderKind,
    keys::{PROVIDER_SETTINGS, settings},
    value::Value,
};

const HEAD: &str = "\
# Clawgate's configuration: every setting with its default. What is not here is at its default;
# keep only what you change. Order of weight: this file, then the environment
# (CLAWGATE_<SECTION>__<KEY>), then the command line.
# `clawgate config check` tells what is wrong with it; `clawgate config set KEY VALUE` changes it.
";

/// The text of the documented example. It is a valid `config.toml` that says the defaults.
pub fn example() -> String {
    let mut text = HEAD.to_owned();
    let defaults = Config::default();
    let mut section = "";
    for field in settings() {
        let (of, name) = field.name.rsplit_once('.').unwrap_or(("", field.name));
        if of == "memory" && section != of {
            providers(&mut text);
        }
        if of != section {
            let _ = writeln!(text, "\n[{of}]");
            section = of;
        }
        line(&mut text, "", name, &(field.get)(&defaults), field.about);
    }
    text
}

fn providers(text: &mut String) {
    text.push_str(
        "\n# Providers have names of your choice, as many as you like. With none, what the \
         environment\n# knows is used, then an Ollama on this machine, then the built-in demo.\n\
         # [providers.main]\n",
    );
    let mut sample = ProviderConfig::of_kind(ProviderKind::OpenAi);
    sample.base_url = Some("https://api.openai.com/v1".to_owned());
    for field in PROVIDER_SETTINGS {
        line(text, "# ", field.name, &(field.get)(&sample), field.about);
    }
}

fn line(text: &mut String, lead: &str, name: &str, value: &Value, about: &str) {
    let value = match value {
        // Exact either way; a bare number is what people write.
        Value::Money(_) => value.to_string(),
        Value::Decimal(number) => format!("{number:?}"),
        other => other.to_toml().to_string(),
    };
    let _ = writeln!(text, "{lead}# {about}\n{lead}{name} = {value}");
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs, path::Path};

    use super::*;
    use crate::config::{CliOverrides, Home, read, view};

    fn loaded(text: &str) -> crate::config::Loaded {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path().to_owned()).unwrap();
        fs::write(home.config_file(), text).unwrap();
        read(&home, &BTreeMap::new(), CliOverrides::default()).unwrap()
    }

    #[test]
    fn the_committed_example_is_the_made_one() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/config.example.toml");
        let committed = fs::read_to_string(path).unwrap();
        assert!(
            committed == example(),
            "write it anew: clawgate config example > assets/config.example.toml"
        );
    }

    #[test]
    fn the_example_names_every_setting_and_says_the_defaults() {
        let loaded = loaded(&example());
        assert_eq!(loaded.warnings, []);
        assert_eq!(
            view::settings(&loaded.config),
            view::settings(&Config::default())
        );
        for field in settings() {
            assert!(loaded.origins.contains_key(field.name), "{}", field.name);
        }
    }

    #[test]
    fn the_provider_in_the_example_can_be_switched_on() {
        let text: String = example()
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(rest) if rest.starts_with('[') || rest.starts_with('#') => format!("{rest}\n"),
                Some(rest)
                    if rest
                        .split_once(" = ")
                        .is_some_and(|(name, _)| !name.contains(' ')) =>
                {
                    format!("{rest}\n")
                }
                _ => format!("{line}\n"),
            })
            .collect();
        let loaded = loaded(&text);
        assert_eq!(loaded.warnings, []);
        assert!(loaded.config.providers.contains_key("main"));
        for field in PROVIDER_SETTINGS {
            let key = format!("providers.main.{}", field.name);
            assert!(loaded.origins.contains_key(&key), "{key}");
        }
    }
}
