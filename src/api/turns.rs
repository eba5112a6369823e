//! `/api/turns`: looking at a turn, following it from any point, stopping it.

use std::time::Duration;

use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Header, Path, Query},
    payload::Json,
};

use super::{
    ApiError, Caller, Group,
    event_schema::TurnEventSchema,
    sse::{Ends, Sse},
};
use crate::{
    agent::Agent,
    model::{MicroUsd, Origin, SessionId, Timestamp, Turn, TurnId, TurnState, Usage},
    tasks::Tasks,
    telemetry::Metrics,
};

/// How long stopping a turn may keep its caller waiting for the turn's end.
const SETTLE: Duration = Duration::from_secs(2);

/// Why something failed.
#[derive(Clone, Debug, Object)]
pub(crate) struct Failure {
    /// A stable word.
    pub(crate) code: String,
    /// A sentence, safe to show.
    pub(crate) message: String,
}

/// A turn, as far as it has come.
#[derive(Debug, Object)]
pub(crate) struct TurnView {
    /// Names it.
    turn_id: TurnId,
    /// Its session.
    session_id: SessionId,
    /// Where it stands.
    state: TurnState,
    /// The door it came in by.
    origin: Origin,
    /// What the user said.
    message: String,
    /// Names of the files handed along.
    attachments: Vec<String>,
    /// The answer; of a turn that ended early, as far as it came.
    response: Option<String>,
    /// The model's reasoning, where it shows it.
    reasoning: Option<String>,
    /// The model that answers.
    model: Option<String>,
    /// The provider that answers.
    provider: Option<String>,
    /// Tokens of all its model calls.
    usage: Usage,
    /// What it cost in US dollars; null when the model's price is not known.
    cost_usd: Option<MicroUsd>,
    /// Why it failed.
    error: Option<Failure>,
    /// The `seq` of its last event, once it has ended.
    last_seq: u32,
    /// How many turns come before it, while it waits.
    queue_position: Option<u32>,
    /// When the message was accepted.
    created_at: Timestamp,
    /// When the work began.
    started_at: Option<Timestamp>,
    /// When it ended.
    finished_at: Option<Timestamp>,
}

impl TurnView {
    /// The view of a turn that `agent` may still be working on.
    pub(crate) fn new(turn: Turn, agent: &Agent) -> Self {
        let position = agent
            .position(turn.id)
            .and_then(|place| u32::try_from(place).ok());
        Self {
            turn_id: turn.id,
            session_id: turn.session_id,
            state: turn.state,
            origin: turn.origin,
            message: turn.input,
            attachments: turn.attachment_names,
            response: turn.response,
            reasoning: turn.reasoning,
            model: turn.model,
            provider: turn.provider,
            usage: turn.usage,
            cost_usd: turn.cost,
            error: turn
                .error_code
                .zip(turn.error_message)
                .map(|(code, message)| Failure { code, message }),
            last_seq: turn.last_seq,
            queue_position: position,
            created_at: turn.created_at,
            started_at: turn.started_at,
            finished_at: turn.finished_at,
        }
    }
}

/// A turn's events.
#[derive(ApiResponse)]
enum TurnEvents {
    /// The events, and those to come; ends with the turn. `id` is the event's `seq`.
    #[oai(status = 200)]
    Events(Sse<TurnEventSchema>),
    /// The turn has ended and you have seen all of it: a browser stops asking.
    #[oai(status = 204)]
    Complete,
}

/// The group.
pub struct TurnsApi {
    /// The agent.
    pub agent: Agent,
    /// The signal to stop.
    pub tasks: Tasks,
    /// Counts open streams.
    pub metrics: Metrics,
}

#[OpenApi(tag = "Group::Turns")]
impl TurnsApi {
    /// Look at a turn
    #[oai(path = "/api/turns/:id", method = "get", operation_id = "get_turn")]
    async fn get(&self, _caller: Caller, id: Path<TurnId>) -> Result<Json<TurnView>, ApiError> {
        self.view(id.0).await
    }

    /// Follow a turn
    ///
    /// From the event after `after_seq` (or after `Last-Event-ID`), and on until the turn ends.
    #[oai(
        path = "/api/turns/:id/events",
        method = "get",
        operation_id = "follow_turn"
    )]
    async fn events(
        &self,
        caller: Caller,
        id: Path<TurnId>,
        /// The `seq` of the last event you have.
        after_seq: Query<Option<u32>>,
        /// The same, as browsers send it.
        #[oai(name = "Last-Event-ID")]
        last_event_id: Header<Option<String>>,
    ) -> Result<TurnEvents, ApiError> {
        let resumed = last_event_id.0.and_then(|text| text.trim().parse().ok());
        let after = resumed.or(after_seq.0).unwrap_or(0);
        let turn = self
            .agent
            .find(id.0)
            .await?
            .ok_or_else(|| ApiError::not_found("turn"))?;
        if turn.state.is_final() && after >= turn.last_seq {
            return Ok(TurnEvents::Complete);
        }
        let reader = self.agent.follow(id.0, after).await?;
        let ends = Ends {
            stopping: self.tasks.stopping().clone(),
            revoked: caller.revoked,
            _open: self.metrics.sse_client(),
        };
        Ok(TurnEvents::Events(Sse::of_turn(reader, ends)))
    }

    /// Stop a turn
    ///
    /// One that still waits is withdrawn. What was answered so far stays.
    #[oai(
        path = "/api/turns/:id/cancel",
        method = "post",
        operation_id = "cancel_turn"
    )]
    async fn cancel(&self, _caller: Caller, id: Path<TurnId>) -> Result<Json<TurnView>, ApiError> {
        self.agent.cancel(id.0).await?;
        self.agent.settled(id.0, SETTLE).await;
        self.view(id.0).await
    }
}

impl TurnsApi {
    async fn view(&self, id: TurnId) -> Result<Json<TurnView>, ApiError> {
        let turn = self
            .agent
            .find(id)
            .await?
            .ok_or_else(|| ApiError::not_found("turn"))?;
        Ok(Json(TurnView::new(turn, &self.agent)))
    }
}
