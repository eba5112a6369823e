//! A turn: one user message and all that follows until the answer.

use poem_openapi::Enum;
use serde::{Deserialize, Serialize};

use super::{AttachmentInfo, DeviceId, MicroUsd, SessionId, Step, Timestamp, TurnId, Usage};

/// Where a turn stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum TurnState {
    /// Waits for the turns before it in its session.
    Queued,
    /// Under way.
    Running,
    /// Under way, and waiting for its owner's decision.
    WaitingApproval,
    /// Answered.
    Done,
    /// Ended by an error.
    Failed,
    /// Stopped by its owner.
    Cancelled,
    /// Ended by restarts of the gateway, too many to try again.
    Interrupted,
}

impl TurnState {
    /// Whether nothing more will happen.
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Done | Self::Failed | Self::Cancelled | Self::Interrupted
        )
    }

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::WaitingApproval => "waiting_approval",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }
}

impl std::str::FromStr for TurnState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [
            Self::Queued,
            Self::Running,
            Self::WaitingApproval,
            Self::Done,
            Self::Failed,
            Self::Cancelled,
            Self::Interrupted,
        ]
        .into_iter()
        .find(|state| state.as_str() == text)
        .ok_or(())
    }
}

/// The door a message came in by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum Origin {
    /// `POST /webhook`.
    Webhook,
    /// `POST /api/chat` and `/api/message`.
    Api,
    /// The dashboard or another socket client.
    Chat,
    /// The terminal.
    Cli,
    /// The OpenAI-compatible routes.
    Openai,
    /// A chat network.
    Channel,
    /// The scheduler.
    Cron,
}

impl Origin {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Api => "api",
            Self::Chat => "chat",
            Self::Cli => "cli",
            Self::Openai => "openai",
            Self::Channel => "channel",
            Self::Cron => "cron",
        }
    }
}

impl std::str::FromStr for Origin {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [
            Self::Webhook,
            Self::Api,
            Self::Chat,
            Self::Cli,
            Self::Openai,
            Self::Channel,
            Self::Cron,
        ]
        .into_iter()
        .find(|origin| origin.as_str() == text)
        .ok_or(())
    }
}

/// One turn, as far as it has come.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// Its place in the order of all turns.
    pub row: i64,
    /// Names it.
    pub id: TurnId,
    /// The session it belongs to.
    pub session_id: SessionId,
    /// Where it stands.
    pub state: TurnState,
    /// The door it came in by.
    pub origin: Origin,
    /// The device that asked, where there is one.
    pub device_id: Option<DeviceId>,
    /// What the user said.
    pub input: String,
    /// Extra texts handed along with the message.
    pub context: Vec<String>,
    /// The files handed along with the message, in order.
    pub attachments: Vec<AttachmentInfo>,
    /// All turns that stand at its place, itself among them, the oldest first; empty when it is
    /// the only one.
    pub versions: Vec<TurnId>,
    /// Whether tools may be used.
    pub tools: bool,
    /// The scheduled job that it belongs to.
    pub job: Option<String>,
    /// The only tools that may be used; none: all that its owner allows.
    pub only_tools: Option<Vec<String>>,
    /// The provider that answered.
    pub provider: Option<String>,
    /// The model that answered; before that, the one asked for, if any.
    pub model: Option<String>,
    /// The answer; for a turn that ended early, as far as it came.
    pub response: Option<String>,
    /// The model's reasoning, where it shows it.
    pub reasoning: Option<String>,
    /// How long the model thought, in milliseconds; none when it did not, or nobody measured it.
    pub reasoning_ms: Option<u64>,
    /// What came before its last words; empty when no tool was used, or before it ended.
    pub steps: Vec<Step>,
    /// Tokens of all its model calls.
    pub usage: Usage,
    /// What it cost; none when the model's price is not known.
    pub cost: Option<MicroUsd>,
    /// Why it failed: a stable word.
    pub error_code: Option<String>,
    /// Why it failed: a sentence.
    pub error_message: Option<String>,
    /// The `seq` of the last event journaled.
    pub last_seq: u32,
    /// How often the gateway had to begin it again after a restart.
    pub recoveries: u32,
    /// When the message was accepted.
    pub created_at: Timestamp,
    /// When the work began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}
