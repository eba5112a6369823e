//! The agent's tools: what there is, how it does, and trying one out.

use std::sync::Arc;

use poem_openapi::{Enum, Object, OpenApi, param::Path, payload::Json};
use serde_json::Value;

use super::{ApiError, Caller, Group, body::JsonBody, error::sentence};
use crate::{
    approvals::{Standing, Verdict, offered, preview_of},
    clock::Clock,
    config::{Autonomy, Config, ConfigHandle},
    model::{ActionPreview, Risk, SessionId, Timestamp, TurnId},
    tools::{
        Action, Call, Effect, Finished, Permission, PermissionEditor, Preview, Progress,
        RecentCalls, Registry, Sandbox, ToolContext, ToolError, ToolSpec, permission, said_of,
    },
};

/// The strongest thing that a tool can do.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "ToolEffect", rename_all = "snake_case")]
enum EffectView {
    /// Looks at what is here.
    Read,
    /// Changes what is kept here.
    Write,
    /// Talks to other machines.
    Network,
    /// Runs programs.
    Execute,
}

/// Whether a tool may be used.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "ToolPermission", rename_all = "snake_case")]
enum PermissionView {
    /// Without asking.
    Allow,
    /// When its owner agrees.
    Ask,
    /// Never.
    Deny,
}

/// What the owner says of a tool.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "ToolPermissionSetting", rename_all = "snake_case")]
enum SettingView {
    /// It may be used without asking.
    Allow,
    /// It may be used when they agree.
    Ask,
    /// It may never be used.
    Deny,
    /// Nothing: the tool's own default holds.
    Default,
}

/// What is to be said of a tool.
#[derive(Debug, Object)]
#[oai(rename = "ToolPermissionChange")]
struct PermissionRequest {
    /// Whether it may be used.
    permission: SettingView,
}

/// How much the agent may do by itself.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "Autonomy", rename_all = "snake_case")]
enum AutonomyView {
    /// It looks, and changes nothing.
    ReadOnly,
    /// It does what its owner allowed, and asks for the rest.
    Supervised,
    /// It asks for nothing.
    Full,
}

/// How the last calls of a tool went: a hundred at most, since the gateway began.
#[derive(Debug, Object)]
#[oai(rename = "RecentToolCalls", skip_serializing_if_is_none)]
struct RecentView {
    /// How many there were.
    calls: u32,
    /// Those that did not do what was asked.
    failures: u32,
    /// Of these, those that took too long.
    timed_out: u32,
    /// Half of them took no longer, in milliseconds.
    median_ms: Option<u64>,
    /// When the last one ended.
    last_at: Option<Timestamp>,
    /// When the last one that failed ended.
    last_failure_at: Option<Timestamp>,
    /// What the last one that failed said.
    last_failure: Option<String>,
}

/// A tool.
#[derive(Debug, Object)]
#[oai(rename = "Tool", skip_serializing_if_is_none)]
struct ToolView {
    /// Its name.
    name: String,
    /// What it does, as the model is told.
    description: String,
    /// JSON Schema of its arguments.
    schema: Value,
    /// Where it comes from: `built-in`.
    source: String,
    /// The strongest thing it can do.
    effect: EffectView,
    /// How dangerous a call is, where the call says nothing more precise.
    risk: Risk,
    /// Whether it may be used now.
    permission: PermissionView,
    /// Whether it may be used where its owner says nothing of it.
    default_permission: PermissionView,
    /// What the owner says of it.
    setting: SettingView,
    /// Whether the model is told of it.
    offered: bool,
    /// How long a call may take, in seconds; left out: as long as it does.
    timeout_secs: Option<u64>,
    /// Bytes of output that the model is shown at most.
    output_cap_bytes: u64,
    /// Whether calls of it run beside each other.
    parallel_safe: bool,
    /// How its last calls went.
    recent: RecentView,
}

/// How well commands are walled in on this machine.
#[derive(Debug, Object)]
#[oai(rename = "Sandbox")]
struct SandboxView {
    /// They reach the workspace and the system's programs and no other files.
    files: bool,
    /// They can't signal or watch the gateway or other programs.
    processes: bool,
    /// TCP connections can be refused to them.
    network: bool,
    /// All of that in words.
    message: String,
}

/// All tools.
#[derive(Debug, Object)]
struct ToolList {
    /// The tools, by name.
    tools: Vec<ToolView>,
    /// How much the agent may do by itself.
    autonomy: AutonomyView,
    /// How well commands are walled in on this machine.
    sandbox: SandboxView,
}

/// A call to try out.
#[derive(Debug, Object)]
#[oai(rename = "ToolTry")]
struct TryRequest {
    /// The arguments; left out: none.
    args: Option<Value>,
    /// Agrees to what the call would do, where the agent would have to ask. Without it such a
    /// call is described and not made.
    #[oai(default)]
    approve: bool,
    /// Describes the call and makes it in no case.
    #[oai(default)]
    dry_run: bool,
}

/// What became of a call.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "ToolTryStatus", rename_all = "snake_case")]
enum TryStatus {
    /// It was made.
    Done,
    /// It was only described.
    DryRun,
    /// It would be made after an approval.
    NeedsApproval,
}

/// What a call does.
#[derive(Debug, Object)]
#[oai(rename = "ToolAction", skip_serializing_if_is_none)]
struct ActionView {
    /// One line for a person.
    summary: String,
    /// How dangerous it is.
    risk: Risk,
    /// The exact thing.
    preview: ActionPreview,
    /// What "always" would cover, in words; left out: it is asked for each time.
    always: Option<String>,
}

/// What a call came to.
#[derive(Debug, Object)]
#[oai(rename = "ToolTryResult", skip_serializing_if_is_none)]
struct TryReply {
    /// What became of it.
    status: TryStatus,
    /// What it does.
    action: ActionView,
    /// What came out of it, as the model would see it.
    output: Option<String>,
    /// Whether it did what was asked.
    success: Option<bool>,
    /// How long it took, in milliseconds.
    duration_ms: Option<u64>,
    /// What a card shows beside the output.
    details: Option<Value>,
    /// Whether the output was too long, so that part of it is left out.
    truncated: Option<bool>,
    /// Secrets that were masked in it.
    masked: Option<u32>,
}

/// See [`Group::Tools`].
pub struct ToolsApi {
    /// The tools.
    pub tools: Arc<Registry>,
    /// Who writes down what their owner says of them.
    pub permissions: PermissionEditor,
    /// Settings.
    pub config: ConfigHandle,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

#[OpenApi(tag = "Group::Tools")]
impl ToolsApi {
    /// List the tools
    #[oai(path = "/api/tools", method = "get", operation_id = "list_tools")]
    async fn list(&self, _caller: Caller) -> Json<ToolList> {
        let config = self.config.current();
        let sandbox = Sandbox::of_this_machine();
        Json(ToolList {
            tools: self
                .tools
                .specs()
                .map(|spec| self.view(&config, spec))
                .collect(),
            autonomy: match config.agent.autonomy {
                Autonomy::ReadOnly => AutonomyView::ReadOnly,
                Autonomy::Supervised => AutonomyView::Supervised,
                Autonomy::Full => AutonomyView::Full,
            },
            sandbox: SandboxView {
                files: sandbox.files,
                processes: sandbox.processes,
                network: sandbox.network,
                message: sandbox.words(),
            },
        })
    }

    /// Say whether a tool may be used
    ///
    /// Writes it to `config.toml`, where comments and all else stay as they are, and puts it in
    /// force at once. What the environment says otherwise is answered with 409.
    #[oai(
        path = "/api/tools/:name/permission",
        method = "put",
        operation_id = "set_tool_permission"
    )]
    async fn permit(
        &self,
        caller: Caller,
        /// The tool.
        Path(name): Path<String>,
        JsonBody(request): JsonBody<PermissionRequest>,
    ) -> Result<Json<ToolView>, ApiError> {
        let tool = self.tools.find(&name);
        let tool = tool.ok_or_else(|| ApiError::not_found("tool"))?;
        let wanted = match request.permission {
            SettingView::Allow => Some(Permission::Allow),
            SettingView::Ask => Some(Permission::Ask),
            SettingView::Deny => Some(Permission::Deny),
            SettingView::Default => None,
        };
        let by = caller.principal.device_id;
        self.permissions.set(&name, wanted, by).await?;
        Ok(Json(self.view(&self.config.current(), tool.spec())))
    }

    /// Try a tool out
    ///
    /// Under the same rules as the agent's own calls: what is denied is not done, and what the
    /// agent would have to ask for needs `approve`. Belongs to no conversation.
    #[oai(
        path = "/api/tools/:name/run",
        method = "post",
        operation_id = "try_tool"
    )]
    async fn run(
        &self,
        _caller: Caller,
        Path(name): Path<String>,
        JsonBody(request): JsonBody<TryRequest>,
    ) -> Result<Json<TryReply>, ApiError> {
        if self.tools.find(&name).is_none() {
            return Err(ApiError::not_found("tool"));
        }
        let config = self.config.current();
        let args = request.args.unwrap_or(Value::Null);
        let call = self.tools.check(&name, args).map_err(refused)?;
        let context = ToolContext {
            session_id: SessionId::fresh(),
            turn_id: TurnId::fresh(),
            call_id: ToolContext::TRY.to_owned(),
            config: Arc::clone(&config),
            clock: Arc::clone(&self.clock),
            // A caller who leaves takes the call along.
            cancel: tokio_util::sync::CancellationToken::new(),
            progress: Progress::default(),
        };
        let action = self.tools.action(&context, &call).await.map_err(refused)?;
        let needs_word = needs_word(&config, &call, &action)?;
        let status = if request.dry_run {
            TryStatus::DryRun
        } else if needs_word && !request.approve {
            TryStatus::NeedsApproval
        } else {
            TryStatus::Done
        };
        if matches!(status, TryStatus::Done) {
            let finished = self.tools.run(&context, &call).await;
            return Ok(Json(done(action, finished)));
        }
        Ok(Json(TryReply {
            status,
            action: described(action),
            output: None,
            success: None,
            duration_ms: None,
            details: None,
            truncated: None,
            masked: None,
        }))
    }
}

impl ToolsApi {
    fn view(&self, config: &Config, spec: &ToolSpec) -> ToolView {
        let permission = permission(config, spec);
        let cap = spec.output_cap.min(config.tools.output_cap_bytes);
        ToolView {
            name: spec.name.clone().into_owned(),
            description: spec.description.clone().into_owned(),
            schema: spec.schema.clone(),
            source: "built-in".to_owned(),
            effect: match spec.effect {
                Effect::Read => EffectView::Read,
                Effect::Write => EffectView::Write,
                Effect::Network => EffectView::Network,
                Effect::Execute => EffectView::Execute,
            },
            risk: spec.effect.risk(),
            permission: permission.into(),
            default_permission: spec.permission.into(),
            setting: match said_of(config, &spec.name) {
                Some(Permission::Allow) => SettingView::Allow,
                Some(Permission::Ask) => SettingView::Ask,
                Some(Permission::Deny) => SettingView::Deny,
                None => SettingView::Default,
            },
            offered: offered(config, spec),
            timeout_secs: self
                .tools
                .limit(config, &spec.name)
                .map(|limit| limit.as_secs()),
            output_cap_bytes: cap as u64,
            parallel_safe: spec.parallel_safe,
            recent: self.tools.recent(&spec.name).into(),
        }
    }
}

impl From<Permission> for PermissionView {
    fn from(permission: Permission) -> Self {
        match permission {
            Permission::Allow => Self::Allow,
            Permission::Ask => Self::Ask,
            Permission::Deny => Self::Deny,
        }
    }
}

impl From<RecentCalls> for RecentView {
    fn from(recent: RecentCalls) -> Self {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let (last_failure_at, last_failure) = recent.last_failure.unzip();
        Self {
            calls: count(recent.calls),
            failures: count(recent.failures),
            timed_out: count(recent.timed_out),
            median_ms: recent.median_ms,
            last_at: recent.last_at,
            last_failure_at,
            last_failure,
        }
    }
}

/// Whether a call needs its owner's word; an error where the rules forbid it.
fn needs_word(config: &Config, call: &Call, action: &Action) -> Result<bool, ApiError> {
    if matches!(action.preview, Preview::Question { .. }) {
        return Err(ApiError::conflict(
            "This tool asks you something; it works in a conversation only.",
        ));
    }
    match Standing::of(config, call.spec()).verdict(action, false) {
        Verdict::Run => Ok(false),
        Verdict::Ask => Ok(true),
        Verdict::Refuse(_) => Err(ApiError::forbidden(format!(
            "The rules do not let the agent use {}: see tools.permissions.deny and agent.autonomy.",
            call.spec().name
        ))),
    }
}

fn described(action: Action) -> ActionView {
    ActionView {
        summary: action.summary,
        risk: action.risk,
        // The registry has masked it.
        preview: preview_of(&action.preview, str::to_owned),
        always: action.scope.map(|scope| scope.to_string()),
    }
}

fn done(action: Action, finished: Finished) -> TryReply {
    TryReply {
        status: TryStatus::Done,
        action: described(action),
        success: Some(finished.success()),
        duration_ms: Some(u64::try_from(finished.duration.as_millis()).unwrap_or(u64::MAX)),
        truncated: Some(finished.truncated),
        masked: Some(u32::try_from(finished.masked).unwrap_or(u32::MAX)),
        output: Some(finished.output),
        details: finished.details,
    }
}

fn refused(error: ToolError) -> ApiError {
    match error {
        ToolError::Unknown(_) => ApiError::not_found("tool"),
        ToolError::Arguments(words) => ApiError::bad_field("args", words),
        ToolError::Refused(_) => ApiError::forbidden(sentence(&error)),
        ToolError::Failed(_) | ToolError::TimedOut(_) | ToolError::Cancelled => {
            ApiError::unprocessable(sentence(&error))
        }
    }
}
