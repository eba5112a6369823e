//! `/api/turns`: looking at a turn, following it from any point, stopping it.

use std::time::Duration;

use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Header, Path, Query},
    payload::Json,
};

use super::{
    ApiError, Caller, Group,
    attachments::{AttachmentFile, AttachmentInput, AttachmentView, Limits, attachments},
    body::JsonBody,
    event_schema::TurnEventSchema,
    sessions::SessionView,
    sse::{Ends, Sse},
    text::Text,
};
use crate::{
    agent::{Agent, Sessions},
    config::ConfigHandle,
    model::{MicroUsd, Origin, SessionId, Step, Timestamp, Trace, Turn, TurnId, TurnState, Usage},
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
    /// The files handed along, in order.
    attachments: Vec<AttachmentView>,
    /// All turns that stand at its place, itself among them, the oldest first; only when there
    /// are several.
    #[oai(skip_serializing_if_is_none)]
    versions: Option<Vec<TurnId>>,
    /// The answer; of a turn that ended early, as far as it came.
    response: Option<String>,
    /// What came before the last words of the answer, and those: only when a tool was used, and
    /// once the turn has ended.
    #[oai(skip_serializing_if_is_none)]
    steps: Option<Vec<Step>>,
    /// The model's reasoning, where it shows it.
    reasoning: Option<String>,
    /// How long the model thought, in milliseconds, once the turn has ended and where that is known.
    #[oai(skip_serializing_if_is_none)]
    reasoning_ms: Option<u64>,
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
            attachments: AttachmentView::list(turn.id, turn.attachments),
            versions: several(turn.versions),
            response: turn.response,
            steps: several(turn.steps),
            reasoning: turn.reasoning,
            reasoning_ms: turn.reasoning_ms,
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

/// A list that is left out when it is empty.
pub(super) fn several<T>(items: Vec<T>) -> Option<Vec<T>> {
    (!items.is_empty()).then_some(items)
}

/// What to change about a message that waits.
#[derive(Debug, Object)]
struct TurnChanges {
    /// What to say instead.
    message: Option<Text>,
    /// The files to hand along instead; an empty list for none.
    attachments: Option<Vec<AttachmentInput>>,
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
    /// The conversations.
    pub sessions: Sessions,
    /// How large a file may be.
    pub config: ConfigHandle,
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

    /// See what a turn did when
    ///
    /// As a waterfall of spans: waiting, gathering the prompt, model calls, tools, decisions. Of a
    /// turn under way, as far as it has come.
    #[oai(
        path = "/api/turns/:id/trace",
        method = "get",
        operation_id = "trace_turn"
    )]
    async fn trace(&self, _caller: Caller, id: Path<TurnId>) -> Result<Json<Trace>, ApiError> {
        let trace = self.agent.trace(id.0).await?;
        trace.map(Json).ok_or_else(|| ApiError::not_found("turn"))
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

    /// Change a message that waits
    ///
    /// It keeps its place. Once its turn has begun it is too late.
    #[oai(
        path = "/api/turns/:id",
        method = "patch",
        operation_id = "change_turn"
    )]
    async fn change(
        &self,
        _caller: Caller,
        id: Path<TurnId>,
        body: JsonBody<TurnChanges>,
    ) -> Result<Json<TurnView>, ApiError> {
        let limits = Limits::of(&self.config.current());
        let TurnChanges {
            message,
            attachments: files,
        } = body.0;
        let files = files.map(|files| attachments(&files, limits)).transpose()?;
        let message = message.map(|message| message.0);
        self.agent.change(id.0, message, files).await?;
        self.view(id.0).await
    }

    /// Show an earlier version of a message
    ///
    /// It takes its place in the conversation again, with the newest of what followed it. Not
    /// while a message of the conversation is being answered or waits.
    #[oai(
        path = "/api/turns/:id/show",
        method = "post",
        operation_id = "show_turn"
    )]
    async fn show(&self, _caller: Caller, id: Path<TurnId>) -> Result<Json<SessionView>, ApiError> {
        Ok(Json(self.sessions.show(id.0).await?.into()))
    }

    /// Get a file that went with a message
    #[oai(
        path = "/api/turns/:id/attachments/:place",
        method = "get",
        operation_id = "get_attachment"
    )]
    async fn attachment(
        &self,
        _caller: Caller,
        id: Path<TurnId>,
        /// Its place among the files of the message, from 0.
        place: Path<u32>,
    ) -> Result<AttachmentFile, ApiError> {
        let file = self
            .agent
            .attachment(id.0, place.0)
            .await?
            .ok_or_else(|| ApiError::not_found("attachment"))?;
        // One that waits can still be changed.
        let settled = self.agent.position(id.0).is_none();
        Ok(AttachmentFile { file, settled })
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
