//! Looking for memory entries: full text, and what auto-save reads.

use sqlx::{Row as _, sqlite::SqliteRow};

use super::{
    Store, StoreError,
    fulltext::{Join, Term, expression, place_term},
    memory::{COLUMNS, entry_from},
};
use crate::model::{Cursor, MemoryAuthor, MemoryEntry, SessionId, Timestamp, TurnId};

/// A term that more entries have says little: where all matches are this many, the newest are
/// taken and not all weighed.
pub const COMMON: u32 = 1500;
/// Long words looked at for one part.
const PARTS: u32 = 24;
/// Rows bound in one statement.
const ROWS_AT_ONCE: usize = 200;

/// What to look for.
#[derive(Clone, Debug)]
pub struct MemoryQuery {
    /// Terms that follow each other.
    pub phrases: Vec<Vec<String>>,
    /// Terms that stand anywhere.
    pub terms: Vec<Term>,
    /// How they belong together.
    pub join: Join,
    /// Only of this category.
    pub category: Option<String>,
    /// Only of this conversation.
    pub session: Option<SessionId>,
    /// Only last written by this one.
    pub author: Option<MemoryAuthor>,
    /// Only pinned ones.
    pub pinned: bool,
    /// At most so many.
    pub limit: u32,
}

/// An entry in which the text was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TextHit {
    /// Its row.
    pub row: i64,
    /// How well it fits: FTS5's bm25 with its sign turned, so that more is better; 0 where there
    /// were too many to weigh.
    pub weight: f64,
}

/// A turn that ended, for what is kept of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedTurn {
    /// The turn.
    pub id: TurnId,
    /// Its session.
    pub session_id: SessionId,
    /// The door it came in by, as a word.
    pub origin: String,
    /// How it ended, as a word.
    pub state: String,
    /// What was said.
    pub input: String,
    /// When it ended, and its row.
    pub place: Cursor,
}

impl MemoryQuery {
    fn expression(&self) -> Option<String> {
        let mut made = expression(&self.phrases, &self.terms, self.join)?;
        let category = self.category.as_deref().map(|name| place_term('c', name));
        let session = self.session.as_ref().map(|id| place_term('s', id.as_str()));
        let author = self.author.map(|author| place_term('a', author.as_str()));
        let pinned = self.pinned.then(|| place_term('p', "1"));
        for place in category
            .into_iter()
            .chain(session)
            .chain(author)
            .chain(pinned)
        {
            made.push_str(&format!(" AND place : \"{place}\""));
        }
        Some(made)
    }
}

impl Store {
    /// Entries in which the text stands, best first; where there are too many to weigh, the
    /// newest first. None of them is deleted.
    pub async fn search_memories(&self, query: &MemoryQuery) -> Result<Vec<TextHit>, StoreError> {
        let Some(expression) = query.expression() else {
            return Ok(Vec::new());
        };
        let sql = if self.count_matches(&expression).await? > COMMON {
            "select rowid, 0.0 from memory_text where memory_text match ?1
             order by rowid desc limit ?2"
        } else {
            "select rowid, -bm25(memory_text, 4.0, 1.0, 0.0) as weight from memory_text
             where memory_text match ?1 order by weight desc, rowid desc limit ?2"
        };
        let rows = sqlx::query(sql)
            .bind(expression)
            .bind(query.limit)
            .fetch_all(self.readers())
            .await?;
        rows.iter()
            .map(|row| {
                Ok(TextHit {
                    row: row.try_get(0)?,
                    weight: row.try_get(1)?,
                })
            })
            .collect()
    }

    /// In how many entries each of these terms stands; counting ends beyond [`COMMON`].
    pub async fn count_memory_terms(&self, terms: &[Term]) -> Result<Vec<u32>, StoreError> {
        let expressions: Vec<String> = terms
            .iter()
            .filter_map(|term| expression(&[], std::slice::from_ref(term), Join::All))
            .collect();
        if expressions.is_empty() {
            return Ok(Vec::new());
        }
        // One statement for all of them: each of its own is a way to the database's thread and
        // back.
        let part = format!(
            "select count(*) from (select 1 from memory_text where memory_text match ? limit {})",
            COMMON + 1
        );
        let sql = vec![part.as_str(); expressions.len()].join(" union all ");
        let mut query = sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(sql));
        for expression in expressions {
            query = query.bind(expression);
        }
        let counts = query.fetch_all(self.readers()).await?;
        Ok(counts
            .into_iter()
            .map(|count| u32::try_from(count).unwrap_or(u32::MAX))
            .collect())
    }

    async fn count_matches(&self, expression: &str) -> Result<u32, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "select count(*) from
                 (select 1 from memory_text where memory_text match ?1 limit ?2)",
        )
        .bind(expression)
        .bind(COMMON + 1)
        .fetch_one(self.readers())
        .await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Long words that have `part` within them, the shortest first.
    pub async fn find_words_with(&self, part: &str) -> Result<Vec<String>, StoreError> {
        let quoted = format!("\"{}\"", part.replace('"', "\"\""));
        let words: Vec<(String,)> = sqlx::query_as(
            "select word from memory_words where row in
                 (select rowid from memory_word_parts where memory_word_parts match ?1 limit 400)
             and substr(word, 1, length(?2)) <> ?2 order by length(word), word limit ?3",
        )
        .bind(quoted)
        .bind(part)
        .bind(PARTS)
        .fetch_all(self.readers())
        .await?;
        Ok(words.into_iter().map(|(word,)| word).collect())
    }

    /// These entries, in any order; those deleted meanwhile are left out.
    pub async fn get_memories(&self, rows: &[i64]) -> Result<Vec<MemoryEntry>, StoreError> {
        let mut entries = Vec::with_capacity(rows.len());
        for part in rows.chunks(ROWS_AT_ONCE) {
            let places = vec!["?"; part.len()].join(", ");
            let sql = format!(
                "select {COLUMNS} from memory_entries e
                 where e.deleted_at is null and e.row in ({places})"
            );
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for row in part {
                query = query.bind(row);
            }
            let found = query.fetch_all(self.readers()).await?;
            for row in &found {
                entries.push(entry_from(row)?);
            }
        }
        Ok(entries)
    }

    /// Turns that ended after `after` and before `before`, in the order they ended; copies, which
    /// a fork makes, are not among them.
    pub async fn list_ended_turns(
        &self,
        after: Cursor,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<EndedTurn>, StoreError> {
        let rows = sqlx::query(
            "select turns.id, turns.session_id, turns.origin, turns.state, turns.input,
                 turns.finished_at, turns.row
             from turns join sessions on sessions.id = turns.session_id
             where turns.finished_at is not null and (turns.finished_at, turns.row) > (?1, ?2)
                 and turns.finished_at < ?3 and turns.last_seq > 0
                 and sessions.deleted_at is null
             order by turns.finished_at, turns.row limit ?4",
        )
        .bind(after.key)
        .bind(after.row)
        .bind(before.as_millis())
        .bind(limit)
        .fetch_all(self.readers())
        .await?;
        rows.iter().map(ended_from).collect()
    }
}

fn ended_from(row: &SqliteRow) -> Result<EndedTurn, StoreError> {
    Ok(EndedTurn {
        id: TurnId::from_bytes(row.try_get("id")?).map_err(|_| StoreError::Corrupt("turns.id"))?,
        session_id: super::sessions::session_id(row, "session_id")?,
        origin: row.try_get("origin")?,
        state: row.try_get("state")?,
        input: row.try_get("input")?,
        place: Cursor {
            key: row.try_get("finished_at")?,
            row: row.try_get("row")?,
        },
    })
}
