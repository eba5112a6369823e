//! A conversation.

use super::{Origin, SessionId, Timestamp};

/// A conversation: turns in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its place in the order of creation.
    pub row: i64,
    /// Names it.
    pub id: SessionId,
    /// What it is about: the first words of its first message until its owner names it.
    pub title: String,
    /// The door its first message came in by.
    pub origin: Origin,
    /// When it began.
    pub created_at: Timestamp,
    /// When its last message came.
    pub updated_at: Timestamp,
    /// When it was deleted; it can be restored for a while.
    pub deleted_at: Option<Timestamp>,
    /// Kept at the top of the list.
    pub pinned: bool,
    /// Put out of the way.
    pub archived: bool,
    /// The session it was forked from.
    pub forked_from: Option<SessionId>,
    /// What its turns are answered by: `provider/model`, or a model of the provider in use.
    pub model: Option<String>,
    /// A turn ended since its owner last looked.
    pub unread: bool,
    /// Messages of both sides.
    pub message_count: u64,
    /// Turns under way or waiting.
    pub active_turns: u64,
}

/// What may be changed of a session; `None` leaves it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionPatch {
    /// A name of its owner's choice.
    pub title: Option<String>,
    /// Keep it at the top, or not.
    pub pinned: Option<bool>,
    /// Put it out of the way, or back.
    pub archived: Option<bool>,
    /// What its turns are answered by; an empty text stands for what is configured.
    pub model: Option<String>,
    /// Its owner has looked at it, or wants to look again.
    pub read: Option<bool>,
}
