//! What a message to the agent is answered with.

use poem::{IntoResponse, Response, http::StatusCode};
use poem_openapi::{
    ApiResponse, Object, Union,
    payload::{Json, Payload as _},
    registry::{MetaHeader, MetaMediaType, MetaResponse, MetaResponses, Registry},
    types::Type as _,
};
use serde_json::Value;

use super::{event_schema::TurnEventSchema, sse::Sse};
use crate::model::{MicroUsd, SessionId, TurnId, Usage};

/// The agent's answer.
#[derive(Debug, Object)]
pub(super) struct WebhookReply {
    /// The answer.
    pub(super) response: String,
    /// The model that answered.
    pub(super) model: String,
    /// The session it was said in.
    pub(super) session_id: SessionId,
    /// The turn.
    pub(super) turn_id: TurnId,
}

/// A tool that was used.
#[derive(Debug, Object)]
pub(super) struct ToolUse {
    /// The tool.
    pub(super) tool: String,
    /// Its arguments.
    pub(super) args: Value,
    /// What it answered.
    pub(super) output: Option<String>,
    /// Whether it worked.
    pub(super) success: Option<bool>,
}

/// The agent's answer, with how it came about.
#[derive(Debug, Object)]
pub(super) struct ChatReply {
    /// The answer.
    pub(super) response: String,
    /// The tools that were used, in order.
    pub(super) tool_calls: Vec<ToolUse>,
    /// The session it was said in.
    pub(super) session_id: SessionId,
    /// The turn.
    pub(super) turn_id: TurnId,
    /// The model that answered.
    pub(super) model: String,
    /// Tokens of the turn.
    pub(super) usage: Usage,
    /// What it cost in US dollars; null when the model's price is not known.
    pub(super) cost_usd: Option<MicroUsd>,
}

/// The message was accepted before, under the same idempotency key.
#[derive(Debug, Object)]
pub(super) struct Duplicate {
    /// Always `duplicate`.
    pub(super) status: String,
    /// Always true.
    pub(super) idempotent: bool,
    /// The same, for a person.
    pub(super) message: String,
    /// The turn that the first message started.
    pub(super) turn_id: TurnId,
    /// Its answer, once there is one.
    pub(super) response: Option<String>,
}

/// The answer takes longer than a caller is kept waiting; the turn goes on.
#[derive(Debug, Object)]
pub(super) struct Pending {
    /// Always `pending`.
    pub(super) status: String,
    /// The turn to look at.
    pub(super) turn_id: TurnId,
    /// Its session.
    pub(super) session_id: SessionId,
}

/// The answer, or word of an earlier one.
#[derive(Debug, Union)]
pub(super) enum WebhookOutcome {
    /// The answer.
    Reply(WebhookReply),
    /// Word of an earlier one.
    Duplicate(Duplicate),
}

/// The answer, or word of an earlier one.
#[derive(Debug, Union)]
pub(super) enum ChatOutcome {
    /// The answer.
    Reply(ChatReply),
    /// Word of an earlier one.
    Duplicate(Duplicate),
}

/// What a message to `/webhook` is answered with.
#[derive(Debug, ApiResponse)]
pub(super) enum WebhookAnswer {
    /// The answer.
    #[oai(status = 200)]
    Done(Json<WebhookOutcome>),
    /// It takes longer; look at `Location`.
    #[oai(status = 202)]
    Pending(
        Json<Pending>,
        /// The turn.
        #[oai(header = "Location")]
        String,
    ),
}

/// What a message to `/api/chat` is answered with: JSON, or events when asked for. Written by
/// hand since one status has two content types.
pub(super) enum ChatAnswer {
    Done(Json<ChatOutcome>),
    Pending(Json<Pending>, String),
    Events(Sse<TurnEventSchema>),
}

impl IntoResponse for ChatAnswer {
    fn into_response(self) -> Response {
        match self {
            Self::Done(outcome) => outcome.into_response(),
            Self::Events(events) => events.into_response(),
            Self::Pending(pending, location) => pending
                .with_header("location", location)
                .with_status(StatusCode::ACCEPTED)
                .into_response(),
        }
    }
}

impl ApiResponse for ChatAnswer {
    fn meta() -> MetaResponses {
        let json = |schema| MetaMediaType {
            content_type: "application/json; charset=utf-8",
            schema,
        };
        MetaResponses {
            responses: vec![
                MetaResponse {
                    description: "The answer; or, with `stream` or `Accept: text/event-stream`, \
                                  the turn's events as they come.",
                    status: Some(200),
                    status_range: None,
                    content: vec![
                        json(ChatOutcome::schema_ref()),
                        MetaMediaType {
                            content_type: "text/event-stream",
                            schema: Sse::<TurnEventSchema>::schema_ref(),
                        },
                    ],
                    headers: vec![],
                },
                MetaResponse {
                    description: "It takes longer; look at `Location`.",
                    status: Some(202),
                    status_range: None,
                    content: vec![json(Pending::schema_ref())],
                    headers: vec![MetaHeader {
                        name: "LOCATION".to_owned(),
                        description: Some("The turn.".to_owned()),
                        required: true,
                        deprecated: false,
                        schema: String::schema_ref(),
                    }],
                },
            ],
        }
    }

    fn register(registry: &mut Registry) {
        ChatOutcome::register(registry);
        Pending::register(registry);
        TurnEventSchema::register(registry);
    }
}
