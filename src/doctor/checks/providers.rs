//! Every provider, by a real call; and the model that new messages go to.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

use crate::{
    config::{ProviderConfig, ProviderKind},
    cost::{PriceTable, Seller},
    doctor::{Category, Check, Finding, Fix, Name, Severity, Surroundings},
    providers::{KnownProvider, ProbeReason, ProviderSource},
};

/// A try of a provider takes up to ten seconds.
const TRYING: Duration = Duration::from_secs(12);
/// Models named at most.
const NAMED: usize = 5;

pub(super) async fn checks(place: &Surroundings) -> Vec<Arc<dyn Check>> {
    let Some(providers) = &place.providers else {
        return Vec::new();
    };
    let config = place.settings();
    let known = providers.known(&config).await;
    let fallbacks: Vec<String> = known
        .iter()
        .filter(|one| one.in_use)
        .flat_map(|one| one.fallbacks.clone())
        .collect();
    let mut checks: Vec<Arc<dyn Check>> = vec![Arc::new(InUse), Arc::new(Priced)];
    for one in known {
        let config = match one.source {
            ProviderSource::Ollama => Some(providers.local_ollama()),
            _ => config.providers.get(&one.name).cloned(),
        };
        let Some(config) = config.filter(|config| config.kind != ProviderKind::Demo) else {
            continue;
        };
        checks.push(Arc::new(Answers {
            needed: one.in_use || fallbacks.contains(&one.name),
            known: one,
            config,
        }));
    }
    checks
}

fn connect() -> Fix {
    Fix::on("Connect a model", "/provider")
}

/// There is a model that answers at all.
struct InUse;

#[async_trait]
impl Check for InUse {
    fn name(&self) -> Name {
        Name::of("providers.in_use", Category::Providers, "Model in use")
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        let Some(providers) = &place.providers else {
            return Finding::info("Not looked at: the configuration does not load.");
        };
        let current = providers.current();
        if current.kind == ProviderKind::Demo {
            let text = "No model is connected: the built-in demo answers, which knows a few tricks \
                        and nothing else.";
            return Finding::warning(text).fixed_by(connect());
        }
        let model = if current.model.is_empty() {
            "its first model"
        } else {
            &current.model
        };
        Finding::ok(format!("New messages go to {model} of {}.", current.name))
    }
}

/// What the model in use costs is known.
struct Priced;

#[async_trait]
impl Check for Priced {
    fn name(&self) -> Name {
        Name::of("providers.price", Category::Providers, "Price of the model")
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        let (Some(providers), Ok(table)) = (&place.providers, PriceTable::packaged()) else {
            return Finding::info("Not looked at.");
        };
        let (current, config) = (providers.current(), place.settings());
        let provider = config.providers.get(&current.name);
        let seller = Seller {
            kind: current.kind,
            base_url: provider.and_then(|provider| provider.base_url.as_deref()),
        };
        if current.model.is_empty() && current.kind != ProviderKind::Ollama {
            return Finding::info("The model in use is the provider's own choice.");
        }
        if table
            .price(seller, &current.model, place.clock.now())
            .is_some()
        {
            return Finding::ok(format!("What {} costs is known.", current.model));
        }
        Finding::warning(format!(
            "What {} of {} costs is not known: it counts towards no budget.",
            current.model, current.name
        ))
        .fixed_by(Fix::on("Open the costs", "/cost"))
    }
}

/// A provider answers, accepts the key and has the model.
struct Answers {
    known: KnownProvider,
    config: ProviderConfig,
    /// New messages depend on it.
    needed: bool,
}

impl Answers {
    fn fix(&self) -> Fix {
        let route = match self.known.source {
            ProviderSource::Config => format!("/provider?edit={}", self.known.name),
            _ => "/provider".to_owned(),
        };
        Fix::on("Open the provider", route)
    }
}

#[async_trait]
impl Check for Answers {
    fn name(&self) -> Name {
        Name {
            id: format!("providers.{}.answers", self.known.name).into(),
            category: Category::Providers,
            title: format!("Provider {}", self.known.name).into(),
        }
    }

    fn limit(&self) -> Duration {
        TRYING
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        let Some(providers) = &place.providers else {
            return Finding::info("Not looked at: the configuration does not load.");
        };
        match providers.probe(&self.config).await {
            Ok(probed) => match self.known.model.as_deref() {
                Some(model) if !has(&probed.models, model) => {
                    let some = probed.models.into_iter().take(NAMED).collect();
                    Finding::warning(format!(
                        "{} answers, and does not list the model {model}. It lists, among others:",
                        self.known.name
                    ))
                    .with(some)
                    .fixed_by(self.fix())
                }
                _ => Finding::ok(format!(
                    "{} answered in {} ms.",
                    self.known.name,
                    probed.latency.as_millis()
                )),
            },
            Err(error) => {
                let severity = match error.reason {
                    // It works, only not now.
                    ProbeReason::TooMany => Severity::Warning,
                    _ if self.needed => Severity::Error,
                    _ => Severity::Warning,
                };
                Finding::new(severity, format!("{}: {error}", self.known.name)).fixed_by(self.fix())
            }
        }
    }
}

/// A year and what may follow it, with dashes or without: a version has fewer digits.
fn is_date(text: &str) -> bool {
    let year = text.split('-').next().unwrap_or_default();
    let part_of_date = |one: char| one.is_ascii_digit() || one == '-';
    year.len() >= 4 && text.chars().all(part_of_date)
}

/// Whether a model is listed, under its name or a dated one that it stands for.
fn has(models: &[String], wanted: &str) -> bool {
    models.iter().any(|model| {
        model.strip_prefix(wanted).is_some_and(|rest| {
            rest.is_empty() || rest == ":latest" || rest.strip_prefix('-').is_some_and(is_date)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_listed_under_its_name_or_a_dated_one() {
        let models = [
            "claude-sonnet-4-5-20250929",
            "llama3.2:latest",
            "gpt-5-mini",
            "gpt-4o-2024-08-06",
        ];
        let models = models.map(str::to_owned);
        for listed in ["claude-sonnet-4-5", "llama3.2", "gpt-5-mini", "gpt-4o"] {
            assert!(has(&models, listed), "{listed}");
        }
        for absent in ["claude-sonnet-4", "gpt-5", "llama3"] {
            assert!(!has(&models, absent), "{absent}");
        }
    }
}
