//! Conversations as their owner sees them: list, read, name, put away, copy, export, search.

use std::sync::Arc;

use super::{
    Agent,
    accept::{MAX_MODEL_CHARS, is_plausible_model},
    export::{self, ExportFormat},
    messages::{MessageView, SearchResult, messages_of, result_of, with_memories},
};
use crate::{
    clock::Clock,
    model::{
        BusEvent, Cursor, Origin, Session, SessionChange, SessionChanged, SessionId, SessionPatch,
        Turn, TurnId,
    },
    store::{SessionList, ShowOutcome, Store, StoreError},
    telemetry::Bus,
};

/// Longest title, in characters.
const TITLE_CHARS: usize = 60;
/// Longest title its owner may give, in characters.
const MAX_TITLE_CHARS: usize = 200;
/// Turns read at once for an export.
const EXPORT_PAGE: u32 = 500;
/// How long a deleted session can be restored.
const BIN_SECS: i64 = 30 * 24 * 3600;

/// Why something could not be done with a session. `Display` is safe to show.
#[derive(Debug, thiserror::Error)]
pub enum SessionsError {
    /// There is no such session.
    #[error("there is no such session")]
    NoSession,
    /// There is no such turn in the session.
    #[error("there is no such turn in this session")]
    NoTurn,
    /// The name is taken.
    #[error("there is a session of this id already")]
    Exists,
    /// The title can't be kept.
    #[error("a title is 1 to {MAX_TITLE_CHARS} characters without control characters")]
    Title,
    /// The model can't be one.
    #[error("a model's name is at most {MAX_MODEL_CHARS} printable characters")]
    Model,
    /// Turns of it have not ended.
    #[error("a message of this session is being answered or waits; stop or withdraw it first")]
    Busy,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The conversations.
#[derive(Clone)]
pub struct Sessions {
    store: Store,
    bus: Bus,
    clock: Arc<dyn Clock>,
    agent: Agent,
}

impl Sessions {
    /// Over the agent's database.
    pub fn new(agent: Agent) -> Self {
        let parts = &agent.inner.parts;
        Self {
            store: parts.store.clone(),
            bus: parts.bus.clone(),
            clock: Arc::clone(&parts.clock),
            agent,
        }
    }

    /// A page of sessions, the last used first, and where to go on.
    pub async fn list(
        &self,
        mut list: SessionList,
    ) -> Result<(Vec<Session>, Option<Cursor>), SessionsError> {
        let limit = list.limit;
        list.limit += 1;
        let mut sessions = self.store.list_sessions(list).await?;
        let more = sessions.len() > limit as usize;
        sessions.truncate(limit as usize);
        let next = sessions.last().filter(|_| more).map(|last| Cursor {
            key: last.updated_at.as_millis(),
            row: last.row,
        });
        Ok((sessions, next))
    }

    /// A session, unless it was deleted.
    pub async fn get(&self, id: &SessionId) -> Result<Session, SessionsError> {
        let found = self.store.find_session(id).await?;
        found
            .filter(|session| session.deleted_at.is_none())
            .ok_or(SessionsError::NoSession)
    }

    /// Begins a session before anything is said in it.
    pub async fn create(
        &self,
        id: Option<SessionId>,
        title: Option<String>,
        model: Option<String>,
        origin: Origin,
    ) -> Result<Session, SessionsError> {
        let title = title
            .as_deref()
            .map(checked_title)
            .transpose()?
            .unwrap_or_default();
        let model = model.as_deref().map(checked_model).transpose()?;
        let mut session = self.blank(id.unwrap_or_else(SessionId::fresh), title, origin);
        session.model = model.filter(|model| !model.is_empty());
        if !self.store.insert_session(session.clone()).await? {
            return Err(SessionsError::Exists);
        }
        self.tell(&session.id, SessionChange::Created);
        self.get(&session.id).await
    }

    /// Renames, pins, archives, chooses a model, or notes that its owner has looked.
    pub async fn update(
        &self,
        id: &SessionId,
        mut patch: SessionPatch,
    ) -> Result<Session, SessionsError> {
        patch.title = patch.title.as_deref().map(checked_title).transpose()?;
        patch.model = patch.model.as_deref().map(checked_model).transpose()?;
        let before = self.get(id).await?;
        // Every look at a conversation says so: mostly there is nothing to write.
        patch.read = patch.read.filter(|read| *read == before.unread);
        let read = patch.read.is_some();
        let updated = [&patch.title, &patch.model].iter().any(|one| one.is_some())
            || [patch.pinned, patch.archived].iter().any(Option::is_some);
        if !read && !updated {
            return Ok(before);
        }
        if !self.store.update_session(id.clone(), patch).await? {
            return Err(SessionsError::NoSession);
        }
        if updated {
            self.tell(id, SessionChange::Updated);
        }
        if read {
            self.tell(id, SessionChange::Read);
        }
        self.get(id).await
    }

    /// Shows a turn that another has taken the place of, with the newest of what followed it.
    pub async fn show(&self, turn: TurnId) -> Result<Session, SessionsError> {
        let id = match self.store.show_turn(turn).await? {
            ShowOutcome::Shown(id) => {
                self.tell_of(&id, Some(turn), SessionChange::Branched);
                id
            }
            ShowOutcome::Unchanged(id) => id,
            ShowOutcome::Unknown => return Err(SessionsError::NoTurn),
            ShowOutcome::Busy => return Err(SessionsError::Busy),
        };
        self.get(&id).await
    }

    /// Deletes a session, for now: what runs in it is stopped, and [`Sessions::restore`] brings
    /// it back for thirty days.
    pub async fn delete(&self, id: &SessionId) -> Result<(), SessionsError> {
        let now = self.clock.now();
        if !self
            .store
            .mark_session_deleted(id.clone(), Some(now))
            .await?
        {
            return Err(SessionsError::NoSession);
        }
        self.agent.cancel_session(id).await;
        self.tell(id, SessionChange::Deleted);
        Ok(())
    }

    /// Brings a deleted session back.
    pub async fn restore(&self, id: &SessionId) -> Result<Session, SessionsError> {
        if !self.store.mark_session_deleted(id.clone(), None).await? {
            // It was never deleted: that is what was wanted.
            return self.get(id).await;
        }
        self.tell(id, SessionChange::Restored);
        self.get(id).await
    }

    /// Copies a session, up to and with a turn, into a new one.
    pub async fn fork(
        &self,
        id: &SessionId,
        last: Option<TurnId>,
    ) -> Result<Session, SessionsError> {
        let source = self.get(id).await?;
        if let Some(turn) = last {
            let turn = self.store.find_turn(turn).await?;
            if turn.is_none_or(|turn| turn.session_id != *id) {
                return Err(SessionsError::NoTurn);
            }
        }
        let mut copy = self.blank(SessionId::fresh(), source.title, source.origin);
        copy.forked_from = Some(id.clone());
        copy.model = source.model;
        self.store
            .fork_session(id.clone(), last, copy.clone())
            .await?;
        self.tell(&copy.id, SessionChange::Created);
        self.get(&copy.id).await
    }

    /// A page of messages, oldest first, the newest page first; the turns that have not ended;
    /// and where to go on to older ones.
    pub async fn messages(
        &self,
        id: &SessionId,
        before: Option<Cursor>,
        limit: u32,
    ) -> Result<(Vec<MessageView>, Vec<Turn>, Option<Cursor>), SessionsError> {
        self.get(id).await?;
        let before = before.map(|cursor| cursor.row);
        let turns_wanted = limit.div_ceil(2).max(1);
        let mut turns = self.store.list_turns(id, before, turns_wanted + 1).await?;
        let more = turns.len() > turns_wanted as usize;
        turns.truncate(turns_wanted as usize);
        let next = turns.last().filter(|_| more).map(|turn| Cursor {
            key: 0,
            row: turn.row,
        });
        turns.reverse();
        let mut messages: Vec<_> = turns.iter().flat_map(messages_of).collect();
        let ids: Vec<TurnId> = turns.iter().map(|turn| turn.id).collect();
        with_memories(&mut messages, self.store.list_used_memories(&ids).await?);
        turns.retain(|turn| !turn.state.is_final());
        Ok((messages, turns, next))
    }

    /// Messages in which every word of `text` occurs, best first.
    pub async fn search(&self, text: &str, limit: u32) -> Result<Vec<SearchResult>, SessionsError> {
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        let hits = self.store.search_turns(text, limit).await?;
        Ok(hits.into_iter().map(|hit| result_of(hit, text)).collect())
    }

    /// The whole of a session as a document.
    pub async fn export(
        &self,
        id: &SessionId,
        format: ExportFormat,
    ) -> Result<String, SessionsError> {
        let session = self.get(id).await?;
        let (mut turns, mut before) = (Vec::new(), None);
        loop {
            let page = self.store.list_turns(id, before, EXPORT_PAGE).await?;
            let Some(last) = page.last() else { break };
            before = Some(last.row);
            turns.extend(page);
        }
        turns.reverse();
        let messages: Vec<_> = turns.iter().flat_map(messages_of).collect();
        Ok(match format {
            ExportFormat::Markdown => export::markdown(&session, &messages),
            ExportFormat::Json => export::json(&session, &messages),
        })
    }

    /// Forgets for good what was deleted long ago, and indexes what was said meanwhile.
    pub async fn tidy(&self) -> Result<u64, SessionsError> {
        self.store.index_turns().await?;
        Ok(self
            .store
            .purge_sessions(self.clock.now().plus_secs(-BIN_SECS))
            .await?)
    }

    fn blank(&self, id: SessionId, title: String, origin: Origin) -> Session {
        let now = self.clock.now();
        Session {
            row: 0,
            id,
            title,
            origin,
            created_at: now,
            updated_at: now,
            deleted_at: None,
            pinned: false,
            archived: false,
            forked_from: None,
            model: None,
            unread: false,
            message_count: 0,
            active_turns: 0,
        }
    }

    fn tell(&self, id: &SessionId, change: SessionChange) {
        self.tell_of(id, None, change);
    }

    fn tell_of(&self, id: &SessionId, turn_id: Option<TurnId>, change: SessionChange) {
        self.bus.publish(&BusEvent::SessionChanged(SessionChanged {
            session_id: id.clone(),
            turn_id,
            change,
        }));
    }
}

/// The first words of a message, as a title.
pub(super) fn title_of(message: &str) -> String {
    let line = message
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    let line: String = line.chars().filter(|letter| !letter.is_control()).collect();
    if line.chars().count() <= TITLE_CHARS {
        return line;
    }
    let cut: String = line.chars().take(TITLE_CHARS).collect();
    // At a word's end, unless that would leave too little (a language without spaces).
    let end = cut
        .rfind(' ')
        .filter(|end| *end > TITLE_CHARS / 2)
        .unwrap_or(cut.len());
    format!("{}…", cut.get(..end).unwrap_or(&cut).trim_end())
}

fn checked_title(title: &str) -> Result<String, SessionsError> {
    let title = title.trim();
    let length = title.chars().count();
    if length == 0 || length > MAX_TITLE_CHARS || title.chars().any(char::is_control) {
        return Err(SessionsError::Title);
    }
    Ok(title.to_owned())
}

fn checked_model(model: &str) -> Result<String, SessionsError> {
    let model = model.trim();
    if model.is_empty() || is_plausible_model(model) {
        Ok(model.to_owned())
    } else {
        Err(SessionsError::Model)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_first_words() {
        assert_eq!(title_of("\n  Hello there \nmore"), "Hello there");
        let long = "the quick brown fox jumps over the lazy dog and then over the fence again";
        assert_eq!(
            title_of(long),
            "the quick brown fox jumps over the lazy dog and then over…"
        );
        assert_eq!(title_of(&"天".repeat(80)).chars().count(), 61);
        assert_eq!(title_of(" \n "), "");
    }
}
