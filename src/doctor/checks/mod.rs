//! The checks, a file for each thing they are about.

mod channels;
mod clock;
mod config;
mod database;
mod devices;
mod disk;
mod files;
mod gateway;
mod memory;
mod network;
mod providers;
mod security;
mod tools;

use std::sync::Arc;

use super::{Category, Check, Surroundings};

/// Every check that makes sense here, of one category or of all.
pub(super) async fn all(place: &Surroundings, category: Option<Category>) -> Vec<Arc<dyn Check>> {
    let mut checks: Vec<Arc<dyn Check>> = Vec::new();
    let wanted = |one: Category| category.is_none_or(|category| category == one);
    checks.extend(config::checks(place));
    checks.extend(files::checks());
    checks.extend(database::checks());
    checks.extend(disk::checks());
    checks.push(Arc::new(clock::Time));
    checks.extend(gateway::checks(place));
    // What follows is about settings: where they don't load, only that is worth saying.
    if place.config.is_some() {
        checks.extend(network::checks());
        checks.extend(security::checks());
        if wanted(Category::Providers) {
            checks.extend(providers::checks(place).await);
        }
        checks.extend(channels::checks());
        checks.push(Arc::new(memory::Embeddings));
        checks.push(Arc::new(tools::Walls));
        checks.push(Arc::new(devices::Paired));
    }
    checks.retain(|check| wanted(check.name().category));
    checks
}

/// Runs work that waits for the disk where nobody else waits for it.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| "The check broke off.".to_owned())
}
