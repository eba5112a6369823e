//! The id of the request being answered, where there is one: in every log line and error body.

use std::{future::Future, sync::Arc};

tokio::task_local! {
    static CURRENT: Arc<str>;
}

/// Runs `work` as part of the request `id`.
pub async fn scope<F: Future>(id: Arc<str>, work: F) -> F::Output {
    CURRENT.scope(id, work).await
}

/// The request being answered, if this runs as part of one.
pub fn current() -> Option<Arc<str>> {
    CURRENT.try_with(Arc::clone).ok()
}
