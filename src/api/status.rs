//! `GET /api/status`: how the gateway is, at a glance.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use poem_openapi::{Object, OpenApi, payload::Json};

use super::{
    ApiError, Caller, Group, Limits,
    provider_kind::{Kind, Source},
};
use crate::{
    agent::Agent,
    clock::Clock,
    config::{ConfigHandle, ConfigKeeper},
    cost::Cost,
    cron::Cron,
    model::{DatabaseFacts, MicroUsd, Timestamp},
    telemetry::{ComponentHealth, Health, Process, Status},
};

/// Tokens and money since the beginning.
#[derive(Debug, Object)]
struct TokenUsage {
    /// Input and output together.
    total_tokens: u64,
    /// Of these, tokens whose price is not known.
    unpriced_tokens: u64,
    /// What the others cost in US dollars; null when no price is known at all.
    estimated_cost_usd: Option<MicroUsd>,
}

/// A way in from a chat network.
#[derive(Debug, Object)]
struct ChannelStatus {
    /// The network.
    name: String,
    /// connected, configured or failing.
    status: String,
}

/// Where the gateway listens.
#[derive(Debug, Object)]
struct Listener {
    /// The address.
    host: String,
    /// The port.
    port: u16,
}

/// The process.
#[derive(Debug, Object)]
struct ProcessStatus {
    /// Resident memory in bytes; null where the system does not say.
    rss_bytes: Option<u64>,
}

/// The database.
#[derive(Debug, Object)]
struct DatabaseStatus {
    /// Bytes of its file.
    bytes: u64,
    /// The version of SQLite.
    sqlite_version: String,
    /// The version of the schema: that of the newest migration.
    schema_version: i64,
}

impl From<DatabaseFacts> for DatabaseStatus {
    fn from(facts: DatabaseFacts) -> Self {
        Self {
            bytes: facts.bytes,
            sqlite_version: facts.sqlite_version,
            schema_version: facts.schema_version,
        }
    }
}

/// A part of the gateway that can fail by itself.
#[derive(Debug, Object)]
#[oai(rename = "ComponentHealth")]
struct ComponentView {
    /// gateway, memory, scheduler, channels or provider.
    name: String,
    /// How well it works.
    status: Status,
    /// Why, for a person; null when all is well.
    reason: Option<String>,
    /// Since when it has been so.
    since: Timestamp,
}

impl From<ComponentHealth> for ComponentView {
    fn from(health: ComponentHealth) -> Self {
        Self {
            name: health.component.as_str().to_owned(),
            status: health.status,
            reason: health.reason,
            since: health.since,
        }
    }
}

/// Whether what the configuration says is in force.
#[derive(Debug, Object)]
struct ConfigStatus {
    /// The settings that wait for the next start.
    restart_needed: Vec<String>,
    /// Why `config.toml` as it stands is not in force; null when it is.
    refused: Option<String>,
}

/// How the gateway is.
#[derive(Debug, Object)]
#[oai(rename = "GatewayStatus")]
struct StatusView {
    /// ok, degraded or failing.
    status: Status,
    /// The program's version.
    version: String,
    /// Since the start.
    uptime_seconds: u64,
    /// When it started.
    started_at: Timestamp,
    /// Its parts, in order.
    components: Vec<ComponentView>,
    /// Sessions with turns under way or waiting.
    active_sessions: u64,
    /// Turns under way.
    active_turns: u64,
    /// Jobs under way.
    active_jobs: u64,
    /// The provider in use.
    provider: String,
    /// The model in use.
    model: String,
    /// The provider's protocol.
    provider_kind: Kind,
    /// How the provider was found.
    provider_source: Source,
    /// How to connect a model; null once one is configured.
    provider_hint: Option<String>,
    /// Tokens and money since the beginning.
    token_usage: TokenUsage,
    /// Ways in from chat networks.
    channels: Vec<ChannelStatus>,
    /// Messages that wait for the turns before them.
    waiting_turns: u64,
    /// Where memory is kept.
    memory_backend: String,
    /// Devices with a token that works.
    paired_devices: u64,
    /// Where the gateway listens.
    gateway: Listener,
    /// The process.
    process: ProcessStatus,
    /// The database.
    database: DatabaseStatus,
    /// The folder that holds everything.
    data_dir: String,
    /// What goes with one message.
    limits: Limits,
    /// Whether what the configuration says is in force.
    config: ConfigStatus,
}

/// The group.
pub struct StatusApi {
    /// The agent.
    pub agent: Agent,
    /// What is spent.
    pub cost: Cost,
    /// What is scheduled.
    pub cron: Cron,
    /// Settings.
    pub config: ConfigHandle,
    /// Who changes them.
    pub keeper: Arc<ConfigKeeper>,
    /// Which components work.
    pub health: Health,
    /// The process itself.
    pub process: Process,
    /// How many devices are paired.
    pub count_devices: Arc<dyn Fn() -> usize + Send + Sync>,
    /// The address really bound.
    pub bound: SocketAddr,
    /// The folder that holds everything.
    pub data_dir: PathBuf,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

#[OpenApi(tag = "Group::Watching")]
impl StatusApi {
    /// How the gateway is
    #[oai(path = "/api/status", method = "get", operation_id = "get_status")]
    async fn status(&self, _caller: Caller) -> Result<Json<StatusView>, ApiError> {
        let selected = self.agent.selected();
        let totals = self.cost.totals();
        let database = self.agent.database().await?;
        let uptime = self.process.uptime_seconds();
        let started = i64::try_from(uptime).unwrap_or(0);
        let components = self.health.components().into_iter();
        let glance = self.keeper.glance();
        Ok(Json(StatusView {
            status: self.health.overall(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            uptime_seconds: uptime,
            started_at: self.clock.now().plus_secs(-started),
            components: components.map(ComponentView::from).collect(),
            active_sessions: self.agent.active_sessions() as u64,
            active_turns: self.agent.active() as u64,
            active_jobs: self.cron.active() as u64,
            provider: selected.name,
            model: selected.model,
            provider_kind: selected.kind.into(),
            provider_source: selected.source.into(),
            provider_hint: selected.hint,
            token_usage: TokenUsage {
                total_tokens: totals.tokens,
                unpriced_tokens: totals.unpriced_tokens,
                estimated_cost_usd: (totals.tokens == 0 || totals.unpriced_tokens < totals.tokens)
                    .then_some(totals.cost),
            },
            channels: Vec::new(),
            waiting_turns: self.agent.waiting() as u64,
            memory_backend: "sqlite".to_owned(),
            paired_devices: (self.count_devices)() as u64,
            gateway: Listener {
                host: self.bound.ip().to_string(),
                port: self.bound.port(),
            },
            process: ProcessStatus {
                rss_bytes: self.process.rss_bytes(),
            },
            database: database.into(),
            data_dir: self.data_dir.display().to_string(),
            limits: Limits::of(&self.config.current()),
            config: ConfigStatus {
                restart_needed: glance.restart_needed,
                refused: glance.refused,
            },
        }))
    }
}
