//! Runs of scheduled jobs: claimed before anything is done, begun once, settled once.

use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use super::{
    Durability, Store, StoreError,
    cron::{corrupt, json},
};
use crate::model::{
    CronJobId, CronRun, CronRunId, Delivery, MicroUsd, RunStatus, SessionId, Timestamp, Trigger,
    TurnId,
};

/// Which runs to list.
#[derive(Clone, Debug, Default)]
pub struct CronRunList {
    /// Only of this job.
    pub job_id: Option<CronJobId>,
    /// Only those that stand so.
    pub status: Option<RunStatus>,
    /// Only those before this row.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

/// A try that begins.
#[derive(Clone, Debug)]
pub struct CronStart {
    /// The run.
    pub run_id: CronRunId,
    /// When.
    pub at: Timestamp,
    /// The conversation that it works in.
    pub session_id: Option<SessionId>,
    /// The turn that it will be.
    pub turn_id: Option<TurnId>,
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct CronEnd {
    /// The run.
    pub run_id: CronRunId,
    /// ok or failed.
    pub status: RunStatus,
    /// Why, where that is not plain.
    pub reason: Option<String>,
    /// What came out of it.
    pub output: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// What it cost.
    pub cost: Option<MicroUsd>,
    /// When.
    pub at: Timestamp,
    /// Where the result goes.
    pub deliver: Option<Delivery>,
    /// So many failures in a row pause the job; 0 = never.
    pub pause_after: u32,
    /// Deletes the job.
    pub delete_job: bool,
}

/// What the end of a run did to its job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CronAftermath {
    /// Runs in a row that failed by now.
    pub failures: u32,
    /// The job was paused.
    pub paused: bool,
    /// The job was deleted.
    pub deleted: bool,
}

const COLUMNS: &str = "row, id, job_id, trigger, scheduled_at, status, reason, start_at, attempt, \
     started_at, finished_at, output, error, session_id, turn_id, cost_micros, missed_count, \
     deliver";

impl Store {
    /// Keeps a run that somebody wants now; the moment moves on by milliseconds until it is free.
    pub async fn insert_manual_run(&self, mut run: CronRun) -> Result<CronRun, StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                let taken: Option<i64> = sqlx::query_scalar(
                    "select max(scheduled_at) from cron_runs
                     where job_id = ?1 and scheduled_at between ?2 and ?2 + 1000",
                )
                .bind(run.job_id.as_bytes().to_vec())
                .bind(run.scheduled_at.as_millis())
                .fetch_one(&mut *db)
                .await?;
                if let Some(taken) = taken {
                    run.scheduled_at = Timestamp::from_millis(taken + 1);
                }
                run.start_at = run.scheduled_at;
                run.row = insert(db, run.clone()).await?.unwrap_or_default();
                Ok(run)
            })
        })
        .await
    }

    /// Begins a try of a run that waits; `false`: it waits no longer.
    pub async fn start_cron_run(&self, start: CronStart) -> Result<bool, StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                let done = sqlx::query(
                    "update cron_runs set started_at = ?2, attempt = attempt + 1, reason = null,
                         session_id = ?3, turn_id = ?4
                     where id = ?1 and status = 'running' and started_at is null",
                )
                .bind(start.run_id.as_bytes().to_vec())
                .bind(start.at.as_millis())
                .bind(start.session_id.as_ref().map(SessionId::as_str))
                .bind(start.turn_id.map(|id| id.as_bytes().to_vec()))
                .execute(db)
                .await?;
                Ok(done.rows_affected() == 1)
            })
        })
        .await
    }

    /// Puts a run that is to be tried again back in line.
    pub async fn retry_cron_run(
        &self,
        id: CronRunId,
        start_at: Timestamp,
        reason: String,
        error: Option<String>,
    ) -> Result<bool, StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                let done = sqlx::query(
                    "update cron_runs set started_at = null, start_at = ?2, reason = ?3, error = ?4
                     where id = ?1 and status = 'running'",
                )
                .bind(id.as_bytes().to_vec())
                .bind(start_at.as_millis())
                .bind(reason)
                .bind(error)
                .execute(db)
                .await?;
                Ok(done.rows_affected() == 1)
            })
        })
        .await
    }

    /// Settles a run, with what that means for its job. None: it was settled before.
    pub async fn finish_cron_run(&self, end: CronEnd) -> Result<Option<CronAftermath>, StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                let job: Option<Vec<u8>> = sqlx::query_scalar(
                    "update cron_runs set status = ?2, reason = ?3, output = ?4, error = ?5,
                         cost_micros = ?6, finished_at = ?7, deliver = ?8
                     where id = ?1 and status = 'running' returning job_id",
                )
                .bind(end.run_id.as_bytes().to_vec())
                .bind(end.status.as_str())
                .bind(&end.reason)
                .bind(&end.output)
                .bind(&end.error)
                .bind(end.cost.map(|cost| cost.0))
                .bind(end.at.as_millis())
                .bind(end.deliver.as_ref().map(json))
                .fetch_optional(&mut *db)
                .await?;
                match job {
                    Some(job) => Ok(Some(settle_job(db, job, &end).await?)),
                    None => Ok(None),
                }
            })
        })
        .await
    }

    /// The runs that could begin: of each job that is not under way the first that waits, if its
    /// time has come. And when the next time does.
    pub async fn list_waiting_runs(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<(Vec<CronRun>, Option<Timestamp>), StoreError> {
        let sql = format!(
            "select {COLUMNS} from cron_runs
             where status = 'running' and started_at is null and start_at <= ?1
                 and not exists (select 1 from cron_runs as other
                     where other.job_id = cron_runs.job_id and other.status = 'running'
                         and (other.started_at is not null or other.row < cron_runs.row))
             order by start_at, row limit ?2"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(now.as_millis())
            .bind(limit)
            .fetch_all(self.readers())
            .await?;
        let next: Option<i64> = sqlx::query_scalar(
            "select start_at from cron_runs
             where status = 'running' and started_at is null and start_at > ?1
             order by start_at limit 1",
        )
        .bind(now.as_millis())
        .fetch_optional(self.readers())
        .await?;
        let runs = rows.iter().map(run_from).collect::<Result<_, _>>()?;
        Ok((runs, next.map(Timestamp::from_millis)))
    }

    /// Runs that had begun and were not settled.
    pub async fn list_begun_runs(&self) -> Result<Vec<CronRun>, StoreError> {
        let sql = format!(
            "select {COLUMNS} from cron_runs
             where status = 'running' and started_at is not null order by row"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(run_from).collect()
    }

    /// Runs of a job that are under way or wait.
    pub async fn list_open_runs(&self, job: CronJobId) -> Result<Vec<CronRun>, StoreError> {
        let sql = format!(
            "select {COLUMNS} from cron_runs where job_id = ?1 and status = 'running' order by row"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(job.as_bytes().to_vec())
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(run_from).collect()
    }

    /// Passes over what waits of a job; answers which runs.
    pub async fn drop_waiting_runs(
        &self,
        job: CronJobId,
        reason: &'static str,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.write(Durability::Process, move |db| {
            Box::pin(async move {
                let done = sqlx::query(
                    "update cron_runs set status = 'skipped', reason = ?2, finished_at = ?3
                     where job_id = ?1 and status = 'running' and started_at is null",
                )
                .bind(job.as_bytes().to_vec())
                .bind(reason)
                .bind(now.as_millis())
                .execute(db)
                .await?;
                Ok(done.rows_affected())
            })
        })
        .await
    }

    /// Runs whose results have yet to go somewhere.
    pub async fn list_undelivered_runs(&self) -> Result<Vec<CronRun>, StoreError> {
        let sql = format!("select {COLUMNS} from cron_runs where deliver is not null order by row");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(run_from).collect()
    }

    /// Notes that a run's result is where it was to go.
    pub async fn set_cron_delivered(&self, id: CronRunId) -> Result<(), StoreError> {
        self.write(Durability::Process, move |db| {
            Box::pin(async move {
                sqlx::query("update cron_runs set deliver = null where id = ?1")
                    .bind(id.as_bytes().to_vec())
                    .execute(db)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// A run, if it is known.
    pub async fn find_cron_run(&self, id: CronRunId) -> Result<Option<CronRun>, StoreError> {
        let sql = format!("select {COLUMNS} from cron_runs where id = ?1");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(id.as_bytes().to_vec())
            .fetch_optional(self.readers())
            .await?
            .as_ref()
            .map(run_from)
            .transpose()
    }

    /// A page of runs, the newest first.
    pub async fn list_cron_runs(&self, list: &CronRunList) -> Result<Vec<CronRun>, StoreError> {
        let mut sql = format!("select {COLUMNS} from cron_runs where row < ?1");
        if list.job_id.is_some() {
            sql.push_str(" and job_id = ?2");
        }
        if list.status.is_some() {
            sql.push_str(" and status = ?3");
        }
        sql.push_str(" order by row desc limit ?4");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(list.before.unwrap_or(i64::MAX))
            .bind(list.job_id.map(|id| id.as_bytes().to_vec()))
            .bind(list.status.map(RunStatus::as_str))
            .bind(list.limit)
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(run_from).collect()
    }
}

/// The last run of a job, without what came out of it.
pub(super) async fn last_of(store: &Store, job: CronJobId) -> Result<Option<CronRun>, StoreError> {
    let columns = COLUMNS.replace("output,", "null as output,");
    let sql =
        format!("select {columns} from cron_runs where job_id = ?1 order by row desc limit 1");
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(job.as_bytes().to_vec())
        .fetch_optional(store.readers())
        .await?
        .as_ref()
        .map(run_from)
        .transpose()
}

/// Keeps a run; none: its moment has one already.
pub(super) async fn insert(
    db: &mut SqliteConnection,
    run: CronRun,
) -> Result<Option<i64>, StoreError> {
    Ok(sqlx::query_scalar(
        "insert into cron_runs (id, job_id, trigger, scheduled_at, status, reason, start_at,
             attempt, started_at, finished_at, missed_count)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         on conflict (job_id, scheduled_at) do nothing returning row",
    )
    .bind(run.id.as_bytes().to_vec())
    .bind(run.job_id.as_bytes().to_vec())
    .bind(run.trigger.as_str())
    .bind(run.scheduled_at.as_millis())
    .bind(run.status.as_str())
    .bind(&run.reason)
    .bind(run.start_at.as_millis())
    .bind(run.attempt)
    .bind(run.started_at.map(Timestamp::as_millis))
    .bind(run.finished_at.map(Timestamp::as_millis))
    .bind(
        run.missed_count
            .map(|count| i64::try_from(count).unwrap_or(i64::MAX)),
    )
    .fetch_optional(db)
    .await?)
}

async fn settle_job(
    db: &mut SqliteConnection,
    job: Vec<u8>,
    end: &CronEnd,
) -> Result<CronAftermath, StoreError> {
    let failed = end.status == RunStatus::Failed;
    let failures: Option<u32> = sqlx::query_scalar(
        "update cron_jobs set failures = iif(?2, failures + 1, 0) where id = ?1 returning failures",
    )
    .bind(&job)
    .bind(failed)
    .fetch_optional(&mut *db)
    .await?;
    let mut after = CronAftermath {
        failures: failures.unwrap_or(0),
        ..CronAftermath::default()
    };
    if failed && end.pause_after > 0 && after.failures >= end.pause_after {
        let why = format!(
            "It failed {} times in a row. The last time: {}",
            after.failures,
            end.error.as_deref().unwrap_or("nobody knows why")
        );
        let done = sqlx::query(
            "update cron_jobs set paused_at = ?2, pause_reason = ?3, pause_forced = 1,
                 version = version + 1
             where id = ?1 and paused_at is null and next_at is not null and deleted_at is null",
        )
        .bind(&job)
        .bind(end.at.as_millis())
        .bind(why)
        .execute(&mut *db)
        .await?;
        after.paused = done.rows_affected() == 1;
    }
    if end.delete_job {
        let done = sqlx::query(
            "update cron_jobs set deleted_at = ?2, version = version + 1
             where id = ?1 and deleted_at is null",
        )
        .bind(&job)
        .bind(end.at.as_millis())
        .execute(db)
        .await?;
        after.deleted = done.rows_affected() == 1;
    }
    Ok(after)
}

fn run_from(row: &SqliteRow) -> Result<CronRun, StoreError> {
    let text = |column: &str| row.try_get::<&str, _>(column);
    let moment = |column: &str| -> Result<Option<Timestamp>, StoreError> {
        Ok(row
            .try_get::<Option<i64>, _>(column)?
            .map(Timestamp::from_millis))
    };
    let turn: Option<Vec<u8>> = row.try_get("turn_id")?;
    let session: Option<&str> = row.try_get("session_id")?;
    let deliver: Option<&str> = row.try_get("deliver")?;
    let missed: Option<i64> = row.try_get("missed_count")?;
    Ok(CronRun {
        row: row.try_get("row")?,
        id: CronRunId::from_bytes(&row.try_get::<Vec<u8>, _>("id")?)
            .map_err(corrupt("cron_runs.id"))?,
        job_id: CronJobId::from_bytes(&row.try_get::<Vec<u8>, _>("job_id")?)
            .map_err(corrupt("cron_runs.job_id"))?,
        trigger: text("trigger")?
            .parse::<Trigger>()
            .map_err(corrupt("cron_runs.trigger"))?,
        scheduled_at: moment("scheduled_at")?.unwrap_or_default(),
        status: text("status")?
            .parse()
            .map_err(corrupt("cron_runs.status"))?,
        reason: row.try_get("reason")?,
        start_at: moment("start_at")?.unwrap_or_default(),
        attempt: row.try_get("attempt")?,
        started_at: moment("started_at")?,
        finished_at: moment("finished_at")?,
        output: row.try_get("output")?,
        error: row.try_get("error")?,
        session_id: session.and_then(|text| text.parse().ok()),
        turn_id: turn.and_then(|bytes| TurnId::from_bytes(&bytes).ok()),
        cost: row.try_get::<Option<i64>, _>("cost_micros")?.map(MicroUsd),
        missed_count: missed.and_then(|count| u64::try_from(count).ok()),
        deliver: deliver
            .map(|text| serde_json::from_str(text).map_err(corrupt("cron_runs.deliver")))
            .transpose()?,
    })
}
