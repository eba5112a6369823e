//! `POST /webhook`, `/api/chat` and `/api/message`: three spellings of one message to the agent.

use std::time::Duration;

use poem_openapi::{Object, OpenApi, param::Header, payload::Json};
use serde_json::Value;

use super::{
    ApiError, Caller, ErrorBody, Group,
    attachments::{AttachmentInput, Limits, attachments},
    body::JsonBody,
    replies::{
        ChatAnswer, ChatOutcome, ChatReply, Duplicate, Pending, ToolUse, WebhookAnswer,
        WebhookOutcome, WebhookReply,
    },
    sse::{Ends, Sse},
    text::Text,
};
use crate::{
    agent::{Agent, Replacement, Started, TurnHandle, TurnOutcome, TurnRequest},
    config::ConfigHandle,
    crypto,
    model::{Origin, SessionId, Step, TurnId, TurnState},
    tasks::Tasks,
    telemetry::Metrics,
};

/// Texts handed along with one message.
const MAX_CONTEXT: usize = 50;

/// A message to the agent.
#[derive(Debug, Object)]
struct WebhookRequest {
    /// What to say.
    #[oai(default)]
    message: Option<Text>,
}

/// A message to the agent.
#[derive(Debug, Object)]
struct ChatRequest {
    /// What to say.
    message: Option<Text>,
    /// The same, under another name.
    content: Option<Text>,
    /// The session to say it in; a fresh one if none is named.
    session_id: Option<SessionId>,
    /// Further texts for the agent to consider; what is not a string is shown as JSON. Left out
    /// with `replaces`: those of the turn that is replaced.
    context: Option<Vec<Value>>,
    /// Files for the agent to look at. Left out with `replaces`: those of the turn that is
    /// replaced.
    attachments: Option<Vec<AttachmentInput>>,
    /// A model other than that of the session: `provider/model`, or a model of the provider in
    /// use.
    model: Option<String>,
    /// The turn whose place this message takes: to say it in other words, or to get another
    /// answer. It must have ended, and it and what follows it leave the conversation;
    /// `POST /api/turns/{id}/show` brings them back.
    replaces: Option<TurnId>,
    /// Answer with the turn's events as they come.
    #[oai(default)]
    stream: bool,
}

/// The group.
pub struct ChatApi {
    /// The agent.
    pub agent: Agent,
    /// How long callers wait, and the webhook's secret.
    pub config: ConfigHandle,
    /// The signal to stop.
    pub tasks: Tasks,
    /// Counts open streams.
    pub metrics: Metrics,
}

#[OpenApi(tag = "Group::Chat")]
impl ChatApi {
    /// Send a message and wait for the answer
    ///
    /// For other programs: no tools unless `channels.webhook.tools` is on.
    #[oai(path = "/webhook", method = "post", operation_id = "send_webhook")]
    async fn webhook(
        &self,
        caller: Caller,
        /// The secret of `channels.webhook.secret`, if one is set.
        #[oai(name = "X-Webhook-Secret")]
        secret: Header<Option<String>>,
        /// The session to say it in; a fresh one if none is named.
        #[oai(name = "X-Session-Id")]
        session: Header<Option<SessionId>>,
        /// Makes the message count once, however often it is sent.
        #[oai(name = "X-Idempotency-Key")]
        key: Header<Option<String>>,
        body: JsonBody<WebhookRequest>,
    ) -> Result<WebhookAnswer, ApiError> {
        let webhook = self.config.current().channels.webhook.clone();
        if let Some(expected) = &webhook.secret {
            use secrecy::ExposeSecret as _;
            let given = secret.0.as_deref().unwrap_or_default();
            if !crypto::same(expected.expose_secret().as_bytes(), given.as_bytes()) {
                return Err(wrong_secret());
            }
        }
        let request = TurnRequest {
            session_id: session.0,
            message: body.0.message.ok_or_else(no_message)?.0,
            tools: webhook.tools,
            idempotency_key: key.0,
            ..TurnRequest::default()
        };
        let device = caller.principal.device_id;
        let handle = match self.agent.start(request, Origin::Webhook, device).await? {
            Started::New(handle) => handle,
            Started::Duplicate(turn) => {
                let duplicate = WebhookOutcome::Duplicate(self.duplicate(turn).await?);
                return Ok(WebhookAnswer::Done(Json(duplicate)));
            }
        };
        match self.outcome(&handle).await? {
            Some(outcome) => Ok(WebhookAnswer::Done(Json(WebhookOutcome::Reply(
                WebhookReply {
                    response: outcome.response,
                    model: outcome.model,
                    session_id: handle.session_id().clone(),
                    turn_id: handle.turn_id(),
                },
            )))),
            None => {
                let (pending, location) = pending(&handle);
                Ok(WebhookAnswer::Pending(pending, location))
            }
        }
    }

    /// Talk to the agent
    ///
    /// The full agent. With `stream`, or `Accept: text/event-stream`, the turn's events come as
    /// they happen; the turn goes on when the caller leaves.
    #[oai(path = "/api/chat", method = "post", operation_id = "chat")]
    async fn chat(
        &self,
        caller: Caller,
        /// Makes the message count once, however often it is sent.
        #[oai(name = "X-Idempotency-Key")]
        key: Header<Option<String>>,
        /// `text/event-stream` asks for events.
        #[oai(name = "Accept")]
        accept: Header<Option<String>>,
        body: JsonBody<ChatRequest>,
    ) -> Result<ChatAnswer, ApiError> {
        self.talk(&caller, key.0, accept.0, body.0).await
    }

    /// Talk to the agent (another name for `/api/chat`)
    #[oai(path = "/api/message", method = "post", operation_id = "message")]
    async fn message(
        &self,
        caller: Caller,
        /// Makes the message count once, however often it is sent.
        #[oai(name = "X-Idempotency-Key")]
        key: Header<Option<String>>,
        /// `text/event-stream` asks for events.
        #[oai(name = "Accept")]
        accept: Header<Option<String>>,
        body: JsonBody<ChatRequest>,
    ) -> Result<ChatAnswer, ApiError> {
        self.talk(&caller, key.0, accept.0, body.0).await
    }
}

impl ChatApi {
    async fn talk(
        &self,
        caller: &Caller,
        key: Option<String>,
        accept: Option<String>,
        body: ChatRequest,
    ) -> Result<ChatAnswer, ApiError> {
        let stream = body.stream || accept.is_some_and(|accept| wants_events(&accept));
        let limits = Limits::of(&self.config.current());
        let request = turn_request(body, key, limits)?;
        let device = caller.principal.device_id;
        let handle = match self.agent.start(request, Origin::Api, device).await? {
            Started::New(handle) => handle,
            Started::Duplicate(turn) => {
                let duplicate = ChatOutcome::Duplicate(self.duplicate(turn).await?);
                return Ok(ChatAnswer::Done(Json(duplicate)));
            }
        };
        if stream {
            let ends = Ends {
                stopping: self.tasks.stopping().clone(),
                revoked: caller.revoked.clone(),
                _open: self.metrics.sse_client(),
            };
            return Ok(ChatAnswer::Events(Sse::of_turn(handle.follow(), ends)));
        }
        let Some(outcome) = self.outcome(&handle).await? else {
            let (pending, location) = pending(&handle);
            return Ok(ChatAnswer::Pending(pending, location));
        };
        Ok(ChatAnswer::Done(Json(ChatOutcome::Reply(ChatReply {
            tool_calls: tool_uses(outcome.steps),
            response: outcome.response,
            session_id: handle.session_id().clone(),
            turn_id: handle.turn_id(),
            model: outcome.model,
            usage: outcome.usage,
            cost_usd: outcome.cost,
        }))))
    }

    /// Waits for the end; none when that takes too long.
    async fn outcome(&self, handle: &TurnHandle) -> Result<Option<TurnOutcome>, ApiError> {
        let patience = Duration::from_secs(self.config.current().agent.sync_wait_secs);
        match self.agent.wait(handle, patience).await {
            Some(outcome) if outcome.state == TurnState::Done => Ok(Some(outcome)),
            Some(outcome) => Err(failed(handle, &outcome)),
            None => Ok(None),
        }
    }

    async fn duplicate(&self, turn_id: TurnId) -> Result<Duplicate, ApiError> {
        let turn = self.agent.find(turn_id).await?;
        Ok(Duplicate {
            status: "duplicate".to_owned(),
            idempotent: true,
            message: "Request already processed for this idempotency key".to_owned(),
            turn_id,
            response: turn
                .filter(|turn| turn.state == TurnState::Done)
                .and_then(|t| t.response),
        })
    }
}

/// Texts as they came in JSON.
pub(crate) fn contexts(context: Vec<Value>) -> Result<Vec<String>, String> {
    if context.len() > MAX_CONTEXT {
        return Err(format!("at most {MAX_CONTEXT} texts go with one message"));
    }
    Ok(context
        .into_iter()
        .map(|value| match value {
            Value::String(text) => text,
            other => format!("{other:#}"),
        })
        .collect())
}

/// What a message replaces, and what goes over from that to it.
pub(crate) fn replacement(
    turn: Option<TurnId>,
    context: Option<&Vec<Value>>,
    attachments: Option<&Vec<AttachmentInput>>,
) -> Option<Replacement> {
    turn.map(|turn| Replacement {
        turn,
        keep_context: context.is_none(),
        keep_attachments: attachments.is_none(),
    })
}

fn turn_request(
    body: ChatRequest,
    key: Option<String>,
    limits: Limits,
) -> Result<TurnRequest, ApiError> {
    let replaces = replacement(
        body.replaces,
        body.context.as_ref(),
        body.attachments.as_ref(),
    );
    let attachments = attachments(&body.attachments.unwrap_or_default(), limits)?;
    let message = match body.message.or(body.content) {
        Some(message) => message.0,
        None if !attachments.is_empty() => String::new(),
        None => return Err(no_message()),
    };
    Ok(TurnRequest {
        session_is_implied: false,
        session_id: body.session_id,
        message,
        context: contexts(body.context.unwrap_or_default())
            .map_err(|problem| ApiError::bad_field("context", problem))?,
        attachments,
        tools: true,
        model: body.model,
        job: None,
        replaces,
        idempotency_key: key,
        ..TurnRequest::default()
    })
}

fn no_message() -> ApiError {
    ApiError::bad_field(
        "message",
        "expected a text, such as {\"message\": \"Hello\"}",
    )
}

fn wrong_secret() -> ApiError {
    ApiError::Unauthorized(Json(ErrorBody::new(
        "UNAUTHORIZED",
        "The header X-Webhook-Secret must carry the secret of [channels.webhook].",
    )))
}

pub(super) fn wants_events(accept: &str) -> bool {
    accept.split(',').any(|kind| {
        kind.split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .eq_ignore_ascii_case("text/event-stream")
    })
}

fn pending(handle: &TurnHandle) -> (Json<Pending>, String) {
    let turn_id = handle.turn_id();
    let pending = Pending {
        status: "pending".to_owned(),
        turn_id,
        session_id: handle.session_id().clone(),
    };
    (Json(pending), format!("/api/turns/{turn_id}"))
}

/// The tools that a turn used, in order.
fn tool_uses(steps: Vec<Step>) -> Vec<ToolUse> {
    let calls = steps.into_iter().flat_map(|step| step.calls);
    calls
        .map(|call| ToolUse {
            tool: call.name,
            args: call.args,
            output: call.output,
            success: call.success,
        })
        .collect()
}

/// A turn that did not come to an answer, as an error.
fn failed(handle: &TurnHandle, outcome: &TurnOutcome) -> ApiError {
    let (code, sentence) = outcome.error.clone().unwrap_or_else(|| {
        (
            "CANCELLED".to_owned(),
            "The turn was stopped before it came to an answer.".to_owned(),
        )
    });
    let mut details = serde_json::json!({
        "turn_id": handle.turn_id(),
        "session_id": handle.session_id(),
    });
    if let (Some(over), Some(fields)) = (&outcome.over_budget, details.as_object_mut()) {
        fields.extend(super::cost_views::over_budget(over));
    }
    let body = Json(ErrorBody::new(&code, sentence).with_details(details));
    match code.as_str() {
        "PROVIDER_ERROR" => ApiError::ProviderError(body),
        "TIMEOUT" => ApiError::Timeout(body),
        "BUDGET_EXCEEDED" => ApiError::BudgetExceeded(body),
        "CANCELLED" => ApiError::Conflict(body),
        _ => ApiError::Internal(body),
    }
}
