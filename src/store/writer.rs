//! The one writer. Every write goes through one connection and one task. The turns' own writes
//! (new turns, journal entries, endings) are gathered while the write before them is under way
//! and go to SQLite together, as one script in one transaction; what is rarer runs one by one.

use std::{
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::BoxFuture;
use sqlx::{Executor as _, SqlitePool, sqlite::SqliteConnection};
use tokio::sync::{Notify, mpsc, oneshot};

use super::{
    StoreError,
    group::{Group, GroupWrite},
    ledger_script::LedgerWrite,
    turn_script::TurnWrite,
};
use crate::{tasks::Tasks, telemetry::Metrics};

/// Writes that may wait before their makers are held back.
const QUEUE: usize = 1024;
/// Writes in one transaction.
const GROUP: usize = 512;
/// The journal is moved into the file after this much work: a write counts as one, and a
/// transaction, which writes some pages whatever it holds, as ten…
const CHECKPOINT_WORK: u64 = 10_000;
const GROUP_WORK: u64 = 10;
/// … or after this long, when there were any.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(30);
/// Pages of journal (4 KiB each) at which writers wait until it is moved: 64 MiB.
const JOURNAL_PAGES: i64 = 16_384;

/// What an acknowledged write survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// The end of the process, however sudden.
    Process,
    /// A power cut too: the disk is synchronised before the answer.
    Power,
}

/// A write for which there was no room.
pub(super) type Refused = Box<(LedgerWrite, Kept)>;

/// Told once its write is kept, or why it is not. Runs on the writer's task: must be quick.
pub(super) type Kept = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

enum Job {
    Group(GroupWrite, Kept),
    Call(Durability, Box<dyn Call>),
    Close(oneshot::Sender<()>),
}

/// A write of its own: run inside a transaction, answered after it.
trait Call: Send {
    /// Does the work; `false` asks for a rollback.
    fn run<'c>(&'c mut self, connection: &'c mut SqliteConnection) -> BoxFuture<'c, bool>;
    /// Answers; an error takes the place of the work's own result.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct TypedCall<T, F> {
    work: Option<F>,
    result: Option<Result<T, StoreError>>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Call for TypedCall<T, F>
where
    T: Send + 'static,
    F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, StoreError>> + Send,
{
    fn run<'c>(&'c mut self, connection: &'c mut SqliteConnection) -> BoxFuture<'c, bool> {
        Box::pin(async move {
            if let Some(work) = self.work.take() {
                self.result = Some(work(connection).await);
            }
            matches!(self.result, Some(Ok(_)))
        })
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let result = match (self.result, committed) {
            (Some(Err(error)), _) | (_, Err(error)) => Err(error),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(closed()),
        };
        // Whoever asked may have gone; the write stands all the same.
        let _gone = self.answer.send(result);
    }
}

/// How much was written, for those who move the journal into the file.
#[derive(Debug, Default)]
struct Written {
    work: AtomicU64,
    checkpoint: Notify,
}

/// Room for one write of a turn. Taking it can't be interrupted half-way.
pub struct TurnRoom<'a>(Option<mpsc::Permit<'a, Job>>);

impl TurnRoom<'_> {
    /// Queues the write; `kept` is called after its transaction, on the writer's task.
    pub fn write(
        self,
        write: TurnWrite,
        kept: impl FnOnce(Result<(), StoreError>) + Send + 'static,
    ) {
        match self.0 {
            Some(permit) => permit.send(Job::Group(GroupWrite::Turn(write.into()), Box::new(kept))),
            None => kept(Err(closed())),
        }
    }
}

/// Hands writes to the writer task. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    /// Starts the task on a connection of its own; checkpoints go over the readers, so that no
    /// write waits for the disk.
    pub(super) fn start(
        connection: SqliteConnection,
        readers: SqlitePool,
        metrics: Metrics,
        tasks: &Tasks,
    ) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let written = Arc::new(Written::default());
        drop(tasks.spawn(
            "store checkpoints",
            checkpoints(readers, Arc::downgrade(&written)),
        ));
        let task = WriterTask {
            connection,
            queue,
            written,
            metrics,
        };
        drop(tasks.spawn("store writer", task.run()));
        Self { jobs }
    }

    /// Waits for room for a turn's write.
    pub(super) async fn room(&self) -> TurnRoom<'_> {
        TurnRoom(self.jobs.reserve().await.ok())
    }

    /// Queues a write of the ledger; `kept` is called after its transaction. Gives both back while
    /// the queue is full.
    pub(super) fn try_ledger(&self, write: LedgerWrite, kept: Kept) -> Result<(), Refused> {
        match self.jobs.try_reserve() {
            Ok(permit) => permit.send(Job::Group(GroupWrite::Ledger(write.into()), kept)),
            Err(mpsc::error::TrySendError::Full(())) => return Err(Box::new((write, kept))),
            Err(mpsc::error::TrySendError::Closed(())) => kept(Err(closed())),
        }
        Ok(())
    }

    /// The same, and waits for room.
    pub(super) async fn ledger(&self, write: LedgerWrite, kept: Kept) {
        match self.jobs.reserve().await {
            Ok(permit) => permit.send(Job::Group(GroupWrite::Ledger(write.into()), kept)),
            Err(_) => kept(Err(closed())),
        }
    }

    /// Runs `work` in a transaction of its own.
    pub(super) async fn call<T, F>(&self, durability: Durability, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, StoreError>>
            + Send
            + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let call = Box::new(TypedCall {
            work: Some(work),
            result: None,
            answer,
        });
        self.jobs
            .send(Job::Call(durability, call))
            .await
            .map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }

    /// Waits for what is queued, then closes the connection.
    pub(super) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.jobs.send(Job::Close(done)).await.is_ok() {
            let _already_closed = closed.await;
        }
    }
}

struct WriterTask {
    connection: SqliteConnection,
    queue: mpsc::Receiver<Job>,
    written: Arc<Written>,
    metrics: Metrics,
}

impl WriterTask {
    async fn run(mut self) {
        let mut jobs = Vec::with_capacity(64);
        while self.queue.recv_many(&mut jobs, GROUP).await > 0 {
            let mut turns = Vec::new();
            for job in jobs.drain(..) {
                match job {
                    Job::Group(write, kept) => turns.push((write, kept)),
                    Job::Call(durability, call) => {
                        self.turns(&mut turns).await;
                        self.call(durability, call).await;
                    }
                    Job::Close(done) => {
                        self.turns(&mut turns).await;
                        self.close(done).await;
                        return;
                    }
                }
            }
            self.turns(&mut turns).await;
        }
    }

    /// Commits a group of the turns' writes, then tells each.
    async fn turns(&mut self, group: &mut Vec<(GroupWrite, Kept)>) {
        if group.is_empty() {
            return;
        }
        let started = Instant::now();
        let script = Group::of(group.iter().map(|(write, _)| write));
        let result = script.alone().execute(&mut self.connection).await;
        if result.is_err() {
            self.roll_back().await;
        }
        self.count(group.len(), started);
        let failure = result.err().map(|error| {
            tracing::error!(%error, writes = group.len(), "the journal could not be written");
            Arc::<str>::from(error.to_string())
        });
        for (_, kept) in group.drain(..) {
            kept(
                failure
                    .clone()
                    .map_or(Ok(()), |why| Err(StoreError::Write(why))),
            );
        }
    }

    async fn call(&mut self, durability: Durability, mut call: Box<dyn Call>) {
        let started = Instant::now();
        let committed = self.transaction(durability, call.as_mut()).await;
        self.count(1, started);
        call.answer(committed);
    }

    async fn transaction(
        &mut self,
        durability: Durability,
        call: &mut dyn Call,
    ) -> Result<(), StoreError> {
        if durability == Durability::Power {
            self.connection.execute("pragma synchronous = full").await?;
        }
        let mut committed = self.connection.execute("begin immediate").await.map(drop);
        if committed.is_ok() {
            if call.run(&mut self.connection).await {
                committed = self.connection.execute("commit").await.map(drop);
            } else {
                self.roll_back().await;
            }
            if committed.is_err() {
                self.roll_back().await;
            }
        }
        if durability == Durability::Power {
            self.connection
                .execute("pragma synchronous = normal")
                .await?;
        }
        Ok(committed?)
    }

    /// Leaves no transaction open. SQLite may have rolled back by itself: that is no error.
    async fn roll_back(&mut self) {
        if let Err(error) = self.connection.execute("rollback").await {
            tracing::debug!(%error, "nothing to roll back");
        }
    }

    fn count(&self, writes: usize, started: Instant) {
        self.metrics
            .db_write_group(writes as u64, started.elapsed());
        self.metrics.db_queue_depth(self.queue.len() as u64);
        let work = GROUP_WORK + writes as u64;
        let before = self.written.work.fetch_add(work, Ordering::Relaxed);
        if before / CHECKPOINT_WORK != (before + work) / CHECKPOINT_WORK {
            self.written.checkpoint.notify_one();
        }
    }

    async fn close(mut self, done: oneshot::Sender<()>) {
        if let Err(error) = self
            .connection
            .execute("pragma wal_checkpoint(truncate)")
            .await
        {
            tracing::warn!(%error, "the journal stays beside the database until the next start");
        }
        if let Err(error) = sqlx::Connection::close(self.connection).await {
            tracing::warn!(%error, "the database did not close cleanly");
        }
        let _nobody_waits = done.send(());
    }
}

/// Moves the journal into the file when enough was written, or after a while, off the writer's
/// path. Ends with the writer, which holds the other end of `written`.
async fn checkpoints(readers: SqlitePool, written: Weak<Written>) {
    let mut done = 0;
    while let Some(written) = written.upgrade() {
        let _due = tokio::time::timeout(CHECKPOINT_EVERY, written.checkpoint.notified()).await;
        let work = written.work.load(Ordering::Relaxed);
        drop(written);
        if work == done || readers.is_closed() {
            continue;
        }
        match checkpoint(&readers).await {
            Ok(()) => done = work,
            Err(error) => tracing::debug!(%error, "a checkpoint was put off"),
        }
    }
}

async fn checkpoint(readers: &SqlitePool) -> Result<(), sqlx::Error> {
    let (_, pages, _): (i64, i64, i64) = sqlx::query_as("pragma wal_checkpoint(passive)")
        .fetch_one(readers)
        .await?;
    if pages > JOURNAL_PAGES {
        // Readers and writers never let it run dry: hold them for a moment.
        readers.execute("pragma wal_checkpoint(restart)").await?;
    }
    Ok(())
}

fn closed() -> StoreError {
    StoreError::Write("the database is closed".into())
}
