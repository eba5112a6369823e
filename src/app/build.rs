//! Every service built once, in order, from the cellar up.

use std::{sync::Arc, time::Duration};

use super::{App, AppError, AppParts, ground::Ground};
use crate::{
    agent::{Agent, AgentParts, Models, Sessions},
    approvals::Approvals,
    config::{ConfigKeeper, ConfigSources},
    cost::{Cost, CostError, CostParts},
    cron::Cron,
    doctor::{Doctor, LagOf, SchedulerLag, Surroundings, Whose},
    integrations::{self, Integrations},
    memory::Memory,
    providers::{Meter, ModelCatalogue, ProviderEditor, ProviderOptions, Providers},
    security::{FailedTokens, PairingService, PasswordService, RateLimits, SlowHash, TokenService},
    store::StoreError,
    workspace::{Files, Workspace},
};

impl App {
    /// Opens the database and builds every service. Nothing listens, and no turn runs yet.
    pub async fn build(parts: AppParts) -> Result<Self, AppError> {
        let sources = parts.sources;
        let places = (sources.home.folder().to_owned(), sources.home.database());
        let ground = Ground::lay(parts.config, places, parts.clock, parts.tasks).await?;
        let tokens = ground.admitted().await?;
        let cost = ground.spending().await?;
        let meter: Arc<dyn Meter> = Arc::new(cost.clone());
        let providers = ground.providers(parts.providers, &meter);
        let keeper = ground.keeper(sources.clone(), &providers, &tokens);
        let approvals =
            Approvals::load(ground.store.clone(), ground.clock(), ground.bus.clone()).await?;
        let memory = ground.memory(meter);
        let files = ground.files()?;
        let cron = ground.cron();
        let leaks = ground.leaks(&parts.logs);
        let tools = ground.toolbox(&files, &memory, &cron, leaks, sources.env.clone())?;
        let tools = Arc::new(tools);
        cron.connect(&tools);
        let agent = Agent::new(AgentParts {
            memory: memory.clone(),
            files: files.clone(),
            tools: Arc::clone(&tools),
            approvals: approvals.clone(),
            store: ground.store.clone(),
            providers: Arc::clone(&providers),
            bus: ground.bus.clone(),
            clock: ground.clock(),
            tasks: ground.tasks.clone(),
            config: ground.config.clone(),
            metrics: ground.metrics.clone(),
            cost: cost.clone(),
        });
        let doctor = ground.doctor(sources, &keeper, &tokens, &providers, &cron);
        let models = ground.models(Arc::clone(&keeper), &providers);
        let integrations = Integrations::new(integrations::Parts {
            config: ground.config.clone(),
            keeper: Arc::clone(&keeper),
            models: models.clone(),
            providers: Arc::clone(&providers),
            tools: Arc::clone(&tools),
            bus: ground.bus.clone(),
            clock: ground.clock(),
        });
        let (pairing, passwords) = ground.ways_in(&tokens);
        Ok(Self {
            doctor,
            integrations,
            pairing,
            passwords,
            failures: Arc::new(FailedTokens::new(ground.clock())),
            limits: Arc::new(RateLimits::new(ground.config.clone(), ground.clock())),
            sessions: Sessions::new(agent.clone()),
            models,
            process: parts.process,
            logs: parts.logs,
            keeper,
            providers,
            tools,
            approvals,
            memory,
            files,
            cost,
            cron,
            agent,
            tokens,
            config: ground.config,
            data_dir: ground.data_dir,
            clock: ground.clock,
            tasks: ground.tasks,
            store: ground.store,
            bus: ground.bus,
            metrics: ground.metrics,
            health: ground.health,
        })
    }
}

impl Ground {
    /// Who may come in: the devices of the database, and the tokens that the configuration brings.
    async fn admitted(&self) -> Result<Arc<TokenService>, StoreError> {
        let tokens = TokenService::load(self.store.clone(), self.clock(), self.bus.clone()).await?;
        let config = self.config.current();
        tokens.import(&config.gateway.paired_tokens).await?;
        tokens.set_fixed_token(config.fixed_token.as_ref()).await?;
        Ok(Arc::new(tokens))
    }

    /// How one comes in first, and the second way in.
    fn ways_in(&self, tokens: &Arc<TokenService>) -> (Arc<PairingService>, Arc<PasswordService>) {
        let slow_hash = SlowHash::default();
        let pairing = PairingService::new(
            self.store.clone(),
            self.clock(),
            self.config.clone(),
            Arc::clone(tokens),
            slow_hash.clone(),
        );
        let passwords = PasswordService::new(
            self.store.clone(),
            self.clock(),
            Arc::clone(tokens),
            slow_hash,
        );
        (Arc::new(pairing), Arc::new(passwords))
    }

    /// The ledger, with what was under way when the last gateway ended settled.
    async fn spending(&self) -> Result<Cost, CostError> {
        Cost::load(CostParts {
            store: self.store.clone(),
            config: self.config.clone(),
            clock: self.clock(),
            bus: self.bus.clone(),
            metrics: self.metrics.clone(),
            tasks: self.tasks.clone(),
        })
        .await
    }

    fn providers(&self, options: ProviderOptions, meter: &Arc<dyn Meter>) -> Arc<Providers> {
        let config = self.config.current();
        Arc::new(Providers::from_config(
            &config,
            &config.from_environment,
            self.clock(),
            self.tasks.clone(),
            options,
            Arc::clone(meter),
        ))
    }

    fn memory(&self, meter: Arc<dyn Meter>) -> Memory {
        Memory::new(
            self.store.clone(),
            self.bus.clone(),
            self.clock(),
            self.config.clone(),
            meter,
        )
    }

    fn cron(&self) -> Cron {
        Cron::new(
            self.store.clone(),
            self.bus.clone(),
            self.clock(),
            self.config.clone(),
        )
    }

    /// The files of the folder that the agent works in.
    fn files(&self) -> Result<Files, AppError> {
        let folder = self.data_dir.join("workspace");
        let open = std::fs::create_dir_all(&folder).and_then(|()| Workspace::open(&folder));
        let workspace = open.map_err(|error| AppError::Workspace(folder, error))?;
        Ok(Files::new(
            Arc::new(workspace),
            self.data_dir.join("workspace-trash"),
            self.store.clone(),
            self.bus.clone(),
            self.clock(),
            self.config.clone(),
        ))
    }

    fn doctor(
        &self,
        sources: ConfigSources,
        keeper: &Arc<ConfigKeeper>,
        tokens: &Arc<TokenService>,
        providers: &Arc<Providers>,
        cron: &Cron,
    ) -> Doctor {
        let cron = cron.clone();
        let lag: LagOf = Arc::new(move || {
            let lag = cron.lag();
            SchedulerLag {
                last_start: Duration::from_millis(lag.last_ms),
                waiting: lag.waiting,
                longest_wait: Duration::from_millis(lag.waiting_ms),
            }
        });
        let surroundings = Surroundings {
            whose: Whose::Ours(Arc::default()),
            config: Some(self.config.clone()),
            keeper: Some(Arc::clone(keeper)),
            store: Some(self.store.clone()),
            tokens: Some(Arc::clone(tokens)),
            health: Some(self.health.clone()),
            providers: Some(Arc::clone(providers)),
            scheduler: Some(lag),
            ..Surroundings::of(sources, self.clock())
        };
        Doctor::new(surroundings, self.tasks.clone(), self.bus.clone())
    }

    /// Which models there are, and how their providers are changed.
    fn models(&self, keeper: Arc<ConfigKeeper>, providers: &Arc<Providers>) -> Models {
        let catalogue =
            ModelCatalogue::new(Arc::clone(providers), self.config.clone(), self.clock());
        Models::new(
            Arc::clone(providers),
            ProviderEditor::new(keeper),
            Arc::new(catalogue),
            self.config.clone(),
        )
    }
}
