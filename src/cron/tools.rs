//! `cron_add`, `cron_list`, `cron_update`, `cron_remove`: the agent's own hands on the schedule.
//! What it makes or changes is shown to its owner whole, schedule and action, before it is kept.

mod args;
mod shown;

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Cron, CronError, CronFilter, Maker};
use crate::{
    approvals::{Standing, Verdict},
    config::{Autonomy, Config},
    model::{CronAction, CronAuthor, CronJob, Risk},
    tools::{
        Action, Effect, Permission, Preview, Tool, ToolContext, ToolError, ToolOutput, ToolSpec,
        parse, permission,
    },
};
use args::{AddArgs, UpdateArgs};

/// Jobs that are listed.
const LISTED: u32 = 100;

/// The tools over these jobs.
pub fn cron_tools(cron: &Cron) -> Vec<Arc<dyn Tool>> {
    vec![
        Arc::new(Add(args::add_spec(), cron.clone())),
        Arc::new(List(list_spec(), cron.clone())),
        Arc::new(Update(args::update_spec(), cron.clone())),
        Arc::new(Remove(remove_spec(), cron.clone())),
    ]
}

struct Add(ToolSpec, Cron);
struct List(ToolSpec, Cron);
struct Update(ToolSpec, Cron);
struct Remove(ToolSpec, Cron);

fn list_spec() -> ToolSpec {
    ToolSpec::reading(
        "cron_list",
        "Lists the scheduled jobs: their ids, schedules, what they do, when they run next and how \
         their last run went.",
        json!({
            "type": "object",
            "properties": {
                "query": {
                    "type": "string", "maxLength": 200,
                    "description": "Only jobs with these words in their name or in what they do"
                }
            },
            "additionalProperties": false
        }),
    )
}

fn remove_spec() -> ToolSpec {
    ToolSpec::acting(
        Effect::Write,
        "cron_remove",
        "Deletes a scheduled job. Your owner can bring it back.",
        json!({
            "type": "object",
            "properties": {
                "id": {
                    "type": "string", "minLength": 1, "maxLength": 200,
                    "description": "Its id as cron_list tells it, or its exact name"
                }
            },
            "required": ["id"],
            "additionalProperties": false
        }),
    )
}

#[derive(Deserialize)]
struct ListArgs {
    query: Option<String>,
}

#[derive(Deserialize)]
struct RemoveArgs {
    id: String,
}

fn failed(error: CronError) -> ToolError {
    match error {
        CronError::Store(cause) => {
            tracing::error!(error = %cause, "a cron tool could not use the database");
            ToolError::Failed("the schedule could not be used".to_owned())
        }
        CronError::Field { field, expected } => {
            let field = field.strip_prefix("job.").unwrap_or(&field);
            ToolError::Arguments(format!("`{field}`: expected {expected}"))
        }
        error => ToolError::Failed(error.to_string()),
    }
}

fn maker(context: &ToolContext) -> Maker {
    if context.is_try() {
        return Maker::OWNER;
    }
    Maker {
        author: CronAuthor::Agent,
        session_id: Some(context.session_id.clone()),
        turn_id: Some(context.turn_id),
    }
}

/// A job by its id or its name.
async fn find(cron: &Cron, id: &str) -> Result<CronJob, ToolError> {
    cron.named(id).await.map_err(|error| match error {
        CronError::Missing => ToolError::Failed(format!(
            "no job has the id or the name {id:?}; cron_list tells those there are"
        )),
        error => failed(error),
    })
}

/// A job is no way around what its owner wants to be asked: where nobody was asked about the job
/// itself, what it does must need no word either.
async fn check_reach(
    cron: &Cron,
    context: &ToolContext,
    own: &ToolSpec,
    action: &CronAction,
) -> Result<(), ToolError> {
    let config: &Config = &context.config;
    let unasked = config.agent.autonomy == Autonomy::Supervised
        && permission(config, own) == Permission::Allow;
    if !unasked || context.is_try() {
        return Ok(());
    }
    let name = match action {
        CronAction::Agent(_) => return Ok(()),
        CronAction::Shell(_) => "shell",
        CronAction::Webhook(_) => "http_request",
        CronAction::Tool(tool) => tool.tool.as_str(),
    };
    let tools = cron.registry();
    let tool = tools.as_ref().and_then(|tools| tools.find(name));
    let free = tool.is_some_and(|tool| {
        let bare = Action::reading("");
        Standing::of(config, tool.spec()).verdict(&bare, false) == Verdict::Run
    });
    if free {
        return Ok(());
    }
    Err(ToolError::Refused(format!(
        "your owner wants to be asked before {name} is used, and was not asked about this job \
         ({} is allowed without asking)",
        own.name
    )))
}

fn risk(action: &CronAction) -> Risk {
    match action {
        CronAction::Agent(_) => Risk::Medium,
        CronAction::Shell(_) | CronAction::Tool(_) | CronAction::Webhook(_) => Risk::High,
    }
}

/// Asked for each time: an agreement to one job is none to the next.
fn acting(summary: String, risk: Risk, name: &str, diff: String) -> Action {
    Action {
        summary,
        risk,
        preview: Preview::Diff {
            path: format!("schedule/{name}"),
            diff,
        },
        scope: None,
    }
}

#[async_trait]
impl Tool for Add {
    fn spec(&self) -> &ToolSpec {
        &self.0
    }

    async fn action(&self, context: &ToolContext, args: &Value) -> Result<Action, ToolError> {
        let args: AddArgs = parse(args)?;
        let draft = args.draft(context)?;
        let job = self
            .1
            .drafted(draft, &maker(context))
            .await
            .map_err(failed)?;
        check_reach(&self.1, context, &self.0, &job.action).await?;
        let words = self.1.words(&job.schedule);
        let summary = format!("Schedule: {words}: {}", shown::what(&job.action));
        let diff = shown::diff("", &shown::text(&self.1, &job));
        Ok(acting(summary, risk(&job.action), &job.name, diff))
    }

    async fn run(&self, context: &ToolContext, args: &Value) -> Result<ToolOutput, ToolError> {
        let args: AddArgs = parse(args)?;
        let draft = args.draft(context)?;
        check_reach(&self.1, context, &self.0, &draft.action).await?;
        let job = self
            .1
            .create(draft, &maker(context))
            .await
            .map_err(failed)?;
        let words = format!(
            "Scheduled {:?} (id {}): {}; next at {}.",
            job.name,
            job.id,
            self.1.words(&job.schedule),
            shown::moment(&self.1, job.next_at),
        );
        Ok(ToolOutput::own(words).with_details(shown::details(&self.1, &job)))
    }
}

#[async_trait]
impl Tool for List {
    fn spec(&self) -> &ToolSpec {
        &self.0
    }

    async fn action(&self, _: &ToolContext, args: &Value) -> Result<Action, ToolError> {
        let _: ListArgs = parse(args)?;
        Ok(Action::reading("List the scheduled jobs"))
    }

    async fn run(&self, _: &ToolContext, args: &Value) -> Result<ToolOutput, ToolError> {
        let args: ListArgs = parse(args)?;
        let filter = CronFilter {
            text: args.query.filter(|text| !text.trim().is_empty()),
            ..CronFilter::default()
        };
        let (jobs, more) = self.1.list(filter, None, LISTED).await.map_err(failed)?;
        let details: Vec<Value> = jobs
            .iter()
            .map(|job| shown::details(&self.1, job))
            .collect();
        let mut lines: Vec<String> = jobs.iter().map(|job| shown::line(&self.1, job)).collect();
        if lines.is_empty() {
            lines.push("Nothing is scheduled.".to_owned());
        }
        if more.is_some() {
            lines.push(format!("[there are more than {LISTED}; ask with a query]"));
        }
        // Prompts of jobs may have been heard from others once.
        let output = ToolOutput::from_others("schedule", lines.join("\n"));
        Ok(output.with_details(json!({"jobs": details})))
    }
}

#[async_trait]
impl Tool for Update {
    fn spec(&self) -> &ToolSpec {
        &self.0
    }

    async fn action(&self, context: &ToolContext, args: &Value) -> Result<Action, ToolError> {
        let args: UpdateArgs = parse(args)?;
        let before = find(&self.1, &args.id).await?;
        let patch = args.patch(context)?;
        let after = self.1.patched(&before, patch).await.map_err(failed)?;
        check_reach(&self.1, context, &self.0, &after.action).await?;
        let text = |job: &CronJob| shown::text(&self.1, job);
        let summary = format!(
            "Change the job {:?}: {}: {}",
            before.name,
            self.1.words(&after.schedule),
            shown::what(&after.action)
        );
        let diff = shown::diff(&text(&before), &text(&after));
        Ok(acting(summary, risk(&after.action), &before.name, diff))
    }

    async fn run(&self, context: &ToolContext, args: &Value) -> Result<ToolOutput, ToolError> {
        let args: UpdateArgs = parse(args)?;
        let before = find(&self.1, &args.id).await?;
        let patch = args.patch(context)?;
        let action = patch.action.as_ref().unwrap_or(&before.action);
        check_reach(&self.1, context, &self.0, action).await?;
        let version = Some(before.version);
        let job = self
            .1
            .edit(before.id, patch, version)
            .await
            .map_err(failed)?;
        let words = format!("Changed. {}", shown::line(&self.1, &job));
        Ok(ToolOutput::own(words).with_details(shown::details(&self.1, &job)))
    }
}

#[async_trait]
impl Tool for Remove {
    fn spec(&self) -> &ToolSpec {
        &self.0
    }

    async fn action(&self, _: &ToolContext, args: &Value) -> Result<Action, ToolError> {
        let args: RemoveArgs = parse(args)?;
        let job = find(&self.1, &args.id).await?;
        let summary = format!(
            "Delete the job {:?}: {}: {}",
            job.name,
            self.1.words(&job.schedule),
            shown::what(&job.action)
        );
        let diff = shown::diff(&shown::text(&self.1, &job), "");
        Ok(acting(summary, Risk::Medium, &job.name, diff))
    }

    async fn run(&self, _: &ToolContext, args: &Value) -> Result<ToolOutput, ToolError> {
        let args: RemoveArgs = parse(args)?;
        let job = find(&self.1, &args.id).await?;
        self.1.delete(job.id).await.map_err(failed)?;
        let words = format!(
            "Deleted the job {:?}; your owner can bring it back.",
            job.name
        );
        Ok(ToolOutput::own(words).with_details(json!({"id": job.id, "name": job.name})))
    }
}
