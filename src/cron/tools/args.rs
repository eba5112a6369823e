//! What the tools that make and change jobs take.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    cron::{JobDraft, JobPatch, ScheduleWish},
    model::{
        AgentAction, CatchUp, CronAction, CronOptions, Delivery, Overlap, Schedule,
        SessionDelivery, ShellAction, ToolAction, WebhookAction,
    },
    tools::{Effect, ToolContext, ToolError, ToolSpec},
};

/// What a job does, of which exactly one is to be given.
#[derive(Deserialize)]
pub(super) struct ActionArgs {
    prompt: Option<String>,
    command: Option<String>,
    tool: Option<String>,
    args: Option<Value>,
    url: Option<String>,
    body: Option<Value>,
    model: Option<String>,
    tools: Option<Vec<String>>,
    #[serde(default)]
    here: bool,
}

#[derive(Deserialize)]
pub(super) struct LimitArgs {
    timeout_secs: Option<u64>,
    retries: Option<u32>,
    overlap: Option<Overlap>,
    catch_up: Option<CatchUp>,
    delete_after_run: Option<bool>,
}

#[derive(Deserialize)]
pub(super) struct AddArgs {
    name: Option<String>,
    schedule: String,
    tz: Option<String>,
    #[serde(flatten)]
    action: ActionArgs,
    #[serde(flatten)]
    limits: LimitArgs,
}

#[derive(Deserialize)]
pub(super) struct UpdateArgs {
    pub(super) id: String,
    name: Option<String>,
    schedule: Option<String>,
    tz: Option<String>,
    enabled: Option<bool>,
    #[serde(flatten)]
    action: ActionArgs,
    #[serde(flatten)]
    limits: LimitArgs,
}

fn properties() -> Map<String, Value> {
    let known = json!({
        "schedule": {
            "type": "string", "minLength": 1, "maxLength": 256,
            "description": "When: a cron expression (\"0 9 * * 1-5\"), a moment (\"2026-12-24T18:00:00Z\") or words such as \"every morning at 8\", \"every 15 minutes\", \"tomorrow at 7\", \"in 10 minutes\""
        },
        "tz": {
            "type": "string", "maxLength": 64,
            "description": "IANA time zone of a cron expression; left out: your owner's"
        },
        "name": {"type": "string", "minLength": 1, "maxLength": 120, "description": "A short name"},
        "prompt": {
            "type": "string", "minLength": 1, "maxLength": 32768,
            "description": "What you are to do then, as an instruction to yourself. Give exactly one of prompt, command, tool and url"
        },
        "command": {"type": "string", "minLength": 1, "maxLength": 32768, "description": "A shell command to run instead"},
        "tool": {"type": "string", "minLength": 1, "maxLength": 64, "description": "A tool to use instead, with args"},
        "args": {"type": "object", "description": "The tool's arguments"},
        "url": {"type": "string", "minLength": 1, "maxLength": 2048, "description": "An address to send body to with POST instead"},
        "body": {"type": "object", "description": "What is sent to url"},
        "here": {"type": "boolean", "description": "Answer, or tell the result, in this conversation; left out: in one of the job's own"},
        "model": {"type": "string", "maxLength": 200, "description": "The model for prompt"},
        "tools": {"type": "array", "items": {"type": "string"}, "maxItems": 100, "description": "The only tools that prompt may use"},
        "timeout_secs": {"type": "integer", "minimum": 1, "maximum": 86400},
        "retries": {"type": "integer", "minimum": 0, "maximum": 10, "description": "Further tries after a failure"},
        "overlap": {"type": "string", "enum": ["skip", "queue"], "description": "When it is due while still under way; left out: skip"},
        "catch_up": {"type": "string", "enum": ["all", "last", "none"], "description": "Times missed while the gateway was down; left out: last"},
        "delete_after_run": {"type": "boolean"}
    });
    match known {
        Value::Object(known) => known,
        _ => Map::new(),
    }
}

fn schema(properties: &Map<String, Value>, required: &[&str]) -> Value {
    json!({
        "type": "object", "properties": properties, "required": required,
        "additionalProperties": false
    })
}

pub(super) fn add_spec() -> ToolSpec {
    ToolSpec::acting(
        Effect::Write,
        "cron_add",
        "Schedules a job: something that you, a command, a tool or a request does later, once or \
         again and again. Use it for reminders too: a prompt with here = true.",
        schema(&properties(), &["schedule"]),
    )
}

pub(super) fn update_spec() -> ToolSpec {
    let mut known = properties();
    known.insert(
        "id".to_owned(),
        json!({
            "type": "string", "minLength": 1, "maxLength": 200,
            "description": "Its id as cron_list tells it, or its exact name"
        }),
    );
    known.insert(
        "enabled".to_owned(),
        json!({"type": "boolean", "description": "false pauses it, true lets it go on"}),
    );
    ToolSpec::acting(
        Effect::Write,
        "cron_update",
        "Changes a scheduled job; what is left out stays as it is.",
        schema(&known, &["id"]),
    )
}

fn wrong(text: &str) -> ToolError {
    ToolError::Arguments(text.to_owned())
}

impl ActionArgs {
    fn action(self, context: &ToolContext) -> Result<Option<CronAction>, ToolError> {
        let given = [&self.prompt, &self.command, &self.tool, &self.url];
        let given = given.iter().filter(|one| one.is_some()).count();
        if given > 1 {
            return Err(wrong(
                "give exactly one of `prompt`, `command`, `tool` and `url`",
            ));
        }
        let session_id = self.here.then(|| context.session_id.clone());
        Ok(if let Some(prompt) = self.prompt {
            Some(CronAction::Agent(AgentAction {
                prompt,
                session_id,
                model: self.model,
                tools: self.tools,
            }))
        } else if let Some(command) = self.command {
            Some(CronAction::Shell(ShellAction { command }))
        } else if let Some(tool) = self.tool {
            let args = self.args.unwrap_or_else(|| json!({}));
            Some(CronAction::Tool(ToolAction { tool, args }))
        } else {
            self.url.map(|url| {
                CronAction::Webhook(WebhookAction {
                    url,
                    body: self.body,
                })
            })
        })
    }
}

/// Where the result of a job that is no prompt goes, when it is wanted here.
fn delivery(here: bool, action: &CronAction, context: &ToolContext) -> Option<Delivery> {
    let session_id = context.session_id.clone();
    (here && !matches!(action, CronAction::Agent(_)))
        .then_some(Delivery::Session(SessionDelivery { session_id }))
}

/// Words, with the zone that goes with an expression.
fn wish(text: String, tz: Option<String>) -> ScheduleWish {
    let fields = text.split_whitespace().count();
    let expression = (5..=6).contains(&fields)
        && text.starts_with(|letter: char| letter.is_ascii_digit() || "*?@".contains(letter));
    match tz {
        Some(tz) if expression => ScheduleWish::Spec(Schedule::Cron(crate::model::CronSchedule {
            expr: text,
            tz: Some(tz),
        })),
        _ => ScheduleWish::Text(text),
    }
}

impl AddArgs {
    pub(super) fn draft(self, context: &ToolContext) -> Result<JobDraft, ToolError> {
        let here = self.action.here;
        let action = self.action.action(context)?;
        let action =
            action.ok_or_else(|| wrong("give one of `prompt`, `command`, `tool` and `url`"))?;
        let usual = CronOptions::default();
        let limits = self.limits;
        Ok(JobDraft {
            name: self.name,
            schedule: wish(self.schedule, self.tz),
            options: CronOptions {
                timeout_secs: limits.timeout_secs,
                retries: limits.retries.unwrap_or(usual.retries),
                overlap: limits.overlap.unwrap_or(usual.overlap),
                catch_up: limits.catch_up.unwrap_or(usual.catch_up),
                delivery: delivery(here, &action, context),
                delete_after_run: limits.delete_after_run.unwrap_or(false),
                ..usual
            },
            action,
            enabled: true,
        })
    }
}

impl UpdateArgs {
    pub(super) fn patch(self, context: &ToolContext) -> Result<JobPatch, ToolError> {
        let here = self.action.here;
        let action = self.action.action(context)?;
        let limits = self.limits;
        let deliver = action
            .as_ref()
            .and_then(|action| delivery(here, action, context));
        Ok(JobPatch {
            name: self.name,
            schedule: self.schedule.map(|text| wish(text, self.tz)),
            action,
            timeout_secs: limits.timeout_secs.map(Some),
            retries: limits.retries,
            overlap: limits.overlap,
            catch_up: limits.catch_up,
            jitter_secs: None,
            delivery: deliver.map(Some),
            delete_after_run: limits.delete_after_run,
            enabled: self.enabled,
        })
    }
}
