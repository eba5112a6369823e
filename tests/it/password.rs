//! The dashboard's password over HTTP: who may change it, and who is shown out by that.

use clawgate::model::Scope;
use serde_json::{Value, json};

use crate::support::{actor::Actor, client::Answer, gateway::Gateway};

const OLD: &str = "correct horse";
const NEW: &str = "battery staple";

async fn put(actor: &Actor, body: Value) -> Answer {
    actor.ask("PUT", "/api/password").json(&body).send().await
}

/// A browser that signed in with what `ask` proves; its cookie.
async fn signed_in(answer: Answer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    let set = answer.header("set-cookie").unwrap();
    let (value, _) = set.split_once('=').unwrap().1.split_once(';').unwrap();
    value.to_owned()
}

async fn by_password(gateway: &Gateway, password: &str) -> Answer {
    let anon = gateway.anon();
    anon.post("/api/session", json!({"password": password}))
        .await
}

#[tokio::test]
async fn it_is_set_changed_and_removed() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let state = owner.get("/api/password").await.json();
    assert_eq!(
        (&state["set"], &state["current_needed"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(
        (&state["min_chars"], &state["max_bytes"]),
        (&json!(8), &json!(1024))
    );
    let set = put(&owner, json!({"password": OLD})).await;
    assert_eq!(set.json()["set"], true);
    assert!(!set.body.contains(OLD));
    signed_in(by_password(&gateway, OLD).await).await;
    assert_eq!(owner.get("/api/password").await.json()["browsers"], 1);
    // A token is the stronger proof, and the way back for who forgot the password.
    let changed = put(&owner, json!({"password": NEW})).await.json();
    assert_eq!(changed["browsers"], 0);
    by_password(&gateway, OLD)
        .await
        .assert_error(403, "FORBIDDEN");
    signed_in(by_password(&gateway, NEW).await).await;
    let removed = owner.ask("DELETE", "/api/password").send().await.json();
    assert_eq!(removed["set"], false);
    let state = gateway.anon().get("/api/pairing").await.json();
    assert_eq!(state["password_set"], false);
}

#[tokio::test]
async fn a_browser_has_to_know_the_old_one() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    put(&owner, json!({"password": OLD})).await;
    let cookie = signed_in(owner.ask("POST", "/api/session").send().await).await;
    let anon = gateway.anon();
    let browser = |method: &str, body: Value| {
        anon.ask(method, "/api/password")
            .cookie(&cookie)
            .json(&body)
            .send()
    };
    let state = anon
        .ask("GET", "/api/password")
        .cookie(&cookie)
        .send()
        .await;
    assert_eq!(state.json()["current_needed"], true);
    let without = browser("PUT", json!({"password": NEW})).await;
    let body = without.assert_error(400, "INVALID_REQUEST");
    assert_eq!(body["details"]["field"], "current");
    let wrong = browser("PUT", json!({"password": NEW, "current": "wrong horse"})).await;
    wrong.assert_error(403, "FORBIDDEN");
    let removal = browser("DELETE", json!({"current": "wrong horse"})).await;
    removal.assert_error(403, "FORBIDDEN");
    let right = browser("PUT", json!({"password": NEW, "current": OLD})).await;
    assert_eq!(right.status, 200, "{right:?}");
    let removed = browser("DELETE", json!({"current": NEW})).await;
    assert_eq!(removed.json()["set"], false);
}

#[tokio::test]
async fn a_browser_that_came_in_by_it_keeps_its_place_and_can_not_remove_it() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    put(&owner, json!({"password": OLD})).await;
    let mine = signed_in(by_password(&gateway, OLD).await).await;
    let other = signed_in(by_password(&gateway, OLD).await).await;
    let anon = gateway.anon();
    let body = json!({"password": NEW, "current": OLD});
    let changed = anon.ask("PUT", "/api/password").cookie(&mine).json(&body);
    let changed = changed.send().await.json();
    assert_eq!(changed["browsers"], 1);
    let me = |cookie: &str| anon.ask("GET", "/api/session").cookie(cookie).send();
    assert_eq!(me(&mine).await.status, 200);
    me(&other).await.assert_error(401, "UNAUTHORIZED");
    let removal = anon.ask("DELETE", "/api/password").cookie(&mine);
    let removal = removal.json(&json!({"current": NEW})).send().await;
    let body = removal.assert_error(409, "CONFLICT");
    assert!(
        body["error"].as_str().unwrap().contains("locked out"),
        "{body}"
    );
    assert_eq!(me(&mine).await.status, 200);
}

#[tokio::test]
async fn what_is_no_password_is_refused_and_so_is_who_may_not() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    for body in [
        json!({"password": "short"}),
        json!({"password": "x".repeat(1025)}),
        json!({"password": ["a list of words"]}),
        json!({}),
    ] {
        let refused = put(&owner, body).await;
        let body = refused.assert_error(400, "INVALID_REQUEST");
        assert_eq!(body["details"]["field"], "password");
    }
    let phone = gateway.device(Scope::Chat, "Phone").await;
    let refused = put(&phone, json!({"password": OLD})).await;
    refused.assert_error(403, "FORBIDDEN");
    assert_eq!(phone.get("/api/password").await.json()["set"], false);
    let anon = put(&gateway.anon(), json!({"password": OLD})).await;
    anon.assert_error(401, "UNAUTHORIZED");
}
