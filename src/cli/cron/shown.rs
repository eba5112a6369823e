//! Jobs and runs as a terminal shows them.

use serde_json::{Value, json};

use crate::{
    cron::{Cron, Preview, words},
    model::{CronAction, CronJob, CronRun, CronState, Delivery, RunStatus},
};

pub(super) fn as_json(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    format!("{value:#}\n")
}

pub(super) fn job(cron: &Cron, job: &CronJob) -> Value {
    json!({
        "id": job.id, "name": job.name, "schedule": job.schedule,
        "words": cron.words(&job.schedule), "job": job.action, "state": job.state(),
        "next_at": job.next_at, "next": cron.upcoming(job), "options": job.options,
        "failures": job.failures, "author": job.author, "version": job.version,
        "pause_reason": job.pause.as_ref().and_then(|pause| pause.reason.as_ref()),
        "last_run": job.last_run.as_deref().map(run),
        "created_at": job.created_at, "updated_at": job.updated_at,
    })
}

pub(super) fn run(run: &CronRun) -> Value {
    json!({
        "id": run.id, "job_id": run.job_id, "status": run.status, "trigger": run.trigger,
        "reason": run.reason, "scheduled_at": run.scheduled_at, "started_at": run.started_at,
        "finished_at": run.finished_at, "attempt": run.attempt, "output": run.output,
        "error": run.error, "session_id": run.session_id, "turn_id": run.turn_id,
        "cost_usd": run.cost,
    })
}

fn what(action: &CronAction) -> String {
    match action {
        CronAction::Agent(agent) => format!("asks the agent: {}", agent.prompt),
        CronAction::Shell(shell) => format!("runs: {}", shell.command),
        CronAction::Tool(tool) => format!("uses {} with {}", tool.tool, tool.args),
        CronAction::Webhook(hook) => format!("sends a request to {}", hook.url),
    }
}

fn one_line(text: &str) -> String {
    plain(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Without what would move a terminal's cursor.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_control() || *letter == '\t')
        .collect()
}

/// When a job is due next.
pub(super) fn next(cron: &Cron, job: &CronJob) -> String {
    match (job.state(), job.next_at) {
        (CronState::Paused, _) => {
            let reason = job.pause.as_ref().and_then(|pause| pause.reason.as_deref());
            reason.map_or_else(|| "paused".to_owned(), |reason| format!("paused: {reason}"))
        }
        (_, Some(next)) => format!("next at {}", cron.local(next)),
        (_, None) => "never again".to_owned(),
    }
}

pub(super) fn table(cron: &Cron, jobs: &[CronJob]) -> String {
    if jobs.is_empty() {
        return "nothing is scheduled; \"clawgate cron add\" schedules a job\n".to_owned();
    }
    let mut text = String::new();
    for job in jobs {
        let last = job.last_run.as_ref().map_or_else(
            || "never ran".to_owned(),
            |run| format!("last {}", run.status.as_str()),
        );
        text.push_str(&format!(
            "{}  {}  [{}]  {}; {last}\n",
            job.id,
            job.name,
            cron.words(&job.schedule),
            next(cron, job)
        ));
    }
    text
}

pub(super) fn whole(cron: &Cron, job: &CronJob) -> String {
    let mut lines = vec![
        format!("{}  {}", job.id, job.name),
        format!("{}; {}", cron.words(&job.schedule), next(cron, job)),
        one_line(&what(&job.action)),
    ];
    let options = &job.options;
    lines.push(format!(
        "overlap {}, catch-up {}, {} further tries",
        options.overlap.as_str(),
        options.catch_up.as_str(),
        options.retries
    ));
    if let Some(Delivery::Session(session)) = &options.delivery {
        lines.push(format!("tells its result in {}", session.session_id));
    }
    if job.failures > 0 {
        lines.push(format!("failed {} times in a row", job.failures));
    }
    let times = cron.upcoming(job);
    if !times.is_empty() {
        lines.push("next times:".to_owned());
        lines.extend(times.iter().map(|at| format!("  {}", cron.local(*at))));
    }
    format!("{}\n", lines.join("\n"))
}

pub(super) fn runs(cron: &Cron, runs: &[CronRun], whole: bool) -> String {
    if runs.is_empty() {
        return "it has not run yet\n".to_owned();
    }
    let mut text = String::new();
    for run in runs {
        let took = run.started_at.zip(run.finished_at);
        let took = took.map(|(from, to)| format!("  {} ms", to.millis_since(from)));
        let why = match run.status {
            RunStatus::Failed => run.error.as_deref(),
            _ => run.reason.as_deref(),
        };
        text.push_str(&format!(
            "{}  {}{}{}\n",
            cron.local(run.scheduled_at),
            run.status.as_str(),
            took.unwrap_or_default(),
            why.map(|why| format!("  {}", one_line(why)))
                .unwrap_or_default()
        ));
        if let Some(output) = run.output.as_deref().filter(|_| whole) {
            for line in output.lines() {
                text.push_str(&format!("    {}\n", plain(line)));
            }
        }
    }
    text
}

pub(super) fn preview(preview: &Preview) -> String {
    let zone = jiff::tz::TimeZone::get(&preview.zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let mut text = format!("{} ({})\n", preview.words, preview.zone);
    for at in &preview.next {
        text.push_str(&format!("  {}\n", words::local(*at, &zone)));
    }
    if let Some(oddity) = &preview.oddity {
        text.push_str(&format!("{oddity}\n"));
    }
    text
}
