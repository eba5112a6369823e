//! Keeps ten thousand jobs that are due another day, and says what they cost while nothing is to
//! be done: processor time of an idle gateway with and without them, what making one takes, and
//! what a page of the list takes: `cron [JOBS] [SECONDS]`.

use std::{
    collections::BTreeMap,
    error::Error,
    io::Write as _,
    sync::Arc,
    time::{Duration, Instant},
};

use clawgate::{
    app::{App, AppParts},
    clock::{Clock, SystemClock},
    config::{CliOverrides, Config, ConfigSources, Home},
    cron::{CronFilter, JobDraft, Maker, ScheduleWish},
    model::{AgentAction, CronAction, CronOptions},
    providers::ProviderOptions,
    tasks::Tasks,
    telemetry::{Logs, Process},
};

type Failure = Box<dyn Error + Send + Sync>;

/// Until what begins with the process is over.
const SETTLE: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> Result<(), Failure> {
    clawgate::http::install_tls();
    let mut arguments = std::env::args().skip(1);
    let jobs: usize = arguments.next().map_or(Ok(10_000), |text| text.parse())?;
    let secs: u64 = arguments.next().map_or(Ok(30), |text| text.parse())?;
    let mut out = std::io::stdout().lock();

    let home = tempfile::tempdir()?;
    let tasks = Tasks::new();
    let app = build(home.path(), &tasks).await?;
    app.begin().await?;
    app.schedule().await?;
    tokio::time::sleep(SETTLE).await;
    let bare = idle(secs).await?;

    let began = Instant::now();
    for place in 0..jobs {
        app.cron.create(draft(place), &Maker::OWNER).await?;
    }
    let each = began.elapsed() / u32::try_from(jobs.max(1))?;
    tokio::time::sleep(SETTLE).await;
    let full = idle(secs).await?;

    let began = Instant::now();
    let (page, _) = app.cron.list(CronFilter::default(), None, 50).await?;
    let list = began.elapsed();

    writeln!(out, "| what | figure |\n| --- | --- |")?;
    writeln!(out, "| processor time in {secs} s, no job | {bare} ms |")?;
    writeln!(
        out,
        "| processor time in {secs} s, {jobs} jobs | {full} ms |"
    )?;
    writeln!(out, "| making a job, on disk | {each:.1?} |")?;
    writeln!(out, "| a page of {} jobs | {list:.1?} |", page.len())?;
    tasks.stop();
    Ok(())
}

/// Spread over the minutes of a leap day, which is rarely today.
fn draft(place: usize) -> JobDraft {
    let (minute, hour) = (place % 60, place / 60 % 24);
    JobDraft {
        name: Some(format!("Job {place}")),
        schedule: ScheduleWish::Text(format!("{minute} {hour} 29 2 *")),
        action: CronAction::Agent(AgentAction {
            prompt: format!("Question {place}"),
            session_id: None,
            model: None,
            tools: None,
        }),
        options: CronOptions::default(),
        enabled: true,
    }
}

async fn build(home: &std::path::Path, tasks: &Tasks) -> Result<App, Failure> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let config = Config::default();
    Ok(App::build(AppParts {
        logs: Logs::nowhere(&config, Arc::clone(&clock)),
        config,
        sources: ConfigSources {
            home: Home::open(home.to_owned())?,
            env: BTreeMap::new(),
            cli: CliOverrides::default(),
        },
        clock,
        tasks: tasks.clone(),
        providers: ProviderOptions {
            local_ollama: "http://127.0.0.1:9".to_owned(),
            demo_delay: Duration::ZERO,
        },
        process: Process::started_now(),
    })
    .await?)
}

/// Milliseconds of processor time that this process takes in so many seconds.
async fn idle(secs: u64) -> Result<u64, Failure> {
    let before = processor_ms()?;
    tokio::time::sleep(Duration::from_secs(secs)).await;
    Ok(processor_ms()? - before)
}

fn processor_ms() -> Result<u64, Failure> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(')').ok_or("no /proc/self/stat")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |place: usize| -> Result<u64, Failure> {
        Ok(fields.get(place).ok_or("no such field")?.parse()?)
    };
    // A tick is ten milliseconds.
    Ok((ticks(11)? + ticks(12)?) * 10)
}
