//! `/api/approvals`: what waits for its owner, decisions, and the rules they make.

use std::sync::Arc;

use poem_openapi::{
    ApiResponse, Enum, Object, OpenApi,
    param::{Path, Query},
    payload::Json,
};
use serde_json::{Value, json};

use super::{
    ApiError, Caller, ErrorBody, Group, body::JsonBody, error::sentence, sessions::cursor_of,
};
use crate::{
    agent::Sessions,
    approvals::{ApprovalFilter, Approvals, ApprovalsError, Decider, Ruling},
    model::{
        ActionPreview, Approval, ApprovalId, ApprovalKind, ApprovalState, Cursor, Decision,
        Principal, Reach, Risk, RuleId, SessionId, Timestamp, ToolRule, TurnId,
    },
    security::TokenService,
    tools::Scope,
};

/// A tool call, or a question, that waits or waited for its owner.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Approval", skip_serializing_if_is_none)]
pub(super) struct ApprovalView {
    /// Names the request.
    request_id: ApprovalId,
    /// What is wanted.
    kind: ApprovalKind,
    /// The turn that waits.
    turn_id: TurnId,
    /// Its session.
    session_id: SessionId,
    /// That session's title.
    session_title: String,
    /// The call within the turn.
    call_id: String,
    /// The tool.
    tool: String,
    /// Its arguments, without secrets.
    args: Value,
    /// The exact command, change, request or question.
    action: ActionPreview,
    /// What would happen, for a person.
    summary: String,
    /// How dangerous it is.
    risk: Risk,
    /// What an answer that holds from now on would cover, to follow "always allow"; left out when
    /// it can only be answered for this once.
    always: Option<String>,
    /// When it was asked.
    created_at: Timestamp,
    /// When it lapses.
    expires_at: Timestamp,
    /// Where it stands.
    state: ApprovalState,
    /// The decision.
    decision: Option<Decision>,
    /// How far the decision holds.
    scope: Option<Reach>,
    /// Who decided.
    by: Option<String>,
    /// When.
    decided_at: Option<Timestamp>,
    /// Why, in its owner's words.
    reason: Option<String>,
    /// The answer to a question.
    answer: Option<String>,
}

impl From<Approval> for ApprovalView {
    fn from(approval: Approval) -> Self {
        let settled = approval.settled;
        let told = settled.as_ref();
        Self {
            request_id: approval.id,
            kind: approval.kind,
            turn_id: approval.turn_id,
            session_id: approval.session_id,
            session_title: approval.session_title,
            call_id: approval.call_id,
            tool: approval.tool,
            args: approval.args,
            action: approval.preview,
            summary: approval.summary,
            risk: approval.risk,
            always: approval.covers,
            created_at: approval.created_at,
            expires_at: approval.expires_at,
            state: approval.state,
            decision: told.map(|one| one.decision),
            scope: told.map(|one| one.reach),
            by: told.map(|one| one.by.clone()),
            decided_at: told.map(|one| one.at),
            reason: told.and_then(|one| one.reason.clone()),
            answer: settled.and_then(|one| one.answer),
        }
    }
}

/// A page of requests.
#[derive(Debug, Object)]
struct ApprovalPage {
    /// Those that wait come oldest first, all else newest first.
    approvals: Vec<ApprovalView>,
    /// Where to go on; null at the end.
    next_cursor: Option<String>,
}

/// Which requests.
#[derive(Clone, Copy, Debug, Default, Enum)]
#[oai(rename_all = "snake_case")]
enum Which {
    /// Those that wait.
    #[default]
    Pending,
    /// Those that were decided on, lapsed or were withdrawn.
    Decided,
    /// All.
    All,
}

/// What its owner can decide.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
enum Choice {
    /// Yes.
    Approve,
    /// No.
    Deny,
    /// Yes, and for calls like it from now on.
    Always,
}

/// A decision.
#[derive(Debug, Object)]
struct DecisionRequest {
    /// The decision.
    decision: Choice,
    /// How far it holds: `once`, `session` or `always`. Left out: once, or `always` for that
    /// decision.
    scope: Option<Reach>,
    /// Why; the agent is told.
    reason: Option<String>,
    /// The answer to a question.
    answer: Option<String>,
}

/// What kind of calls a rule covers.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
enum RuleKind {
    /// Every call of the tool.
    Tool,
    /// Commands that begin with these words.
    Command,
    /// Requests to this host.
    Host,
    /// Files in this folder and below.
    Folder,
}

/// What a rule covers.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct RuleScope {
    /// What kind of calls.
    kind: RuleKind,
    /// The words, the host or the folder.
    value: Option<String>,
}

/// Calls that need no decision any more.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ToolRule", skip_serializing_if_is_none)]
struct RuleView {
    /// Names it.
    id: RuleId,
    /// The tool.
    tool: String,
    /// What it covers.
    scope: RuleScope,
    /// The same in words, to follow "allows".
    covers: String,
    /// The only session it holds in; left out: everywhere.
    session_id: Option<SessionId>,
    /// That session's title.
    session_title: Option<String>,
    /// When it was made.
    created_at: Timestamp,
    /// Who made it.
    created_by: String,
}

/// All rules, the oldest first.
#[derive(Clone, Debug, Object)]
struct RuleList {
    /// The rules.
    rules: Vec<RuleView>,
}

#[derive(ApiResponse)]
enum Revoked {
    /// Such calls are asked for again.
    #[oai(status = 204)]
    Done,
}

impl From<ApprovalsError> for ApiError {
    fn from(error: ApprovalsError) -> Self {
        match &error {
            ApprovalsError::Unknown => Self::not_found("request"),
            ApprovalsError::NoRule => Self::not_found("rule"),
            ApprovalsError::Ruling(field, expected) => Self::bad_field(field, expected.clone()),
            ApprovalsError::Settled(approval) => {
                let settled = approval.settled.as_ref();
                let details = json!({
                    "state": approval.state,
                    "decision": settled.map(|one| one.decision),
                    "by": settled.map(|one| &one.by),
                    "decided_at": settled.map(|one| one.at),
                });
                let body = ErrorBody::new("CONFLICT", sentence(&error));
                Self::Conflict(Json(body.with_details(details)))
            }
            ApprovalsError::Store(store) => Self::internal(store),
        }
    }
}

/// Who decides, as far as the token tells.
pub(crate) fn decider(principal: &Principal, tokens: &TokenService) -> Decider {
    let device = principal.device_id;
    let named = device.and_then(|id| tokens.find(id));
    Decider {
        device_id: device,
        name: named.map_or_else(|| "the owner".to_owned(), |device| device.name),
    }
}

/// The group.
pub struct ApprovalsApi {
    /// The requests and rules.
    pub approvals: Approvals,
    /// The conversations, for their titles.
    pub sessions: Sessions,
    /// Who is who.
    pub tokens: Arc<TokenService>,
}

#[OpenApi(tag = "Group::Approvals")]
impl ApprovalsApi {
    /// List what waits for a decision
    #[oai(
        path = "/api/approvals",
        method = "get",
        operation_id = "list_approvals"
    )]
    async fn list(
        &self,
        _caller: Caller,
        /// Which ones.
        #[oai(default)]
        state: Query<Which>,
        /// Only those of this conversation.
        session_id: Query<Option<SessionId>>,
        /// At most so many.
        #[oai(
            default = "default_limit",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        limit: Query<u32>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Json<ApprovalPage>, ApiError> {
        let after = cursor_of(cursor.0.as_deref())?;
        let filter = match state.0 {
            Which::Pending => ApprovalFilter::Pending,
            Which::Decided => ApprovalFilter::Settled,
            Which::All => ApprovalFilter::All,
        };
        let listed = self
            .approvals
            .list(filter, session_id.0, after, limit.0)
            .await;
        let (approvals, next) = listed.map_err(ApprovalsError::from)?;
        Ok(Json(ApprovalPage {
            approvals: approvals.into_iter().map(ApprovalView::from).collect(),
            next_cursor: next.map(Cursor::encode),
        }))
    }

    /// Decide on a tool call, or answer a question
    ///
    /// The first decision counts; a second one is told of it.
    #[oai(
        path = "/api/turns/:id/approvals/:request_id",
        method = "post",
        operation_id = "decide_approval"
    )]
    async fn decide(
        &self,
        caller: Caller,
        /// The turn that waits.
        id: Path<TurnId>,
        /// The request.
        request_id: Path<ApprovalId>,
        body: JsonBody<DecisionRequest>,
    ) -> Result<Json<ApprovalView>, ApiError> {
        let DecisionRequest {
            decision,
            scope,
            reason,
            answer,
        } = body.0;
        let ruling = Ruling {
            decision: match decision {
                Choice::Approve => Decision::Approve,
                Choice::Deny => Decision::Deny,
                Choice::Always => Decision::Always,
            },
            reach: scope,
            reason,
            answer,
        };
        let by = decider(&caller.principal, &self.tokens);
        let decided = self
            .approvals
            .decide(id.0, request_id.0, ruling, by)
            .await?;
        Ok(Json(decided.into()))
    }

    /// List the decisions that hold from now on
    #[oai(
        path = "/api/approvals/rules",
        method = "get",
        operation_id = "list_tool_rules"
    )]
    async fn rules(&self, _caller: Caller) -> Result<Json<RuleList>, ApiError> {
        let mut rules = Vec::new();
        for rule in self.approvals.rules().await? {
            let title = match &rule.session_id {
                Some(session) => self.sessions.get(session).await.ok(),
                None => None,
            };
            rules.push(rule_view(rule, title.map(|session| session.title)));
        }
        Ok(Json(RuleList { rules }))
    }

    /// Take such a decision back
    #[oai(
        path = "/api/approvals/rules/:id",
        method = "delete",
        operation_id = "revoke_tool_rule"
    )]
    async fn revoke(
        &self,
        caller: Caller,
        /// The rule.
        id: Path<RuleId>,
    ) -> Result<Revoked, ApiError> {
        let by = decider(&caller.principal, &self.tokens);
        self.approvals.revoke(id.0, by).await?;
        Ok(Revoked::Done)
    }
}

const fn default_limit() -> u32 {
    50
}

fn rule_view(rule: ToolRule, session_title: Option<String>) -> RuleView {
    let scope = serde_json::from_value::<Scope>(rule.scope).ok();
    let covers = scope.as_ref().map_or_else(
        || "nothing: another version of Clawgate made it".to_owned(),
        ToString::to_string,
    );
    let (kind, value) = match scope {
        Some(Scope::Command(words)) => (RuleKind::Command, Some(words.join(" "))),
        Some(Scope::Host(host)) => (RuleKind::Host, Some(host)),
        Some(Scope::Folder(folder)) => (RuleKind::Folder, Some(folder)),
        Some(Scope::Tool) | None => (RuleKind::Tool, None),
    };
    RuleView {
        id: rule.id,
        tool: rule.tool,
        scope: RuleScope { kind, value },
        covers,
        session_id: rule.session_id,
        session_title,
        created_at: rule.created_at,
        created_by: rule.created_by,
    }
}
