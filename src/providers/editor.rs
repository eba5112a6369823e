//! Providers changed by their owner while the gateway runs: what may be changed, and which lines of
//! `config.toml` that takes.

use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};

use super::{Providers, demo::DEMO, kinds, ollama::OLLAMA};
use crate::{
    config::{
        Config, ConfigKeeper, Edit, Loaded, Origin, ProviderConfig, ProviderKind,
        document::DocumentError, is_provider_name,
    },
    model::DeviceId,
};

/// Longer keys are none.
const LONGEST_KEY: usize = 4096;
/// Longer names of models are none.
const LONGEST_MODEL: usize = 256;

/// A provider as its owner wants it. What is none stays as it is; what is empty is taken away.
#[derive(Clone, Debug)]
pub struct ProviderChange {
    /// The protocol.
    pub kind: ProviderKind,
    /// Its address.
    pub base_url: Option<String>,
    /// Its key.
    pub api_key: Option<SecretString>,
    /// The model it is asked for.
    pub model: Option<String>,
    /// Who answers in its place when it fails.
    pub fallbacks: Option<Vec<String>>,
    /// New messages go to it from now on.
    pub in_use: bool,
}

/// Why a provider is not changed. Everything is as it was.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// There is none of this name.
    #[error("there is no such provider")]
    NotFound,
    /// Something given is not right.
    #[error("{field}: expected {expected}")]
    Field {
        /// The field.
        field: &'static str,
        /// What was expected.
        expected: String,
    },
    /// Something else stands against it; the sentence says what.
    #[error("{0}")]
    Conflict(String),
    /// The file stands against it.
    #[error(transparent)]
    Document(#[from] DocumentError),
}

fn field(field: &'static str, expected: impl Into<String>) -> EditError {
    let expected = expected.into();
    EditError::Field { field, expected }
}

/// Changes providers.
#[derive(Clone)]
pub struct ProviderEditor {
    keeper: Arc<ConfigKeeper>,
}

impl ProviderEditor {
    /// Over this configuration.
    pub fn new(keeper: Arc<ConfigKeeper>) -> Self {
        Self { keeper }
    }

    /// Adds or changes a provider, at the wish of the device `by`. It is in force when this returns.
    pub async fn save(
        &self,
        name: &str,
        change: ProviderChange,
        by: Option<DeviceId>,
    ) -> Result<(), EditError> {
        check_name(name, change.kind)?;
        let change = cleaned(change)?;
        let name = name.to_owned();
        self.write(by, move |loaded| plan_save(&name, &change, loaded))
            .await
    }

    /// Removes a provider, at the wish of the device `by`. It is gone when this returns, but for
    /// turns under way.
    pub async fn remove(&self, name: &str, by: Option<DeviceId>) -> Result<(), EditError> {
        let name = name.to_owned();
        self.write(by, move |loaded| plan_removal(&name, loaded))
            .await
    }

    async fn write(
        &self,
        by: Option<DeviceId>,
        plan: impl Fn(&Loaded) -> Result<Vec<Edit>, EditError> + Send + 'static,
    ) -> Result<(), EditError> {
        let keeper = Arc::clone(&self.keeper);
        let written = tokio::task::spawn_blocking(move || keeper.change_by(by, plan).map(drop));
        written
            .await
            .map_err(|error| EditError::Document(DocumentError::Io(std::io::Error::other(error))))?
    }
}

/// What a try is to be made with: the change laid over what is configured. Without a name there
/// has to be a kind.
pub fn to_try(
    config: &Config,
    providers: &Providers,
    name: Option<&str>,
    change: ProviderChange,
) -> Result<ProviderConfig, EditError> {
    let change = cleaned(change)?;
    let before = match name {
        Some(name) if config.providers.contains_key(name) => config.providers.get(name).cloned(),
        Some(OLLAMA) => Some(providers.local_ollama()),
        _ => None,
    };
    let mut tried = before
        .clone()
        .unwrap_or_else(|| ProviderConfig::of_kind(change.kind));
    tried.kind = change.kind;
    if let Some(url) = &change.base_url {
        tried.base_url = Some(url.clone()).filter(|url| !url.is_empty());
    }
    match &change.api_key {
        Some(key) => {
            tried.api_key = Some(key.clone()).filter(|key| !key.expose_secret().is_empty());
            tried.unusable = None;
        }
        None => key_stays_home(before.as_ref(), &tried)?,
    }
    if let Some(model) = change.model.filter(|model| !model.is_empty()) {
        tried.model = Some(model);
    }
    Ok(tried)
}

fn check_name(name: &str, kind: ProviderKind) -> Result<(), EditError> {
    if !is_provider_name(name) {
        return Err(field("name", "letters, digits, - and _, at most 64"));
    }
    let word = kinds::KINDS
        .iter()
        .find(|facts| facts.kind.word() == name.to_lowercase());
    if word.is_some_and(|facts| facts.kind != kind) {
        let expected = format!("another name: a provider called {name:?} is of that kind");
        return Err(field("name", expected));
    }
    Ok(())
}

fn cleaned(mut change: ProviderChange) -> Result<ProviderChange, EditError> {
    change.base_url = change.base_url.as_deref().map(address).transpose()?;
    change.api_key = change.api_key.as_ref().map(key).transpose()?;
    if let Some(model) = &mut change.model {
        *model = model.trim().to_owned();
        if model.len() > LONGEST_MODEL || model.contains(char::is_control) {
            return Err(field("model", "the name of a model"));
        }
    }
    if change.kind == ProviderKind::Demo {
        (change.base_url, change.api_key) = (None, None);
    }
    Ok(change)
}

/// An address as it is written: with a scheme, without what does not belong to a base URL.
fn address(typed: &str) -> Result<String, EditError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(String::new());
    }
    let wrong = |expected: &str| field("base_url", expected);
    let whole = if typed.contains("://") {
        typed.to_owned()
    } else {
        let host = typed.split(['/', ':']).next().unwrap_or_default();
        let near = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok();
        let scheme = if near { "http" } else { "https" };
        format!("{scheme}://{typed}")
    };
    let expected = "an address such as https://api.example.com/v1";
    let url = reqwest::Url::parse(&whole).map_err(|_| wrong(expected))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(wrong(expected));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong(
            "an address without a name and password; a key goes into its own field",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("an address without ? and #"));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn key(typed: &SecretString) -> Result<SecretString, EditError> {
    let key = typed.expose_secret().trim();
    if key.len() > LONGEST_KEY || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        let expected = "the key alone: letters, digits and signs without spaces";
        return Err(field("api_key", expected));
    }
    if key.starts_with(crate::config::vault::SEALED) {
        return Err(field(
            "api_key",
            "the key itself, not what config.toml holds of it",
        ));
    }
    Ok(SecretString::from(key))
}

/// A key that nobody typed again goes only where it went before: who may change an address must
/// not be able to have the key sent to himself.
fn key_stays_home(
    before: Option<&ProviderConfig>,
    after: &ProviderConfig,
) -> Result<(), EditError> {
    let Some(before) = before.filter(|before| before.api_key.is_some()) else {
        return Ok(());
    };
    if kinds::same_place(kinds::address(before), kinds::address(after)) {
        return Ok(());
    }
    let expected = "the key once more: the saved one belongs to another address";
    Err(field("api_key", expected))
}

fn plan_save(name: &str, change: &ProviderChange, loaded: &Loaded) -> Result<Vec<Edit>, EditError> {
    let config = &loaded.config;
    let before = config.providers.get(name);
    let in_file = stands_in_file(name, loaded);
    let mut after = before
        .cloned()
        .unwrap_or_else(|| ProviderConfig::of_kind(change.kind));
    after.kind = change.kind;
    let key = |setting: &str| format!("providers.{name}.{setting}");
    let mut edits = Vec::new();
    if !in_file || before.is_some_and(|before| before.kind != change.kind) {
        edits.push(Edit::Set(key("kind"), change.kind.word().to_owned()));
    }
    if let Some(url) = &change.base_url {
        after.base_url = Some(url.clone()).filter(|url| !url.is_empty());
        edits.push(text(key("base_url"), url));
    }
    match &change.api_key {
        Some(secret) if secret.expose_secret().is_empty() => {
            edits.extend([
                Edit::Remove(key("api_key")),
                Edit::Remove(key("api_key_env")),
            ]);
        }
        Some(secret) => {
            edits.push(Edit::SetSecret(key("api_key"), secret.clone()));
            edits.push(Edit::Remove(key("api_key_env")));
        }
        None => key_stays_home(before, &after)?,
    }
    if let Some(model) = &change.model {
        edits.push(text(key("model"), model));
    }
    if let Some(fallbacks) = &change.fallbacks {
        let fallbacks = checked_fallbacks(name, fallbacks, config)?;
        edits.push(if fallbacks.is_empty() {
            Edit::Remove(key("fallbacks"))
        } else {
            Edit::SetList(key("fallbacks"), fallbacks)
        });
    }
    edits.extend(choose(name, change, loaded)?);
    Ok(edits)
}

/// Whether the file has settings of this provider. It needs the kind there: what the environment
/// says now may be gone at the next start.
fn stands_in_file(name: &str, loaded: &Loaded) -> bool {
    origins_of(name, loaded).any(|origin| matches!(origin, Origin::File { .. }))
}

fn origins_of<'a>(name: &str, loaded: &'a Loaded) -> impl Iterator<Item = &'a Origin> {
    let section = format!("providers.{name}.");
    let below = loaded.origins.range(section.clone()..);
    below
        .take_while(move |(key, _)| key.starts_with(&section))
        .map(|(_, origin)| origin)
}

fn text(key: String, text: &str) -> Edit {
    if text.is_empty() {
        Edit::Remove(key)
    } else {
        Edit::Set(key, text.to_owned())
    }
}

fn checked_fallbacks(
    name: &str,
    fallbacks: &[String],
    config: &Config,
) -> Result<Vec<String>, EditError> {
    let mut checked: Vec<String> = Vec::new();
    for fallback in fallbacks {
        if fallback == name || !config.providers.contains_key(fallback) {
            return Err(field("fallbacks", "names of other providers"));
        }
        // What the environment brings along may be gone at the next start, which would then fail.
        if config.from_environment.contains(fallback) {
            return Err(EditError::Conflict(format!(
                "The provider \"{fallback}\" is known from the environment alone: save it first, \
                 so that it can be a fallback."
            )));
        }
        if !checked.contains(fallback) {
            checked.push(fallback.clone());
        }
    }
    Ok(checked)
}

/// What has to change so that the right provider and model are in use afterwards.
fn choose(name: &str, change: &ProviderChange, loaded: &Loaded) -> Result<Vec<Edit>, EditError> {
    let config = &loaded.config;
    let active = config.active_provider();
    let mut edits = Vec::new();
    if change.in_use {
        if config.agent.provider != name {
            edits.push(Edit::Set("agent.provider".to_owned(), name.to_owned()));
        }
    } else if let Some(active) = active
        && config.agent.provider.is_empty()
        && active != name
        && !config.from_environment.contains(active)
    {
        // Nobody chose: a further provider must not slip in before the one that is used.
        edits.push(Edit::Set("agent.provider".to_owned(), active.to_owned()));
    }
    let counts = change.in_use || active == Some(name);
    let wanted = change.model.as_deref().unwrap_or_default();
    match loaded.origins.get("agent.model") {
        // The agent's own model counts more than a provider's, whichever that is.
        Some(Origin::File { .. }) if change.in_use || (counts && change.model.is_some()) => {
            edits.push(Edit::Remove("agent.model".to_owned()));
        }
        Some(by @ Origin::Variable(_))
            if counts && !wanted.is_empty() && config.agent.model != wanted =>
        {
            let (key, by) = ("agent.model".to_owned(), by.clone());
            return Err(DocumentError::Overruled { key, by }.into());
        }
        _ => {}
    }
    Ok(edits)
}

fn plan_removal(name: &str, loaded: &Loaded) -> Result<Vec<Edit>, EditError> {
    let config = &loaded.config;
    let Some(provider) = config.providers.get(name) else {
        return match name {
            OLLAMA | DEMO => Err(EditError::Conflict(format!(
                "The provider \"{name}\" is not in config.toml: there is nothing to remove."
            ))),
            _ => Err(EditError::NotFound),
        };
    };
    let by_variable = origins_of(name, loaded).find_map(|origin| match origin {
        Origin::Variable(variable) => Some(variable.as_str()),
        _ => None,
    });
    let stands = stands_in_file(name, loaded);
    if config.from_environment.contains(name) || (by_variable.is_some() && !stands) {
        let found = provider.key_from.as_deref().or(by_variable);
        let variable = found.unwrap_or(match provider.kind {
            ProviderKind::Ollama => "OLLAMA_HOST",
            _ => "PROVIDER",
        });
        return Err(EditError::Conflict(format!(
            "The provider \"{name}\" comes from the environment variable {variable}: unset that \
             and restart the gateway."
        )));
    }
    let needing: Vec<&str> = config
        .providers
        .iter()
        .filter(|(_, other)| other.fallbacks.iter().any(|fallback| fallback == name))
        .map(|(other, _)| other.as_str())
        .collect();
    if !needing.is_empty() {
        return Err(EditError::Conflict(format!(
            "The provider \"{name}\" is a fallback of \"{}\": take it out there first.",
            needing.join("\", \"")
        )));
    }
    let mut edits = vec![Edit::RemoveSection(format!("providers.{name}"))];
    if config.agent.provider == name {
        edits.push(Edit::Remove("agent.provider".to_owned()));
    }
    // It was this provider's model: another one does not have it.
    let model = loaded.origins.get("agent.model");
    if config.active_provider() == Some(name) && matches!(model, Some(Origin::File { .. })) {
        edits.push(Edit::Remove("agent.model".to_owned()));
    }
    Ok(edits)
}
