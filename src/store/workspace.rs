//! What the files of the workspace were before, and the trash: reading.

use std::io::Read as _;

use sqlx::{Row as _, sqlite::SqliteRow};

use super::{Store, StoreError};
use crate::model::{FileActor, FileVersion, Timestamp, TrashId, TrashItem, TurnId};

pub(super) const VERSION_COLUMNS: &str =
    "v.version, v.hash, v.size, v.change, v.author, v.session_id, v.turn_id, v.restored_from, v.at";
const TRASH_COLUMNS: &str =
    "row, id, path, is_folder, files, size, author, session_id, turn_id, at";

impl Store {
    /// The newest version of the file at this path.
    pub async fn find_file_version(&self, path: &str) -> Result<Option<FileVersion>, StoreError> {
        let sql = format!(
            "select {VERSION_COLUMNS} from workspace_files f
             join workspace_versions v on v.file = f.row
             where f.path = ?1 and f.trash is null order by v.version desc limit 1"
        );
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(path)
            .fetch_optional(self.readers())
            .await?
            .as_ref()
            .map(version_from)
            .transpose()
    }

    /// Versions of the file at this path before `before`, the newest first.
    pub async fn list_file_versions(
        &self,
        path: &str,
        before: Option<u32>,
        limit: u32,
    ) -> Result<Vec<FileVersion>, StoreError> {
        let sql = format!(
            "select {VERSION_COLUMNS} from workspace_files f
             join workspace_versions v on v.file = f.row
             where f.path = ?1 and f.trash is null and v.version < ?2
             order by v.version desc limit ?3"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(path)
            .bind(before.unwrap_or(u32::MAX))
            .bind(limit)
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(version_from).collect()
    }

    /// A version of the file at this path, with its content.
    pub async fn read_file_version(
        &self,
        path: &str,
        version: u32,
    ) -> Result<Option<(FileVersion, Vec<u8>)>, StoreError> {
        let sql = format!(
            "select {VERSION_COLUMNS}, b.data from workspace_files f
             join workspace_versions v on v.file = f.row
             join workspace_blobs b on b.hash = v.hash
             where f.path = ?1 and f.trash is null and v.version = ?2"
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(path)
            .bind(version)
            .fetch_optional(self.readers())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let found = version_from(&row)?;
        let data: &[u8] = row.try_get("data")?;
        let mut content = Vec::with_capacity(usize::try_from(found.size).unwrap_or(0));
        flate2::read::DeflateDecoder::new(data)
            .take(found.size + 1)
            .read_to_end(&mut content)
            .map_err(|_| StoreError::Corrupt("workspace_blobs.data"))?;
        Ok(Some((found, content)))
    }

    /// What is in the trash, the last deleted first, after `after` (time and row).
    pub async fn list_trash(
        &self,
        after: Option<(i64, i64)>,
        limit: u32,
    ) -> Result<Vec<TrashItem>, StoreError> {
        let (at, row) = after.unwrap_or((i64::MAX, i64::MAX));
        let sql = format!(
            "select {TRASH_COLUMNS} from workspace_trash where (at, row) < (?1, ?2)
             order by at desc, row desc limit ?3"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(at)
            .bind(row)
            .bind(limit)
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(trash_from).collect()
    }

    /// A piece of the trash.
    pub async fn find_trash(&self, id: TrashId) -> Result<Option<TrashItem>, StoreError> {
        let sql = format!("select {TRASH_COLUMNS} from workspace_trash where id = ?1");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(id.as_bytes().to_vec())
            .fetch_optional(self.readers())
            .await?
            .as_ref()
            .map(trash_from)
            .transpose()
    }

    /// What was deleted before `before`, the first deleted first.
    pub async fn list_old_trash(
        &self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<TrashItem>, StoreError> {
        let sql = format!(
            "select {TRASH_COLUMNS} from workspace_trash where at < ?1 order by at, row limit ?2"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(before.as_millis())
            .bind(limit)
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(trash_from).collect()
    }
}

fn actor_from(row: &SqliteRow) -> Result<FileActor, StoreError> {
    let session: Option<&str> = row.try_get("session_id")?;
    let turn: Option<Vec<u8>> = row.try_get("turn_id")?;
    Ok(FileActor {
        author: word(row, "author")?,
        session_id: session.and_then(|id| id.parse().ok()),
        turn_id: turn.and_then(|id| TurnId::from_bytes(&id).ok()),
    })
}

pub(super) fn version_from(row: &SqliteRow) -> Result<FileVersion, StoreError> {
    let hash: &[u8] = row.try_get("hash")?;
    let size: i64 = row.try_get("size")?;
    Ok(FileVersion {
        version: row.try_get("version")?,
        hash: hash
            .try_into()
            .map_err(|_| StoreError::Corrupt("workspace_versions.hash"))?,
        size: u64::try_from(size).unwrap_or(0),
        change: word(row, "change")?,
        actor: actor_from(row)?,
        restored_from: row.try_get("restored_from")?,
        at: Timestamp::from_millis(row.try_get("at")?),
    })
}

fn trash_from(row: &SqliteRow) -> Result<TrashItem, StoreError> {
    let (files, size): (i64, i64) = (row.try_get("files")?, row.try_get("size")?);
    Ok(TrashItem {
        row: row.try_get("row")?,
        id: TrashId::from_bytes(row.try_get("id")?)
            .map_err(|_| StoreError::Corrupt("workspace_trash.id"))?,
        path: row.try_get("path")?,
        is_folder: row.try_get("is_folder")?,
        files: u64::try_from(files).unwrap_or(0),
        size: u64::try_from(size).unwrap_or(0),
        actor: actor_from(row)?,
        at: Timestamp::from_millis(row.try_get("at")?),
    })
}

fn word<T: std::str::FromStr>(row: &SqliteRow, column: &'static str) -> Result<T, StoreError> {
    row.try_get::<&str, _>(column)?
        .parse()
        .map_err(|_| StoreError::Corrupt("a word of the workspace"))
}
