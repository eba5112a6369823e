//! The files handed along with messages.

use sqlx::SqliteConnection;

use super::{Store, StoreError};
use crate::model::{Attachment, TurnId};

impl Store {
    /// The files of a turn.
    pub async fn list_attachments(&self, turn: TurnId) -> Result<Vec<Attachment>, StoreError> {
        let rows: Vec<(String, String, Vec<u8>)> = sqlx::query_as(
            "select name, media_type, data from attachments where turn_id = ?1 order by place",
        )
        .bind(turn.as_bytes().to_vec())
        .fetch_all(self.readers())
        .await?;
        Ok(rows.into_iter().map(attachment).collect())
    }

    /// One file of a turn; its places count from 0.
    pub async fn find_attachment(
        &self,
        turn: TurnId,
        place: u32,
    ) -> Result<Option<Attachment>, StoreError> {
        let row: Option<(String, String, Vec<u8>)> = sqlx::query_as(
            "select name, media_type, data from attachments where turn_id = ?1 and place = ?2",
        )
        .bind(turn.as_bytes().to_vec())
        .bind(place)
        .fetch_optional(self.readers())
        .await?;
        Ok(row.map(attachment))
    }
}

/// Keeps the files of a turn that has none.
pub(super) async fn insert(
    db: &mut SqliteConnection,
    turn: TurnId,
    files: Vec<Attachment>,
) -> Result<(), StoreError> {
    for (place, file) in files.into_iter().enumerate() {
        sqlx::query(
            "insert into attachments (turn_id, place, name, media_type, data)
             values (?1, ?2, ?3, ?4, ?5)",
        )
        .bind(turn.as_bytes().to_vec())
        .bind(i64::try_from(place).unwrap_or(i64::MAX))
        .bind(file.name)
        .bind(file.media_type)
        .bind(file.data)
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// Keeps other files in the place of those that a turn has.
pub(super) async fn replace(
    db: &mut SqliteConnection,
    turn: TurnId,
    files: Vec<Attachment>,
) -> Result<(), StoreError> {
    sqlx::query("delete from attachments where turn_id = ?1")
        .bind(turn.as_bytes().to_vec())
        .execute(&mut *db)
        .await?;
    insert(db, turn, files).await
}

fn attachment((name, media_type, data): (String, String, Vec<u8>)) -> Attachment {
    Attachment {
        name,
        media_type,
        data,
    }
}
