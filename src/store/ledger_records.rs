//! Rows of the ledger, for those who look.

use sqlx::{Row as _, sqlite::SqliteRow};

use super::{Store, StoreError};
use crate::model::{
    BillTo, CallId, CallOrigin, CallRecord, CallStatus, Cursor, DeviceId, MicroUsd, OpenCall,
    PriceUsed, SessionId, SettledCall, Timestamp, TurnId, Usage,
};

/// Which calls to list.
#[derive(Clone, Debug, Default)]
pub struct CallFilter {
    /// Begun at this moment or later.
    pub from: Option<Timestamp>,
    /// Begun before this moment.
    pub until: Option<Timestamp>,
    /// Of this provider.
    pub provider: Option<String>,
    /// Of this model.
    pub model: Option<String>,
    /// Of this conversation.
    pub session_id: Option<SessionId>,
    /// Of this turn.
    pub turn_id: Option<TurnId>,
    /// Come in by this door.
    pub origin: Option<CallOrigin>,
    /// Asked for by this device.
    pub device_id: Option<DeviceId>,
    /// Of this job.
    pub job: Option<String>,
    /// Ended so.
    pub status: Option<CallStatus>,
    /// Only those whose cost nobody knows.
    pub unpriced: bool,
}

impl Store {
    /// Rows of the ledger, the newest first.
    pub async fn list_calls(
        &self,
        filter: &CallFilter,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Vec<CallRecord>, StoreError> {
        let after = after.unwrap_or(Cursor {
            key: i64::MAX,
            row: i64::MAX,
        });
        // Only what is asked for stands in the text, so that an index serves it.
        let mut sql = "select calls.*, sessions.title as session_title
             from provider_calls as calls left join sessions on sessions.id = calls.session_id
             where (calls.started_at, calls.row) < (?1, ?2)"
            .to_owned();
        let wanted = [
            (filter.from.is_some(), "calls.started_at >= ?4"),
            (filter.until.is_some(), "calls.started_at < ?5"),
            (filter.provider.is_some(), "calls.provider = ?6"),
            (filter.model.is_some(), "calls.model = ?7"),
            (filter.session_id.is_some(), "calls.session_id = ?8"),
            (filter.turn_id.is_some(), "calls.turn_id = ?9"),
            (filter.origin.is_some(), "calls.origin = ?10"),
            (filter.device_id.is_some(), "calls.device_id = ?11"),
            (filter.job.is_some(), "calls.job = ?12"),
            (filter.status.is_some(), "calls.status = ?13"),
            (
                filter.unpriced,
                "calls.cost_micros is null and calls.status <> 'open'",
            ),
        ];
        for (_, condition) in wanted.into_iter().filter(|(used, _)| *used) {
            sql.push_str(" and ");
            sql.push_str(condition);
        }
        sql.push_str(" order by calls.started_at desc, calls.row desc limit ?3");
        let millis = |at: Option<Timestamp>| at.map(Timestamp::as_millis);
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(after.key)
            .bind(after.row)
            .bind(limit)
            .bind(millis(filter.from))
            .bind(millis(filter.until))
            .bind(filter.provider.as_deref())
            .bind(filter.model.as_deref())
            .bind(filter.session_id.as_ref().map(SessionId::as_str))
            .bind(filter.turn_id.map(|id| id.as_bytes().to_vec()))
            .bind(filter.origin.map(CallOrigin::as_str))
            .bind(filter.device_id.map(|id| id.as_bytes().to_vec()))
            .bind(filter.job.as_deref())
            .bind(filter.status.map(CallStatus::as_str))
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(record_from).collect()
    }
}

fn record_from(row: &SqliteRow) -> Result<CallRecord, StoreError> {
    let count = |column: &str| -> Result<u64, StoreError> {
        Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or(0))
    };
    let maybe = |column: &str| -> Result<Option<u64>, StoreError> {
        let value: Option<i64> = row.try_get(column)?;
        Ok(value.and_then(|value| u64::try_from(value).ok()))
    };
    let money = |column: &str| -> Result<Option<MicroUsd>, StoreError> {
        Ok(row.try_get::<Option<i64>, _>(column)?.map(MicroUsd))
    };
    let word = |column: &str| -> Result<&str, StoreError> { Ok(row.try_get(column)?) };
    let id = CallId::from_bytes(&row.try_get::<Vec<u8>, _>("id")?)
        .map_err(|_| StoreError::Corrupt("provider_calls.id"))?;
    let source = row
        .try_get::<Option<&str>, _>("price_source")?
        .and_then(|source| source.parse().ok());
    let price = match (
        money("price_input")?,
        money("price_cached")?,
        money("price_output")?,
        source,
    ) {
        (Some(input), Some(cached), Some(output), Some(source)) => Some(PriceUsed {
            input,
            cached,
            output,
            source,
        }),
        _ => None,
    };
    let turn: Option<Vec<u8>> = row.try_get("turn_id")?;
    let device: Option<Vec<u8>> = row.try_get("device_id")?;
    let session: Option<&str> = row.try_get("session_id")?;
    let provider = word("provider")?.to_owned();
    let model = word("model")?.to_owned();
    Ok(CallRecord {
        row: row.try_get("row")?,
        open: OpenCall {
            id,
            started_at: Timestamp::from_millis(row.try_get("started_at")?),
            provider: provider.clone(),
            model: model.clone(),
            bill: BillTo {
                session_id: session.and_then(|session| session.parse().ok()),
                turn_id: turn.and_then(|turn| TurnId::from_bytes(&turn).ok()),
                origin: word("origin")?.parse().unwrap_or_default(),
                device_id: device.and_then(|device| DeviceId::from_bytes(&device).ok()),
                job: row.try_get("job")?,
            },
            price,
            assumed: money("assumed_micros")?,
        },
        settled: SettledCall {
            id,
            status: word("status")?
                .parse()
                .map_err(|()| StoreError::Corrupt("provider_calls.status"))?,
            provider,
            model,
            usage: Usage {
                input_tokens: count("input_tokens")?,
                output_tokens: count("output_tokens")?,
                cached_tokens: count("cached_tokens")?,
                reasoning_tokens: count("reasoning_tokens")?,
            },
            cache_write_tokens: maybe("cache_write_tokens")?,
            price,
            cost: money("cost_micros")?,
            assumed: money("assumed_micros")?,
            first_token_ms: maybe("first_token_ms")?,
            duration_ms: maybe("duration_ms")?.unwrap_or(0),
        },
        session_title: row.try_get("session_title")?,
    })
}
