//! `config.toml` as a document: settings read, written and removed one by one, with comments and
//! order kept, and nothing written that would not load.

use std::{collections::BTreeMap, io};

use toml_edit::{DocumentMut, Item};

use super::{
    CliOverrides, Config, ConfigErrors,
    home::{Home, replace_file},
    keys,
    load::{read_layers, read_text},
    masks::secrets_in,
    place::{find, path_in, put, removed},
    raw::canonical,
    remark::{Origin, Remark},
    revisions::Revisions,
    value::{Typed, Value},
    vault::{SEALED, Vault, VaultError},
};

/// Why `config.toml` was not changed. It is as it was.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// There is no such setting.
    #[error("{key}: unknown key{}", near.as_ref().map_or_else(String::new, |near| format!("; did you mean {near}?")))]
    UnknownKey {
        /// The name that was given.
        key: String,
        /// The known name closest to it.
        near: Option<String>,
    },
    /// The value is not what the setting must be.
    #[error("{key}: expected {expected}, found {found}")]
    BadValue {
        /// The setting.
        key: String,
        /// What it must be.
        expected: String,
        /// What was given; not the value of a secret.
        found: String,
    },
    /// A table in the file is no table, or the like.
    #[error("{key}: {part} in config.toml is not a section")]
    NoSection {
        /// The setting.
        key: String,
        /// The name that stands in the way.
        part: String,
    },
    /// The configuration would not load any more.
    #[error("nothing was changed: {0}")]
    Invalid(ConfigErrors),
    /// `config.toml` as it stands does not load, so that nothing can be put in force.
    #[error("config.toml has to be mended first: {0}")]
    Broken(ConfigErrors),
    /// What counts more than the file says otherwise, so that a change would have no effect.
    #[error("{key} is given by the {by}, which counts more than config.toml")]
    Overruled {
        /// The setting.
        key: String,
        /// Where it is given.
        by: Origin,
    },
    /// Somebody else writes the file again and again.
    #[error("config.toml is being changed by somebody else; try again")]
    Restless,
    /// A secret could not be sealed.
    #[error("the secret cannot be sealed: {0}")]
    Vault(#[from] VaultError),
    /// The file could not be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Sets the setting `key` from a text, which is read as the setting's kind says; secrets are
/// sealed. `env` matters for what the file may refer to.
pub fn set(
    home: &Home,
    env: &BTreeMap<String, String>,
    key: &str,
    text: &str,
) -> Result<(), DocumentError> {
    let key = canonical_key(key);
    let value = sealed(home, &key, &Typed::Loose(text.to_owned()))?;
    change(home, env, |before| {
        let mut document = parse(before)?;
        let path = path_in(&document, &key);
        put(document.as_table_mut(), &key, &path, value.to_toml())?;
        Ok(document.to_string())
    })
}

/// The value that is written for `key`: judged by the setting's kind, and sealed where it is secret.
pub(super) fn sealed(home: &Home, key: &str, typed: &Typed) -> Result<Value, DocumentError> {
    let known = keys::find(key).ok_or_else(|| unknown(key))?;
    let value = known
        .kind()
        .judge(typed)
        .ok_or_else(|| DocumentError::BadValue {
            key: key.to_owned(),
            expected: known.kind().expected(),
            found: typed.found(known.is_secret()),
        })?;
    Ok(match value {
        Value::Text(text) if known.is_secret() && !text.is_empty() && !text.starts_with(SEALED) => {
            Value::Text(Vault::of(home).seal(key, &text)?)
        }
        other => other,
    })
}

/// Removes the setting `key`, so that its default holds again; `false` when the file does not
/// have it. Comments stay.
pub fn unset(
    home: &Home,
    env: &BTreeMap<String, String>,
    key: &str,
) -> Result<bool, DocumentError> {
    let key = canonical_key(key);
    let mut found = false;
    change(home, env, |before| {
        let path = path_in(&parse(before)?, &key);
        let after = removed(before, &path)?;
        found = after.is_some();
        Ok(after.unwrap_or_else(|| before.to_owned()))
    })?;
    if !found && keys::find(&key).is_none() {
        return Err(unknown(&key));
    }
    Ok(found)
}

/// The text with those of the settings `plain` sealed that stand in it as plain text.
pub(super) fn with_sealed(
    home: &Home,
    text: &str,
    plain: &[String],
) -> Result<String, DocumentError> {
    let mut document = parse(text)?;
    let vault = Vault::of(home);
    for key in plain {
        let path = path_in(&document, key);
        let typed = find(document.as_table(), &path).and_then(Item::as_str);
        if let Some(typed) = typed.filter(|text| !text.is_empty() && !text.starts_with(SEALED)) {
            let value = vault.seal(key, typed)?;
            put(document.as_table_mut(), key, &path, value.into())?;
        }
    }
    Ok(document.to_string())
}

/// Seals those of the settings `plain` that still stand in the file as plain text; returns their
/// names.
pub(super) fn seal_plain(home: &Home, plain: &[String]) -> Result<Vec<String>, DocumentError> {
    let _guard = home.guard_config()?;
    let file = home.config_file();
    let before = read_text(&file).map_err(unreadable)?;
    let mut document = parse(&before)?;
    let vault = Vault::of(home);
    let mut sealed = Vec::new();
    for key in plain {
        let path = path_in(&document, key);
        let typed = find(document.as_table(), &path).and_then(Item::as_str);
        let Some(typed) = typed.filter(|text| !text.is_empty() && !text.starts_with(SEALED)) else {
            continue;
        };
        let value = vault.seal(key, typed)?;
        put(document.as_table_mut(), key, &path, value.into())?;
        sealed.push(key.clone());
    }
    if !sealed.is_empty() {
        replace_file(&file, document.to_string().as_bytes())?;
    }
    Ok(sealed)
}

fn unknown(key: &str) -> DocumentError {
    DocumentError::UnknownKey {
        key: key.to_owned(),
        near: keys::nearest(key),
    }
}

pub(super) fn unreadable(remark: Remark) -> DocumentError {
    DocumentError::Invalid(ConfigErrors(vec![remark]))
}

fn canonical_key(key: &str) -> String {
    let path: Vec<_> = key.trim().split('.').map(str::to_owned).collect();
    canonical(&path)
}

pub(super) fn parse(text: &str) -> Result<DocumentMut, DocumentError> {
    text.parse()
        .map_err(|error: toml_edit::TomlError| io::Error::other(error).into())
}

/// Reads, changes, proves and writes the file. A fault that was there before does not forbid a
/// change, or else two faults could never be mended one after the other.
fn change(
    home: &Home,
    env: &BTreeMap<String, String>,
    edit: impl FnOnce(&str) -> Result<String, DocumentError>,
) -> Result<(), DocumentError> {
    let _guard = home.guard_config()?;
    let file = home.config_file();
    let before = read_text(&file).map_err(unreadable)?;
    let load = |text: &str| {
        let vault = Vault::of(home);
        read_layers(&file, text, env, CliOverrides::default(), &vault).map(|loaded| loaded.config)
    };
    let faults = match load(&before) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.0,
    };
    if before.parse::<DocumentMut>().is_err() {
        return Err(DocumentError::Invalid(ConfigErrors(faults)));
    }
    let after = edit(&before)?;
    if let Err(ConfigErrors(problems)) = load(&after) {
        let is_old = |problem: &Remark| {
            let same = |old: &Remark| old.key == problem.key && old.text == problem.text;
            faults.iter().any(same)
        };
        // Their lines are those of a text that is never written.
        let new: Vec<_> = problems
            .into_iter()
            .filter(|problem| !is_old(problem))
            .map(|problem| Remark::new(&Origin::Whole, &problem.key, problem.text))
            .collect();
        if !new.is_empty() {
            return Err(DocumentError::Invalid(ConfigErrors(new)));
        }
    }
    if after != before {
        let kept = load(&after).unwrap_or_default();
        replace(home, &before, &after, &kept)?;
    }
    Ok(())
}

/// Writes `after` in the place of `before`, which is kept as an earlier text first, with its secrets
/// sealed: whatever happens in between, one of both is the file and none is lost.
pub(super) fn replace(home: &Home, before: &str, after: &str, config: &Config) -> io::Result<()> {
    let secrets = secrets_in(before).unwrap_or_default();
    let plain: Vec<String> = secrets
        .into_iter()
        .filter(|(_, value)| !value.starts_with(SEALED))
        .map(|(key, _)| key)
        .collect();
    let kept = with_sealed(home, before, &plain).map_err(io::Error::other)?;
    Revisions::of(home).keep(&kept, config.gateway.config_revisions)?;
    replace_file(&home.config_file(), after.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;
    use crate::config::{load, read, view};

    fn home(text: &str) -> (tempfile::TempDir, Home) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path().to_owned()).unwrap();
        fs::write(home.config_file(), text).unwrap();
        (folder, home)
    }

    fn text(home: &Home) -> String {
        fs::read_to_string(home.config_file()).unwrap()
    }

    const COMMENTED: &str = "# mine\n\n[gateway] # the door\n# why this port\nport = 1 # one\nhost = \"127.0.0.1\"\n\n# later\n[agent]\nmodel = \"m\"\n";

    #[test]
    fn a_value_changes_and_nothing_else_does() {
        let (_folder, home) = home(COMMENTED);
        set(&home, &BTreeMap::new(), "gateway.port", "2").unwrap();
        assert_eq!(text(&home), COMMENTED.replace("port = 1 #", "port = 2 #"));
    }

    #[test]
    fn a_removed_setting_leaves_the_comment_above_it() {
        let (_folder, home) = home(COMMENTED);
        assert!(unset(&home, &BTreeMap::new(), "gateway.port").unwrap());
        assert_eq!(text(&home), COMMENTED.replace("port = 1 # one\n", ""));
        assert!(!unset(&home, &BTreeMap::new(), "gateway.port").unwrap());
    }

    #[test]
    fn a_setting_is_removed_from_an_inline_table_and_a_dotted_line() {
        let (_folder, home) =
            home("gateway = { port = 1, host = \"::1\" }\nagent.model = \"m\" # x\n");
        assert!(unset(&home, &BTreeMap::new(), "gateway.port").unwrap());
        assert!(unset(&home, &BTreeMap::new(), "agent.model").unwrap());
        let config = read(&home, &BTreeMap::new(), CliOverrides::default())
            .unwrap()
            .config;
        assert_eq!(
            (config.gateway.port, config.gateway.host.as_str()),
            (42617, "::1")
        );
        assert_eq!(config.agent.model, "");
    }

    #[test]
    fn a_new_section_is_written_as_one() {
        let (_folder, home) = home("# mine\n");
        let env = BTreeMap::new();
        set(&home, &env, "providers.main.kind", "demo").unwrap();
        set(&home, &env, "providers.main.max_retries", "3").unwrap();
        assert!(text(&home).contains("# mine"));
        assert!(text(&home).contains("[providers.main]\nkind = \"demo\"\nmax_retries = 3\n"));
    }

    #[test]
    fn an_older_spelling_is_changed_where_it_stands() {
        let (_folder, home) = home("[gateway.idempotency]\nttl_secs = 9\n");
        set(
            &home,
            &BTreeMap::new(),
            "gateway.idempotency_ttl_secs",
            "10",
        )
        .unwrap();
        assert_eq!(text(&home), "[gateway.idempotency]\nttl_secs = 10\n");
    }

    #[test]
    fn what_would_not_load_is_not_written() {
        let (_folder, home) = home(COMMENTED);
        let env = BTreeMap::new();
        for (key, value, said) in [
            (
                "gateway.port",
                "99999",
                "gateway.port: expected a whole number from 0 to 65535, found \"99999\"",
            ),
            (
                "gateway.prot",
                "1",
                "gateway.prot: unknown key; did you mean gateway.port?",
            ),
            (
                "agent.provider",
                "nobody",
                "nothing was changed: agent.provider: expected",
            ),
            (
                "providers.x.base_url",
                "http://a",
                "nothing was changed: providers.x.kind: is missing",
            ),
        ] {
            let error = set(&home, &env, key, value).unwrap_err().to_string();
            assert!(error.starts_with(said), "{error}");
            assert_eq!(text(&home), COMMENTED);
        }
    }

    #[test]
    fn two_faults_can_be_mended_one_after_the_other() {
        let (_folder, home) = home("[gateway]\nport = \"x\"\nhost = 1\n");
        let env = BTreeMap::new();
        set(&home, &env, "gateway.port", "1").unwrap();
        set(&home, &env, "gateway.host", "::1").unwrap();
        assert_eq!(text(&home), "[gateway]\nport = 1\nhost = \"::1\"\n");
    }

    #[test]
    fn a_secret_is_sealed_when_set_and_when_first_seen() {
        let (_folder, home) = home(
            "[providers.main] # mine\nkind = \"openai\"\napi_key = \"sk-typed\" # the key\n\
             [channels_config.webhook]\nsecret = \"hush-hush\"\n",
        );
        let env = BTreeMap::new();
        let loaded = load(&home, &env, CliOverrides::default()).unwrap();
        assert_eq!(loaded.plain_secrets, Vec::<String>::new());
        let sealed = text(&home);
        assert!(
            !sealed.contains("sk-typed") && !sealed.contains("hush"),
            "{sealed}"
        );
        assert!(
            sealed.contains("# the key") && sealed.contains("# mine"),
            "{sealed}"
        );
        set(&home, &env, "channels.webhook.secret", "other").unwrap();
        assert!(!text(&home).contains("other"));
        let config = load(&home, &env, CliOverrides::default()).unwrap().config;
        use secrecy::ExposeSecret as _;
        let key = config.providers["main"].api_key.as_ref().unwrap();
        assert_eq!(key.expose_secret(), "sk-typed");
        let secret = config.channels.webhook.secret.as_ref().unwrap();
        assert_eq!(secret.expose_secret(), "other");
    }

    #[test]
    fn a_bad_secret_value_is_not_repeated() {
        let (_folder, home) = home("[channels.webhook]\nsecret = [\"hush\"]\n");
        let errors = read(&home, &BTreeMap::new(), CliOverrides::default()).unwrap_err();
        assert!(!errors.to_string().contains("hush"), "{errors}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn what_is_set_is_what_one_gets(model in "\\PC*", port in 0..=65535_u16, ttl in 30..=86_400_u64) {
            let (_folder, home) = home(COMMENTED);
            let env = BTreeMap::new();
            set(&home, &env, "agent.model", &model).unwrap();
            set(&home, &env, "gateway.port", &port.to_string()).unwrap();
            set(&home, &env, "gateway.pairing_code_ttl_secs", &ttl.to_string()).unwrap();
            let config = read(&home, &env, CliOverrides::default()).unwrap().config;
            prop_assert_eq!(view::setting(&config, "agent.model"), Some(Value::Text(model)));
            prop_assert_eq!(config.gateway.port, port);
            prop_assert_eq!(config.gateway.pairing_code_ttl_secs, ttl);
            let after = text(&home);
            for comment in ["# mine", "# the door", "# why this port", "# one", "# later"] {
                prop_assert!(after.contains(comment), "{}", after);
            }
        }
    }
}
