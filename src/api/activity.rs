//! What the agent did and is doing: figures over time, and turns in one line each.

use std::sync::Arc;

use poem_openapi::{Enum, Object, OpenApi, param::Query, payload::Json};

use super::{ApiError, Caller, Group, turns::Failure};
use crate::{
    agent::Agent,
    clock::Clock,
    model::{
        ActivitySum, Cursor, DeviceId, MicroUsd, Origin, SessionId, Timestamp, TurnFilter, TurnId,
        TurnQuery, TurnState, TurnSummary, Usage,
    },
};

/// Hours that may be looked back.
const MOST_HOURS: u32 = 24 * 366;
/// Stretches of time in one answer.
const MOST_BUCKETS: u32 = 500;
/// Turns of one page.
const MOST_TURNS: u32 = 200;
/// Characters of a model's name to look for.
const LONGEST_MODEL: usize = 200;

/// What ended within a stretch of time.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ActivitySum")]
struct SumView {
    /// Turns that ended.
    turns: u64,
    /// Of these, those that failed.
    failed: u64,
    /// Tokens sent to models.
    input_tokens: u64,
    /// Tokens that models produced.
    output_tokens: u64,
    /// Half of the answered turns took no longer, from acceptance to the end; null when none was
    /// answered.
    p50_ms: Option<u64>,
    /// Nineteen of twenty answered turns took no longer.
    p95_ms: Option<u64>,
    /// Half of the answered turns showed the first piece of their answer no later.
    first_token_p50_ms: Option<u64>,
}

impl From<ActivitySum> for SumView {
    fn from(sum: ActivitySum) -> Self {
        Self {
            turns: sum.turns,
            failed: sum.failed,
            input_tokens: sum.input_tokens,
            output_tokens: sum.output_tokens,
            p50_ms: sum.p50_ms,
            p95_ms: sum.p95_ms,
            first_token_p50_ms: sum.first_token_p50_ms,
        }
    }
}

/// A stretch of time.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ActivityBucket")]
struct BucketView {
    /// When it begins.
    at: Timestamp,
    /// What ended in it.
    #[oai(flatten)]
    sum: SumView,
}

/// What the agent did lately.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Activity")]
struct ActivityView {
    /// Where the first stretch begins.
    from: Timestamp,
    /// Where the last stretch ends: it is the one under way.
    until: Timestamp,
    /// How long each stretch is, in milliseconds.
    bucket_ms: u64,
    /// All stretches, the oldest first, those in which nothing ended included.
    buckets: Vec<BucketView>,
    /// All of them together.
    total: SumView,
    /// What ended in the stretches before them, up to the same point, to compare with.
    before: SumView,
}

/// Which turns to list.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
enum TurnListState {
    /// Those that have not ended: queued, running, waiting for a decision.
    Active,
    /// Those that were answered.
    Done,
    /// Those that ended in an error.
    Failed,
    /// Those that were stopped.
    Cancelled,
    /// All of them.
    All,
}

/// A turn in one line.
#[derive(Clone, Debug, Object)]
#[oai(rename = "TurnSummary")]
struct SummaryView {
    /// Names it.
    turn_id: TurnId,
    /// Its session.
    session_id: SessionId,
    /// What the session is called; empty when it has no name yet.
    session_title: String,
    /// Where it stands.
    state: TurnState,
    /// The door it came in by.
    origin: Origin,
    /// The device that asked.
    device_id: Option<DeviceId>,
    /// The beginning of what was said, at most 200 characters.
    excerpt: String,
    /// The model that answers; before that, the one asked for.
    model: Option<String>,
    /// The provider that answers.
    provider: Option<String>,
    /// Tokens of its model calls, once it has ended.
    usage: Usage,
    /// What it cost in US dollars; null before its end, and when the model's price is not known.
    cost_usd: Option<MicroUsd>,
    /// How many tool calls it made so far.
    tool_calls: u32,
    /// Why it failed.
    error: Option<Failure>,
    /// How many turns come before it, while it waits.
    queue_position: Option<u32>,
    /// When the message was accepted.
    created_at: Timestamp,
    /// When the work began.
    started_at: Option<Timestamp>,
    /// When it ended.
    finished_at: Option<Timestamp>,
}

/// Turns, the newest first.
#[derive(Clone, Debug, Object)]
#[oai(rename = "TurnPage")]
struct TurnPageView {
    /// The turns.
    turns: Vec<SummaryView>,
    /// Pass it as `cursor` for the next page; null at the end.
    next_cursor: Option<String>,
}

/// The group.
pub struct ActivityApi {
    /// The agent.
    pub agent: Agent,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

#[OpenApi(tag = "Group::Watching")]
impl ActivityApi {
    /// What the agent did lately
    ///
    /// Turns, tokens and latency of the last hours, in stretches of equal length that begin at even
    /// times. A turn counts where it ended.
    #[oai(path = "/api/activity", method = "get", operation_id = "get_activity")]
    async fn activity(
        &self,
        _caller: Caller,
        /// How far to look back: 1 to 8784, 24 when left out.
        hours: Query<Option<u32>>,
        /// Into how many stretches: 1 to 500, 48 when left out.
        buckets: Query<Option<u32>>,
    ) -> Result<Json<ActivityView>, ApiError> {
        let hours = within("hours", hours.0, 24, MOST_HOURS)?;
        let buckets = within("buckets", buckets.0, 48, MOST_BUCKETS)?;
        let width = (u64::from(hours) * 3_600_000).div_ceil(u64::from(buckets));
        let width_ms = i64::try_from(width).unwrap_or(i64::MAX);
        let now = self.clock.now();
        // Even times: what is drawn does not jump about from one look to the next.
        let until = (now.as_millis() / width_ms + 1) * width_ms;
        let span = width_ms * i64::from(buckets);
        let at = Timestamp::from_millis;
        let from = at(until - span);
        let stretches = usize::try_from(buckets).unwrap_or(1);
        let sums = self.agent.activity(from, width_ms, stretches).await?;
        let total = self.agent.activity_between(from, at(until)).await?;
        let earlier = (at(until - 2 * span), at(now.as_millis() - span));
        let before = self.agent.activity_between(earlier.0, earlier.1).await?;
        let begin = |place: usize| {
            let offset = i64::try_from(place).unwrap_or(0) * width_ms;
            at(from.as_millis() + offset)
        };
        let buckets = sums.into_iter().enumerate().map(|(place, sum)| BucketView {
            at: begin(place),
            sum: sum.into(),
        });
        Ok(Json(ActivityView {
            from,
            until: at(until),
            bucket_ms: width,
            buckets: buckets.collect(),
            total: total.into(),
            before: before.into(),
        }))
    }

    /// List turns
    ///
    /// In one line each, the newest first; turns of deleted sessions are left out.
    #[oai(
        path = "/api/turns",
        method = "get",
        operation_id = "list_turns",
        tag = "Group::Turns"
    )]
    #[expect(clippy::too_many_arguments, reason = "one for each part of the query")]
    async fn turns(
        &self,
        _caller: Caller,
        /// Which of them; all when left out.
        state: Query<Option<TurnListState>>,
        /// Only those that came in by this door.
        origin: Query<Option<Origin>>,
        /// Only those of this session.
        session_id: Query<Option<SessionId>>,
        /// Only those whose model's name holds this, in whatever case; at most 200 characters.
        model: Query<Option<String>>,
        /// Only those that took so many milliseconds or more, from acceptance to the end; those
        /// under way count as far as they have come.
        min_ms: Query<Option<u64>>,
        /// Only those that cost so many US dollars or more; those of unknown cost are left out.
        min_cost_usd: Query<Option<MicroUsd>>,
        /// At most so many: 1 to 200, 50 when left out.
        limit: Query<Option<u32>>,
        /// Where to go on: the `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Json<TurnPageView>, ApiError> {
        let limit = within("limit", limit.0, 50, MOST_TURNS)?;
        let after = cursor.0.as_deref().map(Cursor::decode).transpose();
        let after = after.map_err(|error| ApiError::bad_field("cursor", error.to_string()))?;
        let filter = match state.0 {
            Some(TurnListState::Active) => TurnFilter::Active,
            Some(TurnListState::Done) => TurnFilter::Done,
            Some(TurnListState::Failed) => TurnFilter::Failed,
            Some(TurnListState::Cancelled) => TurnFilter::Cancelled,
            Some(TurnListState::All) | None => TurnFilter::All,
        };
        let model = model.0.filter(|name| !name.trim().is_empty());
        if model
            .as_ref()
            .is_some_and(|name| name.chars().count() > LONGEST_MODEL)
        {
            let most = format!("at most {LONGEST_MODEL} characters");
            return Err(ApiError::bad_field("model", most));
        }
        let query = TurnQuery {
            filter,
            origin: origin.0,
            session_id: session_id.0,
            model: model.map(|name| name.trim().to_owned()),
            min_ms: min_ms.0,
            min_cost: min_cost_usd.0,
            before_row: after.map(|cursor| cursor.row),
            limit: limit + 1,
        };
        let mut turns = self.agent.list_turns(&query).await?;
        let more = turns.len() > limit as usize;
        turns.truncate(limit as usize);
        let next_cursor = turns.last().filter(|_| more).map(|last| {
            let row = last.row;
            Cursor { key: row, row }.encode()
        });
        let turns = turns.into_iter().map(|turn| self.summary(turn));
        Ok(Json(TurnPageView {
            turns: turns.collect(),
            next_cursor,
        }))
    }
}

impl ActivityApi {
    fn summary(&self, turn: TurnSummary) -> SummaryView {
        let position = self.agent.position(turn.id);
        SummaryView {
            turn_id: turn.id,
            session_id: turn.session_id,
            session_title: turn.session_title,
            state: turn.state,
            origin: turn.origin,
            device_id: turn.device_id,
            excerpt: turn.excerpt,
            model: turn.model,
            provider: turn.provider,
            usage: turn.usage,
            cost_usd: turn.cost,
            tool_calls: turn.tool_calls,
            error: turn.error.map(|(code, message)| Failure { code, message }),
            queue_position: position.and_then(|place| u32::try_from(place).ok()),
            created_at: turn.created_at,
            started_at: turn.started_at,
            finished_at: turn.finished_at,
        }
    }
}

/// A number from 1 to `most`.
fn within(field: &str, value: Option<u32>, usual: u32, most: u32) -> Result<u32, ApiError> {
    let value = value.unwrap_or(usual);
    if (1..=most).contains(&value) {
        return Ok(value);
    }
    Err(ApiError::bad_field(
        field,
        format!("a number from 1 to {most}"),
    ))
}
