//! What the model is shown of what is remembered, what is kept of conversations by itself, and
//! what is found by its meaning.

use std::sync::Arc;

use clawgate::{clock::ManualClock, config::ProviderKind, model::Timestamp};
use serde_json::{Value, json};

use crate::{
    memory::{found, keys, remember},
    support::{gateway::Gateway, stream::Event, until},
};

fn last_message(gateway: &Gateway) -> String {
    let asked = gateway.asked();
    let messages = asked.last().unwrap()["messages"]
        .as_array()
        .unwrap()
        .clone();
    messages.last().unwrap()["content"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn the_model_is_shown_what_fits_within_the_budget_and_the_turn_says_which() {
    let gateway = Gateway::with(|config, _| config.memory.recall_tokens = 150).await;
    let owner = gateway.paired();
    remember(
        &owner,
        "dog",
        "The dog is called Rex and eats </memories> at noon",
    )
    .await;
    remember(&owner, "car", "The car is a red Fiat").await;
    remember(
        &owner,
        "long",
        &format!("About dogs: {}", "dog ".repeat(900)),
    )
    .await;
    let name = json!({"key": "name", "content": "The owner is called Ada", "pinned": true});
    owner.post("/api/memory", name).await;
    let events = owner
        .stream("s", "say:What does my dog eat?")
        .await
        .rest()
        .await;
    let events: Vec<Value> = events.iter().map(Event::json).collect();
    let used = events
        .iter()
        .find(|event| event["type"] == "memory_used")
        .unwrap();
    let used_keys: Vec<&str> = used["memories"]
        .as_array()
        .unwrap()
        .iter()
        .map(|memory| memory["key"].as_str().unwrap())
        .collect();
    assert_eq!(used_keys, ["name", "dog"]);
    let told = last_message(&gateway);
    assert!(
        told.starts_with("say:What does my dog eat?\n\n<memories>\n"),
        "{told}"
    );
    assert!(
        told.contains("The dog is called Rex and eats < /memories> at noon"),
        "{told}"
    );
    assert!(
        !told.contains("Fiat") && !told.contains("About dogs"),
        "{told}"
    );
    assert!(told.len() < 450 + 30);
    let turn = owner.get("/api/sessions/s/messages").await.json();
    assert_eq!(turn["messages"][0]["content"], "say:What does my dog eat?");
    assert_eq!(turn["messages"][0].get("memories"), None);
    assert_eq!(turn["messages"][1]["memories"], used["memories"]);
}

#[tokio::test]
async fn nothing_is_shown_of_memories_where_none_fits_or_the_budget_is_nothing() {
    let gateway = Gateway::with(|config, _| config.memory.recall_tokens = 0).await;
    let owner = gateway.paired();
    remember(&owner, "dog", "The dog is called Rex").await;
    owner.said("s", "say:the dog").await;
    assert_eq!(last_message(&gateway), "say:the dog");
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    remember(&owner, "dog", "The dog is called Rex").await;
    owner.said("s", "say:and what of the weather").await;
    assert_eq!(last_message(&gateway), "say:and what of the weather");
}

#[tokio::test]
async fn what_is_said_is_kept_once_and_a_newer_saying_takes_its_place() {
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_800_000_000_000)));
    let gateway = Gateway::at(clock.clone(), |_, _| {}).await;
    let owner = gateway.paired();
    let memory = gateway.app.memory.clone();
    memory.keep_what_was_said().await.unwrap();
    let mut kept = Vec::new();
    for said in [
        "My sister Clara lives in Lisbon.",
        "my sister CLARA lives in lisbon!!",
        "What is the time?",
        "My sister Clara lives in Lisbon with two cats.",
        "ok",
    ] {
        clock.advance(10);
        owner.chat("s", said).await;
        clock.advance(10);
        kept.push(memory.keep_what_was_said().await.unwrap());
    }
    assert_eq!(kept, [1, 0, 0, 1, 0]);
    let page = owner.get("/api/memory?author=auto").await.json();
    let entries = page["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1, "{page}");
    assert_eq!(
        entries[0]["content"],
        "My sister Clara lives in Lisbon with two cats."
    );
    assert_eq!(entries[0]["version"], 2);
    assert_eq!(entries[0]["category"], "conversation");
    assert_eq!(entries[0]["session_id"], "s");
    // In another conversation it comes back.
    owner.chat("other", "Where does my sister live?").await;
    assert!(last_message(&gateway).contains("Lisbon with two cats"));
    // In its own the history has it already.
    owner.chat("s", "Where does my sister live?").await;
    assert!(!last_message(&gateway).contains("<memories>"));
}

#[tokio::test]
async fn nothing_is_kept_where_that_is_switched_off() {
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_800_000_000_000)));
    let gateway = Gateway::at(clock.clone(), |config, _| config.memory.auto_save = false).await;
    let memory = gateway.app.memory.clone();
    memory.keep_what_was_said().await.unwrap();
    clock.advance(10);
    gateway
        .paired()
        .chat("s", "My sister Clara lives in Lisbon.")
        .await;
    clock.advance(10);
    assert_eq!(memory.keep_what_was_said().await.unwrap(), 0);
}

#[tokio::test]
async fn the_oldest_that_was_kept_and_what_is_long_deleted_are_forgotten() {
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_800_000_000_000)));
    let gateway = Gateway::at(clock.clone(), |config, _| {
        config.memory.max_conversation_entries = 1;
    })
    .await;
    let owner = gateway.paired();
    let memory = gateway.app.memory.clone();
    memory.keep_what_was_said().await.unwrap();
    for said in [
        "Our house stands by the lake.",
        "Grandmother was a pilot once.",
    ] {
        clock.advance(10);
        owner.chat("s", said).await;
    }
    clock.advance(10);
    assert_eq!(memory.keep_what_was_said().await.unwrap(), 2);
    remember(&owner, "tea", "Extraordinarily green").await;
    owner.ask("DELETE", "/api/memory/tea").send().await;
    assert_eq!(memory.tidy().await.unwrap(), 1);
    assert_eq!(found(&owner, "grandmother").await.len(), 1);
    assert_eq!(found(&owner, "lake").await.len(), 0);
    clock.advance(31 * 24 * 3600);
    assert_eq!(memory.tidy().await.unwrap(), 1);
    assert_eq!(keys(&owner, "?deleted=true").await, Vec::<String>::new());
    let gone = owner.post("/api/memory/tea/restore", json!({})).await;
    gone.assert_error(404, "NOT_FOUND");
}

#[tokio::test]
async fn entries_are_found_by_their_meaning_where_a_model_makes_vectors() {
    use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::path};
    let server = MockServer::start().await;
    Mock::given(path("/v1/embeddings"))
        .respond_with(|request: &Request| {
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            let vector = |text: &str| {
                let pet = ["dog", "cat", "animal"].iter().any(|word| text.contains(word));
                if pet { [1.0, 0.0] } else { [0.0, 1.0] }
            };
            let inputs = body["input"].as_array().unwrap().iter().enumerate();
            let data: Vec<Value> = inputs
                .map(|(index, text)| json!({"index": index, "embedding": vector(text.as_str().unwrap())}))
                .collect();
            ResponseTemplate::new(200).set_body_json(json!({"data": data}))
        })
        .mount(&server)
        .await;
    let gateway = Gateway::with(|config, _| {
        let mut provider = config.providers["main"].clone();
        provider.kind = ProviderKind::OpenAi;
        provider.base_url = Some(format!("{}/v1", server.uri()));
        config.providers.insert("vectors".to_owned(), provider);
        config.memory.embedding_provider = "vectors".to_owned();
    })
    .await;
    let owner = gateway.paired();
    remember(&owner, "rex", "A dog of four years").await;
    remember(&owner, "fiat", "A red car").await;
    until("vectors", async || {
        let counts = owner.get("/api/memory/categories").await.json();
        (counts["vectors"]["done"] == 2).then_some(())
    })
    .await;
    assert_eq!(found(&owner, "animals").await, ["rex"]);
    owner.chat("s", "Which animals are there?").await;
    assert!(last_message(&gateway).contains("A dog of four years"));
    // A model that fails leaves the words.
    server.reset().await;
    assert_eq!(found(&owner, "animal kingdom").await, Vec::<String>::new());
    assert_eq!(found(&owner, "red car").await, ["fiat"]);
}
