//! Files that go with messages: how they are listed, handed out, limited, and changed while the
//! message waits.

use serde_json::json;

use crate::support::gateway::Gateway;
use clawgate::model::Scope;

const DOT: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg==";

#[tokio::test]
async fn a_file_is_listed_and_handed_out_so_that_nothing_in_it_runs() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let mut socket = owner.socket_at("/ws/chat?session_id=s").await.unwrap();
    socket
        .send(json!({"message": "say:seen", "attachments": [
            {"name": "dot é.png", "media_type": "image/png", "data": DOT},
            {"name": "page.html", "media_type": "text/html", "data": "PHNjcmlwdD4="},
        ]}))
        .await;
    let ack = socket.until("ack").await.pop().unwrap();
    socket.until("done").await;
    let turn = ack["turn_id"].as_str().unwrap();
    let url = |place: u32| format!("/api/turns/{turn}/attachments/{place}");
    let listed = json!([
        {"name": "dot é.png", "media_type": "image/png", "size": 70, "url": url(0)},
        {"name": "page.html", "media_type": "text/html", "size": 8, "url": url(1)},
    ]);
    assert_eq!(owner.turn(turn).await["attachments"], listed);
    let page = owner.get("/api/sessions/s/messages").await.json();
    assert_eq!(page["messages"][0]["attachments"], listed);
    assert_eq!(page["messages"][1]["attachments"], json!([]));

    let reader = gateway.device(Scope::Read, "reader").await;
    let picture = reader.get(&url(0)).await;
    assert_eq!(picture.status, 200);
    for (header, expected) in [
        ("content-type", "image/png"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "sandbox; default-src 'none'"),
        (
            "content-disposition",
            "inline; filename=\"dot _.png\"; filename*=UTF-8''dot%20%C3%A9.png",
        ),
        ("content-length", "70"),
    ] {
        assert_eq!(picture.header(header), Some(expected), "{picture:?}");
    }
    let markup = reader.get(&url(1)).await;
    assert_eq!(markup.body, "<script>");
    let disposition = markup.header("content-disposition").unwrap();
    assert!(disposition.starts_with("attachment; "), "{disposition}");
    assert_eq!(
        markup.header("content-security-policy"),
        Some("sandbox; default-src 'none'")
    );
    assert_eq!(gateway.anon().get(&url(0)).await.status, 401);
    reader.get(&url(2)).await.assert_error(404, "NOT_FOUND");
    reader
        .get(&format!("/api/turns/{turn}/attachments/x"))
        .await
        .assert_error(400, "INVALID_REQUEST");
}

#[tokio::test]
async fn limits_are_told_and_named_when_they_are_passed() {
    let gateway = Gateway::with(|config, _| {
        config.gateway.max_chat_body_bytes = 100_000;
    })
    .await;
    let owner = gateway.paired();
    let limits = owner.get("/api/status").await.json()["limits"].clone();
    assert_eq!(limits["max_message_bytes"], 100_000);
    let bytes = limits["max_attachment_bytes"].as_u64().unwrap();
    let number = limits["max_attachments"].as_u64().unwrap();
    let file = |bytes: u64| {
        let data = "A".repeat(usize::try_from(bytes.div_ceil(3) * 4).unwrap());
        json!({"name": "big.txt", "media_type": "text/plain", "data": data})
    };
    let body = json!({"session_id": "s", "message": "say:x", "attachments": [file(bytes + 3)]});
    let refused = owner.post("/api/chat", body.clone()).await;
    let told = refused.assert_error(413, "PAYLOAD_TOO_LARGE");
    assert!(told["error"].as_str().unwrap().contains(&bytes.to_string()));
    assert_eq!(told["details"]["max_attachment_bytes"], bytes);
    let mut socket = owner.socket().await;
    socket.send(body).await;
    let refused = socket.until("error").await.pop().unwrap();
    assert_eq!(refused["code"], "PAYLOAD_TOO_LARGE");

    let many: Vec<_> = (0..=number).map(|_| file(3)).collect();
    let body = json!({"message": "say:x", "attachments": many});
    let told = owner
        .post("/api/chat", body)
        .await
        .assert_error(400, "INVALID_REQUEST");
    assert!(
        told["error"]
            .as_str()
            .unwrap()
            .contains(&number.to_string())
    );
    let all = json!({"message": "x".repeat(100_001)});
    let told = owner
        .post("/api/chat", all)
        .await
        .assert_error(413, "PAYLOAD_TOO_LARGE");
    assert!(told["error"].as_str().unwrap().contains("100000"), "{told}");
    assert!(gateway.asked().is_empty());
}

#[tokio::test]
async fn a_message_that_waits_is_changed_and_one_that_runs_is_not() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let running = owner.begin("s", "hold:k say:a b").await;
    let file = json!({"name": "n.txt", "media_type": "text/plain", "data": "cmVtZW1iZXI="});
    let mut socket = owner.socket_at("/ws/chat?session_id=s").await.unwrap();
    socket
        .send(json!({"message": "say:before", "attachments": [file]}))
        .await;
    let ack = socket.until("ack").await.pop().unwrap();
    let waiting = ack["turn_id"].as_str().unwrap().to_owned();
    let last = owner.begin("s", "say:last").await;
    let mut news = owner.events("/api/events?types=session_changed").await;
    let change = async |turn: &str, body: serde_json::Value| {
        let path = format!("/api/turns/{turn}");
        owner.ask("PATCH", &path).json(&body).send().await
    };
    let changed = change(&waiting, json!({"message": "say:after"})).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let view = changed.json();
    assert_eq!(
        (&view["message"], &view["queue_position"], &view["state"]),
        (&json!("say:after"), &json!(1), &json!("queued"))
    );
    assert_eq!(view["attachments"][0]["name"], "n.txt");
    let told = news.next().await.unwrap().json();
    assert_eq!(
        (&told["change"], &told["turn_id"]),
        (&json!("queue"), &json!(waiting))
    );
    let cleared = change(&waiting, json!({"attachments": []})).await.json();
    assert_eq!(
        (&cleared["message"], &cleared["attachments"]),
        (&json!("say:after"), &json!([]))
    );
    for empty in ["", "  "] {
        change(&waiting, json!({"message": empty}))
            .await
            .assert_error(400, "INVALID_REQUEST");
    }
    change(&running, json!({"message": "say:no"}))
        .await
        .assert_error(409, "CONFLICT");
    gateway.model.release("k");
    let done = owner.turn_when(&waiting, "done").await;
    assert_eq!(done["response"], "after");
    owner.turn_when(&last, "done").await;
    let prompt = gateway.asked()[1]["messages"].as_array().unwrap().clone();
    assert_eq!(prompt.last().unwrap()["content"], "say:after");
    change(&waiting, json!({"message": "say:late"}))
        .await
        .assert_error(409, "CONFLICT");
    change(
        "0199b1c2-7a3e-7c11-9d5e-3f2a1b0c4d5e",
        json!({"message": "x"}),
    )
    .await
    .assert_error(404, "NOT_FOUND");
    let reader = gateway.device(Scope::Read, "reader").await;
    let refused = reader
        .ask("PATCH", &format!("/api/turns/{last}"))
        .json(&json!({"message": "x"}))
        .send()
        .await;
    assert_eq!(refused.status, 403, "{refused:?}");
}
