//! `[gateway]`: the listener and its limits.

use super::{COUNT, Field, between, field};
use crate::config::{
    Config,
    kind::{Item, Kind},
};

pub(super) static FIELDS: &[Field<Config>] = &[
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
        "gateway.config_revisions",
        between(0, 1000),
        gateway.config_revisions,
        "Earlier texts of this file that are kept, to go back to; 0 = none."
    ),
];
