//! The HTTP API, one file a group. Each group holds the services it uses; errors become HTTP in
//! `error.rs` and nowhere else.

mod caller;
pub mod chat;
mod error;
mod event_schema;
pub mod events;
pub mod sessions;
mod sse;
pub mod status;
pub mod turns;
pub mod watching;

pub use caller::Caller;
pub use error::{ApiError, ErrorBody, from_framework};

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
    /// What the gateway is doing.
    Watching,
}
