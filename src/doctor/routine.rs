//! Looking by itself: soon after the start, and once a day, off everybody's path.

use std::time::Duration;

use super::{Doctor, Report};

/// A start has better things to do at first.
pub const AFTER_START: Duration = Duration::from_secs(60);
/// Between two looks, in seconds.
pub const EVERY: i64 = 24 * 60 * 60;
/// How often the clock is asked whether it is time: a machine that slept is noticed by that.
const ASK_THE_CLOCK: Duration = Duration::from_secs(15 * 60);

impl Doctor {
    /// Looks by itself from now on, until the gateway stops.
    pub async fn begin(&self) {
        self.remember().await;
        let doctor = self.clone();
        let stop = self.inner.tasks.stopping().clone();
        drop(self.inner.tasks.spawn("doctor routine", async move {
            let mut wait = AFTER_START;
            let mut first = true;
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(wait) => {}
                }
                wait = ASK_THE_CLOCK;
                if first || doctor.is_due(doctor.last().as_deref()) {
                    first = false;
                    tokio::select! {
                        () = stop.cancelled() => return,
                        following = doctor.examine(None) => drop(following.rest().await),
                    }
                }
            }
        }));
    }

    fn is_due(&self, last: Option<&Report>) -> bool {
        last.is_none_or(|last| last.at.plus_secs(EVERY) <= self.now())
    }
}
