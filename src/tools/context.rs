//! What a call is told besides its arguments.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    clock::Clock,
    config::Config,
    model::{SessionId, Timestamp, TurnId},
};

/// What a call is told besides its arguments.
#[derive(Clone)]
pub struct ToolContext {
    /// The conversation.
    pub session_id: SessionId,
    /// The turn.
    pub turn_id: TurnId,
    /// The call within the turn.
    pub call_id: String,
    /// The settings in force when the call began.
    pub config: Arc<Config>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Cancelled when the call is to end.
    pub cancel: CancellationToken,
    /// Where lines of output go while the call is under way.
    pub progress: Progress,
}

impl ToolContext {
    /// The call of a try-out, which belongs to no conversation.
    pub const TRY: &str = "try";

    /// Whether its owner only tries the tool out.
    pub fn is_try(&self) -> bool {
        self.call_id == Self::TRY
    }

    /// The current time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// Lines of output that somebody may watch while a call is under way. Whoever watches too slowly
/// misses some; the whole output comes with the result.
#[derive(Clone, Debug, Default)]
pub struct Progress(Option<mpsc::Sender<String>>);

impl Progress {
    /// Lines that may wait for the watcher.
    const WAITING: usize = 256;

    /// A progress and its watcher's end. The lines are as the tool wrote them: mask them
    /// before they are shown.
    pub fn watched() -> (Self, mpsc::Receiver<String>) {
        let (sender, receiver) = mpsc::channel(Self::WAITING);
        (Self(Some(sender)), receiver)
    }

    /// Tells a line.
    pub fn line(&self, line: &str) {
        if let Some(sender) = &self.0
            && sender.try_send(line.to_owned()).is_err()
        {
            tracing::trace!("a line of progress had no room");
        }
    }
}
