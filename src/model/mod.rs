//! Plain data that rooms exchange: no I/O, no clock, no HTTP. One file a noun.

mod activity;
mod approval;
mod attachment;
mod bus_event;
mod cost;
mod cron_job;
mod cron_news;
mod cron_run;
mod device;
mod ids;
mod memory_entry;
mod money;
mod page;
mod principal;
mod schema;
mod session;
mod step;
mod timestamp;
mod trace;
mod turn;
mod turn_event;
mod usage;
mod workspace_file;

pub use activity::{ActivitySum, DatabaseFacts, TurnFilter, TurnQuery, TurnSummary};
pub use approval::*;
pub use attachment::{Attachment, AttachmentError, AttachmentInfo};
pub use bus_event::*;
pub use cost::*;
pub use cron_job::*;
pub use cron_news::*;
pub use cron_run::*;
pub use device::{Device, DeviceSource, Scope};
pub use ids::{
    ApprovalId, CallId, CronJobId, CronRunId, DeviceId, IdError, MessageId, RuleId, SessionId,
    TrashId, TurnId,
};
pub use memory_entry::*;
pub use money::MicroUsd;
pub use page::{Cursor, CursorError};
pub use principal::{Principal, PrincipalKind};
pub use session::{Session, SessionPatch};
pub use step::{Step, StepApproval, StepCall};
pub use timestamp::Timestamp;
pub use trace::{ModelCall, Span, SpanKind, SpanStatus, Trace};
pub use turn::{Origin, Turn, TurnState};
pub use turn_event::*;
pub use usage::Usage;
pub use workspace_file::*;
