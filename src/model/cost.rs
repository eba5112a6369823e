//! What is spent: calls of model providers, what they came to, and what must not be overrun.

use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};

use super::{CallId, DeviceId, MicroUsd, Origin, SessionId, Timestamp, TurnId, Usage};

/// What a provider was called for: the door that a turn came in by, or work of the gateway's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum CallOrigin {
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
    /// A tool that asks a model.
    Tool,
    /// Vectors of memories.
    Embedding,
    /// Nothing of these.
    #[default]
    Other,
}

impl CallOrigin {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Webhook,
        Self::Api,
        Self::Chat,
        Self::Cli,
        Self::Openai,
        Self::Channel,
        Self::Cron,
        Self::Tool,
        Self::Embedding,
        Self::Other,
    ];

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
            Self::Tool => "tool",
            Self::Embedding => "embedding",
            Self::Other => "other",
        }
    }
}

impl std::str::FromStr for CallOrigin {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let found = Self::ALL.into_iter().find(|one| one.as_str() == text);
        found.ok_or(())
    }
}

impl From<Origin> for CallOrigin {
    fn from(origin: Origin) -> Self {
        match origin {
            Origin::Webhook => Self::Webhook,
            Origin::Api => Self::Api,
            Origin::Chat => Self::Chat,
            Origin::Cli => Self::Cli,
            Origin::Openai => Self::Openai,
            Origin::Channel => Self::Channel,
            Origin::Cron => Self::Cron,
        }
    }
}

/// Who a call is for. Budgets and sums go by it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BillTo {
    /// The conversation.
    pub session_id: Option<SessionId>,
    /// The turn.
    pub turn_id: Option<TurnId>,
    /// The door.
    pub origin: CallOrigin,
    /// The device whose token asked.
    pub device_id: Option<DeviceId>,
    /// The scheduled job.
    pub job: Option<String>,
}

/// How a call of a provider ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum CallStatus {
    /// It is under way.
    Open,
    /// It was answered.
    Ok,
    /// It was refused, or nobody was reached: nothing is charged.
    Failed,
    /// The answer broke off, or did not come in time.
    Broken,
    /// It was stopped.
    Cancelled,
    /// The gateway ended in the middle of it.
    Interrupted,
}

impl CallStatus {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Open,
        Self::Ok,
        Self::Failed,
        Self::Broken,
        Self::Cancelled,
        Self::Interrupted,
    ];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Broken => "broken",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }
}

impl std::str::FromStr for CallStatus {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let found = Self::ALL.into_iter().find(|one| one.as_str() == text);
        found.ok_or(())
    }
}

/// Where a price comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum PriceSource {
    /// The table that comes with the program.
    Packaged,
    /// Its owner.
    Custom,
    /// It runs on a machine of one's own, or is given away.
    Free,
    /// The provider said what the call cost.
    Reported,
}

impl PriceSource {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Packaged => "packaged",
            Self::Custom => "custom",
            Self::Free => "free",
            Self::Reported => "reported",
        }
    }
}

impl std::str::FromStr for PriceSource {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Packaged, Self::Custom, Self::Free, Self::Reported]
            .into_iter()
            .find(|one| one.as_str() == text)
            .ok_or(())
    }
}

/// The price that a call was charged at, for a million tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceUsed {
    /// Sent.
    pub input: MicroUsd,
    /// Sent, and read from the cache.
    pub cached: MicroUsd,
    /// Produced.
    pub output: MicroUsd,
    /// Where it comes from.
    pub source: PriceSource,
}

/// A call before it is sent.
#[derive(Clone, Debug)]
pub struct OpenCall {
    /// Names it.
    pub id: CallId,
    /// When.
    pub started_at: Timestamp,
    /// The provider asked.
    pub provider: String,
    /// The model asked.
    pub model: String,
    /// Who it is for.
    pub bill: BillTo,
    /// Its price, where one is known.
    pub price: Option<PriceUsed>,
    /// What budgets count should the gateway end in the middle of it.
    pub assumed: Option<MicroUsd>,
}

/// How a call came out.
#[derive(Clone, Debug)]
pub struct SettledCall {
    /// Which.
    pub id: CallId,
    /// How it ended.
    pub status: CallStatus,
    /// The provider that answered.
    pub provider: String,
    /// The model that answered.
    pub model: String,
    /// Its tokens.
    pub usage: Usage,
    /// Tokens written to the provider's cache, where it says so.
    pub cache_write_tokens: Option<u64>,
    /// The price it was charged at.
    pub price: Option<PriceUsed>,
    /// What it came to; none: nobody knows.
    pub cost: Option<MicroUsd>,
    /// What budgets count where that is not known.
    pub assumed: Option<MicroUsd>,
    /// Milliseconds to the first piece of the answer.
    pub first_token_ms: Option<u64>,
    /// Milliseconds to its end.
    pub duration_ms: u64,
}

/// A call as the ledger holds it.
#[derive(Clone, Debug)]
pub struct CallRecord {
    /// Its place.
    pub row: i64,
    /// How it began.
    pub open: OpenCall,
    /// How it came out; while it is under way, as far as that is known.
    pub settled: SettledCall,
    /// What its conversation is called.
    pub session_title: Option<String>,
}

/// What some calls came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CostSum {
    /// How many.
    pub calls: u64,
    /// Of these, those that were not answered.
    pub failed: u64,
    /// Of these, those whose cost nobody knows.
    pub unpriced_calls: u64,
    /// Tokens of those.
    pub unpriced_tokens: u64,
    /// Tokens of all of them.
    pub usage: Usage,
    /// What the others cost.
    pub cost: MicroUsd,
    /// What budgets count for calls that were stopped or broke off.
    pub assumed: MicroUsd,
}

impl CostSum {
    /// Adds more calls.
    pub fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.failed += other.failed;
        self.unpriced_calls += other.unpriced_calls;
        self.unpriced_tokens += other.unpriced_tokens;
        self.usage.add(other.usage);
        self.cost = self.cost.plus(other.cost);
        self.assumed = self.assumed.plus(other.assumed);
    }

    /// What budgets count.
    pub fn counted(&self) -> MicroUsd {
        self.cost.plus(self.assumed)
    }
}

/// A price of its owner's own, for a million tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomPrice {
    /// A name of `[providers]`, or `*`.
    pub provider: String,
    /// A model, or the beginning of one and `*`.
    pub model: String,
    /// Sent.
    pub input: MicroUsd,
    /// Sent, and read from the cache; none: as dear.
    pub cached: Option<MicroUsd>,
    /// Produced.
    pub output: MicroUsd,
}

/// Why a budget does not let a call pass.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct OverBudget {
    /// The budget: `day`, `month`, or as the configuration has it.
    pub budget: String,
    /// How much it allows.
    pub limit: MicroUsd,
    /// How much is spent of it, what is under way included.
    pub spent: MicroUsd,
    /// When it begins anew; none: never.
    pub resets_at: Option<Timestamp>,
    /// The model whose price is not known, when that is why.
    pub unpriced: Option<String>,
    /// The model to ask in its place.
    pub downgrade_to: Option<String>,
    /// The whole, for a person.
    pub sentence: String,
}

/// Money was spent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct CostUpdate {
    /// Spent today, in the owner's time zone.
    pub daily_cost_usd: MicroUsd,
    /// Spent this month.
    pub monthly_cost_usd: MicroUsd,
    /// Calls settled since the last such news.
    pub calls: u64,
    /// Of these, those whose cost nobody knows.
    pub unpriced_calls: u64,
}

/// A budget is nearly used up, or is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct BudgetWarning {
    /// The budget: `day`, `month`, or as the configuration has it.
    pub budget: String,
    /// Whose, where the budget is for each session, device … by itself.
    pub key: Option<String>,
    /// How much it allows.
    pub limit_usd: MicroUsd,
    /// How much is spent of it.
    pub spent_usd: MicroUsd,
    /// The same in percent.
    pub percent: u64,
    /// It is used up.
    pub reached: bool,
    /// When it begins anew; null: never.
    pub resets_at: Option<Timestamp>,
}
