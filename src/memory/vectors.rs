//! Vectors of memories, made in the background by the configured embedding model, and the
//! memories nearest to a text. Without one, or while it fails, words alone find memories.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::Notify;

use crate::{
    config::{Config, ConfigHandle},
    providers::{Embedder, Meter, ProviderError, embedder},
    store::{Store, StoreError, VectorBudget, VectorRow},
    tasks::Tasks,
};

/// Entries embedded in one call.
const BATCH: u32 = 32;
/// Characters of an entry that are embedded: models cut what is longer, or refuse it.
const EMBEDDED_CHARS: usize = 6000;
/// Looks for entries without a vector at least so often.
const EVERY: Duration = Duration::from_secs(60);
/// After a failure the next try waits so long, and each further one twice as long…
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// … up to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);
/// Cosine below which a memory is not near.
const NEAR: f32 = 0.35;
/// What a search among vectors may cost.
const BUDGET: VectorBudget = VectorBudget {
    vectors: 20_000,
    time: Duration::from_millis(150),
};
/// Texts whose vectors are kept for the next search: typing asks for the same again.
const REMEMBERED: usize = 32;

type Slot = Option<(
    Arc<Config>,
    Result<Option<Arc<dyn Embedder>>, Arc<ProviderError>>,
)>;

/// A text that was looked for: the model, the text, its vector.
type KnownText = (String, String, Arc<[f32]>);

/// The vectors.
pub(super) struct Vectors {
    store: Store,
    config: ConfigHandle,
    meter: Arc<dyn Meter>,
    work: Notify,
    slot: Mutex<Slot>,
    failure: Mutex<Option<String>>,
    texts: Mutex<VecDeque<KnownText>>,
}

impl Vectors {
    pub(super) fn new(store: Store, config: ConfigHandle, meter: Arc<dyn Meter>) -> Self {
        Self {
            store,
            config,
            meter,
            work: Notify::new(),
            slot: Mutex::default(),
            failure: Mutex::default(),
            texts: Mutex::default(),
        }
    }

    /// Says that there may be entries without a vector.
    pub(super) fn wake(&self) {
        self.work.notify_one();
    }

    /// The embedder of the configuration in force.
    pub(super) fn embedder(&self) -> Result<Option<Arc<dyn Embedder>>, Arc<ProviderError>> {
        let config = self.config.current();
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((made_of, made)) = slot.as_ref()
            && Arc::ptr_eq(made_of, &config)
        {
            return made.clone();
        }
        let made = embedder(&config, &self.meter).map_err(Arc::new);
        if let Err(error) = &made {
            tracing::warn!(%error, "memories are found by words alone");
        }
        *slot = Some((config, made.clone()));
        made
    }

    /// Why the last batch could not be embedded.
    pub(super) fn failure(&self) -> Option<String> {
        let failure = self.failure.lock();
        failure.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Rows of the entries nearest to `text`, nearest first; none where no model is configured,
    /// or it takes longer than `patience`, or fails.
    pub(super) async fn nearest(&self, text: &str, limit: usize, patience: Duration) -> Vec<i64> {
        let Ok(Some(embedder)) = self.embedder() else {
            return Vec::new();
        };
        let text = cut(text.trim());
        if text.chars().count() < 3 {
            return Vec::new();
        }
        let near = async {
            let vector = self.vector_of(embedder.as_ref(), text).await?;
            let found = self
                .store
                .nearest_memories(embedder.name(), &vector, BUDGET, limit)
                .await;
            found.map_err(Trouble::Store)
        };
        match tokio::time::timeout(patience, near).await {
            Ok(Ok(found)) => found
                .into_iter()
                .filter(|(_, cosine)| *cosine >= NEAR)
                .map(|(row, _)| row)
                .collect(),
            Ok(Err(trouble)) => {
                tracing::warn!(%trouble, "a search went by words alone");
                Vec::new()
            }
            Err(_) => {
                tracing::debug!("the vector of a search came too late");
                Vec::new()
            }
        }
    }

    async fn vector_of(&self, embedder: &dyn Embedder, text: &str) -> Result<Arc<[f32]>, Trouble> {
        if let Some(known) = self.known(embedder.name(), text) {
            return Ok(known);
        }
        let mut vectors = embedder.embed(&[text.to_owned()]).await?.vectors;
        let vector: Arc<[f32]> = vectors.pop().unwrap_or_default().into();
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if texts.len() >= REMEMBERED {
            texts.pop_front();
        }
        let (model, text) = (embedder.name().to_owned(), text.to_owned());
        texts.push_back((model, text, Arc::clone(&vector)));
        Ok(vector)
    }

    fn known(&self, model: &str, text: &str) -> Option<Arc<[f32]>> {
        let texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        texts
            .iter()
            .find(|(of, one, _)| of == model && one == text)
            .map(|(_, _, vector)| Arc::clone(vector))
    }

    /// Makes vectors of what has none, until the gateway stops.
    pub(super) async fn keep_up(self: Arc<Self>, tasks: Tasks) {
        let mut pause = FIRST_PAUSE;
        loop {
            let wait = match self.catch_up(&tasks).await {
                Ok(()) => {
                    self.note(None);
                    pause = FIRST_PAUSE;
                    EVERY
                }
                Err(trouble) => {
                    tracing::warn!(%trouble, "memories could not be embedded");
                    self.note(Some(trouble.to_string()));
                    let wait = pause;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    wait
                }
            };
            let woken = async {
                if wait == EVERY {
                    self.work.notified().await;
                } else {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                () = tasks.stopping().cancelled() => return,
                () = tokio::time::sleep(wait) => {}
                () = woken => {}
            }
        }
    }

    fn note(&self, failure: Option<String>) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = failure;
    }

    async fn catch_up(&self, tasks: &Tasks) -> Result<(), Trouble> {
        let Ok(Some(embedder)) = self.embedder() else {
            return Ok(());
        };
        while !tasks.stopping().is_cancelled() {
            let entries = self.store.list_unembedded(embedder.name(), BATCH).await?;
            if entries.is_empty() {
                return Ok(());
            }
            let texts: Vec<String> = entries
                .iter()
                .map(|entry| cut(&format!("{}\n{}", entry.key, entry.content)).to_owned())
                .collect();
            let vectors = tokio::select! {
                () = tasks.stopping().cancelled() => return Ok(()),
                made = embedder.embed(&texts) => made?.vectors,
            };
            let rows = entries
                .iter()
                .zip(vectors)
                .map(|(entry, vector)| VectorRow {
                    entry: entry.row,
                    version: entry.version,
                    vector,
                })
                .collect();
            let model = embedder.name().to_owned();
            self.store.put_vectors(model, rows).await?;
        }
        Ok(())
    }
}

#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Provider(#[from] ProviderError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn cut(text: &str) -> &str {
    let end = text.char_indices().nth(EMBEDDED_CHARS).map(|(end, _)| end);
    text.get(..end.unwrap_or(text.len())).unwrap_or(text)
}
