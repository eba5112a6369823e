//! Every setting of a provider, in one list.

use super::{
    kind::{Item, Kind},
    sections::ProviderConfig,
    settings::{Field, between, field},
};

/// The words of `providers.<name>.kind`.
pub(super) const PROVIDER_KINDS: &[&str] = &[
    "openai",
    "anthropic",
    "gemini",
    "ollama",
    "openrouter",
    "demo",
];

/// The settings of one provider, below `providers.<name>.`.
pub static PROVIDER_SETTINGS: &[Field<ProviderConfig>] = &[
    field!(
        "kind",
        Kind::Choice(PROVIDER_KINDS),
        kind,
        "The protocol; openai = any compatible server."
    ),
    field!(
        "base_url",
        Kind::Url,
        base_url,
        "Where it is; empty: the kind's own address."
    ),
    field!(
        "api_key",
        Kind::Secret,
        api_key,
        "Its key. Sealed once seen."
    ),
    field!(
        "api_key_env",
        Kind::Variable,
        api_key_env,
        "The environment variable that holds the key instead."
    ),
    field!(
        "model",
        Kind::Text,
        model,
        "The model when [agent] names none."
    ),
    field!(
        "fallbacks",
        Kind::List(Item::Provider),
        fallbacks,
        "Names of other providers, tried in order."
    ),
    field!(
        "connect_timeout_secs",
        between(1, 600),
        connect_timeout_secs,
        "For the connection."
    ),
    field!(
        "first_token_timeout_secs",
        between(1, 3600),
        first_token_timeout_secs,
        "From the request to the first token."
    ),
    field!(
        "idle_timeout_secs",
        between(1, 3600),
        idle_timeout_secs,
        "Between tokens."
    ),
    field!(
        "max_retries",
        between(0, 10),
        max_retries,
        "Further tries before the first token."
    ),
];
