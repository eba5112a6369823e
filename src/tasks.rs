//! The one place that spawns: every background task has a name, hears the stop signal, and is
//! waited for when the process ends.

use std::{future::Future, time::Duration};

use tokio::task::JoinHandle;
use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};
use tracing::Instrument as _;

/// Spawns tasks and stops them together. Clones share one set.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    stop: CancellationToken,
    tracker: TaskTracker,
}

impl Tasks {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs `work` until it ends. It should watch [`Tasks::stopping`].
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that may spawn"
    )]
    pub fn spawn<F>(&self, name: &'static str, work: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        tokio::spawn(
            self.tracker
                .track_future(work.instrument(tracing::debug_span!("task", name))),
        )
    }

    /// Held by work that was not spawned here (an upgraded socket) so that a stop waits for it.
    pub fn token(&self) -> TaskTrackerToken {
        self.tracker.token()
    }

    /// The signal that the process is about to stop.
    pub fn stopping(&self) -> &CancellationToken {
        &self.stop
    }

    /// Tells every task to stop.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Waits for all tasks, at most `deadline`; `true` when all of them ended.
    pub async fn drain(&self, deadline: Duration) -> bool {
        self.tracker.close();
        tokio::time::timeout(deadline, self.tracker.wait())
            .await
            .is_ok()
    }
}
