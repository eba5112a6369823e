//! Plain data that rooms exchange: no I/O, no clock, no HTTP. One file a noun.

mod activity;
mod attachment;
mod bus_event;
mod device;
mod ids;
mod memory_entry;
mod money;
mod page;
mod principal;
mod schema;
mod session;
mod timestamp;
mod turn;
mod turn_event;
mod usage;

pub use activity::{ActivitySum, DatabaseFacts, TurnFilter, TurnSummary};
pub use attachment::{Attachment, AttachmentError, AttachmentInfo};
pub use bus_event::*;
pub use device::{Device, DeviceSource, Scope};
pub use ids::{DeviceId, IdError, MessageId, SessionId, TurnId};
pub use memory_entry::*;
pub use money::MicroUsd;
pub use page::{Cursor, CursorError};
pub use principal::{Principal, PrincipalKind};
pub use session::{Session, SessionPatch};
pub use timestamp::Timestamp;
pub use turn::{Origin, Turn, TurnState};
pub use turn_event::*;
pub use usage::Usage;
