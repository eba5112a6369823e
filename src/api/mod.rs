//! The HTTP API, one file a group. Each group holds the services it uses; errors become HTTP in
//! `error.rs` and nowhere else.

mod activity;
mod approvals;
pub mod asyncapi;
mod attachments;
mod audit;
mod body;
mod caller;
mod chat;
mod client;
mod config;
mod config_views;
mod cookie;
mod cost;
mod cost_records;
mod cost_views;
mod cron;
mod cron_input;
mod cron_views;
mod devices;
mod doctor;
mod doctor_views;
mod error;
mod event_schema;
mod events;
mod file_download;
mod integrations;
mod log_views;
mod logs;
mod memory;
mod memory_files;
mod memory_views;
mod messages;
mod pairing;
mod password;
mod provider_kind;
mod provider_view;
mod providers;
mod raw_body;
mod reach;
mod replies;
mod session;
mod sessions;
mod sse;
mod status;
mod text;
mod tools;
mod turns;
pub mod watching;
mod workspace;
mod workspace_history;
mod workspace_history_views;
mod workspace_views;

pub use activity::ActivityApi;
pub use approvals::ApprovalsApi;
pub(crate) use approvals::decider;
pub use attachments::AttachmentInput;
pub(crate) use attachments::{Limits, attachments};
pub use audit::AuditApi;
pub(crate) use body::parse_json;
pub use body::{JsonBody, OptionalJson};
pub use caller::Caller;
pub use chat::ChatApi;
pub(crate) use chat::{contexts, replacement};
pub use client::Client;
pub use config::ConfigApi;
pub use cookie::session_cookie;
pub use cost::CostApi;
pub use cron::CronApi;
pub use devices::DevicesApi;
pub use doctor::DoctorApi;
pub(crate) use error::sentence;
pub use error::{ApiError, ErrorBody, from_framework};
pub use events::EventsApi;
pub use integrations::IntegrationsApi;
pub use logs::LogsApi;
pub use memory::MemoryApi;
pub use memory_files::MemoryFilesApi;
pub use pairing::PairingApi;
pub use password::PasswordApi;
pub use providers::ProvidersApi;
pub use session::SessionApi;
pub use sessions::SessionsApi;
pub use status::StatusApi;
pub use text::Text;
pub use tools::ToolsApi;
pub use turns::TurnsApi;
pub use workspace::WorkspaceApi;
pub use workspace_history::WorkspaceHistoryApi;

use poem_openapi::Tags;

/// The groups that the document shows.
#[derive(Tags)]
pub enum Group {
    /// Pairing a browser or a device with the gateway.
    Pairing,
    /// Devices and their tokens.
    Devices,
    /// Talking to the agent.
    Chat,
    /// Following and stopping turns.
    Turns,
    /// Conversations.
    Sessions,
    /// What the agent asks its owner before it does it.
    Approvals,
    /// What the agent can do.
    Tools,
    /// Model providers, their keys and their models.
    Providers,
    /// What the agent remembers.
    Memory,
    /// The configuration: `config.toml` and what counts more.
    Config,
    /// The agent's files, what they were before, and the trash.
    Workspace,
    /// What is spent: the ledger, prices and budgets.
    Cost,
    /// Scheduled jobs and their runs.
    Cron,
    /// What the gateway is doing.
    Watching,
}
