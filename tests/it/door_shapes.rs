//! Every answer has its headers, every error the one shape.

use clawgate::model::Scope;
use serde_json::json;

use crate::support::door::TestDoor;

#[tokio::test]
async fn unknown_paths_of_programs_are_json_and_others_are_the_page() {
    let gateway = TestDoor::open().await;
    for path in ["/api/nothing", "/api", "/v1/models", "/ws/none"] {
        gateway
            .get(path)
            .send()
            .await
            .assert_error(404, "NOT_FOUND");
        gateway
            .post(path)
            .send()
            .await
            .assert_error(404, "NOT_FOUND");
    }
    for path in ["/", "/chat", "/devices/x"] {
        let page = gateway.get(path).send().await;
        assert_eq!(page.status, 200);
        assert_eq!(
            page.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        assert!(
            page.header("content-security-policy")
                .unwrap()
                .contains("frame-ancestors 'none'")
        );
    }
    let missing = gateway.get("/assets/none.js").send().await;
    assert_eq!(
        (missing.status, &missing.json()["code"]),
        (404, &json!("NOT_FOUND"))
    );
    let head = gateway.ask("HEAD", "/").send().await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
}

#[tokio::test]
async fn another_method_is_405_and_names_those_there_are() {
    let gateway = TestDoor::open().await;
    let refused = gateway.ask("PUT", "/api/devices/x").send().await;
    refused.assert_error(405, "METHOD_NOT_ALLOWED");
    assert_eq!(refused.header("allow"), Some("PATCH, DELETE"));
    let refused = gateway.post("/api/devices").send().await;
    assert_eq!(refused.header("allow"), Some("GET, HEAD"));
    gateway
        .post("/")
        .send()
        .await
        .assert_error(405, "METHOD_NOT_ALLOWED");
}

#[tokio::test]
async fn a_body_that_does_not_parse_is_400_with_the_place() {
    let gateway = TestDoor::open().await;
    let token = gateway.token(Scope::Admin).await;
    let path = "/api/pairing/initiate";
    let ask = || gateway.post(path).bearer(&token);
    let wrong = ask().json(&json!({"scopes": "admin"})).send().await;
    let body = wrong.assert_error(400, "INVALID_REQUEST");
    assert_eq!(body["details"]["field"], "scopes", "{body}");
    let broken = ask().body(b"{\"scopes\": ").send().await;
    broken.assert_error(400, "INVALID_REQUEST");
    let number = gateway
        .post("/test/number")
        .json(&json!(["x"]))
        .send()
        .await;
    number.assert_error(400, "INVALID_REQUEST");
    let unlabelled = gateway.post("/test/number").body(b"[1]").send().await;
    assert_eq!(unlabelled.status, 415);
    assert_eq!(unlabelled.json()["code"], "INVALID_REQUEST");
}

#[tokio::test]
async fn a_panic_is_an_error_like_others_and_the_gateway_goes_on() {
    let gateway = TestDoor::open().await;
    let broken = gateway.get("/test/panic").send().await;
    let body = broken.assert_error(500, "INTERNAL_ERROR");
    assert!(!body.to_string().contains("as asked"));
    assert_eq!(gateway.get("/api/pairing").send().await.status, 200);
}

#[tokio::test]
async fn a_request_keeps_the_name_its_sender_gave_it_if_that_is_sane() {
    let gateway = TestDoor::open().await;
    let named = gateway
        .get("/api/none")
        .header("X-Request-Id", "trace-1")
        .send()
        .await;
    assert_eq!(named.header("x-request-id"), Some("trace-1"));
    assert_eq!(named.json()["request_id"], "trace-1");
    let silly = gateway
        .get("/api/none")
        .header("X-Request-Id", "<script>")
        .send()
        .await;
    assert_eq!(silly.header("x-request-id").unwrap().len(), 36);
}

#[tokio::test]
async fn every_answer_is_hardened() {
    let gateway = TestDoor::open().await;
    for path in [
        "/",
        "/api/pairing",
        "/api/none",
        "/api/session",
        "/test/panic",
        "/openapi.json",
    ] {
        let answer = gateway.get(path).send().await;
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        assert!(answer.header("content-security-policy").is_some());
        assert!(answer.header("cross-origin-opener-policy").is_some());
        assert!(answer.header("x-request-id").is_some());
    }
    let answer = gateway.get("/api/pairing").send().await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn the_document_and_its_explorer_come_from_the_program() {
    let gateway = TestDoor::open().await;
    let json = gateway.get("/openapi.json").send().await;
    assert_eq!(json.json()["paths"], gateway.document["paths"]);
    assert!(
        gateway
            .get("/openapi.yaml")
            .send()
            .await
            .body
            .contains("/api/devices/{id}")
    );
    let page = gateway
        .get("/docs")
        .header("Accept-Encoding", "gzip")
        .send()
        .await;
    assert_eq!(
        (page.status, page.header("content-encoding")),
        (200, Some("gzip"))
    );
    let policy = page.header("content-security-policy").unwrap();
    assert_eq!(policy.matches("'sha256-").count(), 2, "{policy}");
    let page = gateway.get("/docs").send().await;
    assert!(!page.body.contains("src=\"http") && !page.body.contains("href=\"http"));
}

#[tokio::test]
async fn the_metrics_see_patterns_and_never_paths() {
    let gateway = TestDoor::open().await;
    gateway
        .ask("DELETE", "/api/devices/secret?token=x")
        .send()
        .await;
    gateway.get("/api/secret").send().await;
    gateway.get("/secret").send().await;
    let seen = gateway.seen.lock().unwrap().clone();
    let routes: Vec<_> = seen.iter().map(|one| (one.route, one.status)).collect();
    assert_eq!(
        routes,
        [
            (Some("/api/devices/{id}"), 401),
            (None, 404),
            (Some("page"), 200)
        ]
    );
}
