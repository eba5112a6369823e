//! `[gateway]`: the listener and its limits.

use ipnet::IpNet;

/// The listener and its limits. A limit of 0 means unlimited.
#[derive(Clone, Debug)]
pub struct GatewayConfig {
    /// Address or name to listen on.
    pub host: String,
    /// Port to listen on; 0 takes a free one.
    pub port: u16,
    /// Allow a bind that other machines can reach.
    pub allow_public_bind: bool,
    /// Further Host and Origin names that browsers may use.
    pub allowed_hosts: Vec<String>,
    /// Ask for a token.
    pub require_pairing: bool,
    /// SHA-256 hashes (hex) brought along from an older install.
    pub paired_tokens: Vec<String>,
    /// How long a pairing code lasts.
    pub pairing_code_ttl_secs: u64,
    /// How long a token lasts; 0 = for ever.
    pub token_ttl_days: u64,
    /// `POST /pair` per client.
    pub pair_rate_limit_per_minute: u32,
    /// `POST /webhook` per client.
    pub webhook_rate_limit_per_minute: u32,
    /// Turns started over the chat routes and sockets, per client.
    pub chat_rate_limit_per_minute: u32,
    /// Everything else under `/api`, per client.
    pub api_rate_limit_per_minute: u32,
    /// `/v1`, per client.
    pub v1_rate_limit_per_minute: u32,
    /// Clients remembered by each limiter.
    pub rate_limit_max_keys: usize,
    /// How long an idempotency key is remembered.
    pub idempotency_ttl_secs: u64,
    /// How many are remembered.
    pub idempotency_max_keys: u64,
    /// Believe `X-Forwarded-*` from [`GatewayConfig::trusted_proxies`].
    pub trust_forwarded_headers: bool,
    /// Proxies that may be believed.
    pub trusted_proxies: Vec<IpNet>,
    /// For reading a request, and for a handler that is not a turn.
    pub request_timeout_secs: u64,
    /// Largest body, but for the chat routes.
    pub max_body_bytes: usize,
    /// Largest body of the chat routes.
    pub max_chat_body_bytes: usize,
    /// Accept `?token=` on GET and WebSocket routes.
    pub allow_query_token: bool,
    /// Earlier texts of `config.toml` that are kept; 0 = none.
    pub config_revisions: u32,
}

impl Default for GatewayConfig {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 42617,
            allow_public_bind: false,
            allowed_hosts: Vec::new(),
            require_pairing: true,
            paired_tokens: Vec::new(),
            pairing_code_ttl_secs: 900,
            token_ttl_days: 0,
            pair_rate_limit_per_minute: 10,
            webhook_rate_limit_per_minute: 60,
            chat_rate_limit_per_minute: 30,
            api_rate_limit_per_minute: 600,
            v1_rate_limit_per_minute: 300,
            rate_limit_max_keys: 10_000,
            idempotency_ttl_secs: 3600,
            idempotency_max_keys: 10_000,
            trust_forwarded_headers: false,
            trusted_proxies: vec![
                IpNet::from(std::net::IpAddr::from([127, 0, 0, 1])),
                IpNet::from(std::net::IpAddr::from(std::net::Ipv6Addr::LOCALHOST)),
            ],
            request_timeout_secs: 30,
            max_body_bytes: 65_536,
            max_chat_body_bytes: 10_485_760,
            allow_query_token: true,
            config_revisions: 20,
        }
    }
}
