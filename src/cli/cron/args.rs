//! What is typed about a job.

use clap::Args;
use serde_json::Value;

use crate::{
    cli::CliError,
    cron::{JobDraft, JobPatch, ScheduleWish},
    model::{
        AgentAction, CatchUp, CronAction, CronJob, CronOptions, CronSchedule, Delivery, Overlap,
        Schedule, SessionDelivery, SessionId, ShellAction, ToolAction, WebhookAction,
    },
};

/// When.
#[derive(Clone, Debug, Args)]
pub struct ScheduleArgs {
    /// A cron expression ("0 9 * * 1-5"), a moment, or words ("every weekday at 9")
    pub schedule: String,
    /// IANA time zone of a cron expression; else the owner's
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<String>,
}

/// What is done: one of these.
#[derive(Clone, Debug, Args)]
#[group(id = "what", multiple = false)]
pub(super) struct WhatArgs {
    /// Ask the agent this
    #[arg(long, value_name = "TEXT", group = "what")]
    prompt: Option<String>,
    /// Run this command in the workspace
    #[arg(long, value_name = "COMMAND", group = "what")]
    command: Option<String>,
    /// Use this tool
    #[arg(long, value_name = "NAME", group = "what")]
    tool: Option<String>,
    /// Send JSON to this address with POST
    #[arg(long, value_name = "URL", group = "what")]
    url: Option<String>,
}

/// What goes with it.
#[derive(Clone, Debug, Args)]
pub(super) struct MoreArgs {
    /// The tool's arguments, as JSON
    #[arg(long, value_name = "JSON", requires = "tool")]
    args: Option<String>,
    /// What is sent to the address, as JSON
    #[arg(long, value_name = "JSON", requires = "url")]
    body: Option<String>,
    /// The session to ask in; else one of the job's own
    #[arg(long, value_name = "ID", requires = "prompt")]
    session: Option<SessionId>,
    /// The model to ask
    #[arg(long, value_name = "MODEL", requires = "prompt")]
    model: Option<String>,
    /// The only tool that the agent may use; may be repeated
    #[arg(long = "only-tool", value_name = "NAME", requires = "prompt")]
    only_tools: Vec<String>,
    /// What it is called
    #[arg(long)]
    name: Option<String>,
    /// The longest that one try may take, in seconds
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
    /// Further tries after one that failed
    #[arg(long, value_name = "COUNT")]
    retries: Option<u32>,
    /// When it is due while still under way: skip or queue
    #[arg(long, value_name = "WHAT")]
    overlap: Option<String>,
    /// Times missed while no gateway ran: all, last or none are made up for
    #[arg(long, value_name = "WHICH")]
    catch_up: Option<String>,
    /// Begin by chance up to so many seconds later
    #[arg(long, value_name = "SECONDS")]
    jitter: Option<u64>,
    /// Tell the result in this session
    #[arg(long, value_name = "ID")]
    deliver_to: Option<SessionId>,
}

/// A job to be made.
#[derive(Clone, Debug, Args)]
pub struct AddArgs {
    #[command(flatten)]
    when: ScheduleArgs,
    #[command(flatten)]
    what: WhatArgs,
    #[command(flatten)]
    more: MoreArgs,
    /// Delete it once it has run well
    #[arg(long)]
    delete_after_run: bool,
    /// Paused from the start
    #[arg(long)]
    paused: bool,
}

/// A job to be changed.
#[derive(Clone, Debug, Args)]
pub struct EditArgs {
    /// Its id or its name
    pub job: String,
    /// When: a cron expression, a moment, or words
    #[arg(long)]
    schedule: Option<String>,
    /// IANA time zone of a cron expression
    #[arg(long, value_name = "ZONE")]
    tz: Option<String>,
    #[command(flatten)]
    what: WhatArgs,
    #[command(flatten)]
    more: MoreArgs,
    /// Tell the result nowhere
    #[arg(long, conflicts_with = "deliver_to")]
    no_delivery: bool,
    /// Whether to delete it once it has run well
    #[arg(long, value_name = "BOOL")]
    delete_after_run: Option<bool>,
}

fn json(name: &str, text: Option<String>) -> Result<Option<Value>, CliError> {
    text.map(|text| {
        serde_json::from_str(&text)
            .map_err(|error| CliError::Usage(format!("--{name}: expected JSON ({error})")))
    })
    .transpose()
}

fn word<T: std::str::FromStr>(
    name: &str,
    text: Option<&String>,
    known: &str,
) -> Result<Option<T>, CliError> {
    text.map(|text| {
        text.parse()
            .map_err(|_| CliError::Usage(format!("--{name}: expected {known}")))
    })
    .transpose()
}

impl ScheduleArgs {
    pub(super) fn wish(self) -> (ScheduleWish, Option<String>) {
        (ScheduleWish::Text(self.schedule), self.tz)
    }
}

/// With a zone it is an expression: words are those of the owner's zone.
fn wish(schedule: String, tz: Option<String>) -> ScheduleWish {
    match tz {
        Some(_) => ScheduleWish::Spec(Schedule::Cron(CronSchedule { expr: schedule, tz })),
        None => ScheduleWish::Text(schedule),
    }
}

impl WhatArgs {
    fn action(self, more: &MoreArgs) -> Result<Option<CronAction>, CliError> {
        Ok(if let Some(prompt) = self.prompt {
            let tools = (!more.only_tools.is_empty()).then(|| more.only_tools.clone());
            Some(CronAction::Agent(AgentAction {
                prompt,
                session_id: more.session.clone(),
                model: more.model.clone(),
                tools,
            }))
        } else if let Some(command) = self.command {
            Some(CronAction::Shell(ShellAction { command }))
        } else if let Some(tool) = self.tool {
            let args = json("args", more.args.clone())?.unwrap_or(Value::Null);
            Some(CronAction::Tool(ToolAction { tool, args }))
        } else if let Some(url) = self.url {
            let body = json("body", more.body.clone())?;
            Some(CronAction::Webhook(WebhookAction { url, body }))
        } else {
            None
        })
    }
}

impl MoreArgs {
    fn overlap(&self) -> Result<Option<Overlap>, CliError> {
        word("overlap", self.overlap.as_ref(), "skip or queue")
    }

    fn catch_up(&self) -> Result<Option<CatchUp>, CliError> {
        word("catch-up", self.catch_up.as_ref(), "all, last or none")
    }

    fn delivery(&self) -> Option<Delivery> {
        let session_id = self.deliver_to.clone()?;
        Some(Delivery::Session(SessionDelivery { session_id }))
    }
}

impl AddArgs {
    pub(super) fn draft(self) -> Result<JobDraft, CliError> {
        let more = self.more;
        let action = self.what.action(&more)?.ok_or_else(|| {
            CliError::Usage("say what is to be done: --prompt, --command, --tool or --url".into())
        })?;
        Ok(JobDraft {
            options: CronOptions {
                timeout_secs: more.timeout,
                retries: more.retries.unwrap_or(0),
                overlap: more.overlap()?.unwrap_or_default(),
                catch_up: more.catch_up()?.unwrap_or_default(),
                jitter_secs: more.jitter.unwrap_or(0),
                delivery: more.delivery(),
                delete_after_run: self.delete_after_run,
            },
            name: more.name,
            schedule: wish(self.when.schedule, self.when.tz),
            action,
            enabled: !self.paused,
        })
    }
}

impl EditArgs {
    pub(super) fn patch(self, job: &CronJob) -> Result<JobPatch, CliError> {
        let more = self.more;
        let schedule = match (self.schedule, self.tz, &job.schedule) {
            (Some(text), tz, _) => Some(wish(text, tz)),
            (None, Some(tz), Schedule::Cron(cron)) => Some(wish(cron.expr.clone(), Some(tz))),
            (None, Some(_), _) => {
                let why = "--tz: only a cron expression has a time zone";
                return Err(CliError::Usage(why.to_owned()));
            }
            (None, None, _) => None,
        };
        let delivery = more.delivery();
        Ok(JobPatch {
            schedule,
            action: self.what.action(&more)?,
            timeout_secs: more.timeout.map(Some),
            retries: more.retries,
            overlap: more.overlap()?,
            catch_up: more.catch_up()?,
            jitter_secs: more.jitter,
            delivery: (delivery.is_some() || self.no_delivery).then_some(delivery),
            delete_after_run: self.delete_after_run,
            enabled: None,
            name: more.name,
        })
    }
}
