//! Waterfalls of small journals.

use serde_json::{Value, json};

use super::*;
use crate::model::{Origin, SessionId, SpanKind::*, SpanStatus::*, Usage};

fn a_turn(at: Timestamp, state: TurnState) -> Turn {
    Turn {
        row: 1,
        id: TurnId::fresh(),
        session_id: SessionId::fresh(),
        state,
        origin: Origin::Api,
        device_id: None,
        input: String::new(),
        context: Vec::new(),
        attachments: Vec::new(),
        versions: Vec::new(),
        tools: true,
        job: None,
        only_tools: None,
        provider: None,
        model: None,
        response: None,
        reasoning: None,
        reasoning_ms: None,
        steps: Vec::new(),
        usage: Usage::default(),
        cost: None,
        error_code: None,
        error_message: None,
        last_seq: 0,
        recoveries: 0,
        created_at: at,
        started_at: None,
        finished_at: None,
    }
}

/// Events by their fields, each so many milliseconds after the message.
fn trace(state: TurnState, events: &[(i64, Value)]) -> Vec<Span> {
    let at = |millis: i64| Timestamp::from_millis(1_000_000 + millis);
    let mut turn = a_turn(at(0), state);
    turn.started_at = Some(at(0));
    let marks: Vec<Mark> = events
        .iter()
        .map(|(millis, event)| Mark {
            payload: (event["type"] != "chunk").then(|| event.to_string()),
            at: at(*millis),
        })
        .collect();
    turn.finished_at = marks
        .last()
        .map(|mark| mark.at)
        .filter(|_| state.is_final());
    let marks: Vec<_> = marks.iter().filter_map(Happened::of).collect();
    assert_eq!(marks.len(), events.len(), "an event was not understood");
    fold(&turn, &marks, Vec::new()).spans
}

fn started() -> Value {
    json!({"type": "turn_started", "origin": "api", "model": "m", "provider": "p"})
}

fn call(id: &str) -> Value {
    json!({"type": "tool_call", "id": id, "name": "shell", "args": {}})
}

fn result(id: &str, success: bool) -> Value {
    json!({"type": "tool_result", "id": id, "name": "shell", "output": "", "success": success,
        "duration_ms": 5})
}

/// Kind, status, from and to in milliseconds, of each span.
fn told(spans: &[Span]) -> Vec<(SpanKind, SpanStatus, i64, Option<i64>)> {
    let millis = |at: Timestamp| at.as_millis() - 1_000_000;
    spans
        .iter()
        .map(|span| {
            let (from, to) = (millis(span.started_at), span.ended_at.map(millis));
            (span.kind, span.status, from, to)
        })
        .collect()
}

#[test]
fn a_turn_with_a_tool_is_prompt_model_tool_model() {
    let spans = trace(
        TurnState::Done,
        &[
            (1, started()),
            (4, json!({"type": "memory_used", "memories": []})),
            (20, json!({"type": "chunk"})),
            (30, call("a")),
            (31, call("b")),
            (40, result("a", true)),
            (50, result("b", false)),
            (60, json!({"type": "chunk"})),
            (70, json!({"type": "cancelled"})),
        ],
    );
    assert_eq!(
        told(&spans),
        [
            (Prompt, Ok, 1, Some(4)),
            (Model, Ok, 4, Some(30)),
            (Tool, Ok, 30, Some(40)),
            (Tool, Failed, 31, Some(50)),
            (Model, Ok, 50, Some(70)),
        ]
    );
    let numbers: Vec<u32> = spans.iter().map(|span| span.id).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    let first = spans[1].first_token_at.unwrap();
    assert_eq!(first.as_millis(), 1_000_020);
    assert_eq!(spans[2].worked_ms, Some(5));
}

#[test]
fn a_wait_for_the_owner_is_part_of_its_call() {
    let ask = json!({"type": "approval_request", "request_id": crate::model::ApprovalId::fresh(),
        "call_id": "a", "kind": "tool", "tool": "shell", "args": {}, "summary": "Run ls",
        "risk": "high", "action": {"kind": "summary"},
        "expires_at": "2026-01-01T00:00:00.000Z"});
    let mut ruling = json!({"type": "approval_resolved", "call_id": "a", "decision": "deny",
        "by": "phone", "scope": "once"});
    ruling["request_id"] = ask["request_id"].clone();
    let request = ask["request_id"].as_str().unwrap().to_owned();
    let spans = trace(
        TurnState::Running,
        &[
            (0, started()),
            (10, call("a")),
            (11, ask),
            (500, ruling),
            (501, result("a", false)),
        ],
    );
    assert_eq!(
        told(&spans)[1..],
        [
            (Model, Ok, 0, Some(10)),
            (Tool, Denied, 10, Some(501)),
            (Approval, Denied, 11, Some(500)),
            (Model, Running, 501, None),
        ]
    );
    assert_eq!(spans[3].parent, Some(spans[2].id));
    assert_eq!(spans[3].by.as_deref(), Some("phone"));
    assert_eq!(spans[3].request_id.unwrap().to_string(), request);
}

#[test]
fn what_a_restart_cut_off_is_told_and_what_is_open_ends_with_the_turn() {
    let restart = json!({"type": "notice", "message": "again", "discard_from_seq": 2});
    let error = json!({"type": "error", "message": "no", "code": "TIMEOUT"});
    let events = [
        (0, started()),
        (10, json!({"type": "chunk"})),
        (90, restart),
        (100, error),
    ];
    let spans = trace(TurnState::Failed, &events);
    assert_eq!(
        told(&spans)[1..],
        [
            (Model, Interrupted, 0, Some(90)),
            (Model, Failed, 90, Some(100)),
        ]
    );
}

#[test]
fn the_ledger_knows_the_calls_better() {
    let at = |millis: i64| Timestamp::from_millis(1_000_000 + millis);
    let mut turn = a_turn(at(0), TurnState::Done);
    (turn.started_at, turn.finished_at) = (Some(at(3)), Some(at(90)));
    let call = ModelCall {
        provider: "p".to_owned(),
        model: "m".to_owned(),
        status: Ok,
        started_at: at(7),
        first_token_ms: Some(5),
        duration_ms: Some(80),
        usage: None,
        cost: Some(crate::model::MicroUsd(12)),
    };
    let marks = [Mark {
        payload: Some(started().to_string()),
        at: at(3),
    }];
    let marks: Vec<_> = marks.iter().filter_map(Happened::of).collect();
    let spans = fold(&turn, &marks, vec![call]).spans;
    assert_eq!(
        told(&spans),
        [
            (Queue, Ok, 0, Some(3)),
            (Prompt, Ok, 3, Some(7)),
            (Model, Ok, 7, Some(87)),
        ]
    );
    assert_eq!(spans[2].cost_usd, Some(crate::model::MicroUsd(12)));
}
