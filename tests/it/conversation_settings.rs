//! What a conversation keeps besides its messages: the model that answers in it, whether its
//! owner has seen what is new, and which list it is in.

use clawgate::config::{ProviderConfig, ProviderKind};
use serde_json::{Value, json};

use crate::support::{
    actor::Actor,
    gateway::{Gateway, scripted},
};

async fn patch(owner: &Actor, body: Value) -> Value {
    let ask = owner.ask("PATCH", "/api/sessions/s").json(&body);
    let answer = ask.send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

async fn session(owner: &Actor) -> Value {
    owner.get("/api/sessions/s").await.json()
}

#[tokio::test]
async fn its_model_answers_until_a_message_names_another() {
    let gateway = Gateway::with(|config, model| {
        let second = ProviderConfig {
            model: Some("second-model".to_owned()),
            ..scripted(model)
        };
        config.agent.provider = "main".to_owned();
        config.providers.insert("second".to_owned(), second);
        let demo = ProviderConfig::of_kind(ProviderKind::Demo);
        config.providers.insert("demo".to_owned(), demo);
    })
    .await;
    let owner = gateway.paired();
    let model = || gateway.asked().pop().unwrap()["model"].clone();
    owner.said("s", "say:1").await;
    assert_eq!(model(), "test-model");
    assert_eq!(session(&owner).await.get("model"), None);
    let chosen = patch(&owner, json!({"model": "second/other-model"})).await;
    assert_eq!(chosen["model"], "second/other-model");
    owner.said("s", "say:2").await;
    assert_eq!(model(), "other-model");
    let named = json!({"session_id": "s", "message": "say:3", "model": "main/mine"});
    assert_eq!(owner.post("/api/chat", named).await.status, 200);
    assert_eq!(model(), "mine");
    // Another conversation, and a copy of this one.
    owner.said("t", "say:4").await;
    assert_eq!(model(), "test-model");
    let fork = owner.post("/api/sessions/s/fork", json!({})).await.json();
    assert_eq!(fork["model"], "second/other-model");
    let none = patch(&owner, json!({"model": ""})).await;
    assert_eq!(none.get("model"), None);
    owner.said("s", "say:5").await;
    assert_eq!(model(), "test-model");
    let made = owner
        .post("/api/sessions", json!({"id": "u", "model": "second/x"}))
        .await;
    assert_eq!(made.json()["model"], "second/x", "{made:?}");
    owner.said("u", "say:6").await;
    assert_eq!(model(), "x");
    for wrong in ["a\nb".to_owned(), "m".repeat(201)] {
        let ask = owner
            .ask("PATCH", "/api/sessions/s")
            .json(&json!({"model": wrong}));
        ask.send().await.assert_error(400, "INVALID_REQUEST");
    }
}

#[tokio::test]
async fn what_ended_is_unread_until_one_client_has_looked_and_the_other_hears_of_it() {
    let gateway = Gateway::in_process().await;
    let (desk, phone) = (gateway.paired(), gateway.paired());
    desk.said("s", "say:news").await;
    assert_eq!(session(&phone).await["unread"], true);
    let page = phone.get("/api/sessions").await.json();
    assert_eq!(page["sessions"][0]["unread"], true);
    let mut news = phone
        .events("/api/events?types=session_changed&session_id=s")
        .await;
    assert_eq!(patch(&desk, json!({"read": true})).await["unread"], false);
    assert_eq!(news.next().await.unwrap().json()["change"], "read");
    assert_eq!(session(&phone).await["unread"], false);
    // A second look is no news; marking as unread is.
    patch(&desk, json!({"read": true})).await;
    assert_eq!(patch(&desk, json!({"read": false})).await["unread"], true);
    assert_eq!(news.next().await.unwrap().json()["change"], "read");
    patch(&desk, json!({"pinned": true})).await;
    assert_eq!(news.next().await.unwrap().json()["change"], "updated");
    patch(&desk, json!({"read": true})).await;
    // Who stops a turn has seen that it ended.
    let turn = desk.begin("s", "hold:k say:a b").await;
    desk.cancel(&turn).await;
    desk.turn_when(&turn, "cancelled").await;
    assert_eq!(session(&desk).await["unread"], false);
    desk.chat("s", "status:400").await;
    assert_eq!(session(&desk).await["unread"], true);
}

#[tokio::test]
async fn lists_are_told_apart_by_the_door_and_by_the_archive() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    owner.said("rest", "say:a").await;
    let mut socket = owner.socket_at("/ws/chat?session_id=s").await.unwrap();
    socket.say("say:b").await;
    socket.until("done").await;
    let listed = async |query: &str| {
        let page = owner.get(&format!("/api/sessions{query}")).await.json();
        let sessions = page["sessions"].as_array().unwrap().clone();
        let ids = sessions.into_iter().map(|one| one["id"].clone());
        ids.collect::<Vec<_>>()
    };
    let origin = session(&owner).await["origin"].clone();
    assert_eq!(
        listed(&format!("?origin={}", origin.as_str().unwrap())).await,
        ["s"]
    );
    assert_eq!(listed("?origin=api").await, ["rest"]);
    patch(&owner, json!({"archived": true})).await;
    assert_eq!(listed("").await, ["rest"]);
    assert_eq!(listed("?archived=false").await, ["rest"]);
    assert_eq!(listed("?archived=true").await, ["s"]);
    assert!(listed("?archived=true&origin=api").await.is_empty());
    patch(
        &owner,
        json!({"archived": false, "pinned": true, "title": "Night_trains to Oslo"}),
    )
    .await;
    assert_eq!(listed("?pinned=true").await, ["s"]);
    assert_eq!(listed("?pinned=false").await, ["rest"]);
    assert_eq!(listed("?title=night_trains%20oslo").await, ["s"]);
    assert!(listed("?title=oslo%20trains").await.is_empty());
    assert!(listed("?title=night%25trains").await.is_empty());
    owner
        .get("/api/sessions?origin=moon")
        .await
        .assert_error(400, "INVALID_REQUEST");
}
