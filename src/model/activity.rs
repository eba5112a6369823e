//! What the agent did and is doing, in figures and in one line a turn.

use super::{DeviceId, MicroUsd, Origin, SessionId, Timestamp, TurnId, TurnState, Usage};

/// The turns that ended within one stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivitySum {
    /// How many.
    pub turns: u64,
    /// Of these, how many failed.
    pub failed: u64,
    /// Tokens sent to models.
    pub input_tokens: u64,
    /// Tokens that models produced.
    pub output_tokens: u64,
    /// Half of the answered turns took no longer, from acceptance to the end, in milliseconds.
    pub p50_ms: Option<u64>,
    /// Nineteen of twenty answered turns took no longer.
    pub p95_ms: Option<u64>,
    /// Half of the answered turns began to answer no later, in milliseconds.
    pub first_token_p50_ms: Option<u64>,
}

/// What there is to say of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseFacts {
    /// Bytes of its file.
    pub bytes: u64,
    /// The version of SQLite.
    pub sqlite_version: String,
    /// The version of the schema: that of the newest migration.
    pub schema_version: i64,
}

/// Which turns to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TurnFilter {
    /// All of them.
    #[default]
    All,
    /// Those that have not ended.
    Active,
    /// Those that were answered.
    Done,
    /// Those that ended in an error.
    Failed,
    /// Those that were stopped.
    Cancelled,
}

/// Which turns to list, and how many; what is left out narrows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TurnQuery {
    /// Where they stand.
    pub filter: TurnFilter,
    /// The door they came in by.
    pub origin: Option<Origin>,
    /// Their session.
    pub session_id: Option<SessionId>,
    /// A part of their model's name, in whatever case.
    pub model: Option<String>,
    /// They took this long at least, from acceptance to the end or until now, in milliseconds.
    pub min_ms: Option<u64>,
    /// They cost this much at least; those of unknown cost are left out.
    pub min_cost: Option<MicroUsd>,
    /// They come before this row.
    pub before_row: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

/// A turn in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnSummary {
    /// Its place in the order of all turns.
    pub row: i64,
    /// Names it.
    pub id: TurnId,
    /// Its session.
    pub session_id: SessionId,
    /// What the session is called.
    pub session_title: String,
    /// Where it stands.
    pub state: TurnState,
    /// The door it came in by.
    pub origin: Origin,
    /// The device that asked, where there is one.
    pub device_id: Option<DeviceId>,
    /// The beginning of what was said.
    pub excerpt: String,
    /// The provider that answers.
    pub provider: Option<String>,
    /// The model that answers; before that, the one asked for, if any.
    pub model: Option<String>,
    /// Tokens of its model calls, once it has ended.
    pub usage: Usage,
    /// What it cost; none before its end, and when the model's price is not known.
    pub cost: Option<MicroUsd>,
    /// How many tool calls it made so far.
    pub tool_calls: u32,
    /// Why it failed: word and sentence.
    pub error: Option<(String, String)>,
    /// When the message was accepted.
    pub created_at: Timestamp,
    /// When the work began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}
