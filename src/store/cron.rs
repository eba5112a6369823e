//! Scheduled jobs: reading them, page by page, and changing them.

use sqlx::{Row as _, sqlite::SqliteRow};

use super::{Durability, Store, StoreError, cron_runs, search::escape_like};
use crate::model::{
    CronAuthor, CronJob, CronJobId, CronPause, CronRun, CronState, Cursor, SessionId, Timestamp,
    TurnId,
};

/// Which jobs to list.
#[derive(Clone, Debug, Default)]
pub struct CronJobList {
    /// Only those that stand so.
    pub state: Option<CronState>,
    /// Only those of this kind: agent, shell, tool or webhook.
    pub kind: Option<String>,
    /// Only those with these words in their name or in what they do.
    pub text: Option<String>,
    /// Only those whose last run failed.
    pub failing: bool,
    /// Go on from here.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: u32,
}

/// What a moment's planning writes: the next time, and the runs of those that have come.
#[derive(Clone, Debug)]
pub struct CronPlan {
    /// The job.
    pub job_id: CronJobId,
    /// The job as it was planned.
    pub version: u32,
    /// When it was due.
    pub due_at: Timestamp,
    /// When it is due next.
    pub next_at: Option<Timestamp>,
    /// What becomes of the times that have come.
    pub runs: Vec<CronRun>,
}

const COLUMNS: &str = "j.row, j.id, j.name, j.schedule, j.action, j.options, j.author, \
     j.session_id, j.turn_id, j.anchor_at, j.next_at, j.failures, j.paused_at, j.pause_reason, \
     j.pause_forced, j.version, j.created_at, j.updated_at, j.deleted_at, \
     (select count(*) from cron_runs where job_id = j.id and status = 'running') as open_runs";

/// Sorts jobs that are never due again behind the others…
const NEVER: i64 = i64::MAX;
/// … and those that are held back before them.
const HELD: i64 = i64::MAX - 1;
/// The order of lists, as its index has it.
const ORDER: &str =
    "iif(paused_at is null, coalesce(next_at, 9223372036854775807), 9223372036854775806)";

impl CronJobList {
    /// The cursor that names `job` as the last one seen.
    pub fn cursor_after(job: &CronJob) -> Cursor {
        let due = job.next_at.map_or(NEVER, Timestamp::as_millis);
        Cursor {
            key: if job.pause.is_some() { HELD } else { due },
            row: job.row,
        }
    }
}

impl Store {
    /// Keeps a new job; answers with its row.
    pub async fn insert_cron_job(&self, job: CronJob) -> Result<i64, StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                let row = sqlx::query_scalar(
                    "insert into cron_jobs (id, name, schedule, action, options, author,
                         session_id, turn_id, anchor_at, next_at, paused_at, pause_reason,
                         created_at, updated_at)
                     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13)
                     returning row",
                )
                .bind(job.id.as_bytes().to_vec())
                .bind(&job.name)
                .bind(json(&job.schedule))
                .bind(json(&job.action))
                .bind(json(&job.options))
                .bind(job.author.as_str())
                .bind(job.session_id.as_ref().map(SessionId::as_str))
                .bind(job.turn_id.map(|id| id.as_bytes().to_vec()))
                .bind(job.anchor_at.as_millis())
                .bind(job.next_at.map(Timestamp::as_millis))
                .bind(job.pause.as_ref().map(|pause| pause.at.as_millis()))
                .bind(job.pause.and_then(|pause| pause.reason))
                .bind(job.created_at.as_millis())
                .fetch_one(db)
                .await?;
                Ok(row)
            })
        })
        .await
    }

    /// Writes a job as it is to be, if it is still at the version before; `false`: somebody else
    /// was first.
    pub async fn update_cron_job(&self, job: CronJob, before: u32) -> Result<bool, StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                let pause = job.pause.as_ref();
                let done = sqlx::query(
                    "update cron_jobs set name = ?3, schedule = ?4, action = ?5, options = ?6,
                         anchor_at = ?7, next_at = ?8, failures = ?9, paused_at = ?10,
                         pause_reason = ?11, pause_forced = ?12, updated_at = ?13,
                         deleted_at = ?14, author = ?15, version = version + 1
                     where id = ?1 and version = ?2",
                )
                .bind(job.id.as_bytes().to_vec())
                .bind(before)
                .bind(&job.name)
                .bind(json(&job.schedule))
                .bind(json(&job.action))
                .bind(json(&job.options))
                .bind(job.anchor_at.as_millis())
                .bind(job.next_at.map(Timestamp::as_millis))
                .bind(job.failures)
                .bind(pause.map(|pause| pause.at.as_millis()))
                .bind(pause.and_then(|pause| pause.reason.clone()))
                .bind(pause.is_some_and(|pause| pause.forced))
                .bind(job.updated_at.as_millis())
                .bind(job.deleted_at.map(Timestamp::as_millis))
                .bind(job.author.as_str())
                .execute(db)
                .await?;
                Ok(done.rows_affected() == 1)
            })
        })
        .await
    }

    /// A job, deleted or not, with its last run.
    pub async fn find_cron_job(&self, id: CronJobId) -> Result<Option<CronJob>, StoreError> {
        let sql = format!("select {COLUMNS} from cron_jobs j where j.id = ?1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(id.as_bytes().to_vec())
            .fetch_optional(self.readers())
            .await?;
        let Some(job) = row.as_ref().map(job_from).transpose()? else {
            return Ok(None);
        };
        Ok(self.with_last_runs(vec![job]).await?.pop())
    }

    /// A page of jobs that are not deleted, with their last runs: the next one due first.
    pub async fn list_cron_jobs(&self, list: &CronJobList) -> Result<Vec<CronJob>, StoreError> {
        let after = list.after.unwrap_or(Cursor {
            key: i64::MIN,
            row: i64::MIN,
        });
        let mut sql = format!(
            "select {COLUMNS} from cron_jobs j
             where j.deleted_at is null and ({ORDER}, j.row) > (?1, ?2)"
        );
        sql.push_str(match list.state {
            Some(CronState::Active) => " and j.paused_at is null and j.next_at is not null",
            Some(CronState::Paused) => " and j.paused_at is not null",
            Some(CronState::Finished) => " and j.paused_at is null and j.next_at is null",
            None => "",
        });
        if list.failing {
            sql.push_str(" and j.failures > 0");
        }
        sql.push_str(
            " and (?3 is null or j.action ->> 'kind' = ?3)
              and (?4 is null or j.name like ?4 escape '\\' or j.action like ?4 escape '\\')",
        );
        sql.push_str(&format!(" order by {ORDER}, j.row limit ?5"));
        let text = list
            .text
            .as_deref()
            .map(|text| format!("%{}%", escape_like(text)));
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(after.key)
            .bind(after.row)
            .bind(&list.kind)
            .bind(text)
            .bind(list.limit)
            .fetch_all(self.readers())
            .await?;
        let jobs = rows.iter().map(job_from).collect::<Result<_, _>>()?;
        self.with_last_runs(jobs).await
    }

    async fn with_last_runs(&self, mut jobs: Vec<CronJob>) -> Result<Vec<CronJob>, StoreError> {
        for job in &mut jobs {
            job.last_run = cron_runs::last_of(self, job.id).await?.map(Box::new);
        }
        Ok(jobs)
    }

    /// Jobs that have come due, the longest due first.
    pub async fn list_due_cron_jobs(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<CronJob>, StoreError> {
        let sql = format!(
            "select {COLUMNS} from cron_jobs j
             where j.next_at <= ?1 and j.next_at is not null and j.paused_at is null
                 and j.deleted_at is null
             order by j.next_at limit ?2"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(now.as_millis())
            .bind(limit)
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(job_from).collect()
    }

    /// Jobs that go by the owner's zone, for when it changes.
    pub async fn list_zoneless_cron_jobs(&self) -> Result<Vec<CronJob>, StoreError> {
        let sql = format!(
            "select {COLUMNS} from cron_jobs j
             where j.deleted_at is null and j.schedule ->> 'kind' = 'cron'
                 and j.schedule ->> 'tz' is null"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(job_from).collect()
    }

    /// When the next job is due.
    pub async fn next_cron_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let next: Option<i64> = sqlx::query_scalar(
            "select next_at from cron_jobs
             where next_at is not null and paused_at is null and deleted_at is null
             order by next_at limit 1",
        )
        .fetch_optional(self.readers())
        .await?;
        Ok(next.map(Timestamp::from_millis))
    }

    /// Jobs of this name that are not deleted.
    pub async fn list_cron_jobs_named(&self, name: &str) -> Result<Vec<CronJobId>, StoreError> {
        let ids: Vec<Vec<u8>> = sqlx::query_scalar(
            "select id from cron_jobs where deleted_at is null and name = ?1 limit 20",
        )
        .bind(name)
        .fetch_all(self.readers())
        .await?;
        ids.iter()
            .map(|id| CronJobId::from_bytes(id).map_err(corrupt("cron_jobs.id")))
            .collect()
    }

    /// Jobs that are not deleted.
    pub async fn count_cron_jobs(&self) -> Result<u64, StoreError> {
        let count: i64 =
            sqlx::query_scalar("select count(*) from cron_jobs where deleted_at is null")
                .fetch_one(self.readers())
                .await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Names of the jobs that paused by themselves, the last first.
    pub async fn list_forced_pauses(&self) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar(
            "select name from cron_jobs
             where pause_forced = 1 and paused_at is not null and deleted_at is null
             order by paused_at desc limit 20",
        )
        .fetch_all(self.readers())
        .await?)
    }

    /// Writes what becomes of the times that have come, and when the job is due next. `false`:
    /// the job was changed meanwhile, and nothing was written.
    pub async fn plan_cron_job(&self, plan: CronPlan) -> Result<bool, StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                let done = sqlx::query(
                    "update cron_jobs set next_at = ?4
                     where id = ?1 and version = ?2 and next_at = ?3 and paused_at is null
                         and deleted_at is null",
                )
                .bind(plan.job_id.as_bytes().to_vec())
                .bind(plan.version)
                .bind(plan.due_at.as_millis())
                .bind(plan.next_at.map(Timestamp::as_millis))
                .execute(&mut *db)
                .await?;
                if done.rows_affected() == 0 {
                    return Ok(false);
                }
                for run in plan.runs {
                    cron_runs::insert(&mut *db, run).await?;
                }
                Ok(true)
            })
        })
        .await
    }

    /// Forgets jobs deleted before a moment with all their runs; of the others, keeps the last
    /// `keep` runs each. Answers how many runs went.
    pub async fn prune_cron(
        &self,
        deleted_before: Timestamp,
        keep: u32,
    ) -> Result<u64, StoreError> {
        self.write(Durability::Process, move |db| {
            Box::pin(async move {
                sqlx::query("delete from cron_jobs where deleted_at < ?1")
                    .bind(deleted_before.as_millis())
                    .execute(&mut *db)
                    .await?;
                let orphans = sqlx::query(
                    "delete from cron_runs where not exists (select 1 from cron_jobs where id = cron_runs.job_id)",
                )
                .execute(&mut *db)
                .await?;
                let old = sqlx::query(
                    "delete from cron_runs where status <> 'running' and deliver is null
                         and row in (select row from (select row, row_number() over
                             (partition by job_id order by row desc) as place from cron_runs)
                             where place > ?1)",
                )
                .bind(keep)
                .execute(db)
                .await?;
                Ok(orphans.rows_affected() + old.rows_affected())
            })
        })
        .await
    }
}

pub(super) fn json<T: serde::Serialize>(value: &T) -> String {
    // Plain data always serialises.
    serde_json::to_string(value).unwrap_or_default()
}

pub(super) fn corrupt<E>(column: &'static str) -> impl FnOnce(E) -> StoreError {
    move |_| StoreError::Corrupt(column)
}

fn job_from(row: &SqliteRow) -> Result<CronJob, StoreError> {
    let text = |column: &str| row.try_get::<&str, _>(column);
    let moment = |column: &str| -> Result<Option<Timestamp>, StoreError> {
        Ok(row
            .try_get::<Option<i64>, _>(column)?
            .map(Timestamp::from_millis))
    };
    let turn: Option<Vec<u8>> = row.try_get("turn_id")?;
    let session: Option<&str> = row.try_get("session_id")?;
    let pause = match moment("paused_at")? {
        Some(at) => Some(CronPause {
            at,
            reason: row.try_get("pause_reason")?,
            forced: row.try_get("pause_forced")?,
        }),
        None => None,
    };
    Ok(CronJob {
        row: row.try_get("row")?,
        id: CronJobId::from_bytes(&row.try_get::<Vec<u8>, _>("id")?)
            .map_err(corrupt("cron_jobs.id"))?,
        name: row.try_get("name")?,
        schedule: serde_json::from_str(text("schedule")?).map_err(corrupt("cron_jobs.schedule"))?,
        action: serde_json::from_str(text("action")?).map_err(corrupt("cron_jobs.action"))?,
        options: serde_json::from_str(text("options")?).map_err(corrupt("cron_jobs.options"))?,
        author: text("author")?
            .parse::<CronAuthor>()
            .map_err(corrupt("cron_jobs.author"))?,
        session_id: session.and_then(|text| text.parse().ok()),
        turn_id: turn.and_then(|bytes| TurnId::from_bytes(&bytes).ok()),
        anchor_at: moment("anchor_at")?.unwrap_or_default(),
        next_at: moment("next_at")?,
        failures: row.try_get("failures")?,
        pause,
        version: row.try_get("version")?,
        created_at: moment("created_at")?.unwrap_or_default(),
        updated_at: moment("updated_at")?.unwrap_or_default(),
        deleted_at: moment("deleted_at")?,
        last_run: None,
        open_runs: row.try_get("open_runs")?,
    })
}
