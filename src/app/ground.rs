//! What every service stands on.

use std::{path::PathBuf, sync::Arc};

use crate::{
    clock::Clock,
    config::{Config, ConfigHandle},
    store::{Store, StoreError},
    tasks::Tasks,
    telemetry::{Bus, Health, Metrics},
};

/// Settings, time, tasks, database and news: what nearly every service is built from.
#[derive(Clone)]
pub(super) struct Ground {
    pub(super) config: ConfigHandle,
    /// The folder that holds everything.
    pub(super) data_dir: PathBuf,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) tasks: Tasks,
    pub(super) store: Store,
    pub(super) bus: Bus,
    pub(super) metrics: Metrics,
    pub(super) health: Health,
}

impl Ground {
    /// Opens the database at `database`.
    pub(super) async fn lay(
        config: Config,
        (data_dir, database): (PathBuf, PathBuf),
        clock: Arc<dyn Clock>,
        tasks: Tasks,
    ) -> Result<Self, StoreError> {
        let metrics = Metrics::new(config.observability.prometheus);
        let store = Store::open(&database, metrics.clone()).await?;
        let bus = Bus::new(Arc::clone(&clock));
        let health = Health::new(bus.clone());
        Ok(Self {
            config: ConfigHandle::new(config),
            data_dir,
            clock,
            tasks,
            store,
            bus,
            metrics,
            health,
        })
    }

    pub(super) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }
}
