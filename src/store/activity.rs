//! What the overview asks: how many turns ended when and how fast, and turns in one line each.

use sqlx::{Row as _, sqlite::SqliteRow};

use super::{Store, StoreError};
use crate::model::{
    ActivitySum, DeviceId, MicroUsd, Origin, SessionId, Timestamp, TurnFilter, TurnId, TurnQuery,
    TurnSummary, Usage,
};

/// Characters of a message that a summary shows.
const EXCERPT: i64 = 200;

/// Reads nothing but the index `turns_by_end`. A percentile is the value at its rank.
const SUMS: &str = "
with ended as materialized (
    select (finished_at - ?1) / ?3 as bucket, state = 'done' as answered,
        state in ('failed', 'interrupted') as failed, input_tokens, output_tokens,
        finished_at - created_at as took, first_token_ms as first
    from turns indexed by turns_by_end
    where finished_at >= ?1 and finished_at < ?2 and last_seq > 0
),
slow as (
    select bucket,
        max(iif(place = (total + 1) / 2, took, null)) as p50,
        max(iif(place = (total * 95 + 99) / 100, took, null)) as p95
    from (select bucket, took, row_number() over (partition by bucket order by took) as place,
            count(*) over (partition by bucket) as total
        from ended where answered)
    group by bucket
),
early as (
    select bucket, max(iif(place = (total + 1) / 2, first, null)) as p50
    from (select bucket, first, row_number() over (partition by bucket order by first) as place,
            count(*) over (partition by bucket) as total
        from ended where answered and first is not null)
    group by bucket
)
select sums.bucket, turns, failed, input, output, slow.p50 as p50, slow.p95 as p95,
    early.p50 as first_p50
from (select bucket, count(*) as turns, sum(failed) as failed, sum(input_tokens) as input,
        sum(output_tokens) as output
    from ended group by bucket) as sums
left join slow using (bucket)
left join early using (bucket)
order by sums.bucket";

/// Turns that took `?6` milliseconds or more, by the index `turns_by_end` where they have ended:
/// their times stand behind their texts, which are long.
const SLOW: &str = "(turns.finished_at is null and ?7 - turns.created_at >= ?6 or turns.row in (
    select slow.row from turns as slow indexed by turns_by_end
    where slow.finished_at is not null and slow.last_seq > 0
        and slow.finished_at - slow.created_at >= ?6))";

impl Store {
    /// What ended from `from` until before `until`, in stretches of `width_ms`; those in which
    /// nothing ended are left out. The number is the stretch's place.
    pub async fn sum_activity(
        &self,
        from: Timestamp,
        until: Timestamp,
        width_ms: i64,
    ) -> Result<Vec<(usize, ActivitySum)>, StoreError> {
        let rows = sqlx::query(SUMS)
            .bind(from.as_millis())
            .bind(until.as_millis())
            .bind(width_ms.max(1))
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(sum_from).collect()
    }

    /// Turns in one line each, the newest first. `now` is where turns under way have come to.
    pub async fn list_turn_summaries(
        &self,
        query: &TurnQuery,
        now: Timestamp,
    ) -> Result<Vec<TurnSummary>, StoreError> {
        let wanted = match query.filter {
            TurnFilter::All => "turns.last_seq > 0 or turns.finished_at is null",
            TurnFilter::Active => "turns.finished_at is null",
            TurnFilter::Done => "turns.state = 'done' and turns.last_seq > 0",
            TurnFilter::Cancelled => "turns.state = 'cancelled' and turns.last_seq > 0",
            TurnFilter::Failed => "turns.state in ('failed', 'interrupted') and turns.last_seq > 0",
        };
        let sql = format!(
            "select turns.row as row, turns.id as id, session_id, coalesce(title, '') as title,
                 turns.state as state, turns.origin as origin, turns.device_id as device_id,
                 substr(turns.input, 1, {EXCERPT}) as excerpt, turns.provider as provider,
                 turns.model as model, input_tokens, output_tokens, cached_tokens,
                 reasoning_tokens, cost_micros,
                 (select count(*) from turn_events
                  where turn_id = turns.id and type = 'tool_call') as tool_calls,
                 turns.error_code as error_code, turns.error_message as error_message,
                 turns.created_at as created_at, turns.started_at as started_at,
                 turns.finished_at as finished_at
             from turns left join sessions on sessions.id = turns.session_id
             where ({wanted}) and turns.row < ?1 and sessions.deleted_at is null
                 and (?3 is null or turns.origin = ?3)
                 and (?4 is null or turns.session_id = ?4)
                 and (?5 is null or instr(lower(turns.model), lower(?5)) > 0)
                 and (?6 is null or {SLOW})
                 and (?8 is null or turns.cost_micros >= ?8)
             order by turns.row desc limit ?2"
        );
        let min_ms = query
            .min_ms
            .map(|millis| i64::try_from(millis).unwrap_or(i64::MAX));
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(query.before_row.unwrap_or(i64::MAX))
            .bind(query.limit)
            .bind(query.origin.map(Origin::as_str))
            .bind(query.session_id.as_ref().map(SessionId::as_str))
            .bind(query.model.as_deref())
            .bind(min_ms)
            .bind(now.as_millis())
            .bind(query.min_cost.map(|cost| cost.0))
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(summary_from).collect()
    }
}

fn sum_from(row: &SqliteRow) -> Result<(usize, ActivitySum), StoreError> {
    let count = |column: &str| -> Result<u64, StoreError> {
        Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or(0))
    };
    let span = |column: &str| -> Result<Option<u64>, StoreError> {
        let value: Option<i64> = row.try_get(column)?;
        // A clock that was set back makes no time negative.
        Ok(value.map(|value| u64::try_from(value).unwrap_or(0)))
    };
    let place: i64 = row.try_get("bucket")?;
    let sum = ActivitySum {
        turns: count("turns")?,
        failed: count("failed")?,
        input_tokens: count("input")?,
        output_tokens: count("output")?,
        p50_ms: span("p50")?,
        p95_ms: span("p95")?,
        first_token_p50_ms: span("first_p50")?,
    };
    Ok((usize::try_from(place).unwrap_or(0), sum))
}

fn summary_from(row: &SqliteRow) -> Result<TurnSummary, StoreError> {
    let moment = |column: &str| -> Result<Option<Timestamp>, StoreError> {
        let value: Option<i64> = row.try_get(column)?;
        Ok(value.map(Timestamp::from_millis))
    };
    let count = |column: &str| -> Result<u64, StoreError> {
        Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or(0))
    };
    let device: Option<Vec<u8>> = row.try_get("device_id")?;
    let code: Option<String> = row.try_get("error_code")?;
    Ok(TurnSummary {
        row: row.try_get("row")?,
        id: TurnId::from_bytes(&row.try_get::<Vec<u8>, _>("id")?)
            .map_err(|_| StoreError::Corrupt("turns.id"))?,
        session_id: super::sessions::session_id(row, "session_id")?,
        session_title: row.try_get("title")?,
        state: row
            .try_get::<&str, _>("state")?
            .parse()
            .map_err(|()| StoreError::Corrupt("turns.state"))?,
        origin: row
            .try_get::<&str, _>("origin")?
            .parse()
            .map_err(|()| StoreError::Corrupt("turns.origin"))?,
        device_id: device.and_then(|bytes| DeviceId::from_bytes(&bytes).ok()),
        excerpt: row.try_get("excerpt")?,
        provider: row.try_get("provider")?,
        model: row.try_get("model")?,
        usage: Usage {
            input_tokens: count("input_tokens")?,
            output_tokens: count("output_tokens")?,
            cached_tokens: count("cached_tokens")?,
            reasoning_tokens: count("reasoning_tokens")?,
        },
        cost: row.try_get::<Option<i64>, _>("cost_micros")?.map(MicroUsd),
        tool_calls: u32::try_from(count("tool_calls")?).unwrap_or(u32::MAX),
        error: code.zip(row.try_get("error_message")?),
        created_at: moment("created_at")?.unwrap_or_default(),
        started_at: moment("started_at")?,
        finished_at: moment("finished_at")?,
    })
}
