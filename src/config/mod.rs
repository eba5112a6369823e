//! Configuration: small documented sections, loaded in layers, checked as one.
//!
//! The structs here are what the rest of the crate relies on; what a person typed is read and
//! judged elsewhere in this room.

mod agent;
mod gateway;
mod live;
mod sections;

use std::collections::BTreeMap;

pub use agent::{AgentConfig, Autonomy};
pub use gateway::GatewayConfig;
pub use live::ConfigHandle;
pub use sections::{
    ChannelsConfig, CostConfig, MemoryConfig, ObservabilityConfig, OnLimit, ProviderConfig,
    ProviderKind, TunnelConfig, WebhookChannelConfig,
};

/// The whole configuration, as relied on.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The listener and its limits.
    pub gateway: GatewayConfig,
    /// The agent's defaults.
    pub agent: AgentConfig,
    /// Model providers by name.
    pub providers: BTreeMap<String, ProviderConfig>,
    /// What is remembered.
    pub memory: MemoryConfig,
    /// Budgets.
    pub cost: CostConfig,
    /// Metrics and traces.
    pub observability: ObservabilityConfig,
    /// How the gateway is reached from outside.
    pub tunnel: TunnelConfig,
    /// Inbound channels.
    pub channels: ChannelsConfig,
}
