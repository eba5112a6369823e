//! Tries a provider before it is relied on: asks it for its models, and says in words what to do
//! when that fails.

use std::{sync::Arc, time::Duration};

use serde::de::IgnoredAny;
use tokio::time::{Instant, timeout_at};

use super::{OpenAiProvider, ProviderError, ProviderOptions, chat_models, kinds, table::adapter};
use crate::{
    clock::Clock,
    config::{ProviderConfig, ProviderKind},
};

/// How long a try may take in all.
const LIMIT: Duration = Duration::from_secs(10);

/// A provider that works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probed {
    /// Its models that chat.
    pub models: Vec<String>,
    /// The model to begin with.
    pub suggested: Option<String>,
    /// Its address, where another than the given one turned out to be right.
    pub base_url: Option<String>,
    /// How long it took to answer.
    pub latency: Duration,
}

/// What is wrong with a provider that does not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeReason {
    /// It does not accept the key.
    KeyRejected,
    /// It wants a key and got none.
    KeyMissing,
    /// The account has no credit left.
    NoCredit,
    /// Nothing of the kind is at this address.
    WrongAddress,
    /// Something answers there in another language.
    NotCompatible,
    /// Nothing answers there.
    Unreachable,
    /// It took too long.
    Timeout,
    /// It was asked too often.
    TooMany,
    /// It has trouble of its own.
    Trouble,
    /// It works, but has no model to talk with.
    NoModels,
    /// What was given makes no request.
    Unusable,
}

impl ProbeReason {
    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::KeyRejected => "key_rejected",
            Self::KeyMissing => "key_missing",
            Self::NoCredit => "no_credit",
            Self::WrongAddress => "wrong_address",
            Self::NotCompatible => "not_compatible",
            Self::Unreachable => "unreachable",
            Self::Timeout => "timeout",
            Self::TooMany => "too_many",
            Self::Trouble => "trouble",
            Self::NoModels => "no_models",
            Self::Unusable => "unusable",
        }
    }

    /// The field that is likely at fault.
    pub const fn field(self) -> Option<&'static str> {
        match self {
            Self::KeyRejected | Self::KeyMissing => Some("api_key"),
            Self::WrongAddress | Self::NotCompatible | Self::Unreachable => Some("base_url"),
            _ => None,
        }
    }
}

/// Why a provider does not work. `Display` says what to do, and holds nothing of the provider's
/// own words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct ProbeError {
    /// What is wrong.
    pub reason: ProbeReason,
    text: String,
}

/// Tries a provider of this configuration.
pub(super) async fn probe(
    config: &ProviderConfig,
    clock: &Arc<dyn Clock>,
    options: &ProviderOptions,
) -> Result<Probed, ProbeError> {
    let began = Instant::now();
    let words = Words::of(config);
    if let Some(reason) = &config.unusable {
        return Err(words.unusable(reason));
    }
    if kinds::needs_key(config) && config.api_key.is_none() {
        return Err(words.say(ProbeReason::KeyMissing));
    }
    let within = async |config: &ProviderConfig| {
        let asked = timeout_at(began + LIMIT, models(config, clock, options)).await;
        asked.unwrap_or_else(|_| {
            Err(ProviderError::Timeout {
                provider: String::new(),
                waited_for: "its list of models",
                secs: LIMIT.as_secs(),
            })
        })
    };
    let (mut asked, mut base_url) = (within(config).await, None);
    let elsewhere = matches!(
        asked,
        Err(ProviderError::Malformed { .. }
            | ProviderError::Status {
                status: 404 | 405,
                ..
            })
    );
    if let Some(longer) = with_version(config).filter(|_| elsewhere) {
        let other = ProviderConfig {
            base_url: Some(longer.clone()),
            ..config.clone()
        };
        let longer_asked = within(&other).await;
        if longer_asked.as_ref().map_or_else(is_its_answer, |_| true) {
            (asked, base_url) = (longer_asked, Some(longer));
        }
    }
    let models = asked.map_err(|error| words.of_error(&error))?;
    let mut models = chat_models::for_chat(models);
    if config.kind != ProviderKind::Ollama {
        models.sort_unstable();
    }
    if models.is_empty() {
        return Err(words.say(ProbeReason::NoModels));
    }
    let set = config.model.as_deref().unwrap_or_default();
    Ok(Probed {
        suggested: chat_models::suggested(&models, set, kinds::default_model(config)),
        models,
        base_url,
        latency: began.elapsed(),
    })
}

/// Whether a server that refuses so has what was asked for at this address.
fn is_its_answer(error: &ProviderError) -> bool {
    matches!(error, ProviderError::Status { status, .. } if !matches!(status, 300..=399 | 404 | 405))
}

async fn models(
    config: &ProviderConfig,
    clock: &Arc<dyn Clock>,
    options: &ProviderOptions,
) -> Result<Vec<String>, ProviderError> {
    if config.kind == ProviderKind::OpenRouter {
        prove_key(config).await?;
    }
    let provider = adapter("provider", config, clock, options);
    provider.models().await
}

/// `OpenRouter` shows its models to anybody; only this tells whether the key is good.
async fn prove_key(config: &ProviderConfig) -> Result<(), ProviderError> {
    let connect = Duration::from_secs(config.connect_timeout_secs.max(1));
    let (url, key) = (kinds::address(config), config.api_key.clone());
    let asked = OpenAiProvider::new("provider", url, key, connect);
    let url = format!("{}/key", asked.base_url());
    match asked.get::<IgnoredAny>(&url).await {
        // A stand-in for it need not have this.
        Err(ProviderError::Status { status: 404, .. }) | Ok(_) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The address with the version that most servers want behind it, where nothing is behind it yet.
fn with_version(config: &ProviderConfig) -> Option<String> {
    let url = reqwest::Url::parse(kinds::address(config)).ok()?;
    let bare = config.kind == ProviderKind::OpenAi && url.path().trim_matches('/').is_empty();
    bare.then(|| format!("{}/v1", url.as_str().trim_end_matches('/')))
}

/// Finds the words for what went wrong with one provider.
struct Words {
    title: &'static str,
    address: String,
    compatible: bool,
    has_key: bool,
    kind: ProviderKind,
}

impl Words {
    fn of(config: &ProviderConfig) -> Self {
        let compatible = config.kind == ProviderKind::OpenAi && !kinds::needs_key(config);
        Self {
            title: if compatible {
                "The server"
            } else {
                kinds::facts(config.kind).title
            },
            address: shown(kinds::address(config)),
            compatible,
            has_key: config.api_key.is_some(),
            kind: config.kind,
        }
    }

    fn of_error(&self, error: &ProviderError) -> ProbeError {
        match error {
            ProviderError::Unreachable { .. } => self.say(ProbeReason::Unreachable),
            ProviderError::Timeout { .. } => self.say(ProbeReason::Timeout),
            ProviderError::Malformed { .. } | ProviderError::Broken { .. } => {
                self.say(ProbeReason::NotCompatible)
            }
            ProviderError::Unusable { reason, .. } => self.unusable(reason),
            ProviderError::OverBudget(over) => self.unusable(&over.sentence),
            ProviderError::Status { status, .. } => self.say(self.reason_of(*status)),
        }
    }

    fn reason_of(&self, status: u16) -> ProbeReason {
        match status {
            401 | 403 if self.has_key => ProbeReason::KeyRejected,
            401 | 403 => ProbeReason::KeyMissing,
            // Gemini calls a wrong key a bad request.
            400 if self.kind == ProviderKind::Gemini => ProbeReason::KeyRejected,
            402 => ProbeReason::NoCredit,
            429 => ProbeReason::TooMany,
            500..=599 => ProbeReason::Trouble,
            300..=399 | 404 | 405 => ProbeReason::WrongAddress,
            _ => ProbeReason::NotCompatible,
        }
    }

    fn unusable(&self, reason: &str) -> ProbeError {
        ProbeError {
            reason: ProbeReason::Unusable,
            text: format!("This can't be tried: {reason}."),
        }
    }

    fn say(&self, reason: ProbeReason) -> ProbeError {
        let (title, address) = (self.title, &self.address);
        let text = match reason {
            ProbeReason::KeyRejected => format!(
                "{title} does not accept this key. Check that all of it was copied and that it \
                 has not been revoked."
            ),
            ProbeReason::KeyMissing => format!("{title} asks for an API key: enter one."),
            ProbeReason::NoCredit => format!("The account at {title} has no credit left."),
            ProbeReason::WrongAddress if self.compatible => format!(
                "There is no list of models at {address}. The base URL usually ends in /v1."
            ),
            ProbeReason::WrongAddress => {
                format!("There is no list of models at {address}. Check the base URL.")
            }
            ProbeReason::NotCompatible if self.compatible => format!(
                "{address} answers, but not like an OpenAI-compatible server. The base URL \
                 usually ends in /v1."
            ),
            ProbeReason::NotCompatible => {
                format!("{address} answers, but not like {title}. Check the base URL.")
            }
            ProbeReason::Unreachable => format!(
                "Nothing answers at {address}. Check the address, that the server runs, and the \
                 network."
            ),
            ProbeReason::Timeout => format!(
                "{title} did not answer within {} seconds. Try again, or check the address.",
                LIMIT.as_secs()
            ),
            ProbeReason::TooMany => {
                format!(
                    "{title} refuses further requests for now, or the account's quota is used up."
                )
            }
            ProbeReason::Trouble => {
                format!("{title} has trouble of its own right now. Try again in a while.")
            }
            ProbeReason::NoModels if self.kind == ProviderKind::Ollama => {
                "Ollama runs but has no chat model yet: pull one, for example with `ollama pull \
                 llama3.2`."
                    .to_owned()
            }
            ProbeReason::NoModels => format!("{title} answers, but offers no model."),
            ProbeReason::Unusable => "This can't be tried.".to_owned(),
        };
        ProbeError { reason, text }
    }
}

/// An address as it may be shown: without name and password, query and fragment.
pub(super) fn shown(address: &str) -> String {
    let Ok(mut url) = reqwest::Url::parse(address) else {
        return "the address".to_owned();
    };
    let _cannot_have_one = url.set_username("");
    let _cannot_have_one = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.as_str().trim_end_matches('/').to_owned()
}
