//! What a turn did, folded from whatever may happen in it.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    config::{Config, ConfigHandle},
    model::{
        ActionPreview, ApprovalId, ApprovalKind, ApprovalRequest, ApprovalResolved, Chunk,
        Decision, Notice, Reach, Risk, SessionId, SummaryPreview, Thinking, Timestamp,
        ToolCallEvent, ToolResult,
    },
    tools::{Leaks, Registry},
};

fn boundary() -> Boundary {
    let leaks = Leaks::new(ConfigHandle::new(Config::default()), "/nowhere".into());
    let tools = Registry::new([], Arc::new(leaks)).unwrap();
    tools.boundary(&SessionId::fresh())
}

fn chunk(text: &str) -> TurnEventKind {
    TurnEventKind::Chunk(Chunk {
        content: text.to_owned(),
    })
}

fn call(id: &str) -> TurnEventKind {
    TurnEventKind::ToolCall(ToolCallEvent {
        id: id.to_owned(),
        name: "t".to_owned(),
        args: json!({"id": id}),
        summary: Some("does it".to_owned()),
        risk: Some(Risk::Low),
    })
}

fn result(id: &str) -> TurnEventKind {
    TurnEventKind::ToolResult(ToolResult {
        id: id.to_owned(),
        name: "t".to_owned(),
        output: format!("of {id}"),
        success: true,
        duration_ms: 1,
        source: None,
        details: None,
    })
}

fn discard(from: u32) -> TurnEventKind {
    TurnEventKind::Notice(Notice {
        message: "again".to_owned(),
        discard_from_seq: Some(from),
    })
}

fn fold(events: &[TurnEventKind]) -> Steps {
    let mut steps = Steps::default();
    for (seq, event) in (1..).zip(events) {
        steps.take(seq, event);
    }
    steps
}

/// A conversation as one line: `a(..)` is an assistant with calls, `r` a result.
fn shape(steps: &Steps) -> String {
    let messages = messages_of(&steps.so_far(), &boundary(), 1000);
    let words = messages.iter().map(|message| match message {
        ChatMessage::Assistant { text, tool_calls } => {
            let ids: Vec<_> = tool_calls.iter().map(|call| call.id.as_str()).collect();
            format!("{text}({})", ids.join(","))
        }
        ChatMessage::ToolResult { call_id, .. } => format!("r{call_id}"),
        _ => "?".to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn calls_side_by_side_are_one_step_and_calls_in_a_row_are_several() {
    let beside = [
        chunk("go"),
        call("1"),
        call("2"),
        result("2"),
        result("1"),
        chunk("end"),
    ];
    assert_eq!(shape(&fold(&beside)), "go(1,2) r1 r2 end()");
    let in_a_row = [call("1"), result("1"), call("2"), result("2")];
    assert_eq!(shape(&fold(&in_a_row)), "(1) r1 (2) r2");
}

#[test]
fn a_restart_voids_what_was_said_since_the_last_tool_and_keeps_the_rest() {
    let events = [
        chunk("look"),
        call("1"),
        result("1"),
        chunk("half"),
        discard(4),
        chunk("whole"),
    ];
    let steps = fold(&events);
    assert_eq!(shape(&steps), "look(1) r1 whole()");
    assert_eq!(steps.text(), "lookwhole");
    let all = fold(&[chunk("half"), discard(1)]);
    assert_eq!((shape(&all).as_str(), all.kept()), ("", vec![]));
}

#[test]
fn a_decision_stands_with_its_call() {
    let request_id = ApprovalId::fresh();
    let mut events = vec![
        call("1"),
        TurnEventKind::ApprovalRequest(ApprovalRequest {
            request_id,
            call_id: "1".to_owned(),
            kind: ApprovalKind::Tool,
            tool: "t".to_owned(),
            args: json!({}),
            summary: "x".to_owned(),
            risk: Risk::High,
            action: ActionPreview::Summary(SummaryPreview {}),
            always: None,
            expires_at: Timestamp::default(),
        }),
    ];
    let asked = fold(&events).open_calls();
    assert_eq!(asked[0].approval.as_ref().unwrap().decision, None);
    events.push(TurnEventKind::ApprovalResolved(ApprovalResolved {
        request_id,
        call_id: "1".to_owned(),
        decision: Decision::Deny,
        by: "phone".to_owned(),
        scope: Reach::Once,
        reason: None,
        answer: None,
    }));
    let steps = fold(&events);
    let decided = steps.open_calls()[0].approval.clone().unwrap();
    assert_eq!(decided.decision, Some(Decision::Deny));
    // What never got a result was stopped; what is kept says so.
    let kept = steps.kept();
    assert_eq!(kept[0].calls[0].success, Some(false));
    let text = serde_json::to_string(&kept).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Step>>(&text).unwrap(), kept);
}

#[test]
fn every_call_gets_a_name_of_its_own() {
    let steps = fold(&[call("call_0"), result("call_0")]);
    assert_eq!(steps.name_for("call_0", &[]), "call_0_2");
    let taken = ["call_0_2".to_owned()];
    assert_eq!(steps.name_for("call_0", &taken), "call_0_3");
    assert_eq!(steps.name_for("other", &taken), "other");
    assert_eq!(steps.name_for("", &[]), "call");
}

#[test]
fn without_tools_a_conversation_is_told_in_words_and_by_turns() {
    let steps = fold(&[
        chunk("look"),
        call("1"),
        call("2"),
        result("1"),
        result("2"),
    ]);
    let told = without_calls(messages_of(&steps.so_far(), &boundary(), 1000));
    assert_eq!(told.len(), 2);
    let ChatMessage::Assistant { text, tool_calls } = &told[0] else {
        panic!("{told:?}");
    };
    assert!(text.starts_with("look\n\n[I used the tool t") && tool_calls.is_empty());
    let ChatMessage::User { text, .. } = &told[1] else {
        panic!("{told:?}");
    };
    assert!(text.contains("of 1") && text.contains("of 2"));
}

#[test]
fn a_long_output_is_cut_between_characters() {
    assert_eq!(shortened("abc", 3), "abc");
    assert_eq!(shortened("äöü", 3), "ä\n[… 4 more bytes, left out here]");
}

#[derive(Clone, Debug)]
enum Happening {
    Says(String),
    Thinks,
    Calls(usize),
    Restarts,
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        "[a-z ]{1,6}".prop_map(Happening::Says),
        Just(Happening::Thinks),
        (1_usize..4).prop_map(Happening::Calls),
        Just(Happening::Restarts),
    ]
}

proptest! {
    /// A turn as the runner journals it, with restarts anywhere between its events.
    #[test]
    fn whatever_happens_each_call_has_one_result_and_the_text_is_what_was_not_voided(
        happenings in prop::collection::vec(happening(), 0..24)
    ) {
        let mut events: Vec<TurnEventKind> = Vec::new();
        let mut text = String::new();
        let mut kept = 0;
        let mut last_tool = 0_usize;
        let mut number = 0;
        for happening in happenings {
            match happening {
                Happening::Says(said) => {
                    events.push(chunk(&said));
                    text.push_str(&said);
                }
                Happening::Thinks => events.push(TurnEventKind::Thinking(Thinking {
                    content: "hm".to_owned(),
                })),
                Happening::Calls(count) => {
                    let ids: Vec<_> = (0..count).map(|at| format!("{}", number + at)).collect();
                    number += count;
                    events.extend(ids.iter().map(|id| call(id)));
                    events.extend(ids.iter().rev().map(|id| result(id)));
                    last_tool = events.len();
                    kept = text.len();
                }
                Happening::Restarts => {
                    let void = events[last_tool..].iter().position(|event| {
                        matches!(event, TurnEventKind::Chunk(_) | TurnEventKind::Thinking(_))
                    });
                    if let Some(at) = void {
                        events.push(discard(u32::try_from(last_tool + at + 1).unwrap()));
                        text.truncate(kept);
                        last_tool = events.len();
                    }
                }
            }
        }
        let steps = fold(&events);
        prop_assert_eq!(steps.text(), text);
        prop_assert!(steps.open_calls().is_empty());
        let mut waiting: Vec<String> = Vec::new();
        let mut results = 0;
        for message in messages_of(&steps.so_far(), &boundary(), 1000) {
            match message {
                ChatMessage::Assistant { tool_calls, .. } => {
                    prop_assert!(waiting.is_empty(), "calls without results: {:?}", waiting);
                    waiting = tool_calls.into_iter().map(|call| call.id).collect();
                }
                ChatMessage::ToolResult { call_id, .. } => {
                    prop_assert_eq!(waiting.remove(0), call_id);
                    results += 1;
                }
                _ => {}
            }
        }
        prop_assert!(waiting.is_empty());
        prop_assert_eq!(results, number);
        let kept = steps.kept();
        let text = serde_json::to_string(&kept).unwrap();
        prop_assert_eq!(serde_json::from_str::<Vec<Step>>(&text).unwrap(), kept);
    }
}
