//! Sessions.

use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use super::{Durability, Store, StoreError, search::escape_like};
use crate::model::{Cursor, Origin, Session, SessionId, SessionPatch, Timestamp, TurnId};

/// Which sessions to list.
#[derive(Clone, Debug, Default)]
pub struct SessionList {
    /// Those put out of the way instead of the others.
    pub archived: bool,
    /// Only those whose first message came in by this door.
    pub origin: Option<Origin>,
    /// Only those that are kept at the top, or only the others.
    pub pinned: Option<bool>,
    /// Only those with these words in their title, in this order.
    pub title: Option<String>,
    /// Go on from here.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: u32,
}

const COLUMNS: &str = "row, id, title, origin, created_at, updated_at, deleted_at, pinned, \
     archived, forked_from, model, unread, \
     (select count(*) + count(response) from turns where session_id = sessions.id and active = 1) \
         as messages, \
     (select count(*) from turns where session_id = sessions.id and finished_at is null) as active";

/// A pattern that finds the words one after the other, with anything between them.
fn words_like(words: &str) -> String {
    let words: Vec<String> = words.split_whitespace().map(escape_like).collect();
    format!("%{}%", words.join("%"))
}

impl Store {
    /// A session, deleted or not.
    pub async fn find_session(&self, id: &SessionId) -> Result<Option<Session>, StoreError> {
        let sql = format!("select {COLUMNS} from sessions where id = ?1");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(id.as_str())
            .fetch_optional(self.readers())
            .await?
            .as_ref()
            .map(session_from)
            .transpose()
    }

    /// Sessions that are not deleted, the last used first.
    pub async fn list_sessions(&self, list: SessionList) -> Result<Vec<Session>, StoreError> {
        let after = list.after.unwrap_or(Cursor {
            key: i64::MAX,
            row: i64::MAX,
        });
        let sql = format!(
            "select {COLUMNS} from sessions
             where deleted_at is null and archived = ?1 and (updated_at, row) < (?2, ?3)
                 and origin = coalesce(?5, origin) and pinned = coalesce(?6, pinned)
                 and (?7 is null or title like ?7 escape '\\')
             order by updated_at desc, row desc limit ?4"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(list.archived)
            .bind(after.key)
            .bind(after.row)
            .bind(list.limit)
            .bind(list.origin.map(Origin::as_str))
            .bind(list.pinned)
            .bind(list.title.as_deref().map(words_like))
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(session_from).collect()
    }

    /// Sessions with turns under way or waiting.
    pub async fn count_active_sessions(&self) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "select count(distinct session_id) from turns where finished_at is null",
        )
        .fetch_one(self.readers())
        .await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// The model that the turns of a session are answered by, where one was chosen.
    pub async fn find_session_model(&self, id: &SessionId) -> Result<Option<String>, StoreError> {
        let model: Option<Option<String>> =
            sqlx::query_scalar("select model from sessions where id = ?1")
                .bind(id.as_str())
                .fetch_optional(self.readers())
                .await?;
        Ok(model.flatten())
    }

    /// Keeps a new session; `false` when there is one of this name.
    pub async fn insert_session(&self, session: Session) -> Result<bool, StoreError> {
        self.write(Durability::Process, move |db| {
            Box::pin(async move {
                let done = sqlx::query(
                    "insert into sessions
                         (id, title, named, origin, created_at, updated_at, model)
                     values (?1, ?2, ?3, ?4, ?5, ?5, ?6) on conflict (id) do nothing",
                )
                .bind(session.id.as_str())
                .bind(&session.title)
                .bind(!session.title.is_empty())
                .bind(session.origin.as_str())
                .bind(session.created_at.as_millis())
                .bind(session.model)
                .execute(db)
                .await?;
                Ok(done.rows_affected() == 1)
            })
        })
        .await
    }

    /// Changes a session; `false` when there is none of this name.
    pub async fn update_session(
        &self,
        id: SessionId,
        patch: SessionPatch,
    ) -> Result<bool, StoreError> {
        self.write(Durability::Process, move |db| {
            Box::pin(async move {
                let done = sqlx::query(
                    "update sessions set title = coalesce(?2, title),
                         named = named or ?2 is not null, pinned = coalesce(?3, pinned),
                         archived = coalesce(?4, archived),
                         model = iif(?5 is null, model, nullif(?5, '')),
                         unread = iif(?6 is null, unread, not ?6)
                     where id = ?1 and deleted_at is null",
                )
                .bind(id.as_str())
                .bind(patch.title)
                .bind(patch.pinned)
                .bind(patch.archived)
                .bind(patch.model)
                .bind(patch.read)
                .execute(db)
                .await?;
                Ok(done.rows_affected() == 1)
            })
        })
        .await
    }

    /// Puts a session into the bin (`Some`) or takes it out again; `false` when nothing changed.
    pub async fn mark_session_deleted(
        &self,
        id: SessionId,
        deleted_at: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        self.write(Durability::Process, move |db| {
            Box::pin(async move {
                let done = sqlx::query(
                    "update sessions set deleted_at = ?2
                     where id = ?1 and (deleted_at is null) = (?2 is not null)",
                )
                .bind(id.as_str())
                .bind(deleted_at.map(Timestamp::as_millis))
                .execute(db)
                .await?;
                Ok(done.rows_affected() == 1)
            })
        })
        .await
    }

    /// Copies the ended turns of `from` that are shown, or those that lead up to `last`, with it,
    /// into the new session `into`.
    pub async fn fork_session(
        &self,
        from: SessionId,
        last: Option<TurnId>,
        into: Session,
    ) -> Result<u64, StoreError> {
        self.write(Durability::Process, move |db| {
            Box::pin(async move {
                sqlx::query(
                    "insert into sessions
                         (id, title, origin, created_at, updated_at, forked_from, model)
                     values (?1, ?2, ?3, ?4, ?4, ?5, ?6)",
                )
                .bind(into.id.as_str())
                .bind(&into.title)
                .bind(into.origin.as_str())
                .bind(into.created_at.as_millis())
                .bind(from.as_str())
                .bind(&into.model)
                .execute(&mut *db)
                .await?;
                copy_turns(db, &from, last, &into.id).await
            })
        })
        .await
    }

    /// Forgets the sessions deleted before `moment`, with all that was said in them.
    pub async fn purge_sessions(&self, moment: Timestamp) -> Result<u64, StoreError> {
        self.write(Durability::Process, move |db| {
            Box::pin(async move {
                let mut purged = 0;
                for sql in [
                    "delete from turns_text where rowid in (select turns.row from turns join \
                     sessions on sessions.id = turns.session_id where deleted_at < ?1)",
                    "delete from turn_events where turn_id in (select turns.id from turns join \
                     sessions on sessions.id = turns.session_id where deleted_at < ?1)",
                    "delete from attachments where turn_id in (select turns.id from turns join \
                     sessions on sessions.id = turns.session_id where deleted_at < ?1)",
                    "delete from approvals where session_id in \
                     (select id from sessions where deleted_at < ?1)",
                    "delete from tool_rules where session_id in \
                     (select id from sessions where deleted_at < ?1)",
                    "delete from turns where session_id in \
                     (select id from sessions where deleted_at < ?1)",
                    "delete from sessions where deleted_at < ?1",
                ] {
                    let done = sqlx::query(sql)
                        .bind(moment.as_millis())
                        .execute(&mut *db)
                        .await?;
                    purged = done.rows_affected();
                }
                Ok(purged)
            })
        })
        .await
    }
}

async fn copy_turns(
    db: &mut SqliteConnection,
    from: &SessionId,
    last: Option<TurnId>,
    into: &SessionId,
) -> Result<u64, StoreError> {
    let sql = match last {
        None => {
            "select row from turns where session_id = ?1 and active = 1
                 and finished_at is not null and ?2 is null order by row"
        }
        Some(_) => {
            "with recursive up (row, parent, ended) as (
                 select row, parent, finished_at is not null from turns
                 where session_id = ?1 and id = ?2
                 union all
                 select turns.row, turns.parent, turns.finished_at is not null
                 from up join turns on turns.row = up.parent)
             select row from up where ended order by row"
        }
    };
    let sources: Vec<i64> = sqlx::query_scalar(sql)
        .bind(from.as_str())
        .bind(last.map(|turn| turn.as_bytes().to_vec()))
        .fetch_all(&mut *db)
        .await?;
    let mut parent: Option<i64> = None;
    for source in &sources {
        let copy = TurnId::fresh().as_bytes().to_vec();
        let row = sqlx::query_scalar(
            "insert into turns (id, session_id, parent, state, origin, device_id, input, context,
                 attachments, tools, provider, model, response, reasoning, reasoning_ms, steps,
                 input_tokens,
                 output_tokens, cached_tokens, reasoning_tokens, error_code, error_message,
                 created_at, started_at, finished_at)
             select ?1, ?2, ?4, state, origin, device_id, input, context, attachments, tools, provider,
                 model, response, reasoning, reasoning_ms, steps, 0, 0, 0, 0, error_code, error_message,
                 created_at, started_at, finished_at
             from turns where row = ?3 returning row",
        )
        .bind(copy.clone())
        .bind(into.as_str())
        .bind(source)
        .bind(parent)
        .fetch_one(&mut *db)
        .await?;
        parent = Some(row);
        sqlx::query(
            "insert into attachments (turn_id, place, name, media_type, data)
             select ?1, place, name, media_type, data from attachments
             where turn_id = (select id from turns where row = ?2)",
        )
        .bind(copy)
        .bind(source)
        .execute(&mut *db)
        .await?;
    }
    Ok(sources.len() as u64)
}

pub(super) fn session_id(row: &SqliteRow, column: &str) -> Result<SessionId, StoreError> {
    row.try_get::<&str, _>(column)?
        .parse()
        .map_err(|_| StoreError::Corrupt("sessions.id"))
}

fn session_from(row: &SqliteRow) -> Result<Session, StoreError> {
    let count = |column: &str| -> Result<u64, StoreError> {
        Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or(0))
    };
    let forked_from: Option<&str> = row.try_get("forked_from")?;
    Ok(Session {
        row: row.try_get("row")?,
        id: session_id(row, "id")?,
        title: row.try_get("title")?,
        origin: row
            .try_get::<&str, _>("origin")?
            .parse()
            .map_err(|()| StoreError::Corrupt("sessions.origin"))?,
        created_at: Timestamp::from_millis(row.try_get("created_at")?),
        updated_at: Timestamp::from_millis(row.try_get("updated_at")?),
        deleted_at: row
            .try_get::<Option<i64>, _>("deleted_at")?
            .map(Timestamp::from_millis),
        pinned: row.try_get("pinned")?,
        archived: row.try_get("archived")?,
        forked_from: forked_from.and_then(|id| id.parse().ok()),
        model: row.try_get("model")?,
        unread: row.try_get("unread")?,
        message_count: count("messages")?,
        active_turns: count("active")?,
    })
}
