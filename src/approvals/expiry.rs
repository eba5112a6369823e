//! Requests lapse. The clock is looked at again and again instead of a timer being set: a machine
//! that slept, or a clock that was put right, makes a request neither live for ever nor die early.

use std::time::Duration;

use super::Approvals;
use crate::{model::ApprovalId, tasks::Tasks};

/// How often the clock is looked at.
const LOOK: Duration = Duration::from_millis(500);

impl Approvals {
    /// Lets requests lapse whose time is over, until the gateway stops.
    pub fn watch(&self, tasks: &Tasks) {
        let (approvals, stop) = (self.clone(), tasks.stopping().clone());
        drop(tasks.spawn("approvals", async move {
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(LOOK) => approvals.expire_due().await,
                }
            }
        }));
    }

    pub(super) async fn expire_due(&self) {
        let now = self.inner.clock.now();
        let due: Vec<ApprovalId> = self
            .pending()
            .iter()
            .filter(|(_, pending)| pending.expires_at <= now)
            .map(|(id, _)| *id)
            .collect();
        for id in due {
            self.expire(id).await;
        }
    }
}
