//! The smaller sections.

use jiff::tz::TimeZone;
use secrecy::SecretString;

use super::budget::{Budget, Unpriced};
use crate::model::MicroUsd;

/// The protocol a provider speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProviderKind {
    /// `OpenAI`, or any server that speaks its chat completions.
    OpenAi,
    /// Anthropic's messages API.
    Anthropic,
    /// Google's Gemini API.
    Gemini,
    /// A local Ollama.
    Ollama,
    /// OpenRouter.
    OpenRouter,
    /// The built-in rule-based assistant.
    Demo,
}

impl ProviderKind {
    /// Its word in `config.toml` and on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
            Self::Ollama => "ollama",
            Self::OpenRouter => "openrouter",
            Self::Demo => "demo",
        }
    }
}

/// `[providers.<name>]`.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    /// The protocol.
    pub kind: ProviderKind,
    /// Where it is; none: the kind's own address.
    pub base_url: Option<String>,
    /// Its key, already resolved from `api_key` or `api_key_env`.
    pub api_key: Option<SecretString>,
    /// The environment variable that holds the key, when the file names one.
    pub api_key_env: Option<String>,
    /// The environment variable that the key came from, if it came from one.
    pub key_from: Option<String>,
    /// Why its key cannot be had, in a sentence; the provider must not be called then.
    pub unusable: Option<String>,
    /// The model to use when `[agent] model` is not given for this provider.
    pub model: Option<String>,
    /// Names of other providers, tried in order.
    pub fallbacks: Vec<String>,
    /// For the connection.
    pub connect_timeout_secs: u64,
    /// From the request to the first token.
    pub first_token_timeout_secs: u64,
    /// Between tokens.
    pub idle_timeout_secs: u64,
    /// Further tries before the first token.
    pub max_retries: u32,
}

impl ProviderConfig {
    /// A provider of this kind with nothing else said.
    pub fn of_kind(kind: ProviderKind) -> Self {
        Self {
            kind,
            base_url: None,
            api_key: None,
            api_key_env: None,
            key_from: None,
            unusable: None,
            model: None,
            fallbacks: Vec::new(),
            connect_timeout_secs: 10,
            first_token_timeout_secs: 120,
            idle_timeout_secs: 60,
            max_retries: 2,
        }
    }
}

/// `[memory]`.
#[derive(Clone, Debug)]
pub struct MemoryConfig {
    /// Keep what is said.
    pub auto_save: bool,
    /// Tokens of memories that the model is shown with a message; 0 = none.
    pub recall_tokens: u64,
    /// Entries there may be.
    pub max_entries: u64,
    /// Longest entry.
    pub max_entry_bytes: usize,
    /// Entries kept of what was said by itself; older ones go.
    pub max_conversation_entries: u64,
    /// A key of `[providers]` (or `ollama`) that makes vectors; none: search by words alone.
    pub embedding_provider: String,
    /// Its model; empty: the kind's own.
    pub embedding_model: String,
}

impl Default for MemoryConfig {
    fn default() -> Self {
        Self {
            auto_save: true,
            recall_tokens: 1200,
            max_entries: 100_000,
            max_entry_bytes: 32 * 1024,
            max_conversation_entries: 5000,
            embedding_provider: String::new(),
            embedding_model: String::new(),
        }
    }
}

/// What happens when a budget is used up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnLimit {
    /// Refuse.
    #[default]
    Block,
    /// Say so and go on.
    Warn,
    /// Go on with a cheaper model.
    Downgrade,
}

/// `[cost]`.
#[derive(Clone, Debug)]
pub struct CostConfig {
    /// Keep track of it.
    pub enabled: bool,
    /// For a day; nothing: no limit.
    pub daily_limit: MicroUsd,
    /// For a month; nothing: no limit.
    pub monthly_limit: MicroUsd,
    /// The share of a limit at which to warn.
    pub warn_at_percent: u8,
    /// What happens at the limit.
    pub on_limit: OnLimit,
    /// The model to go on with, as `provider/model`.
    pub downgrade_to: String,
    /// What happens to calls of a model whose price is not known.
    pub unpriced: Unpriced,
    /// Budgets beside those for a day and a month.
    pub budgets: Vec<Budget>,
}

impl Default for CostConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            daily_limit: MicroUsd(10_000_000),
            monthly_limit: MicroUsd(100_000_000),
            warn_at_percent: 80,
            on_limit: OnLimit::Block,
            downgrade_to: String::new(),
            unpriced: Unpriced::Allow,
            budgets: Vec::new(),
        }
    }
}

/// `[observability]`.
#[derive(Clone, Debug)]
pub struct ObservabilityConfig {
    /// Serve `/metrics`.
    pub prometheus: bool,
    /// Where traces go over OTLP; none: nowhere.
    pub otlp_endpoint: Option<String>,
    /// What is logged: a level, or `tracing` directives such as `info,clawgate::agent=debug`.
    pub log_level: String,
    /// Bytes that all log files together may take.
    pub log_max_bytes: u64,
    /// Days of log files that are kept.
    pub log_keep_days: u64,
}

impl Default for ObservabilityConfig {
    fn default() -> Self {
        Self {
            prometheus: true,
            otlp_endpoint: None,
            log_level: "info".to_owned(),
            log_max_bytes: 100 * 1024 * 1024,
            log_keep_days: 14,
        }
    }
}

/// `[owner]`.
#[derive(Clone, Debug, Default)]
pub struct OwnerConfig {
    /// IANA name of the owner's time zone; empty: this machine's.
    pub time_zone: String,
}

impl OwnerConfig {
    /// The owner's time zone: days and months begin by it, and schedules that name none go by it.
    pub fn zone(&self) -> TimeZone {
        if self.time_zone.is_empty() {
            return TimeZone::system();
        }
        TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC)
    }
}

/// `[tunnel]`: named here because a configured tunnel permits a public bind.
#[derive(Clone, Debug)]
pub struct TunnelConfig {
    /// none, cloudflare, tailscale, ngrok or custom.
    pub provider: String,
}

impl Default for TunnelConfig {
    fn default() -> Self {
        Self {
            provider: "none".to_owned(),
        }
    }
}

/// `[channels.webhook]`.
#[derive(Clone, Debug, Default)]
pub struct WebhookChannelConfig {
    /// What `X-Webhook-Secret` must be; none: not asked for.
    pub secret: Option<SecretString>,
    /// Let webhook turns use tools.
    pub tools: bool,
}

/// `[channels]`.
#[derive(Clone, Debug, Default)]
pub struct ChannelsConfig {
    /// `POST /webhook`.
    pub webhook: WebhookChannelConfig,
}
