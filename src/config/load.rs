//! Loading: the layers laid over each other, each value judged, everything said at once.

use std::{collections::BTreeMap, fs, io::Read as _, path::Path};

use secrecy::SecretString;

use super::{
    Config, document,
    environment::{self, variable},
    found,
    home::{Home, io_error},
    keys::{self, Known},
    older,
    provider_settings::PROVIDER_KINDS,
    raw::{Entry, MAX_FILE_BYTES, Raw},
    remark::{self, ConfigErrors, Origin, Remark},
    sections::{ProviderConfig, ProviderKind},
    setting::Setting as _,
    validate,
    value::{MASK, Typed, Value},
    vault::{SEALED, Vault},
};
use crate::crypto;

/// What the command line says over everything else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CliOverrides {
    /// `--host`.
    pub host: Option<String>,
    /// `--port`.
    pub port: Option<u16>,
}

/// A configuration that may be relied on, and what is to be said about it.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// Unknown keys, unreadable secrets, and the like.
    pub warnings: Vec<Remark>,
    /// Features that this version does not have, variables that were used, and the like.
    pub notices: Vec<Remark>,
    /// Where each setting that is not left at its default was given, by dotted name.
    pub origins: BTreeMap<String, Origin>,
    /// Secrets that stand in `config.toml` as plain text, by dotted name.
    pub plain_secrets: Vec<String>,
}

/// Loads the configuration of a data folder, and seals the secrets that stand in `config.toml` as
/// plain text. A secret that cannot be sealed or opened is a warning, never an error.
pub fn load(
    home: &Home,
    env: &BTreeMap<String, String>,
    cli: CliOverrides,
) -> Result<Loaded, ConfigErrors> {
    let mut loaded = read(home, env, cli)?;
    if loaded.plain_secrets.is_empty() {
        return Ok(loaded);
    }
    match document::seal_plain(home, &loaded.plain_secrets) {
        Ok(sealed) => {
            for key in &sealed {
                let origin = loaded.origins.get(key).cloned().unwrap_or_default();
                let text = "was plain text and is sealed now";
                loaded.notices.push(Remark::new(&origin, key, text));
            }
            loaded.plain_secrets.retain(|key| !sealed.contains(key));
        }
        Err(error) => {
            let text = format!("secrets stay plain text in config.toml: {error}");
            loaded.warnings.push(Remark::new(&Origin::Whole, "", text));
        }
    }
    Ok(loaded)
}

/// Loads the configuration of a data folder and changes nothing.
pub fn read(
    home: &Home,
    env: &BTreeMap<String, String>,
    cli: CliOverrides,
) -> Result<Loaded, ConfigErrors> {
    let path = home.config_file();
    let text = read_text(&path).map_err(|remark| ConfigErrors(vec![remark]))?;
    read_layers(&path, &text, env, cli, &Vault::of(home))
}

/// The text of `config.toml`; empty when there is none.
pub(super) fn read_text(path: &Path) -> Result<String, Remark> {
    let origin = Origin::File {
        path: path.into(),
        line: 0,
    };
    let problem = |text: String| Remark::new(&origin, "", text);
    let mut bytes = Vec::new();
    match fs::File::open(path) {
        Ok(file) => file
            .take(MAX_FILE_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| problem(error.to_string()))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
        Err(error) => return Err(problem(io_error("read", path, &error).to_string())),
    };
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(problem(format!("is larger than {MAX_FILE_BYTES} bytes")));
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
        let path = path.into();
        Remark::new(&Origin::File { path, line }, "", "is not UTF-8 text")
    })
}

/// Lays the layers over each other: defaults, file, environment, command line.
pub(super) fn read_layers(
    path: &Path,
    text: &str,
    env: &BTreeMap<String, String>,
    cli: CliOverrides,
    vault: &Vault,
) -> Result<Loaded, ConfigErrors> {
    let mut raw = Raw::parse(path, text).map_err(|problem| ConfigErrors(vec![problem]))?;
    let mut loading = Loading::new(vault);
    loading.translate(&mut raw);
    let mut upper = environment::layer(env, &raw, &mut loading.loaded.warnings);
    loading.translate(&mut upper);
    let in_file = raw.entries.clone();
    raw.overlay(upper);
    if let Some(host) = cli.host {
        raw.put(
            "gateway.host".to_owned(),
            Typed::Loose(host),
            Origin::Option("--host"),
        );
    }
    if let Some(port) = cli.port {
        let port = Typed::Whole(i64::from(port));
        raw.put("gateway.port".to_owned(), port, Origin::Option("--port"));
    }
    loading.loaded.warnings.append(&mut raw.warnings);
    loading.providers(&raw);
    for (key, entry) in &raw.entries {
        loading.setting(key, entry);
    }
    for (key, entry) in &in_file {
        loading.hidden(key, entry, &raw);
    }
    loading.loaded.origins = raw
        .entries
        .into_iter()
        .map(|(key, entry)| (key, entry.origin))
        .collect();
    loading.finish(env)
}

struct Loading<'a> {
    loaded: Loaded,
    problems: Vec<Remark>,
    vault: &'a Vault,
}

impl<'a> Loading<'a> {
    fn new(vault: &'a Vault) -> Self {
        Self {
            loaded: Loaded::default(),
            problems: Vec::new(),
            vault,
        }
    }

    fn translate(&mut self, raw: &mut Raw) {
        let said = older::translate(raw);
        self.problems.extend(said.problems);
        self.loaded.notices.extend(said.notices);
    }

    /// A provider needs a kind; its name says it where nothing else does.
    fn providers(&mut self, raw: &Raw) {
        for (name, origin) in &raw.providers {
            if !super::kind::is_provider_name(name) {
                let text = "expected a name of letters, digits, - and _ for a provider";
                let key = format!("providers.{name}");
                self.problems.push(Remark::new(origin, &key, text));
                continue;
            }
            let by_name = ProviderKind::take(Value::Text(name.to_lowercase()));
            if by_name.is_none() && !raw.entries.contains_key(&format!("providers.{name}.kind")) {
                let words = PROVIDER_KINDS.join("\", \"");
                let text = format!("is missing; expected one of \"{words}\"");
                let key = format!("providers.{name}.kind");
                self.problems.push(Remark::new(origin, &key, text));
            }
            let kind = by_name.unwrap_or(ProviderKind::OpenAi);
            let provider = ProviderConfig::of_kind(kind);
            self.loaded.config.providers.insert(name.clone(), provider);
        }
    }

    fn setting(&mut self, key: &str, entry: &Entry) {
        let Some(known) = keys::find(key) else {
            return self.unknown(key, entry);
        };
        let Some(mut value) = known.kind().judge(&entry.typed) else {
            let expected = known.kind().expected();
            let found = entry.typed.found(known.is_secret());
            let text = format!("expected {expected}, found {found}");
            return self.problems.push(Remark::new(&entry.origin, key, text));
        };
        if known.is_secret() {
            if value == Value::Text(MASK.to_owned()) {
                let text =
                    "expected the secret itself, found a mask with no saved secret behind it";
                return self.problems.push(Remark::new(&entry.origin, key, text));
            }
            match self.opened(key, entry, value) {
                Some(opened) => value = opened,
                None => return self.unreadable(known),
            }
        }
        let filled = match known {
            Known::Setting(field) => (field.set)(&mut self.loaded.config, value),
            Known::Provider(name, field) => self
                .loaded
                .config
                .providers
                .get_mut(name)
                .is_none_or(|provider| (field.set)(provider, value)),
            Known::Later(_) => {
                self.later(key, entry, &value);
                true
            }
        };
        if !filled {
            let text = format!("expected {}", known.kind().expected());
            self.problems.push(Remark::new(&entry.origin, key, text));
        }
    }

    /// A line that another layer hides does no harm, until that layer is gone.
    fn hidden(&mut self, key: &str, entry: &Entry, raw: &Raw) {
        let over = raw.entries.get(key).map(|top| &top.origin);
        let Some(over @ (Origin::Variable(_) | Origin::Option(_))) = over else {
            return;
        };
        let Some(known) = keys::find(key).filter(|it| it.kind().judge(&entry.typed).is_none())
        else {
            return;
        };
        let (expected, found) = (
            known.kind().expected(),
            entry.typed.found(known.is_secret()),
        );
        let text = format!("hidden by the {over}; expected {expected}, found {found}");
        let remark = Remark::new(&entry.origin, key, text);
        self.loaded.warnings.push(remark);
    }

    fn unknown(&mut self, key: &str, entry: &Entry) {
        if keys::is_section(key) {
            let found = entry.typed.found(false);
            let text = format!("expected a section [{key}], found {found}");
            return self.problems.push(Remark::new(&entry.origin, key, text));
        }
        let hint =
            keys::nearest(key).map_or_else(String::new, |near| format!("; did you mean {near}?"));
        let text = format!("unknown key{hint}");
        self.loaded
            .warnings
            .push(Remark::new(&entry.origin, key, text));
    }

    /// A secret as it was before it was sealed; nothing when it cannot be opened, which is said.
    fn opened(&mut self, key: &str, entry: &Entry, value: Value) -> Option<Value> {
        let Value::Text(text) = &value else {
            return Some(value);
        };
        if !text.starts_with(SEALED) {
            if matches!(entry.origin, Origin::File { .. }) && !text.is_empty() {
                self.loaded.plain_secrets.push(key.to_owned());
            }
            return Some(value);
        }
        match self.vault.open(key, text) {
            Ok(secret) => {
                use secrecy::ExposeSecret as _;
                Some(Value::Text(secret.expose_secret().to_owned()))
            }
            Err(error) => {
                let text = format!(
                    "cannot be opened: {error}. Enter it again (clawgate config set {key} VALUE), \
                     or bring back the secret.key that it was sealed with"
                );
                let remark = Remark::new(&entry.origin, key, text);
                self.loaded.warnings.push(remark);
                None
            }
        }
    }

    /// What depends on a lost secret stays shut.
    fn unreadable(&mut self, known: Known<'_>) {
        match known {
            Known::Provider(name, _) => {
                if let Some(provider) = self.loaded.config.providers.get_mut(name) {
                    provider.unusable = Some(format!(
                        "the API key of provider \"{name}\" cannot be opened; enter it again"
                    ));
                }
            }
            Known::Setting(field) => match crypto::random_token() {
                Ok(closed) => {
                    (field.set)(&mut self.loaded.config, Value::Text(closed));
                }
                Err(error) => {
                    let text = error.to_string();
                    self.problems
                        .push(Remark::new(&Origin::Whole, field.name, text));
                }
            },
            Known::Later(_) => {}
        }
    }

    fn later(&mut self, key: &str, entry: &Entry, value: &Value) {
        let idle = match value {
            Value::Text(text) => text.is_empty(),
            Value::List(items) => items.is_empty(),
            Value::Flag(flag) => !flag,
            _ => false,
        };
        let feature = key.rsplit_once('.').map_or(key, |(feature, _)| feature);
        let later = &mut self.loaded.config.later;
        if !idle && !later.keys().any(|other| other.starts_with(feature)) {
            let text = "is not available in this version; its settings are kept";
            let remark = Remark::new(&entry.origin, feature, text);
            self.loaded.notices.push(remark);
        }
        if !idle {
            later.insert(key.to_owned(), SecretString::from(value.to_string()));
        }
    }

    fn finish(mut self, env: &BTreeMap<String, String>) -> Result<Loaded, ConfigErrors> {
        if self.loaded.config.tunnel.provider != "none" {
            let origin = self.loaded.origins.get("tunnel.provider").cloned();
            let text = "is not available in this version: no tunnel is started; a public bind is \
                        permitted as with one";
            let remark = Remark::new(&origin.unwrap_or_default(), "tunnel", text);
            self.loaded.notices.push(remark);
        }
        self.loaded.config.user_id = variable(env, "GATEWAY_USER_ID").map(str::to_owned);
        self.fixed_token(env);
        found::providers(&mut self.loaded, env);
        self.problems.extend(validate::problems(&self.loaded));
        remark::in_order(&mut self.problems);
        remark::in_order(&mut self.loaded.warnings);
        remark::in_order(&mut self.loaded.notices);
        if self.problems.is_empty() {
            Ok(self.loaded)
        } else {
            Err(ConfigErrors(self.problems))
        }
    }

    fn fixed_token(&mut self, env: &BTreeMap<String, String>) {
        const NAME: &str = "GATEWAY_AUTH_TOKEN";
        let Some(token) = variable(env, NAME) else {
            return;
        };
        let length = token.chars().count();
        let fits = token.bytes().all(|byte| byte.is_ascii_graphic());
        if length >= 16 && fits {
            self.loaded.config.fixed_token = Some(SecretString::from(token));
            return;
        }
        let text = if fits {
            format!("expected at least 16 characters, found {length}")
        } else {
            "expected letters, digits and signs of ASCII without spaces".to_owned()
        };
        let origin = Origin::Variable(NAME.to_owned());
        self.problems.push(Remark::new(&origin, "", text));
    }
}
