//! `/api/sessions`: conversations.

use poem_openapi::{
    ApiResponse, Enum, Object, OpenApi,
    param::{Path, Query},
    payload::{Attachment, AttachmentType, Json},
};

use super::{
    ApiError, Caller, Group,
    body::{JsonBody, OptionalJson},
    messages::{Message, MessagePage, SearchHit, SearchHits},
    turns::TurnView,
};
use crate::{
    agent::{Agent, ExportFormat, SessionList, Sessions},
    model::{Cursor, Origin, Session, SessionId, SessionPatch, Timestamp, TurnId},
};

/// A conversation.
#[derive(Debug, Object)]
#[oai(rename = "Session")]
pub(super) struct SessionView {
    /// Names it.
    id: SessionId,
    /// What it is about.
    title: String,
    /// The door its first message came in by.
    origin: Origin,
    /// When it began.
    created_at: Timestamp,
    /// When its last message came.
    updated_at: Timestamp,
    /// When it was deleted.
    deleted_at: Option<Timestamp>,
    /// Kept at the top.
    pinned: bool,
    /// Put out of the way.
    archived: bool,
    /// The session it was forked from.
    forked_from: Option<SessionId>,
    /// What its turns are answered by, where one was chosen: `provider/model`, or a model of the
    /// provider in use.
    #[oai(skip_serializing_if_is_none)]
    model: Option<String>,
    /// A turn ended since its owner last looked.
    unread: bool,
    /// Messages of both sides.
    message_count: u64,
    /// Turns under way or waiting.
    active_turns: u64,
}

impl From<Session> for SessionView {
    fn from(session: Session) -> Self {
        Self {
            id: session.id,
            title: session.title,
            origin: session.origin,
            created_at: session.created_at,
            updated_at: session.updated_at,
            deleted_at: session.deleted_at,
            pinned: session.pinned,
            archived: session.archived,
            forked_from: session.forked_from,
            model: session.model,
            unread: session.unread,
            message_count: session.message_count,
            active_turns: session.active_turns,
        }
    }
}

/// A page of conversations.
#[derive(Debug, Object)]
struct SessionPage {
    /// The last used first.
    sessions: Vec<SessionView>,
    /// Where to go on; null at the end.
    next_cursor: Option<String>,
}

/// A new conversation.
#[derive(Debug, Default, Object)]
struct NewSession {
    /// A name for it; a fresh UUID if none is given.
    id: Option<SessionId>,
    /// What it is about; its first message says if nothing is given.
    title: Option<String>,
    /// What its turns are answered by; what is configured if none is named.
    model: Option<String>,
}

/// What to change.
#[derive(Debug, Object)]
struct SessionChanges {
    /// A title of 1 to 200 characters.
    title: Option<String>,
    /// Keep it at the top, or not.
    pinned: Option<bool>,
    /// Put it out of the way, or back.
    archived: Option<bool>,
    /// What its turns are answered by unless a message says otherwise: `provider/model`, or a
    /// model of the provider in use. An empty text stands for what is configured.
    model: Option<String>,
    /// Its owner has looked at it; false marks it as not seen.
    read: Option<bool>,
}

/// Up to where to copy.
#[derive(Debug, Default, Object)]
struct ForkPoint {
    /// The last turn to copy; all of them if none is named.
    turn_id: Option<TurnId>,
}

/// The form of an export.
#[derive(Clone, Copy, Debug, Default, Enum)]
#[oai(rename_all = "lowercase")]
enum Format {
    /// Markdown, for people.
    #[default]
    Md,
    /// JSON, for programs.
    Json,
}

/// Nothing to say.
#[derive(ApiResponse)]
enum Deleted {
    /// It is in the bin; `POST …/restore` brings it back for thirty days.
    #[oai(status = 204)]
    Done,
}

/// A conversation was made.
#[derive(ApiResponse)]
enum Created {
    /// It is there.
    #[oai(status = 201)]
    Done(Json<SessionView>),
}

/// A document to keep.
#[derive(ApiResponse)]
enum Export {
    /// The document.
    #[oai(status = 200)]
    Done(Attachment<String>),
}

/// The group.
pub struct SessionsApi {
    /// The conversations.
    pub sessions: Sessions,
    /// The agent, for what is under way.
    pub agent: Agent,
}

#[OpenApi(tag = "Group::Sessions")]
impl SessionsApi {
    /// List conversations
    #[allow(
        clippy::too_many_arguments,
        reason = "each is a parameter of the route"
    )]
    #[oai(path = "/api/sessions", method = "get", operation_id = "list_sessions")]
    async fn list(
        &self,
        _caller: Caller,
        /// At most so many.
        #[oai(
            default = "default_limit",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        limit: Query<u32>,
        /// Where to go on.
        cursor: Query<Option<String>>,
        /// Those put out of the way instead of the others.
        #[oai(default)]
        archived: Query<bool>,
        /// Only those whose first message came in by this door.
        origin: Query<Option<Origin>>,
        /// Only those that are kept at the top, or only the others.
        pinned: Query<Option<bool>>,
        /// Only those with these words in their title, in this order.
        title: Query<Option<String>>,
    ) -> Result<Json<SessionPage>, ApiError> {
        let list = SessionList {
            archived: archived.0,
            origin: origin.0,
            pinned: pinned.0,
            title: title.0,
            after: cursor_of(cursor.0.as_deref())?,
            limit: limit.0,
        };
        let (sessions, next) = self.sessions.list(list).await?;
        Ok(Json(SessionPage {
            sessions: sessions.into_iter().map(SessionView::from).collect(),
            next_cursor: next.map(Cursor::encode),
        }))
    }

    /// Begin a conversation
    #[oai(
        path = "/api/sessions",
        method = "post",
        operation_id = "create_session"
    )]
    async fn create(&self, _caller: Caller, body: Json<NewSession>) -> Result<Created, ApiError> {
        let NewSession { id, title, model } = body.0;
        let session = self.sessions.create(id, title, model, Origin::Api).await?;
        Ok(Created::Done(Json(session.into())))
    }

    /// Search everything that was said
    #[oai(
        path = "/api/sessions/search",
        method = "get",
        operation_id = "search_sessions"
    )]
    async fn search(
        &self,
        _caller: Caller,
        /// Words that must all occur, in any order.
        #[oai(validator(max_length = 400))]
        q: Query<String>,
        /// At most so many.
        #[oai(
            default = "default_hits",
            validator(minimum(value = "1"), maximum(value = "100"))
        )]
        limit: Query<u32>,
    ) -> Result<Json<SearchHits>, ApiError> {
        let hits = self.sessions.search(&q, limit.0).await?;
        Ok(Json(SearchHits {
            hits: hits.into_iter().map(SearchHit::from).collect(),
        }))
    }

    /// Look at a conversation
    #[oai(
        path = "/api/sessions/:id",
        method = "get",
        operation_id = "get_session"
    )]
    async fn get(
        &self,
        _caller: Caller,
        id: Path<SessionId>,
    ) -> Result<Json<SessionView>, ApiError> {
        Ok(Json(self.sessions.get(&id).await?.into()))
    }

    /// Rename, pin, archive a conversation, choose its model, or mark it as read
    #[oai(
        path = "/api/sessions/:id",
        method = "patch",
        operation_id = "update_session"
    )]
    async fn update(
        &self,
        _caller: Caller,
        id: Path<SessionId>,
        body: JsonBody<SessionChanges>,
    ) -> Result<Json<SessionView>, ApiError> {
        let SessionChanges {
            title,
            pinned,
            archived,
            model,
            read,
        } = body.0;
        let patch = SessionPatch {
            title,
            pinned,
            archived,
            model,
            read,
        };
        Ok(Json(self.sessions.update(&id, patch).await?.into()))
    }

    /// Delete a conversation
    ///
    /// What runs in it is stopped. It can be restored for thirty days.
    #[oai(
        path = "/api/sessions/:id",
        method = "delete",
        operation_id = "delete_session"
    )]
    async fn delete(&self, _caller: Caller, id: Path<SessionId>) -> Result<Deleted, ApiError> {
        self.sessions.delete(&id).await?;
        Ok(Deleted::Done)
    }

    /// Bring a deleted conversation back
    #[oai(
        path = "/api/sessions/:id/restore",
        method = "post",
        operation_id = "restore_session"
    )]
    async fn restore(
        &self,
        _caller: Caller,
        id: Path<SessionId>,
    ) -> Result<Json<SessionView>, ApiError> {
        Ok(Json(self.sessions.restore(&id).await?.into()))
    }

    /// Copy a conversation into a new one
    #[oai(
        path = "/api/sessions/:id/fork",
        method = "post",
        operation_id = "fork_session"
    )]
    async fn fork(
        &self,
        _caller: Caller,
        id: Path<SessionId>,
        body: OptionalJson<ForkPoint>,
    ) -> Result<Created, ApiError> {
        let session = self.sessions.fork(&id, body.0.turn_id).await?;
        Ok(Created::Done(Json(session.into())))
    }

    /// Read a conversation
    #[oai(
        path = "/api/sessions/:id/messages",
        method = "get",
        operation_id = "list_messages"
    )]
    async fn messages(
        &self,
        _caller: Caller,
        id: Path<SessionId>,
        /// At most about so many; a turn's messages stay together.
        #[oai(
            default = "default_limit",
            validator(minimum(value = "2"), maximum(value = "500"))
        )]
        limit: Query<u32>,
        /// Where to go on to older messages.
        cursor: Query<Option<String>>,
    ) -> Result<Json<MessagePage>, ApiError> {
        let before = cursor_of(cursor.0.as_deref())?;
        let (messages, turns, next) = self.sessions.messages(&id, before, limit.0).await?;
        Ok(Json(MessagePage {
            messages: messages.into_iter().map(Message::from).collect(),
            turns: turns
                .into_iter()
                .map(|turn| TurnView::new(turn, &self.agent))
                .collect(),
            next_cursor: next.map(Cursor::encode),
        }))
    }

    /// Take a conversation along
    #[oai(
        path = "/api/sessions/:id/export",
        method = "get",
        operation_id = "export_session"
    )]
    async fn export(
        &self,
        _caller: Caller,
        id: Path<SessionId>,
        /// Its form.
        #[oai(default)]
        format: Query<Format>,
    ) -> Result<Export, ApiError> {
        let (format, ending) = match format.0 {
            Format::Md => (ExportFormat::Markdown, "md"),
            Format::Json => (ExportFormat::Json, "json"),
        };
        let document = self.sessions.export(&id, format).await?;
        let safe: String = id
            .as_str()
            .chars()
            .map(|letter| {
                if letter.is_ascii_alphanumeric() {
                    letter
                } else {
                    '-'
                }
            })
            .collect();
        let file = Attachment::new(document)
            .attachment_type(AttachmentType::Attachment)
            .filename(format!("session-{safe}.{ending}"));
        Ok(Export::Done(file))
    }
}

fn default_limit() -> u32 {
    50
}

fn default_hits() -> u32 {
    20
}

pub(super) fn cursor_of(text: Option<&str>) -> Result<Option<Cursor>, ApiError> {
    text.map(Cursor::decode)
        .transpose()
        .map_err(|error| ApiError::bad_field("cursor", error.to_string()))
}
