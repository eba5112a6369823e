//! What turns write while they run, and the one script that writes any number of them in one
//! transaction and one round trip. The rows come as JSON arrays: the script's text does not
//! depend on how many there are, so that it is prepared once.

use std::collections::HashMap;

use serde::Serialize;
use sqlx::{AssertSqlSafe, Sqlite, query::Query, sqlite::SqliteArguments};

use crate::model::{
    Approval, DeviceId, MicroUsd, Origin, SessionId, Step, Timestamp, TurnId, TurnState, Usage,
};

/// A turn that begins.
#[derive(Clone, Debug)]
pub struct NewTurn {
    /// Names it.
    pub id: TurnId,
    /// The session it belongs to; made if it is new, brought back if it was deleted.
    pub session_id: SessionId,
    /// The title of the session, should it be new.
    pub title: String,
    /// The door it came in by.
    pub origin: Origin,
    /// Who asked.
    pub device_id: Option<DeviceId>,
    /// What was said.
    pub input: String,
    /// Texts handed along.
    pub context: Vec<String>,
    /// Names of the files handed along.
    pub attachment_names: Vec<String>,
    /// Whether tools may be used.
    pub tools: bool,
    /// The only tools that it may use; none: all that its owner allows.
    pub only_tools: Option<Vec<String>>,
    /// The model asked for.
    pub model: Option<String>,
    /// The scheduled job that it belongs to.
    pub job: Option<String>,
    /// The turn whose place it takes; else it follows the last one that is shown.
    pub replaces: Option<TurnId>,
    /// When it was accepted.
    pub created_at: Timestamp,
}

/// When an event happened, and what it says; of a piece of text only when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// JSON of its own fields; none for a piece of text.
    pub payload: Option<String>,
    /// When it happened.
    pub at: Timestamp,
}

/// An event as the journal holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// 1, 2, 3 … within the turn.
    pub seq: u32,
    /// The `type` on the wire.
    pub name: String,
    /// JSON of the event's own fields, `type` included.
    pub payload: String,
    /// When it happened.
    pub at: Timestamp,
}

/// A turn that ended.
#[derive(Clone, Debug, Default)]
pub struct FinishedTurn {
    /// The provider that answered.
    pub provider: Option<String>,
    /// The model that answered.
    pub model: Option<String>,
    /// The answer, as far as it came.
    pub response: Option<String>,
    /// The reasoning, as far as it came.
    pub reasoning: Option<String>,
    /// Tokens of all model calls.
    pub usage: Usage,
    /// What it cost.
    pub cost: Option<MicroUsd>,
    /// What came before its last words; empty when no tool was used.
    pub steps: Vec<Step>,
    /// Why it failed: word and sentence.
    pub error: Option<(String, String)>,
    /// The `seq` of its last event.
    pub last_seq: u32,
    /// Milliseconds from acceptance to the first piece of the answer.
    pub first_token_ms: Option<u64>,
    /// How long the model thought, where that is known.
    pub reasoning_ms: Option<u64>,
}

/// A change of state.
#[derive(Clone, Debug)]
pub enum TurnStep {
    /// It is accepted, and waits or runs.
    Start(Box<NewTurn>),
    /// Only the event.
    Event,
    /// The work began.
    Run {
        /// The provider asked.
        provider: String,
        /// The model asked.
        model: String,
    },
    /// It waits for its owner's decision.
    Wait(Box<Approval>),
    /// The decision is there, and the work goes on.
    Resume,
    /// It ended.
    Finish(TurnState, Box<FinishedTurn>),
}

/// One write of one turn: a step, an event, or both.
#[derive(Clone, Debug)]
pub struct TurnWrite {
    /// The turn.
    pub turn_id: TurnId,
    /// Its session.
    pub session_id: SessionId,
    /// When.
    pub at: Timestamp,
    /// The step.
    pub step: TurnStep,
    /// The event.
    pub event: Option<EventRow>,
}

/// A part of the script and the number of its argument. Parts that have nothing to write are left
/// out: one event is one statement.
struct Part {
    sql: &'static str,
    rows: fn(&Document<'_>) -> Option<String>,
}

/// Rows as the JSON array that a part reads; none when there are none.
fn array<T: Serialize>(rows: &[T]) -> Option<String> {
    // Plain data always serialises, and an empty text would fail the script.
    (!rows.is_empty()).then(|| serde_json::to_string(rows).unwrap_or_default())
}

/// In the order in which they must run. Each names its own argument, so that none is parsed by
/// another part. `$` and not `?`: an argument is found by its name however few parts there are.
const PARTS: [Part; 9] = [
    Part {
        rows: |document| array(&document.sessions),
        sql: "
insert into sessions (id, title, origin, created_at, updated_at)
select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 3
from json_each($1) where true
on conflict (id) do update set updated_at = excluded.updated_at, deleted_at = null, archived = 0,
    title = iif(sessions.title = '', excluded.title, sessions.title);",
    },
    Part {
        rows: |document| array(&document.turns),
        sql: "
insert into turns (id, session_id, parent, active, state, origin, device_id, input, context,
    attachments, tools, model, created_at, job, only_tools)
select unhex(value ->> 0), value ->> 1,
    (select max(row) from turns where session_id = value ->> 1 and active = 1), 1,
    'queued', value ->> 2, unhex(value ->> 3), value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    value ->> 8, value ->> 9, value ->> 10, value ->> 11
from json_each($2);",
    },
    // The insert above did not see its own rows.
    Part {
        rows: |document| array(&document.followers),
        sql: "
update turns set parent = (select before.row from turns as before where before.id = step.before)
from (select unhex(value ->> 0) as id, unhex(value ->> 1) as before from json_each($3)) as step
where turns.id = step.id;",
    },
    Part {
        rows: |document| array(&document.runs),
        sql: "
update turns set state = 'running', started_at = coalesce(turns.started_at, step.at),
    provider = step.provider, model = step.model
from (select unhex(value ->> 0) as id, value ->> 1 as at, value ->> 2 as provider,
    value ->> 3 as model from json_each($4)) as step
where turns.id = step.id and turns.finished_at is null;",
    },
    Part {
        rows: |document| array(&document.states),
        sql: "
update turns set state = step.state
from (select unhex(value ->> 0) as id, value ->> 1 as state from json_each($5)) as step
where turns.id = step.id and turns.finished_at is null;",
    },
    Part {
        rows: |document| array(&document.asked),
        sql: "
insert into approvals (id, turn_id, session_id, call_id, kind, tool, args, exact_args, summary,
    risk, preview, scope, covers, created_at, expires_at)
select unhex(value ->> 0), unhex(value ->> 1), value ->> 2, value ->> 3, value ->> 4, value ->> 5,
    value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12,
    value ->> 13, value ->> 14
from json_each($6);",
    },
    Part {
        rows: |document| array(&document.events),
        sql: "
insert into turn_events (turn_id, seq, type, payload, at)
select unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4
from json_each($7);",
    },
    Part {
        rows: |document| array(&document.ends),
        sql: "
update turns set state = step.state, finished_at = step.at, last_seq = step.last_seq,
    provider = coalesce(step.provider, turns.provider), model = coalesce(step.model, turns.model),
    response = step.response, reasoning = step.reasoning,
    input_tokens = step.input, output_tokens = step.output, cached_tokens = step.cached,
    reasoning_tokens = step.thought, cost_micros = step.cost,
    error_code = step.code, error_message = step.message, first_token_ms = step.first,
    steps = step.steps, reasoning_ms = step.pondered
from (select unhex(value ->> 0) as id, value ->> 1 as at, value ->> 2 as state,
    value ->> 3 as last_seq, value ->> 4 as provider, value ->> 5 as model,
    value ->> 6 as response, value ->> 7 as reasoning, value ->> 8 as input,
    value ->> 9 as output, value ->> 10 as cached, value ->> 11 as thought, value ->> 12 as cost,
    value ->> 13 as code, value ->> 14 as message, value ->> 15 as first, value ->> 16 as steps,
    value ->> 17 as pondered
    from json_each($8)) as step
where turns.id = step.id and turns.finished_at is null;",
    },
    Part {
        rows: |document| array(&document.touched),
        sql: "
update sessions set updated_at = step.at, unread = max(sessions.unread, step.unread)
from (select value ->> 0 as id, max(value ->> 1) as at, max(value ->> 2) as unread
    from json_each($9) group by value ->> 0) as step
where sessions.id = step.id;",
    },
];

#[derive(Default)]
struct Document<'a> {
    sessions: Vec<(&'a str, &'a str, &'a str, i64)>,
    turns: Vec<TurnColumns<'a>>,
    runs: Vec<(String, i64, &'a str, &'a str)>,
    states: Vec<(String, &'static str)>,
    asked: Vec<ApprovalColumns<'a>>,
    events: Vec<(String, u32, &'a str, &'a str, i64)>,
    ends: Vec<EndColumns<'a>>,
    touched: Vec<(&'a str, i64, bool)>,
    /// Turns that follow another of the same script, and which.
    followers: Vec<(String, String)>,
    /// The last new turn of each session.
    last: HashMap<&'a str, String>,
}

#[derive(Serialize)]
struct TurnColumns<'a>(
    String,
    &'a str,
    &'a str,
    Option<String>,
    &'a str,
    Option<String>,
    Option<String>,
    bool,
    Option<&'a str>,
    i64,
    Option<&'a str>,
    Option<String>,
);

#[derive(Serialize)]
struct EndColumns<'a>(
    String,
    i64,
    &'a str,
    u32,
    Option<&'a str>,
    Option<&'a str>,
    Option<&'a str>,
    Option<&'a str>,
    u64,
    u64,
    u64,
    u64,
    Option<i64>,
    Option<&'a str>,
    Option<&'a str>,
    Option<u64>,
    Option<String>,
    Option<u64>,
);

#[derive(Serialize)]
struct ApprovalColumns<'a>(
    String,
    String,
    &'a str,
    &'a str,
    &'static str,
    &'a str,
    String,
    Option<String>,
    &'a str,
    &'static str,
    String,
    Option<String>,
    Option<&'a str>,
    i64,
    i64,
);

/// The script that makes some writes.
pub(super) struct TurnScript {
    parts: String,
    arguments: [Option<String>; PARTS.len()],
}

/// A script that is ready to run.
pub(super) type Script = Query<'static, Sqlite, SqliteArguments>;

impl TurnScript {
    /// The script for these writes.
    pub(super) fn of<'a>(writes: impl Iterator<Item = &'a TurnWrite>) -> Self {
        let mut document = Document::default();
        for write in writes {
            document.add(write);
        }
        let arguments = PARTS.each_ref().map(|part| (part.rows)(&document));
        let used = PARTS.iter().zip(&arguments);
        let parts = used.filter(|(_, rows)| rows.is_some());
        Self {
            parts: parts.map(|(part, _)| part.sql).collect(),
            arguments,
        }
    }

    /// Inside a transaction that somebody else opened.
    pub(super) fn inside(self) -> Script {
        bound(self.parts, self.arguments.into_iter())
    }

    /// Its statements, their arguments, and how many there are of both.
    pub(super) fn parts(self) -> (String, impl Iterator<Item = Option<String>>, usize) {
        let used = self.arguments.iter().flatten().count();
        (self.parts, self.arguments.into_iter(), used)
    }
}

/// There are only as many texts as there are sets of parts, so each is prepared once.
pub(super) fn bound(sql: String, arguments: impl Iterator<Item = Option<String>>) -> Script {
    let script = sqlx::query(AssertSqlSafe(sql));
    arguments.fold(script, Query::bind)
}

impl<'a> Document<'a> {
    fn add(&mut self, write: &'a TurnWrite) {
        let id = hex::encode(write.turn_id.as_bytes());
        let session = write.session_id.as_str();
        let at = write.at.as_millis();
        if let Some(event) = &write.event {
            let at = event.at.as_millis();
            self.events
                .push((id.clone(), event.seq, &event.name, &event.payload, at));
        }
        match &write.step {
            TurnStep::Event => {}
            TurnStep::Start(turn) => {
                self.sessions
                    .push((session, &turn.title, turn.origin.as_str(), at));
                if let Some(before) = self.last.insert(session, id.clone()) {
                    self.followers.push((id.clone(), before));
                }
                self.turns.push(TurnColumns(
                    id,
                    session,
                    turn.origin.as_str(),
                    turn.device_id.map(|device| hex::encode(device.as_bytes())),
                    &turn.input,
                    list(&turn.context),
                    list(&turn.attachment_names),
                    turn.tools,
                    turn.model.as_deref(),
                    at,
                    turn.job.as_deref(),
                    turn.only_tools
                        .as_ref()
                        .and_then(|names| serde_json::to_string(names).ok()),
                ));
            }
            TurnStep::Run { provider, model } => self.runs.push((id, at, provider, model)),
            TurnStep::Wait(approval) => {
                self.states.push((id, TurnState::WaitingApproval.as_str()));
                self.asked.push(asked(approval));
            }
            TurnStep::Resume => self.states.push((id, TurnState::Running.as_str())),
            TurnStep::Finish(state, end) => {
                // Who stopped a turn has seen that it ended.
                let news = *state != TurnState::Cancelled;
                self.touched.push((session, at, news));
                self.ends.push(EndColumns(
                    id,
                    at,
                    state.as_str(),
                    end.last_seq,
                    end.provider.as_deref(),
                    end.model.as_deref(),
                    end.response.as_deref(),
                    end.reasoning.as_deref(),
                    end.usage.input_tokens,
                    end.usage.output_tokens,
                    end.usage.cached_tokens,
                    end.usage.reasoning_tokens,
                    end.cost.map(|cost| cost.0),
                    end.error.as_ref().map(|(code, _)| code.as_str()),
                    end.error.as_ref().map(|(_, message)| message.as_str()),
                    end.first_token_ms,
                    list(&end.steps),
                    end.reasoning_ms,
                ));
            }
        }
    }
}

fn asked(approval: &Approval) -> ApprovalColumns<'_> {
    ApprovalColumns(
        hex::encode(approval.id.as_bytes()),
        hex::encode(approval.turn_id.as_bytes()),
        approval.session_id.as_str(),
        &approval.call_id,
        approval.kind.as_str(),
        &approval.tool,
        approval.args.to_string(),
        approval.exact_args.as_ref().map(ToString::to_string),
        &approval.summary,
        approval.risk.as_str(),
        serde_json::to_string(&approval.preview).unwrap_or_default(),
        approval.rule.as_ref().map(ToString::to_string),
        approval.covers.as_deref(),
        approval.created_at.as_millis(),
        approval.expires_at.as_millis(),
    )
}

/// A list as JSON text; an empty one is no value.
fn list<T: Serialize>(items: &[T]) -> Option<String> {
    if items.is_empty() {
        None
    } else {
        serde_json::to_string(items).ok()
    }
}
