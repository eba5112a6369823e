//! `clawgate doctor`: the same checks without a gateway or beside a running one, which need not
//! answer any more.

use std::{collections::BTreeMap, io::IsTerminal as _, process::ExitCode, sync::Arc};

use clap::Args;
use serde_json::json;

use super::{CliError, output};
use crate::{
    clock::{Clock, SystemClock},
    config::{self, CliOverrides, ConfigHandle, ConfigSources, Home},
    doctor::{
        Category, CheckResult, Doctor, FixError, Fixed, Report, Severity, Summary, Surroundings,
        Whose,
    },
    providers::{ProviderOptions, Providers, Unmetered},
    store::Store,
    tasks::Tasks,
    telemetry::{Bus, Metrics},
};

/// What to look at, and what to do about it.
#[derive(Clone, Debug, Args)]
pub struct DoctorArgs {
    /// Mend what can safely be mended: file modes, secrets in plain text, missing folders
    #[arg(long)]
    pub fix: bool,
    /// As JSON
    #[arg(long)]
    pub json: bool,
    /// Only what is about this: config, files, database, system, network, security, providers,
    /// channels, memory, tools, devices, gateway
    #[arg(long, value_name = "NAME")]
    pub category: Option<Category>,
    /// Print a report to hand on, without secrets and names, as Markdown
    #[arg(long, conflicts_with = "json")]
    pub report: bool,
    /// Say what is as it should be, too
    #[arg(short, long)]
    pub verbose: bool,
}

/// Exit code 0: no errors; 1: some were found.
pub(super) async fn run(
    args: DoctorArgs,
    env: &BTreeMap<String, String>,
) -> Result<ExitCode, CliError> {
    let tasks = Tasks::new();
    let (doctor, store) = build(env, &tasks).await?;
    let outcome = talk(&args, &doctor).await;
    tasks.stop();
    if let Some(store) = store {
        store.close().await;
    }
    outcome
}

/// Nothing is made or changed: what is wrong would be gone before it was seen.
async fn build(
    env: &BTreeMap<String, String>,
    tasks: &Tasks,
) -> Result<(Doctor, Option<Store>), CliError> {
    let home = Home::locate(env)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let sources = ConfigSources {
        home: home.clone(),
        env: env.clone(),
        cli: CliOverrides::default(),
    };
    let loaded = config::read(&home, env, CliOverrides::default()).ok();
    let config = loaded.map(|loaded| loaded.config);
    let providers = config.as_ref().map(|config| {
        let options = ProviderOptions::default();
        let (from, clock) = (&config.from_environment, Arc::clone(&clock));
        Arc::new(Providers::from_config(
            config,
            from,
            clock,
            tasks.clone(),
            options,
            Arc::new(Unmetered),
        ))
    });
    // A database that can't be opened is what the checks find; one that is not there stays so.
    let store = if home.database().exists() {
        Store::open(&home.database(), Metrics::new(false))
            .await
            .ok()
    } else {
        None
    };
    let place = Surroundings {
        whose: home.running_gateway().map_or(Whose::Nobodys, Whose::Beside),
        config: config.map(ConfigHandle::new),
        store: store.clone(),
        providers,
        ..Surroundings::of(sources, Arc::clone(&clock))
    };
    Ok((Doctor::new(place, tasks.clone(), Bus::new(clock)), store))
}

async fn talk(args: &DoctorArgs, doctor: &Doctor) -> Result<ExitCode, CliError> {
    let says = !args.json && !args.report;
    let mut following = doctor.examine(args.category).await;
    while let Some(result) = following.next().await {
        if says && (args.verbose || result.severity > Severity::Ok) {
            output::text(&words(&result))?;
        }
    }
    let mut results = following.run().results();
    let mut fixed = Vec::new();
    if args.fix {
        for (id, outcome) in mend(doctor, &results).await {
            if says {
                output::text(&fix_words(&id, &outcome))?;
            }
            if let Ok(outcome) = &outcome {
                let same = results.iter_mut().find(|one| one.id == id);
                if let Some(same) = same {
                    same.clone_from(&outcome.result);
                }
            }
            fixed.push((id, outcome));
        }
    }
    let summary = Summary::of(&results);
    if args.json {
        output::text(&as_json(results, &fixed))?;
    } else if args.report {
        output::text(&doctor.paper().await)?;
    } else {
        output::line(last_line(summary))?;
    }
    Ok(ExitCode::from(u8::from(summary.error > 0)))
}

type Outcome = Result<Fixed, FixError>;

async fn mend(doctor: &Doctor, results: &[CheckResult]) -> Vec<(String, Outcome)> {
    let mut outcomes = Vec::new();
    for one in results {
        if one.fix.as_ref().is_some_and(|fix| fix.applies) {
            outcomes.push((one.id.clone(), doctor.fix(&one.id).await));
        }
    }
    outcomes
}

fn words(result: &CheckResult) -> String {
    let mark = match result.severity {
        Severity::Ok => paint("ok     ", "32"),
        Severity::Info => paint("note   ", "36"),
        Severity::Warning => paint("warning", "33"),
        Severity::Error => paint("error  ", "31"),
    };
    let mut text = format!("{mark}  {}: {}\n", result.title, result.message);
    for detail in &result.details {
        text.push_str(&format!("           - {detail}\n"));
    }
    if let Some(fix) = &result.fix {
        let how = if fix.applies {
            format!("clawgate doctor --fix ({})", fix.label)
        } else {
            format!("{}: {} of the dashboard", fix.label, fix.route)
        };
        text.push_str(&format!("           → {how}\n"));
    }
    text
}

fn fix_words(id: &str, outcome: &Outcome) -> String {
    match outcome {
        Ok(fixed) if fixed.changes.is_empty() => format!("{id}: nothing was left to mend\n"),
        Ok(fixed) => {
            let lines = fixed.changes.iter().map(|change| {
                let (what, before, after) = (&change.what, &change.before, &change.after);
                format!("{}  {what}: {before} → {after}\n", paint("mended ", "32"))
            });
            lines.collect()
        }
        Err(error) => format!("{}  {id}: {error}\n", paint("failed ", "31")),
    }
}

fn paint(text: &str, colour: &str) -> String {
    if std::io::stdout().is_terminal() {
        format!("\u{1b}[{colour}m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

fn last_line(summary: Summary) -> String {
    let count = |count: u32, one: &str| {
        let ending = if count == 1 { "" } else { "s" };
        format!("{count} {one}{ending}")
    };
    format!(
        "{}, {}, {}, {} as they should be",
        count(summary.error, "error"),
        count(summary.warning, "warning"),
        count(summary.info, "note"),
        summary.ok
    )
}

fn as_json(results: Vec<CheckResult>, fixed: &[(String, Outcome)]) -> String {
    let report = Report::new(SystemClock.now(), results);
    let fixes: Vec<_> = fixed
        .iter()
        .map(|(id, outcome)| match outcome {
            Ok(fixed) => {
                let changes = fixed.changes.iter().map(|change| {
                    json!({
                        "what": change.what, "before": change.before, "after": change.after,
                    })
                });
                json!({"id": id, "applied": true, "changes": changes.collect::<Vec<_>>()})
            }
            Err(error) => json!({"id": id, "applied": false, "error": error.to_string()}),
        })
        .collect();
    let document = json!({
        "at": report.at,
        "summary": report.summary(),
        "results": report.results,
        "fixes": fixes,
    });
    format!("{document:#}\n")
}
