//! The models of all providers in one list, for whoever picks one. Providers are asked all at once,
//! and what they say holds for a while.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::future::join_all;

use super::{ProbeError, ProviderSource, Providers, demo::DEMO};
use crate::{
    clock::Clock,
    config::{ConfigHandle, ProviderConfig, ProviderKind},
};

/// How long a list holds.
const LIST_HOLDS_MILLIS: i64 = 5 * 60 * 1000;
/// How long a failure holds: it may be mended at any moment.
const FAILURE_HOLDS_MILLIS: i64 = 30 * 1000;
/// Whoever wants fresh lists gets them this often at most.
const FRESH_ENOUGH_MILLIS: i64 = 3 * 1000;

/// A model on offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedModel {
    /// Whose it is.
    pub provider: String,
    /// Its own name there.
    pub id: String,
    /// New messages go to it.
    pub in_use: bool,
}

/// The models of all providers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// The models, those of the provider in use first.
    pub models: Vec<OfferedModel>,
    /// The providers that did not say, and why.
    pub failed: Vec<(String, ProbeError)>,
}

struct Answer {
    at: i64,
    generation: u64,
    models: Result<Vec<String>, ProbeError>,
}

/// Asks all providers for their models.
pub struct ModelCatalogue {
    providers: Arc<Providers>,
    config: ConfigHandle,
    clock: Arc<dyn Clock>,
    answers: Mutex<HashMap<String, Answer>>,
    one_at_a_time: tokio::sync::Mutex<()>,
}

impl ModelCatalogue {
    /// Over these providers. Nobody is asked yet.
    pub fn new(providers: Arc<Providers>, config: ConfigHandle, clock: Arc<dyn Clock>) -> Self {
        Self {
            providers,
            config,
            clock,
            answers: Mutex::default(),
            one_at_a_time: tokio::sync::Mutex::default(),
        }
    }

    /// The models of all providers, asked anew where `fresh` or where the last answer is old.
    pub async fn offer(&self, fresh: bool) -> Offer {
        let known = self.providers.known(&self.config.current()).await;
        let _turn = self.one_at_a_time.lock().await;
        let generation = self.providers.generation();
        let config = self.config.current();
        let due = known.iter().filter_map(|one| {
            let config = if one.source == ProviderSource::Ollama {
                Some(self.providers.local_ollama())
            } else {
                config.providers.get(&one.name).cloned()
            };
            let config = config.filter(|config| config.kind != ProviderKind::Demo)?;
            (!self.holds(&one.name, generation, fresh)).then(|| self.ask(&one.name, config))
        });
        let asked = join_all(due).await;
        let at = self.clock.now().as_millis();
        let mut answers = self.answers();
        answers.retain(|name, _| known.iter().any(|one| one.name == *name));
        for (name, models) in asked {
            let answer = Answer {
                at,
                generation,
                models,
            };
            answers.insert(name, answer);
        }
        let mut offer = Offer::default();
        for in_use in [true, false] {
            for one in known.iter().filter(|one| one.in_use == in_use) {
                let answer = answers.get(&one.name).map(|answer| &answer.models);
                let mut ids = match answer {
                    Some(Ok(models)) => models.clone(),
                    Some(Err(error)) => {
                        offer.failed.push((one.name.clone(), error.clone()));
                        Vec::new()
                    }
                    None if one.kind == ProviderKind::Demo => vec![DEMO.to_owned()],
                    None => Vec::new(),
                };
                // A model that is set can be chosen, whatever the provider lists.
                let set = one.model.as_ref().filter(|set| !ids.contains(set));
                ids.extend(set.cloned());
                offer.models.extend(ids.into_iter().map(|id| OfferedModel {
                    in_use: in_use && one.model.as_ref() == Some(&id),
                    provider: one.name.clone(),
                    id,
                }));
            }
        }
        offer
    }

    async fn ask(
        &self,
        name: &str,
        config: ProviderConfig,
    ) -> (String, Result<Vec<String>, ProbeError>) {
        let probed = self.providers.probe(&config).await;
        (name.to_owned(), probed.map(|probed| probed.models))
    }

    fn holds(&self, name: &str, generation: u64, fresh: bool) -> bool {
        let answers = self.answers();
        let Some(answer) = answers.get(name) else {
            return false;
        };
        let limit = match (fresh, &answer.models) {
            (true, _) => FRESH_ENOUGH_MILLIS,
            (false, Ok(_)) => LIST_HOLDS_MILLIS,
            (false, Err(_)) => FAILURE_HOLDS_MILLIS,
        };
        let age = self.clock.now().as_millis().saturating_sub(answer.at);
        answer.generation == generation && (0..limit).contains(&age)
    }

    fn answers(&self) -> MutexGuard<'_, HashMap<String, Answer>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
