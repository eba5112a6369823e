//! Every provider there is, as its owner may see it: the configured ones, what the environment
//! brought along, an Ollama on this machine, and the demo where nothing else answers.

use super::{
    ProviderSource, Providers,
    kinds::{address, needs_key},
    ollama::OLLAMA,
    ollama_watch::Finding,
    probe::shown,
    registry::HOW_TO_PULL,
};
use crate::config::{Config, ProviderConfig, ProviderKind};

/// What is known of a provider's key; never the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It is in `config.toml`, sealed.
    Set,
    /// This environment variable gave it.
    Variable(String),
    /// There is none, and without one the provider answers nobody. The variable that should hold
    /// it, where one is named.
    Missing(Option<String>),
    /// There is none, and none is needed.
    NotNeeded,
}

/// A provider as its owner may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownProvider {
    /// A key of `[providers]`, or `ollama`, `demo`.
    pub name: String,
    /// The protocol.
    pub kind: ProviderKind,
    /// Its address where it is not the kind's own.
    pub base_url: Option<String>,
    /// The model it is asked for; none: the first it has.
    pub model: Option<String>,
    /// Its key.
    pub key: KeyState,
    /// Where it comes from.
    pub source: ProviderSource,
    /// New messages go to it.
    pub in_use: bool,
    /// Who answers in its place when it fails, in order.
    pub fallbacks: Vec<String>,
    /// Why it can't answer, in a sentence.
    pub problem: Option<String>,
}

impl Providers {
    /// Every provider there is under this configuration, by name. Looks for an Ollama on this
    /// machine first when nobody has for a while.
    pub async fn known(&self, config: &Config) -> Vec<KnownProvider> {
        self.look_for_ollama().await;
        let current = self.current();
        let mut known: Vec<KnownProvider> = config
            .providers
            .iter()
            .map(|(name, provider)| self.one(name, provider, config))
            .collect();
        if !config.providers.contains_key(OLLAMA) {
            known.extend(self.found_ollama());
        }
        if !known.iter().any(|one| one.name == current.name) {
            known.push(KnownProvider {
                name: current.name.clone(),
                kind: current.kind,
                base_url: None,
                model: None,
                key: KeyState::NotNeeded,
                source: current.source,
                in_use: true,
                fallbacks: Vec::new(),
                problem: None,
            });
        }
        for one in &mut known {
            one.in_use = one.name == current.name;
            if one.in_use {
                one.model = Some(current.model.clone()).filter(|model| !model.is_empty());
            }
        }
        known.sort_by(|one, other| one.name.cmp(&other.name));
        known
    }

    fn one(&self, name: &str, provider: &ProviderConfig, config: &Config) -> KnownProvider {
        let found = config.from_environment.contains(name);
        let key = key_state(provider);
        let missing = matches!(key, KeyState::Missing(_));
        let problem = provider.unusable.as_ref().map(|reason| sentence(reason));
        KnownProvider {
            name: name.to_owned(),
            kind: provider.kind,
            base_url: provider.base_url.as_deref().map(shown),
            model: self.model_of(name).filter(|model| !model.is_empty()),
            source: if found {
                ProviderSource::Environment
            } else {
                ProviderSource::Config
            },
            in_use: false,
            fallbacks: provider.fallbacks.clone(),
            problem: problem.or_else(|| missing.then(|| "It has no API key.".to_owned())),
            key,
        }
    }

    fn found_ollama(&self) -> Option<KnownProvider> {
        let (model, problem) = match &*self.ollama_finding() {
            Finding::Model(model) => (Some(model.clone()), None),
            Finding::NoModel => (None, Some(HOW_TO_PULL.to_owned())),
            Finding::Unknown | Finding::Absent => return None,
        };
        let config = self.local_ollama();
        Some(KnownProvider {
            name: OLLAMA.to_owned(),
            kind: ProviderKind::Ollama,
            base_url: Some(shown(address(&config))),
            model,
            key: KeyState::NotNeeded,
            source: ProviderSource::Ollama,
            in_use: false,
            fallbacks: Vec::new(),
            problem,
        })
    }
}

fn sentence(reason: &str) -> String {
    let mut letters = reason.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    format!("{}{}.", first.collect::<String>(), letters.as_str())
}

fn key_state(provider: &ProviderConfig) -> KeyState {
    let unopened = provider.unusable.is_some();
    match (&provider.api_key, &provider.key_from, &provider.api_key_env) {
        (Some(_), Some(variable), _) => KeyState::Variable(variable.clone()),
        (Some(_), None, _) => KeyState::Set,
        (None, _, Some(variable)) => KeyState::Missing(Some(variable.clone())),
        (None, _, None) if unopened || needs_key(provider) => KeyState::Missing(None),
        (None, _, None) => KeyState::NotNeeded,
    }
}
