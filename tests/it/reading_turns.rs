//! Any number of readers, by any transport, from any point, see the same turn.

use std::sync::Arc;

use clawgate::{clock::ManualClock, model::Timestamp};
use serde_json::{Value, json};

use crate::support::{
    actor::turn_of,
    gateway::Gateway,
    stream::{assert_contiguous, folded, parsed, shape},
    until,
};

#[tokio::test]
async fn the_first_word_is_there_while_the_model_still_thinks_of_the_second() {
    let gateway = Gateway::in_process().await;
    let mut reader = gateway
        .paired()
        .stream("s", "hold:first say:now later")
        .await;
    let events = parsed(&reader.until("chunk").await);
    assert_eq!(shape(&events), ["turn_started", "chunk"]);
    assert_eq!(events[1]["content"], "now");
    gateway.model.release("first");
    let rest = parsed(&reader.rest().await);
    assert_eq!(rest.last().unwrap()["response"], "now later");
}

#[tokio::test]
async fn a_stream_and_a_socket_see_the_same_events() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let mut socket = owner.socket().await;
    let message = "hold:k say:one two three";
    let turn = {
        socket
            .send(json!({"message": message, "session_id": "s"}))
            .await;
        let ack = socket.until("ack").await.pop().unwrap();
        ack["turn_id"].as_str().unwrap().to_owned()
    };
    let mut stream = owner.follow(&turn, 0).await;
    let mut by_stream = parsed(&stream.until("chunk").await);
    gateway.model.release("k");
    by_stream.extend(parsed(&stream.rest().await));
    let by_socket = socket.until("done").await;
    assert_eq!(by_stream, by_socket);
    assert_contiguous(&by_stream, 1);
    assert_eq!(folded(&by_stream), "one two three");
    for event in &by_stream {
        assert_eq!(event["turn_id"], json!(turn));
        assert_eq!(event["session_id"], "s");
        assert!(event["timestamp"].as_str().unwrap().ends_with('Z'));
    }
    // The journal tells it the same way afterwards.
    assert_eq!(owner.read(&turn, 0).await, by_stream);
}

#[tokio::test]
async fn reasoning_is_told_apart_from_the_answer() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let events = owner.stream("s", "think:first this say:then that").await;
    let events = parsed(&events.rest().await);
    assert_eq!(
        shape(&events),
        ["turn_started", "thinking", "chunk", "done"]
    );
    assert_eq!(events.last().unwrap()["response"], "then that");
    let turn = owner.turn(events[0]["turn_id"].as_str().unwrap()).await;
    assert_eq!(turn["reasoning"], "first this");
}

#[tokio::test]
async fn how_long_the_model_thought_is_kept() {
    let start = Timestamp::from_millis(1_763_696_580_000);
    let clock = Arc::new(ManualClock::at(start));
    let gateway = Gateway::at(clock.clone(), |_, _| {}).await;
    let owner = gateway.paired();
    let mut stream = owner.stream("s", "hold:k think:first say:then").await;
    let events = parsed(&stream.until("thinking").await);
    clock.advance(7);
    gateway.model.release("k");
    parsed(&stream.rest().await);
    let turn = owner.turn(events[0]["turn_id"].as_str().unwrap()).await;
    assert_eq!(turn["reasoning_ms"], 7000, "{turn}");
    let page = owner.get("/api/sessions/s/messages").await.json();
    assert_eq!(page["messages"][1]["reasoning_ms"], 7000);
    owner.said("s", "say:at once").await;
    let page = owner.get("/api/sessions/s/messages").await.json();
    assert!(page["messages"][3]["reasoning_ms"].is_null(), "{page}");
}

#[tokio::test]
async fn a_late_reader_sees_exactly_what_it_has_not_seen() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let mut first = owner.stream("s", "hold:k tokens:50").await;
    let turn = turn_of(&first.until("chunk").await[0]);
    let running = owner.follow(&turn, 1).await;
    let ahead = owner.follow(&turn, 10).await;
    gateway.model.release("k");
    let all: Vec<Value> = owner.read(&turn, 0).await;
    assert_contiguous(&all, 1);
    assert_eq!(all.len(), 52);
    assert_eq!(parsed(&running.rest().await), all[1..]);
    assert_eq!(parsed(&ahead.rest().await), all[10..]);
    for after in [0, 1, 25, 51] {
        assert_eq!(owner.read(&turn, after).await, all[after as usize..]);
    }
    let path = format!("/api/turns/{turn}/events?after_seq=3");
    let resumed = owner.events_after(&path, Some("49")).await.rest().await;
    let ids: Vec<_> = resumed.iter().map(|event| event.id.as_str()).collect();
    assert_eq!(ids, ["50", "51", "52"]);
    assert_eq!(resumed[2].name, "done");
}

#[tokio::test]
async fn a_reader_that_has_all_of_a_turn_is_told_to_stop_asking() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let turn = turn_of(&owner.stream("s", "say:a b").await.until("done").await[0]);
    let last = owner.turn(&turn).await["last_seq"].as_u64().unwrap();
    let path = |after: u64| format!("/api/turns/{turn}/events?after_seq={after}");
    let done = owner.get(&path(last)).await;
    assert_eq!((done.status, done.body.as_str()), (204, ""));
    assert_eq!(owner.get(&path(last + 7)).await.status, 204);
    assert_eq!(owner.get(&path(last - 1)).await.status, 200);
    let nobodys = "/api/turns/0199b1c2-7a3e-7c11-9d5e-3f2a1b0c4d5e/events";
    owner.get(nobodys).await.assert_error(404, "NOT_FOUND");
    let wrong = owner.get("/api/turns/nonsense/events").await;
    wrong.assert_error(400, "INVALID_REQUEST");
}

#[tokio::test]
async fn a_turn_is_finished_after_everybody_left() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let mut streamed = owner.stream("one", "hold:k say:by stream").await;
    let streamed_turn = turn_of(&streamed.until("chunk").await[0]);
    drop(streamed);
    let mut socket = owner.socket().await;
    let socket_turn = socket.say("hold:k say:by socket").await;
    socket.until("chunk").await;
    socket.drop_line();
    // A caller that gives up waiting has its answer made all the same.
    let waiting = owner.ask("POST", "/api/chat");
    let body = json!({"message": "hold:k say:by request", "session_id": "three"});
    let line = waiting.json(&body).open().await;
    until("three model calls", async || {
        (gateway.asked().len() == 3).then_some(())
    })
    .await;
    drop(line);
    gateway.model.release("k");
    let done = owner.turn_when(&streamed_turn, "done").await;
    assert_eq!(done["response"], "by stream");
    let done = owner.turn_when(&socket_turn, "done").await;
    assert_eq!(done["response"], "by socket");
    until("the third answer", async || {
        let page = owner.get("/api/sessions/three/messages").await.json();
        (page["messages"][1]["content"] == "by request").then_some(())
    })
    .await;
    assert_eq!(gateway.model.aborted(), 0);
}

#[tokio::test]
async fn a_turn_tells_what_it_did_when() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let answer = owner.chat("s", "tool:time {} next say:done").await.json();
    let turn = answer["turn_id"].as_str().unwrap();
    let trace = owner.get(&format!("/api/turns/{turn}/trace")).await.json();
    assert_eq!(
        (&trace["turn_id"], &trace["state"]),
        (&json!(turn), &json!("done"))
    );
    let spans = trace["spans"].as_array().unwrap();
    let kinds: Vec<_> = spans
        .iter()
        .map(|span| span["kind"].as_str().unwrap())
        .collect();
    let told: Vec<_> = kinds.into_iter().filter(|kind| *kind != "queue").collect();
    assert_eq!(told, ["prompt", "model", "tool", "model"]);
    assert!(
        spans
            .iter()
            .all(|span| span["status"] == "ok" && span["ended_at"].is_string())
    );
    let unknown = owner
        .get("/api/turns/0192d4c0-0000-7000-8000-000000000000/trace")
        .await;
    assert_eq!(unknown.status, 404);
}
