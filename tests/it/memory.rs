//! `/api/memory`: entries, versions, the bin, searching, and bad input.

use std::sync::Arc;

use clawgate::{
    clock::ManualClock,
    model::{Scope, Timestamp},
};
use serde_json::{Value, json};

use crate::support::{actor::Actor, client::Answer, gateway::Gateway};

pub(crate) async fn remember(owner: &Actor, key: &str, content: &str) -> Value {
    let answer = owner
        .post("/api/memory", json!({"key": key, "content": content}))
        .await;
    assert!([200, 201].contains(&answer.status), "{answer:?}");
    answer.json()
}

async fn send(owner: &Actor, method: &str, path: &str, body: Value) -> Answer {
    owner.ask(method, path).json(&body).send().await
}

pub(crate) async fn keys(owner: &Actor, query: &str) -> Vec<String> {
    let page = owner.get(&format!("/api/memory{query}")).await;
    assert_eq!(page.status, 200, "{page:?}");
    let page = page.json();
    let entries = page["entries"].as_array().unwrap().iter();
    entries
        .map(|entry| entry["key"].as_str().unwrap().to_owned())
        .collect()
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

pub(crate) async fn found(owner: &Actor, text: &str) -> Vec<String> {
    keys(owner, &format!("?q={}", encoded(text))).await
}

#[tokio::test]
async fn an_entry_is_stored_changed_renamed_and_every_version_is_kept() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let made = owner
        .post("/api/memory", json!({"key": "dog", "content": " Rex "}))
        .await;
    assert_eq!(made.status, 201, "{made:?}");
    let made = made.json();
    assert_eq!(made["content"], "Rex");
    assert_eq!(made["category"], "core");
    assert_eq!(made["version"], 1);
    assert_eq!(made["author"], "owner");
    let again = owner
        .post("/api/memory", json!({"key": "dog", "content": "Rex"}))
        .await;
    assert_eq!((again.status, &again.json()["version"]), (200, &json!(1)));
    let taken = json!({"key": "dog", "content": "Max", "overwrite": false});
    let taken = owner.post("/api/memory", taken).await;
    taken.assert_error(409, "CONFLICT");
    let changed = json!({"content": "Rex, a poodle", "version": 1, "pinned": true});
    let changed = send(&owner, "PUT", "/api/memory/dog", changed).await;
    assert_eq!(changed.json()["version"], 2, "{changed:?}");
    let late = json!({"content": "Rex, a cat", "version": 1});
    let late = send(&owner, "PUT", "/api/memory/dog", late).await;
    assert_eq!(late.assert_error(409, "CONFLICT")["details"]["version"], 2);
    let moved = json!({"key": "my dog", "category": "Family"});
    let moved = send(&owner, "PATCH", "/api/memory/dog", moved).await;
    assert_eq!(moved.json()["category"], "family", "{moved:?}");
    assert_eq!(moved.json()["pinned"], true);
    owner
        .get("/api/memory/dog")
        .await
        .assert_error(404, "NOT_FOUND");
    let versions = owner.get("/api/memory/my%20dog/versions").await.json();
    let seen: Vec<(u64, &str)> = versions["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["version"].as_u64().unwrap(),
                one["content"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [(3, "Rex, a poodle"), (2, "Rex, a poodle"), (1, "Rex")]
    );
    let first = owner
        .get("/api/memory/my%20dog/versions?limit=2")
        .await
        .json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = owner
        .get(&format!("/api/memory/my%20dog/versions?cursor={cursor}"))
        .await
        .json();
    assert_eq!(rest["versions"].as_array().unwrap().len(), 1);
    let back = json!({"version": 1});
    let back = owner
        .post("/api/memory/my%20dog/restore", back)
        .await
        .json();
    assert_eq!(
        (&back["content"], &back["version"]),
        (&json!("Rex"), &json!(4))
    );
    assert_eq!(back["key"], "my dog");
    let none = owner.post("/api/memory/my%20dog/restore", json!({"version": 77}));
    let none = none.await.assert_error(404, "NOT_FOUND");
    assert!(none["error"].as_str().unwrap().contains("version"));
}

#[tokio::test]
async fn what_is_deleted_is_found_nowhere_and_comes_back() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    remember(&owner, "tea", "Likes green tea").await;
    remember(&owner, "milk", "Likes no milk").await;
    let gone = owner.ask("DELETE", "/api/memory/tea").send().await;
    assert_eq!(gone.status, 204);
    owner
        .get("/api/memory/tea")
        .await
        .assert_error(404, "NOT_FOUND");
    let twice = owner.ask("DELETE", "/api/memory/tea").send().await;
    twice.assert_error(404, "NOT_FOUND");
    assert_eq!(found(&owner, "green").await, Vec::<String>::new());
    assert_eq!(keys(&owner, "").await, ["milk"]);
    assert_eq!(keys(&owner, "?deleted=true").await, ["tea"]);
    let counts = owner.get("/api/memory/categories").await.json();
    assert_eq!(
        (&counts["total"], &counts["deleted"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(counts["categories"], json!([{"name": "core", "count": 1}]));
    let back = owner.ask("POST", "/api/memory/tea/restore").send().await;
    assert_eq!(back.json()["deleted_at"], Value::Null, "{back:?}");
    assert_eq!(found(&owner, "green").await, ["tea"]);
    let searched = owner.get("/api/memory?deleted=true&q=x").await;
    searched.assert_error(400, "INVALID_REQUEST");
}

#[tokio::test]
async fn every_language_is_found_in_any_spelling_from_the_first_letter_on() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    for (key, content) in [
        ("coffee", "Trinkt morgens schwarzen Kaffee im Café Möwe"),
        ("insurance", "Die Krankenversicherung heißt Techniker"),
        ("zh", "他喜欢喝黑咖啡，住在上海"),
        ("ja", "毎朝コーヒーを飲みます"),
        ("th", "เขาชอบดื่มกาแฟ"),
        ("ru", "Любит чёрный кофе"),
        ("ar", "يحب القهوة"),
        ("ko", "커피를 좋아합니다"),
        ("code", "Flight LH-4711, seat 12A"),
    ] {
        remember(&owner, key, content).await;
    }
    for (text, key) in [
        ("cafe mowe", "coffee"),
        ("CAFÉ", "coffee"),
        ("ka", "coffee"),
        ("versicherung", "insurance"),
        ("heisst", "insurance"),
        ("咖啡", "zh"),
        ("海", "zh"),
        ("コーヒー", "ja"),
        ("กาแฟ", "th"),
        ("черный", "ru"),
        ("القهوة", "ar"),
        ("커피", "ko"),
        ("4711", "code"),
        ("12a", "code"),
        ("\"seat 12A\"", "code"),
    ] {
        let seen = found(&owner, text).await;
        assert!(seen.contains(&key.to_owned()), "{text}: {seen:?}");
    }
    for nothing in ["***", "\"", "🎉", "qqqqq", "\"12A seat\"", "a AND NOT b*"] {
        let answer = owner
            .get(&format!("/api/memory?q={}", encoded(nothing)))
            .await;
        assert_eq!(answer.status, 200, "{nothing}");
    }
    assert_eq!(found(&owner, "\"12A seat\"").await, Vec::<String>::new());
    let page = owner.get("/api/memory?q=cafe%20mowe").await.json();
    let hit = &page["entries"][0];
    assert_eq!(
        hit["snippet"],
        "Trinkt morgens schwarzen Kaffee im \u{2}Café\u{3} \u{2}Möwe\u{3}"
    );
    assert!(hit["score"].as_f64().unwrap() > 0.5);
}

#[tokio::test]
async fn pins_and_freshness_lift_and_filters_narrow() {
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_800_000_000_000)));
    let gateway = Gateway::at(clock.clone(), |_, _| {}).await;
    let owner = gateway.paired();
    for number in 0..5 {
        remember(&owner, &format!("note{number}"), "about the garden").await;
        clock.advance(10 * 24 * 3600);
    }
    let pin = json!({"pinned": true, "category": "home"});
    send(&owner, "PATCH", "/api/memory/note1", pin).await;
    let order = ["note1", "note4", "note3", "note2", "note0"];
    assert_eq!(keys(&owner, "").await, order);
    assert_eq!(found(&owner, "garden").await, order);
    assert_eq!(keys(&owner, "?pinned=true").await, ["note1"]);
    assert_eq!(keys(&owner, "?q=garden&pinned=true").await, ["note1"]);
    assert_eq!(keys(&owner, "?category=home").await, ["note1"]);
    assert_eq!(keys(&owner, "?q=garden&category=Home").await, ["note1"]);
    assert_eq!(
        keys(&owner, "?q=garden&author=agent").await,
        Vec::<String>::new()
    );
    assert_eq!(keys(&owner, "?author=owner").await.len(), 5);
    for query in ["?", "?q=garden&"] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/memory{query}limit=2{cursor}");
            let page = owner.get(&path).await.json();
            for entry in page["entries"].as_array().unwrap() {
                seen.push(entry["key"].as_str().unwrap().to_owned());
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, order, "{query}");
    }
}

#[tokio::test]
async fn bad_input_is_told_what_is_wrong() {
    let gateway = Gateway::with(|config, _| {
        config.memory.max_entry_bytes = 300;
        config.memory.max_entries = 2;
    })
    .await;
    let owner = gateway.paired();
    for (body, field) in [
        (json!({"content": "x y z", "key": "a/b"}), "key"),
        (json!({"content": "x y z", "key": "search"}), "key"),
        (json!({"content": "x y z", "key": "k".repeat(201)}), "key"),
        (json!({"content": "  ", "key": "k"}), "content"),
        (json!({"content": "a\u{0}b", "key": "k"}), "content"),
        (
            json!({"content": "x", "key": "k", "category": "a/b"}),
            "category",
        ),
        (json!({"key": "k"}), "content"),
        (json!({"content": {}}), "content"),
    ] {
        let refused = owner.post("/api/memory", body.clone()).await;
        let refused = refused.assert_error(400, "INVALID_REQUEST");
        assert_eq!(refused["details"]["field"], field, "{body}");
    }
    let long = json!({"content": "x".repeat(301)});
    let long = owner.post("/api/memory", long).await;
    long.assert_error(413, "PAYLOAD_TOO_LARGE");
    for query in [
        "?limit=0",
        "?limit=201",
        "?cursor=x",
        "?author=nobody",
        "?pinned=perhaps",
    ] {
        let refused = owner.get(&format!("/api/memory{query}")).await;
        refused.assert_error(400, "INVALID_REQUEST");
    }
    let much = "q".repeat(401);
    let refused = owner.get(&format!("/api/memory?q={much}")).await;
    refused.assert_error(400, "INVALID_REQUEST");
    remember(&owner, "one", "first").await;
    remember(&owner, "two", "second").await;
    let full = owner.post("/api/memory", json!({"key": "three", "content": "x"}));
    let full = full.await.assert_error(409, "CONFLICT");
    assert!(full["error"].as_str().unwrap().contains("max_entries"));
    let renamed = send(&owner, "PATCH", "/api/memory/one", json!({"key": "two"})).await;
    renamed.assert_error(409, "CONFLICT");
    for body in [
        json!({"keys": [], "action": "pin"}),
        json!({"keys": ["one"], "action": "eat"}),
    ] {
        let refused = owner.post("/api/memory/bulk", body).await;
        refused.assert_error(400, "INVALID_REQUEST");
    }
    let nowhere = json!({"keys": ["one"], "action": "categorize"});
    let nowhere = owner.post("/api/memory/bulk", nowhere).await;
    nowhere.assert_error(400, "INVALID_REQUEST");
    let reader = gateway.device(Scope::Read, "reader").await;
    assert_eq!(reader.get("/api/memory").await.status, 200);
    let refused = reader.post("/api/memory", json!({"content": "x"})).await;
    refused.assert_error(403, "FORBIDDEN");
    let nobody = gateway.anon().get("/api/memory").await;
    nobody.assert_error(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn many_are_changed_at_once_and_the_news_names_them() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let mut news = owner.events("/api/events?types=memory_changed").await;
    for key in ["a", "b", "c"] {
        remember(&owner, key, "some words").await;
    }
    let body = json!({"keys": ["a", "b", "nothing"], "action": "delete"});
    let done = owner.post("/api/memory/bulk", body).await.json();
    assert_eq!(done["done"], json!(["a", "b"]));
    assert_eq!(done["failed"][0]["key"], "nothing");
    assert_eq!(keys(&owner, "").await, ["c"]);
    let back = json!({"keys": ["a", "b"], "action": "restore"});
    owner.post("/api/memory/bulk", back).await;
    let moved = json!({"keys": ["a", "c"], "action": "categorize", "category": "trips"});
    owner.post("/api/memory/bulk", moved).await;
    assert_eq!(keys(&owner, "?category=trips").await, ["c", "a"]);
    let mut seen = Vec::new();
    while seen.len() < 6 {
        let event = news.next().await.unwrap().json();
        seen.push((event["change"].clone(), event["keys"].clone()));
    }
    assert_eq!(seen[0], (json!("created"), json!(["a"])));
    assert_eq!(seen[3], (json!("deleted"), json!(["a", "b"])));
    assert_eq!(seen[4].0, "restored");
    assert_eq!(seen[5], (json!("edited"), json!(["a", "c"])));
}

#[tokio::test]
async fn writes_at_the_same_moment_all_count_and_none_is_lost() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let writes = (0..40).map(|number| {
        let owner = owner.clone();
        async move {
            let body =
                json!({"key": format!("k{}", number % 4), "content": format!("text {number}")});
            owner.post("/api/memory", body).await.status
        }
    });
    let statuses = futures_util::future::join_all(writes).await;
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 4);
    assert!(statuses.iter().all(|status| [200, 201].contains(status)));
    for key in ["k0", "k1", "k2", "k3"] {
        let entry = owner.get(&format!("/api/memory/{key}")).await.json();
        assert_eq!(entry["version"], 10);
        let versions = owner
            .get(&format!("/api/memory/{key}/versions"))
            .await
            .json();
        assert_eq!(versions["versions"].as_array().unwrap().len(), 10);
        assert_eq!(versions["versions"][0]["content"], entry["content"]);
    }
    assert_eq!(found(&owner, "text").await.len(), 4);
}
