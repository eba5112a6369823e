//! A session runs one turn at a time; eight more may wait, and can be withdrawn.

use serde_json::{Value, json};

use crate::support::{actor::turn_of, gateway::Gateway, stream::parsed, until};

#[tokio::test]
async fn eight_wait_visibly_and_a_ninth_is_refused() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let mut socket = owner.socket_at("/ws/chat?session_id=s").await.unwrap();
    let mut turns = Vec::new();
    for number in 0..9 {
        let message = format!("hold:k say:number {number}");
        socket
            .send(json!({"message": message, "client_id": number.to_string()}))
            .await;
        let ack = socket.until("ack").await.pop().unwrap();
        assert_eq!(ack["position"], number);
        assert_eq!(ack["client_id"], number.to_string());
        let state = if number == 0 { "running" } else { "queued" };
        assert_eq!(ack["state"], state);
        turns.push(ack["turn_id"].as_str().unwrap().to_owned());
    }
    let refused = owner.chat("s", "say:too much").await;
    refused.assert_error(429, "RATE_LIMITED");
    assert!(refused.header("retry-after").is_some());
    socket.send(json!({"message": "say:too much"})).await;
    let refused = socket.until("error").await.pop().unwrap();
    assert_eq!(refused["code"], "RATE_LIMITED");
    assert_eq!(refused.get("seq"), None);

    let page = owner.get("/api/sessions/s/messages").await.json();
    let waiting = page["turns"].as_array().unwrap();
    let positions: Vec<_> = waiting.iter().map(|turn| &turn["queue_position"]).collect();
    let mut expected = vec![Value::Null];
    expected.extend((1..=8).map(Value::from));
    assert_eq!(positions, expected.iter().collect::<Vec<_>>());
    let session = owner.get("/api/sessions/s").await.json();
    assert_eq!(session["active_turns"], 9);

    // Another session is not held up.
    assert_eq!(owner.said("other", "say:at once").await, "at once");

    gateway.model.release("k");
    for (number, turn) in turns.iter().enumerate() {
        let done = owner.turn_when(turn, "done").await;
        assert_eq!(done["response"], format!("number {number}"));
    }
    let bodies = gateway.asked();
    let order: Vec<_> = bodies
        .iter()
        .map(|body| body["messages"].as_array().unwrap().last().unwrap())
        .map(|message| message["content"].as_str().unwrap())
        .filter(|text| text.contains("number"))
        .collect();
    let expected: Vec<_> = (0..9).map(|n| format!("hold:k say:number {n}")).collect();
    assert_eq!(order, expected);
}

#[tokio::test]
async fn a_message_that_waits_can_be_withdrawn() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let running = owner.begin("s", "hold:k say:a b").await;
    let withdrawn = owner.begin("s", "say:never").await;
    let next = owner.begin("s", "say:next").await;
    assert_eq!(owner.turn(&next).await["queue_position"], 2);
    let reader = owner.follow(&withdrawn, 0).await;
    let mut news = owner.events("/api/events?types=session_changed").await;
    let answer = owner.cancel(&withdrawn).await;
    assert_eq!(
        (answer.status, &answer.json()["state"]),
        (200, &json!("cancelled"))
    );
    let events = parsed(&reader.rest().await);
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(
        (&events[0]["type"], &events[0]["seq"]),
        (&json!("cancelled"), &json!(1))
    );
    let told = news.next().await.unwrap().json();
    assert_eq!(
        (&told["change"], &told["turn_id"]),
        (&json!("withdrawn"), &json!(withdrawn))
    );
    assert_eq!(owner.turn(&next).await["queue_position"], 1);
    owner.cancel(&withdrawn).await.assert_error(409, "CONFLICT");
    gateway.model.release("k");
    owner.turn_when(&running, "done").await;
    owner.turn_when(&next, "done").await;
    assert_eq!(gateway.asked().len(), 2);
}

#[tokio::test]
async fn the_running_one_is_stopped_and_the_next_one_begins() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let mut reader = owner.stream("s", "hold:k say:half said").await;
    let turn = turn_of(&reader.until("chunk").await[0]);
    let next = owner.begin("s", "say:next").await;
    let stopped = owner.cancel(&turn).await;
    assert_eq!(stopped.status, 200);
    assert_eq!(stopped.json()["state"], "cancelled");
    assert_eq!(stopped.json()["response"], "half");
    let rest = parsed(&reader.rest().await);
    assert_eq!(rest.last().unwrap()["type"], "cancelled");
    assert_eq!(owner.turn_when(&next, "done").await["response"], "next");
    until("the model's stream to be left", async || {
        (gateway.model.aborted() == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_socket_stops_and_withdraws_too() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let mut socket = owner.socket_at("/ws/chat?session_id=s").await.unwrap();
    let running = socket.say("hold:k say:a b").await;
    let waiting = socket.say("say:waits").await;
    socket
        .send(json!({"type": "cancel", "turn_id": waiting}))
        .await;
    let cancelled = socket.until("cancelled").await.pop().unwrap();
    assert_eq!(cancelled["turn_id"], json!(waiting));
    socket
        .send(json!({"type": "cancel", "turn_id": running}))
        .await;
    let cancelled = socket.until("cancelled").await.pop().unwrap();
    assert_eq!(cancelled["turn_id"], json!(running));
    socket
        .send(json!({"type": "cancel", "turn_id": running}))
        .await;
    let refused = socket.until("error").await.pop().unwrap();
    assert_eq!(refused["code"], "CONFLICT");
    assert_eq!(refused["turn_id"], json!(running));
    assert_eq!(
        owner
            .cancel("0199b1c2-7a3e-7c11-9d5e-3f2a1b0c4d5e")
            .await
            .status,
        404
    );
}
