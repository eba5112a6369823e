//! What a log line costs, and what reading the log costs: fills a log of its own and prints one line
//! a figure. Its argument is how many lines (50,000 when left out).

use std::{
    error::Error,
    io::{self, Write as _},
    sync::Arc,
    time::{Duration, Instant},
};

use clawgate::{
    clock::{Clock, SystemClock},
    config::ObservabilityConfig,
    telemetry::{
        LogTarget, init,
        logs::{LogFilter, LogLevel, LogStore},
    },
};

/// Lines between two looks at whether the file keeps up.
const BURST: u32 = 1000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let wanted = std::env::args().nth(1);
    let lines: u32 = wanted.as_deref().unwrap_or("50000").parse()?;
    let home = tempfile::tempdir()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let target = LogTarget::TerminalAndFolder(home.path().join("logs"));
    let telemetry = init(&ObservabilityConfig::default(), &target, Arc::clone(&clock))?;
    let store = telemetry.logs().store;
    let began = clock.now();

    let (mut calling, mut all) = (Duration::ZERO, Duration::ZERO);
    let (mut written, mut first) = (0, None);
    while written < lines {
        let burst = BURST.min(lines - written);
        let started = Instant::now();
        tracing::info_span!("turn", turn_id = "0192f7c5-bench", origin = "api").in_scope(|| {
            for number in 0..burst {
                tracing::info!(
                    method = "POST",
                    route = "/api/chat",
                    status = 200,
                    number,
                    "answered"
                );
            }
        });
        calling += started.elapsed();
        written += burst;
        settled(&store, &mut first, written).await?;
        all += started.elapsed();
    }
    let started = Instant::now();
    for number in 0..lines {
        tracing::debug!(number, "not wanted");
    }
    let unwanted = started.elapsed();

    let mut out = io::stdout();
    let micros = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(lines);
    writeln!(out, "lines                          {lines}")?;
    writeln!(
        out,
        "lost                           {}",
        store.sink().lost()
    )?;
    writeln!(
        out,
        "a line, to who writes it       {:.2} µs (on stderr too)",
        micros(calling)
    )?;
    writeln!(out, "a line, until it is in a file  {:.2} µs", micros(all))?;
    writeln!(
        out,
        "a line whose level is off      {:.3} µs",
        micros(unwanted)
    )?;
    let newest = timed(store.page(LogFilter::default(), None, 300)).await?;
    writeln!(out, "the newest 300 lines           {newest:.2} ms")?;
    let none = LogFilter::default().with_text(Some("nowhere to be found"))?;
    let through = timed(store.page(none, None, 300)).await?;
    writeln!(out, "a search that finds nothing    {through:.2} ms")?;
    let warnings = LogFilter::default().at_least(Some(LogLevel::Warn));
    let level = timed(store.page(warnings, None, 300)).await?;
    writeln!(out, "… by level alone               {level:.2} ms")?;
    let now = clock.now();
    let counted = timed(store.histogram(LogFilter::default(), began, now, 60)).await?;
    writeln!(out, "a histogram of all             {counted:.2} ms")?;
    telemetry.shut_down(Duration::ZERO).await;
    Ok(())
}

/// Waits until so many lines are in the file.
async fn settled(store: &LogStore, first: &mut Option<u64>, lines: u32) -> io::Result<()> {
    loop {
        if first.is_none() {
            let oldest = store.export(Arc::default(), None).await?.0;
            *first = oldest.first().map(|line| line.id);
        }
        let newest = store.page(LogFilter::default(), None, 1).await?;
        if let (Some(first), Some(newest)) = (*first, newest.lines.first())
            && newest.id + 1 - first >= u64::from(lines)
        {
            return Ok(());
        }
        tokio::task::yield_now().await;
    }
}

async fn timed<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<f64> {
    let started = Instant::now();
    work.await?;
    Ok(started.elapsed().as_secs_f64() * 1e3)
}
