//! The news that rooms publish: typed here, serialised once by the bus.

use poem_openapi::{Enum, Object, Union};
use serde::{Deserialize, Serialize};

use super::{
    ApprovalId, ApprovalKind, BudgetWarning, CostUpdate, CronResult, Decision, DeviceId,
    FileAuthor, FileChange, JobChanged, JobStarted, MemoryVerb, MicroUsd, Origin, Risk, RuleId,
    SessionId, Timestamp, TurnId, TurnState,
};

/// A turn began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct AgentStart {
    /// The session.
    pub session_id: SessionId,
    /// The turn.
    pub turn_id: TurnId,
    /// The door it came in by.
    pub origin: Origin,
    /// The provider asked.
    pub provider: String,
    /// The model asked.
    pub model: String,
}

/// A model is being called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct LlmRequest {
    /// The session.
    pub session_id: SessionId,
    /// The turn.
    pub turn_id: TurnId,
    /// The provider asked.
    pub provider: String,
    /// The model asked.
    pub model: String,
}

/// A model call ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct LlmResponse {
    /// The session.
    pub session_id: SessionId,
    /// The turn.
    pub turn_id: TurnId,
    /// The provider that answered.
    pub provider: String,
    /// The model that answered.
    pub model: String,
    /// Whether it answered.
    pub success: bool,
    /// How long the call took, in milliseconds.
    pub duration_ms: u64,
    /// From the call to the first token, in milliseconds.
    pub first_token_ms: Option<u64>,
    /// Tokens sent.
    pub input_tokens: u64,
    /// Tokens produced.
    pub output_tokens: u64,
    /// Tokens read from the provider's cache.
    pub cached_tokens: u64,
    /// Why it did not answer: a sentence, safe to show.
    pub error: Option<String>,
}

/// A tool is being used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct ToolCallStart {
    /// The session.
    pub session_id: SessionId,
    /// The turn.
    pub turn_id: TurnId,
    /// The call within the turn.
    pub call_id: String,
    /// The tool.
    pub tool: String,
}

/// A tool was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct ToolCallEnd {
    /// The session.
    pub session_id: SessionId,
    /// The turn.
    pub turn_id: TurnId,
    /// The call within the turn.
    pub call_id: String,
    /// The tool.
    pub tool: String,
    /// Whether it worked.
    pub success: bool,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

/// A tool call, or a question, waits for its owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct ApprovalAsked {
    /// The session.
    pub session_id: SessionId,
    /// The turn.
    pub turn_id: TurnId,
    /// The request.
    pub request_id: ApprovalId,
    /// What is wanted.
    pub kind: ApprovalKind,
    /// The tool.
    pub tool: String,
    /// What would happen, for a person.
    pub summary: String,
    /// How dangerous it is.
    pub risk: Risk,
    /// When the request lapses.
    pub expires_at: Timestamp,
}

/// A request was decided on, or lapsed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct ApprovalSettled {
    /// The session.
    pub session_id: SessionId,
    /// The turn.
    pub turn_id: TurnId,
    /// The request.
    pub request_id: ApprovalId,
    /// The decision.
    pub decision: Decision,
    /// Who decided.
    pub by: String,
}

/// What became of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum RuleChange {
    /// It holds from now on.
    Added,
    /// It was taken back: such calls are asked for again.
    Revoked,
}

/// A decision that holds from now on was made, or taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct RuleChanged {
    /// The rule.
    pub rule_id: RuleId,
    /// What became of it.
    pub change: RuleChange,
    /// Who did it.
    pub by: String,
}

/// A turn ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct AgentEnd {
    /// The session.
    pub session_id: SessionId,
    /// The turn.
    pub turn_id: TurnId,
    /// How it ended.
    pub state: TurnState,
    /// From acceptance to the end, in milliseconds.
    pub duration_ms: u64,
    /// All tokens of the turn.
    pub total_tokens: u64,
    /// What it cost; null when the model's price is not known.
    pub cost_usd: Option<MicroUsd>,
}

/// Something went wrong that its owner should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct ErrorNews {
    /// The session, where there is one.
    pub session_id: Option<SessionId>,
    /// The turn, where there is one.
    pub turn_id: Option<TurnId>,
    /// A sentence, safe to show.
    pub message: String,
    /// A stable word.
    pub code: String,
}

/// What changed of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum SessionChange {
    /// It is new.
    Created,
    /// A message was accepted; its turn may have to wait.
    Message,
    /// A waiting message was withdrawn.
    Withdrawn,
    /// The message of a waiting turn was changed.
    Queue,
    /// Other turns are shown: a message took the place of another, or an earlier version was
    /// brought back. Fetch its messages anew.
    Branched,
    /// Title, pin, archive or model.
    Updated,
    /// Its owner has looked at it, or marked it as not seen.
    Read,
    /// It was deleted.
    Deleted,
    /// It is back.
    Restored,
}

/// A session changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct SessionChanged {
    /// The session.
    pub session_id: SessionId,
    /// The turn, where the change concerns one.
    pub turn_id: Option<TurnId>,
    /// What changed.
    pub change: SessionChange,
}

/// Memories changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct MemoryChanged {
    /// Their keys, a changed key's old one too; empty when there are too many to name: fetch
    /// anew what you show.
    pub keys: Vec<String>,
    /// What was done to them.
    pub change: MemoryVerb,
}

/// A file or a folder of the workspace changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct WorkspaceChanged {
    /// Where it is; for one that was deleted, where it was; empty: more than can be named, fetch
    /// anew what you show.
    pub path: String,
    /// Where it was before it was moved.
    pub from: Option<String>,
    /// What was done to it.
    pub change: FileChange,
    /// Who did it.
    pub by: FileAuthor,
    /// The agent's session.
    pub session_id: Option<SessionId>,
    /// The agent's turn.
    pub turn_id: Option<TurnId>,
}

/// A device was paired, changed or revoked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct DevicePaired {
    /// The device.
    pub device_id: DeviceId,
    /// What its owner calls it.
    pub name: String,
    /// paired, updated, rotated, revoked, connected or disconnected.
    pub change: String,
}

/// A component works, or no longer does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct HealthChanged {
    /// gateway, memory, scheduler, channels or provider.
    pub component: String,
    /// ok, degraded, failing or off.
    pub status: String,
    /// Why, for a person.
    pub reason: Option<String>,
}

/// Configuration changed, or a change of `config.toml` was refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct ConfigChanged {
    /// The settings in force that differ.
    pub keys: Vec<String>,
    /// The settings that wait for the next start.
    #[serde(default)]
    pub restart_needed: Vec<String>,
    /// Why `config.toml` as it stands is not in force; null when it is.
    #[serde(default)]
    pub error: Option<String>,
}

/// The doctor has looked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct DoctorReport {
    /// What does not work, or is dangerous.
    pub errors: u32,
    /// What may hurt.
    pub warnings: u32,
    /// The checks that found an error where they found none the last time.
    pub new_errors: Vec<String>,
}

/// An integration was tried, or a call of it went otherwise than the one before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct IntegrationChanged {
    /// The integration.
    pub id: String,
    /// available, configured, connected or failing.
    pub state: String,
}

/// News, by type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Union)]
#[serde(tag = "type", rename_all = "snake_case")]
#[oai(discriminator_name = "type")]
pub enum BusEvent {
    /// A turn began.
    #[oai(mapping = "agent_start")]
    AgentStart(AgentStart),
    /// A model is being called.
    #[oai(mapping = "llm_request")]
    LlmRequest(LlmRequest),
    /// A model call ended.
    #[oai(mapping = "llm_response")]
    LlmResponse(LlmResponse),
    /// A tool is being used.
    #[oai(mapping = "tool_call_start")]
    ToolCallStart(ToolCallStart),
    /// A tool was used.
    #[oai(mapping = "tool_call")]
    ToolCall(ToolCallEnd),
    /// A tool call, or a question, waits for its owner.
    #[oai(mapping = "approval_request")]
    ApprovalRequest(ApprovalAsked),
    /// A request was decided on, or lapsed.
    #[oai(mapping = "approval_resolved")]
    ApprovalResolved(ApprovalSettled),
    /// A decision that holds from now on was made, or taken back.
    #[oai(mapping = "rule_changed")]
    RuleChanged(RuleChanged),
    /// A turn ended.
    #[oai(mapping = "agent_end")]
    AgentEnd(AgentEnd),
    /// Something went wrong.
    #[oai(mapping = "error")]
    Error(ErrorNews),
    /// A session changed.
    #[oai(mapping = "session_changed")]
    SessionChanged(SessionChanged),
    /// Memories changed.
    #[oai(mapping = "memory_changed")]
    MemoryChanged(MemoryChanged),
    /// A file or a folder of the workspace changed.
    #[oai(mapping = "workspace_changed")]
    WorkspaceChanged(WorkspaceChanged),
    /// Money was spent.
    #[oai(mapping = "cost_update")]
    CostUpdate(CostUpdate),
    /// A budget is nearly used up, or is.
    #[oai(mapping = "budget_warning")]
    BudgetWarning(BudgetWarning),
    /// A run of a scheduled job is over.
    #[oai(mapping = "cron_result")]
    CronResult(CronResult),
    /// A run of a scheduled job began.
    #[oai(mapping = "job_started")]
    JobStarted(JobStarted),
    /// A scheduled job changed.
    #[oai(mapping = "job_changed")]
    JobChanged(JobChanged),
    /// A device was paired, changed or revoked.
    #[oai(mapping = "device_paired")]
    DevicePaired(DevicePaired),
    /// A component works, or no longer does.
    #[oai(mapping = "health_changed")]
    HealthChanged(HealthChanged),
    /// Configuration changed.
    #[oai(mapping = "config_changed")]
    ConfigChanged(ConfigChanged),
    /// The doctor has looked.
    #[oai(mapping = "doctor_report")]
    DoctorReport(DoctorReport),
    /// An integration was tried, or a call of it went otherwise than the one before.
    #[oai(mapping = "integration_changed")]
    IntegrationChanged(IntegrationChanged),
}

impl BusEvent {
    /// The `type` on the wire.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::AgentStart(_) => "agent_start",
            Self::LlmRequest(_) => "llm_request",
            Self::LlmResponse(_) => "llm_response",
            Self::ToolCallStart(_) => "tool_call_start",
            Self::ToolCall(_) => "tool_call",
            Self::ApprovalRequest(_) => "approval_request",
            Self::ApprovalResolved(_) => "approval_resolved",
            Self::RuleChanged(_) => "rule_changed",
            Self::AgentEnd(_) => "agent_end",
            Self::Error(_) => "error",
            Self::SessionChanged(_) => "session_changed",
            Self::MemoryChanged(_) => "memory_changed",
            Self::WorkspaceChanged(_) => "workspace_changed",
            Self::CostUpdate(_) => "cost_update",
            Self::BudgetWarning(_) => "budget_warning",
            Self::CronResult(_) => "cron_result",
            Self::JobStarted(_) => "job_started",
            Self::JobChanged(_) => "job_changed",
            Self::DevicePaired(_) => "device_paired",
            Self::HealthChanged(_) => "health_changed",
            Self::ConfigChanged(_) => "config_changed",
            Self::DoctorReport(_) => "doctor_report",
            Self::IntegrationChanged(_) => "integration_changed",
        }
    }

    /// The session it concerns, where there is one.
    pub const fn session_id(&self) -> Option<&SessionId> {
        match self {
            Self::AgentStart(event) => Some(&event.session_id),
            Self::LlmRequest(event) => Some(&event.session_id),
            Self::LlmResponse(event) => Some(&event.session_id),
            Self::ToolCallStart(event) => Some(&event.session_id),
            Self::ToolCall(event) => Some(&event.session_id),
            Self::ApprovalRequest(event) => Some(&event.session_id),
            Self::ApprovalResolved(event) => Some(&event.session_id),
            Self::AgentEnd(event) => Some(&event.session_id),
            Self::SessionChanged(event) => Some(&event.session_id),
            Self::Error(event) => event.session_id.as_ref(),
            Self::WorkspaceChanged(event) => event.session_id.as_ref(),
            // They belong to a job first; a reader of one conversation hears of its turns.
            Self::CronResult(_)
            | Self::JobStarted(_)
            | Self::JobChanged(_)
            | Self::RuleChanged(_)
            | Self::MemoryChanged(_)
            | Self::CostUpdate(_)
            | Self::BudgetWarning(_)
            | Self::DevicePaired(_)
            | Self::HealthChanged(_)
            | Self::ConfigChanged(_)
            | Self::DoctorReport(_)
            | Self::IntegrationChanged(_) => None,
        }
    }
}
