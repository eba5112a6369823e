//! What the agent remembers: entries that its owner, the agent and the gateway write; looking for
//! them; and choosing those that the model is shown. SQL and the full text live in `store`.

mod autosave;
mod bulk;
mod checks;
mod entries;
mod judge;
mod keeping;
mod ranking;
mod recall;
mod search;
mod snippet;
mod tools;
mod vectors;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use bulk::{BulkAct, BulkFailure, BulkResult};
pub use checks::{MAX_CATEGORY_CHARS, MAX_KEY_CHARS, RESERVED_KEYS};
pub use entries::{Draft, MemoryFilter, MemoryStats, Stored, Writer};
pub use recall::{Recalled, estimate_tokens};
pub use search::Found;
pub use snippet::{MATCH_END, MATCH_START, Parts, snippet};

pub use crate::store::{MemoryPatch, VectorCount};

use crate::{
    clock::Clock,
    config::ConfigHandle,
    model::{BusEvent, MemoryChanged, MemoryVerb},
    providers::Meter,
    store::{Store, StoreError},
    telemetry::Bus,
};
use vectors::Vectors;

/// Keys named in one piece of news; more than these are not named at all.
const NAMED_KEYS: usize = 20;

/// Why something could not be done with memories. `Display` is safe to show.
#[derive(Debug, thiserror::Error)]
pub enum MemoryError {
    /// The key can't be kept.
    #[error(
        "a key is 1 to {MAX_KEY_CHARS} characters without \"/\", control characters and space at \
         its ends, and neither \".\" nor \"..\""
    )]
    Key,
    /// The key is a route's.
    #[error("the keys {} are taken by routes; choose another", RESERVED_KEYS.join(", "))]
    Reserved,
    /// There is nothing to remember.
    #[error("there is nothing in it to remember")]
    Empty,
    /// It can't be kept.
    #[error("text to remember has no NUL character in it")]
    Nul,
    /// It is too long.
    #[error("a memory is at most {0} bytes long (memory.max_entry_bytes)")]
    TooLong(usize),
    /// The category can't be kept.
    #[error(
        "a category is core, daily, conversation, or a name of 1 to {MAX_CATEGORY_CHARS} letters, \
         digits, spaces and . _ -"
    )]
    Category,
    /// The key is taken.
    #[error("there is a memory with this key already")]
    Exists,
    /// There is no such entry.
    #[error("there is no such memory")]
    Missing,
    /// There is no such version, or no longer.
    #[error("there is no such version of this memory")]
    NoVersion,
    /// It has another version by now.
    #[error("this memory was changed meanwhile: it is at version {0} now")]
    Changed(u32),
    /// There is no room.
    #[error("there are {0} memories already, as many as memory.max_entries allows")]
    Full(u64),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A count, and how often it has been made void.
#[derive(Clone, Copy, Default)]
struct Total {
    known: Option<u64>,
    voided: u64,
}

struct Inner {
    store: Store,
    bus: Bus,
    clock: Arc<dyn Clock>,
    config: ConfigHandle,
    vectors: Arc<Vectors>,
    /// How many entries there are, while that is known: every turn asks.
    total: Mutex<Total>,
}

/// The memory. Clones share it.
#[derive(Clone)]
pub struct Memory {
    inner: Arc<Inner>,
}

impl Memory {
    /// Over this database. What vectors cost goes through `meter`.
    pub fn new(
        store: Store,
        bus: Bus,
        clock: Arc<dyn Clock>,
        config: ConfigHandle,
        meter: Arc<dyn Meter>,
    ) -> Self {
        let vectors = Arc::new(Vectors::new(store.clone(), config.clone(), meter));
        Self {
            inner: Arc::new(Inner {
                store,
                bus,
                clock,
                config,
                vectors,
                total: Mutex::default(),
            }),
        }
    }

    /// How many entries there are.
    async fn total(&self) -> Result<u64, StoreError> {
        let before = *self.lock_total();
        if let Some(known) = before.known {
            return Ok(known);
        }
        let count = self.inner.store.count_all_memories().await?;
        let mut total = self.lock_total();
        // A write that came meanwhile may or may not be in the count.
        if total.voided == before.voided {
            total.known = Some(count);
        }
        Ok(count)
    }

    fn void_total(&self) {
        let mut total = self.lock_total();
        total.known = None;
        total.voided += 1;
    }

    fn lock_total(&self) -> MutexGuard<'_, Total> {
        self.inner
            .total
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, verb: MemoryVerb, mut keys: Vec<String>) {
        if keys.is_empty() {
            return;
        }
        if keys.len() > NAMED_KEYS {
            keys.clear();
        }
        self.void_total();
        self.inner.vectors.wake();
        let news = MemoryChanged { keys, change: verb };
        self.inner.bus.publish(&BusEvent::MemoryChanged(news));
    }
}
