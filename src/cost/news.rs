//! What is told of spending: at most a few times a second, however many calls are settled.

use std::{
    collections::HashSet,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::Cost;
use crate::model::{BusEvent, CostUpdate};

/// News comes at least so long after the news before it.
const PAUSE: Duration = Duration::from_millis(350);
/// Models that were said to have no known price, at most.
const MOST_NAMED: usize = 500;

/// What is to be told.
#[derive(Debug, Default)]
pub(super) struct News {
    calls: AtomicU64,
    unpriced: AtomicU64,
    wake: Notify,
    named: Mutex<HashSet<(String, String)>>,
}

impl News {
    /// A call was settled.
    pub(super) fn settled(&self, unpriced: bool) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.unpriced
            .fetch_add(u64::from(unpriced), Ordering::Relaxed);
        self.wake.notify_one();
    }

    /// Says once that the price of a model is not known.
    pub(super) fn unpriced(&self, provider: &str, model: &str) {
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        if named.len() < MOST_NAMED && named.insert((provider.to_owned(), model.to_owned())) {
            tracing::info!(
                provider,
                model,
                "the price of this model is not known: no budget counts it"
            );
        }
    }
}

impl Cost {
    /// Tells of what is spent until the gateway stops.
    pub(super) async fn tell(&self, stopping: &CancellationToken) {
        loop {
            tokio::select! {
                () = stopping.cancelled() => return,
                () = self.inner.news.wake.notified() => {}
            }
            let (day, month) = self.day_and_month().await;
            let news = &self.inner.news;
            let update = CostUpdate {
                daily_cost_usd: day,
                monthly_cost_usd: month,
                calls: news.calls.swap(0, Ordering::Relaxed),
                unpriced_calls: news.unpriced.swap(0, Ordering::Relaxed),
            };
            self.inner.parts.bus.publish(&BusEvent::CostUpdate(update));
            tokio::select! {
                () = stopping.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }
}
