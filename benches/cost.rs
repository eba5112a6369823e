//! Fills a ledger with made-up calls of two years and times what its page asks for. Prints the
//! table of `docs/benchmarks.md`: `cost [ROWS]`.

use std::{
    error::Error,
    io::Write as _,
    sync::Arc,
    time::{Duration, Instant},
};

use clawgate::{
    clock::{Clock, ManualClock},
    config::{Config, ConfigHandle},
    cost::{CallFilter, Cost, CostParts, GroupBy, Query},
    model::{Cursor, Timestamp},
    store::Store,
    tasks::Tasks,
    telemetry::{Bus, Metrics},
};
use jiff::civil::{Date, date};
use sqlx::{Connection as _, SqliteConnection};

type Failure = Box<dyn Error + Send + Sync>;

/// Each is asked so often.
const ROUNDS: usize = 40;
/// Rows written in one transaction.
const BATCH: i64 = 50_000;
/// The days that calls are spread over: the two years up to 2026-11-21.
const SPAN_MS: i64 = 730 * 86_400_000;
const NOW_MS: i64 = 1_795_262_400_000;

/// Calls of 24 models, 10 doors, 3 devices and one conversation for every hundred calls.
const FILL: &str = "
insert into provider_calls (id, started_at, status, provider, model, session_id, turn_id, origin,
    device_id, input_tokens, cached_tokens, output_tokens, price_input, price_cached, price_output,
    price_source, cost_micros, duration_ms)
with recursive numbers (n) as (select ?1 union all select n + 1 from numbers where n + 1 < ?2)
select randomblob(16), ?3 - ?4 + cast(?4 * 1.0 * n / ?5 as integer), 'open', 'main',
    'model-' || (n * 7 % 24), 'session-' || (n / 100), randomblob(16),
    json_extract('[\"webhook\",\"api\",\"chat\",\"cli\",\"openai\",\"channel\",\"cron\",\"tool\",\"embedding\",\"other\"]',
        '$[' || (n * 13 % 10) || ']'),
    unhex(printf('%032x', n % 3)), 1000 + n % 9000, n % 900, 50 + n % 2000, 250000, 25000, 2000000,
    'packaged', 350 + n % 5000, 900
from numbers";

fn quantile(times: &mut [Duration], share: f64) -> f64 {
    times.sort_unstable();
    let place = ((times.len() - 1) as f64 * share).round() as usize;
    times[place].as_secs_f64() * 1000.0
}

fn say(line: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout().lock(), "{line}")
}

async fn filled(path: &std::path::Path, rows: i64) -> Result<Duration, Failure> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    let mut db = SqliteConnection::connect_with(&options).await?;
    let started = Instant::now();
    let mut from = 0;
    while from < rows {
        let until = (from + BATCH).min(rows);
        let mut together = db.begin().await?;
        sqlx::query(FILL)
            .bind(from)
            .bind(until)
            .bind(NOW_MS)
            .bind(SPAN_MS)
            .bind(rows)
            .execute(&mut *together)
            .await?;
        sqlx::query("update provider_calls set status = 'ok' where status = 'open'")
            .execute(&mut *together)
            .await?;
        together.commit().await?;
        from = until;
    }
    db.close().await?;
    Ok(started.elapsed())
}

async fn reports(cost: &Cost, name: &str, from: Date, group_by: GroupBy) -> Result<(), Failure> {
    let to = date(2026, 11, 21);
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let query = Query {
            from,
            to,
            group_by,
            session: None,
        };
        let started = Instant::now();
        let report = cost.report(query).await?;
        times.push(started.elapsed());
        if report.total.calls == 0 {
            return Err("nothing was found".into());
        }
    }
    let (half, most) = (quantile(&mut times, 0.5), quantile(&mut times, 0.99));
    say(&format!("| {name} | {half:.1} ms | {most:.1} ms |"))?;
    Ok(())
}

async fn pages(
    cost: &Cost,
    name: &str,
    filter: &CallFilter,
    after: Option<Cursor>,
) -> Result<(), Failure> {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let started = Instant::now();
        cost.records(filter, after, 50).await?;
        times.push(started.elapsed());
    }
    let (half, most) = (quantile(&mut times, 0.5), quantile(&mut times, 0.99));
    say(&format!("| {name} | {half:.1} ms | {most:.1} ms |"))?;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let rows = std::env::args()
        .nth(1)
        .map_or(Ok(1_000_000), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("cost.db");
    let store = Store::open(&path, Metrics::new(false)).await?;
    let took = filled(&path, rows).await?;
    let size = store.size_bytes().await? >> 20;
    let rate = rows as f64 / took.as_secs_f64();
    say(&format!(
        "{rows} rows with their sums, written at {rate:.0} a second, {size} MiB"
    ))?;
    let mut config = Config::default();
    config.owner.time_zone = "Europe/Berlin".to_owned();
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(Timestamp::from_millis(NOW_MS)));
    let started = Instant::now();
    let cost = Cost::load(CostParts {
        store: store.clone(),
        config: ConfigHandle::new(config),
        clock: Arc::clone(&clock),
        bus: Bus::new(clock),
        metrics: Metrics::new(false),
        tasks: Tasks::new(),
    })
    .await?;
    let load = started.elapsed().as_secs_f64() * 1000.0;
    say("| what | p50 | p99 |\n| --- | --- | --- |")?;
    say(&format!("| opening the ledger | {load:.1} ms | |"))?;
    let month = date(2026, 10, 23);
    reports(&cost, "30 days by model", month, GroupBy::Model).await?;
    reports(&cost, "30 days by door", month, GroupBy::Origin).await?;
    reports(&cost, "30 days by conversation", month, GroupBy::Session).await?;
    let quarter = date(2026, 8, 24);
    reports(&cost, "90 days by model", quarter, GroupBy::Model).await?;
    let years = date(2024, 11, 22);
    reports(&cost, "two years by model", years, GroupBy::Model).await?;
    let all = CallFilter::default();
    pages(&cost, "the newest 50 rows", &all, None).await?;
    let middle = Cursor {
        key: NOW_MS - SPAN_MS / 2,
        row: 0,
    };
    pages(&cost, "50 rows from the middle", &all, Some(middle)).await?;
    let session = CallFilter {
        session_id: Some("session-77".parse()?),
        ..CallFilter::default()
    };
    pages(&cost, "the rows of an old conversation", &session, None).await?;
    store.close().await;
    Ok(())
}
