//! Whether a database file is whole. Asked over a connection of its own that only reads, so that
//! a file can be examined that could not be opened for work.

use std::{path::Path, time::Duration};

use sqlx::{
    ConnectOptions as _, Connection as _,
    sqlite::{SqliteConnectOptions, SqliteConnection},
};
use tokio::time::Instant;

use super::{BUSY, StoreError};

/// Problems named at most.
const NAMED: u8 = 10;
/// Steps of SQLite's machine between two looks at the time.
const STEPS: i32 = 100;

/// How whole a database file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Soundness {
    /// There is no file.
    Missing,
    /// Nothing is wrong with it.
    Sound,
    /// What is wrong, in SQLite's words.
    Damaged(Vec<String>),
    /// Nothing was found in the time there was.
    Unfinished,
}

/// Reads through the file at `path`, for `patience` at most.
pub async fn examine(path: &Path, patience: Duration) -> Result<Soundness, StoreError> {
    if !path.exists() {
        return Ok(Soundness::Missing);
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .busy_timeout(BUSY);
    let mut connection = match options.connect().await {
        Ok(connection) => connection,
        Err(error) => return judged(error),
    };
    let outcome = read_through(&mut connection, patience).await;
    if let Err(error) = connection.close().await {
        tracing::debug!(%error, "the examined database was not closed well");
    }
    match outcome {
        Ok(said) if said.iter().all(|line| line == "ok") => Ok(Soundness::Sound),
        Ok(said) => Ok(Soundness::Damaged(said)),
        Err(error) => judged(error),
    }
}

async fn read_through(
    connection: &mut SqliteConnection,
    patience: Duration,
) -> Result<Vec<String>, sqlx::Error> {
    let until = Instant::now() + patience;
    connection
        .lock_handle()
        .await?
        .set_progress_handler(STEPS, move || Instant::now() < until);
    let sql = format!("pragma quick_check({NAMED})");
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .fetch_all(connection)
        .await
}

/// A file that is no database any more is a finding, not a failure.
fn judged(error: sqlx::Error) -> Result<Soundness, StoreError> {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    let primary = code.and_then(|code| code.parse::<u32>().ok());
    match primary.map(|code| code & 0xff) {
        Some(11) => Ok(Soundness::Damaged(vec!["its pages are damaged".to_owned()])),
        Some(26) => Ok(Soundness::Damaged(vec!["it is no database".to_owned()])),
        Some(9) => Ok(Soundness::Unfinished),
        _ => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fs::OpenOptions,
        io::{Seek as _, SeekFrom, Write as _},
    };

    use super::*;
    use crate::store::{Store, testing::store};

    const PATIENCE: Duration = Duration::from_secs(20);

    async fn filled() -> (Store, tempfile::TempDir) {
        let (store, folder) = store().await;
        for _ in 0..40 {
            store.set_meta("filler", "x".repeat(9000)).await.unwrap();
        }
        (store, folder)
    }

    #[tokio::test]
    async fn a_whole_database_is_sound_while_it_is_in_use_and_afterwards() {
        let (store, folder) = filled().await;
        let path = folder.path().join("test.db");
        assert_eq!(examine(&path, PATIENCE).await.unwrap(), Soundness::Sound);
        store.close().await;
        assert_eq!(examine(&path, PATIENCE).await.unwrap(), Soundness::Sound);
        let none = folder.path().join("none.db");
        assert_eq!(examine(&none, PATIENCE).await.unwrap(), Soundness::Missing);
        assert!(!none.exists());
    }

    #[tokio::test]
    async fn damage_is_found_and_said() {
        let (store, folder) = filled().await;
        store.close().await;
        let path = folder.path().join("test.db");
        let mut file = OpenOptions::new().write(true).open(&path).unwrap();
        // Every page but the first is overwritten.
        let length = file.metadata().unwrap().len();
        file.seek(SeekFrom::Start(4096)).unwrap();
        let rest = usize::try_from(length - 4096).unwrap();
        file.write_all(&vec![0xa5; rest]).unwrap();
        drop(file);
        let found = examine(&path, PATIENCE).await.unwrap();
        assert!(matches!(found, Soundness::Damaged(_)), "{found:?}");
        std::fs::write(&path, "this is no database at all, however long it is").unwrap();
        let found = examine(&path, PATIENCE).await.unwrap();
        assert!(matches!(found, Soundness::Damaged(_)), "{found:?}");
    }

    #[tokio::test]
    async fn no_time_is_no_verdict() {
        let (store, folder) = filled().await;
        let path = folder.path().join("test.db");
        let found = examine(&path, Duration::ZERO).await.unwrap();
        assert_eq!(found, Soundness::Unfinished);
        store.close().await;
    }
}
