//! Memory entries: reading them, page by page, and their versions.

use std::collections::HashMap;

use sqlx::{Row as _, sqlite::SqliteRow};
use uuid::Uuid;

use super::{Store, StoreError};
use crate::model::{
    CategoryCount, Cursor, MemoryAuthor, MemoryEntry, MemoryUsed, MemoryVersion, SessionId,
    Timestamp, TurnId, UsedMemory,
};

/// Which entries to list.
#[derive(Clone, Debug, Default)]
pub struct MemoryList {
    /// Of this category.
    pub category: Option<String>,
    /// Of this conversation.
    pub session: Option<SessionId>,
    /// Last written by this one.
    pub author: Option<MemoryAuthor>,
    /// Pinned ones alone, or the others.
    pub pinned: Option<bool>,
    /// Those in the bin instead of the others, the last deleted first.
    pub deleted: bool,
    /// Go on from here.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: u32,
}

/// Turns asked for in one statement.
const TURNS_AT_ONCE: usize = 200;
/// A turn says among its first events which memories the model was shown.
const FIRST_EVENTS: u32 = 8;
/// Lifts pinned entries over the others in a cursor's key.
const PINNED: i64 = 1 << 62;

pub(super) const COLUMNS: &str = "e.row, e.id, e.key, e.content, e.category, e.pinned, \
     e.session_id, e.turn_id, e.author, e.version, e.created_at, e.updated_at, e.deleted_at";

impl MemoryList {
    /// The cursor that names `entry` as the last one seen.
    pub fn cursor_after(&self, entry: &MemoryEntry) -> Cursor {
        let key = match entry.deleted_at.filter(|_| self.deleted) {
            Some(at) => at.as_millis(),
            None if entry.pinned => entry.updated_at.as_millis() + PINNED,
            None => entry.updated_at.as_millis(),
        };
        Cursor {
            key,
            row: entry.row,
        }
    }
}

impl Store {
    /// An entry by its key, deleted or not.
    pub async fn find_memory(&self, key: &str) -> Result<Option<MemoryEntry>, StoreError> {
        let sql = format!("select {COLUMNS} from memory_entries e where e.key = ?1");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(key)
            .fetch_optional(self.readers())
            .await?
            .as_ref()
            .map(entry_from)
            .transpose()
    }

    /// A page of entries, pinned ones first, then the last written first.
    pub async fn list_memories(&self, list: &MemoryList) -> Result<Vec<MemoryEntry>, StoreError> {
        let after = list.after.unwrap_or(Cursor {
            key: i64::MAX,
            row: i64::MAX,
        });
        let pinned = after.key >= PINNED;
        let moment = if pinned && after.key != i64::MAX {
            after.key - PINNED
        } else {
            after.key
        };
        let mut sql = format!("select {COLUMNS} from memory_entries e where ");
        sql.push_str(if list.deleted {
            "e.deleted_at is not null and (e.deleted_at, e.row) < (?2, ?3)"
        } else {
            "e.deleted_at is null and (e.pinned, e.updated_at, e.row) < (?1, ?2, ?3)"
        });
        if list.category.is_some() {
            sql.push_str(" and e.category = ?5");
        }
        if list.session.is_some() {
            sql.push_str(" and e.session_id = ?6");
        }
        if list.author.is_some() {
            sql.push_str(" and e.author = ?7");
        }
        if list.pinned.is_some() {
            sql.push_str(" and e.pinned = ?8");
        }
        sql.push_str(if list.deleted {
            " order by e.deleted_at desc, e.row desc limit ?4"
        } else {
            " order by e.pinned desc, e.updated_at desc, e.row desc limit ?4"
        });
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(pinned)
            .bind(moment)
            .bind(after.row)
            .bind(list.limit)
            .bind(&list.category)
            .bind(list.session.as_ref().map(SessionId::as_str))
            .bind(list.author.map(MemoryAuthor::as_str))
            .bind(list.pinned)
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(entry_from).collect()
    }

    /// Pinned entries of the category core first, then other pinned ones, the last written first.
    pub async fn list_pinned_memories(&self, limit: u32) -> Result<Vec<MemoryEntry>, StoreError> {
        let sql = format!(
            "select {COLUMNS} from memory_entries e where e.deleted_at is null and e.pinned = 1
             order by e.category <> 'core', e.updated_at desc, e.row desc limit ?1"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(limit)
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(entry_from).collect()
    }

    /// How many entries each category has, the largest first.
    pub async fn count_memories(&self) -> Result<Vec<CategoryCount>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "select category, count(*) from memory_entries where deleted_at is null
             group by category order by 2 desc, 1",
        )
        .fetch_all(self.readers())
        .await?;
        Ok(rows
            .into_iter()
            .map(|(name, count)| CategoryCount {
                name,
                count: u64::try_from(count).unwrap_or(0),
            })
            .collect())
    }

    /// How many entries are in the bin.
    pub async fn count_deleted_memories(&self) -> Result<u64, StoreError> {
        let count: i64 =
            sqlx::query_scalar("select count(*) from memory_entries where deleted_at is not null")
                .fetch_one(self.readers())
                .await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// How many entries there are, those in the bin not counted.
    pub async fn count_all_memories(&self) -> Result<u64, StoreError> {
        let count: i64 =
            sqlx::query_scalar("select count(*) from memory_entries where deleted_at is null")
                .fetch_one(self.readers())
                .await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Whether somebody has remembered something in this turn already.
    pub async fn has_memory_of(
        &self,
        session: &SessionId,
        turn: TurnId,
    ) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar(
            "select exists (select 1 from memory_entries
                 where session_id = ?1 and turn_id = ?2 and deleted_at is null)",
        )
        .bind(session.as_str())
        .bind(turn.as_bytes())
        .fetch_one(self.readers())
        .await?)
    }

    /// The memories that the model was shown in these turns, as their journals have them.
    pub async fn list_used_memories(
        &self,
        turns: &[TurnId],
    ) -> Result<HashMap<TurnId, Vec<UsedMemory>>, StoreError> {
        let mut used = HashMap::new();
        for part in turns.chunks(TURNS_AT_ONCE) {
            let places = vec!["?"; part.len()].join(", ");
            let sql = format!(
                "select turn_id, payload from turn_events
                 where turn_id in ({places}) and seq <= {FIRST_EVENTS} and type = 'memory_used'"
            );
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for turn in part {
                query = query.bind(turn.as_bytes().to_vec());
            }
            for row in query.fetch_all(self.readers()).await? {
                let turn = TurnId::from_bytes(row.try_get(0)?)
                    .map_err(|_| StoreError::Corrupt("turn_events.turn_id"))?;
                let event: MemoryUsed = serde_json::from_str(row.try_get(1)?)
                    .map_err(|_| StoreError::Corrupt("turn_events.payload"))?;
                used.insert(turn, event.memories);
            }
        }
        Ok(used)
    }

    /// Versions of an entry before `before`, the newest first.
    pub async fn list_memory_versions(
        &self,
        entry: i64,
        before: Option<u32>,
        limit: u32,
    ) -> Result<Vec<MemoryVersion>, StoreError> {
        let rows = sqlx::query(
            "select version, key, content, category, pinned, author, change, at
             from memory_versions where entry = ?1 and version < ?2 order by version desc limit ?3",
        )
        .bind(entry)
        .bind(before.unwrap_or(u32::MAX))
        .bind(limit)
        .fetch_all(self.readers())
        .await?;
        rows.iter().map(version_from).collect()
    }
}

pub(super) fn entry_from(row: &SqliteRow) -> Result<MemoryEntry, StoreError> {
    let session: Option<&str> = row.try_get("session_id")?;
    let turn: Option<Vec<u8>> = row.try_get("turn_id")?;
    Ok(MemoryEntry {
        row: row.try_get("row")?,
        id: Uuid::from_slice(row.try_get("id")?)
            .map_err(|_| StoreError::Corrupt("memory_entries.id"))?,
        key: row.try_get("key")?,
        content: row.try_get("content")?,
        category: row.try_get("category")?,
        pinned: row.try_get("pinned")?,
        session_id: session.and_then(|id| id.parse().ok()),
        turn_id: turn.and_then(|id| TurnId::from_bytes(&id).ok()),
        author: word(row, "author")?,
        version: row.try_get("version")?,
        created_at: Timestamp::from_millis(row.try_get("created_at")?),
        updated_at: Timestamp::from_millis(row.try_get("updated_at")?),
        deleted_at: row
            .try_get::<Option<i64>, _>("deleted_at")?
            .map(Timestamp::from_millis),
    })
}

pub(super) fn version_from(row: &SqliteRow) -> Result<MemoryVersion, StoreError> {
    Ok(MemoryVersion {
        version: row.try_get("version")?,
        key: row.try_get("key")?,
        content: row.try_get("content")?,
        category: row.try_get("category")?,
        pinned: row.try_get("pinned")?,
        author: word(row, "author")?,
        change: word(row, "change")?,
        at: Timestamp::from_millis(row.try_get("at")?),
    })
}

fn word<T: std::str::FromStr>(row: &SqliteRow, column: &'static str) -> Result<T, StoreError> {
    row.try_get::<&str, _>(column)?
        .parse()
        .map_err(|_| StoreError::Corrupt("a word of memory"))
}
