//! What may be kept of a job: its name, what it does, its limits.

use serde_json::{Value, json};

use super::{Cron, CronError, actions};
use crate::{
    model::{CronAction, CronOptions},
    tools::{ToolContext, ToolError},
};

/// Longest name, in characters.
const NAME_CHARS: usize = 120;
/// Longest name made from what a job does.
const MADE_CHARS: usize = 60;
/// Longest prompt or command, in bytes.
const TEXT_BYTES: usize = 32 * 1024;
/// Longest reason for a pause, in characters.
const REASON_CHARS: usize = 500;
/// Most tools that a job may name.
const MAX_TOOLS: usize = 100;
/// Longest a try may take: a day.
const TIMEOUT_SECS: u64 = 86_400;
/// Most tries after the first.
const MAX_RETRIES: u32 = 10;

pub(super) fn name(name: &str) -> Result<String, CronError> {
    let count = name.chars().count();
    if count == 0 || count > NAME_CHARS || name.chars().any(char::is_control) {
        return Err(CronError::field(
            "name",
            format!("1 to {NAME_CHARS} printable characters"),
        ));
    }
    Ok(name.to_owned())
}

pub(super) fn reason(text: &str) -> Result<String, CronError> {
    if text.chars().count() > REASON_CHARS || text.contains('\0') {
        return Err(CronError::field(
            "reason",
            format!("at most {REASON_CHARS} characters"),
        ));
    }
    Ok(text.trim().to_owned())
}

/// A name after what a job does.
pub(super) fn name_for(action: &CronAction) -> String {
    let text = match action {
        CronAction::Agent(agent) => agent.prompt.as_str(),
        CronAction::Shell(shell) => shell.command.as_str(),
        CronAction::Tool(tool) => tool.tool.as_str(),
        CronAction::Webhook(hook) => {
            let rest = hook
                .url
                .split_once("://")
                .map_or(hook.url.as_str(), |(_, rest)| rest);
            rest.split(['/', '?', '#']).next().unwrap_or(rest)
        }
    };
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    let line: String = line
        .unwrap_or("Job")
        .chars()
        .filter(|letter| !letter.is_control())
        .collect();
    if line.chars().count() <= MADE_CHARS {
        return line;
    }
    let cut: String = line.chars().take(MADE_CHARS).collect();
    format!("{}…", cut.trim_end())
}

pub(super) fn options(options: &CronOptions) -> Result<(), CronError> {
    let within = |field: &str, value: u64, least: u64, most: u64| {
        if (least..=most).contains(&value) {
            Ok(())
        } else {
            Err(CronError::field(field, format!("{least} to {most}")))
        }
    };
    if let Some(secs) = options.timeout_secs {
        within("timeout_secs", secs, 1, TIMEOUT_SECS)?;
    }
    within("retries", options.retries.into(), 0, MAX_RETRIES.into())?;
    within("jitter_secs", options.jitter_secs, 0, 86_400)
}

fn text(field: &str, text: &str) -> Result<(), CronError> {
    if text.trim().is_empty() || text.len() > TEXT_BYTES || text.contains('\0') {
        return Err(CronError::field(
            field,
            format!("a text of 1 to {TEXT_BYTES} bytes"),
        ));
    }
    Ok(())
}

/// An action that can be done, as far as can be told now.
pub(super) async fn action(cron: &Cron, action: CronAction) -> Result<CronAction, CronError> {
    match &action {
        CronAction::Agent(agent) => {
            text("job.prompt", &agent.prompt)?;
            let model = agent.model.as_deref().unwrap_or("-");
            if model.trim().is_empty() || model.chars().count() > 200 {
                return Err(CronError::field("job.model", "the name of a model"));
            }
            known_tools(cron, agent.tools.as_deref().unwrap_or_default())?;
            return Ok(action);
        }
        CronAction::Shell(shell) => text("job.command", &shell.command)?,
        CronAction::Webhook(hook) => {
            text("job.url", &hook.url)?;
            let lower = hook.url.trim().to_ascii_lowercase();
            if !["http://", "https://"]
                .iter()
                .any(|way| lower.starts_with(way))
            {
                return Err(CronError::field("job.url", "an http or https address"));
            }
        }
        CronAction::Tool(tool) => {
            if tool.tool == "ask_user" {
                return Err(CronError::field(
                    "job.tool",
                    "a tool that works without a conversation",
                ));
            }
        }
    }
    let Some(tools) = cron.registry() else {
        return Ok(action);
    };
    let (tool, args, field) = match &action {
        CronAction::Shell(shell) => ("shell", json!({"command": shell.command}), "job.command"),
        CronAction::Webhook(hook) => (
            "http_request",
            hook_args(hook.body.clone(), &hook.url),
            "job.url",
        ),
        CronAction::Tool(tool) => (tool.tool.as_str(), tool.args.clone(), "job.args"),
        CronAction::Agent(_) => return Ok(action),
    };
    let call = tools.check(tool, args).map_err(|error| match error {
        ToolError::Unknown(_) => CronError::field("job.tool", error.to_string()),
        error => CronError::field(field, error.to_string()),
    })?;
    let config = cron.inner.config.current();
    let context = ToolContext {
        call_id: ToolContext::TRY.to_owned(),
        ..actions::context(config, &cron.inner.clock, None)
    };
    // What would be refused each time is refused now.
    match tools.action(&context, &call).await {
        Err(ToolError::Refused(why) | ToolError::Arguments(why)) => {
            Err(CronError::field(field, why))
        }
        _ => Ok(action),
    }
}

fn known_tools(cron: &Cron, names: &[String]) -> Result<(), CronError> {
    if names.len() > MAX_TOOLS {
        return Err(CronError::field(
            "job.tools",
            format!("at most {MAX_TOOLS} names"),
        ));
    }
    let Some(tools) = cron.registry() else {
        return Ok(());
    };
    match names.iter().find(|name| tools.find(name).is_none()) {
        Some(name) => {
            let name: String = name.chars().take(64).collect();
            Err(CronError::field(
                "job.tools",
                format!("names of tools; there is none called {name:?}"),
            ))
        }
        None => Ok(()),
    }
}

/// The request of a webhook.
pub(super) fn hook_args(body: Option<Value>, url: &str) -> Value {
    let body = body.unwrap_or_else(|| json!({})).to_string();
    json!({
        "method": "POST", "url": url, "body": body,
        "headers": {"content-type": "application/json"},
    })
}
