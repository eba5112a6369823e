//! What is spent: the prices that are known, what a call comes to, budgets that hold before a call
//! is sent, and the ledger that says afterwards where the money went.

mod budget;
mod counters;
mod meter;
mod news;
mod price;
mod prices;
mod report;
mod settings;
mod table;
mod tallies;
mod time;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;

pub use price::{Price, Rates};
pub use prices::{KnownPrice, PriceError, PriceRow};
pub use report::{CostReport, Day, Forecast, Group, GroupBy, LimitState, Query, Unpriced};
pub use settings::{BudgetChange, BudgetEditError};
pub use table::{PriceTable, PriceTableError, Seller};
pub use tallies::Totals;
pub use time::Span;

pub use crate::store::CallFilter;

use crate::{
    clock::Clock,
    config::{Config, ConfigHandle, ConfigKeeper},
    model::{CallRecord, Cursor, TurnId},
    store::{CostRange, Dimension, Store, StoreError},
    tasks::Tasks,
    telemetry::{Bus, Metrics},
};
use budget::Rules;
use counters::Counters;
use news::News;
use prices::Prices;
use tallies::Tallies;

/// Why the ledger could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum CostError {
    /// The packaged prices are broken.
    #[error(transparent)]
    Prices(#[from] PriceTableError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the ledger works with.
#[derive(Clone)]
pub struct CostParts {
    /// The database.
    pub store: Store,
    /// Settings.
    pub config: ConfigHandle,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where news goes.
    pub bus: Bus,
    /// Counters.
    pub metrics: Metrics,
    /// Where work runs.
    pub tasks: Tasks,
}

struct Inner {
    parts: CostParts,
    prices: Prices,
    /// The budgets of the configuration that they were read from.
    rules: ArcSwap<(Arc<Config>, Arc<Rules>)>,
    /// What is spent of each budget, and what is set aside.
    counters: Mutex<Counters>,
    /// What turns and everything used, as far as it is settled.
    tallies: Mutex<Tallies>,
    news: News,
}

/// The ledger and its budgets. Clones share them.
#[derive(Clone)]
pub struct Cost {
    inner: Arc<Inner>,
}

impl Cost {
    /// Opens the ledger. What was under way when the last gateway ended is settled as
    /// interrupted. Only for the process that holds the data folder.
    pub async fn load(parts: CostParts) -> Result<Self, CostError> {
        let interrupted = parts.store.settle_interrupted_calls().await?;
        if interrupted > 0 {
            tracing::warn!(
                interrupted,
                "calls of models were under way when the gateway ended: what they cost is not known"
            );
        }
        let prices = Prices::load(parts.config.clone(), &parts.store).await?;
        let all = [CostRange {
            bucket: 0,
            grain: time::DAY,
            from: 0,
            until: i64::MAX,
        }];
        let mut tallies = Tallies::default();
        for (_, _, sum) in parts.store.sum_costs(Dimension::Origin, &all, None).await? {
            tallies.totals.add(&sum);
        }
        let config = parts.config.current();
        let rules = Arc::new(Rules::of(&config));
        Ok(Self {
            inner: Arc::new(Inner {
                prices,
                rules: ArcSwap::from_pointee((config, rules)),
                counters: Mutex::default(),
                tallies: Mutex::new(tallies),
                news: News::default(),
                parts,
            }),
        })
    }

    /// Starts to tell of what is spent.
    pub fn begin(&self, tasks: &Tasks) {
        let (cost, tasks_there) = (self.clone(), tasks.clone());
        drop(tasks.spawn("cost news", async move {
            cost.tell(tasks_there.stopping()).await;
        }));
    }

    /// Takes up a turn after a restart: what its calls used before counts to its sum.
    pub async fn resume_turn(&self, turn: TurnId) -> Result<(), StoreError> {
        let (sum, known) = self.inner.parts.store.sum_turn_calls(turn).await?;
        self.inner.lock_tallies().resume(turn, &sum, known);
        Ok(())
    }

    /// What the calls of a turn cost so far; none: not known, or one of them is under way.
    pub fn turn_cost(&self, turn: TurnId) -> Option<crate::model::MicroUsd> {
        self.inner.lock_tallies().cost_of(turn)
    }

    /// Tokens that the calls of a turn used before the gateway was started.
    pub fn earlier_usage(&self, turn: TurnId) -> crate::model::Usage {
        self.inner.lock_tallies().earlier_usage(turn)
    }

    /// A turn has ended.
    pub fn forget_turn(&self, turn: TurnId) {
        self.inner.lock_tallies().forget(turn);
    }

    /// What everything used, since the beginning.
    pub fn totals(&self) -> Totals {
        self.inner.lock_tallies().totals
    }

    /// Rows of the ledger, the newest first.
    pub async fn records(
        &self,
        filter: &CallFilter,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Vec<CallRecord>, StoreError> {
        self.inner
            .parts
            .store
            .list_calls(filter, after, limit)
            .await
    }

    /// The stretch of time that these days of the owner's take; the last one is part of it.
    pub fn days(&self, first: jiff::civil::Date, last: jiff::civil::Date) -> Span {
        let zone = self.inner.parts.config.current().owner.zone();
        Span {
            from: time::start_of(&zone, first),
            until: time::start_of(&zone, last.tomorrow().unwrap_or(last)),
        }
    }

    /// Today, where the owner is.
    pub fn today(&self) -> jiff::civil::Date {
        let zone = self.inner.parts.config.current().owner.zone();
        time::date_of(&zone, self.inner.parts.clock.now())
    }

    /// Changes the budgets in `config.toml`.
    pub async fn change_budgets(
        &self,
        keeper: &Arc<ConfigKeeper>,
        change: BudgetChange,
    ) -> Result<(), BudgetEditError> {
        settings::change(keeper, change).await
    }

    /// Prices in force: its owner's own, and those of the models that were used or are configured.
    pub async fn prices(&self) -> Result<Vec<PriceRow>, StoreError> {
        let parts = &self.inner.parts;
        let used = report::models_used(&parts.store).await?;
        Ok(self.inner.prices.list(&used, parts.clock.now()))
    }

    /// The day up to which the packaged prices are known to hold.
    pub fn prices_as_of(&self) -> jiff::civil::Date {
        self.inner.prices.as_of()
    }

    /// The price of a model now.
    pub fn price(&self, provider: &str, model: &str) -> Option<KnownPrice> {
        let now = self.inner.parts.clock.now();
        self.inner.prices.find(provider, &[model], now)
    }

    /// Puts its owner's own prices in the place of those there were. They hold for the next call.
    pub async fn set_prices(
        &self,
        prices: Vec<crate::model::CustomPrice>,
    ) -> Result<(), PriceError> {
        let parts = &self.inner.parts;
        self.inner
            .prices
            .replace(&parts.store, prices, parts.clock.now())
            .await
    }
}

impl Inner {
    fn lock_tallies(&self) -> MutexGuard<'_, Tallies> {
        self.tallies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_counters(&self) -> MutexGuard<'_, Counters> {
        self.counters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The budgets in force.
    fn rules(&self) -> Arc<Rules> {
        let config = self.parts.config.current();
        let known = self.rules.load();
        if Arc::ptr_eq(&known.0, &config) {
            return Arc::clone(&known.1);
        }
        let rules = Arc::new(Rules::of(&config));
        self.rules.store(Arc::new((config, Arc::clone(&rules))));
        rules
    }
}
