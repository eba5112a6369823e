//! What the agent asks its owner first: the request on every client, the answer that counts once,
//! what holds from now on, and a wait that outlives everything.

use std::{sync::Arc, time::Duration};

use clawgate::{
    clock::ManualClock,
    config::{Autonomy, Config},
    model::{Scope, Timestamp},
};
use serde_json::{Value, json};

use crate::{
    model_server::ModelServer,
    support::{
        actor::Actor,
        gateway::Gateway,
        home::Home,
        stream::{assert_contiguous, shape},
        until,
    },
};

/// A call of a tool that these gateways ask about.
const ASKS: &str = "tool:time {} next say:it is late";

fn asks_for_time(config: &mut Config) {
    config.tools.permissions.ask = vec!["time".to_owned()];
}

async fn gateway() -> Gateway {
    Gateway::with(|config, _| asks_for_time(config)).await
}

async fn listed(owner: &Actor, query: &str) -> Vec<Value> {
    let page = owner.get(&format!("/api/approvals{query}")).await;
    assert_eq!(page.status, 200, "{page:?}");
    page.json()["approvals"].as_array().unwrap().clone()
}

/// The request that a turn waits with.
async fn asked(owner: &Actor, turn: &str) -> Value {
    until("a request", async || {
        let pending = listed(owner, "").await;
        pending.into_iter().find(|one| one["turn_id"] == turn)
    })
    .await
}

async fn answer(owner: &Actor, request: &Value, body: Value) -> crate::support::client::Answer {
    let turn = request["turn_id"].as_str().unwrap();
    let id = request["request_id"].as_str().unwrap();
    owner
        .post(&format!("/api/turns/{turn}/approvals/{id}"), body)
        .await
}

#[tokio::test]
async fn a_call_waits_for_its_owner_and_holds_up_nobody_else() {
    let gateway = gateway().await;
    let owner = gateway.paired();
    let types = "approval_request,approval_resolved,tool_call_start,tool_call";
    let mut news = owner.events(&format!("/api/events?types={types}")).await;
    let turn = owner.begin("s", ASKS).await;
    let request = asked(&owner, &turn).await;
    assert_eq!(owner.turn(&turn).await["state"], "waiting_approval");
    for (field, expected) in [
        ("kind", json!("tool")),
        ("tool", json!("time")),
        ("args", json!({})),
        ("session_id", json!("s")),
        ("state", json!("pending")),
        ("risk", json!("low")),
        ("action", json!({"kind": "summary"})),
    ] {
        assert_eq!(request[field], expected, "{request}");
    }
    assert!(request["always"].is_string() && request["expires_at"].is_string());
    assert_eq!(owner.said("other", "say:at once").await, "at once");
    // A second message in this session waits its turn.
    let next = owner.begin("s", "say:after").await;
    assert_eq!(owner.turn(&next).await["queue_position"], 1);

    let decided = answer(&owner, &request, json!({"decision": "approve"})).await;
    assert_eq!(decided.status, 200, "{decided:?}");
    let view = decided.json();
    assert_eq!(
        (&view["state"], &view["decision"], &view["scope"]),
        (&json!("approved"), &json!("approve"), &json!("once"))
    );
    let done = owner.turn_when(&turn, "done").await;
    assert_eq!(done["response"], "it is late");
    let call = &done["steps"][0]["calls"][0];
    assert_eq!(
        (&call["name"], &call["success"]),
        (&json!("time"), &json!(true))
    );
    assert_eq!(call["approval"]["decision"], "approve");
    let page = owner.get("/api/sessions/s/messages").await.json();
    assert_eq!(page["messages"][1]["steps"], done["steps"]);
    assert_eq!(owner.turn_when(&next, "done").await["response"], "after");

    let events = owner.read(&turn, 0).await;
    assert_contiguous(&events, 1);
    assert_eq!(
        shape(&events),
        [
            "turn_started",
            "tool_call",
            "approval_request",
            "approval_resolved",
            "tool_result",
            "chunk",
            "done"
        ]
    );
    assert_eq!(events[2]["request_id"], request["request_id"]);
    assert_eq!(events[2]["call_id"], events[1]["id"]);
    let mut told = Vec::new();
    for _ in 0..4 {
        told.push(news.next().await.unwrap());
    }
    let names: Vec<_> = told.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "approval_request",
            "approval_resolved",
            "tool_call_start",
            "tool_call"
        ]
    );
    assert_eq!(told[0].json()["request_id"], request["request_id"]);
    assert_eq!(told[3].json()["success"], true);
    assert!(listed(&owner, "").await.is_empty());
    assert_eq!(listed(&owner, "?state=decided&session_id=s").await.len(), 1);
    assert!(
        listed(&owner, "?state=all&session_id=other")
            .await
            .is_empty()
    );
    let log = gateway
        .app
        .store
        .list_audit(clawgate::store::AuditFilter::default(), 10)
        .await
        .unwrap();
    assert_eq!(log[0].entry.action, "approval.approved");
    assert_eq!(
        log[0].entry.subject,
        request["request_id"].as_str().unwrap()
    );
}

#[tokio::test]
async fn the_first_answer_counts_on_whichever_client() {
    let gateway = gateway().await;
    let (desk, phone) = (gateway.paired(), gateway.device(Scope::Chat, "Phone").await);
    let turn = desk.begin("s", "tool:time {}").await;
    let request = asked(&phone, &turn).await;
    let mut socket = phone.socket().await;
    socket
        .send(json!({
            "type": "approval_response", "turn_id": turn, "request_id": request["request_id"],
            "decision": "deny", "reason": "not now",
        }))
        .await;
    let done = desk.turn_when(&turn, "done").await;
    let told = done["response"].as_str().unwrap();
    assert!(
        told.contains("your owner said no") && told.contains("not now"),
        "{told}"
    );
    let second = answer(&desk, &request, json!({"decision": "approve"})).await;
    let refused = second.assert_error(409, "CONFLICT");
    assert_eq!(refused["details"]["state"], "denied");
    assert_eq!(refused["details"]["by"], "Phone");
    assert!(refused["details"]["decided_at"].is_string());
    socket
        .send(json!({
            "type": "approval_response", "turn_id": turn, "request_id": request["request_id"],
            "decision": "approve",
        }))
        .await;
    let refused = socket.until("error").await.pop().unwrap();
    assert_eq!(
        (&refused["code"], &refused["turn_id"]),
        (&json!("CONFLICT"), &json!(turn))
    );
    let resolved = desk.read(&turn, 0).await;
    let resolved = resolved
        .iter()
        .find(|one| one["type"] == "approval_resolved");
    assert_eq!(resolved.unwrap()["by"], "Phone");
}

#[tokio::test]
async fn always_holds_for_what_was_asked_until_it_is_taken_back() {
    let gateway = gateway().await;
    let owner = gateway.paired();
    let turn = owner.begin("s", ASKS).await;
    let request = asked(&owner, &turn).await;
    let session = json!({"decision": "approve", "scope": "session"});
    assert_eq!(answer(&owner, &request, session).await.status, 200);
    owner.turn_when(&turn, "done").await;
    // In this session it is not asked again, in another it is.
    assert_eq!(owner.said("s", ASKS).await, "it is late");
    let turn = owner.begin("t", ASKS).await;
    let request = asked(&owner, &turn).await;
    let always = answer(&owner, &request, json!({"decision": "always"})).await;
    assert_eq!(always.json()["scope"], "always", "{always:?}");
    owner.turn_when(&turn, "done").await;
    assert_eq!(owner.said("u", ASKS).await, "it is late");

    let rules = owner.get("/api/approvals/rules").await.json();
    let rules = rules["rules"].as_array().unwrap().clone();
    assert_eq!(rules.len(), 2);
    assert_eq!(
        (&rules[0]["session_id"], &rules[0]["tool"]),
        (&json!("s"), &json!("time"))
    );
    assert_eq!(rules[1].get("session_id"), None);
    assert_eq!(rules[1]["scope"]["kind"], "tool");
    assert!(rules[1]["covers"].is_string());
    let path = format!("/api/approvals/rules/{}", rules[1]["id"].as_str().unwrap());
    assert_eq!(owner.ask("DELETE", &path).send().await.status, 204);
    let again = owner.ask("DELETE", &path).send().await;
    again.assert_error(404, "NOT_FOUND");
    let turn = owner.begin("u", ASKS).await;
    let request = asked(&owner, &turn).await;
    answer(&owner, &request, json!({"decision": "deny"})).await;
    owner.turn_when(&turn, "done").await;
}

#[tokio::test]
async fn a_request_lapses_by_the_clock_and_the_turn_goes_on() {
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_763_696_580_000)));
    let gateway = Gateway::at(clock.clone(), |config, _| {
        asks_for_time(config);
        config.agent.approval_timeout_secs = 60;
    })
    .await;
    let owner = gateway.paired();
    let turn = owner.begin("s", "tool:time {}").await;
    let request = asked(&owner, &turn).await;
    assert_eq!(request["expires_at"], "2025-11-21T03:44:00.000Z");
    clock.advance(61);
    let done = owner.turn_when(&turn, "done").await;
    let told = done["response"].as_str().unwrap();
    assert!(told.contains("nobody decided in time"), "{told}");
    let late = answer(&owner, &request, json!({"decision": "approve"})).await;
    assert_eq!(
        late.assert_error(409, "CONFLICT")["details"]["state"],
        "expired"
    );
}

#[tokio::test]
async fn a_stopped_turn_takes_its_request_along() {
    let gateway = gateway().await;
    let owner = gateway.paired();
    let turn = owner.begin("s", ASKS).await;
    let request = asked(&owner, &turn).await;
    let mut news = owner.events("/api/events?types=approval_resolved").await;
    assert_eq!(owner.cancel(&turn).await.json()["state"], "cancelled");
    assert_eq!(news.next().await.unwrap().json()["decision"], "cancelled");
    assert!(listed(&owner, "").await.is_empty());
    let late = answer(&owner, &request, json!({"decision": "approve"})).await;
    late.assert_error(409, "CONFLICT");
    let kept = owner.turn(&turn).await["steps"].clone();
    assert_eq!(kept[0]["calls"][0]["success"], false);
    // The next message is answered as if the call had failed.
    assert_eq!(owner.said("s", "say:next").await, "next");
}

#[tokio::test]
async fn a_question_is_answered_in_words() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let ask = r#"tool:ask_user {"question":"Which colour?","options":["red","blue"]}"#;
    let turn = owner.begin("s", ask).await;
    let request = asked(&owner, &turn).await;
    assert_eq!(request["kind"], "question");
    assert_eq!(
        request["action"],
        json!({"kind": "question", "question": "Which colour?", "options": ["red", "blue"]})
    );
    assert_eq!(request.get("always"), None);
    let bare = answer(&owner, &request, json!({"decision": "approve"})).await;
    bare.assert_error(400, "INVALID_REQUEST");
    let blue = json!({"decision": "approve", "answer": "blue"});
    assert_eq!(answer(&owner, &request, blue).await.status, 200);
    let done = owner.turn_when(&turn, "done").await;
    assert_eq!(done["response"], "The tool said: blue");
}

#[tokio::test]
async fn who_may_not_answer_and_what_makes_no_sense_is_refused() {
    let gateway = gateway().await;
    let owner = gateway.paired();
    let reader = gateway.device(Scope::Read, "reader").await;
    let turn = owner.begin("s", ASKS).await;
    let request = asked(&reader, &turn).await;
    let refused = answer(&reader, &request, json!({"decision": "approve"})).await;
    refused.assert_error(403, "FORBIDDEN");
    for body in [
        json!({}),
        json!({"decision": "maybe"}),
        json!({"decision": "expired"}),
        json!({"decision": "deny", "scope": "always"}),
        json!({"decision": "always", "scope": "once"}),
        json!({"decision": "approve", "answer": "yes"}),
        json!({"decision": "approve", "scope": "galaxy"}),
        json!({"decision": "deny", "reason": "x".repeat(2001)}),
    ] {
        let refused = answer(&owner, &request, body.clone()).await;
        assert_eq!(refused.status, 400, "{body} {refused:?}");
    }
    let nobody = "0199b1c2-7a3e-7c11-9d5e-3f2a1b0c4d5e";
    for path in [
        format!("/api/turns/{turn}/approvals/{nobody}"),
        format!(
            "/api/turns/{nobody}/approvals/{}",
            request["request_id"].as_str().unwrap()
        ),
    ] {
        let unknown = owner.post(&path, json!({"decision": "approve"})).await;
        unknown.assert_error(404, "NOT_FOUND");
    }
    for query in ["?state=lost", "?limit=0", "?cursor=x"] {
        let refused = owner.get(&format!("/api/approvals{query}")).await;
        refused.assert_error(400, "INVALID_REQUEST");
    }
    assert_eq!(asked(&owner, &turn).await["state"], "pending");
}

#[tokio::test]
async fn autonomy_decides_what_is_on_offer_and_what_is_asked() {
    let offered = |gateway: &Gateway| -> Vec<String> {
        let body = gateway.asked().pop().unwrap();
        let tools = body["tools"].as_array().cloned().unwrap_or_default();
        let name = |tool: &Value| tool["function"]["name"].as_str().unwrap().to_owned();
        tools.iter().map(name).collect()
    };
    let full = Gateway::with(|config, _| {
        asks_for_time(config);
        config.agent.autonomy = Autonomy::Full;
        config.tools.permissions.deny = vec!["calculator".to_owned()];
    })
    .await;
    assert_eq!(full.paired().said("s", ASKS).await, "it is late");
    let names = offered(&full);
    assert!(names.contains(&"time".to_owned()) && names.contains(&"file_write".to_owned()));
    assert!(!names.contains(&"calculator".to_owned()));
    let sum = r#"tool:calculator {"expression":"1+1"}"#;
    let denied = full.paired().said("s", sum).await;
    assert!(
        denied.contains("does not let you use this tool"),
        "{denied}"
    );

    let looking = Gateway::with(|config, _| config.agent.autonomy = Autonomy::ReadOnly).await;
    let write = r#"tool:file_write {"path":"a.txt","content":"x"}"#;
    let said = looking.paired().said("s", write).await;
    assert!(said.contains("read_only"), "{said}");
    let names = offered(&looking);
    assert!(names.contains(&"ask_user".to_owned()) && names.contains(&"file_read".to_owned()));
    assert!(!names.contains(&"file_write".to_owned()) && !names.contains(&"shell".to_owned()));
}

#[tokio::test]
async fn a_pending_request_outlives_kill_9_and_a_stop_and_is_still_the_same() {
    let model = ModelServer::start().await;
    let home = Home::talking_to(&model);
    home.configure("tools.permissions.ask = [\"time\"]");
    let mut gateway = home.start().await;
    let turn = gateway.paired().begin("s", ASKS).await;
    let first = asked(&gateway.paired(), &turn).await;
    // More often than a turn is begun again.
    for _ in 0..3 {
        gateway.kill_9().await;
        gateway = home.start().await;
        let again = asked(&gateway.paired(), &turn).await;
        assert_eq!(again, first);
    }
    let began = std::time::Instant::now();
    assert_eq!(gateway.terminate().await, Some(0));
    assert!(
        began.elapsed() < Duration::from_secs(2),
        "it waited for the answer"
    );
    let gateway = home.start().await;
    let owner = gateway.paired();
    assert_eq!(owner.turn(&turn).await["state"], "waiting_approval");
    let decided = answer(&owner, &first, json!({"decision": "approve"})).await;
    assert_eq!(decided.status, 200, "{decided:?}");
    let done = owner.turn_when(&turn, "done").await;
    assert_eq!(done["response"], "it is late");
    let events = owner.read(&turn, 0).await;
    assert_contiguous(&events, 1);
    assert_eq!(
        shape(&events),
        [
            "turn_started",
            "tool_call",
            "approval_request",
            "approval_resolved",
            "tool_result",
            "chunk",
            "done"
        ]
    );
    assert_eq!(model.requests().len(), 2);
}

#[tokio::test]
async fn a_request_that_lapsed_while_the_gateway_was_down_lapses_at_its_start() {
    let model = ModelServer::start().await;
    let home = Home::talking_to(&model);
    home.configure("tools.permissions.ask = [\"time\"]\nagent.approval_timeout_secs = 1");
    let gateway = home.start().await;
    let turn = gateway.paired().begin("s", "tool:time {}").await;
    asked(&gateway.paired(), &turn).await;
    gateway.kill_9().await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let gateway = home.start().await;
    let done = gateway.paired().turn_when(&turn, "done").await;
    let told = done["response"].as_str().unwrap();
    assert!(told.contains("nobody decided in time"), "{told}");
}
