//! What is done again and again while the services work.

use std::time::Duration;

use super::App;
use crate::{
    model::BusEvent,
    telemetry::{Component, Health, Status, bus::News},
};

/// The gateway's heart beats so often: counters are brought up to date.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// What was deleted long ago is forgotten, and what was said is indexed, every so many beats.
const TIDY_EVERY: u64 = 20;

impl App {
    pub(super) fn heartbeat(&self) -> impl Future<Output = ()> + use<> {
        let (metrics, store) = (self.metrics.clone(), self.store.clone());
        let (sessions, stop) = (self.sessions.clone(), self.tasks.stopping().clone());
        let (memory, files, cron) = (self.memory.clone(), self.files.clone(), self.cron.clone());
        async move {
            for beat in 0_u64.. {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(HEARTBEAT) => {}
                }
                metrics.heartbeat_tick();
                if let Ok(bytes) = store.size_bytes().await {
                    metrics.db_size_bytes(bytes);
                }
                if beat % TIDY_EVERY != TIDY_EVERY - 1 {
                    continue;
                }
                if let Err(error) = sessions.tidy().await {
                    tracing::warn!(%error, "the conversations could not be tidied up");
                }
                if let Err(error) = memory.tidy().await {
                    tracing::warn!(%error, "the memory could not be tidied up");
                }
                if let Err(error) = files.tidy().await {
                    tracing::warn!(%error, "the trash of the workspace could not be tidied up");
                }
                if let Err(error) = cron.tidy().await {
                    tracing::warn!(%error, "the schedule could not be tidied up");
                }
            }
        }
    }

    /// A provider is as healthy as its last answer.
    pub(super) fn watch_provider(&self) -> impl Future<Output = ()> + use<> {
        let (health, stop) = (self.health.clone(), self.tasks.stopping().clone());
        let mut news = self.bus.subscribe(None);
        async move {
            loop {
                let batch = tokio::select! {
                    () = stop.cancelled() => return,
                    batch = news.next_batch(64) => batch,
                };
                batch.iter().for_each(|item| report_provider(&health, item));
            }
        }
    }
}

fn report_provider(health: &Health, item: &News) {
    if let News::Event(frame) = item
        && frame.name == "llm_response"
        && let Ok(BusEvent::LlmResponse(call)) = serde_json::from_slice(&frame.json)
    {
        if call.success {
            health.report(Component::Provider, Status::Ok, None);
        } else {
            let reason = call.error.as_deref().unwrap_or("Its last call failed.");
            health.report(Component::Provider, Status::Degraded, Some(reason));
        }
    }
}
