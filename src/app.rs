//! Builds every service once, in order, from the cellar up; and keeps the house while they work.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use crate::{
    agent::{Agent, AgentError, AgentParts, Models, Sessions},
    approvals::{Approvals, AskUser},
    clock::Clock,
    config::{Config, ConfigHandle, ConfigKeeper, ConfigSources},
    cost::{PriceTable, PriceTableError},
    doctor::{Doctor, Surroundings},
    integrations::{self, Integrations},
    memory::Memory,
    model::{BusEvent, ConfigChanged},
    providers::{ModelCatalogue, ProviderEditor, ProviderOptions, Providers},
    security::{FailedTokens, PairingService, PasswordService, RateLimits, SlowHash, TokenService},
    store::{Store, StoreError},
    tasks::Tasks,
    telemetry::{Bus, Component, Health, Metrics, Process, Status, bus::News},
    tools::{
        Calculator, HttpRequest, Leaks, Registry, RegistryError, Remember, SessionSearch, Shell,
        TimeTool, Todo, Tool, WebFetch, memory_tools,
    },
    workspace::{Workspace, file_tools},
};

/// The gateway's heart beats so often: counters are brought up to date.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// What was deleted long ago is forgotten, and what was said is indexed, every so many beats.
const TIDY_EVERY: u64 = 20;

/// Why the services could not be built.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The folder that the agent works in can't be opened.
    #[error("the workspace {0} could not be opened")]
    Workspace(PathBuf, #[source] std::io::Error),
    /// The tools do not go together.
    #[error(transparent)]
    Tools(#[from] RegistryError),
    /// The turns of the last run could not be taken up.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// The packaged prices are broken.
    #[error(transparent)]
    Prices(#[from] PriceTableError),
}

/// What the services are built from.
pub struct AppParts {
    /// Settings.
    pub config: Config,
    /// Where they come from and are changed: the folder that holds everything, among others.
    pub sources: ConfigSources,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where work runs.
    pub tasks: Tasks,
    /// What tests set of the providers.
    pub providers: ProviderOptions,
    /// When the process began.
    pub process: Process,
}

/// Every service. Seen by `gateway` and `cli` only.
pub struct App {
    /// Settings.
    pub config: ConfigHandle,
    /// The folder that holds everything.
    pub data_dir: PathBuf,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where work runs.
    pub tasks: Tasks,
    /// The database.
    pub store: Store,
    /// The news.
    pub bus: Bus,
    /// Counters.
    pub metrics: Metrics,
    /// Which components work.
    pub health: Health,
    /// The process itself.
    pub process: Process,
    /// The models' providers.
    pub providers: Arc<Providers>,
    /// What it can do besides talk.
    pub tools: Arc<Registry>,
    /// What it asks its owner first.
    pub approvals: Approvals,
    /// The same, for whoever chooses among them.
    pub models: Models,
    /// What is remembered.
    pub memory: Memory,
    /// The agent.
    pub agent: Agent,
    /// The conversations.
    pub sessions: Sessions,
    /// Who may come in.
    pub tokens: Arc<TokenService>,
    /// How one comes in first.
    pub pairing: Arc<PairingService>,
    /// The second way in.
    pub passwords: Arc<PasswordService>,
    /// How many wrong tokens one address may show.
    pub failures: Arc<FailedTokens>,
    /// How often one may ask.
    pub limits: Arc<RateLimits>,
    /// Looks for what is wrong.
    pub doctor: Doctor,
    /// What the gateway is connected with.
    pub integrations: Integrations,
}

impl App {
    /// Opens the database and builds every service. Nothing listens, and no turn runs yet.
    pub async fn build(parts: AppParts) -> Result<Self, AppError> {
        let AppParts {
            config,
            sources,
            clock,
            tasks,
            providers,
            process,
        } = parts;
        let (data_dir, database) = (sources.home.folder().to_owned(), sources.home.database());
        let metrics = Metrics::new(config.observability.prometheus);
        let store = Store::open(&database, metrics.clone()).await?;
        let bus = Bus::new(Arc::clone(&clock));
        let health = Health::new(bus.clone());
        let providers = Arc::new(Providers::from_config(
            &config,
            &config.from_environment,
            Arc::clone(&clock),
            tasks.clone(),
            providers,
        ));
        let tokens = admitted(&config, &store, &clock, &bus).await?;
        let config = ConfigHandle::new(config);
        let approvals = Approvals::load(store.clone(), Arc::clone(&clock), bus.clone()).await?;
        let keeper = keeper(sources.clone(), &config, &providers, &health, &bus);
        let memory = Memory::new(
            store.clone(),
            bus.clone(),
            Arc::clone(&clock),
            config.clone(),
        );
        let tools = Arc::new(toolbox(
            &data_dir,
            &config,
            &store,
            &memory,
            sources.env.clone(),
        )?);
        let agent = Agent::new(AgentParts {
            memory: memory.clone(),
            tools: Arc::clone(&tools),
            approvals: approvals.clone(),
            store: store.clone(),
            providers: Arc::clone(&providers),
            bus: bus.clone(),
            clock: Arc::clone(&clock),
            tasks: tasks.clone(),
            config: config.clone(),
            metrics: metrics.clone(),
            prices: Arc::new(PriceTable::packaged()?),
        });
        let place = Surroundings::of(sources, Arc::clone(&clock));
        let place = place.ours(&config, &keeper, &store, &tokens, &health, &providers);
        let doctor = Doctor::new(place, tasks.clone(), bus.clone());
        let models = models(Arc::clone(&keeper), &providers, &config, &clock);
        let (pairing, passwords) = ways_in(&store, &clock, &config, &tokens);
        Ok(Self {
            doctor,
            integrations: integrations(keeper, &models, &providers, &tools, &config, &bus, &clock),
            pairing,
            passwords,
            failures: Arc::new(FailedTokens::new(Arc::clone(&clock))),
            limits: Arc::new(RateLimits::new(config.clone(), Arc::clone(&clock))),
            sessions: Sessions::new(agent.clone()),
            models,
            config,
            data_dir,
            clock,
            tasks,
            store,
            bus,
            metrics,
            health,
            process,
            providers,
            tools,
            approvals,
            memory,
            agent,
            tokens,
        })
    }

    /// Takes up the turns of the last run and starts what goes on in the background; answers how
    /// many turns were taken up.
    pub async fn begin(&self) -> Result<usize, AppError> {
        for component in [Component::Gateway, Component::Memory, Component::Provider] {
            self.health.report(component, Status::Ok, None);
        }
        self.tokens.watch(&self.tasks);
        self.approvals.watch(&self.tasks);
        self.tools.settle();
        self.memory.begin(&self.tasks);
        self.doctor.begin().await;
        self.integrations.begin(&self.tasks);
        drop(self.tasks.spawn("heartbeat", self.heartbeat()));
        drop(self.tasks.spawn("provider health", self.watch_provider()));
        Ok(self.agent.recover().await?)
    }

    /// Writes down what is still in memory, and closes the database. Call when all tasks ended.
    pub async fn end(&self) {
        if let Err(error) = self.tokens.flush().await {
            tracing::warn!(%error, "when devices were last seen was not written down");
        }
        self.store.close().await;
    }

    fn heartbeat(&self) -> impl Future<Output = ()> + use<> {
        let (metrics, store) = (self.metrics.clone(), self.store.clone());
        let (sessions, stop) = (self.sessions.clone(), self.tasks.stopping().clone());
        let memory = self.memory.clone();
        async move {
            for beat in 0_u64.. {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(HEARTBEAT) => {}
                }
                metrics.heartbeat_tick();
                if let Ok(bytes) = store.size_bytes().await {
                    metrics.db_size_bytes(bytes);
                }
                if beat % TIDY_EVERY != TIDY_EVERY - 1 {
                    continue;
                }
                if let Err(error) = sessions.tidy().await {
                    tracing::warn!(%error, "the conversations could not be tidied up");
                }
                if let Err(error) = memory.tidy().await {
                    tracing::warn!(%error, "the memory could not be tidied up");
                }
            }
        }
    }

    /// A provider is as healthy as its last answer.
    fn watch_provider(&self) -> impl Future<Output = ()> + use<> {
        let (health, stop) = (self.health.clone(), self.tasks.stopping().clone());
        let mut news = self.bus.subscribe(None);
        async move {
            loop {
                let batch = tokio::select! {
                    () = stop.cancelled() => return,
                    batch = news.next_batch(64) => batch,
                };
                batch.iter().for_each(|item| report_provider(&health, item));
            }
        }
    }
}

/// Who may come in: the devices of the database, and the tokens that the configuration brings.
async fn admitted(
    config: &Config,
    store: &Store,
    clock: &Arc<dyn Clock>,
    bus: &Bus,
) -> Result<Arc<TokenService>, StoreError> {
    let tokens = TokenService::load(store.clone(), Arc::clone(clock), bus.clone()).await?;
    tokens.import(&config.gateway.paired_tokens).await?;
    tokens.set_fixed_token(config.fixed_token.as_ref()).await?;
    Ok(Arc::new(tokens))
}

fn integrations(
    keeper: Arc<ConfigKeeper>,
    models: &Models,
    providers: &Arc<Providers>,
    tools: &Arc<Registry>,
    config: &ConfigHandle,
    bus: &Bus,
    clock: &Arc<dyn Clock>,
) -> Integrations {
    Integrations::new(integrations::Parts {
        config: config.clone(),
        keeper,
        models: models.clone(),
        providers: Arc::clone(providers),
        tools: Arc::clone(tools),
        bus: bus.clone(),
        clock: Arc::clone(clock),
    })
}

/// How one comes in first, and the second way in.
fn ways_in(
    store: &Store,
    clock: &Arc<dyn Clock>,
    config: &ConfigHandle,
    tokens: &Arc<TokenService>,
) -> (Arc<PairingService>, Arc<PasswordService>) {
    let slow_hash = SlowHash::default();
    let pairing = PairingService::new(
        store.clone(),
        Arc::clone(clock),
        config.clone(),
        Arc::clone(tokens),
        slow_hash.clone(),
    );
    let passwords = PasswordService::new(
        store.clone(),
        Arc::clone(clock),
        Arc::clone(tokens),
        slow_hash,
    );
    (Arc::new(pairing), Arc::new(passwords))
}

/// Which models there are, and how their providers are changed.
fn models(
    keeper: Arc<ConfigKeeper>,
    providers: &Arc<Providers>,
    config: &ConfigHandle,
    clock: &Arc<dyn Clock>,
) -> Models {
    let catalogue = ModelCatalogue::new(Arc::clone(providers), config.clone(), Arc::clone(clock));
    Models::new(
        Arc::clone(providers),
        ProviderEditor::new(keeper),
        Arc::new(catalogue),
        config.clone(),
    )
}

/// Every tool that there is.
fn toolbox(
    data_dir: &Path,
    config: &ConfigHandle,
    store: &Store,
    memory: &Memory,
    environment: BTreeMap<String, String>,
) -> Result<Registry, AppError> {
    let folder = data_dir.join("workspace");
    let open = std::fs::create_dir_all(&folder).and_then(|()| Workspace::open(&folder));
    let workspace = Arc::new(open.map_err(|error| AppError::Workspace(folder, error))?);
    let mut tools: Vec<Arc<dyn Tool>> = vec![
        Arc::new(AskUser::default()),
        Arc::new(Calculator::default()),
        Arc::new(TimeTool::default()),
        Arc::new(Todo::default()),
        Arc::new(SessionSearch::new(store.clone())),
        Arc::new(WebFetch::default()),
        Arc::new(HttpRequest::default()),
        Arc::new(Shell::new(workspace.root(), data_dir, environment)),
    ];
    tools.extend(file_tools(&workspace));
    let memory: Arc<dyn Remember> = Arc::new(memory.clone());
    tools.extend(memory_tools(&memory));
    let leaks = Leaks::new(config.clone(), data_dir.join("secret.key"));
    Ok(Registry::new(tools, Arc::new(leaks))?)
}

/// Whoever changes the configuration: the providers follow, and all who watch are told.
fn keeper(
    sources: ConfigSources,
    config: &ConfigHandle,
    providers: &Arc<Providers>,
    health: &Health,
    bus: &Bus,
) -> Arc<ConfigKeeper> {
    let (providers, health, bus) = (Arc::clone(providers), health.clone(), bus.clone());
    let keeper = ConfigKeeper::new(sources, config.clone(), move |changed| {
        providers.replace(&changed.config, &changed.config.from_environment);
        let of_providers =
            |key: &String| key.starts_with("providers.") || key.starts_with("agent.");
        if changed.keys.iter().any(of_providers) {
            // What failed before may be what was mended.
            health.report(Component::Provider, Status::Ok, None);
        }
        if !changed.keys.is_empty() {
            tracing::info!(keys = ?changed.keys, "the configuration changed");
            bus.publish(&BusEvent::ConfigChanged(ConfigChanged {
                keys: changed.keys.clone(),
            }));
        }
    });
    Arc::new(keeper)
}

fn report_provider(health: &Health, item: &News) {
    if let News::Event(frame) = item
        && frame.name == "llm_response"
        && let Ok(BusEvent::LlmResponse(call)) = serde_json::from_slice(&frame.json)
    {
        if call.success {
            health.report(Component::Provider, Status::Ok, None);
        } else {
            let reason = call.error.as_deref().unwrap_or("Its last call failed.");
            health.report(Component::Provider, Status::Degraded, Some(reason));
        }
    }
}
