//! SQLite: opening, migrating, one writer, and readers beside it. SQL lives in this room and
//! nowhere else; each table family has a file.

mod activity;
mod approvals;
mod attachments;
mod audit;
mod branches;
mod cron;
mod cron_runs;
pub mod fulltext;
mod group;
mod idempotency;
mod ledger;
mod ledger_records;
mod ledger_script;
mod memory;
mod memory_act;
mod memory_index;
mod memory_search;
mod memory_vectors;
mod memory_write;
mod meta;
mod pairing;
mod search;
mod sessions;
mod soundness;
mod summaries;
mod tokens;
mod tool_rules;
mod turn_script;
mod turns;
mod web_sessions;
mod workspace;
mod workspace_write;
mod writer;

use std::{path::Path, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use sqlx::{
    SqlitePool,
    sqlite::{
        SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions,
        SqliteSynchronous,
    },
};

pub use approvals::{ApprovalFilter, ApprovalList};
pub use audit::{AuditEntry, AuditFilter, NewAuditEntry};
pub use branches::{ReplaceRefusal, ShowOutcome};
pub use cron::{CronJobList, CronPlan};
pub use cron_runs::{CronAftermath, CronEnd, CronRunList, CronStart};
pub use idempotency::Idempotency;
pub use ledger::{CostRange, Dimension, WaitingWrite};
pub use ledger_records::CallFilter;
pub use ledger_script::LedgerWrite;
pub use memory::MemoryList;
pub use memory_act::{MemoryAct, MemoryOutcome, MemoryPatch, MemoryState, MemoryWrite};
pub use memory_search::{COMMON, EndedTurn, MemoryQuery, TextHit};
pub use memory_vectors::{VectorBudget, VectorCount, VectorRow};
pub use pairing::CodeRow;
pub use search::SearchHit;
pub use sessions::SessionList;
pub use soundness::{Soundness, examine};
pub use summaries::Summary;
pub use tokens::{SeenRow, TokenRow};
pub use turn_script::{EventRow, FinishedTurn, Mark, NewTurn, TurnStep, TurnWrite};
pub use turns::{HistoryTurn, StartOutcome};
pub use web_sessions::WebSessionRow;
pub use workspace_write::{NewFileVersion, VersionBounds};
pub use writer::{Durability, TurnRoom};

use crate::{tasks::Tasks, telemetry::Metrics};

/// Connections that read.
const READERS: u32 = 4;
/// How long a connection waits for another process that writes.
const BUSY: Duration = Duration::from_secs(5);

/// The database failed, or holds something impossible.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite refused.
    #[error("the database could not be used")]
    Driver(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the database could not be brought up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A row holds what no version of this program writes.
    #[error("the database holds an impossible value in {0}")]
    Corrupt(&'static str),
    /// A write came after the store was closed, or its group failed as a whole.
    #[error("the database did not take the write: {0}")]
    Write(Arc<str>),
}

/// A handle on the database. Clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    readers: SqlitePool,
    writer: writer::Writer,
}

impl Store {
    /// Opens the database file, makes it when there is none, and brings its schema up to date.
    pub async fn open(path: &Path, metrics: Metrics) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(BUSY)
            .foreign_keys(false)
            .pragma("temp_store", "memory")
            .pragma("wal_autocheckpoint", "0")
            .pragma("journal_size_limit", "67108864");
        make_private(path).map_err(sqlx::Error::Io)?;
        let mut connection = connect(&options.clone().create_if_missing(true)).await?;
        sqlx::migrate!().run(&mut connection).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .min_connections(0)
            .idle_timeout(Some(Duration::from_secs(60)))
            .connect_lazy_with(
                options
                    .pragma("query_only", "on")
                    .pragma("cache_size", "-1024"),
            );
        // A set of tasks of its own: the writer ends last, after all who write have ended.
        let writer = writer::Writer::start(connection, readers.clone(), metrics, &Tasks::new());
        Ok(Self { readers, writer })
    }

    /// Connections for reading.
    pub(in crate::store) fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    /// Runs `work` in a transaction of its own on the one connection that writes, and answers
    /// after its commit. Nothing slow may happen inside. An error rolls it back.
    ///
    /// ```ignore
    /// store.write(Durability::Power, move |db| Box::pin(async move {
    ///     sqlx::query("delete from tokens where id = ?1").bind(id).execute(db).await?;
    ///     Ok(())
    /// })).await
    /// ```
    pub(in crate::store) async fn write<T, F>(
        &self,
        durability: Durability,
        work: F,
    ) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, StoreError>>
            + Send
            + 'static,
    {
        self.writer.call(durability, work).await
    }

    /// Bytes of the database file.
    pub async fn size_bytes(&self) -> Result<u64, StoreError> {
        let pages: (i64, i64) = sqlx::query_as(
            "select page_count, page_size from pragma_page_count(), pragma_page_size()",
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(u64::try_from(pages.0.saturating_mul(pages.1)).unwrap_or(0))
    }

    /// The version of SQLite.
    pub async fn sqlite_version(&self) -> Result<String, StoreError> {
        let version = sqlx::query_scalar("select sqlite_version()")
            .fetch_one(&self.readers)
            .await?;
        Ok(version)
    }

    /// The version of the schema that this program brings its database to.
    pub fn schema_version() -> i64 {
        let newest = sqlx::migrate!().iter().map(|migration| migration.version);
        newest.max().unwrap_or(0)
    }

    /// Waits for all writes under way, moves the journal into the file, and closes it.
    pub async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }
}

/// Makes the file, readable by its owner alone; SQLite gives its companions the same mode.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path).map(drop)
}

async fn connect(options: &SqliteConnectOptions) -> Result<SqliteConnection, StoreError> {
    use sqlx::ConnectOptions as _;
    Ok(options.connect().await?)
}

#[cfg(test)]
mod tests;

#[cfg(all(test, unix))]
#[tokio::test]
async fn the_database_and_its_companions_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let (store, folder) = testing::store().await;
    store.set_meta("a", "b".to_owned()).await.unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", file.file_name());
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! A store on a file of its own, gone when dropped.

    use super::*;

    /// A fresh database.
    pub(crate) async fn store() -> (Store, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("test.db"), Metrics::new(false))
            .await
            .unwrap();
        (store, folder)
    }
}
