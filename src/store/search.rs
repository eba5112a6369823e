//! The full text of what was said.

use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use super::{Durability, Store, StoreError, sessions::session_id};
use crate::model::{SessionId, Timestamp, TurnId};

/// Turns indexed in one transaction.
const INDEX_BATCH: i64 = 500;

/// A turn in which a text was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchHit {
    /// The session.
    pub session_id: SessionId,
    /// Its title.
    pub title: String,
    /// The turn.
    pub turn_id: TurnId,
    /// Whether it is on the path that is shown.
    pub visible: bool,
    /// What was said.
    pub input: String,
    /// What was answered.
    pub response: Option<String>,
    /// When it was said.
    pub created_at: Timestamp,
}

impl Store {
    /// Turns in which every word of `text` occurs, best first. Words of fewer than three
    /// characters can't be looked up among trigrams: a text with none longer is looked for by
    /// reading, newest first.
    pub async fn search_turns(&self, text: &str, limit: u32) -> Result<Vec<SearchHit>, StoreError> {
        self.index_turns().await?;
        let terms = match_terms(text);
        let tail = "join sessions on sessions.id = turns.session_id \
                    where sessions.deleted_at is null";
        let head = "select turns.session_id, sessions.title, turns.id, turns.active, turns.input, \
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

/// The words of at least three characters as an FTS5 expression: all of them, in any order.
fn match_terms(text: &str) -> String {
    text.split_whitespace()
        .filter(|word| word.chars().count() >= 3)
        .map(|word| format!("\"{}\"", word.replace('"', "\"\"")))
        .collect::<Vec<_>>()
        .join(" ")
}

pub(super) fn escape_like(text: &str) -> String {
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
        visible: row.try_get("active")?,
        input: row.try_get("input")?,
        response: row.try_get("response")?,
        created_at: Timestamp::from_millis(row.try_get("created_at")?),
    })
}
