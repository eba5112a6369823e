//! What `/webhook`, `/api/chat` and `/api/message` take, and how they refuse what they don't.

use serde_json::{Value, json};

use crate::support::{
    client::Answer,
    gateway::Gateway,
    stream::{Events, parsed, shape},
};

const ROUTES: [&str; 3] = ["/webhook", "/api/chat", "/api/message"];

fn keys(answer: &Answer) -> Vec<String> {
    let body = answer.json();
    let mut keys: Vec<_> = body.as_object().unwrap().keys().cloned().collect();
    keys.sort();
    keys
}

#[tokio::test]
async fn a_webhook_is_answered_in_the_documented_shape() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let answer = owner.post("/webhook", json!({"message": "say:hi"})).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(
        keys(&answer),
        ["model", "response", "session_id", "turn_id"]
    );
    assert_eq!(answer.json()["response"], "hi");
    let ask = owner
        .ask("POST", "/webhook")
        .json(&json!({"message": "say:again"}));
    let answer = ask.header("X-Session-Id", "my-hook").send().await;
    assert_eq!(answer.json()["session_id"], "my-hook");
    let turn = owner.turn(answer.json()["turn_id"].as_str().unwrap()).await;
    assert_eq!(turn["origin"], "webhook");
    let anon = gateway
        .anon()
        .post("/webhook", json!({"message": "x"}))
        .await;
    anon.assert_error(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn a_webhook_may_ask_for_a_secret_too() {
    let gateway = Gateway::with(|config, _| {
        config.channels.webhook.secret = Some("the webhook's secret".into());
    })
    .await;
    let owner = gateway.paired();
    let ask = || {
        owner
            .ask("POST", "/webhook")
            .json(&json!({"message": "say:in"}))
    };
    let without = ask().send().await;
    without.assert_error(401, "UNAUTHORIZED");
    for wrong in ["", "the webhook's secre", "the webhook's secret2"] {
        let refused = ask().header("X-Webhook-Secret", wrong).send().await;
        refused.assert_error(401, "UNAUTHORIZED");
        assert!(!refused.body.contains("the webhook's"));
    }
    let right = ask().header("X-Webhook-Secret", "the webhook's secret");
    assert_eq!(right.send().await.json()["response"], "in");
    assert_eq!(gateway.asked().len(), 1);
}

#[tokio::test]
async fn content_is_another_name_for_message() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let answer = owner
        .post("/api/message", json!({"content": "say:hi"}))
        .await;
    assert_eq!(answer.json()["response"], "hi");
    let both = json!({"content": "say:one", "message": "say:two"});
    let answer = owner.post("/api/message", both).await;
    assert_eq!(answer.json()["response"], "two");
}

#[tokio::test]
async fn events_are_asked_for_by_field_or_by_header() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    for path in ["/api/chat", "/api/message"] {
        let url = format!("http://{}{path}", owner.address);
        for (accept, body) in [
            ("text/event-stream", json!({"message": "say:hi"})),
            ("*/*", json!({"message": "say:hi", "stream": true})),
        ] {
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            let request = client
                .post(&url)
                .bearer_auth(owner.token.as_ref().unwrap())
                .header("Accept", accept)
                .json(&body);
            let events = Events::new(request.send().await.unwrap()).rest().await;
            assert_eq!(shape(&parsed(&events)), ["turn_started", "chunk", "done"]);
            for event in &events {
                assert_eq!(event.name, event.json()["type"]);
                assert_eq!(event.id, event.json()["seq"].to_string());
            }
        }
    }
}

#[tokio::test]
async fn a_body_that_makes_no_sense_is_told_what_is_wrong() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    for path in ROUTES {
        for (body, field) in [
            (json!({"message": 5}), "message"),
            (json!({"message": ["x"]}), "message"),
            (json!({"message": {"text": "x"}}), "message"),
            (json!({}), "message"),
            (json!({"message": null}), "message"),
        ] {
            let refused = owner.post(path, body.clone()).await;
            let error = refused.assert_error(400, "INVALID_REQUEST");
            assert_eq!(error["details"]["field"], field, "{path} {body} {error}");
            assert!(error["details"]["expected"].is_string(), "{error}");
        }
        for body in ["", "not json", "{\"message\":", "[1]", "\"text\"", "null"] {
            let ask = owner
                .ask("POST", path)
                .header("Content-Type", "application/json");
            let refused = ask.body(body.as_bytes()).send().await;
            refused.assert_error(400, "INVALID_REQUEST");
        }
        for message in ["", " \n\t ", "a\0b"] {
            let refused = owner.post(path, json!({"message": message})).await;
            refused.assert_error(400, "INVALID_REQUEST");
        }
        let broken = owner
            .ask("POST", path)
            .header("Content-Type", "application/json");
        let refused = broken.body(b"{\"message\": \"\xff\xfe\"}").send().await;
        refused.assert_error(400, "INVALID_REQUEST");
    }
    for (field, value) in [
        ("session_id", json!("a b")),
        ("session_id", json!("x".repeat(300))),
        ("session_id", json!(7)),
        ("context", json!("not a list")),
        ("attachments", json!([{"name": "a"}])),
        (
            "attachments",
            json!([{"name": "a", "media_type": "image/png", "data": "%%%"}]),
        ),
        (
            "attachments",
            json!([{"name": "a", "media_type": "application/x-msdownload", "data": "AAAA"}]),
        ),
        (
            "attachments",
            json!([{"name": "a", "media_type": "text/plain", "data": "/w=="}]),
        ),
        ("stream", json!("yes")),
    ] {
        let body = json!({"message": "say:x", field: value});
        let refused = owner.post("/api/chat", body).await;
        let error = refused.assert_error(400, "INVALID_REQUEST");
        assert_eq!(error["details"]["field"], field, "{error}");
    }
    let ask = owner
        .ask("POST", "/webhook")
        .json(&json!({"message": "say:x"}));
    let refused = ask.header("X-Session-Id", "a b").send().await;
    refused.assert_error(400, "INVALID_REQUEST");
    assert_eq!(gateway.asked(), Vec::<Value>::new());
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_and_a_large_one_is_not() {
    let gateway = Gateway::with(|config, _| {
        config.gateway.max_body_bytes = 2048;
        config.gateway.max_chat_body_bytes = 300_000;
    })
    .await;
    let owner = gateway.paired();
    let message = |length: usize| json!({"message": format!("say:ok {}", "x".repeat(length))});
    let refused = owner.post("/webhook", message(3000)).await;
    refused.assert_error(413, "PAYLOAD_TOO_LARGE");
    let taken = owner.post("/api/chat", message(200_000)).await;
    assert_eq!(taken.status, 200);
    assert_eq!(taken.json()["response"].as_str().unwrap().len(), 200_003);
    let refused = owner.post("/api/chat", message(300_000)).await;
    refused.assert_error(413, "PAYLOAD_TOO_LARGE");
    assert_eq!(gateway.asked().len(), 1);
}

#[tokio::test]
async fn a_picture_goes_to_the_model_as_one_and_text_goes_with_the_message() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg==";
    let body = json!({
        "message": "say:seen",
        "session_id": "s",
        "context": ["the weather is fine", {"city": "Oslo"}],
        "attachments": [
            {"name": "dot.png", "media_type": "image/png", "data": picture},
            {"name": "notes.txt", "media_type": "text/plain", "data": "cmVtZW1iZXIgdGhlIG1pbGs="},
        ],
    });
    let answer = owner.post("/api/chat", body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let prompts = |at: usize| {
        let body = gateway.asked().swap_remove(at);
        let messages = body["messages"].as_array().unwrap().clone();
        messages
            .into_iter()
            .filter(|one| one["role"] == "user")
            .collect::<Vec<_>>()
    };
    let first = prompts(0);
    let parts = first[0]["content"].as_array().unwrap();
    let text = parts.iter().find(|part| part["type"] == "text").unwrap();
    let text = text["text"].as_str().unwrap();
    for expected in [
        "say:seen",
        "the weather is fine",
        "Oslo",
        "notes.txt",
        "remember the milk",
    ] {
        assert!(text.contains(expected), "{text}");
    }
    let image = parts
        .iter()
        .find(|part| part["type"] == "image_url")
        .unwrap();
    assert_eq!(
        image["image_url"]["url"],
        format!("data:image/png;base64,{picture}")
    );

    // The next turn's model still sees them.
    owner.said("s", "say:next").await;
    assert_eq!(prompts(1)[0], first[0]);
    let page = owner.get("/api/sessions/s/messages").await.json();
    let files = page["messages"][0]["attachments"].as_array().unwrap();
    let names: Vec<_> = files.iter().map(|file| &file["name"]).collect();
    assert_eq!(names, ["dot.png", "notes.txt"]);
    assert_eq!(page["messages"][2]["attachments"], json!([]));
}
