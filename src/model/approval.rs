//! What the agent may not do, or can't know, without its owner: requests, answers, and rules.

use poem_openapi::{Enum, Object, Union};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ApprovalId, Decision, DeviceId, Risk, RuleId, SessionId, Timestamp, TurnId};

/// What is wanted of its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum ApprovalKind {
    /// A decision on a tool call.
    Tool,
    /// An answer to a question.
    Question,
}

impl ApprovalKind {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Question => "question",
        }
    }
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum ApprovalState {
    /// Waits.
    Pending,
    /// Allowed, or answered.
    Approved,
    /// Refused.
    Denied,
    /// Nobody decided in time.
    Expired,
    /// Its turn ended before anybody decided.
    Cancelled,
}

impl ApprovalState {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    /// Where a decision leads.
    pub const fn after(decision: Decision) -> Self {
        match decision {
            Decision::Approve | Decision::Always => Self::Approved,
            Decision::Deny => Self::Denied,
            Decision::Expired => Self::Expired,
            Decision::Cancelled => Self::Cancelled,
        }
    }
}

impl std::str::FromStr for ApprovalState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [
            Self::Pending,
            Self::Approved,
            Self::Denied,
            Self::Expired,
            Self::Cancelled,
        ]
        .into_iter()
        .find(|state| state.as_str() == text)
        .ok_or(())
    }
}

/// How far a decision holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum Reach {
    /// For this call.
    #[default]
    Once,
    /// For calls like it in this session.
    Session,
    /// For calls like it from now on.
    Always,
}

impl Reach {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Once => "once",
            Self::Session => "session",
            Self::Always => "always",
        }
    }
}

impl std::str::FromStr for Reach {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Once, Self::Session, Self::Always]
            .into_iter()
            .find(|reach| reach.as_str() == text)
            .ok_or(())
    }
}

/// The summary says it all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct SummaryPreview {}

/// A command as it is handed to the shell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct CommandPreview {
    /// The command.
    pub command: String,
    /// The folder it runs in.
    pub folder: String,
}

/// A change of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct DiffPreview {
    /// The file, from the workspace's top.
    pub path: String,
    /// A unified diff.
    pub diff: String,
}

/// A request to another machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct RequestPreview {
    /// Its method.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// What is sent along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct QuestionPreview {
    /// The question.
    pub question: String,
    /// Answers to choose from; none: any text.
    pub options: Vec<String>,
}

/// The exact thing that is to be decided on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Union)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[oai(discriminator_name = "kind")]
pub enum ActionPreview {
    /// The summary says it all.
    #[oai(mapping = "summary")]
    Summary(SummaryPreview),
    /// A command.
    #[oai(mapping = "command")]
    Command(CommandPreview),
    /// A change of a file.
    #[oai(mapping = "diff")]
    Diff(DiffPreview),
    /// A request to another machine.
    #[oai(mapping = "request")]
    Request(RequestPreview),
    /// A question.
    #[oai(mapping = "question")]
    Question(QuestionPreview),
}

/// A request for its owner's decision.
#[derive(Clone, Debug, PartialEq)]
pub struct Approval {
    /// Its place in the order of all requests.
    pub row: i64,
    /// Names it.
    pub id: ApprovalId,
    /// The turn that waits.
    pub turn_id: TurnId,
    /// Its session.
    pub session_id: SessionId,
    /// That session's title.
    pub session_title: String,
    /// The call within the turn.
    pub call_id: String,
    /// What is wanted.
    pub kind: ApprovalKind,
    /// The tool.
    pub tool: String,
    /// The arguments as they may be shown.
    pub args: Value,
    /// The arguments as they are used, where those may not be shown.
    pub exact_args: Option<Value>,
    /// What would happen, for a person.
    pub summary: String,
    /// How dangerous it is.
    pub risk: Risk,
    /// The exact thing.
    pub preview: ActionPreview,
    /// What a lasting answer covers, for the rule that it makes.
    pub rule: Option<Value>,
    /// The same in words.
    pub covers: Option<String>,
    /// When it was asked.
    pub created_at: Timestamp,
    /// When it lapses.
    pub expires_at: Timestamp,
    /// Where it stands.
    pub state: ApprovalState,
    /// How it was settled.
    pub settled: Option<Settlement>,
}

/// How a request was settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// The decision.
    pub decision: Decision,
    /// How far it holds.
    pub reach: Reach,
    /// When.
    pub at: Timestamp,
    /// The device that decided, where there was one.
    pub device_id: Option<DeviceId>,
    /// Who decided.
    pub by: String,
    /// Why, in its owner's words.
    pub reason: Option<String>,
    /// The answer to a question.
    pub answer: Option<String>,
}

/// Calls that need no decision any more.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolRule {
    /// Names it.
    pub id: RuleId,
    /// The tool.
    pub tool: String,
    /// What it covers.
    pub scope: Value,
    /// The only session it holds in; none: everywhere.
    pub session_id: Option<SessionId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: String,
}
