//! What the agent did, in figures, and its turns in one line each.

use super::{Agent, AgentError};
use crate::{
    model::{ActivitySum, DatabaseFacts, Timestamp, TurnQuery, TurnSummary},
    store::Store,
};

impl Agent {
    /// What ended from `from` on, in so many stretches of `width_ms`.
    pub async fn activity(
        &self,
        from: Timestamp,
        width_ms: i64,
        stretches: usize,
    ) -> Result<Vec<ActivitySum>, AgentError> {
        let store = &self.inner.parts.store;
        let count = i64::try_from(stretches).unwrap_or(i64::MAX);
        let span = width_ms.saturating_mul(count);
        let until = Timestamp::from_millis(from.as_millis().saturating_add(span));
        let mut sums = vec![ActivitySum::default(); stretches];
        for (place, sum) in store.sum_activity(from, until, width_ms).await? {
            if let Some(slot) = sums.get_mut(place) {
                *slot = sum;
            }
        }
        Ok(sums)
    }

    /// What ended from `from` until before `until`, all together.
    pub async fn activity_between(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<ActivitySum, AgentError> {
        let store = &self.inner.parts.store;
        let span = until.as_millis().saturating_sub(from.as_millis());
        let sums = store.sum_activity(from, until, span).await?;
        Ok(sums
            .into_iter()
            .next()
            .map(|(_, sum)| sum)
            .unwrap_or_default())
    }

    /// How large the database is, and of which versions.
    pub async fn database(&self) -> Result<DatabaseFacts, AgentError> {
        let store = &self.inner.parts.store;
        Ok(DatabaseFacts {
            bytes: store.size_bytes().await?,
            sqlite_version: store.sqlite_version().await?,
            schema_version: Store::schema_version(),
        })
    }

    /// Messages that wait for the turns before them.
    pub fn waiting(&self) -> usize {
        self.inner.queues.waiting()
    }

    /// Turns in one line each, the newest first.
    pub async fn list_turns(&self, query: &TurnQuery) -> Result<Vec<TurnSummary>, AgentError> {
        let parts = &self.inner.parts;
        let now = parts.clock.now();
        Ok(parts.store.list_turn_summaries(query, now).await?)
    }
}
