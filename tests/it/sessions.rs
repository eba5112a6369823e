//! `/api/sessions`: conversations, what the model is told of them, and what can be done to them.

use serde_json::{Value, json};

use crate::support::{actor::Actor, gateway::Gateway};

async fn change(owner: &Actor, session: &str, body: Value) -> Value {
    let answer = owner
        .ask("PATCH", &format!("/api/sessions/{session}"))
        .json(&body)
        .send()
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

async fn listed(owner: &Actor, query: &str) -> Vec<String> {
    let page = owner.get(&format!("/api/sessions{query}")).await.json();
    ids(&page)
}

fn ids(page: &Value) -> Vec<String> {
    let sessions = page["sessions"].as_array().unwrap().iter();
    sessions
        .map(|session| session["id"].as_str().unwrap().to_owned())
        .collect()
}

fn told(body: &Value) -> Vec<(String, String)> {
    let messages = body["messages"].as_array().unwrap().iter();
    messages
        .filter(|message| message["role"] != "system")
        .map(|message| {
            let text = |field: &str| message[field].as_str().unwrap().to_owned();
            (text("role"), text("content"))
        })
        .collect()
}

#[tokio::test]
async fn the_model_is_told_what_was_said_before_in_this_session_alone() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    owner.said("one", "say:blue").await;
    owner.said("two", "say:red").await;
    owner.said("one", "say:green").await;
    let pair = |role: &str, text: &str| (role.to_owned(), text.to_owned());
    assert_eq!(
        told(gateway.asked().last().unwrap()),
        [
            pair("user", "say:blue"),
            pair("assistant", "blue"),
            pair("user", "say:green"),
        ]
    );
    let first = &gateway.asked()[0]["messages"][0];
    assert_eq!(first["role"], "system");
}

#[tokio::test]
async fn the_history_shown_to_the_model_stays_within_its_budget() {
    let gateway = Gateway::with(|config, _| config.agent.history_tokens = 60).await;
    let owner = gateway.paired();
    owner
        .said("s", &format!("say:{}", "old ".repeat(100)))
        .await;
    owner.said("s", "say:recent").await;
    owner.said("s", "say:now").await;
    let said: Vec<_> = told(gateway.asked().last().unwrap())
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    assert_eq!(said, ["say:recent", "recent", "say:now"]);
}

#[tokio::test]
async fn sessions_are_listed_page_by_page_the_last_used_first() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    for number in 0..5 {
        owner.said(&format!("s{number}"), "say:hi").await;
    }
    owner.said("s1", "say:again").await;
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = owner
            .get(&format!("/api/sessions?limit=2{cursor}"))
            .await
            .json();
        seen.push(ids(&page));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, [vec!["s1", "s4"], vec!["s3", "s2"], vec!["s0"]]);
    let first = owner.get("/api/sessions/s1").await.json();
    assert_eq!(first["message_count"], 4);
    assert_eq!(first["title"], "say:hi");
    assert_eq!(first["origin"], "api");
    for query in ["?limit=0", "?limit=x", "?cursor=nonsense"] {
        let refused = owner.get(&format!("/api/sessions{query}")).await;
        refused.assert_error(400, "INVALID_REQUEST");
    }
}

#[tokio::test]
async fn a_session_is_made_renamed_pinned_and_put_away() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let made = owner
        .post("/api/sessions", json!({"id": "plan", "title": "Plan"}))
        .await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(made.json()["title"], "Plan");
    let twice = owner.post("/api/sessions", json!({"id": "plan"})).await;
    twice.assert_error(409, "CONFLICT");
    owner.said("other", "say:hi").await;
    let renamed = change(&owner, "plan", json!({"title": " The plan "})).await;
    assert_eq!(renamed["title"], "The plan");
    assert_eq!(
        change(&owner, "plan", json!({"pinned": true})).await["pinned"],
        true
    );
    assert_eq!(
        change(&owner, "plan", json!({"archived": true})).await["archived"],
        true
    );
    assert_eq!(listed(&owner, "").await, ["other"]);
    assert_eq!(listed(&owner, "?archived=true").await, ["plan"]);
    change(&owner, "plan", json!({"archived": false})).await;
    assert!(listed(&owner, "").await.contains(&"plan".to_owned()));
    // The first message does not take the name away.
    owner.said("plan", "say:begun").await;
    assert_eq!(
        owner.get("/api/sessions/plan").await.json()["title"],
        "The plan"
    );
    for title in ["", "  ", "a\nb"] {
        let ask = owner
            .ask("PATCH", "/api/sessions/plan")
            .json(&json!({"title": title}));
        ask.send().await.assert_error(400, "INVALID_REQUEST");
    }
    owner
        .get("/api/sessions/none")
        .await
        .assert_error(404, "NOT_FOUND");
}

#[tokio::test]
async fn messages_come_newest_page_first_and_oldest_message_first() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    for number in 0..5 {
        owner.said("s", &format!("say:answer {number}")).await;
    }
    let contents = |page: &Value| -> Vec<String> {
        let messages = page["messages"].as_array().unwrap().iter();
        messages
            .map(|one| one["content"].as_str().unwrap().to_owned())
            .collect()
    };
    let newest = owner.get("/api/sessions/s/messages?limit=4").await.json();
    assert_eq!(
        contents(&newest),
        ["say:answer 3", "answer 3", "say:answer 4", "answer 4"]
    );
    let cursor = newest["next_cursor"].as_str().unwrap();
    let older = owner
        .get(&format!("/api/sessions/s/messages?limit=4&cursor={cursor}"))
        .await
        .json();
    assert_eq!(
        contents(&older),
        ["say:answer 1", "answer 1", "say:answer 2", "answer 2"]
    );
    let message = &older["messages"][1];
    assert_eq!(message["role"], "assistant");
    assert_eq!(message["state"], "done");
    assert_eq!(message["model"], "test-model");
    assert!(message["usage"]["output_tokens"].as_u64().unwrap() > 0);
    let cursor = older["next_cursor"].as_str().unwrap();
    let oldest = owner
        .get(&format!("/api/sessions/s/messages?cursor={cursor}"))
        .await
        .json();
    assert_eq!(contents(&oldest), ["say:answer 0", "answer 0"]);
    assert_eq!(oldest["next_cursor"], Value::Null);
}

#[tokio::test]
async fn a_deleted_session_is_gone_its_turns_stopped_and_it_can_come_back() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    owner.said("s", "say:kept").await;
    let running = owner.begin("s", "hold:k say:a b").await;
    let waiting = owner.begin("s", "say:waits").await;
    let deleted = owner.ask("DELETE", "/api/sessions/s").send().await;
    assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    for turn in [&running, &waiting] {
        owner.turn_when(turn, "cancelled").await;
    }
    assert_eq!(listed(&owner, "").await, Vec::<String>::new());
    owner
        .get("/api/sessions/s")
        .await
        .assert_error(404, "NOT_FOUND");
    owner
        .get("/api/sessions/s/messages")
        .await
        .assert_error(404, "NOT_FOUND");
    let found = owner.get("/api/sessions/search?q=kept").await.json();
    assert_eq!(found["hits"], json!([]));
    let again = owner.ask("DELETE", "/api/sessions/s").send().await;
    again.assert_error(404, "NOT_FOUND");

    let restored = owner.ask("POST", "/api/sessions/s/restore").send().await;
    assert_eq!(restored.status, 200, "{restored:?}");
    let page = owner.get("/api/sessions/s/messages").await.json();
    assert_eq!(page["messages"][1]["content"], "kept");
    assert_eq!(owner.said("s", "say:on").await, "on");
}

#[tokio::test]
async fn a_fork_knows_what_was_said_up_to_its_point() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let first = owner.chat("s", "say:one").await.json();
    owner.said("s", "say:two").await;
    let fork = owner
        .post("/api/sessions/s/fork", json!({"turn_id": first["turn_id"]}))
        .await;
    assert_eq!(fork.status, 201, "{fork:?}");
    let fork = fork.json();
    assert_eq!(fork["forked_from"], "s");
    assert_eq!(fork["message_count"], 2);
    let id = fork["id"].as_str().unwrap();
    owner.said(id, "say:else").await;
    let said: Vec<_> = told(gateway.asked().last().unwrap())
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    assert_eq!(said, ["say:one", "one", "say:else"]);
    assert_eq!(
        owner.get("/api/sessions/s").await.json()["message_count"],
        4
    );
    let whole = owner.ask("POST", "/api/sessions/s/fork").send().await;
    assert_eq!(whole.json()["message_count"], 4);
    let wrong = json!({"turn_id": "0199b1c2-7a3e-7c11-9d5e-3f2a1b0c4d5e"});
    let refused = owner.post("/api/sessions/s/fork", wrong).await;
    refused.assert_error(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_session_is_exported_for_people_and_for_programs() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    owner.said("s", "say:**bold** words").await;
    let text = owner.get("/api/sessions/s/export").await;
    assert_eq!(text.status, 200);
    let name = text.header("content-disposition").unwrap();
    assert!(
        name.contains("attachment") && name.contains("session-s.md"),
        "{name}"
    );
    assert!(text.body.starts_with("# say:"), "{}", text.body);
    assert!(text.body.contains("\n**bold** words\n"));
    let json = owner.get("/api/sessions/s/export?format=json").await;
    assert!(
        json.header("content-disposition")
            .unwrap()
            .contains("session-s.json")
    );
    let json = json.json();
    assert_eq!(json["session"]["id"], "s");
    assert_eq!(json["messages"][1]["content"], "**bold** words");
    assert_eq!(json["messages"][1]["model"], "test-model");
    let refused = owner.get("/api/sessions/s/export?format=pdf").await;
    refused.assert_error(400, "INVALID_REQUEST");
}

#[tokio::test]
async fn what_was_said_is_found_by_its_words() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    owner
        .said("trip", "say:the ferry to Ålesund leaves at nine")
        .await;
    owner.said("food", "say:soup").await;
    for query in ["ferry", "FERRY%20nine", "ferr", "alesund"] {
        let found = owner.get(&format!("/api/sessions/search?q={query}")).await;
        let hits = found.json()["hits"].clone();
        assert_eq!(hits.as_array().map(Vec::len), Some(1), "{query}: {hits}");
        assert_eq!(hits[0]["session_id"], "trip");
    }
    let hit = owner.get("/api/sessions/search?q=ferry").await.json()["hits"][0].clone();
    assert!(
        hit["snippet"].as_str().unwrap().contains("\u{2}ferry\u{3}"),
        "{hit}"
    );
    for query in ["ferry%20soup", "%22", "%2A", "AND", "(", "", "a%22b"] {
        let found = owner.get(&format!("/api/sessions/search?q={query}")).await;
        assert_eq!(
            (found.status, &found.json()["hits"]),
            (200, &json!([])),
            "{query}"
        );
    }
}
