//! What the gateway can be connected with, how each of it does, and trying it out: providers,
//! channels, the tunnel, the families of tools, embeddings, metrics and traces. The list is made
//! from what is really there.

mod catalogue;
mod families;
mod item;
mod saving;
mod testing;

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

pub use families::FAMILIES;
pub use item::{Detail, Field, Group, Hook, Integration, State};
pub use saving::SaveError;
pub use testing::{Asker, TestError, Tested};

use crate::{
    agent::Models,
    clock::Clock,
    config::{ConfigHandle, ConfigKeeper},
    model::{BusEvent, IntegrationChanged, LlmResponse, Timestamp},
    providers::Providers,
    tasks::Tasks,
    telemetry::{Bus, bus::News},
    tools::Registry,
};

/// What the integrations are made of.
#[derive(Clone)]
pub struct Parts {
    /// Settings.
    pub config: ConfigHandle,
    /// Changes them.
    pub keeper: Arc<ConfigKeeper>,
    /// The providers, for whoever chooses among them.
    pub models: Models,
    /// The providers.
    pub providers: Arc<Providers>,
    /// What the agent can do.
    pub tools: Arc<Registry>,
    /// The news.
    pub bus: Bus,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// How the last use or try of an integration went.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Outcome {
    at: Timestamp,
    failure: Option<String>,
}

struct Inner {
    parts: Parts,
    outcomes: Mutex<HashMap<String, Outcome>>,
    bound: OnceLock<SocketAddr>,
}

/// The integrations. Clones share them.
#[derive(Clone)]
pub struct Integrations {
    inner: Arc<Inner>,
}

impl Integrations {
    /// Of these parts. Nothing is tried yet.
    pub fn new(parts: Parts) -> Self {
        Self {
            inner: Arc::new(Inner {
                parts,
                outcomes: Mutex::default(),
                bound: OnceLock::new(),
            }),
        }
    }

    /// Tells where the gateway listens: it tries its own doors there.
    pub fn listening_on(&self, bound: SocketAddr) {
        // The first word counts: a listener does not move.
        let _known = self.inner.bound.set(bound);
    }

    /// Follows the news from now on: a provider is as well as its last answer.
    pub fn begin(&self, tasks: &Tasks) {
        let (integrations, stop) = (self.clone(), tasks.stopping().clone());
        let mut news = self.inner.parts.bus.subscribe(None);
        drop(tasks.spawn("integrations", async move {
            loop {
                let batch = tokio::select! {
                    () = stop.cancelled() => return,
                    batch = news.next_batch(64) => batch,
                };
                for item in &batch {
                    integrations.hear(item);
                }
            }
        }));
    }

    fn hear(&self, item: &News) {
        let News::Event(frame) = item else { return };
        match frame.name {
            "llm_response" => {
                if let Ok(BusEvent::LlmResponse(call)) = serde_json::from_slice(&frame.json) {
                    self.answered(&call);
                }
            }
            "config_changed" => {
                if let Ok(BusEvent::ConfigChanged(change)) = serde_json::from_slice(&frame.json) {
                    self.forget(&change.keys);
                }
            }
            _ => {}
        }
    }

    fn answered(&self, call: &LlmResponse) {
        let failure = (!call.success).then(|| {
            let said = call.error.clone();
            said.unwrap_or_else(|| "Its last call failed.".to_owned())
        });
        self.note(&provider_id(&call.provider), failure);
    }

    /// What was known of something that is set up otherwise now is void.
    fn forget(&self, keys: &[String]) {
        self.outcomes().retain(|id, _| {
            let prefix = catalogue::section_of(id);
            !keys.iter().any(|key| key.starts_with(&prefix))
        });
    }

    /// Keeps how a use or a try went; tells of it where that is new.
    fn note(&self, id: &str, failure: Option<String>) {
        let state = if failure.is_some() {
            State::Failing
        } else {
            State::Connected
        };
        let outcome = Outcome {
            at: self.inner.parts.clock.now(),
            failure,
        };
        let before = self.outcomes().insert(id.to_owned(), outcome.clone());
        if before.is_none_or(|before| before.failure != outcome.failure) {
            let news = IntegrationChanged {
                id: id.to_owned(),
                state: state.as_str().to_owned(),
            };
            let bus = &self.inner.parts.bus;
            bus.publish(&BusEvent::IntegrationChanged(news));
        }
    }

    fn outcome(&self, id: &str) -> Option<Outcome> {
        self.outcomes().get(id).cloned()
    }

    fn outcomes(&self) -> MutexGuard<'_, HashMap<String, Outcome>> {
        self.inner
            .outcomes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn provider_id(name: &str) -> String {
    format!("provider-{name}")
}

#[cfg(test)]
mod tests;
