//! What the checks look at: the same in a running gateway and beside one or without one.

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use crate::{
    clock::Clock,
    config::{Config, ConfigHandle, ConfigKeeper, ConfigSources},
    model::Device,
    providers::Providers,
    security::TokenService,
    store::{Store, StoreError},
    telemetry::Health,
};

/// Where a gateway of this process listens.
#[derive(Clone, Copy, Debug)]
pub struct Listening {
    /// The address really bound.
    pub bound: SocketAddr,
    /// The dashboard is part of the program.
    pub page: bool,
}

/// Which gateway it is about.
#[derive(Clone)]
pub enum Whose {
    /// The one of this process; where it listens is known once it does.
    Ours(Arc<OnceLock<Listening>>),
    /// One that runs in another process, at this address.
    Beside(String),
    /// None runs.
    Nobodys,
}

/// How late the scheduler of jobs is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SchedulerLag {
    /// From the moment that the last job was to begin until it did.
    pub last_start: Duration,
    /// Jobs that are due and wait for a free place.
    pub waiting: usize,
    /// For how long the first of them has waited.
    pub longest_wait: Duration,
}

/// Says how late the scheduler is now.
pub type LagOf = Arc<dyn Fn() -> SchedulerLag + Send + Sync>;

/// What the checks look at.
#[derive(Clone)]
pub struct Surroundings {
    /// Which gateway it is about.
    pub whose: Whose,
    /// The data folder, the environment, the command line.
    pub sources: ConfigSources,
    /// The settings in force; none: they can't be loaded.
    pub config: Option<ConfigHandle>,
    /// Changes them, where a gateway runs in this process.
    pub keeper: Option<Arc<ConfigKeeper>>,
    /// The database; none: it could not be opened.
    pub store: Option<Store>,
    /// Who may come in, where a gateway runs in this process.
    pub tokens: Option<Arc<TokenService>>,
    /// Which components work, where a gateway runs in this process.
    pub health: Option<Health>,
    /// The providers; none: the settings can't be loaded.
    pub providers: Option<Arc<Providers>>,
    /// How late jobs begin; none: no scheduler runs in this process.
    pub scheduler: Option<LagOf>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Surroundings {
    /// Of a data folder of which nothing more is known, and on which no gateway runs.
    pub fn of(sources: ConfigSources, clock: Arc<dyn Clock>) -> Self {
        Self {
            whose: Whose::Nobodys,
            sources,
            config: None,
            keeper: None,
            store: None,
            tokens: None,
            health: None,
            providers: None,
            scheduler: None,
            clock,
        }
    }

    /// The settings in force, or the defaults where there are none.
    pub(super) fn settings(&self) -> Arc<Config> {
        self.config
            .as_ref()
            .map_or_else(Arc::default, ConfigHandle::current)
    }

    /// Where the gateway of this process listens.
    pub(super) fn listening(&self) -> Option<Listening> {
        match &self.whose {
            Whose::Ours(listening) => listening.get().copied(),
            Whose::Beside(_) | Whose::Nobodys => None,
        }
    }

    /// The paired devices; none: the database can't be asked.
    pub(super) async fn devices(&self) -> Result<Option<Vec<Device>>, StoreError> {
        if let Some(tokens) = &self.tokens {
            return Ok(Some(tokens.list()));
        }
        let Some(store) = &self.store else {
            return Ok(None);
        };
        let rows = store.list_tokens().await?;
        Ok(Some(rows.into_iter().map(|row| row.device).collect()))
    }

    /// A path as it may be shown: the user's home is `~`.
    pub(super) fn shown(&self, text: &str) -> String {
        without_home(text, self.sources.env.get("HOME").map(String::as_str))
    }
}

/// Puts `~` in place of the user's home.
pub(super) fn without_home(text: &str, home: Option<&str>) -> String {
    let home = home.map(|home| home.trim_end_matches('/'));
    match home.filter(|home| home.len() > 1) {
        Some(home) => text.replace(home, "~"),
        None => text.to_owned(),
    }
}
