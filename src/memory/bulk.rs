//! The same done to many entries at once, in one transaction.

use super::{Memory, MemoryError, Writer, checks, entries::stored};
use crate::{
    model::MemoryVerb,
    store::{MemoryAct, MemoryPatch},
};

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BulkAct {
    /// Put them into the bin.
    Delete,
    /// Take them out of the bin.
    Restore,
    /// Pin them, or not.
    Pin(bool),
    /// Put them into this category.
    Categorize(String),
}

/// An entry to which it could not be done.
#[derive(Debug)]
pub struct BulkFailure {
    /// The entry.
    pub key: String,
    /// Why.
    pub error: MemoryError,
}

/// What became of it.
#[derive(Debug, Default)]
pub struct BulkResult {
    /// Entries that are now as was wanted.
    pub done: Vec<String>,
    /// The others.
    pub failed: Vec<BulkFailure>,
}

impl Memory {
    /// Does the same to many entries.
    pub async fn bulk(
        &self,
        keys: Vec<String>,
        act: BulkAct,
        writer: &Writer,
    ) -> Result<BulkResult, MemoryError> {
        let (act, verb) = match act {
            BulkAct::Delete => (MemoryAct::Delete, MemoryVerb::Deleted),
            BulkAct::Restore => (MemoryAct::Restore(None), MemoryVerb::Restored),
            BulkAct::Pin(pinned) => {
                let patch = MemoryPatch {
                    pinned: Some(pinned),
                    ..MemoryPatch::default()
                };
                (MemoryAct::Edit(patch), MemoryVerb::Pinned)
            }
            BulkAct::Categorize(name) => {
                let patch = MemoryPatch {
                    category: Some(checks::category(&name)?),
                    ..MemoryPatch::default()
                };
                (MemoryAct::Edit(patch), MemoryVerb::Edited)
            }
        };
        let writes = keys
            .iter()
            .map(|key| self.act(key.clone(), act.clone(), writer, None))
            .collect();
        let max = self.inner.config.current().memory.max_entries;
        let outcomes = self.inner.store.write_memories(writes, max).await?;
        let mut result = BulkResult::default();
        let mut changed = Vec::new();
        for (key, outcome) in keys.into_iter().zip(outcomes) {
            match stored(outcome, max) {
                Ok(stored) => {
                    if stored.change.is_some() {
                        changed.push(key.clone());
                    }
                    result.done.push(key);
                }
                Err(error) => result.failed.push(BulkFailure { key, error }),
            }
        }
        self.tell(verb, changed);
        Ok(result)
    }
}
