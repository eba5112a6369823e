//! A scheduled job: when, what, and within which limits.

use poem_openapi::{Enum, Object, Union};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{CronJobId, CronRun, SessionId, Timestamp, TurnId};

/// Gives an enum of words its text form.
macro_rules! words {
    ($type:ty { $($variant:ident = $word:literal),* $(,)? }) => {
        impl $type {
            /// Its word in the database and on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl std::str::FromStr for $type {
            type Err = ();

            fn from_str(word: &str) -> Result<Self, ()> {
                match word {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(()),
                }
            }
        }
    };
}

pub(super) use words;

/// By the calendar, in the manner of cron.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct CronSchedule {
    /// Minute, hour, day of the month, month, day of the week; with a sixth field before them,
    /// seconds. Names of days and months, ranges, steps, lists, `L`, `W` and `#` are understood.
    pub expr: String,
    /// IANA name of the time zone, such as `Europe/Berlin`; left out: the owner's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tz: Option<String>,
}

/// Once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct AtSchedule {
    /// When.
    pub at: Timestamp,
}

/// Again and again, the same time apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct EverySchedule {
    /// How far apart, in seconds; counted from when the schedule was set.
    pub every_secs: u64,
}

/// When a job is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Union)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[oai(discriminator_name = "kind")]
pub enum Schedule {
    /// By the calendar.
    #[oai(mapping = "cron")]
    Cron(CronSchedule),
    /// Once.
    #[oai(mapping = "at")]
    At(AtSchedule),
    /// The same time apart.
    #[oai(mapping = "every")]
    Every(EverySchedule),
}

/// The agent is asked something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
#[oai(rename = "CronAgentAction", skip_serializing_if_is_none)]
pub struct AgentAction {
    /// What it is asked.
    pub prompt: String,
    /// The conversation; left out: one of the job's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// The model; left out: that of the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The only tools that it may use; left out: all that its owner allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<String>>,
}

/// A command runs in the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
#[oai(rename = "CronShellAction")]
pub struct ShellAction {
    /// The command.
    pub command: String,
}

/// A tool is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
#[oai(rename = "CronToolAction")]
pub struct ToolAction {
    /// Its name.
    pub tool: String,
    /// Its arguments.
    #[oai(default)]
    #[serde(default)]
    pub args: Value,
}

/// JSON is sent to an address with `POST`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
#[oai(rename = "CronWebhookAction", skip_serializing_if_is_none)]
pub struct WebhookAction {
    /// The address.
    pub url: String,
    /// What is sent; left out: the job's name, the run's id and its moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

/// What a job does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Union)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[oai(discriminator_name = "kind")]
pub enum CronAction {
    /// The agent is asked something.
    #[oai(mapping = "agent")]
    Agent(AgentAction),
    /// A command runs.
    #[oai(mapping = "shell")]
    Shell(ShellAction),
    /// A tool is used.
    #[oai(mapping = "tool")]
    Tool(ToolAction),
    /// JSON is sent somewhere.
    #[oai(mapping = "webhook")]
    Webhook(WebhookAction),
}

impl CronAction {
    /// The word for its kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Agent(_) => "agent",
            Self::Shell(_) => "shell",
            Self::Tool(_) => "tool",
            Self::Webhook(_) => "webhook",
        }
    }
}

/// What happens when a job is due while it is still under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename = "CronOverlap", rename_all = "snake_case")]
pub enum Overlap {
    /// That time is left out.
    #[default]
    Skip,
    /// That time waits for its turn.
    Queue,
}

words!(Overlap {
    Skip = "skip",
    Queue = "queue",
});

/// What happens to the times that came while the gateway did not run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename = "CronCatchUp", rename_all = "snake_case")]
pub enum CatchUp {
    /// Each is made up for, up to `cron.catch_up_limit`.
    All,
    /// The last is made up for.
    #[default]
    Last,
    /// They are missed.
    None,
}

words!(CatchUp {
    All = "all",
    Last = "last",
    None = "none",
});

/// The result is told in a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
#[oai(rename = "CronSessionDelivery")]
pub struct SessionDelivery {
    /// The conversation.
    pub session_id: SessionId,
}

/// Where the result of a run goes, beside the list of runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Union)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[oai(discriminator_name = "kind")]
pub enum Delivery {
    /// Into a conversation.
    #[oai(mapping = "session")]
    Session(SessionDelivery),
}

/// The limits of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CronOptions {
    /// The longest that one try may take, in seconds; none: `cron.timeout_secs`.
    pub timeout_secs: Option<u64>,
    /// Further tries after one that failed.
    pub retries: u32,
    /// When it is due while still under way.
    pub overlap: Overlap,
    /// When it was due while the gateway did not run.
    pub catch_up: CatchUp,
    /// Begins by chance up to so many seconds later.
    pub jitter_secs: u64,
    /// Where the result goes.
    pub delivery: Option<Delivery>,
    /// Deletes the job once it has run well.
    pub delete_after_run: bool,
}

impl Default for CronOptions {
    fn default() -> Self {
        Self {
            timeout_secs: None,
            retries: 0,
            overlap: Overlap::Skip,
            catch_up: CatchUp::Last,
            jitter_secs: 0,
            delivery: None,
            delete_after_run: false,
        }
    }
}

/// Who made a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum CronAuthor {
    /// Its owner: over the API, on the page, in the terminal.
    Owner,
    /// The agent, with a tool.
    Agent,
}

words!(CronAuthor {
    Owner = "owner",
    Agent = "agent",
});

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum CronState {
    /// It will be due again.
    Active,
    /// It is held back.
    Paused,
    /// It will not be due again.
    Finished,
}

words!(CronState {
    Active = "active",
    Paused = "paused",
    Finished = "finished",
});

/// Why and since when a job is held back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CronPause {
    /// Since when.
    pub at: Timestamp,
    /// Why, for a person; none: its owner wanted it.
    pub reason: Option<String>,
    /// It paused by itself, after failures.
    pub forced: bool,
}

/// A scheduled job.
#[derive(Clone, Debug, PartialEq)]
pub struct CronJob {
    /// Its place in the order of all jobs.
    pub row: i64,
    /// Names it.
    pub id: CronJobId,
    /// What its owner calls it.
    pub name: String,
    /// When it is due.
    pub schedule: Schedule,
    /// What it does.
    pub action: CronAction,
    /// Its limits.
    pub options: CronOptions,
    /// Who made it.
    pub author: CronAuthor,
    /// The conversation in which the agent made it.
    pub session_id: Option<SessionId>,
    /// The turn in which the agent made it.
    pub turn_id: Option<TurnId>,
    /// What `every` counts from.
    pub anchor_at: Timestamp,
    /// When it is due next; none: never again.
    pub next_at: Option<Timestamp>,
    /// Runs in a row that failed.
    pub failures: u32,
    /// Whether it is held back.
    pub pause: Option<CronPause>,
    /// Rises with every change.
    pub version: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// Its last run, where it was looked up.
    pub last_run: Option<Box<CronRun>>,
    /// Runs under way, or waiting for their turn.
    pub open_runs: u32,
}

impl CronJob {
    /// Where it stands.
    pub const fn state(&self) -> CronState {
        if self.pause.is_some() {
            CronState::Paused
        } else if self.next_at.is_some() {
            CronState::Active
        } else {
            CronState::Finished
        }
    }

    /// The conversation that an agent job works in when it names none.
    pub fn own_session(&self) -> SessionId {
        format!("cron:{}", self.id)
            .parse()
            .unwrap_or_else(|_| SessionId::fresh())
    }
}
