//! Between frames and what the agent takes and gives.

use std::collections::HashSet;

use super::frame::{
    ApprovalResponseFrame, FrameError, GapFrame, MessageFrame, ServerFrame, news_text,
};
use crate::{
    agent::{AgentError, EventFrame, TurnRequest},
    api::{self, Limits},
    approvals::{ApprovalsError, Ruling},
    model::SessionId,
    telemetry::bus::News,
};

pub(super) fn turn_texts(batch: &[EventFrame]) -> Vec<String> {
    batch
        .iter()
        .map(|frame| String::from_utf8_lossy(&frame.json).into_owned())
        .collect()
}

pub(super) fn news_frame(news: News, types: Option<&HashSet<String>>) -> Option<String> {
    match news {
        News::Event(frame) => {
            let wanted = types.is_none_or(|types| types.contains(frame.name));
            wanted.then(|| news_text(&frame))
        }
        News::Gap {
            missed,
            resume_from,
        } => Some(
            ServerFrame::Gap(GapFrame {
                missed,
                resume_from,
            })
            .text(),
        ),
    }
}

pub(super) fn turn_request(
    frame: MessageFrame,
    session_id: SessionId,
    limits: Limits,
) -> Result<TurnRequest, FrameError> {
    let replaces = api::replacement(
        frame.replaces,
        frame.context.as_ref(),
        frame.attachments.as_ref(),
    );
    let wrong = |sentence: String| FrameError::new("INVALID_REQUEST", sentence);
    let attachments = api::attachments(&frame.attachments.unwrap_or_default(), limits)
        .map_err(|refused| FrameError::new(refused.code(), api::sentence(&refused)))?;
    let message = match frame.message.or(frame.content) {
        Some(message) => message.0,
        None if !attachments.is_empty() => String::new(),
        None => {
            let sentence = "The field \"message\" is missing: the text to say.";
            return Err(wrong(sentence.to_owned()));
        }
    };
    Ok(TurnRequest {
        job: None,
        session_is_implied: frame.session_id.is_none(),
        session_id: Some(session_id),
        message,
        context: api::contexts(frame.context.unwrap_or_default()).map_err(wrong)?,
        attachments,
        tools: true,
        model: frame.model,
        replaces,
        idempotency_key: frame.idempotency_key,
        ..TurnRequest::default()
    })
}

/// What a frame decides.
pub(super) fn ruling(frame: ApprovalResponseFrame) -> Ruling {
    Ruling {
        decision: frame.decision,
        reach: frame.scope,
        reason: frame.reason,
        answer: frame.answer,
    }
}

pub(super) fn refusal_of_ruling(error: &ApprovalsError) -> FrameError {
    let code = match error {
        ApprovalsError::Unknown | ApprovalsError::NoRule => "NOT_FOUND",
        ApprovalsError::Settled(_) => "CONFLICT",
        ApprovalsError::Ruling(..) => "INVALID_REQUEST",
        ApprovalsError::Store(store) => return broken(store),
    };
    FrameError::new(code, api::sentence(error))
}

fn broken(store: &dyn std::error::Error) -> FrameError {
    tracing::error!(error = %store, "a frame could not be acted on");
    FrameError::new(
        "INTERNAL_ERROR",
        "Something went wrong here; the gateway's log says what.",
    )
}

pub(super) fn refusal_of(error: &AgentError) -> FrameError {
    let code = match error {
        AgentError::Empty | AgentError::Message(_) | AgentError::Key | AgentError::KeyReused => {
            "INVALID_REQUEST"
        }
        AgentError::QueueFull => "RATE_LIMITED",
        AgentError::Stopping => "UNAVAILABLE",
        AgentError::NoTurn => "NOT_FOUND",
        AgentError::Ended | AgentError::Conflict(_) => "CONFLICT",
        AgentError::Broken => "INTERNAL_ERROR",
        AgentError::Store(store) => return broken(store),
    };
    FrameError::new(code, api::sentence(error))
}
