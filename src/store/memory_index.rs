//! The full text of memory entries, kept in step with them inside the same transaction.

use sqlx::SqliteConnection;

use super::{
    StoreError,
    fulltext::{IndexedText, place_term},
};
use crate::model::{MemoryEntry, SessionId};

/// What an entry is looked for by besides its words.
pub(super) fn places(entry: &MemoryEntry) -> String {
    let mut places = vec![
        place_term('c', &entry.category),
        place_term('a', entry.author.as_str()),
    ];
    if let Some(session) = &entry.session_id {
        places.push(place_term('s', SessionId::as_str(session)));
    }
    if entry.pinned {
        places.push(place_term('p', "1"));
    }
    places.join(" ")
}

/// Puts an entry into the index.
pub(super) async fn index(
    db: &mut SqliteConnection,
    entry: &MemoryEntry,
) -> Result<(), StoreError> {
    let text = IndexedText::of(&entry.key, &entry.content);
    put(db, entry, &text).await
}

/// Brings the index up to date after a change; `old` is none where the entry was not in it.
pub(super) async fn reindex(
    db: &mut SqliteConnection,
    old: Option<&MemoryEntry>,
    entry: &MemoryEntry,
) -> Result<(), StoreError> {
    let text = IndexedText::of(&entry.key, &entry.content);
    let Some(old) = old else {
        return put(db, entry, &text).await;
    };
    let before = IndexedText::of(&old.key, &old.content);
    if before == text && places(old) == places(entry) {
        return Ok(());
    }
    remove(db, entry.row).await?;
    put(db, entry, &text).await?;
    forget_words(db, before.words).await
}

/// Takes an entry out of the index.
pub(super) async fn unindex(
    db: &mut SqliteConnection,
    entry: &MemoryEntry,
) -> Result<(), StoreError> {
    remove(db, entry.row).await?;
    forget_words(db, IndexedText::of(&entry.key, &entry.content).words).await
}

async fn remove(db: &mut SqliteConnection, row: i64) -> Result<(), StoreError> {
    sqlx::query("delete from memory_text where rowid = ?1")
        .bind(row)
        .execute(db)
        .await?;
    Ok(())
}

async fn put(
    db: &mut SqliteConnection,
    entry: &MemoryEntry,
    text: &IndexedText,
) -> Result<(), StoreError> {
    sqlx::query("insert into memory_text (rowid, key, content, place) values (?1, ?2, ?3, ?4)")
        .bind(entry.row)
        .bind(&text.key)
        .bind(&text.content)
        .bind(places(entry))
        .execute(&mut *db)
        .await?;
    for word in &text.words {
        let fresh: Option<i64> = sqlx::query_scalar(
            "insert into memory_words (word) values (?1) on conflict (word) do nothing
             returning row",
        )
        .bind(word)
        .fetch_optional(&mut *db)
        .await?;
        if let Some(row) = fresh {
            sqlx::query("insert into memory_word_parts (rowid, word) values (?1, ?2)")
                .bind(row)
                .bind(word)
                .execute(&mut *db)
                .await?;
        }
    }
    Ok(())
}

/// Forgets long words that no entry has any more: what was deleted must not stand here.
async fn forget_words(db: &mut SqliteConnection, words: Vec<String>) -> Result<(), StoreError> {
    for word in words {
        let kept: bool = sqlx::query_scalar(
            "select exists (select 1 from memory_text where memory_text match ?1)",
        )
        .bind(format!("{{key content}} : \"{word}\""))
        .fetch_one(&mut *db)
        .await?;
        if kept {
            continue;
        }
        let row: Option<i64> =
            sqlx::query_scalar("delete from memory_words where word = ?1 returning row")
                .bind(&word)
                .fetch_optional(&mut *db)
                .await?;
        if let Some(row) = row {
            sqlx::query("delete from memory_word_parts where rowid = ?1")
                .bind(row)
                .execute(&mut *db)
                .await?;
        }
    }
    Ok(())
}
