//! `/api/sessions`: conversations.

use poem_openapi::{
    ApiResponse, Enum, Object, OpenApi,
    param::{Path, Query},
    payload::{Attachment, AttachmentType, Json},
};

use super::{
    ApiError, Caller, Group,
    body::{JsonBody, OptionalJson},
    turns::{Failure, TurnView},
};
use crate::{
    agent::{Agent, ExportFormat, MessageView, SearchResult, Sessions, Side},
    model::{
        Cursor, MessageId, MicroUsd, Origin, Session, SessionId, SessionPatch, Timestamp, TurnId,
        TurnState, Usage,
    },
};

/// A conversation.
#[derive(Debug, Object)]
#[oai(rename = "Session")]
struct SessionView {
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
}

/// Up to where to copy.
#[derive(Debug, Default, Object)]
struct ForkPoint {
    /// The last turn to copy; all of them if none is named.
    turn_id: Option<TurnId>,
}

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
struct Message {
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
    /// When it was said.
    created_at: Timestamp,
    /// Where its turn stands.
    state: TurnState,
    /// Names of the files handed along.
    attachments: Vec<String>,
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
            created_at: message.created_at,
            state: message.state,
            attachments: message.attachments,
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
struct MessagePage {
    /// Oldest first; the first page is the newest.
    messages: Vec<Message>,
    /// Turns of the page that have not ended, in order.
    turns: Vec<TurnView>,
    /// Where to go on to older messages; null at the beginning.
    next_cursor: Option<String>,
}

/// A message in which the text was found.
#[derive(Debug, Object)]
struct SearchHit {
    /// The session.
    session_id: SessionId,
    /// Its title.
    title: String,
    /// The turn.
    turn_id: TurnId,
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
            role: hit.side.into(),
            snippet: hit.snippet,
            created_at: hit.created_at,
        }
    }
}

/// What was found.
#[derive(Debug, Object)]
struct SearchHits {
    /// The best first.
    hits: Vec<SearchHit>,
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
    ) -> Result<Json<SessionPage>, ApiError> {
        let after = cursor_of(cursor.0.as_deref())?;
        let (sessions, next) = self.sessions.list(archived.0, after, limit.0).await?;
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
        let NewSession { id, title } = body.0;
        let session = self.sessions.create(id, title, Origin::Api).await?;
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

    /// Rename, pin or archive a conversation
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
        } = body.0;
        let patch = SessionPatch {
            title,
            pinned,
            archived,
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

fn cursor_of(text: Option<&str>) -> Result<Option<Cursor>, ApiError> {
    text.map(Cursor::decode)
        .transpose()
        .map_err(|error| ApiError::bad_field("cursor", error.to_string()))
}
