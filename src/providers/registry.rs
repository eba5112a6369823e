//! Which providers there are and which one is in use: the one `[agent]` names, else a configured
//! one, else one of the environment's keys, else a local Ollama, else the demo.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use arc_swap::ArcSwap;

use super::{
    DemoProvider, Fallback, GenaiProvider, LlmProvider, OllamaProvider, OpenAiProvider, Protocol,
    ProviderError, Retry, Spare, Timeouts,
    demo::{DEMO, WORD_DELAY},
    first_model::FirstModel,
    ollama::LOCAL_OLLAMA,
    ollama_watch::{Finding, OllamaWatch},
    openai::is_official,
};
use crate::{
    clock::Clock,
    config::{Config, ProviderConfig, ProviderKind},
    tasks::Tasks,
};

const OLLAMA: &str = "ollama";

/// Where the environment's keys are looked for, best first.
const FROM_ENVIRONMENT: [&str; 4] = ["openai", "anthropic", "openrouter", "gemini"];

/// How long a check may take.
const CHECK: Duration = Duration::from_secs(10);

const HOW_TO_CONNECT: &str = "No model is connected: set OPENAI_API_KEY, ANTHROPIC_API_KEY, \
OPENROUTER_API_KEY or GEMINI_API_KEY, start Ollama, or add a provider to config.toml.";

const HOW_TO_PULL: &str =
    "Ollama is running without a chat model: pull one, for example with `ollama pull llama3.2`.";

/// Where the provider in use comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderSource {
    /// `config.toml`, or whoever else named it.
    Config,
    /// A key in the environment.
    Environment,
    /// Found on this machine.
    Ollama,
    /// Nothing else was there.
    Demo,
}

impl ProviderSource {
    /// Its name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Environment => "environment",
            Self::Ollama => "ollama",
            Self::Demo => "demo",
        }
    }
}

/// A provider and a model, chosen.
#[derive(Clone)]
pub struct Selected {
    /// A key of `[providers]`, or `ollama`, `demo`.
    pub name: String,
    /// The protocol.
    pub kind: ProviderKind,
    /// The model to ask for; empty: the provider picks its first one.
    pub model: String,
    /// Where the provider comes from.
    pub source: ProviderSource,
    /// A sentence on what its owner could do to get a (better) model.
    pub hint: Option<String>,
    /// The provider, with retries, time-outs and fallbacks.
    pub provider: Arc<dyn LlmProvider>,
}

/// What tests set and the gateway leaves alone.
#[derive(Clone, Debug)]
pub struct ProviderOptions {
    /// Where to look for an Ollama when no provider is configured.
    pub local_ollama: String,
    /// What the demo waits before each further word.
    pub demo_delay: Duration,
}

impl Default for ProviderOptions {
    fn default() -> Self {
        Self {
            local_ollama: LOCAL_OLLAMA.to_owned(),
            demo_delay: WORD_DELAY,
        }
    }
}

/// All providers. Shared by reference; a change of the configuration replaces its inside.
pub struct Providers {
    table: ArcSwap<Table>,
    demo: Entry,
    ollama: Entry,
    watch: Arc<OllamaWatch>,
    clock: Arc<dyn Clock>,
    tasks: Tasks,
    options: ProviderOptions,
}

impl Providers {
    /// The providers of `config`; `from_environment` names those that only a key in the
    /// environment brought in. Builds no client and opens no connection.
    pub fn from_config(
        config: &Config,
        from_environment: &BTreeSet<String>,
        clock: Arc<dyn Clock>,
        tasks: Tasks,
        options: ProviderOptions,
    ) -> Self {
        let watch = OllamaWatch::new(&options.local_ollama, Arc::clone(&clock));
        let found = watch.provider();
        let limits = ProviderConfig::of_kind(ProviderKind::Ollama);
        let demo = DemoProvider::new(DEMO, Arc::clone(&clock), options.demo_delay);
        Self {
            table: ArcSwap::from_pointee(Table::new(config, from_environment, &clock, &options)),
            demo: Entry {
                name: DEMO.to_owned(),
                kind: ProviderKind::Demo,
                source: ProviderSource::Demo,
                model: DEMO.to_owned(),
                first_model: None,
                provider: Arc::new(demo),
            },
            ollama: Entry {
                name: OLLAMA.to_owned(),
                kind: ProviderKind::Ollama,
                source: ProviderSource::Ollama,
                model: String::new(),
                first_model: Some(Arc::clone(&found)),
                provider: guarded(found, &limits),
            },
            watch: Arc::new(watch),
            clock,
            tasks,
            options,
        }
    }

    /// Takes over another configuration; calls under way keep their provider.
    pub fn replace(&self, config: &Config, from_environment: &BTreeSet<String>) {
        let table = Table::new(config, from_environment, &self.clock, &self.options);
        self.table.store(Arc::new(table));
    }

    /// The provider and model in use. Never waits: where a local Ollama would be used, the search
    /// for it goes on in the background and counts from the next call on.
    pub fn current(&self) -> Selected {
        let table = self.table.load();
        let Some(entry) = table.chosen() else {
            return self.unconfigured(&table);
        };
        let model = if table.agent_model.is_empty() {
            entry.own_model()
        } else {
            table.agent_model.clone()
        };
        entry.select(model, table.hint.clone())
    }

    /// What a caller asked for: `provider/model`, or a model of the provider in use. Nothing, or
    /// an empty word, is [`Providers::current`].
    pub fn select(&self, model_override: Option<&str>) -> Selected {
        let wanted = model_override.map(str::trim).unwrap_or_default();
        if let Some((name, model)) = wanted.split_once('/')
            && let Some(mut selected) = self.find(name)
        {
            if !model.is_empty() && selected.kind != ProviderKind::Demo {
                model.clone_into(&mut selected.model);
            }
            return selected;
        }
        let mut selected = self.current();
        if !wanted.is_empty() && selected.kind != ProviderKind::Demo {
            wanted.clone_into(&mut selected.model);
        }
        selected
    }

    /// The configured providers, and the built-in ones that can be used.
    pub fn names(&self) -> Vec<String> {
        let mut names: BTreeSet<String> = self.table.load().entries.keys().cloned().collect();
        if matches!(*self.watch.finding(), Finding::Model(_)) {
            names.insert(OLLAMA.to_owned());
        }
        names.insert(DEMO.to_owned());
        names.into_iter().collect()
    }

    /// Asks the provider for its models: proof that address and key work. Takes up to 10 s.
    pub async fn check(&self, name: &str) -> Result<Vec<String>, ProviderError> {
        let selected = self.find(name).ok_or_else(|| ProviderError::Unusable {
            provider: name.to_owned(),
            reason: "there is none of this name".to_owned(),
        })?;
        let models = tokio::time::timeout(CHECK, selected.provider.models()).await;
        models.unwrap_or_else(|_| {
            Err(ProviderError::Timeout {
                provider: name.to_owned(),
                waited_for: "its list of models",
                secs: CHECK.as_secs(),
            })
        })
    }

    /// Waits until a local Ollama was looked for, where one would be used; at most some seconds,
    /// and no time to speak of where nothing listens.
    pub async fn settled(&self) {
        if self.table.load().chosen().is_none() && self.watch.claim() {
            self.watch.look().await;
        }
    }

    /// A provider by its name.
    fn find(&self, name: &str) -> Option<Selected> {
        let table = self.table.load();
        let entry = match table.entries.get(name) {
            Some(entry) => entry,
            None if name == OLLAMA => &self.ollama,
            None if name == DEMO => &self.demo,
            None => return None,
        };
        Some(entry.select(entry.own_model(), None))
    }

    fn unconfigured(&self, table: &Table) -> Selected {
        // `[agent] provider` may name a built-in one without a section for it.
        if let Some(mut selected) = self.built_in(&table.agent_provider) {
            selected.source = ProviderSource::Config;
            if !table.agent_model.is_empty() && selected.kind != ProviderKind::Demo {
                selected.model.clone_from(&table.agent_model);
            }
            return selected;
        }
        self.look_again();
        let hint = |text: &str| table.hint.clone().or_else(|| Some(text.to_owned()));
        match &*self.watch.finding() {
            Finding::Model(_) if !table.agent_model.is_empty() => self
                .ollama
                .select(table.agent_model.clone(), table.hint.clone()),
            Finding::Model(model) => self.ollama.select(model.clone(), table.hint.clone()),
            Finding::NoModel => self.demo.select(DEMO.to_owned(), hint(HOW_TO_PULL)),
            Finding::Unknown | Finding::Absent => {
                self.demo.select(DEMO.to_owned(), hint(HOW_TO_CONNECT))
            }
        }
    }

    fn built_in(&self, name: &str) -> Option<Selected> {
        let entry = match name {
            OLLAMA => &self.ollama,
            DEMO => &self.demo,
            _ => return None,
        };
        Some(entry.select(entry.own_model(), None))
    }

    /// Looks for Ollama in the background when the last finding is old.
    fn look_again(&self) {
        let has_runtime = tokio::runtime::Handle::try_current().is_ok();
        if has_runtime && !self.tasks.stopping().is_cancelled() && self.watch.claim() {
            let watch = Arc::clone(&self.watch);
            self.tasks
                .spawn("ollama-watch", async move { watch.look().await });
        }
    }
}

/// The configured providers.
struct Table {
    entries: BTreeMap<String, Entry>,
    chosen: Option<String>,
    agent_provider: String,
    agent_model: String,
    hint: Option<String>,
}

impl Table {
    fn new(
        config: &Config,
        from_environment: &BTreeSet<String>,
        clock: &Arc<dyn Clock>,
        options: &ProviderOptions,
    ) -> Self {
        let mut entries: BTreeMap<String, Entry> = config
            .providers
            .iter()
            .map(|(name, provider)| {
                let from_key = from_environment.contains(name);
                let entry = Entry::new(name, provider, from_key, clock, options);
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

    fn chosen(&self) -> Option<&Entry> {
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
struct Entry {
    name: String,
    kind: ProviderKind,
    source: ProviderSource,
    /// The model it is asked for when nobody names one; empty: it picks.
    model: String,
    first_model: Option<Arc<FirstModel>>,
    provider: Arc<dyn LlmProvider>,
}

impl Entry {
    fn new(
        name: &str,
        config: &ProviderConfig,
        from_key: bool,
        clock: &Arc<dyn Clock>,
        options: &ProviderOptions,
    ) -> Self {
        let own = config.model.as_deref().map(str::trim).unwrap_or_default();
        let model = if own.is_empty() {
            default_model(config)
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
            provider: guarded(inner, config),
        }
    }

    fn own_model(&self) -> String {
        if !self.model.is_empty() {
            return self.model.clone();
        }
        let picked = self.first_model.as_ref().and_then(|first| first.picked());
        picked.unwrap_or_default()
    }

    fn select(&self, model: String, hint: Option<String>) -> Selected {
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

/// Time-outs and retries around a provider.
fn guarded(inner: Arc<dyn LlmProvider>, config: &ProviderConfig) -> Arc<dyn LlmProvider> {
    if config.kind == ProviderKind::Demo {
        return inner;
    }
    let first = Duration::from_secs(config.first_token_timeout_secs.max(1));
    let idle = Duration::from_secs(config.idle_timeout_secs.max(1));
    let timed = Arc::new(Timeouts::new(inner, first, idle));
    Arc::new(Retry::new(timed, config.max_retries, rand::random::<f64>))
}

fn adapter(
    name: &str,
    config: &ProviderConfig,
    clock: &Arc<dyn Clock>,
    options: &ProviderOptions,
) -> Arc<dyn LlmProvider> {
    let connect = Duration::from_secs(config.connect_timeout_secs.max(1));
    let key = config.api_key.clone();
    let base_url = config
        .base_url
        .as_deref()
        .filter(|url| !url.trim().is_empty());
    let genai = |protocol| GenaiProvider::new(name, protocol, base_url, key.clone(), connect);
    let openai =
        |default| OpenAiProvider::new(name, base_url.unwrap_or(default), key.clone(), connect);
    match config.kind {
        ProviderKind::OpenAi => Arc::new(openai("https://api.openai.com/v1")),
        ProviderKind::OpenRouter => Arc::new(openai("https://openrouter.ai/api/v1")),
        ProviderKind::Anthropic => Arc::new(genai(Protocol::Anthropic)),
        ProviderKind::Gemini => Arc::new(genai(Protocol::Gemini)),
        ProviderKind::Ollama => {
            let address = base_url.unwrap_or(LOCAL_OLLAMA);
            Arc::new(OllamaProvider::new(name, address, key.clone(), connect))
        }
        ProviderKind::Demo => Arc::new(DemoProvider::new(
            name,
            Arc::clone(clock),
            options.demo_delay,
        )),
    }
}

/// A good all-round model of the kind's maker; empty where only the server can tell.
fn default_model(config: &ProviderConfig) -> &'static str {
    match config.kind {
        ProviderKind::OpenAi
            if config
                .base_url
                .as_deref()
                .is_some_and(|url| !is_official(url)) =>
        {
            ""
        }
        ProviderKind::OpenAi => "gpt-5-mini",
        ProviderKind::Anthropic => "claude-sonnet-4-5",
        ProviderKind::Gemini => "gemini-2.5-flash",
        ProviderKind::OpenRouter => "openrouter/auto",
        ProviderKind::Ollama => "",
        ProviderKind::Demo => DEMO,
    }
}
