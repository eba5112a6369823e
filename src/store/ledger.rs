//! The ledger: what calls of providers came to, their sums, and its owner's own prices.

use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use super::{Durability, Store, StoreError, ledger_script::LedgerWrite};
use crate::model::{CostSum, CustomPrice, MicroUsd, Timestamp, TurnId, Usage};

/// What sums are kept by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// `provider/model`.
    Model,
    /// The door. Every call has one: these add up to all there is.
    Origin,
    /// The conversation.
    Session,
    /// The device, 32 hex digits.
    Device,
    /// The scheduled job.
    Job,
}

impl Dimension {
    const fn number(self) -> i64 {
        match self {
            Self::Model => 1,
            Self::Origin => 2,
            Self::Session => 3,
            Self::Device => 4,
            Self::Job => 5,
        }
    }
}

/// A stretch of time of which there are sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CostRange {
    /// The bucket it belongs to.
    pub bucket: u32,
    /// Minutes: 15, 60 or 1440.
    pub grain: i64,
    /// The first slot.
    pub from: i64,
    /// The slot after the last.
    pub until: i64,
}

const SUMS: &str = "sum(calls) as calls, sum(failed) as failed, \
     sum(unpriced_calls) as unpriced_calls, sum(unpriced_tokens) as unpriced_tokens, \
     sum(input_tokens) as input_tokens, sum(cached_tokens) as cached_tokens, \
     sum(output_tokens) as output_tokens, sum(reasoning_tokens) as reasoning_tokens, \
     sum(cost_micros) as cost_micros, sum(assumed_micros) as assumed_micros";

impl Store {
    /// Queues a write of the ledger; `kept` is called once it is in the database, or is not, on
    /// the writer's task. Gives both back while there is no room.
    pub fn try_write_ledger(
        &self,
        write: LedgerWrite,
        kept: impl FnOnce(Result<(), StoreError>) + Send + 'static,
    ) -> Result<(), WaitingWrite> {
        self.writer
            .try_ledger(write, Box::new(kept))
            .map_err(WaitingWrite)
    }

    /// Writes what there was no room for.
    pub async fn write_ledger_later(&self, waiting: WaitingWrite) {
        let (write, kept) = *waiting.0;
        self.writer.ledger(write, kept).await;
    }

    /// Writes to the ledger, and answers once it is in the database.
    pub async fn write_ledger(&self, write: LedgerWrite) -> Result<(), StoreError> {
        let (kept, done) = tokio::sync::oneshot::channel();
        let tell = Box::new(move |result| {
            let _nobody_waits = kept.send(result);
        });
        self.writer.ledger(write, tell).await;
        done.await
            .map_err(|_| StoreError::Write("the database is closed".into()))?
    }

    /// Settles what was under way when the gateway ended: its cost is not known, unless it was
    /// free. Answers how many calls.
    pub async fn settle_interrupted_calls(&self) -> Result<u64, StoreError> {
        self.write(Durability::Process, |db| {
            Box::pin(async move {
                let done = sqlx::query(
                    "update provider_calls set status = 'interrupted',
                         cost_micros = iif(price_source = 'free', 0, null)
                     where status = 'open'",
                )
                .execute(db)
                .await?;
                Ok(done.rows_affected())
            })
        })
        .await
    }

    /// Sums over stretches of time: bucket, key, sum.
    pub async fn sum_costs(
        &self,
        dimension: Dimension,
        ranges: &[CostRange],
        key: Option<&str>,
    ) -> Result<Vec<(u32, String, CostSum)>, StoreError> {
        let rows = sums_query(dimension, ranges, key)
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(keyed_sum).collect()
    }

    /// The same on the connection that writes: nothing is settled between the look and `then`,
    /// which must be quick.
    pub async fn sum_costs_settled(
        &self,
        wanted: Vec<(Dimension, Option<String>, Vec<CostRange>)>,
        then: impl FnOnce(Vec<CostSum>) + Send + 'static,
    ) -> Result<(), StoreError> {
        self.write(Durability::Process, move |db: &mut SqliteConnection| {
            Box::pin(async move {
                let mut sums = Vec::with_capacity(wanted.len());
                for (dimension, key, ranges) in &wanted {
                    let rows = sums_query(*dimension, ranges, key.as_deref())
                        .fetch_all(&mut *db)
                        .await?;
                    let mut sum = CostSum::default();
                    for row in &rows {
                        sum.add(&keyed_sum(row)?.2);
                    }
                    sums.push(sum);
                }
                then(sums);
                Ok(())
            })
        })
        .await
    }

    /// What a turn's calls used so far; whether all of it is known.
    pub async fn sum_turn_calls(&self, turn: TurnId) -> Result<(CostSum, bool), StoreError> {
        let row = sqlx::query(
            "select count(*) as calls, coalesce(sum(status <> 'ok'), 0) as failed,
                 coalesce(sum(cost_micros is null), 0) as unpriced_calls, 0 as unpriced_tokens,
                 coalesce(sum(input_tokens), 0) as input_tokens,
                 coalesce(sum(cached_tokens), 0) as cached_tokens,
                 coalesce(sum(output_tokens), 0) as output_tokens,
                 coalesce(sum(reasoning_tokens), 0) as reasoning_tokens,
                 coalesce(sum(cost_micros), 0) as cost_micros, 0 as assumed_micros
             from provider_calls where turn_id = ?1",
        )
        .bind(turn.as_bytes().to_vec())
        .fetch_one(self.readers())
        .await?;
        let sum = sum_from(&row)?;
        Ok((sum, sum.unpriced_calls == 0))
    }

    /// Titles of conversations, by their ids.
    pub async fn list_session_titles(
        &self,
        ids: &[String],
    ) -> Result<Vec<(String, String)>, StoreError> {
        let ids = serde_json::to_string(ids).unwrap_or_default();
        let rows = sqlx::query_as(
            "select id, title from sessions where id in (select value from json_each(?1))",
        )
        .bind(ids)
        .fetch_all(self.readers())
        .await?;
        Ok(rows)
    }

    /// Its owner's own prices.
    pub async fn list_custom_prices(&self) -> Result<Vec<CustomPrice>, StoreError> {
        let rows: Vec<(String, String, i64, Option<i64>, i64)> = sqlx::query_as(
            "select provider, model, input, cached, output from model_prices
             order by provider, model",
        )
        .fetch_all(self.readers())
        .await?;
        let prices = rows
            .into_iter()
            .map(|(provider, model, input, cached, output)| CustomPrice {
                provider,
                model,
                input: MicroUsd(input),
                cached: cached.map(MicroUsd),
                output: MicroUsd(output),
            });
        Ok(prices.collect())
    }

    /// Puts these prices in the place of those there are.
    pub async fn replace_custom_prices(
        &self,
        prices: Vec<CustomPrice>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                sqlx::query("delete from model_prices")
                    .execute(&mut *db)
                    .await?;
                for price in prices {
                    sqlx::query(
                        "insert into model_prices
                             (provider, model, input, cached, output, updated_at)
                         values (?1, ?2, ?3, ?4, ?5, ?6)",
                    )
                    .bind(price.provider)
                    .bind(price.model)
                    .bind(price.input.0)
                    .bind(price.cached.map(|cached| cached.0))
                    .bind(price.output.0)
                    .bind(now.as_millis())
                    .execute(&mut *db)
                    .await?;
                }
                Ok(())
            })
        })
        .await
    }
}

/// A write of the ledger for which there was no room.
pub struct WaitingWrite(super::writer::Refused);

fn sums_query<'q>(
    dimension: Dimension,
    ranges: &[CostRange],
    key: Option<&'q str>,
) -> sqlx::query::Query<'q, sqlx::Sqlite, sqlx::sqlite::SqliteArguments> {
    let ranges: Vec<_> = ranges
        .iter()
        .map(|range| (range.bucket, range.grain, range.from, range.until))
        .collect();
    // Each range is one walk of the primary key: the outer loop must stay the outer one.
    let sql = format!(
        "select range.value ->> 0 as bucket, key, {SUMS}
         from json_each(?1) as range cross join cost_sums
         where dimension = ?2 and grain = range.value ->> 1 and slot >= range.value ->> 2
             and slot < range.value ->> 3 and (?3 is null or key = ?3)
         group by bucket, key"
    );
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(serde_json::to_string(&ranges).unwrap_or_default())
        .bind(dimension.number())
        .bind(key)
}

fn keyed_sum(row: &SqliteRow) -> Result<(u32, String, CostSum), StoreError> {
    Ok((row.try_get("bucket")?, row.try_get("key")?, sum_from(row)?))
}

fn sum_from(row: &SqliteRow) -> Result<CostSum, StoreError> {
    let count = |column: &str| -> Result<u64, StoreError> {
        Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or(0))
    };
    Ok(CostSum {
        calls: count("calls")?,
        failed: count("failed")?,
        unpriced_calls: count("unpriced_calls")?,
        unpriced_tokens: count("unpriced_tokens")?,
        usage: Usage {
            input_tokens: count("input_tokens")?,
            output_tokens: count("output_tokens")?,
            cached_tokens: count("cached_tokens")?,
            reasoning_tokens: count("reasoning_tokens")?,
        },
        cost: MicroUsd(row.try_get("cost_micros")?),
        assumed: MicroUsd(row.try_get("assumed_micros")?),
    })
}
