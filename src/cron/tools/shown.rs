//! Jobs as an approval, a card and the model are shown them.

use serde_json::{Value, json};

use crate::{
    cron::Cron,
    model::{CronAction, CronJob, Delivery, RunStatus, Timestamp},
};

/// Longest one-line text of what a job does, in characters.
const LINE_CHARS: usize = 200;

/// What is done, in one line.
pub(super) fn what(action: &CronAction) -> String {
    let text = match action {
        CronAction::Agent(agent) => format!("ask the agent: {}", agent.prompt),
        CronAction::Shell(shell) => format!("run `{}`", shell.command),
        CronAction::Tool(tool) => format!("use {} with {}", tool.tool, tool.args),
        CronAction::Webhook(hook) => format!("send a request to {}", hook.url),
    };
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LINE_CHARS {
        return line;
    }
    let cut: String = line.chars().take(LINE_CHARS).collect();
    format!("{cut}…")
}

/// A job whole, a line for each of its parts.
pub(super) fn text(cron: &Cron, job: &CronJob) -> String {
    let mut lines = vec![
        format!("name: {}", job.name),
        format!("schedule: {}", cron.words(&job.schedule)),
    ];
    if let crate::model::Schedule::Cron(schedule) = &job.schedule {
        lines.push(format!("expression: {}", schedule.expr));
    }
    match &job.action {
        CronAction::Agent(agent) => {
            lines.push(format!("ask the agent: {}", agent.prompt));
            let session = agent.session_id.as_ref();
            let place = session.map_or("one of its own", |id| id.as_str());
            lines.push(format!("conversation: {place}"));
            lines.extend(agent.model.iter().map(|model| format!("model: {model}")));
            lines.push(match &agent.tools {
                Some(tools) => format!("tools: {}", tools.join(", ")),
                None => "tools: all that are allowed".to_owned(),
            });
        }
        CronAction::Shell(shell) => lines.push(format!("run: {}", shell.command)),
        CronAction::Tool(tool) => {
            lines.push(format!("use: {}", tool.tool));
            lines.push(format!("arguments: {:#}", tool.args));
        }
        CronAction::Webhook(hook) => {
            lines.push(format!("POST: {}", hook.url));
            lines.extend(hook.body.iter().map(|body| format!("body: {body:#}")));
        }
    }
    let options = &job.options;
    let timeout = options.timeout_secs.iter();
    lines.extend(timeout.map(|secs| format!("time-out: {secs} s")));
    if options.retries > 0 {
        lines.push(format!("further tries: {}", options.retries));
    }
    lines.push(format!(
        "when still under way: {}",
        options.overlap.as_str()
    ));
    lines.push(format!("after downtime: {}", options.catch_up.as_str()));
    if let Some(Delivery::Session(session)) = &options.delivery {
        lines.push(format!("result goes to: {}", session.session_id));
    }
    if options.delete_after_run {
        lines.push("deleted once it has run".to_owned());
    }
    lines.push(format!("state: {}", job.state().as_str()));
    format!("{}\n", lines.join("\n"))
}

/// A unified diff of two such texts.
pub(super) fn diff(before: &str, after: &str) -> String {
    similar::TextDiff::from_lines(before, after)
        .unified_diff()
        .context_radius(20)
        .to_string()
}

/// A moment in the owner's zone.
pub(super) fn moment(cron: &Cron, at: Option<Timestamp>) -> String {
    at.map_or_else(|| "no time any more".to_owned(), |at| cron.local(at))
}

/// A job in one line.
pub(super) fn line(cron: &Cron, job: &CronJob) -> String {
    let next = match &job.pause {
        Some(_) => "paused".to_owned(),
        None => format!("next {}", moment(cron, job.next_at)),
    };
    let last = job.last_run.as_ref().map(|run| {
        let word = run.status.as_str();
        match (&run.status, &run.error) {
            (RunStatus::Failed, Some(error)) => format!("; last {word}: {error}"),
            _ => format!("; last {word}"),
        }
    });
    format!(
        "{} {:?}: {}: {}; {next}{}",
        job.id,
        job.name,
        cron.words(&job.schedule),
        what(&job.action),
        last.unwrap_or_default()
    )
}

/// A job for a card.
pub(super) fn details(cron: &Cron, job: &CronJob) -> Value {
    json!({
        "id": job.id, "name": job.name, "words": cron.words(&job.schedule),
        "kind": job.action.kind(), "next_at": job.next_at, "state": job.state(),
    })
}
