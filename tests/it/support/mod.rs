//! What tests work with: a door with a small application behind it, the whole gateway inside the
//! test or as a process, and clients that send exactly what they are told.

pub(crate) mod actor;
pub(crate) mod client;
pub(crate) mod door;
pub(crate) mod gateway;
pub(crate) mod home;
pub(crate) mod process;
pub(crate) mod socket;
pub(crate) mod stream;

use std::time::Duration;

/// Longer than anything here takes, on a busy machine too.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// What comes of `work`, or a failure that says what was waited for.
pub(crate) async fn soon<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work)
        .await
        .unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// Asks again until something is so.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    soon(what, async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
}
