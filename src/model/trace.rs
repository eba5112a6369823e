//! What a turn did when: spans of time, as a waterfall shows them.

use poem_openapi::{Enum, Object};

use super::{ApprovalId, MicroUsd, SessionId, Timestamp, TurnId, TurnState, Usage};

/// What a span is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum SpanKind {
    /// The turn waited for its place.
    Queue,
    /// What the model is told was gathered: the conversation, memories, summaries.
    Prompt,
    /// A call of the model, from the request to the end of its answer.
    Model,
    /// A tool call, from the model's wish to its result.
    Tool,
    /// A tool call waited for its owner, or a question for its answer.
    Approval,
}

/// How a span ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum SpanStatus {
    /// It has not ended.
    Running,
    /// As it should.
    Ok,
    /// It failed.
    Failed,
    /// Its owner said no, or nobody decided in time.
    Denied,
    /// It was stopped.
    Cancelled,
    /// A restart cut it off.
    Interrupted,
}

/// A stretch of a turn.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(rename = "TraceSpan", skip_serializing_if_is_none)]
pub struct Span {
    /// Names it within the trace: 1, 2, 3 … in the order of their beginnings.
    pub id: u32,
    /// The span it is part of.
    pub parent: Option<u32>,
    /// What it is about.
    pub kind: SpanKind,
    /// The model's, the tool's name; left out where the kind says it all.
    pub name: Option<String>,
    /// What would happen, or why it failed, for a person.
    pub summary: Option<String>,
    /// How it ended.
    pub status: SpanStatus,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Of a model call: when the first piece of its answer came.
    pub first_token_at: Option<Timestamp>,
    /// Of a model call: who answered.
    pub provider: Option<String>,
    /// Of a model call: its tokens.
    pub usage: Option<Usage>,
    /// Of a model call: what it cost in US dollars; left out when that is not known.
    pub cost_usd: Option<MicroUsd>,
    /// Of a tool call: its name in the turn's events.
    pub call_id: Option<String>,
    /// Of a tool call: how long the tool itself worked, in milliseconds.
    pub worked_ms: Option<u64>,
    /// Of a decision: the request.
    pub request_id: Option<ApprovalId>,
    /// Of a decision: who made it.
    pub by: Option<String>,
}

/// What a turn did when.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Trace {
    /// The turn.
    pub turn_id: TurnId,
    /// Its session.
    pub session_id: SessionId,
    /// Where it stands.
    pub state: TurnState,
    /// When its message was accepted.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The tokens of its model calls.
    pub usage: Usage,
    /// What it cost in US dollars; left out when that is not known.
    pub cost_usd: Option<MicroUsd>,
    /// What it did, in the order of their beginnings.
    pub spans: Vec<Span>,
}

/// A call of a model, as the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelCall {
    /// Who was asked.
    pub provider: String,
    /// For what.
    pub model: String,
    /// How it ended.
    pub status: SpanStatus,
    /// When it was asked.
    pub started_at: Timestamp,
    /// From there to the first piece, in milliseconds.
    pub first_token_ms: Option<u64>,
    /// From there to its end, in milliseconds.
    pub duration_ms: Option<u64>,
    /// Its tokens, where they were told.
    pub usage: Option<Usage>,
    /// What it cost, where that is known.
    pub cost: Option<MicroUsd>,
}
