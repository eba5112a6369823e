//! Turns as the messages of both sides.

use std::collections::HashMap;

use crate::{
    memory::{Parts, snippet},
    model::{
        AttachmentInfo, MessageId, MicroUsd, Origin, SessionId, Step, Timestamp, Turn, TurnId,
        TurnState, Usage, UsedMemory,
    },
    store::{SearchHit, fulltext::query_terms},
};

/// Characters of a search result that has no match to show.
const SNIPPET_CHARS: usize = 160;

/// Whose words a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The user's.
    User,
    /// The agent's.
    Assistant,
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageView {
    /// Names it.
    pub id: MessageId,
    /// The turn it is part of.
    pub turn_id: TurnId,
    /// Whose words it is.
    pub side: Side,
    /// The words.
    pub content: String,
    /// The model's reasoning.
    pub reasoning: Option<String>,
    /// How long it thought, in milliseconds, where that is known.
    pub reasoning_ms: Option<u64>,
    /// When it was said.
    pub created_at: Timestamp,
    /// The door by which its turn came in.
    pub origin: Origin,
    /// Where its turn stands.
    pub state: TurnState,
    /// The files handed along, in order.
    pub attachments: Vec<AttachmentInfo>,
    /// All turns that stand at the place of its turn, itself among them, the oldest first; empty
    /// when it is the only one.
    pub versions: Vec<TurnId>,
    /// What came before its last words; empty when no tool was used.
    pub steps: Vec<Step>,
    /// The memories that the model was shown for this answer.
    pub memories: Vec<UsedMemory>,
    /// The model that answered.
    pub model: Option<String>,
    /// The provider that answered.
    pub provider: Option<String>,
    /// Tokens of the turn.
    pub usage: Option<Usage>,
    /// What the turn cost.
    pub cost: Option<MicroUsd>,
    /// From acceptance to answer, in milliseconds.
    pub duration_ms: Option<u64>,
    /// Why the turn failed: word and sentence.
    pub error: Option<(String, String)>,
}

/// A message in which a text was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchResult {
    /// The session.
    pub session_id: SessionId,
    /// Its title.
    pub title: String,
    /// The turn.
    pub turn_id: TurnId,
    /// Whether it is among those that are shown.
    pub visible: bool,
    /// Whose words it is.
    pub side: Side,
    /// The words around the match, which stands between [`super::MATCH_START`] and
    /// [`super::MATCH_END`].
    pub snippet: String,
    /// When it was said.
    pub created_at: Timestamp,
}

/// What was said in a turn: the user's message, and the answer once the turn has ended.
pub(super) fn messages_of(turn: &Turn) -> impl Iterator<Item = MessageView> + use<> {
    let input = MessageView {
        id: MessageId::of_input(turn.id),
        turn_id: turn.id,
        side: Side::User,
        content: turn.input.clone(),
        reasoning: None,
        reasoning_ms: None,
        created_at: turn.created_at,
        origin: turn.origin,
        state: turn.state,
        attachments: turn.attachments.clone(),
        versions: turn.versions.clone(),
        steps: Vec::new(),
        memories: Vec::new(),
        model: None,
        provider: None,
        usage: None,
        cost: None,
        duration_ms: None,
        error: None,
    };
    let answer = turn.finished_at.map(|finished_at| MessageView {
        id: MessageId::of_answer(turn.id),
        side: Side::Assistant,
        content: turn.response.clone().unwrap_or_default(),
        reasoning: turn.reasoning.clone(),
        reasoning_ms: turn.reasoning_ms,
        created_at: finished_at,
        attachments: Vec::new(),
        steps: turn.steps.clone(),
        model: turn.model.clone(),
        provider: turn.provider.clone(),
        usage: Some(turn.usage),
        cost: turn.cost,
        duration_ms: Some(finished_at.millis_since(turn.created_at)),
        error: turn.error_code.clone().zip(turn.error_message.clone()),
        ..input.clone()
    });
    std::iter::once(input).chain(answer)
}

/// Says at the answers which memories the model was shown for them.
pub(super) fn with_memories(
    messages: &mut [MessageView],
    mut used: HashMap<TurnId, Vec<UsedMemory>>,
) {
    for message in messages
        .iter_mut()
        .filter(|one| one.side == Side::Assistant)
    {
        message.memories = used.remove(&message.turn_id).unwrap_or_default();
    }
}

pub(super) fn result_of(hit: SearchHit, text: &str) -> SearchResult {
    let answer = hit.response.unwrap_or_default();
    let terms = query_terms(text);
    let marked = |said: &str| snippet(said, &terms, Parts::Anywhere);
    let (side, snippet) = match (marked(&hit.input), marked(&answer)) {
        (Some(snippet), _) => (Side::User, snippet),
        (None, Some(snippet)) => (Side::Assistant, snippet),
        (None, None) => (Side::User, hit.input.chars().take(SNIPPET_CHARS).collect()),
    };
    SearchResult {
        session_id: hit.session_id,
        title: hit.title,
        turn_id: hit.turn_id,
        visible: hit.visible,
        side,
        snippet,
        created_at: hit.created_at,
    }
}
