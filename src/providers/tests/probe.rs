//! Trying providers: what is proved, and the words for what fails.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, method, path},
};

use super::{
    super::{ProbeError, ProbeReason, Probed, ProviderOptions, model_server::Options, probe},
    KEY, ModelServer,
};
use crate::{
    clock::{Clock, SystemClock},
    config::{ProviderConfig, ProviderKind},
};

fn at(kind: ProviderKind, url: &str) -> ProviderConfig {
    ProviderConfig {
        base_url: Some(url.to_owned()),
        api_key: Some(KEY.into()),
        ..ProviderConfig::of_kind(kind)
    }
}

async fn tried(config: &ProviderConfig) -> Result<Probed, ProbeError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    probe::probe(config, &clock, &ProviderOptions::default()).await
}

/// The reason of the failure, after a look at its words.
async fn reason(config: &ProviderConfig) -> ProbeReason {
    let error = tried(config).await.unwrap_err();
    let said = error.to_string();
    assert!(said.ends_with('.') && !said.contains(KEY), "{said}");
    error.reason
}

/// A server that answers every request like this.
async fn answering(status: u16, body: &str) -> MockServer {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(status).set_body_string(body);
    Mock::given(method("GET"))
        .respond_with(answer)
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn a_working_server_gives_its_models_and_its_full_address() {
    let server = ModelServer::start().await;
    let whole = tried(&at(ProviderKind::OpenAi, &server.base_url())).await;
    let whole = whole.unwrap();
    assert_eq!(whole.models, ["test-model", "test-model-mini"]);
    assert_eq!(whole.suggested.as_deref(), Some("test-model"));
    assert_eq!(whole.base_url, None);
    let bare = tried(&at(ProviderKind::OpenAi, &server.url)).await.unwrap();
    assert_eq!(bare.base_url, Some(server.base_url()));
    let set = ProviderConfig {
        model: Some("test-model-mini".to_owned()),
        ..at(ProviderKind::OpenAi, &server.base_url())
    };
    let set = tried(&set).await.unwrap();
    assert_eq!(set.suggested.as_deref(), Some("test-model-mini"));
}

#[tokio::test]
async fn every_refusal_has_its_reason() {
    use ProviderKind::{Anthropic, Gemini, OpenAi};
    let quoting = format!("{{\"error\": \"bad key {KEY}\"}}");
    for (kind, status, body, expected) in [
        (OpenAi, 401, quoting.as_str(), ProbeReason::KeyRejected),
        (OpenAi, 403, "", ProbeReason::KeyRejected),
        (Anthropic, 401, &quoting, ProbeReason::KeyRejected),
        (Gemini, 400, &quoting, ProbeReason::KeyRejected),
        (OpenAi, 402, "", ProbeReason::NoCredit),
        (OpenAi, 404, "", ProbeReason::WrongAddress),
        (OpenAi, 400, "", ProbeReason::NotCompatible),
        (OpenAi, 429, "", ProbeReason::TooMany),
        (OpenAi, 503, "", ProbeReason::Trouble),
        (
            OpenAi,
            200,
            "<html>hello</html>",
            ProbeReason::NotCompatible,
        ),
        (OpenAi, 200, r#"{"data": []}"#, ProbeReason::NoModels),
    ] {
        let server = answering(status, body).await;
        let config = at(kind, &server.uri());
        assert_eq!(reason(&config).await, expected, "{kind:?} {status} {body}");
    }
}

#[tokio::test]
async fn a_key_that_is_needed_is_asked_for_before_anything_is_sent() {
    for kind in [
        ProviderKind::OpenAi,
        ProviderKind::Anthropic,
        ProviderKind::Gemini,
        ProviderKind::OpenRouter,
    ] {
        let config = ProviderConfig::of_kind(kind);
        assert_eq!(reason(&config).await, ProbeReason::KeyMissing, "{kind:?}");
    }
    let server = ModelServer::start_with(Options {
        key: Some(KEY),
        ..Options::default()
    });
    let server = server.await.unwrap();
    let mut config = at(ProviderKind::OpenAi, &server.base_url());
    config.api_key = None;
    assert_eq!(reason(&config).await, ProbeReason::KeyMissing);
    config.api_key = Some("sk-wrong".into());
    config.base_url = Some(server.url.clone());
    // The answer that counts is the one at the address that is right.
    assert_eq!(reason(&config).await, ProbeReason::KeyRejected);
    let unopened = ProviderConfig {
        unusable: Some("the key cannot be opened".to_owned()),
        ..config
    };
    assert_eq!(reason(&unopened).await, ProbeReason::Unusable);
}

#[tokio::test]
async fn open_router_proves_the_key_and_not_only_the_list() {
    let server = MockServer::start().await;
    let list = ResponseTemplate::new(200).set_body_json(json!({"data": [{"id": "a/b"}]}));
    Mock::given(path("/models"))
        .respond_with(list)
        .mount(&server)
        .await;
    let good = format!("Bearer {KEY}");
    Mock::given(path("/key"))
        .and(header("authorization", good.as_str()))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"data": {}})))
        .mount(&server)
        .await;
    Mock::given(path("/key"))
        .respond_with(ResponseTemplate::new(401))
        .with_priority(9)
        .mount(&server)
        .await;
    let mut config = at(ProviderKind::OpenRouter, &server.uri());
    assert_eq!(tried(&config).await.unwrap().models, ["a/b"]);
    config.api_key = Some("sk-other".into());
    assert_eq!(reason(&config).await, ProbeReason::KeyRejected);
}

#[tokio::test]
async fn an_ollama_without_a_chat_model_says_how_to_get_one() {
    let server = answering(200, r#"{"models": []}"#).await;
    let error = tried(&at(ProviderKind::Ollama, &server.uri())).await;
    let error = error.unwrap_err();
    assert_eq!(error.reason, ProbeReason::NoModels);
    assert!(error.to_string().contains("ollama pull"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_is_given_up() {
    let server = MockServer::start().await;
    let late = ResponseTemplate::new(200).set_delay(Duration::from_secs(3600));
    Mock::given(method("GET"))
        .respond_with(late)
        .mount(&server)
        .await;
    let mut config = at(ProviderKind::OpenAi, &server.uri());
    // Time is not real here, and must not run out for the connection already.
    config.connect_timeout_secs = 3600;
    let error = tried(&config).await.unwrap_err();
    assert_eq!(error.reason, ProbeReason::Timeout);
    assert!(error.to_string().contains("10 seconds"), "{error}");
}
