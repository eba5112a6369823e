//! Devices under way: rights, ends, open streams and browsers, over the whole gateway.

use std::sync::Arc;

use clawgate::{
    clock::ManualClock,
    model::{Scope, Timestamp},
};
use serde_json::{Value, json};

use crate::support::{
    actor::Actor,
    client::Answer,
    gateway::{Gateway, TOKEN},
    until,
};

/// The device as its owner's list shows it.
async fn listed(owner: &Actor, name: &str) -> Value {
    let list = owner.get("/api/devices").await.json();
    let devices = list["devices"].as_array().unwrap().iter();
    let mut found = devices.filter(|device| device["name"] == name);
    found
        .next()
        .unwrap_or_else(|| panic!("no {name}: {list}"))
        .clone()
}

async fn path_of(owner: &Actor, name: &str) -> String {
    let device = listed(owner, name).await;
    format!("/api/devices/{}", device["id"].as_str().unwrap())
}

async fn patch(actor: &Actor, path: &str, body: Value) -> Answer {
    actor.ask("PATCH", path).json(&body).send().await
}

/// A gateway with a clock of the test's own.
async fn clocked() -> (Gateway, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_763_696_580_000)));
    (Gateway::at(clock.clone(), |_, _| {}).await, clock)
}

#[tokio::test]
async fn who_is_connected_is_shown_and_told() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let phone = gateway.device(Scope::Chat, "Phone").await;
    let before = listed(&owner, "Phone").await;
    assert_eq!(
        (&before["open_sockets"], &before["current"]),
        (&json!(0), &json!(false))
    );
    assert_eq!(before["source"], "paired");
    let mut news = owner.events("/api/events?types=device_paired").await;
    let socket = phone.socket().await;
    let told = news.until("device_paired").await.pop().unwrap().json();
    assert_eq!(
        (&told["change"], &told["name"]),
        (&json!("connected"), &json!("Phone"))
    );
    let now = listed(&owner, "Phone").await;
    assert_eq!(now["open_sockets"], 1);
    assert_eq!(now["last_ip"], "127.0.0.1");
    assert!(now["last_seen_at"].is_string());
    drop(socket);
    let told = news.until("device_paired").await.pop().unwrap().json();
    assert_eq!(told["change"], "disconnected");
    assert_eq!(listed(&owner, "Phone").await["open_sockets"], 0);
    let own = owner.get("/api/devices").await.json();
    let own = own["devices"].as_array().unwrap();
    let mine: Vec<_> = own.iter().filter(|one| one["current"] == true).collect();
    assert_eq!(mine.len(), 1);
    assert_eq!(mine[0]["source"], "imported");
}

#[tokio::test]
async fn revoking_closes_sockets_and_streams_at_once() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let phone = gateway.device(Scope::Chat, "Phone").await;
    let path = path_of(&owner, "Phone").await;
    let mut socket = phone.socket().await;
    let news = phone.events("/api/events").await;
    let turn = phone.begin("s", "hold:k say:a b").await;
    let follow = phone.follow(&turn, 0).await;
    assert_eq!(owner.ask("DELETE", &path).send().await.status, 204);
    assert_eq!(socket.close_code().await, Some(4401));
    news.rest().await;
    let seen = follow.rest().await;
    assert!(seen.iter().all(|event| event.name != "done"));
    phone
        .get("/api/status")
        .await
        .assert_error(401, "UNAUTHORIZED");
    // What it had begun goes on.
    gateway.model.release("k");
    owner.turn_when(&turn, "done").await;
}

#[tokio::test]
async fn rights_are_changed_by_admins_only_and_at_once() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let phone = gateway.device(Scope::Chat, "Phone").await;
    let path = path_of(&owner, "Phone").await;
    let raise = patch(&phone, &path, json!({"scopes": ["admin"]})).await;
    raise.assert_error(403, "FORBIDDEN");
    let invite = phone
        .post("/api/pairing/initiate", json!({"scopes": ["admin"]}))
        .await;
    invite.assert_error(403, "FORBIDDEN");
    let mut socket = phone.socket().await;
    let less = patch(&owner, &path, json!({"scopes": ["read"], "name": "Wall"})).await;
    assert_eq!(less.json()["scopes"], json!(["read"]));
    assert_eq!(socket.close_code().await, Some(4401));
    let said = phone.chat("s", "say:x").await;
    said.assert_error(403, "FORBIDDEN");
    assert_eq!(phone.get("/api/status").await.status, 200);
}

#[tokio::test]
async fn the_owner_can_not_shut_himself_out_by_mistake() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let own = owner.get("/api/session").await.json();
    let path = format!("/api/devices/{}", own["device_id"].as_str().unwrap());
    let refused = patch(&owner, &path, json!({"scopes": ["read"]})).await;
    let body = refused.assert_error(409, "CONFLICT");
    assert!(
        body["error"].as_str().unwrap().contains("another device"),
        "{body}"
    );
    let refused = patch(&owner, &path, json!({"expires_in_days": 1})).await;
    let body = refused.assert_error(409, "CONFLICT");
    assert!(
        body["error"].as_str().unwrap().contains("all rights"),
        "{body}"
    );
    let other = gateway.device(Scope::Admin, "Laptop").await;
    let ends = patch(&owner, &path, json!({"expires_in_days": 1})).await;
    assert_eq!(ends.status, 200, "{ends:?}");
    let taken = patch(&other, &path, json!({"scopes": ["read"]})).await;
    assert_eq!(taken.status, 200, "{taken:?}");
}

#[tokio::test]
async fn an_end_in_days_comes_when_the_clock_says_so() {
    let (gateway, clock) = clocked().await;
    let owner = gateway.paired();
    let phone = gateway.device(Scope::Chat, "Phone").await;
    let path = path_of(&owner, "Phone").await;
    let changed = patch(&owner, &path, json!({"expires_in_days": 7}))
        .await
        .json();
    assert!(
        changed["expires_at"]
            .as_str()
            .unwrap()
            .starts_with("2025-11-28T")
    );
    let mut socket = phone.socket().await;
    clock.advance(7 * 24 * 3600 - 1);
    assert_eq!(phone.get("/api/status").await.status, 200);
    clock.advance(1);
    phone
        .get("/api/status")
        .await
        .assert_error(401, "UNAUTHORIZED");
    assert_eq!(socket.close_code().await, Some(4401));
    let never = patch(&owner, &path, json!({"expires_in_days": 0}))
        .await
        .json();
    assert_eq!(never["expires_at"], Value::Null);
    assert_eq!(phone.get("/api/status").await.status, 200);
}

#[tokio::test]
async fn an_end_that_makes_no_sense_is_refused() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    gateway.device(Scope::Chat, "Phone").await;
    let path = path_of(&owner, "Phone").await;
    for body in [
        json!({"expires_in_days": 3651}),
        json!({"expires_in_days": 3, "expires_at": null}),
        json!({"expires_in_days": -1}),
        json!({"expires_in_days": "soon"}),
    ] {
        let refused = patch(&owner, &path, body.clone()).await;
        refused.assert_error(400, "INVALID_REQUEST");
    }
    let nobody = "/api/devices/0199b1c2-7a3e-7c11-9d5e-3f2a1b0c4d5e";
    let missing = patch(&owner, nobody, json!({"name": "x"})).await;
    missing.assert_error(404, "NOT_FOUND");
}

#[tokio::test]
async fn rotating_leaves_the_browser_that_asks_signed_in() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let begin = || async {
        let begun = owner.ask("POST", "/api/session").send().await;
        let set = begun.header("set-cookie").unwrap().to_owned();
        let (value, _) = set.split_once('=').unwrap().1.split_once(';').unwrap();
        value.to_owned()
    };
    let (mine, other) = (begin().await, begin().await);
    let anon = gateway.anon();
    let browser =
        |method: &str, path: &str, cookie: &str| anon.ask(method, path).cookie(cookie).send();
    let own = browser("GET", "/api/session", &mine).await.json();
    let id = own["device_id"].as_str().unwrap();
    let list = owner.get("/api/devices").await.json();
    assert_eq!(list["devices"][0]["browser_sessions"], 2);
    let rotated = browser("POST", &format!("/api/devices/{id}/rotate"), &mine).await;
    assert_eq!(rotated.status, 200, "{rotated:?}");
    let token = rotated.json()["token"].as_str().unwrap().to_owned();
    assert_ne!(token, TOKEN);
    assert_eq!(browser("GET", "/api/session", &mine).await.status, 200);
    let gone = browser("GET", "/api/session", &other).await;
    gone.assert_error(401, "UNAUTHORIZED");
    owner
        .get("/api/session")
        .await
        .assert_error(401, "UNAUTHORIZED");
    let renewed = Actor::new(gateway.anon().address, Some(&token));
    assert_eq!(renewed.get("/api/session").await.status, 200);
    assert!(browser("DELETE", "/api/session", &mine).await.status == 204);
    let out = browser("GET", "/api/session", &mine).await;
    out.assert_error(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn the_others_are_signed_out() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let phone = gateway.device(Scope::Chat, "Phone").await;
    let mut socket = phone.socket().await;
    owner.ask("POST", "/api/session").send().await;
    let browsers = owner.ask("DELETE", "/api/session/others").send().await;
    assert_eq!(
        browsers.json(),
        json!({"browser_sessions": 1, "devices": 0})
    );
    assert_eq!(phone.get("/api/session").await.status, 200);
    let refused = phone.ask("DELETE", "/api/session/others").send().await;
    refused.assert_error(403, "FORBIDDEN");
    let all = owner
        .ask("DELETE", "/api/session/others?devices=true")
        .send()
        .await;
    assert_eq!(all.json(), json!({"browser_sessions": 0, "devices": 1}));
    assert_eq!(socket.close_code().await, Some(4401));
    assert_eq!(owner.get("/api/session").await.status, 200);
}

#[tokio::test]
async fn an_invitation_says_where_other_devices_reach_the_gateway() {
    let gateway = Gateway::with(|config, _| {
        config.gateway.allowed_hosts = vec!["gate.example".to_owned()];
    })
    .await;
    let owner = gateway.paired();
    let made = owner.post("/api/pairing/initiate", json!({})).await.json();
    let code = made["pairing_code"].as_str().unwrap();
    let elsewhere = format!("https://gate.example/#code={code}");
    assert_eq!(made["reachable_urls"], json!([elsewhere]));
    let mut news = owner.events("/api/events?types=device_paired").await;
    let paired = gateway
        .anon()
        .ask("POST", "/pair")
        .header("X-Pairing-Code", code);
    let paired = paired.send().await.json();
    let told = news.until("device_paired").await.pop().unwrap().json();
    assert_eq!(
        (&told["change"], &told["device_id"]),
        (&json!("paired"), &paired["device_id"])
    );
    until("the code to be used up", async || {
        let state = gateway.anon().get("/api/pairing").await.json();
        (state["code_live"] == false).then_some(())
    })
    .await;
}
