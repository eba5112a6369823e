//! Messages of conversations, as they are read and found.

use poem_openapi::{Enum, Object};

use super::{
    attachments::AttachmentView,
    turns::{Failure, TurnView, several},
};
use crate::{
    agent::{MessageView, SearchResult, Side},
    model::{
        MessageId, MicroUsd, Origin, SessionId, Step, Timestamp, TurnId, TurnState, Usage,
        UsedMemory,
    },
};

/// Whose words a message is.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
enum Role {
    /// The user's.
    User,
    /// The agent's.
    Assistant,
}

impl From<Side> for Role {
    fn from(side: Side) -> Self {
        match side {
            Side::User => Self::User,
            Side::Assistant => Self::Assistant,
        }
    }
}

/// A message of a conversation.
#[derive(Debug, Object)]
pub(super) struct Message {
    /// Names it.
    id: MessageId,
    /// The turn it is part of.
    turn_id: TurnId,
    /// Whose words it is.
    role: Role,
    /// The words.
    content: String,
    /// The model's reasoning.
    reasoning: Option<String>,
    /// How long the model thought, in milliseconds, where that is known.
    #[oai(skip_serializing_if_is_none)]
    reasoning_ms: Option<u64>,
    /// When it was said.
    created_at: Timestamp,
    /// The door by which its turn came in.
    origin: Origin,
    /// Where its turn stands.
    state: TurnState,
    /// The files handed along, in order.
    attachments: Vec<AttachmentView>,
    /// All turns that stand at the place of its turn, itself among them, the oldest first; only
    /// when there are several.
    #[oai(skip_serializing_if_is_none)]
    versions: Option<Vec<TurnId>>,
    /// What came before the last words of an answer, and those: only when a tool was used.
    #[oai(skip_serializing_if_is_none)]
    steps: Option<Vec<Step>>,
    /// The memories that the model was shown for this answer; only when there are some.
    #[oai(skip_serializing_if_is_none)]
    memories: Option<Vec<UsedMemory>>,
    /// The model that answered.
    model: Option<String>,
    /// The provider that answered.
    provider: Option<String>,
    /// Tokens of the turn.
    usage: Option<Usage>,
    /// What the turn cost in US dollars; null when the model's price is not known.
    cost_usd: Option<MicroUsd>,
    /// From acceptance to answer, in milliseconds.
    duration_ms: Option<u64>,
    /// Why the turn failed.
    error: Option<Failure>,
}

impl From<MessageView> for Message {
    fn from(message: MessageView) -> Self {
        Self {
            id: message.id,
            turn_id: message.turn_id,
            role: message.side.into(),
            content: message.content,
            reasoning: message.reasoning,
            reasoning_ms: message.reasoning_ms,
            created_at: message.created_at,
            origin: message.origin,
            state: message.state,
            attachments: AttachmentView::list(message.turn_id, message.attachments),
            versions: several(message.versions),
            steps: several(message.steps),
            memories: Some(message.memories).filter(|used| !used.is_empty()),
            model: message.model,
            provider: message.provider,
            usage: message.usage,
            cost_usd: message.cost,
            duration_ms: message.duration_ms,
            error: message
                .error
                .map(|(code, message)| Failure { code, message }),
        }
    }
}

/// A page of messages.
#[derive(Debug, Object)]
pub(super) struct MessagePage {
    /// Oldest first; the first page is the newest.
    pub(super) messages: Vec<Message>,
    /// Turns of the page that have not ended, in order.
    pub(super) turns: Vec<TurnView>,
    /// Where to go on to older messages; null at the beginning.
    pub(super) next_cursor: Option<String>,
}

/// A message in which the text was found.
#[derive(Debug, Object)]
pub(super) struct SearchHit {
    /// The session.
    session_id: SessionId,
    /// Its title.
    title: String,
    /// The turn.
    turn_id: TurnId,
    /// Whether it is among those that are shown; `POST /api/turns/{id}/show` puts it there.
    visible: bool,
    /// Whose words it is.
    role: Role,
    /// The words around the match, which stands between U+0002 and U+0003.
    snippet: String,
    /// When it was said.
    created_at: Timestamp,
}

impl From<SearchResult> for SearchHit {
    fn from(hit: SearchResult) -> Self {
        Self {
            session_id: hit.session_id,
            title: hit.title,
            turn_id: hit.turn_id,
            visible: hit.visible,
            role: hit.side.into(),
            snippet: hit.snippet,
            created_at: hit.created_at,
        }
    }
}

/// What was found.
#[derive(Debug, Object)]
pub(super) struct SearchHits {
    /// The best first.
    pub(super) hits: Vec<SearchHit>,
}
