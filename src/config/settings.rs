//! Every setting in one list: its name, what it must be, what it is for, and the field it fills.
//! Loading, writing, masking and the documented example all read this list; `keys` finds in it.
//! What a provider can be told is in `provider_settings`.

use super::{
    Config,
    kind::{Item, Kind},
    setting::Setting,
    value::Value,
};

/// One setting of `T`.
#[derive(Debug)]
pub struct Field<T: 'static> {
    /// Its dotted name; for a provider's setting the last part alone.
    pub name: &'static str,
    /// What it must be.
    pub kind: Kind,
    /// What it is for, in one line.
    pub about: &'static str,
    pub(super) set: fn(&mut T, Value) -> bool,
    pub(super) get: fn(&T) -> Value,
}

pub(super) fn fill<S: Setting>(field: &mut S, value: Value) -> bool {
    S::take(value).map(|value| *field = value).is_some()
}

macro_rules! field {
    ($name:literal, $kind:expr, $($part:ident).+, $about:literal) => {
        Field {
            name: $name,
            kind: $kind,
            about: $about,
            set: |target, value| fill(&mut target.$($part).+, value),
            get: |target| target.$($part).+.give(),
        }
    };
}

pub(super) use field;

const fn from(min: i64) -> Kind {
    Kind::Whole { min, max: i64::MAX }
}

pub(super) const fn between(min: i64, max: i64) -> Kind {
    Kind::Whole { min, max }
}

const COUNT: Kind = between(0, u32::MAX as i64);

/// The settings of the fixed sections, in the order of the documented example.
pub static SETTINGS: &[Field<Config>] = &[
    field!(
        "gateway.host",
        Kind::Host,
        gateway.host,
        "Address to listen on."
    ),
    field!(
        "gateway.port",
        between(0, 65535),
        gateway.port,
        "Port to listen on; 0 takes a free one."
    ),
    field!(
        "gateway.allow_public_bind",
        Kind::Flag,
        gateway.allow_public_bind,
        "Allow an address that other machines can reach, without a tunnel."
    ),
    field!(
        "gateway.allowed_hosts",
        Kind::List(Item::Host),
        gateway.allowed_hosts,
        "Further names that browsers may use, such as a reverse proxy's."
    ),
    field!(
        "gateway.require_pairing",
        Kind::Flag,
        gateway.require_pairing,
        "Ask every client for a token."
    ),
    field!(
        "gateway.paired_tokens",
        Kind::List(Item::Sha256),
        gateway.paired_tokens,
        "SHA-256 hashes of tokens from an older install; imported once."
    ),
    field!(
        "gateway.pairing_code_ttl_secs",
        between(30, 86_400),
        gateway.pairing_code_ttl_secs,
        "How long a pairing code lasts."
    ),
    field!(
        "gateway.token_ttl_days",
        between(0, 36_500),
        gateway.token_ttl_days,
        "How long a token lasts; 0 = for ever."
    ),
    field!(
        "gateway.pair_rate_limit_per_minute",
        COUNT,
        gateway.pair_rate_limit_per_minute,
        "Pairing attempts per client and minute; 0 = unlimited, as for all limits."
    ),
    field!(
        "gateway.webhook_rate_limit_per_minute",
        COUNT,
        gateway.webhook_rate_limit_per_minute,
        "Webhook calls per client and minute."
    ),
    field!(
        "gateway.chat_rate_limit_per_minute",
        COUNT,
        gateway.chat_rate_limit_per_minute,
        "Chat messages per client and minute."
    ),
    field!(
        "gateway.api_rate_limit_per_minute",
        COUNT,
        gateway.api_rate_limit_per_minute,
        "Other calls under /api per client and minute."
    ),
    field!(
        "gateway.v1_rate_limit_per_minute",
        COUNT,
        gateway.v1_rate_limit_per_minute,
        "Calls under /v1 per client and minute."
    ),
    field!(
        "gateway.rate_limit_max_keys",
        between(16, 10_000_000),
        gateway.rate_limit_max_keys,
        "Clients that each limit remembers."
    ),
    field!(
        "gateway.idempotency_ttl_secs",
        between(1, 31_536_000),
        gateway.idempotency_ttl_secs,
        "How long an idempotency key is remembered."
    ),
    field!(
        "gateway.idempotency_max_keys",
        between(1, 100_000_000),
        gateway.idempotency_max_keys,
        "How many of them are remembered."
    ),
    field!(
        "gateway.trust_forwarded_headers",
        Kind::Flag,
        gateway.trust_forwarded_headers,
        "Believe X-Forwarded-* headers from trusted_proxies."
    ),
    field!(
        "gateway.trusted_proxies",
        Kind::List(Item::Network),
        gateway.trusted_proxies,
        "Networks or addresses of proxies that may be believed."
    ),
    field!(
        "gateway.request_timeout_secs",
        between(1, 3600),
        gateway.request_timeout_secs,
        "For reading a request, and for answering what is not a chat."
    ),
    field!(
        "gateway.max_body_bytes",
        between(1024, 1 << 30),
        gateway.max_body_bytes,
        "Largest request body, but for chat."
    ),
    field!(
        "gateway.max_chat_body_bytes",
        between(1024, 1 << 30),
        gateway.max_chat_body_bytes,
        "Largest request body of chat, attachments included."
    ),
    field!(
        "gateway.allow_query_token",
        Kind::Flag,
        gateway.allow_query_token,
        "Accept ?token= on GET and WebSocket routes."
    ),
    field!(
        "agent.provider",
        Kind::Provider,
        agent.provider,
        "A name under [providers]; empty: the first one, or what is found."
    ),
    field!(
        "agent.model",
        Kind::Text,
        agent.model,
        "The model; empty: the provider's own choice."
    ),
    field!(
        "agent.temperature",
        Kind::Decimal { min: 0.0, max: 2.0 },
        agent.temperature,
        "How freely the model chooses its words, 0 to 2."
    ),
    field!(
        "agent.autonomy",
        Kind::Choice(&["read_only", "supervised", "full"]),
        agent.autonomy,
        "read_only: look only; supervised: ask before what is dangerous; full: never ask."
    ),
    field!(
        "agent.max_iterations",
        between(1, 1000),
        agent.max_iterations,
        "Most model calls in one turn."
    ),
    field!(
        "agent.turn_timeout_secs",
        between(1, 86_400),
        agent.turn_timeout_secs,
        "How long a turn may work; waiting for you does not count."
    ),
    field!(
        "agent.max_turn_tokens",
        from(0),
        agent.max_turn_tokens,
        "Most tokens of one turn; 0 = unlimited."
    ),
    field!(
        "agent.approval_timeout_secs",
        between(1, 2_592_000),
        agent.approval_timeout_secs,
        "How long a request waits for your decision."
    ),
    field!(
        "agent.sync_wait_secs",
        between(0, 3600),
        agent.sync_wait_secs,
        "How long a waiting caller waits before it gets 202."
    ),
    field!(
        "agent.system_prompt",
        Kind::Text,
        agent.system_prompt,
        "Tells the model who it is; empty: the built-in words."
    ),
    field!(
        "agent.history_tokens",
        from(0),
        agent.history_tokens,
        "Tokens of earlier messages that the model is shown."
    ),
    field!(
        "tools.shell_timeout_secs",
        between(1, 86_400),
        tools.shell_timeout_secs,
        "How long a command may take."
    ),
    field!(
        "tools.shell_memory_mb",
        between(0, 1 << 22),
        tools.shell_memory_mb,
        "Memory of each program of a command, in MiB; 0 = unlimited."
    ),
    field!(
        "tools.shell_network",
        Kind::Flag,
        tools.shell_network,
        "Let commands open TCP connections (off needs Linux 6.7 or later)."
    ),
    field!(
        "tools.shell_read",
        Kind::List(Item::Any),
        tools.shell_read,
        "Further folders that commands may read and run programs from, such as \"~/.cargo\"."
    ),
    field!(
        "tools.shell_write",
        Kind::List(Item::Any),
        tools.shell_write,
        "Further folders that commands may read and change."
    ),
    field!(
        "tools.shell_env",
        Kind::List(Item::Any),
        tools.shell_env,
        "Names of environment variables that commands are given besides the usual ones."
    ),
    field!(
        "tools.output_cap_bytes",
        between(1024, 1 << 20),
        tools.output_cap_bytes,
        "Bytes of a tool's output that the model is shown at most."
    ),
    field!(
        "tools.allowed_hosts",
        Kind::List(Item::Host),
        tools.allowed_hosts,
        "Hosts in your own network that fetches may reach, such as \"nas.local:8080\"."
    ),
    field!(
        "tools.fetch_timeout_secs",
        between(1, 600),
        tools.fetch_timeout_secs,
        "How long a fetch may take."
    ),
    field!(
        "tools.fetch_max_bytes",
        between(1024, 1 << 28),
        tools.fetch_max_bytes,
        "Bytes of an answer that a fetch reads at most."
    ),
    field!(
        "tools.permissions.allow",
        Kind::List(Item::Any),
        tools.permissions.allow,
        "Tools used without asking, by name."
    ),
    field!(
        "tools.permissions.ask",
        Kind::List(Item::Any),
        tools.permissions.ask,
        "Tools used when you agree; weighs more than allow."
    ),
    field!(
        "tools.permissions.deny",
        Kind::List(Item::Any),
        tools.permissions.deny,
        "Tools never used; weighs more than ask and allow."
    ),
    field!(
        "memory.auto_save",
        Kind::Flag,
        memory.auto_save,
        "Keep what is said."
    ),
    field!(
        "memory.recall_tokens",
        between(0, 1_000_000),
        memory.recall_tokens,
        "Tokens of memories that the model is shown with a message; 0 = none."
    ),
    field!(
        "memory.max_entries",
        between(1, 10_000_000),
        memory.max_entries,
        "Memories there may be."
    ),
    field!(
        "memory.max_entry_bytes",
        between(256, 1 << 20),
        memory.max_entry_bytes,
        "Largest memory."
    ),
    field!(
        "memory.max_conversation_entries",
        between(0, 10_000_000),
        memory.max_conversation_entries,
        "Memories that auto_save keeps of conversations; the oldest go first."
    ),
    field!(
        "memory.embedding_provider",
        Kind::Text,
        memory.embedding_provider,
        "A name under [providers], or ollama, whose vectors find memories by meaning; empty: by words alone."
    ),
    field!(
        "memory.embedding_model",
        Kind::Text,
        memory.embedding_model,
        "The embedding model; empty: a good one of the provider's kind."
    ),
    field!(
        "cost.enabled",
        Kind::Flag,
        cost.enabled,
        "Keep track of what is spent."
    ),
    field!(
        "cost.daily_limit_usd",
        Kind::Money,
        cost.daily_limit,
        "For a day, in dollars."
    ),
    field!(
        "cost.monthly_limit_usd",
        Kind::Money,
        cost.monthly_limit,
        "For a month, in dollars."
    ),
    field!(
        "cost.warn_at_percent",
        between(0, 100),
        cost.warn_at_percent,
        "The share of a limit at which to warn."
    ),
    field!(
        "cost.on_limit",
        Kind::Choice(&["block", "warn", "downgrade"]),
        cost.on_limit,
        "block: refuse; warn: go on; downgrade: go on with a cheaper model."
    ),
    Field {
        name: "observability.backend",
        kind: Kind::Choice(&["prometheus", "none"]),
        about: "prometheus serves /metrics; none does not.",
        set: |config, value| {
            String::take(value)
                .map(|word| config.observability.prometheus = word == "prometheus")
                .is_some()
        },
        get: |config| {
            let word = if config.observability.prometheus {
                "prometheus"
            } else {
                "none"
            };
            Value::Text(word.to_owned())
        },
    },
    field!(
        "observability.otlp_endpoint",
        Kind::Url,
        observability.otlp_endpoint,
        "Where traces go over OTLP; empty: nowhere."
    ),
    field!(
        "observability.log_level",
        Kind::Directives,
        observability.log_level,
        "A level, or directives such as \"info,clawgate::agent=debug\"."
    ),
    field!(
        "tunnel.provider",
        Kind::Choice(&["none", "cloudflare", "tailscale", "ngrok", "custom"]),
        tunnel.provider,
        "How the gateway is reached from outside."
    ),
    field!(
        "channels.webhook.secret",
        Kind::Secret,
        channels.webhook.secret,
        "What X-Webhook-Secret must be; empty: not asked for. Sealed once seen."
    ),
    field!(
        "channels.webhook.tools",
        Kind::Flag,
        channels.webhook.tools,
        "Let webhook turns use tools."
    ),
];
