//! The HTTP API, one file a group. Each group holds the services it uses; errors become HTTP in
//! `error.rs` and nowhere else.

mod body;
mod caller;
mod client;
mod cookie;
mod devices;
mod error;
mod pairing;
mod session;
pub mod watching;

pub use body::{JsonBody, OptionalJson};
pub use caller::Caller;
pub use client::Client;
pub use cookie::session_cookie;
pub use devices::DevicesApi;
pub use error::{ApiError, ErrorBody, from_framework};
pub use pairing::PairingApi;
pub use session::SessionApi;

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
