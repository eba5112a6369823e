//! What the overview is made of: figures over time, turns in one line each, the newest news, and
//! the health of the parts.

use std::sync::Arc;

use clawgate::{
    clock::ManualClock,
    model::{Scope, Timestamp},
};
use serde_json::{Value, json};

use crate::support::{gateway::Gateway, until};

#[tokio::test]
async fn turns_are_counted_where_they_ended() {
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_763_696_580_000)));
    let gateway = Gateway::at(clock.clone(), |config, _| {
        config.providers.get_mut("main").unwrap().max_retries = 0;
    })
    .await;
    let owner = gateway.paired();
    let empty = owner.get("/api/activity").await.json();
    assert_eq!(empty["buckets"].as_array().unwrap().len(), 48);
    assert_eq!(empty["bucket_ms"], 1_800_000);
    assert_eq!(empty["total"]["turns"], 0);
    assert_eq!(empty["total"]["p50_ms"], Value::Null);
    owner.said("s", "say:one two three").await;
    clock.advance(2 * 3600);
    owner.chat("s", "status:500").await;
    clock.advance(1);
    let path = "/api/activity?hours=4&buckets=4";
    let now = owner.get(path).await.json();
    let turns = |value: &Value| -> Vec<u64> {
        let buckets = value["buckets"].as_array().unwrap().iter();
        buckets.map(|one| one["turns"].as_u64().unwrap()).collect()
    };
    assert_eq!(turns(&now), [0, 1, 0, 1], "{now}");
    assert_eq!(now["total"]["turns"], 2);
    assert_eq!(now["total"]["failed"], 1);
    assert_eq!(now["total"]["output_tokens"], 3);
    assert!(now["total"]["input_tokens"].as_u64().unwrap() > 0);
    assert_eq!(now["buckets"][1]["p50_ms"], 0);
    assert_eq!(now["buckets"][3]["failed"], 1);
    assert_eq!(now["from"], "2025-11-21T02:00:00.000Z");
    assert_eq!(now["until"], "2025-11-21T06:00:00.000Z");
    // What was before is compared with as long a time before it.
    clock.advance(4 * 3600);
    let later = owner.get(path).await.json();
    assert_eq!(later["total"]["turns"], 0);
    assert_eq!(later["before"]["turns"], 2);
}

#[tokio::test]
async fn a_span_out_of_reach_is_refused() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    for (query, field) in [
        ("hours=0", "hours"),
        ("hours=9000", "hours"),
        ("buckets=501", "buckets"),
        ("buckets=0", "buckets"),
    ] {
        let answer = owner.get(&format!("/api/activity?{query}")).await;
        let body = answer.assert_error(400, "INVALID_REQUEST");
        assert_eq!(body["details"]["field"], field);
    }
    for query in ["hours=x", "hours=-1"] {
        let answer = owner.get(&format!("/api/activity?{query}")).await;
        answer.assert_error(400, "INVALID_REQUEST");
    }
    let most = owner.get("/api/activity?hours=8784&buckets=500").await;
    assert_eq!(most.json()["buckets"].as_array().unwrap().len(), 500);
}

#[tokio::test]
async fn turns_under_way_are_listed_with_their_conversation() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    owner.said("s", "say:done").await;
    let running = owner.begin("s", "hold:k say:a b").await;
    owner.turn_when(&running, "running").await;
    let waiting = owner.begin("s", "say:after").await;
    let reader = gateway.device(Scope::Read, "Wall").await;
    let active = reader.get("/api/turns?state=active").await.json();
    let turns = active["turns"].as_array().unwrap();
    let ids: Vec<_> = turns.iter().map(|turn| &turn["turn_id"]).collect();
    assert_eq!(ids, [&json!(waiting), &json!(running)]);
    assert_eq!(turns[0]["state"], "queued");
    assert_eq!(turns[0]["queue_position"], 1);
    assert_eq!(turns[1]["state"], "running");
    assert_eq!(turns[1]["model"], "test-model");
    assert_eq!(turns[1]["session_id"], "s");
    assert_eq!(turns[1]["session_title"], "say:done");
    assert_eq!(turns[1]["excerpt"], "hold:k say:a b");
    assert_eq!(active["next_cursor"], Value::Null);
    let status = owner.get("/api/status").await.json();
    assert_eq!(
        (&status["active_turns"], &status["waiting_turns"]),
        (&json!(1), &json!(1))
    );
    gateway.model.release("k");
    owner.turn_when(&waiting, "done").await;
    let none = owner.get("/api/turns?state=active").await.json();
    assert_eq!(none["turns"], json!([]));
}

#[tokio::test]
async fn turns_are_listed_page_by_page() {
    let gateway = Gateway::with(|config, _| {
        config.providers.get_mut("main").unwrap().max_retries = 0;
    })
    .await;
    let owner = gateway.paired();
    for number in 0..5 {
        owner.said("s", &format!("say:{number}")).await;
    }
    owner.chat("bad", "status:500").await;
    let mut seen = Vec::new();
    let mut path = "/api/turns?limit=2".to_owned();
    loop {
        let page = owner.get(&path).await.json();
        let turns = page["turns"].as_array().unwrap();
        seen.extend(turns.iter().map(|turn| turn["excerpt"].clone()));
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/api/turns?limit=2&cursor={cursor}");
    }
    assert_eq!(
        seen,
        ["status:500", "say:4", "say:3", "say:2", "say:1", "say:0"]
    );
    let failed = owner.get("/api/turns?state=failed").await.json();
    let failed = failed["turns"].as_array().unwrap();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0]["error"]["code"], "PROVIDER_ERROR");
    owner.ask("DELETE", "/api/sessions/bad").send().await;
    let failed = owner.get("/api/turns?state=failed").await.json();
    assert_eq!(failed["turns"], json!([]));
    for query in [
        "state=some",
        "limit=0",
        "limit=201",
        "cursor=rubbish",
        "origin=moon",
        "session_id=a/b",
        "min_ms=-1",
        "min_ms=long",
        "min_cost_usd=cheap",
    ] {
        let answer = owner.get(&format!("/api/turns?{query}")).await;
        answer.assert_error(400, "INVALID_REQUEST");
    }
}

#[tokio::test]
async fn turns_are_narrowed_by_what_they_were() {
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_763_696_580_000)));
    let gateway = Gateway::at(clock.clone(), |_, _| {}).await;
    let owner = gateway.paired();
    owner.said("quick", "tool:time {} next say:one two").await;
    let hooked = owner.post("/webhook", json!({"message": "say:by the hook"}));
    assert_eq!(hooked.await.status, 200);
    let held = owner.begin("slow", "hold:k say:at last").await;
    owner.turn_when(&held, "running").await;
    let found = async |query: &str| -> Vec<String> {
        let page = owner.get(&format!("/api/turns?{query}")).await.json();
        let turns = page["turns"].as_array().unwrap().iter();
        turns
            .map(|turn| turn["excerpt"].as_str().unwrap().to_owned())
            .collect()
    };
    let (quick, hook, slow) = (
        "tool:time {} next say:one two",
        "say:by the hook",
        "hold:k say:at last",
    );
    assert!(found("min_ms=60000").await.is_empty());
    clock.advance(60);
    assert_eq!(found("min_ms=60000&state=active").await, [slow]);
    gateway.model.release("k");
    owner.turn_when(&held, "done").await;
    assert_eq!(found("min_ms=60000").await, [slow]);
    assert!(found("min_ms=60001").await.is_empty());
    assert_eq!(found("state=done").await, [slow, hook, quick]);
    assert!(found("state=cancelled").await.is_empty());
    assert_eq!(found("origin=webhook").await, [hook]);
    assert_eq!(found("session_id=quick").await, [quick]);
    assert_eq!(found("model=TEST-mod").await.len(), 3);
    assert!(found("model=test-model-2").await.is_empty());
    // A letter that means something to a pattern is only a letter.
    assert!(found("model=%25").await.is_empty());
    assert!(found("min_cost_usd=0.000001").await.is_empty());
    let page = owner.get("/api/turns?session_id=quick").await.json();
    let turn = &page["turns"][0];
    assert_eq!(turn["tool_calls"], 1);
    assert!(turn["usage"]["output_tokens"].as_u64().unwrap() > 0);
    assert_eq!(turn["cost_usd"], Value::Null);
    let answer = owner.get("/api/turns?min_cost_usd=cheap").await;
    let body = answer.assert_error(400, "INVALID_REQUEST");
    assert_eq!(body["details"]["field"], "min_cost_usd");
    let long = format!("/api/turns?model={}", "m".repeat(201));
    let body = owner.get(&long).await.assert_error(400, "INVALID_REQUEST");
    assert_eq!(body["details"]["field"], "model");
}

#[tokio::test]
async fn the_newest_news_are_read_at_once() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    owner.said("s", "say:one").await;
    owner.said("t", "say:two").await;
    let path = "/api/events/recent?types=agent_start,agent_end";
    let recent = until("four of them", async || {
        let recent = owner.get(path).await.json();
        (recent["events"].as_array().unwrap().len() == 4).then_some(recent)
    })
    .await;
    let events = recent["events"].as_array().unwrap();
    let types: Vec<_> = events.iter().map(|one| &one["event"]["type"]).collect();
    assert_eq!(
        types,
        ["agent_start", "agent_end", "agent_start", "agent_end"]
    );
    let ids: Vec<_> = events.iter().map(|one| one["id"].as_u64()).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    assert_eq!(recent["oldest_id"], recent["first_id"]);
    let one = owner.get(&format!("{path}&limit=1")).await.json();
    assert_eq!(one["events"], json!([events[3]]));
    let of_s = owner.get(&format!("{path}&session_id=s")).await.json();
    assert_eq!(of_s["events"].as_array().unwrap().len(), 2);
    // Going on from the last of them, nothing is told twice.
    let last = events[3]["id"].to_string();
    let starts = "/api/events?types=agent_start";
    let mut news = owner.events_after(starts, Some(&last)).await;
    owner.said("s", "say:three").await;
    let next = news.until("agent_start").await;
    assert_eq!(next.len(), 1);
    for query in ["limit=0", "limit=1001", "session_id=a/b"] {
        let answer = owner.get(&format!("/api/events/recent?{query}")).await;
        answer.assert_error(400, "INVALID_REQUEST");
    }
}

#[tokio::test]
async fn the_status_names_the_parts_and_why_one_is_not_well() {
    let gateway = Gateway::with(|config, _| {
        config.providers.get_mut("main").unwrap().max_retries = 0;
    })
    .await;
    let owner = gateway.paired();
    let part = |status: &Value, name: &str| {
        let parts = status["components"].as_array().unwrap().iter();
        let mut found = parts.filter(|part| part["name"] == name);
        found.next().unwrap().clone()
    };
    let status = owner.get("/api/status").await.json();
    assert_eq!(part(&status, "gateway")["status"], "ok");
    assert_eq!(part(&status, "gateway")["reason"], Value::Null);
    assert!(status["started_at"].is_string());
    assert!(status["process"]["rss_bytes"].as_u64().unwrap() > 0);
    assert!(status["database"]["bytes"].as_u64().unwrap() > 0);
    assert!(status["database"]["schema_version"].as_i64().unwrap() >= 4);
    let sqlite = status["database"]["sqlite_version"].as_str().unwrap();
    assert!(sqlite.starts_with("3."), "{sqlite}");
    owner.chat("s", "status:401").await;
    let ill = until("the provider to be unwell", async || {
        let status = owner.get("/api/status").await.json();
        let provider = part(&status, "provider");
        (provider["status"] == "degraded").then_some(provider)
    })
    .await;
    let reason = ill["reason"].as_str().unwrap();
    assert!(reason.contains("401") || reason.contains("key"), "{reason}");
    assert!(!reason.contains(crate::support::gateway::KEY));
}
