//! What a job does without the agent: a command, a tool, a request. All of it goes through the
//! tools' registry, behind the same walls as the agent's own calls.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::checks;
use crate::{
    approvals::{Standing, Verdict},
    clock::Clock,
    config::Config,
    model::{CronAction, CronAuthor, CronJob, CronRun, SessionId, TurnId},
    tools::{Call, Finished, Outcome, Preview, Progress, Registry, ToolContext},
};

/// Bytes of output that are kept.
const OUTPUT_BYTES: usize = 64 * 1024;
/// Longest reason that is taken from an output, in characters.
const REASON_CHARS: usize = 300;

/// What became of a try.
#[derive(Clone, Debug, Default)]
pub(super) struct Attempt {
    pub(super) ok: bool,
    pub(super) output: Option<String>,
    pub(super) error: Option<String>,
    pub(super) cost: Option<crate::model::MicroUsd>,
    /// Another try may do better.
    pub(super) again: bool,
}

impl Attempt {
    pub(super) fn failed(error: impl Into<String>) -> Self {
        Self {
            error: Some(error.into()),
            again: true,
            ..Self::default()
        }
    }

    /// One that would fail each time.
    pub(super) fn refused(error: impl Into<String>) -> Self {
        Self {
            again: false,
            ..Self::failed(error)
        }
    }
}

/// A call that belongs to a job and to no turn.
pub(super) fn context(
    config: Arc<Config>,
    clock: &Arc<dyn Clock>,
    cancel: Option<CancellationToken>,
) -> ToolContext {
    ToolContext {
        session_id: SessionId::fresh(),
        turn_id: TurnId::fresh(),
        call_id: "cron".to_owned(),
        config,
        clock: Arc::clone(clock),
        cancel: cancel.unwrap_or_default(),
        progress: Progress::default(),
    }
}

/// The tool call that a job comes to; none: it asks the agent.
fn call_of(job: &CronJob, run: &CronRun, limit_secs: u64) -> Option<(String, Value)> {
    Some(match &job.action {
        CronAction::Agent(_) => return None,
        CronAction::Shell(shell) => {
            let args = json!({"command": shell.command, "timeout_secs": limit_secs});
            ("shell".to_owned(), args)
        }
        CronAction::Tool(tool) => {
            let args = match &tool.args {
                Value::Null => json!({}),
                args => args.clone(),
            };
            (tool.tool.clone(), args)
        }
        CronAction::Webhook(hook) => {
            let body = hook.body.clone().unwrap_or_else(|| {
                json!({
                    "job": job.name, "job_id": job.id, "run_id": run.id,
                    "scheduled_at": run.scheduled_at, "attempt": run.attempt,
                })
            });
            let mut args = checks::hook_args(Some(body), &hook.url);
            // The other side can tell a second try from a second run.
            args["headers"]["idempotency-key"] = run.id.to_string().into();
            ("http_request".to_owned(), args)
        }
    })
}

/// Whether a call may be made. Who made the job has agreed to what it does: its owner by making
/// it, the agent by an approval that named it. What the rules forbid stays forbidden.
fn forbidden(config: &Config, job: &CronJob, call: &Call, action: &crate::tools::Action) -> bool {
    let own_request =
        job.author == CronAuthor::Owner && matches!(job.action, CronAction::Webhook(_));
    if own_request {
        return false;
    }
    matches!(
        Standing::of(config, call.spec()).verdict(action, true),
        Verdict::Refuse(_)
    )
}

/// Makes the call of a job. None: it was cancelled from outside.
pub(super) async fn call(
    tools: &Registry,
    context: ToolContext,
    job: &CronJob,
    run: &CronRun,
    limit_secs: u64,
) -> Option<Attempt> {
    let (name, args) = call_of(job, run, shell_limit(tools, limit_secs))?;
    let call = match tools.check(&name, args) {
        Ok(call) => call,
        Err(error) => return Some(Attempt::refused(sentence(&error.to_string()))),
    };
    let action = match tools.action(&context, &call).await {
        Ok(action) => action,
        Err(error) => return Some(Attempt::failed(sentence(&error.to_string()))),
    };
    if matches!(action.preview, Preview::Question { .. }) {
        return Some(Attempt::refused(
            "This tool asks something; nobody would answer.",
        ));
    }
    if forbidden(&context.config, job, &call, &action) {
        return Some(Attempt::refused(format!(
            "The rules do not allow {name}: see tools.permissions.deny and agent.autonomy."
        )));
    }
    let cancel = context.cancel.clone();
    let finished = tools.run(&context, &call).await;
    if finished.outcome == Outcome::Cancelled && cancel.is_cancelled() {
        return None;
    }
    Some(attempt_of(finished))
}

/// A command may take as long as its tool lets it.
fn shell_limit(tools: &Registry, limit_secs: u64) -> u64 {
    let schema = tools.find("shell").map(|tool| tool.spec().schema.clone());
    let most = schema.and_then(|schema| {
        schema
            .pointer("/properties/timeout_secs/maximum")
            .and_then(Value::as_u64)
    });
    most.map_or(limit_secs, |most| limit_secs.clamp(1, most))
}

fn attempt_of(finished: Finished) -> Attempt {
    let status = finished.details.as_ref().and_then(|details| {
        let code = |name: &str| details.get(name).and_then(Value::as_i64);
        code("exit_code")
            .map(|code| format!("The command ended with exit code {code}."))
            .or_else(|| code("status").map(|code| format!("The other side answered {code}.")))
    });
    let error = match finished.outcome {
        Outcome::Done => None,
        Outcome::TimedOut => Some("It took too long and was stopped.".to_owned()),
        Outcome::Cancelled => Some("It was stopped.".to_owned()),
        Outcome::Failed => Some(status.unwrap_or_else(|| reason_in(&finished.output))),
    };
    Attempt {
        ok: error.is_none(),
        again: error.is_some(),
        error,
        output: kept(finished.output),
        cost: None,
    }
}

/// An output as long as is kept; nothing when there is none.
pub(super) fn kept(mut text: String) -> Option<String> {
    if text.len() > OUTPUT_BYTES {
        let mut end = OUTPUT_BYTES;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push_str("\n[the rest was left out]");
    }
    (!text.trim().is_empty()).then_some(text)
}

fn reason_in(output: &str) -> String {
    let line = output.lines().map(str::trim).find(|line| !line.is_empty());
    let line: String = line
        .unwrap_or("it failed")
        .chars()
        .take(REASON_CHARS)
        .collect();
    sentence(&line)
}

/// A tool's words begin small and end bare.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.trim_end_matches('.').chars();
    letters.next().map_or_else(String::new, |first| {
        format!("{}{}.", first.to_uppercase(), letters.as_str())
    })
}
