//! Who gets in, from where, and what closes when they no longer may.

use std::time::Duration;

use clawgate::{cli::token, model::Scope};
use tokio::io::AsyncReadExt as _;

use crate::support::door::TestDoor;

#[tokio::test]
async fn scopes_are_enforced() {
    let gateway = TestDoor::open().await;
    let read = gateway.token(Scope::Read).await;
    let chat = gateway.token(Scope::Chat).await;
    let admin = gateway.token(Scope::Admin).await;
    for (token, status) in [(&read, 403), (&chat, 200), (&admin, 200)] {
        let answer = gateway
            .post("/test/echo")
            .bearer(token)
            .body(b"hello")
            .send()
            .await;
        assert_eq!(answer.status, status);
        assert_eq!(
            gateway
                .get("/api/devices")
                .bearer(token)
                .send()
                .await
                .status,
            200
        );
    }
    for (token, status) in [(&read, 403), (&chat, 403), (&admin, 200)] {
        let answer = gateway
            .post("/api/pairing/initiate")
            .bearer(token)
            .send()
            .await;
        assert_eq!(answer.status, status);
    }
}

#[tokio::test]
async fn a_token_in_the_query_is_for_reading_and_can_be_switched_off() {
    let gateway = TestDoor::open().await;
    let token = gateway.token(Scope::Admin).await;
    let path = format!("/api/session?token={token}");
    assert_eq!(gateway.get(&path).send().await.status, 200);
    let written = gateway
        .post(&format!("/test/echo?token={token}"))
        .body(b"x")
        .send()
        .await;
    written.assert_error(401, "UNAUTHORIZED");
    let strict = TestDoor::with(|config| config.gateway.allow_query_token = false).await;
    let token = strict.token(Scope::Admin).await;
    let refused = strict
        .get(&format!("/api/session?token={token}"))
        .send()
        .await;
    refused.assert_error(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn with_pairing_switched_off_everybody_is_the_owner_but_other_sites_are_not() {
    let gateway = TestDoor::with(|config| config.gateway.require_pairing = false).await;
    let me = gateway.get("/api/session").send().await.json();
    assert_eq!(me["kind"], "unpaired");
    assert_eq!(
        gateway.post("/test/echo").body(b"x").send().await.status,
        200
    );
    let other = gateway
        .get("/api/session")
        .header("Origin", "https://evil.example")
        .send()
        .await;
    other.assert_error(403, "FORBIDDEN");
}

#[tokio::test]
async fn revoking_a_device_closes_its_streams_whichever_process_does_it() {
    let gateway = TestDoor::open().await;
    let token = gateway.token(Scope::Read).await;
    let mut stream = gateway.get("/test/stream").bearer(&token).open().await;
    let mut seen = Vec::new();
    while !String::from_utf8_lossy(&seen).contains("open") {
        assert_ne!(stream.read_buf(&mut seen).await.unwrap(), 0);
    }
    token::revoke(&gateway.store, "Test").await.unwrap();
    let end = stream.read_to_end(&mut seen);
    tokio::time::timeout(Duration::from_secs(10), end)
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn other_sites_and_foreign_names_are_refused_sockets_included() {
    let gateway = TestDoor::open().await;
    let token = gateway.token(Scope::Admin).await;
    let port = gateway.address.port();
    let ask = || gateway.get("/api/session").bearer(&token);
    for origin in [
        "https://evil.example",
        "null",
        "http://localhost:1",
        "http://localhost",
    ] {
        let refused = ask().header("Origin", origin).send().await;
        let body = refused.assert_error(403, "FORBIDDEN");
        assert!(
            body["error"]
                .as_str()
                .unwrap()
                .contains("gateway.allowed_hosts")
        );
    }
    let socket = gateway
        .get("/ws/chat")
        .bearer(&token)
        .header("Upgrade", "websocket")
        .header("Origin", "https://evil.example");
    socket.send().await.assert_error(403, "FORBIDDEN");
    let rebound = ask()
        .header("Host", &format!("evil.example:{port}"))
        .send()
        .await;
    let body = rebound.assert_error(403, "FORBIDDEN");
    assert!(
        body["error"]
            .as_str()
            .unwrap()
            .contains("gateway.allowed_hosts")
    );
    let page = gateway.get("/").header("Host", "evil.example").send().await;
    page.assert_error(403, "FORBIDDEN");
    for origin in [
        format!("http://localhost:{port}"),
        format!("http://127.0.0.1:{port}"),
    ] {
        assert_eq!(ask().header("Origin", &origin).send().await.status, 200);
    }
    let named = ask()
        .header("Host", &format!("localhost:{port}"))
        .send()
        .await;
    assert_eq!(named.status, 200);
}

#[tokio::test]
async fn an_allowed_name_may_be_used() {
    let gateway = TestDoor::with(|config| {
        config.gateway.allowed_hosts = vec!["gate.example".to_owned()];
    })
    .await;
    let asked = gateway.get("/api/pairing").header("Host", "gate.example");
    assert_eq!(
        asked
            .header("Origin", "https://gate.example")
            .send()
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_trusted_proxy_tells_who_the_client_is() {
    let gateway = TestDoor::with(|config| config.gateway.trust_forwarded_headers = true).await;
    let told = gateway
        .get("/test/client")
        .header("X-Forwarded-For", "1.2.3.4, 203.0.113.9")
        .header("X-Forwarded-Proto", "https")
        .send()
        .await;
    assert_eq!(
        told.body,
        format!("203.0.113.9 true https://{}", gateway.address)
    );
    let token = gateway.token(Scope::Admin).await;
    let begun = gateway
        .post("/api/session")
        .bearer(&token)
        .header("X-Forwarded-Proto", "https");
    assert!(
        begun
            .send()
            .await
            .header("set-cookie")
            .unwrap()
            .contains("; Secure")
    );
    let unbelieving = TestDoor::open().await;
    let told = unbelieving
        .get("/test/client")
        .header("X-Forwarded-For", "203.0.113.9");
    assert!(told.send().await.body.starts_with("127.0.0.1 false"));
}

#[tokio::test]
async fn wrong_tokens_are_limited_and_good_ones_are_not_held_back_for_them() {
    let gateway = TestDoor::open().await;
    let token = gateway.token(Scope::Admin).await;
    for _ in 0..20 {
        let wrong = gateway
            .get("/api/session")
            .bearer("zcl_live_wrong")
            .send()
            .await;
        wrong.assert_error(401, "UNAUTHORIZED");
    }
    let limited = gateway
        .get("/api/session")
        .bearer("zcl_live_wrong")
        .send()
        .await;
    limited.assert_error(429, "RATE_LIMITED");
    assert!(limited.header("retry-after").is_some());
    assert_eq!(
        gateway
            .get("/api/session")
            .bearer(&token)
            .send()
            .await
            .status,
        200
    );
    let public = gateway
        .get("/api/pairing")
        .bearer("zcl_live_wrong")
        .send()
        .await;
    assert_eq!(public.status, 200);
}
