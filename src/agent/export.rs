//! A conversation as a document to take along.

use std::fmt::Write as _;

use super::{MessageView, Side};
use crate::model::Session;

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// For people.
    Markdown,
    /// For programs.
    Json,
}

/// For people.
pub(super) fn markdown(session: &Session, messages: &[MessageView]) -> String {
    let title = if session.title.is_empty() {
        "Conversation"
    } else {
        &session.title
    };
    let mut text = format!("# {title}\n");
    for message in messages {
        let who = match message.side {
            Side::User => "You".to_owned(),
            Side::Assistant => message
                .model
                .clone()
                .unwrap_or_else(|| "Assistant".to_owned()),
        };
        // Writing to a string can't fail.
        let _infallible = write!(
            text,
            "\n## {who} · {}\n\n{}\n",
            message.created_at, message.content
        );
        for call in message.steps.iter().flat_map(|step| &step.calls) {
            let what = call.summary.as_deref().unwrap_or(&call.name);
            let outcome = if call.success == Some(true) {
                "done"
            } else {
                "not done"
            };
            let _infallible = write!(text, "\n*Used {}: {what} ({outcome})*\n", call.name);
        }
        for file in &message.attachments {
            let _infallible = write!(text, "\n*Attached: {}*\n", file.name);
        }
        if let Some((_, sentence)) = &message.error {
            let _infallible = write!(text, "\n*{sentence}*\n");
        }
    }
    text
}

/// For programs.
pub(super) fn json(session: &Session, messages: &[MessageView]) -> String {
    let messages: Vec<_> = messages
        .iter()
        .map(|message| {
            serde_json::json!({
                "id": message.id,
                "turn_id": message.turn_id,
                "role": match message.side { Side::User => "user", Side::Assistant => "assistant" },
                "content": message.content,
                "reasoning": message.reasoning,
                "reasoning_ms": message.reasoning_ms,
                "created_at": message.created_at,
                "state": message.state,
                "steps": message.steps,
                "attachments": message.attachments,
                "model": message.model,
                "provider": message.provider,
                "usage": message.usage,
                "cost_usd": message.cost,
                "error": message.error.as_ref().map(|(code, message)| {
                    serde_json::json!({"code": code, "message": message})
                }),
            })
        })
        .collect();
    let document = serde_json::json!({
        "session": {
            "id": session.id,
            "title": session.title,
            "origin": session.origin,
            "created_at": session.created_at,
            "updated_at": session.updated_at,
            "forked_from": session.forked_from,
        },
        "messages": messages,
    });
    format!("{document:#}\n")
}
