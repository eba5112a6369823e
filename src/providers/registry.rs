//! Which providers there are and which one is in use: the one `[agent]` names, else a configured
//! one, else one of the environment's keys, else a local Ollama, else the demo.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;

use super::{
    DemoProvider, LlmProvider, Meter, Metered, ProviderError,
    demo::{DEMO, WORD_DELAY},
    ollama::{LOCAL_OLLAMA, OLLAMA},
    ollama_watch::{Finding, OllamaWatch},
    probe::{ProbeError, Probed, probe},
    table::{Entry, Table, guarded},
};
use crate::{
    clock::Clock,
    config::{Config, ProviderConfig, ProviderKind},
    tasks::Tasks,
};

/// How long a check may take.
const CHECK: Duration = Duration::from_secs(10);

const HOW_TO_CONNECT: &str = "No model is connected: set OPENAI_API_KEY, ANTHROPIC_API_KEY, \
OPENROUTER_API_KEY or GEMINI_API_KEY, start Ollama, or add a provider to config.toml.";

pub(super) const HOW_TO_PULL: &str =
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
    generation: AtomicU64,
    clock: Arc<dyn Clock>,
    tasks: Tasks,
    options: ProviderOptions,
    meter: Arc<dyn Meter>,
}

impl Providers {
    /// The providers of `config`, whose every call goes through `meter`; `from_environment` names those that only a key in the
    /// environment brought in. Builds no client and opens no connection.
    pub fn from_config(
        config: &Config,
        from_environment: &BTreeSet<String>,
        clock: Arc<dyn Clock>,
        tasks: Tasks,
        options: ProviderOptions,
        meter: Arc<dyn Meter>,
    ) -> Self {
        let watch = OllamaWatch::new(&options.local_ollama, Arc::clone(&clock));
        let found = watch.provider();
        let limits = ProviderConfig::of_kind(ProviderKind::Ollama);
        let demo = DemoProvider::new(DEMO, Arc::clone(&clock), options.demo_delay);
        Self {
            table: ArcSwap::from_pointee(Table::new(
                config,
                from_environment,
                &clock,
                &options,
                &meter,
            )),
            demo: Entry {
                name: DEMO.to_owned(),
                kind: ProviderKind::Demo,
                source: ProviderSource::Demo,
                model: DEMO.to_owned(),
                first_model: None,
                provider: Arc::new(Metered::new(Arc::new(demo), Arc::clone(&meter))),
            },
            ollama: Entry {
                name: OLLAMA.to_owned(),
                kind: ProviderKind::Ollama,
                source: ProviderSource::Ollama,
                model: String::new(),
                first_model: Some(Arc::clone(&found)),
                provider: guarded(found, &limits, &meter),
            },
            watch: Arc::new(watch),
            generation: AtomicU64::new(0),
            clock,
            tasks,
            options,
            meter,
        }
    }

    /// What counts every call.
    pub fn meter(&self) -> &Arc<dyn Meter> {
        &self.meter
    }

    /// Takes over another configuration; calls under way keep their provider.
    pub fn replace(&self, config: &Config, from_environment: &BTreeSet<String>) {
        let table = Table::new(
            config,
            from_environment,
            &self.clock,
            &self.options,
            &self.meter,
        );
        self.table.store(Arc::new(table));
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// Rises with every [`Providers::replace`].
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Tries a provider that need not be one of these. Takes up to 10 s.
    pub async fn probe(&self, config: &ProviderConfig) -> Result<Probed, ProbeError> {
        probe(config, &self.clock, &self.options).await
    }

    /// The Ollama on this machine as if it were configured.
    pub fn local_ollama(&self) -> ProviderConfig {
        ProviderConfig {
            base_url: Some(self.options.local_ollama.clone()),
            ..ProviderConfig::of_kind(ProviderKind::Ollama)
        }
    }

    /// Looks for an Ollama on this machine, unless somebody has just looked.
    pub(super) async fn look_for_ollama(&self) {
        if self.watch.claim() {
            self.watch.look().await;
        }
    }

    pub(super) fn ollama_finding(&self) -> Arc<Finding> {
        self.watch.finding()
    }

    /// The model that a configured provider is asked for.
    pub(super) fn model_of(&self, name: &str) -> Option<String> {
        let table = self.table.load();
        Some(table.entries.get(name)?.own_model())
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
