//! What is done to memory entries. Each write sees the present state, makes one version and keeps
//! the full text in step, all in one transaction.

use std::sync::Arc;

use sqlx::SqliteConnection;
use uuid::Uuid;

use super::{
    Durability, Store, StoreError,
    memory::{COLUMNS, entry_from, version_from},
    memory_act::{MemoryAct, MemoryOutcome, MemoryPatch, MemoryWrite, Whole},
    memory_index::{index, reindex, unindex},
};
use crate::model::{MemoryEntry, MemoryVerb, SessionId, Timestamp};

/// Versions kept of one entry.
const MAX_VERSIONS: u32 = 100;
/// Entries forgotten for good in one transaction.
const PURGE_BATCH: i64 = 50;

impl Store {
    /// Does these writes, in order, in one transaction; there may be at most `max_entries`.
    pub async fn write_memories(
        &self,
        writes: Vec<MemoryWrite>,
        max_entries: u64,
    ) -> Result<Vec<MemoryOutcome>, StoreError> {
        let writes: Arc<[MemoryWrite]> = writes.into();
        self.write(Durability::Process, move |db| {
            Box::pin(async move {
                let mut outcomes = Vec::with_capacity(writes.len());
                let mut room = Room::default();
                for write in writes.iter() {
                    outcomes.push(apply(db, write, max_entries, &mut room).await?);
                }
                Ok(outcomes)
            })
        })
        .await
    }

    /// Forgets for good what was deleted before `before`, and of what was kept of conversations
    /// all but the newest `keep`; answers how many entries went.
    pub async fn purge_memories(&self, before: Timestamp, keep: u64) -> Result<u64, StoreError> {
        let keep = i64::try_from(keep).unwrap_or(i64::MAX);
        let mut gone = 0;
        loop {
            let batch = self
                .write(Durability::Process, move |db| {
                    Box::pin(purge_batch(db, before, keep))
                })
                .await?;
            gone += batch;
            if batch == 0 {
                return Ok(gone);
            }
        }
    }
}

/// How many more entries there may be; counted when the first new one comes.
#[derive(Default)]
struct Room(Option<u64>);

impl Room {
    async fn take(&mut self, db: &mut SqliteConnection, max: u64) -> Result<bool, StoreError> {
        let left = match self.0 {
            Some(left) => left,
            None => {
                let count: i64 = sqlx::query_scalar(
                    "select count(*) from memory_entries where deleted_at is null",
                )
                .fetch_one(db)
                .await?;
                max.saturating_sub(u64::try_from(count).unwrap_or(0))
            }
        };
        self.0 = Some(left.saturating_sub(1));
        Ok(left > 0)
    }

    fn give_back(&mut self) {
        if let Some(left) = &mut self.0 {
            *left += 1;
        }
    }
}

async fn find(db: &mut SqliteConnection, key: &str) -> Result<Option<MemoryEntry>, StoreError> {
    let sql = format!("select {COLUMNS} from memory_entries e where e.key = ?1");
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(key)
        .fetch_optional(db)
        .await?
        .as_ref()
        .map(entry_from)
        .transpose()
}

async fn apply(
    db: &mut SqliteConnection,
    write: &MemoryWrite,
    max_entries: u64,
    room: &mut Room,
) -> Result<MemoryOutcome, StoreError> {
    let found = find(db, &write.key).await?;
    let live = found
        .as_ref()
        .is_some_and(|entry| entry.deleted_at.is_none());
    if let (Some(expected), Some(entry)) = (write.expected, &found)
        && entry.version != expected
        && (live || matches!(write.act, MemoryAct::Restore(_)))
    {
        return Ok(MemoryOutcome::Changed(entry.version));
    }
    if write.expected.is_some() && !live && !matches!(write.act, MemoryAct::Restore(_)) {
        return Ok(MemoryOutcome::Missing);
    }
    let (state, verb) = match (&write.act, &found) {
        (MemoryAct::Create(_), Some(_)) if live => return Ok(MemoryOutcome::Exists),
        (MemoryAct::Create(state) | MemoryAct::Put(state), _) => {
            let verb = if live {
                MemoryVerb::Edited
            } else {
                MemoryVerb::Created
            };
            (state.over(found.as_ref().filter(|_| live)), verb)
        }
        (_, None) => return Ok(MemoryOutcome::Missing),
        (MemoryAct::Edit(patch), Some(entry)) if live => edited(entry, patch),
        (MemoryAct::Delete, Some(entry)) if live => {
            let outcome = delete(db, entry, write).await?;
            room.give_back();
            return Ok(outcome);
        }
        (MemoryAct::Restore(version), Some(entry)) => match restored(db, entry, *version).await? {
            Some(state) => (state, MemoryVerb::Restored),
            None => return Ok(MemoryOutcome::Missing),
        },
        (MemoryAct::Edit(_) | MemoryAct::Delete, Some(_)) => return Ok(MemoryOutcome::Missing),
    };
    if !live && !room.take(db, max_entries).await? {
        return Ok(MemoryOutcome::Full);
    }
    match found {
        Some(entry) => put(db, entry, state, verb, write).await,
        None => insert(db, state, verb, write).await,
    }
}

fn edited(entry: &MemoryEntry, patch: &MemoryPatch) -> (Whole, MemoryVerb) {
    let state = Whole {
        key: patch.key.clone().unwrap_or_else(|| entry.key.clone()),
        content: patch
            .content
            .clone()
            .unwrap_or_else(|| entry.content.clone()),
        category: patch
            .category
            .clone()
            .unwrap_or_else(|| entry.category.clone()),
        pinned: patch.pinned.unwrap_or(entry.pinned),
    };
    let pin_alone = state.key == entry.key
        && state.content == entry.content
        && state.category == entry.category;
    let verb = if pin_alone {
        MemoryVerb::Pinned
    } else {
        MemoryVerb::Edited
    };
    (state, verb)
}

async fn restored(
    db: &mut SqliteConnection,
    entry: &MemoryEntry,
    version: Option<u32>,
) -> Result<Option<Whole>, StoreError> {
    let Some(version) = version else {
        return Ok(Some(state_of(entry)));
    };
    let row = sqlx::query(
        "select version, key, content, category, pinned, author, change, at
         from memory_versions where entry = ?1 and version = ?2",
    )
    .bind(entry.row)
    .bind(version)
    .fetch_optional(db)
    .await?;
    let version = row.as_ref().map(version_from).transpose()?;
    Ok(version.map(|version| Whole {
        // The present key stays: another entry may have the old one by now.
        key: entry.key.clone(),
        content: version.content,
        category: version.category,
        pinned: version.pinned,
    }))
}

fn state_of(entry: &MemoryEntry) -> Whole {
    Whole {
        key: entry.key.clone(),
        content: entry.content.clone(),
        category: entry.category.clone(),
        pinned: entry.pinned,
    }
}

async fn insert(
    db: &mut SqliteConnection,
    state: Whole,
    verb: MemoryVerb,
    write: &MemoryWrite,
) -> Result<MemoryOutcome, StoreError> {
    let mut entry = MemoryEntry {
        row: 0,
        id: Uuid::now_v7(),
        key: state.key,
        content: state.content,
        category: state.category,
        pinned: state.pinned,
        session_id: write.session_id.clone(),
        turn_id: write.turn_id,
        author: write.author,
        version: 1,
        created_at: write.at,
        updated_at: write.at,
        deleted_at: None,
    };
    entry.row = sqlx::query_scalar(
        "insert into memory_entries (id, key, content, category, pinned, session_id, turn_id,
             author, version, created_at, updated_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9, ?10) returning row",
    )
    .bind(entry.id.as_bytes().to_vec())
    .bind(&entry.key)
    .bind(&entry.content)
    .bind(&entry.category)
    .bind(entry.pinned)
    .bind(entry.session_id.as_ref().map(SessionId::as_str))
    .bind(entry.turn_id.map(|turn| turn.as_bytes().to_vec()))
    .bind(entry.author.as_str())
    .bind(entry.created_at.as_millis())
    .bind(entry.updated_at.as_millis())
    .fetch_one(&mut *db)
    .await?;
    note_version(db, &entry, verb).await?;
    index(db, &entry).await?;
    Ok(MemoryOutcome::Done(verb, Box::new(entry)))
}

async fn put(
    db: &mut SqliteConnection,
    before: MemoryEntry,
    state: Whole,
    verb: MemoryVerb,
    write: &MemoryWrite,
) -> Result<MemoryOutcome, StoreError> {
    let was_live = before.deleted_at.is_none();
    if was_live && state_of(&before) == state {
        return Ok(MemoryOutcome::Same(Box::new(before)));
    }
    if state.key != before.key && find(db, &state.key).await?.is_some() {
        return Ok(MemoryOutcome::Exists);
    }
    let old = was_live.then(|| before.clone());
    let entry = MemoryEntry {
        key: state.key,
        content: state.content,
        category: state.category,
        pinned: state.pinned,
        session_id: write.session_id.clone().or(before.session_id),
        turn_id: write.turn_id.or(before.turn_id),
        author: write.author,
        version: before.version + 1,
        // A pin says nothing about how fresh the words are.
        updated_at: if verb == MemoryVerb::Pinned {
            before.updated_at
        } else {
            write.at
        },
        deleted_at: None,
        ..before
    };
    store(db, &entry).await?;
    note_version_at(db, &entry, verb, write.at).await?;
    reindex(db, old.as_ref(), &entry).await?;
    Ok(MemoryOutcome::Done(verb, Box::new(entry)))
}

async fn delete(
    db: &mut SqliteConnection,
    entry: &MemoryEntry,
    write: &MemoryWrite,
) -> Result<MemoryOutcome, StoreError> {
    let entry = MemoryEntry {
        version: entry.version + 1,
        deleted_at: Some(write.at),
        author: write.author,
        ..entry.clone()
    };
    store(db, &entry).await?;
    note_version_at(db, &entry, MemoryVerb::Deleted, write.at).await?;
    unindex(db, &entry).await?;
    sqlx::query("delete from memory_vectors where entry = ?1")
        .bind(entry.row)
        .execute(db)
        .await?;
    Ok(MemoryOutcome::Done(MemoryVerb::Deleted, Box::new(entry)))
}

async fn store(db: &mut SqliteConnection, entry: &MemoryEntry) -> Result<(), StoreError> {
    sqlx::query(
        "update memory_entries set key = ?2, content = ?3, category = ?4, pinned = ?5,
             session_id = ?6, turn_id = ?7, author = ?8, version = ?9, updated_at = ?10,
             deleted_at = ?11
         where row = ?1",
    )
    .bind(entry.row)
    .bind(&entry.key)
    .bind(&entry.content)
    .bind(&entry.category)
    .bind(entry.pinned)
    .bind(entry.session_id.as_ref().map(SessionId::as_str))
    .bind(entry.turn_id.map(|turn| turn.as_bytes().to_vec()))
    .bind(entry.author.as_str())
    .bind(entry.version)
    .bind(entry.updated_at.as_millis())
    .bind(entry.deleted_at.map(Timestamp::as_millis))
    .execute(db)
    .await?;
    Ok(())
}

async fn note_version(
    db: &mut SqliteConnection,
    entry: &MemoryEntry,
    verb: MemoryVerb,
) -> Result<(), StoreError> {
    note_version_at(db, entry, verb, entry.updated_at).await
}

async fn note_version_at(
    db: &mut SqliteConnection,
    entry: &MemoryEntry,
    verb: MemoryVerb,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into memory_versions
             (entry, version, key, content, category, pinned, author, change, at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )
    .bind(entry.row)
    .bind(entry.version)
    .bind(&entry.key)
    .bind(&entry.content)
    .bind(&entry.category)
    .bind(entry.pinned)
    .bind(entry.author.as_str())
    .bind(verb.as_str())
    .bind(at.as_millis())
    .execute(&mut *db)
    .await?;
    if entry.version > MAX_VERSIONS {
        sqlx::query("delete from memory_versions where entry = ?1 and version <= ?2")
            .bind(entry.row)
            .bind(entry.version - MAX_VERSIONS)
            .execute(db)
            .await?;
    }
    Ok(())
}

/// Forgets one batch of what is long deleted or superfluous.
async fn purge_batch(
    db: &mut SqliteConnection,
    before: Timestamp,
    keep: i64,
) -> Result<u64, StoreError> {
    let sql = format!(
        "select {COLUMNS} from memory_entries e where e.row in
             (select row from memory_entries
                 where deleted_at is not null and deleted_at < ?1 limit ?3)
         or e.row in
             (select row from memory_entries
                 where author = 'auto' and category = 'conversation' and pinned = 0
                     and deleted_at is null
                 order by updated_at desc, row desc limit ?3 offset ?2)"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(before.as_millis())
        .bind(keep)
        .bind(PURGE_BATCH)
        .fetch_all(&mut *db)
        .await?;
    for row in &rows {
        let entry = entry_from(row)?;
        if entry.deleted_at.is_none() {
            unindex(db, &entry).await?;
        }
        for sql in [
            "delete from memory_entries where row = ?1",
            "delete from memory_versions where entry = ?1",
            "delete from memory_vectors where entry = ?1",
        ] {
            sqlx::query(sql).bind(entry.row).execute(&mut *db).await?;
        }
    }
    Ok(rows.len() as u64)
}
