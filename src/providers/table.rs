//! The configured providers: each with its adapter, its limits and its fallbacks, and the one
//! among them that is in use.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use super::{
    DemoProvider, Fallback, GenaiProvider, LlmProvider, Meter, Metered, OllamaProvider,
    OpenAiProvider, Protocol, ProviderOptions, ProviderSource, Retry, Selected, Spare, Timeouts,
    demo::DEMO, first_model::FirstModel, kinds, ollama::OLLAMA, unusable::UnusableProvider,
};
use crate::{
    clock::Clock,
    config::{Config, ProviderConfig, ProviderKind},
};

/// Where the environment's keys are looked for, best first.
const FROM_ENVIRONMENT: [&str; 4] = ["openai", "anthropic", "openrouter", "gemini"];

/// The configured providers.
pub(super) struct Table {
    pub(super) entries: BTreeMap<String, Entry>,
    chosen: Option<String>,
    pub(super) agent_provider: String,
    pub(super) agent_model: String,
    pub(super) hint: Option<String>,
}

impl Table {
    pub(super) fn new(
        config: &Config,
        from_environment: &BTreeSet<String>,
        clock: &Arc<dyn Clock>,
        options: &ProviderOptions,
        meter: &Arc<dyn Meter>,
    ) -> Self {
        let mut entries: BTreeMap<String, Entry> = config
            .providers
            .iter()
            .map(|(name, provider)| {
                let from_key = from_environment.contains(name);
                let entry = Entry::new(name, provider, from_key, clock, options, meter);
                (name.clone(), entry)
            })
            .collect();
        add_fallbacks(&mut entries, config);
        let asked = config.agent.provider.trim();
        let is_built_in = asked == OLLAMA || asked == DEMO;
        let is_unknown = !asked.is_empty() && !is_built_in && !entries.contains_key(asked);
        let chosen = if is_built_in && !entries.contains_key(asked) {
            None
        } else {
            choose(asked, &entries)
        };
        Self {
            entries,
            chosen,
            agent_provider: asked.to_owned(),
            agent_model: config.agent.model.trim().to_owned(),
            hint: is_unknown.then(|| format!("[agent] provider {asked:?} is not configured.")),
        }
    }

    pub(super) fn chosen(&self) -> Option<&Entry> {
        self.entries.get(self.chosen.as_deref()?)
    }
}

/// The name asked for, else `main`, else the first of the configuration, else the best of the
/// environment.
fn choose(asked: &str, entries: &BTreeMap<String, Entry>) -> Option<String> {
    let configured = entries
        .values()
        .filter(|entry| entry.source == ProviderSource::Config)
        .map(|entry| entry.name.as_str());
    let from_environment = entries
        .values()
        .filter(|entry| entry.source == ProviderSource::Environment)
        .map(|entry| entry.name.as_str());
    [asked, "main"]
        .into_iter()
        .chain(configured)
        .chain(FROM_ENVIRONMENT)
        .chain(from_environment)
        .find(|name| entries.contains_key(*name))
        .map(str::to_owned)
}

/// Puts its fallbacks behind each provider. They are the plain providers: a fallback's own
/// fallbacks do not count, so no circle can arise.
fn add_fallbacks(entries: &mut BTreeMap<String, Entry>, config: &Config) {
    let plain: BTreeMap<String, Spare> = entries
        .iter()
        .map(|(name, entry)| {
            let spare = Spare {
                provider: Arc::clone(&entry.provider),
                model: entry.model.clone(),
            };
            (name.clone(), spare)
        })
        .collect();
    for (name, entry) in entries {
        let named = config
            .providers
            .get(name)
            .map(|one| one.fallbacks.as_slice());
        let mut seen = BTreeSet::from([name.as_str()]);
        let spares: Vec<Spare> = named
            .unwrap_or_default()
            .iter()
            .filter(|fallback| seen.insert(fallback))
            .filter_map(|fallback| plain.get(fallback).cloned())
            .collect();
        if !spares.is_empty() {
            entry.provider = Arc::new(Fallback::new(Arc::clone(&entry.provider), spares));
        }
    }
}

/// One provider, ready for use.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) kind: ProviderKind,
    pub(super) source: ProviderSource,
    /// The model it is asked for when nobody names one; empty: it picks.
    pub(super) model: String,
    pub(super) first_model: Option<Arc<FirstModel>>,
    pub(super) provider: Arc<dyn LlmProvider>,
}

impl Entry {
    fn new(
        name: &str,
        config: &ProviderConfig,
        from_key: bool,
        clock: &Arc<dyn Clock>,
        options: &ProviderOptions,
        meter: &Arc<dyn Meter>,
    ) -> Self {
        let own = config.model.as_deref().map(str::trim).unwrap_or_default();
        let model = if own.is_empty() {
            kinds::default_model(config)
        } else {
            own
        };
        let adapter = adapter(name, config, clock, options);
        let first_model = model
            .is_empty()
            .then(|| Arc::new(FirstModel::new(Arc::clone(&adapter))));
        let inner = match &first_model {
            Some(first_model) => Arc::clone(first_model) as Arc<dyn LlmProvider>,
            None => adapter,
        };
        Self {
            name: name.to_owned(),
            kind: config.kind,
            source: if from_key {
                ProviderSource::Environment
            } else {
                ProviderSource::Config
            },
            model: model.to_owned(),
            first_model,
            provider: guarded(inner, config, meter),
        }
    }

    pub(super) fn own_model(&self) -> String {
        if !self.model.is_empty() {
            return self.model.clone();
        }
        let picked = self.first_model.as_ref().and_then(|first| first.picked());
        picked.unwrap_or_default()
    }

    pub(super) fn select(&self, model: String, hint: Option<String>) -> Selected {
        let is_demo = self.kind == ProviderKind::Demo;
        Selected {
            name: self.name.clone(),
            kind: self.kind,
            model: if is_demo { DEMO.to_owned() } else { model },
            source: self.source,
            hint,
            provider: Arc::clone(&self.provider),
        }
    }
}

/// Time-outs, a meter and retries around a provider: each try is a call.
pub(super) fn guarded(
    inner: Arc<dyn LlmProvider>,
    config: &ProviderConfig,
    meter: &Arc<dyn Meter>,
) -> Arc<dyn LlmProvider> {
    if config.kind == ProviderKind::Demo {
        return Arc::new(Metered::new(inner, Arc::clone(meter)));
    }
    let first = Duration::from_secs(config.first_token_timeout_secs.max(1));
    let idle = Duration::from_secs(config.idle_timeout_secs.max(1));
    let timed = Arc::new(Timeouts::new(inner, first, idle));
    let metered = Arc::new(Metered::new(timed, Arc::clone(meter)));
    Arc::new(Retry::new(metered, config.max_retries, rand::random::<f64>))
}

/// The protocol's own provider, with nothing around it.
pub(super) fn adapter(
    name: &str,
    config: &ProviderConfig,
    clock: &Arc<dyn Clock>,
    options: &ProviderOptions,
) -> Arc<dyn LlmProvider> {
    if let Some(reason) = &config.unusable {
        return Arc::new(UnusableProvider::new(name, reason));
    }
    let connect = Duration::from_secs(config.connect_timeout_secs.max(1));
    let key = config.api_key.clone();
    let url = kinds::address(config);
    let genai = |protocol| GenaiProvider::new(name, protocol, Some(url), key.clone(), connect);
    match config.kind {
        ProviderKind::OpenAi | ProviderKind::OpenRouter => {
            Arc::new(OpenAiProvider::new(name, url, key.clone(), connect))
        }
        ProviderKind::Anthropic => Arc::new(genai(Protocol::Anthropic)),
        ProviderKind::Gemini => Arc::new(genai(Protocol::Gemini)),
        ProviderKind::Ollama => Arc::new(OllamaProvider::new(name, url, key.clone(), connect)),
        ProviderKind::Demo => Arc::new(DemoProvider::new(
            name,
            Arc::clone(clock),
            options.demo_delay,
        )),
    }
}
