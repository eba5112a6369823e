//! What happens in a turn, event by event: the same objects in the journal, on every transport
//! and in the documents.

use poem_openapi::{Enum, Object, Union};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    ActionPreview, ApprovalId, ApprovalKind, MicroUsd, Origin, Reach, SessionId, Timestamp, TurnId,
};

/// How dangerous a tool call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum Risk {
    /// Reads only.
    Low,
    /// Changes things that can be undone.
    Medium,
    /// Changes things that can't.
    High,
}

impl Risk {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl std::str::FromStr for Risk {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Low, Self::Medium, Self::High]
            .into_iter()
            .find(|risk| risk.as_str() == text)
            .ok_or(())
    }
}

/// What its owner decided of a tool call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum Decision {
    /// This once.
    Approve,
    /// No.
    Deny,
    /// This once and from now on.
    Always,
    /// Nobody decided in time.
    Expired,
    /// The turn was stopped before anybody decided.
    Cancelled,
}

impl Decision {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Deny => "deny",
            Self::Always => "always",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether the call may be made.
    pub const fn allows(self) -> bool {
        matches!(self, Self::Approve | Self::Always)
    }
}

impl std::str::FromStr for Decision {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [
            Self::Approve,
            Self::Deny,
            Self::Always,
            Self::Expired,
            Self::Cancelled,
        ]
        .into_iter()
        .find(|decision| decision.as_str() == text)
        .ok_or(())
    }
}

/// The work began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct TurnStarted {
    /// The door the message came in by.
    pub origin: Origin,
    /// The model asked.
    pub model: String,
    /// The provider asked.
    pub provider: String,
}

/// A memory that the model was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct UsedMemory {
    /// What it is called.
    pub key: String,
    /// Its category.
    pub category: String,
    /// Whether it is pinned.
    pub pinned: bool,
    /// How it begins.
    pub snippet: String,
}

/// The model was shown memories.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct MemoryUsed {
    /// The memories, as the model saw them.
    pub memories: Vec<UsedMemory>,
}

/// A piece of the model's reasoning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct Thinking {
    /// The piece.
    pub content: String,
}

/// A piece of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct Chunk {
    /// The piece.
    pub content: String,
}

/// The model asks for a tool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ToolCallEvent {
    /// Names the call within the turn.
    pub id: String,
    /// The tool.
    pub name: String,
    /// Its arguments, without secrets.
    pub args: Value,
    /// What would happen, for a person; left out when the call makes no sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// How dangerous it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
}

/// A tool call, or a question, waits for its owner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ApprovalRequest {
    /// Names the request.
    pub request_id: ApprovalId,
    /// The call.
    pub call_id: String,
    /// What is wanted.
    pub kind: ApprovalKind,
    /// The tool.
    pub tool: String,
    /// Its arguments, without secrets.
    pub args: Value,
    /// What would happen, for a person.
    pub summary: String,
    /// How dangerous it is.
    pub risk: Risk,
    /// The exact command, change, request or question.
    pub action: ActionPreview,
    /// What an answer that holds from now on would cover, to follow "always allow"; left out when
    /// it can only be answered for this once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub always: Option<String>,
    /// When the request lapses.
    pub expires_at: Timestamp,
}

/// A tool call was decided on, or a question answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ApprovalResolved {
    /// The request.
    pub request_id: ApprovalId,
    /// The call.
    pub call_id: String,
    /// The decision.
    pub decision: Decision,
    /// Who decided.
    pub by: String,
    /// How far it holds.
    pub scope: Reach,
    /// Why, in its owner's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The answer to a question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}

/// A piece of what a tool says while it works; all of it comes with the result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct ToolOutputPiece {
    /// The call.
    pub id: String,
    /// The piece: whole lines.
    pub content: String,
}

/// What a tool answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ToolResult {
    /// The call.
    pub id: String,
    /// The tool.
    pub name: String,
    /// Its output.
    pub output: String,
    /// Whether it worked.
    pub success: bool,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Where the output comes from, when others may have written it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What a card shows beside the output, such as an exit code or a diff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
}

/// Something a person should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Notice {
    /// A sentence.
    pub message: String,
    /// The answer begins again: every `chunk` and `thinking` with this `seq` or a later one, up
    /// to this notice, is void.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discard_from_seq: Option<u32>,
}

/// The turn was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct Done {
    /// The answer.
    pub response: String,
    /// The same, under the name that older clients look for.
    pub full_response: String,
    /// The model that answered.
    pub model: String,
    /// The provider that answered.
    pub provider: String,
    /// Tokens sent.
    pub input_tokens: u64,
    /// Tokens produced.
    pub output_tokens: u64,
    /// Tokens read from the provider's cache.
    pub cached_tokens: u64,
    /// What it cost in US dollars, as a decimal; null when the model's price is not known.
    pub cost_usd: Option<MicroUsd>,
    /// From acceptance to answer, in milliseconds.
    pub duration_ms: u64,
}

/// The turn failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct TurnError {
    /// A sentence, safe to show.
    pub message: String,
    /// A stable word.
    pub code: String,
}

/// The turn was stopped by its owner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct Cancelled {}

/// What happened, by type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Union)]
#[serde(tag = "type", rename_all = "snake_case")]
#[oai(discriminator_name = "type")]
pub enum TurnEventKind {
    /// The work began.
    #[oai(mapping = "turn_started")]
    TurnStarted(TurnStarted),
    /// The model was shown memories.
    #[oai(mapping = "memory_used")]
    MemoryUsed(MemoryUsed),
    /// A piece of the model's reasoning.
    #[oai(mapping = "thinking")]
    Thinking(Thinking),
    /// A piece of the answer.
    #[oai(mapping = "chunk")]
    Chunk(Chunk),
    /// The model asks for a tool.
    #[oai(mapping = "tool_call")]
    ToolCall(ToolCallEvent),
    /// A tool call waits for its owner's decision.
    #[oai(mapping = "approval_request")]
    ApprovalRequest(ApprovalRequest),
    /// A tool call was decided on.
    #[oai(mapping = "approval_resolved")]
    ApprovalResolved(ApprovalResolved),
    /// A piece of what a tool says while it works.
    #[oai(mapping = "tool_output")]
    ToolOutput(ToolOutputPiece),
    /// What a tool answered.
    #[oai(mapping = "tool_result")]
    ToolResult(ToolResult),
    /// Something a person should know.
    #[oai(mapping = "notice")]
    Notice(Notice),
    /// The turn was answered.
    #[oai(mapping = "done")]
    Done(Done),
    /// The turn failed.
    #[oai(mapping = "error")]
    Error(TurnError),
    /// The turn was stopped by its owner.
    #[oai(mapping = "cancelled")]
    Cancelled(Cancelled),
}

impl TurnEventKind {
    /// Every `type` on the wire.
    pub const NAMES: [&'static str; 13] = [
        "turn_started",
        "memory_used",
        "thinking",
        "chunk",
        "tool_call",
        "approval_request",
        "approval_resolved",
        "tool_output",
        "tool_result",
        "notice",
        "done",
        "error",
        "cancelled",
    ];

    /// The `type` on the wire.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::TurnStarted(_) => "turn_started",
            Self::MemoryUsed(_) => "memory_used",
            Self::Thinking(_) => "thinking",
            Self::Chunk(_) => "chunk",
            Self::ToolCall(_) => "tool_call",
            Self::ApprovalRequest(_) => "approval_request",
            Self::ApprovalResolved(_) => "approval_resolved",
            Self::ToolOutput(_) => "tool_output",
            Self::ToolResult(_) => "tool_result",
            Self::Notice(_) => "notice",
            Self::Done(_) => "done",
            Self::Error(_) => "error",
            Self::Cancelled(_) => "cancelled",
        }
    }

    /// Whether nothing follows it.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Done(_) | Self::Error(_) | Self::Cancelled(_))
    }
}

/// An event of a turn with its place in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TurnEvent {
    /// The turn.
    pub turn_id: TurnId,
    /// Its session.
    pub session_id: SessionId,
    /// 1, 2, 3 … within the turn.
    pub seq: u32,
    /// When it happened.
    pub timestamp: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub kind: TurnEventKind,
}

/// The fields that every turn event has.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct TurnEventPlace {
    /// The turn.
    pub turn_id: TurnId,
    /// Its session.
    pub session_id: SessionId,
    /// 1, 2, 3 … within the turn.
    pub seq: u32,
    /// When it happened.
    pub timestamp: Timestamp,
}
