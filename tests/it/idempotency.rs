//! A message sent twice under one key counts once.

use serde_json::{Value, json};

use crate::{
    model_server::ModelServer,
    support::{actor::Actor, client::Answer, gateway::Gateway, home::Home},
};

const ROUTES: [&str; 3] = ["/webhook", "/api/chat", "/api/message"];

async fn send(owner: &Actor, path: &str, key: &str, body: &Value) -> Answer {
    let ask = owner.ask("POST", path).json(body);
    ask.header("X-Idempotency-Key", key).send().await
}

fn assert_duplicate(answer: &Answer, turn: &Value, response: &Value) {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(
        answer.json(),
        json!({
            "status": "duplicate",
            "idempotent": true,
            "message": "Request already processed for this idempotency key",
            "turn_id": turn,
            "response": response,
        })
    );
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer_and_another_message_is_refused() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    for (calls, path) in (1..).zip(ROUTES) {
        let body = json!({"message": format!("say:{path}")});
        let first = send(&owner, path, path, &body).await;
        assert_eq!(first.status, 200, "{first:?}");
        let first = first.json();
        assert_eq!(first["response"], path);
        let again = send(&owner, path, path, &body).await;
        assert_duplicate(&again, &first["turn_id"], &json!(path));
        let other = send(&owner, path, path, &json!({"message": "say:other"})).await;
        other.assert_error(422, "INVALID_REQUEST");
        assert_eq!(gateway.asked().len(), calls);
    }
}

#[tokio::test]
async fn twenty_at_once_are_one_turn() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let body = json!({"message": "say:once", "session_id": "s"});
    let sent = (0..20).map(|_| send(&owner, "/api/chat", "k", &body));
    let answers = futures_util::future::join_all(sent).await;
    let new: Vec<_> = answers
        .iter()
        .map(Answer::json)
        .filter(|answer| answer["status"] != "duplicate")
        .collect();
    assert_eq!(new.len(), 1, "{answers:?}");
    assert_eq!(new[0]["response"], "once");
    for answer in &answers {
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["turn_id"], new[0]["turn_id"]);
    }
    assert_eq!(gateway.asked().len(), 1);
    let page = owner.get("/api/sessions/s/messages").await.json();
    assert_eq!(page["messages"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_repeat_while_the_first_is_under_way_names_its_turn() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let mut socket = owner.socket().await;
    let frame = json!({"message": "hold:k say:a b", "session_id": "s", "idempotency_key": "k"});
    socket.send(frame.clone()).await;
    let ack = socket.until("ack").await.pop().unwrap();
    assert_eq!(ack["duplicate"], false);
    let body = json!({"message": "hold:k say:a b", "session_id": "s"});
    let repeat = send(&owner, "/api/chat", "k", &body).await;
    assert_duplicate(&repeat, &ack["turn_id"], &Value::Null);
    let mut other = owner.socket().await;
    other.send(frame).await;
    let again = other.until("ack").await.pop().unwrap();
    assert_eq!(again["duplicate"], true);
    assert_eq!(again["turn_id"], ack["turn_id"]);
    gateway.model.release("k");
    assert_eq!(
        socket.until("done").await.last(),
        other.until("done").await.last()
    );
    assert_eq!(gateway.asked().len(), 1);
}

#[tokio::test]
async fn a_repeat_is_known_even_when_no_place_is_left_in_the_session() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let mut socket = owner.socket().await;
    let mut turns = Vec::new();
    for number in 0..9 {
        socket
            .send(json!({
                "message": "hold:k say:a b", "session_id": "s",
                "idempotency_key": number.to_string(),
            }))
            .await;
        turns.push(socket.until("ack").await.pop().unwrap());
    }
    let body = json!({"message": "hold:k say:a b", "session_id": "s"});
    let repeat = send(&owner, "/api/chat", "8", &body).await;
    assert_duplicate(&repeat, &turns[8]["turn_id"], &Value::Null);
    let other = send(
        &owner,
        "/api/chat",
        "8",
        &json!({"message": "x", "session_id": "s"}),
    )
    .await;
    other.assert_error(422, "INVALID_REQUEST");
    let ninth = send(&owner, "/api/chat", "9", &body).await;
    ninth.assert_error(429, "RATE_LIMITED");
}

#[tokio::test]
async fn keys_of_different_devices_are_different_keys() {
    let gateway = Gateway::in_process().await;
    let phone = gateway.device(clawgate::model::Scope::Chat, "Phone").await;
    let body = json!({"message": "say:mine"});
    let mine = send(&gateway.paired(), "/api/chat", "k", &body)
        .await
        .json();
    let theirs = send(&phone, "/api/chat", "k", &body).await.json();
    assert_ne!(mine["turn_id"], theirs["turn_id"]);
    assert_eq!(theirs["response"], "mine");
}

#[tokio::test]
async fn a_key_that_is_no_key_is_refused() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let body = json!({"message": "say:x"});
    let long = "k".repeat(256);
    let refused = send(&owner, "/api/chat", &long, &body).await;
    refused.assert_error(400, "INVALID_REQUEST");
    assert_eq!(gateway.asked().len(), 0);
}

#[tokio::test]
async fn a_restart_forgets_no_key() {
    let model = ModelServer::start().await;
    let home = Home::talking_to(&model);
    let gateway = home.start().await;
    let body = json!({"message": "say:kept"});
    let first = send(&gateway.paired(), "/webhook", "k", &body).await.json();
    gateway.kill_9().await;
    let gateway = home.start().await;
    let again = send(&gateway.paired(), "/webhook", "k", &body).await;
    assert_duplicate(&again, &first["turn_id"], &json!("kept"));
    let other = send(&gateway.paired(), "/webhook", "k", &json!({"message": "x"})).await;
    other.assert_error(422, "INVALID_REQUEST");
    assert_eq!(model.requests().len(), 1);
}
