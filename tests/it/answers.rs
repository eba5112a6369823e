//! What a waiting caller is answered: the answer, word that it takes longer, or why not.

use serde_json::json;

use crate::support::{
    gateway::{Gateway, KEY, scripted},
    stream::{parsed, shape},
};

#[tokio::test]
async fn an_answer_has_all_that_the_contract_names() {
    let gateway = Gateway::in_process().await;
    let answer = gateway.paired().chat("s", "cached:3 say:hello there").await;
    assert_eq!(answer.status, 200);
    let body = answer.json();
    assert_eq!(body["response"], "hello there");
    assert_eq!(body["session_id"], "s");
    assert_eq!(body["model"], "test-model");
    assert_eq!(body["tool_calls"], json!([]));
    assert_eq!(body["cost_usd"], json!(null));
    assert_eq!(body["usage"]["output_tokens"], 2);
    assert_eq!(body["usage"]["cached_tokens"], 3);
    assert!(body["usage"]["input_tokens"].as_u64().unwrap() > 3);
    let turn = gateway
        .paired()
        .turn(body["turn_id"].as_str().unwrap())
        .await;
    assert_eq!(turn["state"], "done");
    assert_eq!(turn["provider"], "main");
    assert_eq!(turn["usage"], body["usage"]);
}

#[tokio::test]
async fn a_caller_that_waited_long_enough_is_told_where_to_look() {
    let gateway = Gateway::with(|config, _| config.agent.sync_wait_secs = 0).await;
    let owner = gateway.paired();
    for path in ["/webhook", "/api/chat"] {
        let message = format!("hold:{path} say:a b");
        let answer = owner.post(path, json!({"message": message})).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        let body = answer.json();
        assert_eq!(body["status"], "pending");
        let turn = body["turn_id"].as_str().unwrap();
        let location = answer.header("location").unwrap();
        assert_eq!(location, format!("/api/turns/{turn}"));
        assert_eq!(
            owner.get(location).await.json()["session_id"],
            body["session_id"]
        );
        gateway.model.release(path);
        assert_eq!(owner.turn_when(turn, "done").await["response"], "a b");
    }
}

#[tokio::test]
async fn a_provider_that_fails_is_a_502_and_its_words_stay_inside() {
    let gateway = Gateway::with(|config, _| {
        config.providers.get_mut("main").unwrap().max_retries = 0;
    })
    .await;
    let owner = gateway.paired();
    for message in [
        "status:500",
        "status:401",
        "status:400",
        "malformed",
        "break:1",
    ] {
        let answer = owner.chat("s", message).await;
        answer.assert_error(502, "PROVIDER_ERROR");
        assert!(!answer.body.contains(KEY), "{answer:?}");
        assert!(!answer.body.contains("scripted failure"), "{answer:?}");
        let turn = answer.json()["details"]["turn_id"].clone();
        let turn = owner.turn(turn.as_str().unwrap()).await;
        assert_eq!(turn["state"], "failed");
        assert_eq!(turn["error"]["code"], "PROVIDER_ERROR");
        assert!(!turn.to_string().contains(KEY));
    }
    let events = parsed(&owner.stream("s", "status:503").await.rest().await);
    assert_eq!(events.last().unwrap()["code"], "PROVIDER_ERROR");
    // The session is not the worse for it.
    assert_eq!(owner.said("s", "say:again").await, "again");
}

#[tokio::test]
async fn a_provider_that_never_answers_is_a_504() {
    let gateway = Gateway::with(|config, _| {
        let provider = config.providers.get_mut("main").unwrap();
        provider.max_retries = 0;
        provider.first_token_timeout_secs = 1;
        provider.idle_timeout_secs = 1;
    })
    .await;
    let owner = gateway.paired();
    let (never, stuck) = tokio::join!(
        owner.chat("one", "never"),
        owner.chat("two", "hold:never-released say:a b")
    );
    never.assert_error(504, "TIMEOUT");
    stuck.assert_error(504, "TIMEOUT");
}

#[tokio::test]
async fn a_provider_that_recovers_is_asked_again() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let answer = owner.said("s", "status:500 times:2 say:at last").await;
    assert_eq!(answer, "at last");
    assert_eq!(gateway.asked().len(), 3);
}

#[tokio::test]
async fn another_provider_steps_in_and_says_so() {
    let gateway = Gateway::with(|config, model| {
        let mut dead = scripted(model);
        dead.base_url = Some("http://127.0.0.1:9/v1".to_owned());
        dead.max_retries = 0;
        dead.fallbacks = vec!["spare".to_owned()];
        config.providers.insert("main".to_owned(), dead);
        let mut spare = scripted(model);
        spare.model = Some("test-model-mini".to_owned());
        config.providers.insert("spare".to_owned(), spare);
    })
    .await;
    let owner = gateway.paired();
    let events = parsed(&owner.stream("s", "say:from the spare").await.rest().await);
    assert_eq!(shape(&events), ["turn_started", "notice", "chunk", "done"]);
    let notice = events
        .iter()
        .find(|event| event["type"] == "notice")
        .unwrap();
    assert!(
        notice["message"].as_str().unwrap().contains("spare"),
        "{notice}"
    );
    assert_eq!(notice.get("discard_from_seq"), None);
    let done = events.last().unwrap();
    assert_eq!(
        (&done["response"], &done["provider"], &done["model"]),
        (
            &json!("from the spare"),
            &json!("spare"),
            &json!("test-model-mini")
        )
    );
}

#[tokio::test]
async fn a_model_that_asks_for_a_tool_that_is_not_there_is_told_so_and_goes_on() {
    let gateway = Gateway::in_process().await;
    let answer = gateway
        .paired()
        .chat("s", "tool:teleport {\"to\":\"mars\"}")
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let said = answer.json()["response"].as_str().unwrap().to_owned();
    assert!(
        said.starts_with("The tool said: there is no tool called"),
        "{said}"
    );
    assert_eq!(gateway.asked().len(), 2);
}

#[tokio::test]
async fn a_caller_may_name_the_model() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    for (wanted, used) in [
        ("test-model-mini", "test-model-mini"),
        ("main/another", "another"),
    ] {
        let body = json!({"message": "say:x", "model": wanted});
        let answer = owner.post("/api/chat", body).await;
        assert_eq!(answer.json()["model"], used, "{answer:?}");
        assert_eq!(gateway.asked().last().unwrap()["model"], used);
    }
}
