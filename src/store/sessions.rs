//! Sessions, and the full text of what was said in them.

use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use super::{Durability, Store, StoreError};
use crate::model::{Cursor, Session, SessionId, SessionPatch, Timestamp, TurnId};

/// Turns indexed in one transaction.
const INDEX_BATCH: i64 = 500;

/// Which sessions to list.
#[derive(Clone, Debug, Default)]
pub struct SessionList {
    /// Those put out of the way instead of the others.
    pub archived: bool,
    /// Go on from here.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: u32,
}

/// A turn in which a text was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchHit {
    /// The session.
    pub session_id: SessionId,
    /// Its title.
    pub title: String,
    /// The turn.
    pub turn_id: TurnId,
    /// What was said.
    pub input: String,
    /// What was answered.
    pub response: Option<String>,
    /// When it was said.
    pub created_at: Timestamp,
}

const COLUMNS: &str = "row, id, title, origin, created_at, updated_at, deleted_at, pinned, \
     archived, forked_from, \
     (select count(*) + count(response) from turns where session_id = sessions.id) as messages, \
     (select count(*) from turns where session_id = sessions.id and finished_at is null) as active";

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
             order by updated_at desc, row desc limit ?4"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(list.archived)
            .bind(after.key)
            .bind(after.row)
            .bind(list.limit)
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

    /// Keeps a new session; `false` when there is one of this name.
    pub async fn insert_session(&self, session: Session) -> Result<bool, StoreError> {
        self.write(Durability::Process, move |db| {
            Box::pin(async move {
                let done = sqlx::query(
                    "insert into sessions
                         (id, title, named, origin, created_at, updated_at, forked_from)
                     values (?1, ?2, ?3, ?4, ?5, ?5, ?6) on conflict (id) do nothing",
                )
                .bind(session.id.as_str())
                .bind(&session.title)
                .bind(!session.title.is_empty())
                .bind(session.origin.as_str())
                .bind(session.created_at.as_millis())
                .bind(session.forked_from.as_ref().map(SessionId::as_str))
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
                         archived = coalesce(?4, archived)
                     where id = ?1 and deleted_at is null",
                )
                .bind(id.as_str())
                .bind(patch.title)
                .bind(patch.pinned)
                .bind(patch.archived)
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

    /// Copies the ended turns of `from`, up to and with `last`, into the new session `into`.
    pub async fn fork_session(
        &self,
        from: SessionId,
        last: Option<TurnId>,
        into: Session,
    ) -> Result<u64, StoreError> {
        self.write(Durability::Process, move |db| {
            Box::pin(async move {
                sqlx::query(
                    "insert into sessions (id, title, origin, created_at, updated_at, forked_from)
                     values (?1, ?2, ?3, ?4, ?4, ?5)",
                )
                .bind(into.id.as_str())
                .bind(&into.title)
                .bind(into.origin.as_str())
                .bind(into.created_at.as_millis())
                .bind(from.as_str())
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

    /// Turns in which every word of `text` occurs, best first. Words of fewer than three
    /// characters can't be looked up among trigrams: a text with none longer is looked for by
    /// reading, newest first.
    pub async fn search_turns(&self, text: &str, limit: u32) -> Result<Vec<SearchHit>, StoreError> {
        self.index_turns().await?;
        let terms = match_terms(text);
        let tail = "join sessions on sessions.id = turns.session_id \
                    where sessions.deleted_at is null";
        let head = "select turns.session_id, sessions.title, turns.id, turns.input, \
                    turns.response, turns.created_at";
        let (sql, argument) = if terms.is_empty() {
            let pattern = format!("%{}%", escape_like(text.trim()));
            let sql = format!(
                "{head} from turns {tail} and (turns.input like ?1 escape '\\' \
                 or turns.response like ?1 escape '\\') order by turns.row desc limit ?2"
            );
            (sql, pattern)
        } else {
            let sql = format!(
                "{head} from turns_text join turns on turns.row = turns_text.rowid {tail} \
                 and turns_text match ?1 order by turns_text.rank, turns.row desc limit ?2"
            );
            (sql, terms)
        };
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(argument)
            .bind(limit)
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(hit_from).collect()
    }

    /// Indexes the turns that ended since the last time. Kept off the turns' own path: it runs
    /// when somebody searches, and now and then.
    pub async fn index_turns(&self) -> Result<(), StoreError> {
        loop {
            let waiting: bool = sqlx::query_scalar(
                "select exists (select 1 from turns where indexed = 0 and finished_at is not null)",
            )
            .fetch_one(self.readers())
            .await?;
            if !waiting {
                return Ok(());
            }
            let more = self
                .write(Durability::Process, |db| Box::pin(index_batch(db)))
                .await?;
            if !more {
                return Ok(());
            }
        }
    }
}

/// Indexes one batch; answers whether there may be more.
async fn index_batch(db: &mut SqliteConnection) -> Result<bool, StoreError> {
    let upto: Option<i64> = sqlx::query_scalar(
        "select max(row) from (select row from turns
         where indexed = 0 and finished_at is not null order by row limit ?1)",
    )
    .bind(INDEX_BATCH)
    .fetch_one(&mut *db)
    .await?;
    let Some(upto) = upto else { return Ok(false) };
    sqlx::query(
        "insert into turns_text (rowid, input, response) select row, input, response from turns
         where indexed = 0 and finished_at is not null and row <= ?1",
    )
    .bind(upto)
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "update turns set indexed = 1
         where indexed = 0 and finished_at is not null and row <= ?1",
    )
    .bind(upto)
    .execute(&mut *db)
    .await?;
    Ok(true)
}

async fn copy_turns(
    db: &mut SqliteConnection,
    from: &SessionId,
    last: Option<TurnId>,
    into: &SessionId,
) -> Result<u64, StoreError> {
    let sources: Vec<(i64,)> = sqlx::query_as(
        "select row from turns where session_id = ?1 and finished_at is not null
             and row <= coalesce((select row from turns where id = ?2), 9223372036854775807)
         order by row",
    )
    .bind(from.as_str())
    .bind(last.map(|turn| turn.as_bytes().to_vec()))
    .fetch_all(&mut *db)
    .await?;
    for (source,) in &sources {
        let copy = TurnId::fresh().as_bytes().to_vec();
        sqlx::query(
            "insert into turns (id, session_id, state, origin, device_id, input, context,
                 attachments, tools, provider, model, response, reasoning, steps, input_tokens,
                 output_tokens, cached_tokens, reasoning_tokens, error_code, error_message,
                 created_at, started_at, finished_at)
             select ?1, ?2, state, origin, device_id, input, context, attachments, tools, provider,
                 model, response, reasoning, steps, 0, 0, 0, 0, error_code, error_message,
                 created_at, started_at, finished_at
             from turns where row = ?3",
        )
        .bind(copy.clone())
        .bind(into.as_str())
        .bind(source)
        .execute(&mut *db)
        .await?;
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

/// The words of at least three characters as an FTS5 expression: all of them, in any order.
fn match_terms(text: &str) -> String {
    text.split_whitespace()
        .filter(|word| word.chars().count() >= 3)
        .map(|word| format!("\"{}\"", word.replace('"', "\"\"")))
        .collect::<Vec<_>>()
        .join(" ")
}

fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

fn hit_from(row: &SqliteRow) -> Result<SearchHit, StoreError> {
    Ok(SearchHit {
        session_id: session_id(row, "session_id")?,
        title: row.try_get("title")?,
        turn_id: TurnId::from_bytes(&row.try_get::<Vec<u8>, _>("id")?)
            .map_err(|_| StoreError::Corrupt("turns.id"))?,
        input: row.try_get("input")?,
        response: row.try_get("response")?,
        created_at: Timestamp::from_millis(row.try_get("created_at")?),
    })
}

fn session_id(row: &SqliteRow, column: &str) -> Result<SessionId, StoreError> {
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
        message_count: count("messages")?,
        active_turns: count("active")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{Origin, TurnState},
        store::{FinishedTurn, NewTurn, TurnStep, TurnWrite, testing},
    };

    async fn say(store: &Store, session: &str, input: &str, answer: Option<&str>) -> TurnId {
        let id = TurnId::fresh();
        let session_id: SessionId = session.parse().unwrap();
        let at = Timestamp::from_millis(1000);
        let turn = NewTurn {
            id,
            session_id: session_id.clone(),
            title: input.to_owned(),
            origin: Origin::Api,
            device_id: None,
            input: input.to_owned(),
            context: vec![],
            attachment_names: vec![],
            tools: false,
            model: None,
            created_at: at,
        };
        store.start_turn(turn, vec![], None).await.unwrap();
        if let Some(answer) = answer {
            let end = FinishedTurn {
                response: Some(answer.to_owned()),
                ..FinishedTurn::default()
            };
            let step = TurnStep::Finish(TurnState::Done, Box::new(end));
            let (kept, told) = tokio::sync::oneshot::channel();
            let write = TurnWrite {
                turn_id: id,
                session_id,
                at,
                step,
                event: None,
            };
            store
                .write_turn(write, |result| kept.send(result).unwrap())
                .await;
            told.await.unwrap().unwrap();
        }
        id
    }

    async fn found(store: &Store, text: &str) -> Vec<String> {
        let hits = store.search_turns(text, 10).await.unwrap();
        hits.into_iter().map(|hit| hit.input).collect()
    }

    #[tokio::test]
    async fn search_finds_both_sides_in_every_language() {
        let (store, _folder) = testing::store().await;
        say(&store, "a", "still waiting", None).await;
        say(
            &store,
            "a",
            "Where is the café?",
            Some("Next to the Münsterplatz"),
        )
        .await;
        say(&store, "b", "今天天气怎么样", Some("很好")).await;
        assert_eq!(found(&store, "CAFE").await, ["Where is the café?"]);
        assert_eq!(found(&store, "munster where").await, ["Where is the café?"]);
        assert_eq!(found(&store, "天气怎").await, ["今天天气怎么样"]);
        assert_eq!(found(&store, "很好").await, ["今天天气怎么样"]);
        assert_eq!(found(&store, "100%").await, Vec::<String>::new());
        for odd in ["\"", "a\"b OR c", "*", "(", "%", "NEAR(x y)"] {
            found(&store, odd).await;
        }
    }

    #[tokio::test]
    async fn a_deleted_session_is_gone_until_restored_and_purged_for_good() {
        let (store, _folder) = testing::store().await;
        say(&store, "a", "remember the milk", Some("yes")).await;
        let id: SessionId = "a".parse().unwrap();
        let moment = Timestamp::from_millis(5000);
        assert!(found(&store, "milk").await.len() == 1);
        assert!(
            store
                .mark_session_deleted(id.clone(), Some(moment))
                .await
                .unwrap()
        );
        assert!(
            !store
                .mark_session_deleted(id.clone(), Some(moment))
                .await
                .unwrap()
        );
        assert!(found(&store, "milk").await.is_empty());
        assert!(store.mark_session_deleted(id.clone(), None).await.unwrap());
        assert!(found(&store, "milk").await.len() == 1);
        store
            .mark_session_deleted(id.clone(), Some(moment))
            .await
            .unwrap();
        assert_eq!(
            store
                .purge_sessions(Timestamp::from_millis(5000))
                .await
                .unwrap(),
            0
        );
        assert_eq!(
            store
                .purge_sessions(Timestamp::from_millis(5001))
                .await
                .unwrap(),
            1
        );
        assert!(store.find_session(&id).await.unwrap().is_none());
        assert!(found(&store, "milk").await.is_empty());
    }

    #[tokio::test]
    async fn a_fork_has_the_turns_up_to_its_point() {
        let (store, _folder) = testing::store().await;
        say(&store, "a", "one", Some("1")).await;
        let second = say(&store, "a", "two", Some("2")).await;
        say(&store, "a", "three", Some("3")).await;
        let mut into = store
            .find_session(&"a".parse().unwrap())
            .await
            .unwrap()
            .unwrap();
        into.id = "copy".parse().unwrap();
        let from: SessionId = "a".parse().unwrap();
        assert_eq!(
            store
                .fork_session(from, Some(second), into.clone())
                .await
                .unwrap(),
            2
        );
        let copied = store.list_turns(&into.id, None, 10).await.unwrap();
        let said: Vec<_> = copied.iter().map(|turn| turn.input.as_str()).collect();
        assert_eq!(said, ["two", "one"]);
        let copy = store.find_session(&into.id).await.unwrap().unwrap();
        assert_eq!(
            (copy.message_count, copy.forked_from),
            (4, Some("a".parse().unwrap()))
        );
    }

    #[tokio::test]
    async fn pages_of_sessions_neither_skip_nor_repeat() {
        let (store, _folder) = testing::store().await;
        for number in 0..7 {
            say(&store, &format!("s{number}"), "hi", Some("ho")).await;
        }
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let list = SessionList {
                after,
                limit: 3,
                ..SessionList::default()
            };
            let page = store.list_sessions(list).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(Cursor {
                key: last.updated_at.as_millis(),
                row: last.row,
            });
            seen.extend(page.into_iter().map(|session| session.id.to_string()));
        }
        assert_eq!(seen, ["s6", "s5", "s4", "s3", "s2", "s1", "s0"]);
    }
}
