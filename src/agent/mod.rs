//! The agent's door. [`Agent::start`] is the only way to make it work; whatever the dialect, a
//! message becomes a [`TurnRequest`] and its answer is read from the turn's journal.

mod accept;
mod activity;
mod asking;
mod calls;
mod change;
mod ending;
mod export;
mod follow;
mod guard;
mod history;
mod journal;
mod live;
mod messages;
mod model_call;
mod models;
mod prompt;
mod queue;
mod recovery;
mod runner;
mod sessions;
mod steps;
mod summary;
mod tell;
mod trace;

use std::{sync::Arc, time::Duration};

pub use accept::{Replacement, TurnRequest};
pub use follow::TurnReader;
pub use live::{EventFrame, TurnOutcome};

pub use crate::memory::{MATCH_END, MATCH_START};
pub use crate::providers::{
    EditError, KINDS, KeyState, KindFacts, KnownProvider, KnownServer, Offer, ProbeError,
    ProbeReason, Probed, ProviderChange, ProviderSource, SERVERS, Selected,
};
pub use crate::store::SessionList;
pub use export::ExportFormat;
pub use messages::{MessageView, SearchResult, Side};
pub use models::{Models, TryError};
pub use sessions::{Sessions, SessionsError};
pub use tell::Told;

use crate::{
    approvals::Approvals,
    clock::Clock,
    config::ConfigHandle,
    cost::Cost,
    crypto,
    memory::Memory,
    model::{Attachment, SessionId, Turn, TurnId},
    providers::Providers,
    store::{Store, StoreError},
    tasks::Tasks,
    telemetry::{Bus, Metrics},
    tools::Registry,
    workspace::Files,
};
use live::LiveTurn;
use queue::Queues;

/// Messages that may wait in one session.
pub const QUEUE_LIMIT: usize = 8;
/// Messages with keys that can be accepted at once.
const CLAIMS: usize = 64;

/// What became of a message.
#[derive(Clone, Debug)]
pub enum Started {
    /// A turn was made for it.
    New(TurnHandle),
    /// The same message was accepted before, under the same key.
    Duplicate(TurnId),
}

/// A turn that was accepted.
#[derive(Clone, Debug)]
pub struct TurnHandle {
    live: Arc<LiveTurn>,
    store: Store,
    /// How many turns of its session come before it.
    pub position: usize,
}

/// Why a message was not accepted, or a turn not found. `Display` is safe to show.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// There is nothing in it.
    #[error("the message is empty")]
    Empty,
    /// It can't be kept.
    #[error("the message {0}")]
    Message(&'static str),
    /// The key can't be kept.
    #[error("an idempotency key is 1 to 255 printable characters")]
    Key,
    /// The key was used for another message.
    #[error("this idempotency key was used for another message; use a fresh one for each")]
    KeyReused,
    /// Too much waits already.
    #[error("{QUEUE_LIMIT} messages wait in this session already; withdraw one, or wait")]
    QueueFull,
    /// The gateway is about to stop.
    #[error("the gateway is about to stop; try again in a moment")]
    Stopping,
    /// There is no such turn.
    #[error("there is no such turn")]
    NoTurn,
    /// The turn has ended.
    #[error("the turn has ended already")]
    Ended,
    /// Things do not stand so that it could be done.
    #[error("{0}")]
    Conflict(&'static str),
    /// A bug: the log says which.
    #[error("something went wrong here")]
    Broken,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the agent works with.
#[derive(Clone)]
pub struct AgentParts {
    /// The database.
    pub store: Store,
    /// The models.
    pub providers: Arc<Providers>,
    /// Where news goes.
    pub bus: Bus,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where work runs.
    pub tasks: Tasks,
    /// What is remembered.
    pub memory: Memory,
    /// Its files.
    pub files: Files,
    /// Settings.
    pub config: ConfigHandle,
    /// Counters.
    pub metrics: Metrics,
    /// What is spent.
    pub cost: Cost,
    /// What it can do besides talk.
    pub tools: Arc<Registry>,
    /// What it asks its owner first.
    pub approvals: Approvals,
}

struct Inner {
    parts: AgentParts,
    queues: Queues,
    /// Messages whose keys fall on one of these are accepted one after the other.
    claims: [tokio::sync::Mutex<()>; CLAIMS],
}

impl Inner {
    fn claims(&self, key: &str) -> &tokio::sync::Mutex<()> {
        let [place, ..] = crypto::sha256(key.as_bytes());
        let [first, ..] = &self.claims;
        self.claims
            .get(usize::from(place) % CLAIMS)
            .unwrap_or(first)
    }
}

/// The agent. Clones share it.
#[derive(Clone)]
pub struct Agent {
    inner: Arc<Inner>,
}

impl Agent {
    /// An agent with nothing to do. Call [`Agent::recover`] before the first message.
    pub fn new(parts: AgentParts) -> Self {
        Self {
            inner: Arc::new(Inner {
                parts,
                queues: Queues::default(),
                claims: std::array::from_fn(|_| tokio::sync::Mutex::default()),
            }),
        }
    }

    /// A turn, as far as it has come.
    pub async fn find(&self, id: TurnId) -> Result<Option<Turn>, AgentError> {
        Ok(self.inner.parts.store.find_turn(id).await?)
    }

    /// One file of a turn; its places count from 0.
    pub async fn attachment(
        &self,
        id: TurnId,
        place: u32,
    ) -> Result<Option<Attachment>, AgentError> {
        Ok(self.inner.parts.store.find_attachment(id, place).await?)
    }

    /// How many turns of its session come before this one; none when it does not wait.
    pub fn position(&self, id: TurnId) -> Option<usize> {
        self.inner.queues.position(id)
    }

    /// Turns under way now.
    pub fn active(&self) -> usize {
        self.inner.queues.running()
    }

    /// Sessions with a turn under way now.
    pub fn active_sessions(&self) -> usize {
        self.inner.queues.sessions()
    }

    /// Reads a turn's events after `after_seq`: those there are, then those that come.
    pub async fn follow(&self, id: TurnId, after_seq: u32) -> Result<TurnReader, AgentError> {
        if let Some(live) = self.inner.queues.find(id) {
            let store = self.inner.parts.store.clone();
            return Ok(TurnReader::live(&live, store, after_seq));
        }
        let turn = self.find(id).await?.ok_or(AgentError::NoTurn)?;
        // It may have ended between the two looks: its journal is complete then.
        Ok(TurnReader::stored(
            self.inner.parts.store.clone(),
            &turn,
            after_seq,
        ))
    }

    /// Stops a turn, or withdraws it when it still waits. Returns at once; the turn's last event
    /// says when it is over.
    pub async fn cancel(&self, id: TurnId) -> Result<(), AgentError> {
        if let Some(waiting) = self.inner.queues.withdraw(id) {
            let inner = Arc::clone(&self.inner);
            let work = async move {
                runner::withdraw(&inner, &waiting).await;
                Ok(())
            };
            return self.see_through("withdraw", work).await;
        }
        if let Some(live) = self.inner.queues.find(id) {
            live.cancel.cancel();
            return Ok(());
        }
        match self.find(id).await? {
            Some(_) => Err(AgentError::Ended),
            None => Err(AgentError::NoTurn),
        }
    }

    /// Stops and withdraws everything in a session.
    pub async fn cancel_session(&self, session: &SessionId) {
        for id in self.inner.queues.turns_of(session) {
            if let Err(error) = self.cancel(id).await {
                tracing::debug!(%error, turn = %id, "the turn ended by itself");
            }
        }
    }

    /// Waits until the turn has ended, at most `patience`, and not beyond the gateway's stop.
    pub async fn wait(&self, handle: &TurnHandle, patience: Duration) -> Option<TurnOutcome> {
        let stopping = self.inner.parts.tasks.stopping();
        tokio::select! {
            outcome = handle.live.outcome() => Some(outcome),
            () = tokio::time::sleep(patience) => None,
            () = stopping.cancelled() => None,
        }
    }

    /// Waits until a turn has ended, at most `patience`.
    pub async fn settled(&self, id: TurnId, patience: Duration) {
        if let Some(live) = self.inner.queues.find(id) {
            let _still_running = tokio::time::timeout(patience, live.outcome()).await;
        }
    }

    /// The provider and model in use.
    pub fn selected(&self) -> Selected {
        self.inner.parts.providers.current()
    }

    /// Does `work` to its end though its caller may leave: a handler is dropped with its
    /// connection, and half an acceptance would be a turn that nobody runs.
    async fn see_through<T: Send + 'static>(
        &self,
        name: &'static str,
        work: impl Future<Output = Result<T, AgentError>> + Send + 'static,
    ) -> Result<T, AgentError> {
        match self.inner.parts.tasks.spawn(name, work).await {
            Ok(result) => result,
            Err(error) => {
                tracing::error!(%error, name, "the agent's work broke off");
                Err(AgentError::Broken)
            }
        }
    }
}

impl TurnHandle {
    /// Names the turn.
    pub fn turn_id(&self) -> TurnId {
        self.live.job.id
    }

    /// Its session.
    pub fn session_id(&self) -> &SessionId {
        &self.live.job.session_id
    }

    /// Reads its events from the first.
    pub fn follow(&self) -> TurnReader {
        TurnReader::live(&self.live, self.store.clone(), 0)
    }
}
