//! Words of the wire for kinds of providers and where one comes from.

use poem_openapi::Enum;

use crate::{agent::ProviderSource, config::ProviderKind};

/// How a provider was found.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "ProviderSource", rename_all = "snake_case")]
pub(super) enum Source {
    /// In the configuration.
    Config,
    /// A key in the environment.
    Environment,
    /// An Ollama on this machine.
    Ollama,
    /// None was found: the built-in assistant.
    Demo,
}

impl From<ProviderSource> for Source {
    fn from(source: ProviderSource) -> Self {
        match source {
            ProviderSource::Config => Self::Config,
            ProviderSource::Environment => Self::Environment,
            ProviderSource::Ollama => Self::Ollama,
            ProviderSource::Demo => Self::Demo,
        }
    }
}

/// The protocol of a provider.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "ProviderKind", rename_all = "lowercase")]
pub(super) enum Kind {
    /// OpenAI's, or a compatible server's.
    Openai,
    /// Anthropic's.
    Anthropic,
    /// Google's.
    Gemini,
    /// Ollama's.
    Ollama,
    /// OpenRouter's.
    Openrouter,
    /// The built-in assistant.
    Demo,
}

impl From<ProviderKind> for Kind {
    fn from(kind: ProviderKind) -> Self {
        match kind {
            ProviderKind::OpenAi => Self::Openai,
            ProviderKind::Anthropic => Self::Anthropic,
            ProviderKind::Gemini => Self::Gemini,
            ProviderKind::Ollama => Self::Ollama,
            ProviderKind::OpenRouter => Self::Openrouter,
            ProviderKind::Demo => Self::Demo,
        }
    }
}

impl From<Kind> for ProviderKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Openai => Self::OpenAi,
            Kind::Anthropic => Self::Anthropic,
            Kind::Gemini => Self::Gemini,
            Kind::Ollama => Self::Ollama,
            Kind::Openrouter => Self::OpenRouter,
            Kind::Demo => Self::Demo,
        }
    }
}
