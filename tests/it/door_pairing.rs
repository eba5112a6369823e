//! Pairing, browser sessions and devices over HTTP.

use clawgate::{model::Scope, security::TOKEN_PREFIX};
use serde_json::{Value, json};

use crate::support::door::TestDoor;

#[tokio::test]
async fn a_code_becomes_a_token_once() {
    let gateway = TestDoor::open().await;
    let code = gateway.code().await;
    let state = gateway.get("/api/pairing").send().await.json();
    assert_eq!(
        (&state["code_live"], &state["require_pairing"]),
        (&json!(true), &json!(true))
    );
    let ask = gateway.post("/pair").header("X-Pairing-Code", &code);
    let body = json!({"device_name": "Phone", "device_type": "phone"});
    let paired = ask.clone().json(&body).send().await;
    assert_eq!(paired.status, 200, "{paired:?}");
    let paired = paired.json();
    assert_eq!(
        (&paired["paired"], &paired["persisted"]),
        (&json!(true), &json!(true))
    );
    assert!(paired["expires_at"].is_null());
    let token = paired["token"].as_str().unwrap();
    assert!(token.starts_with(TOKEN_PREFIX));
    ask.send().await.assert_error(403, "FORBIDDEN");
    let devices = gateway
        .get("/api/devices")
        .bearer(token)
        .send()
        .await
        .json();
    let device = &devices["devices"][0];
    assert_eq!(
        (&device["name"], &device["device_type"]),
        (&json!("Phone"), &json!("phone"))
    );
    assert_eq!(device["id"], paired["device_id"]);
    assert_eq!(device["current"], true);
    assert_eq!(device["last_ip"], "127.0.0.1");
}

#[tokio::test]
async fn a_code_pairs_without_a_body_and_however_curl_labels_one() {
    let gateway = TestDoor::open().await;
    let code = gateway.code().await;
    let paired = gateway
        .post("/pair")
        .header("X-Pairing-Code", &code)
        .send()
        .await;
    assert_eq!(paired.status, 200);
    let code = gateway.code().await;
    let paired = gateway
        .post("/pair")
        .header("X-Pairing-Code", &code)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(br#"{"device_name":"curl"}"#)
        .send()
        .await;
    assert_eq!(paired.status, 200);
}

#[tokio::test]
async fn wrong_codes_are_refused_and_three_lock_out() {
    let gateway = TestDoor::open().await;
    let code = gateway.code().await;
    gateway
        .post("/pair")
        .send()
        .await
        .assert_error(400, "INVALID_REQUEST");
    for wrong in ["AAAA-AAAA", "x", "0000-0000"] {
        let refused = gateway
            .post("/pair")
            .header("X-Pairing-Code", wrong)
            .send()
            .await;
        let body = refused.assert_error(403, "FORBIDDEN");
        assert_eq!(body["error"], "Invalid pairing code");
    }
    let locked = gateway
        .post("/pair")
        .header("X-Pairing-Code", &code)
        .send()
        .await;
    let body = locked.assert_error(429, "RATE_LIMITED");
    assert_eq!(body["retry_after"], 300);
    assert_eq!(locked.header("retry-after"), Some("300"));
    let state = gateway.get("/api/pairing").send().await.json();
    assert_eq!(state["locked_for_secs"], 300);
    gateway.clock.advance(300);
    let paired = gateway
        .post("/pair")
        .header("X-Pairing-Code", &code)
        .send()
        .await;
    assert_eq!(paired.status, 200);
}

#[tokio::test]
async fn an_expired_code_is_refused() {
    let gateway = TestDoor::open().await;
    let code = gateway.code().await;
    gateway.clock.advance(900);
    assert_eq!(
        gateway.get("/api/pairing").send().await.json()["code_live"],
        false
    );
    let refused = gateway
        .post("/pair")
        .header("X-Pairing-Code", &code)
        .send()
        .await;
    refused.assert_error(403, "FORBIDDEN");
}

#[tokio::test]
async fn a_token_is_traded_for_a_cookie_and_back_out() {
    let gateway = TestDoor::open().await;
    let token = gateway.token(Scope::Admin).await;
    gateway
        .post("/api/session")
        .send()
        .await
        .assert_error(401, "UNAUTHORIZED");
    gateway
        .post("/api/session")
        .bearer("wrong")
        .send()
        .await
        .assert_error(401, "UNAUTHORIZED");
    let begun = gateway.post("/api/session").bearer(&token).send().await;
    assert_eq!(begun.status, 200, "{begun:?}");
    let set = begun.header("set-cookie").unwrap();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=2592000"] {
        assert!(set.contains(part), "{set}");
    }
    assert!(!set.contains("Secure"));
    let me = begun.json();
    assert_eq!(
        (&me["kind"], &me["scopes"]),
        (&json!("cookie"), &json!(["admin"]))
    );
    let (value, _) = set.split_once('=').unwrap().1.split_once(';').unwrap();
    let known = gateway.get("/api/session").cookie(value).send().await;
    assert_eq!(known.json()["device_name"], "Test");
    assert!(known.header("set-cookie").unwrap().contains(value));
    let ended = gateway
        .ask("DELETE", "/api/session")
        .cookie(value)
        .send()
        .await;
    assert_eq!(ended.status, 204);
    assert!(ended.header("set-cookie").unwrap().contains("Max-Age=0"));
    let after = gateway.get("/api/session").cookie(value).send().await;
    after.assert_error(401, "UNAUTHORIZED");
    let with_token = gateway.get("/api/session").bearer(&token).send().await;
    assert_eq!(with_token.json()["kind"], "token");
}

#[tokio::test]
async fn the_password_opens_a_session_even_past_a_stale_cookie() {
    let gateway = TestDoor::open().await;
    clawgate::cli::password::set(&gateway.store, "correct horse")
        .await
        .unwrap();
    let state = gateway.get("/api/pairing").send().await.json();
    assert_eq!(state["password_set"], true);
    let ask = || gateway.post("/api/session").cookie("stale");
    let wrong = ask().json(&json!({"password": "wrong"})).send().await;
    wrong.assert_error(403, "FORBIDDEN");
    let right = ask()
        .json(&json!({"password": "correct horse"}))
        .send()
        .await;
    assert_eq!(right.status, 200, "{right:?}");
    assert_eq!(right.json()["kind"], "cookie");
    assert!(right.header("set-cookie").is_some());
}

/// Invites a device with rights to read and pairs it; what pairing answered.
async fn invited(gateway: &TestDoor, admin: &str) -> Value {
    let ask = gateway.post("/api/pairing/initiate").bearer(admin);
    let wish = json!({"scopes": ["read"], "device_name": "Wall", "expires_in_days": 1});
    let answer = ask.json(&wish).send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let invited = answer.json();
    let code = invited["pairing_code"].as_str().unwrap();
    let url = format!("http://{}/#code={code}", gateway.address);
    assert_eq!(invited["url"], url);
    let paired = gateway.post("/pair").header("X-Pairing-Code", code);
    paired.send().await.json()
}

#[tokio::test]
async fn a_device_is_invited_and_changed() {
    let gateway = TestDoor::open().await;
    let admin = gateway.token(Scope::Admin).await;
    let paired = invited(&gateway, &admin).await;
    let expires_at = paired["expires_at"].as_str().unwrap();
    assert!(expires_at.starts_with("2025-11-22T"));
    let path = format!("/api/devices/{}", paired["device_id"].as_str().unwrap());
    let ask = || gateway.ask("PATCH", &path).bearer(&admin);
    let patch = |body| ask().json(&body).send();
    let patched = patch(json!({"name": "Hall", "expires_at": null})).await;
    let patched = patched.json();
    assert_eq!(patched["name"], "Hall");
    assert_eq!(patched["scopes"], json!(["read"]));
    assert!(patched["expires_at"].is_null());
    for (field, body) in [
        ("expires_at", json!({"expires_at": "2001-01-01T00:00:00Z"})),
        ("scopes", json!({"scopes": []})),
        ("scopes", json!({"scopes": ["owner"]})),
        ("name", json!({"name": " "})),
    ] {
        let refused = patch(body).await;
        let body = refused.assert_error(400, "INVALID_REQUEST");
        assert_eq!(body["details"]["field"], field);
    }
}

#[tokio::test]
async fn a_device_is_rotated_and_revoked() {
    let gateway = TestDoor::open().await;
    let admin = gateway.token(Scope::Admin).await;
    let paired = invited(&gateway, &admin).await;
    let token = paired["token"].as_str().unwrap();
    let path = format!("/api/devices/{}", paired["device_id"].as_str().unwrap());
    let me = |token: &str| gateway.get("/api/session").bearer(token).send();
    let revoke = |token: &str| gateway.ask("DELETE", &path).bearer(token).send();
    revoke(token).await.assert_error(403, "FORBIDDEN");
    let rotate = gateway.post(&format!("{path}/rotate")).bearer(&admin);
    let rotated = rotate.send().await.json();
    me(token).await.assert_error(401, "UNAUTHORIZED");
    let token = rotated["token"].as_str().unwrap();
    assert_eq!(me(token).await.status, 200);
    assert_eq!(revoke(&admin).await.status, 204);
    me(token).await.assert_error(401, "UNAUTHORIZED");
    revoke(&admin).await.assert_error(404, "NOT_FOUND");
    let rubbish = gateway.ask("DELETE", "/api/devices/rubbish").bearer(&admin);
    let rubbish = rubbish.send().await;
    rubbish.assert_error(400, "INVALID_REQUEST");
}

#[tokio::test]
async fn the_commands_work_beside_a_running_gateway() {
    let gateway = TestDoor::open().await;
    let config = gateway.config.current();
    let grant = clawgate::security::Grant::default();
    let minted = clawgate::cli::pair::pair(
        &gateway.store,
        gateway.clock.as_ref(),
        &config.gateway,
        grant,
    );
    let code = minted.await.unwrap().code.to_string();
    let paired = gateway.post("/pair").header("X-Pairing-Code", &code);
    let paired = paired
        .json(&json!({"device_name": "Laptop"}))
        .send()
        .await
        .json();
    let listed = clawgate::cli::token::list(&gateway.store).await.unwrap();
    assert_eq!(
        listed[0].id.to_string(),
        paired["device_id"].as_str().unwrap()
    );
    let unknown = clawgate::cli::token::revoke(&gateway.store, "Phone")
        .await
        .unwrap_err();
    assert!(unknown.to_string().contains("Phone"));
    let revoked = clawgate::cli::token::revoke(&gateway.store, "Laptop")
        .await
        .unwrap();
    assert_eq!(revoked.id, listed[0].id);
    assert!(
        clawgate::cli::token::list(&gateway.store)
            .await
            .unwrap()
            .is_empty()
    );
}
