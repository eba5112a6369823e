//! Builds every service once, in order, from the cellar up; and keeps the house while they work.

mod build;
mod ground;
mod settings;
mod toolbox;
mod upkeep;

use std::{path::PathBuf, sync::Arc};

use crate::{
    agent::{Agent, AgentError, Models, Sessions},
    approvals::Approvals,
    clock::Clock,
    config::{self, Config, ConfigHandle, ConfigKeeper, ConfigSources},
    cost::{Cost, CostError},
    cron::{Cron, CronError, Runner},
    doctor::Doctor,
    integrations::Integrations,
    memory::Memory,
    providers::{ProviderOptions, Providers},
    security::{FailedTokens, PairingService, PasswordService, RateLimits, TokenService},
    store::{Store, StoreError},
    tasks::Tasks,
    telemetry::{Bus, Component, Health, Logs, Metrics, Process, Status},
    tools::{Registry, RegistryError},
    workspace::Files,
};

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
    /// The runs of the last time could not be settled.
    #[error(transparent)]
    Cron(#[from] CronError),
    /// The ledger could not be opened.
    #[error(transparent)]
    Cost(#[from] CostError),
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
    /// The log, and what goes into it.
    pub logs: Logs,
}

/// Every service. Seen by `gateway` and `cli` only.
pub struct App {
    /// Settings.
    pub config: ConfigHandle,
    /// Who changes them.
    pub keeper: Arc<ConfigKeeper>,
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
    /// The log, and what goes into it.
    pub logs: Logs,
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
    /// The agent's files.
    pub files: Files,
    /// What is spent.
    pub cost: Cost,
    /// What is scheduled.
    pub cron: Cron,
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
        self.files.begin(&self.tasks);
        config::follow(&self.keeper, &self.tasks);
        self.logs.watch(&self.config, &self.tasks);
        self.doctor.begin().await;
        self.integrations.begin(&self.tasks);
        self.cost.begin(&self.tasks);
        drop(self.tasks.spawn("heartbeat", self.heartbeat()));
        drop(self.tasks.spawn("provider health", self.watch_provider()));
        Ok(self.agent.recover().await?)
    }

    /// Runs what is due from now on. Call after [`App::begin`], in a process that stays.
    pub async fn schedule(&self) -> Result<(), AppError> {
        let scheduler = Runner::new(
            self.cron.clone(),
            self.agent.clone(),
            Arc::clone(&self.tools),
            self.tasks.clone(),
            self.metrics.clone(),
            self.health.clone(),
        );
        Ok(scheduler.begin().await?)
    }

    /// Writes down what is still in memory, and closes the database. Call when all tasks ended.
    pub async fn end(&self) {
        if let Err(error) = self.tokens.flush().await {
            tracing::warn!(%error, "when devices were last seen was not written down");
        }
        self.store.close().await;
    }
}
