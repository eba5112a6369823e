//! What makes no sense is answered with the one shape of errors, and with the field that is
//! wrong: every route about tools, approvals, memory and the log.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{actor::Actor, gateway::Gateway, until};

/// Parts of the API whose every route stands in the table below.
const PARTS: [&str; 5] = [
    "/api/tools",
    "/api/approvals",
    "/api/turns/{id}/approvals",
    "/api/audit",
    "/api/memory",
];

/// Those that take nothing, or nothing that could be wrong: any key is one that may not be there.
const TAKE_NOTHING: [&str; 5] = [
    "GET /api/tools",
    "GET /api/approvals/rules",
    "GET /api/memory/categories",
    "GET /api/memory/{key}",
    "DELETE /api/memory/{key}",
];

/// The agent's files under their older names: a part of their own.
const FILES: [&str; 5] = [
    "/api/memory/list",
    "/api/memory/read",
    "/api/memory/search",
    "/api/memory/tree",
    "/api/memory/write",
];

/// A route, what makes no sense of what is sent to it, and the field that has to be named.
type Row = (&'static str, String, Option<Value>, &'static str);

fn query(route: &'static str, query: &str, field: &'static str) -> Row {
    let (_, path) = route.split_once(' ').unwrap();
    let path = path.replace("{key}", "tea");
    (route, format!("{path}?{query}"), None, field)
}

fn body(route: &'static str, path: &str, body: Value, field: &'static str) -> Row {
    (route, path.to_owned(), Some(body), field)
}

fn lists() -> Vec<Row> {
    let pages = [
        "GET /api/approvals",
        "GET /api/audit",
        "GET /api/memory",
        "GET /api/memory/{key}/versions",
    ];
    let mut rows: Vec<Row> = pages
        .into_iter()
        .flat_map(|route| {
            ["limit=0", "limit=201", "limit=x", "limit=-1", "limit=1.5"]
                .into_iter()
                .map(move |wrong| query(route, wrong, "limit"))
                .chain(
                    ["cursor=x", "cursor=%00", "cursor=1.2.3"]
                        .into_iter()
                        .map(move |wrong| query(route, wrong, "cursor")),
                )
        })
        .collect();
    let long = format!("q={}", "q".repeat(401));
    let session = format!("session_id={}", "s".repeat(500));
    rows.extend([
        query("GET /api/approvals", "state=lost", "state"),
        query("GET /api/approvals", &session, "session_id"),
        query("GET /api/audit", "kind=nothing", "kind"),
        query("GET /api/memory", &long, "q"),
        query("GET /api/memory", "q=tea&deleted=true", "q"),
        query("GET /api/memory", "author=nobody", "author"),
        query("GET /api/memory", "pinned=perhaps", "pinned"),
        query("GET /api/memory", "deleted=7", "deleted"),
        query("GET /api/memory", &session, "session_id"),
    ]);
    rows
}

fn tools() -> Vec<Row> {
    let permit = "PUT /api/tools/{name}/permission";
    let run = "POST /api/tools/{name}/run";
    let mut rows: Vec<Row> = [
        json!({}),
        json!({"permission": null}),
        json!({"permission": "maybe"}),
        json!({"permission": 7}),
        json!({"permission": ["ask"]}),
    ]
    .into_iter()
    .map(|wrong| body(permit, "/api/tools/time/permission", wrong, "permission"))
    .collect();
    rows.extend(
        [
            (json!({}), "args"),
            (json!({"args": 7}), "args"),
            (json!({"args": "{}"}), "args"),
            (json!({"args": []}), "args"),
            (json!({"args": {"expression": 7}}), "args"),
            (json!({"args": {"expresion": "1"}}), "args"),
            (json!({"args": {"expression": "1", "more": 1}}), "args"),
            (json!({"args": {"expression": ""}}), "args"),
            (
                json!({"args": {"expression": "1"}, "approve": "yes"}),
                "approve",
            ),
            (
                json!({"args": {"expression": "1"}, "dry_run": 1}),
                "dry_run",
            ),
        ]
        .into_iter()
        .map(|(wrong, field)| body(run, "/api/tools/calculator/run", wrong, field)),
    );
    rows
}

/// With a tool call that waits, and with a question that waits.
fn decisions(call: &str, question: &str) -> Vec<Row> {
    let route = "POST /api/turns/{id}/approvals/{request_id}";
    let yes = || json!({"decision": "approve"});
    let (turn, _) = call.split_once("/approvals/").unwrap();
    let (_, request) = call.rsplit_once('/').unwrap();
    let mut rows = vec![
        body(route, &format!("{turn}/approvals/x"), yes(), "request_id"),
        body(
            route,
            &format!("/api/turns/7/approvals/{request}"),
            yes(),
            "id",
        ),
        body(route, question, yes(), "answer"),
        (
            "DELETE /api/approvals/rules/{id}",
            "/api/approvals/rules/first".to_owned(),
            None,
            "id",
        ),
    ];
    let long = "x".repeat(2001);
    rows.extend(
        [
            (json!({}), "decision"),
            (json!({"decision": "maybe"}), "decision"),
            (json!({"decision": "expired"}), "decision"),
            (json!({"decision": true}), "decision"),
            (json!({"decision": "approve", "scope": "galaxy"}), "scope"),
            (json!({"decision": "deny", "scope": "always"}), "scope"),
            (json!({"decision": "always", "scope": "once"}), "scope"),
            (json!({"decision": "approve", "answer": "yes"}), "answer"),
            (json!({"decision": "approve", "answer": []}), "answer"),
            (json!({"decision": "deny", "reason": long}), "reason"),
            (json!({"decision": "deny", "reason": {}}), "reason"),
        ]
        .into_iter()
        .map(|(wrong, field)| body(route, call, wrong, field)),
    );
    rows
}

fn memory() -> Vec<Row> {
    let (store, bulk) = ("POST /api/memory", "POST /api/memory/bulk");
    let (put, patch) = ("PUT /api/memory/{key}", "PATCH /api/memory/{key}");
    let many = vec!["k"; 501];
    let of = |route, path: &'static str| {
        move |(wrong, field): (Value, &'static str)| body(route, path, wrong, field)
    };
    let stored = [
        (json!({"key": "k"}), "content"),
        (json!({"content": " \n"}), "content"),
        (json!({"content": "a\u{0}b"}), "content"),
        (json!({"content": ["x"]}), "content"),
        (json!({"content": "x", "key": "a/b"}), "key"),
        (json!({"content": "x", "key": "search"}), "key"),
        (json!({"content": "x", "key": "k".repeat(201)}), "key"),
        (json!({"content": "x", "key": ["k"]}), "key"),
        (json!({"content": "x", "category": "a/b"}), "category"),
        (
            json!({"content": "x", "category": "c".repeat(65)}),
            "category",
        ),
        (json!({"content": "x", "pinned": "yes"}), "pinned"),
        (json!({"content": "x", "overwrite": 1}), "overwrite"),
    ];
    let written = [
        (json!({}), "content"),
        (json!({"content": ""}), "content"),
        (json!({"content": "x", "category": ""}), "category"),
        (json!({"content": "x", "pinned": 1}), "pinned"),
        (json!({"content": "x", "version": "last"}), "version"),
        (json!({"content": "x", "version": -1}), "version"),
    ];
    let changed = [
        (json!({"content": {}}), "content"),
        (json!({"content": "\u{0}"}), "content"),
        (json!({"key": ""}), "key"),
        (json!({"key": "tree"}), "key"),
        (json!({"category": "a b/c"}), "category"),
        (json!({"pinned": "no"}), "pinned"),
        (json!({"version": 1.5}), "version"),
    ];
    let at_once = [
        (json!({"action": "pin"}), "keys"),
        (json!({"keys": [], "action": "pin"}), "keys"),
        (json!({"keys": many, "action": "pin"}), "keys"),
        (json!({"keys": "tea", "action": "pin"}), "keys"),
        (json!({"keys": [{}], "action": "pin"}), "keys"),
        (json!({"keys": ["tea"]}), "action"),
        (json!({"keys": ["tea"], "action": "eat"}), "action"),
        (json!({"keys": ["tea"], "action": "categorize"}), "category"),
    ];
    let restored = [
        (json!({"version": "first"}), "version"),
        (json!({"version": -1}), "version"),
        (json!({"version": [1]}), "version"),
    ];
    let restore = "POST /api/memory/{key}/restore";
    let mut rows: Vec<Row> = stored.into_iter().map(of(store, "/api/memory")).collect();
    rows.extend(
        restored
            .into_iter()
            .map(of(restore, "/api/memory/tea/restore")),
    );
    rows.extend(written.into_iter().map(of(put, "/api/memory/tea")));
    rows.extend(changed.into_iter().map(of(patch, "/api/memory/tea")));
    rows.extend(at_once.into_iter().map(of(bulk, "/api/memory/bulk")));
    rows
}

/// The path by which a request that this message leads to is decided on.
async fn waiting(owner: &Actor, message: &str) -> String {
    let turn = owner.begin("s", message).await;
    let id = until("a request", async || {
        let page = owner.get("/api/approvals").await.json();
        let pending = page["approvals"].as_array().unwrap().clone();
        let own = pending.into_iter().find(|one| one["turn_id"] == turn);
        own.map(|one| one["request_id"].as_str().unwrap().to_owned())
    })
    .await;
    format!("/api/turns/{turn}/approvals/{id}")
}

#[tokio::test]
async fn the_field_that_is_wrong_is_named_on_every_route() {
    let gateway = Gateway::with(|config, _| {
        config.tools.permissions.ask = vec!["time".to_owned()];
    })
    .await;
    let owner = gateway.paired();
    let tea = json!({"key": "tea", "content": "green"});
    assert_eq!(owner.post("/api/memory", tea).await.status, 201);
    let call = waiting(&owner, "tool:time {}").await;
    let other = owner
        .begin("t", r#"tool:ask_user {"question":"Which?"}"#)
        .await;
    let question = until("a question", async || {
        let page = owner.get("/api/approvals").await.json();
        let pending = page["approvals"].as_array().unwrap().clone();
        pending.into_iter().find(|one| one["kind"] == "question")
    })
    .await;
    let question = question["request_id"].as_str().unwrap();
    let question = format!("/api/turns/{other}/approvals/{question}");

    let rows = [lists(), tools(), decisions(&call, &question), memory()].concat();
    let mut complaints = Vec::new();
    for (route, path, body, field) in &rows {
        let (method, _) = route.split_once(' ').unwrap();
        let mut ask = owner.ask(method, path);
        if let Some(body) = body {
            ask = ask.json(body);
        }
        let answer = ask.send().await;
        let short: String = format!("{method} {path} {body:?}")
            .chars()
            .take(160)
            .collect();
        if answer.status != 400 {
            complaints.push(format!("{short}: {}", answer.status));
            continue;
        }
        let error = answer.assert_error(400, "INVALID_REQUEST");
        let (named, expected) = (&error["details"]["field"], &error["details"]["expected"]);
        let is_told = expected.as_str().is_some_and(|words| !words.is_empty());
        if named != field || !is_told || !error["error"].as_str().unwrap().contains(field) {
            complaints.push(format!("{short}: {error}"));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    // Nothing of all that was done.
    assert_eq!(owner.get("/api/memory/tea").await.json()["version"], 1);
    let page = owner.get("/api/approvals").await.json();
    assert_eq!(page["approvals"].as_array().unwrap().len(), 2);

    let tested: BTreeSet<String> = rows.iter().map(|row| row.0.to_owned()).collect();
    let routes: BTreeSet<String> = clawgate::gateway::table()
        .iter()
        .filter(|route| PARTS.iter().any(|part| route.pattern.starts_with(part)))
        .filter(|route| !FILES.contains(&route.pattern))
        .map(|route| format!("{} {}", route.method.as_str(), route.pattern))
        .filter(|route| !TAKE_NOTHING.contains(&route.as_str()))
        .collect();
    assert_eq!(tested, routes);
}

#[tokio::test]
async fn a_body_that_cannot_be_read_and_a_thing_that_is_not_there_are_told_apart() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let nobody = "0199b1c2-7a3e-7c11-9d5e-3f2a1b0c4d5e";
    let decide = format!("/api/turns/{nobody}/approvals/{nobody}");
    let takes_a_body = [
        ("PUT", "/api/tools/time/permission"),
        ("POST", "/api/tools/time/run"),
        ("POST", decide.as_str()),
        ("POST", "/api/memory"),
        ("POST", "/api/memory/bulk"),
        ("PUT", "/api/memory/tea"),
        ("PATCH", "/api/memory/tea"),
        ("POST", "/api/memory/tea/restore"),
    ];
    for (method, path) in takes_a_body {
        for wrong in [
            &b"{\"content\""[..],
            b"[]",
            b"7",
            b"\"x\"",
            b"\xff\xfe",
            b"nonsense",
        ] {
            let answer = owner.ask(method, path).body(wrong).send().await;
            let error = answer.assert_error(400, "INVALID_REQUEST");
            assert!(error["error"].as_str().unwrap().contains("body"), "{error}");
        }
    }
    let content = || json!({"content": "x"});
    for (method, path, body) in [
        (
            "PUT",
            "/api/tools/none/permission",
            json!({"permission": "ask"}),
        ),
        ("POST", "/api/tools/none/run", json!({})),
        ("POST", &decide, json!({"decision": "deny"})),
        ("PATCH", "/api/memory/none", content()),
        ("POST", "/api/memory/none/restore", json!({})),
        ("POST", "/api/memory/none/restore", json!({"version": 7})),
    ] {
        let answer = owner.ask(method, path).json(&body).send().await;
        answer.assert_error(404, "NOT_FOUND");
    }
    let rule = format!("/api/approvals/rules/{nobody}");
    for (method, path) in [
        ("GET", "/api/memory/none"),
        ("DELETE", "/api/memory/none"),
        ("GET", "/api/memory/none/versions"),
        ("DELETE", &rule),
    ] {
        let answer = owner.ask(method, path).send().await;
        answer.assert_error(404, "NOT_FOUND");
    }
    for (method, path) in [
        ("POST", "/api/tools"),
        ("DELETE", "/api/tools/time/run"),
        ("POST", "/api/approvals"),
        ("PUT", "/api/audit"),
        ("DELETE", "/api/memory"),
    ] {
        let answer = owner.ask(method, path).send().await;
        answer.assert_error(405, "METHOD_NOT_ALLOWED");
        assert!(answer.header("allow").is_some(), "{method} {path}");
    }
}
