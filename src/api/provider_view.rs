//! What is shown of providers: never a key, and no address with a name and password in it.

use poem_openapi::{Enum, Object};

use super::provider_kind::{Kind, Source};
use crate::agent::{
    KINDS, KeyState, KindFacts, KnownProvider, KnownServer, Offer, Probed, SERVERS,
};

/// What is known of a provider's key.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "ProviderKeyState", rename_all = "snake_case")]
enum State {
    /// It is in `config.toml`, sealed.
    Set,
    /// An environment variable gives it.
    Env,
    /// There is none, and without one the provider answers nobody.
    Missing,
    /// There is none, and none is needed.
    None,
}

/// A provider's key. The key itself is never shown.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ProviderKey", skip_serializing_if_is_none)]
struct KeyView {
    /// What is known of it.
    state: State,
    /// The environment variable that gives it, or should.
    env: Option<String>,
}

impl From<KeyState> for KeyView {
    fn from(key: KeyState) -> Self {
        let (state, env) = match key {
            KeyState::Set => (State::Set, None),
            KeyState::Variable(name) => (State::Env, Some(name)),
            KeyState::Missing(name) => (State::Missing, name),
            KeyState::NotNeeded => (State::None, None),
        };
        Self { state, env }
    }
}

/// A model provider.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Provider", skip_serializing_if_is_none)]
pub(super) struct ProviderView {
    /// Its name in `config.toml`, or `ollama`, `demo`.
    name: String,
    /// Its protocol.
    kind: Kind,
    /// Its address, where it is not the kind's own.
    base_url: Option<String>,
    /// The model it is asked for; none: the first it has.
    model: Option<String>,
    /// Its key.
    key: KeyView,
    /// Where it comes from. What does not come from `config` cannot be removed there.
    source: Source,
    /// New messages go to it.
    in_use: bool,
    /// Who answers in its place when it fails, in order.
    fallbacks: Vec<String>,
    /// Why it can't answer, in a sentence.
    problem: Option<String>,
}

impl From<KnownProvider> for ProviderView {
    fn from(known: KnownProvider) -> Self {
        Self {
            name: known.name,
            kind: known.kind.into(),
            base_url: known.base_url,
            model: known.model,
            key: known.key.into(),
            source: known.source.into(),
            in_use: known.in_use,
            fallbacks: known.fallbacks,
            problem: known.problem,
        }
    }
}

/// What is known of a kind of provider before one is connected.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ProviderKindFacts", skip_serializing_if_is_none)]
struct KindView {
    /// The protocol.
    kind: Kind,
    /// Its maker's name for it.
    title: String,
    /// It answers nobody without a key.
    needs_key: bool,
    /// Where it is when nobody says otherwise.
    default_base_url: Option<String>,
    /// The page where a key is made.
    key_url: Option<String>,
    /// A good all-round model of it.
    default_model: Option<String>,
}

impl From<&KindFacts> for KindView {
    fn from(facts: &KindFacts) -> Self {
        Self {
            kind: facts.kind.into(),
            title: facts.title.to_owned(),
            needs_key: facts.needs_key,
            default_base_url: (!facts.base_url.is_empty()).then(|| facts.base_url.to_owned()),
            key_url: facts.key_url.map(str::to_owned),
            default_model: facts.model.map(str::to_owned),
        }
    }
}

/// A well-known server that speaks OpenAI's protocol: one of kind `openai` at another address.
#[derive(Clone, Debug, Object)]
#[oai(rename = "CompatibleServer", skip_serializing_if_is_none)]
struct ServerView {
    /// Its name.
    title: String,
    /// Where it is by itself.
    base_url: String,
    /// It answers nobody without a key.
    needs_key: bool,
    /// The page where a key is made.
    key_url: Option<String>,
}

impl From<&KnownServer> for ServerView {
    fn from(server: &KnownServer) -> Self {
        Self {
            title: server.title.to_owned(),
            base_url: server.base_url.to_owned(),
            needs_key: server.needs_key,
            key_url: server.key_url.map(str::to_owned),
        }
    }
}

/// The providers there are, and those that could be.
#[derive(Clone, Debug, Object)]
pub(super) struct ProviderList {
    /// The providers, by name.
    providers: Vec<ProviderView>,
    /// Every kind of provider there can be.
    kinds: Vec<KindView>,
    /// Well-known servers for the kind `openai`, those on one's own machine first.
    servers: Vec<ServerView>,
}

impl From<Vec<KnownProvider>> for ProviderList {
    fn from(known: Vec<KnownProvider>) -> Self {
        Self {
            providers: known.into_iter().map(ProviderView::from).collect(),
            kinds: KINDS.iter().map(KindView::from).collect(),
            servers: SERVERS.iter().map(ServerView::from).collect(),
        }
    }
}

/// A model by its provider's own name for it.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ProviderModel")]
struct ModelView {
    /// The name.
    id: String,
}

/// A provider that works.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(super) struct ProviderTested {
    /// Always true: what does not work is answered with an error.
    ok: bool,
    /// Its models that one can talk with.
    models: Vec<ModelView>,
    /// The model to begin with.
    suggested: Option<String>,
    /// Its address, where another than the given one turned out to be right: save this one.
    base_url: Option<String>,
    /// How long it took to answer, in milliseconds.
    latency_ms: u64,
}

impl From<Probed> for ProviderTested {
    fn from(probed: Probed) -> Self {
        Self {
            ok: true,
            models: probed
                .models
                .into_iter()
                .map(|id| ModelView { id })
                .collect(),
            suggested: probed.suggested,
            base_url: probed.base_url,
            latency_ms: u64::try_from(probed.latency.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// A model on offer.
#[derive(Clone, Debug, Object)]
#[oai(rename = "OfferedModel")]
struct OfferedView {
    /// Whose it is.
    provider: String,
    /// Its provider's own name for it. `provider/id` asks for it in a message.
    id: String,
    /// New messages go to it.
    in_use: bool,
}

/// A provider that did not say which models it has.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ModelsFailed")]
struct FailedView {
    /// The provider.
    provider: String,
    /// Why, in words that say what to do.
    message: String,
}

/// The models of all providers.
#[derive(Clone, Debug, Object)]
pub(super) struct ModelList {
    /// The models, those of the provider in use first.
    models: Vec<OfferedView>,
    /// Providers that did not say which models they have.
    failed: Vec<FailedView>,
}

impl From<Offer> for ModelList {
    fn from(offer: Offer) -> Self {
        let models = offer.models.into_iter().map(|model| OfferedView {
            provider: model.provider,
            id: model.id,
            in_use: model.in_use,
        });
        let failed = offer
            .failed
            .into_iter()
            .map(|(provider, error)| FailedView {
                provider,
                message: error.to_string(),
            });
        Self {
            models: models.collect(),
            failed: failed.collect(),
        }
    }
}
