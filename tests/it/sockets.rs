//! `/ws/chat` and `/ws`: frames in, frames out, what is refused, and how a socket ends.

use clawgate::model::Scope;
use serde_json::{Value, json};

use crate::support::{
    client::Ask,
    gateway::{Gateway, TOKEN},
    socket::Socket,
    stream::{assert_contiguous, folded, shape},
};

async fn refused(socket: &mut Socket) -> Value {
    socket.until("error").await.pop().unwrap()
}

#[tokio::test]
async fn the_documented_client_works() {
    let gateway = Gateway::in_process().await;
    let mut socket = gateway
        .paired()
        .socket_at("/ws/chat?session_id=mine")
        .await
        .unwrap();
    let start = socket.next().await.unwrap();
    assert_eq!(
        start,
        json!({"type": "session_start", "session_id": "mine", "resumed": false, "message_count": 0})
    );
    socket.send(json!({"message": "say:hello you"})).await;
    let frames = socket.until("done").await;
    assert_eq!(shape(&frames), ["ack", "turn_started", "chunk", "done"]);
    assert_eq!(frames[0]["session_id"], "mine");
    assert_eq!(frames[0]["state"], "running");
    assert_eq!(frames[0]["duplicate"], false);
    assert_contiguous(&frames[1..], 1);
    assert_eq!(frames.last().unwrap()["response"], "hello you");
    assert_eq!(frames.last().unwrap()["full_response"], "hello you");

    let mut again = gateway
        .paired()
        .socket_at("/ws/chat?session_id=mine")
        .await
        .unwrap();
    let start = again.next().await.unwrap();
    assert_eq!(
        (&start["resumed"], &start["message_count"]),
        (&json!(true), &json!(2))
    );
}

#[tokio::test]
async fn one_socket_talks_in_several_sessions() {
    let gateway = Gateway::in_process().await;
    let mut socket = gateway.paired().socket().await;
    socket.until("session_start").await;
    socket
        .send(json!({"type": "message", "message": "hold:k say:a one", "session_id": "a"}))
        .await;
    socket.until("chunk").await;
    socket
        .send(json!({"type": "message", "content": "say:two", "session_id": "b"}))
        .await;
    let frames = socket.until("done").await;
    assert_eq!(frames[0]["type"], "session_start");
    assert_eq!(frames[0]["session_id"], "b");
    assert_eq!(frames.last().unwrap()["response"], "two");
    gateway.model.release("k");
    assert_eq!(
        socket.until("done").await.pop().unwrap()["response"],
        "a one"
    );
}

#[tokio::test]
async fn a_socket_goes_on_reading_where_another_was_cut() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let mut first = owner.socket_at("/ws/chat?session_id=s").await.unwrap();
    let turn = first.say("hold:k say:a b c").await;
    let mut events = first.until("chunk").await;
    first.drop_line();
    let mut second = owner.socket_at("/ws/chat?session_id=s").await.unwrap();
    second.until("session_start").await;
    second
        .send(json!({"type": "resume", "session_id": "s", "turn_id": turn, "after_seq": 2}))
        .await;
    gateway.model.release("k");
    events.extend(second.until("done").await);
    assert_contiguous(&events, 1);
    assert_eq!(folded(&events), "a b c");
    // A turn that is over is read the same way.
    second
        .send(json!({"type": "resume", "turn_id": turn}))
        .await;
    assert_eq!(second.until("done").await, events);
    let nobodys = "0199b1c2-7a3e-7c11-9d5e-3f2a1b0c4d5e";
    second
        .send(json!({"type": "resume", "turn_id": nobodys}))
        .await;
    let error = refused(&mut second).await;
    assert_eq!(
        (&error["code"], &error["turn_id"]),
        (&json!("NOT_FOUND"), &json!(nobodys))
    );
}

#[tokio::test]
async fn a_socket_carries_the_news_too() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let mut socket = owner.socket().await;
    let types = json!(["agent_start", "agent_end"]);
    socket
        .send(json!({"type": "subscribe", "types": types}))
        .await;
    socket.send(json!({"type": "ping"})).await;
    socket.until("pong").await;
    owner.said("elsewhere", "say:x").await;
    let start = socket.next().await.unwrap();
    let end = socket.next().await.unwrap();
    assert_eq!(
        (&start["type"], &end["type"]),
        (&json!("event"), &json!("event"))
    );
    assert_eq!(start["event"]["type"], "agent_start");
    assert_eq!(end["event"]["type"], "agent_end");
    assert_eq!(end["event"]["session_id"], "elsewhere");
    assert!(start["id"].as_u64().unwrap() < end["id"].as_u64().unwrap());

    let mut other = owner.socket().await;
    other
        .send(json!({"type": "subscribe", "types": types, "after_id": start["id"]}))
        .await;
    assert_eq!(other.until("event").await.last(), Some(&end));
    other
        .send(json!({"type": "subscribe", "after_id": 17}))
        .await;
    let gap = other.until("gap").await.pop().unwrap();
    assert_eq!(gap["missed"], Value::Null);

    socket.send(json!({"type": "unsubscribe"})).await;
    socket.send(json!({"type": "ping"})).await;
    socket.until("pong").await;
    owner.said("elsewhere", "say:x").await;
    socket.send(json!({"type": "ping"})).await;
    assert_eq!(socket.next().await.unwrap(), json!({"type": "pong"}));
}

#[tokio::test]
async fn a_frame_that_makes_no_sense_is_refused_and_the_socket_stays() {
    let gateway = Gateway::in_process().await;
    let mut socket = gateway.paired().socket().await;
    for text in [
        "rubbish",
        "",
        "[]",
        "7",
        r#"{"type": "dance"}"#,
        r#"{"type": 1}"#,
        r#"{"message": 5}"#,
        r#"{"message": ""}"#,
        r#"{"message": "a\u0000b"}"#,
        r#"{"type": "message"}"#,
        r#"{"message": "x", "session_id": "a b"}"#,
        r#"{"message": "x", "attachments": [{"name": "a", "media_type": "image/png", "data": "%"}]}"#,
        r#"{"type": "cancel"}"#,
        r#"{"type": "resume", "turn_id": "x"}"#,
    ] {
        socket.send_text(text).await;
        let error = refused(&mut socket).await;
        assert_eq!(error["code"], "INVALID_REQUEST", "{text}");
        assert!(!error["message"].as_str().unwrap().is_empty());
        assert_eq!(error.get("seq"), None);
    }
    socket
        .send(json!({"message": "", "client_id": "mine"}))
        .await;
    assert_eq!(refused(&mut socket).await["client_id"], "mine");
    let turn = "0199b1c2-7a3e-7c11-9d5e-3f2a1b0c4d5e";
    let decision = json!({
        "type": "approval_response", "turn_id": turn, "request_id": "r", "decision": "approve",
    });
    socket.send(decision).await;
    assert_eq!(refused(&mut socket).await["code"], "NOT_FOUND");
    socket.send_binary(&[0xff, 0xfe]).await;
    assert_eq!(refused(&mut socket).await["code"], "INVALID_REQUEST");
    socket.send_binary(br#"{"type": "ping"}"#).await;
    socket.until("pong").await;
    assert_eq!(gateway.asked().len(), 0);
}

#[tokio::test]
async fn a_reader_may_look_and_not_talk() {
    let gateway = Gateway::in_process().await;
    let turn = gateway.paired().chat("s", "say:x").await.json()["turn_id"].clone();
    let reader = gateway.device(Scope::Read, "Screen").await;
    let mut socket = reader.socket().await;
    socket.send(json!({"message": "say:x"})).await;
    assert_eq!(refused(&mut socket).await["code"], "FORBIDDEN");
    socket
        .send(json!({"type": "cancel", "turn_id": turn}))
        .await;
    assert_eq!(refused(&mut socket).await["code"], "FORBIDDEN");
    socket
        .send(json!({"type": "resume", "turn_id": turn}))
        .await;
    socket.until("done").await;
    reader
        .chat("s", "say:x")
        .await
        .assert_error(403, "FORBIDDEN");
}

#[tokio::test]
async fn a_token_may_come_with_the_first_frame() {
    let gateway = Gateway::in_process().await;
    let mut socket = gateway.anon().socket_at("/ws").await.unwrap();
    let first = json!({"type": "message", "content": "say:hi", "token": TOKEN});
    socket.send(first).await;
    let frames = socket.until("done").await;
    assert_eq!(frames[0]["type"], "session_start");
    assert_eq!(frames.last().unwrap()["response"], "hi");
    socket.send(json!({"message": "say:again"})).await;
    assert_eq!(
        socket.until("done").await.pop().unwrap()["response"],
        "again"
    );

    let mut wrong = gateway.anon().socket_at("/ws").await.unwrap();
    wrong
        .send(json!({"type": "message", "content": "say:hi", "token": "zcl_live_wrong"}))
        .await;
    assert_eq!(refused(&mut wrong).await["code"], "UNAUTHORIZED");
    assert_eq!(wrong.close_code().await, Some(4401));

    let mut without = gateway.anon().socket_at("/ws").await.unwrap();
    without.send(json!({"type": "ping"})).await;
    assert_eq!(without.close_code().await, Some(1008));
    assert_eq!(gateway.asked().len(), 2);
}

#[tokio::test]
async fn a_chat_socket_opens_to_nobody_without_a_token() {
    let gateway = Gateway::in_process().await;
    let anon = gateway.anon();
    assert_eq!(anon.socket_at("/ws/chat").await.err(), Some(401));
    assert_eq!(
        anon.socket_at("/ws/chat?token=zcl_live_wrong").await.err(),
        Some(401)
    );
    let mut by_query = anon
        .socket_at(&format!("/ws/chat?token={TOKEN}"))
        .await
        .unwrap();
    by_query.until("session_start").await;
    let bad = gateway
        .paired()
        .socket_at("/ws/chat?session_id=a%20b")
        .await;
    assert_eq!(bad.err(), Some(400));
    let plain = gateway.paired().get("/ws/chat").await;
    plain.assert_error(400, "INVALID_REQUEST");
}

#[tokio::test]
async fn a_revoked_token_loses_its_streams_and_sockets_at_once() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let phone = gateway.device(Scope::Chat, "Phone").await;
    let mut turn = phone.stream("s", "hold:k say:a b").await;
    turn.until("chunk").await;
    let news = phone.events("/api/events").await;
    let mut socket = phone.socket().await;
    socket.until("session_start").await;
    let mut mine = owner.socket().await;
    let devices = owner.get("/api/devices").await.json();
    let devices = devices["devices"].as_array().unwrap().iter();
    let id = devices
        .filter(|device| device["name"] == "Phone")
        .map(|device| device["id"].as_str().unwrap())
        .next()
        .unwrap();
    let path = format!("/api/devices/{id}");
    let gone = owner.ask("DELETE", &path).send().await;
    assert_eq!(gone.status, 204, "{gone:?}");
    assert_eq!(turn.next().await, None);
    assert!(
        news.rest()
            .await
            .iter()
            .all(|event| event.name != "closing")
    );
    let closing = socket.until("closing").await.pop().unwrap();
    assert_eq!(closing["reason"], "token_gone");
    assert_eq!(socket.close_code().await, Some(4401));
    phone
        .get("/api/sessions")
        .await
        .assert_error(401, "UNAUTHORIZED");
    // Others, and the turn itself, are not touched.
    mine.send(json!({"type": "ping"})).await;
    mine.until("pong").await;
    gateway.model.release("k");
    let page = owner.get("/api/sessions/s/messages").await.json();
    let turn = page["messages"][0]["turn_id"].as_str().unwrap().to_owned();
    assert_eq!(owner.turn_when(&turn, "done").await["response"], "a b");
}

#[tokio::test]
async fn messages_are_limited_on_sockets_as_everywhere() {
    let gateway = Gateway::with(|config, _| config.gateway.chat_rate_limit_per_minute = 3).await;
    let owner = gateway.paired();
    let mut socket = owner.socket().await;
    for _ in 0..3 {
        socket.say("say:x").await;
    }
    socket
        .send(json!({"message": "say:x", "client_id": "late"}))
        .await;
    let error = refused(&mut socket).await;
    assert_eq!(
        (&error["code"], &error["client_id"]),
        (&json!("RATE_LIMITED"), &json!("late"))
    );
    assert!((1..=63).contains(&error["retry_after"].as_u64().unwrap()));
    let limited = owner.chat("s", "say:x").await;
    limited.assert_error(429, "RATE_LIMITED");
    assert_eq!(limited.header("ratelimit-remaining"), Some("0"));
}

#[tokio::test]
async fn a_frame_that_is_too_large_ends_the_socket() {
    let gateway = Gateway::with(|config, _| config.gateway.max_chat_body_bytes = 50_000).await;
    let mut socket = gateway.paired().socket().await;
    socket
        .send(json!({"message": format!("say:{}", "x".repeat(40_000))}))
        .await;
    socket.until("done").await;
    socket.send(json!({"message": "x".repeat(60_000)})).await;
    assert_eq!(socket.close_code().await, Some(1009));
}

#[tokio::test]
async fn a_socket_of_another_site_is_refused() {
    let gateway = Gateway::in_process().await;
    let ask = Ask::new(gateway.paired().address, "GET", "/ws")
        .header("Connection", "Upgrade")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
        .header("Origin", "https://evil.example");
    ask.send().await.assert_error(403, "FORBIDDEN");
}
