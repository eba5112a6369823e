//! What the files of the workspace were before, and the trash: writing. Each content is kept once;
//! what no version needs any more goes with the last that did.

use std::io::Write as _;

use sqlx::{Row as _, SqliteConnection};

use super::{
    Durability, Store, StoreError,
    workspace::{VERSION_COLUMNS, version_from},
};
use crate::model::{FileActor, FileChange, FileVersion, Timestamp, TrashId, TrashItem};

/// Versions forgotten in one step when there is too much of them.
const FORGOTTEN_AT_ONCE: i64 = 32;

/// A state to be kept of a file.
#[derive(Clone, Debug)]
pub struct NewFileVersion {
    /// The file.
    pub path: String,
    /// SHA-256 of its content.
    pub hash: [u8; 32],
    /// Its content.
    pub content: Vec<u8>,
    /// What made it.
    pub change: FileChange,
    /// Who did.
    pub actor: FileActor,
    /// The version that was brought back.
    pub restored_from: Option<u32>,
    /// When.
    pub at: Timestamp,
}

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub struct VersionBounds {
    /// Versions of one file, at least one.
    pub per_file: u32,
    /// Bytes of all of them, as they are stored.
    pub bytes: u64,
}

/// A content ready for the database.
struct Packed {
    version: NewFileVersion,
    size: i64,
    data: Vec<u8>,
}

fn packed(mut version: NewFileVersion) -> Result<Packed, StoreError> {
    let content = std::mem::take(&mut version.content);
    let mut encoder =
        flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    let data = encoder
        .write_all(&content)
        .and_then(|()| encoder.finish())
        .map_err(|_| StoreError::Corrupt("a file that was to be packed"))?;
    Ok(Packed {
        size: i64::try_from(content.len()).unwrap_or(i64::MAX),
        version,
        data,
    })
}

impl Store {
    /// Keeps these states, in order, each unless it is what its file's newest version holds, and
    /// forgets what is over the bounds. Answers with the newest version of the last one's file.
    pub async fn record_file_versions(
        &self,
        versions: Vec<NewFileVersion>,
        bounds: VersionBounds,
    ) -> Result<Option<FileVersion>, StoreError> {
        let packed = tokio::task::spawn_blocking(move || {
            versions
                .into_iter()
                .map(packed)
                .collect::<Result<Vec<_>, _>>()
        })
        .await
        .map_err(|error| StoreError::Write(error.to_string().into()))??;
        self.write(Durability::Process, move |db| {
            Box::pin(async move {
                let mut newest = None;
                for one in &packed {
                    newest = Some(record(db, one, bounds).await?);
                }
                forget_over(db, bounds.bytes).await?;
                Ok(newest)
            })
        })
        .await
    }

    /// A file, or a folder with all that is in it, is at another path now.
    pub async fn move_file_versions(&self, from: String, to: String) -> Result<(), StoreError> {
        self.write(Durability::Process, move |db| {
            Box::pin(async move {
                // What once was at the new place and is no more gives way.
                forget_below(db, &to).await?;
                sqlx::query(
                    "update workspace_files set path = ?2 || substr(path, length(?1) + 1)
                     where trash is null
                         and (path = ?1 or substr(path, 1, length(?1) + 1) = ?1 || '/')",
                )
                .bind(&from)
                .bind(&to)
                .execute(db)
                .await?;
                Ok(())
            })
        })
        .await
    }

    /// Something went into the trash, and its versions with it.
    pub async fn add_trash(&self, item: TrashItem) -> Result<TrashItem, StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                let row: i64 = sqlx::query_scalar(
                    "insert into workspace_trash (id, path, is_folder, files, size, author,
                         session_id, turn_id, at)
                     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) returning row",
                )
                .bind(item.id.as_bytes().to_vec())
                .bind(&item.path)
                .bind(item.is_folder)
                .bind(i64::try_from(item.files).unwrap_or(i64::MAX))
                .bind(i64::try_from(item.size).unwrap_or(i64::MAX))
                .bind(item.actor.author.as_str())
                .bind(
                    item.actor
                        .session_id
                        .as_ref()
                        .map(|id| id.as_str().to_owned()),
                )
                .bind(item.actor.turn_id.map(|id| id.as_bytes().to_vec()))
                .bind(item.at.as_millis())
                .fetch_one(&mut *db)
                .await?;
                sqlx::query(
                    "update workspace_files set trash = ?2 where trash is null
                         and (path = ?1 or substr(path, 1, length(?1) + 1) = ?1 || '/')",
                )
                .bind(&item.path)
                .bind(row)
                .execute(db)
                .await?;
                Ok(TrashItem { row, ..item })
            })
        })
        .await
    }

    /// Something left the trash for this path, and its versions with it.
    pub async fn take_from_trash(&self, item: &TrashItem, to: String) -> Result<(), StoreError> {
        let (row, from) = (item.row, item.path.clone());
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                forget_below(db, &to).await?;
                sqlx::query(
                    "update workspace_files
                     set trash = null, path = ?3 || substr(path, length(?2) + 1)
                     where trash = ?1",
                )
                .bind(row)
                .bind(&from)
                .bind(&to)
                .execute(&mut *db)
                .await?;
                sqlx::query("delete from workspace_trash where row = ?1")
                    .bind(row)
                    .execute(db)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// A piece of the trash is gone for good, and its versions with it.
    pub async fn forget_trash(&self, id: TrashId) -> Result<bool, StoreError> {
        self.write(Durability::Process, move |db| {
            Box::pin(async move {
                let row: Option<i64> =
                    sqlx::query_scalar("delete from workspace_trash where id = ?1 returning row")
                        .bind(id.as_bytes().to_vec())
                        .fetch_optional(&mut *db)
                        .await?;
                let Some(row) = row else { return Ok(false) };
                let files: Vec<i64> =
                    sqlx::query_scalar("select row from workspace_files where trash = ?1")
                        .bind(row)
                        .fetch_all(&mut *db)
                        .await?;
                for file in files {
                    forget_file(db, file).await?;
                }
                Ok(true)
            })
        })
        .await
    }
}

async fn record(
    db: &mut SqliteConnection,
    one: &Packed,
    bounds: VersionBounds,
) -> Result<FileVersion, StoreError> {
    let new = &one.version;
    let file: Option<i64> =
        sqlx::query_scalar("select row from workspace_files where path = ?1 and trash is null")
            .bind(&new.path)
            .fetch_optional(&mut *db)
            .await?;
    let file = match file {
        Some(file) => file,
        None => {
            sqlx::query_scalar("insert into workspace_files (path) values (?1) returning row")
                .bind(&new.path)
                .fetch_one(&mut *db)
                .await?
        }
    };
    let sql = format!(
        "select {VERSION_COLUMNS} from workspace_versions v where v.file = ?1
         order by v.version desc limit 1"
    );
    let last = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(file)
        .fetch_optional(&mut *db)
        .await?;
    let last = last.as_ref().map(version_from).transpose()?;
    let number = match last {
        Some(last) if last.hash == new.hash => return Ok(last),
        Some(last) => last.version.saturating_add(1),
        None => 1,
    };
    sqlx::query(
        "insert into workspace_blobs (hash, size, data) values (?1, ?2, ?3)
         on conflict (hash) do nothing",
    )
    .bind(new.hash.to_vec())
    .bind(one.size)
    .bind(&one.data)
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "insert into workspace_versions (file, version, hash, size, change, author, session_id,
             turn_id, restored_from, at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )
    .bind(file)
    .bind(number)
    .bind(new.hash.to_vec())
    .bind(one.size)
    .bind(new.change.as_str())
    .bind(new.actor.author.as_str())
    .bind(
        new.actor
            .session_id
            .as_ref()
            .map(|id| id.as_str().to_owned()),
    )
    .bind(new.actor.turn_id.map(|id| id.as_bytes().to_vec()))
    .bind(new.restored_from)
    .bind(new.at.as_millis())
    .execute(&mut *db)
    .await?;
    let over: Vec<(i64, Vec<u8>)> = sqlx::query_as(
        "select row, hash from workspace_versions where file = ?1
         order by version desc limit -1 offset ?2",
    )
    .bind(file)
    .bind(bounds.per_file.max(1))
    .fetch_all(&mut *db)
    .await?;
    forget(db, over).await?;
    Ok(FileVersion {
        version: number,
        hash: new.hash,
        size: u64::try_from(one.size).unwrap_or(0),
        change: new.change,
        actor: new.actor.clone(),
        restored_from: new.restored_from,
        at: new.at,
    })
}

/// Forgets the oldest versions until what is left fits; the newest of each file stays.
async fn forget_over(db: &mut SqliteConnection, bytes: u64) -> Result<(), StoreError> {
    let most = i64::try_from(bytes).unwrap_or(i64::MAX);
    loop {
        let kept: i64 = sqlx::query_scalar("select bytes from workspace_kept")
            .fetch_one(&mut *db)
            .await?;
        if kept <= most {
            return Ok(());
        }
        let oldest: Vec<(i64, Vec<u8>)> = sqlx::query_as(
            "select v.row, v.hash from workspace_versions v where exists
                 (select 1 from workspace_versions n where n.file = v.file and n.version > v.version)
             order by v.row limit ?1",
        )
        .bind(FORGOTTEN_AT_ONCE)
        .fetch_all(&mut *db)
        .await?;
        if oldest.is_empty() {
            return Ok(());
        }
        forget(db, oldest).await?;
    }
}

async fn forget(
    db: &mut SqliteConnection,
    versions: Vec<(i64, Vec<u8>)>,
) -> Result<(), StoreError> {
    for (row, hash) in versions {
        sqlx::query("delete from workspace_versions where row = ?1")
            .bind(row)
            .execute(&mut *db)
            .await?;
        sqlx::query(
            "delete from workspace_blobs where hash = ?1
                 and not exists (select 1 from workspace_versions where hash = ?1)",
        )
        .bind(hash)
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

async fn forget_file(db: &mut SqliteConnection, file: i64) -> Result<(), StoreError> {
    let versions = sqlx::query("select row, hash from workspace_versions where file = ?1")
        .bind(file)
        .fetch_all(&mut *db)
        .await?;
    let versions = versions
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect::<Result<Vec<_>, StoreError>>()?;
    forget(db, versions).await?;
    sqlx::query("delete from workspace_files where row = ?1")
        .bind(file)
        .execute(db)
        .await?;
    Ok(())
}

/// Forgets what was at this path or below it and is in its place no more.
async fn forget_below(db: &mut SqliteConnection, path: &str) -> Result<(), StoreError> {
    let files: Vec<i64> = sqlx::query_scalar(
        "select row from workspace_files where trash is null
             and (path = ?1 or substr(path, 1, length(?1) + 1) = ?1 || '/')",
    )
    .bind(path)
    .fetch_all(&mut *db)
    .await?;
    for file in files {
        forget_file(db, file).await?;
    }
    Ok(())
}
