//! The HTTP API, one file a group. Each group holds the services it uses; errors become HTTP in
//! `error.rs` and nowhere else.

mod activity;
mod approvals;
pub mod asyncapi;
mod attachments;
mod body;
mod caller;
mod chat;
mod client;
mod cookie;
mod cost;
mod cost_limits;
mod cost_prices;
mod cost_records;
mod cost_views;
mod devices;
mod error;
mod event_schema;
mod events;
mod memory;
mod memory_views;
mod messages;
mod pairing;
mod password;
mod provider_kind;
mod provider_view;
mod providers;
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

pub use activity::ActivityApi;
pub use approvals::ApprovalsApi;
pub(crate) use approvals::decider;
pub use attachments::AttachmentInput;
pub(crate) use attachments::{Limits, attachments};
pub(crate) use body::parse_json;
pub use body::{JsonBody, OptionalJson};
pub use caller::Caller;
pub use chat::ChatApi;
pub(crate) use chat::{contexts, replacement};
pub use client::Client;
pub use cookie::session_cookie;
pub use cost::CostApi;
pub use devices::DevicesApi;
pub(crate) use error::sentence;
pub use error::{ApiError, ErrorBody, from_framework};
pub use events::EventsApi;
pub use memory::MemoryApi;
pub use pairing::PairingApi;
pub use password::PasswordApi;
pub use providers::ProvidersApi;
pub use session::SessionApi;
pub use sessions::SessionsApi;
pub use status::StatusApi;
pub use text::Text;
pub use tools::ToolsApi;
pub use turns::TurnsApi;

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
    /// What is spent: the ledger, prices and budgets.
    Cost,
    /// What the gateway is doing.
    Watching,
}
