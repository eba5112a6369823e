//! Configuration: small documented sections, loaded in layers, checked as one.
//!
//! The structs here are what the rest of the crate relies on; what a person typed is read and
//! judged elsewhere in this room.

mod agent;
mod budget;
mod changes;
mod cron;
pub mod document;
mod draft;
mod environment;
pub mod example;
pub mod fault;
mod found;
mod gateway;
pub mod home;
mod keeper;
pub mod keys;
mod kind;
mod later;
pub mod live;
mod load;
mod masks;
mod older;
mod place;
mod provider_settings;
mod raw;
pub mod redact;
mod remark;
pub mod restart;
mod revisions;
mod saving;
pub mod schema;
mod sections;
mod setting;
mod settings;
mod tools;
mod validate;
mod value;
pub mod vault;
pub mod view;
mod watch;
mod wishes;
mod workspace;

use std::collections::{BTreeMap, BTreeSet};

use secrecy::SecretString;

pub use agent::{AgentConfig, Autonomy};
pub use budget::{Budget, BudgetError, BudgetPeriod, BudgetScope, Unpriced};
pub use changes::Change;
pub use cron::CronConfig;
pub use draft::Proposal;
pub use environment::environment;
pub use fault::Fault;
pub use gateway::GatewayConfig;
pub use home::{Home, HomeError, HomeLock};
pub use keeper::{Changed, ConfigKeeper, ConfigSources, Edit, Glance};
pub use kind::{Item, Kind, is_provider_name};
pub use live::ConfigHandle;
pub use load::{CliOverrides, Loaded, load, read};
pub use masks::masked;
pub use redact::redact;
pub use remark::{ConfigErrors, Origin, Remark};
pub use revisions::Revision;
pub use saving::{Checked, SaveError, Saved, Standing};
pub use sections::{
    ChannelsConfig, CostConfig, MemoryConfig, ObservabilityConfig, OnLimit, OwnerConfig,
    ProviderConfig, ProviderKind, TunnelConfig, WebhookChannelConfig,
};
pub use tools::{ToolPermissions, ToolsConfig};
pub use validate::{PublicBindRefused, check_bind, is_loopback};
pub use value::{MASK, Value};
pub use watch::follow;
pub use workspace::WorkspaceConfig;

/// The whole configuration, as relied on.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Whose gateway it is.
    pub owner: OwnerConfig,
    /// The listener and its limits.
    pub gateway: GatewayConfig,
    /// The agent's defaults.
    pub agent: AgentConfig,
    /// Model providers by name.
    pub providers: BTreeMap<String, ProviderConfig>,
    /// What the agent's tools may reach.
    pub tools: ToolsConfig,
    /// What is remembered.
    pub memory: MemoryConfig,
    /// The agent's files, and what is kept of them.
    pub workspace: WorkspaceConfig,
    /// Scheduled jobs.
    pub cron: CronConfig,
    /// Budgets.
    pub cost: CostConfig,
    /// Metrics and traces.
    pub observability: ObservabilityConfig,
    /// How the gateway is reached from outside.
    pub tunnel: TunnelConfig,
    /// Inbound channels.
    pub channels: ChannelsConfig,
    /// Settings of features that this version does not have, by dotted name, as they would be
    /// shown. All of them are treated as secret.
    pub later: BTreeMap<String, SecretString>,
    /// The names of the providers that only the environment brought along.
    pub from_environment: BTreeSet<String>,
    /// An admin bearer token of the owner's choice (`GATEWAY_AUTH_TOKEN`), 16 characters or more.
    pub fixed_token: Option<SecretString>,
    /// One user for every session (`GATEWAY_USER_ID`); kept for the dialects that know users.
    pub user_id: Option<String>,
}

impl Config {
    /// Every secret in it, whatever it is for.
    pub fn secrets(&self) -> Vec<SecretString> {
        self.providers
            .values()
            .filter_map(|provider| provider.api_key.as_ref())
            .chain(&self.channels.webhook.secret)
            .chain(&self.fixed_token)
            .chain(
                self.later
                    .iter()
                    .filter(|(key, _)| keys::is_secret(key))
                    .map(|(_, value)| value),
            )
            .cloned()
            .collect()
    }

    /// The name of the provider in use: the chosen one, else `main`, else the first configured
    /// one, else the first one found in the environment. `None`: there is none at all.
    pub fn active_provider(&self) -> Option<&str> {
        if !self.agent.provider.is_empty() {
            return Some(&self.agent.provider);
        }
        let configured = |name: &&String| !self.from_environment.contains(*name);
        let mut names = self.providers.keys();
        if self.providers.contains_key("main") {
            return Some("main");
        }
        names.find(configured).map(String::as_str).or_else(|| {
            found::FOUND
                .iter()
                .copied()
                .find(|name| self.from_environment.contains(*name))
        })
    }
}
