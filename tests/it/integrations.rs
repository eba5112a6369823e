//! `/api/integrations`: what there is, setting it up, and trying it for real.

use clawgate::{config::ProviderKind, model::Scope};
use serde_json::{Value, json};

use crate::{
    model_server::{ModelServer, Options},
    support::{
        actor::Actor,
        client::Answer,
        gateway::{Gateway, KEY, scripted},
    },
};

async fn all(owner: &Actor) -> Vec<Value> {
    let list = owner.get("/api/integrations").await;
    assert_eq!(list.status, 200, "{list:?}");
    list.json()["integrations"].as_array().unwrap().clone()
}

async fn one(owner: &Actor, id: &str) -> Value {
    let all = all(owner).await;
    let found = all.iter().find(|one| one["id"] == id);
    found.unwrap_or_else(|| panic!("no {id}: {all:#?}")).clone()
}

async fn tested(owner: &Actor, id: &str) -> Value {
    let path = format!("/api/integrations/{id}/test");
    let answer = owner.ask("POST", &path).send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

async fn save(owner: &Actor, id: &str, fields: Value) -> Answer {
    let path = format!("/api/integrations/{id}");
    let body = json!({"fields": fields});
    owner.ask("PUT", &path).json(&body).send().await
}

#[tokio::test]
async fn every_group_is_there_with_its_state() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let list = all(&owner).await;
    for group in [
        "providers",
        "channels",
        "tunnel",
        "tools",
        "memory",
        "observability",
    ] {
        assert!(list.iter().any(|one| one["group"] == group), "{group}");
    }
    let files = one(&owner, "tools-files").await;
    assert_eq!(files["state"], "configured");
    let details = files["details"].as_array().unwrap();
    assert!(details.contains(&json!({"name": "file_read", "value": "allow"})));
    assert!(details.contains(&json!({"name": "file_write", "value": "ask"})));
    assert_eq!(one(&owner, "provider-main").await["state"], "configured");
    assert_eq!(one(&owner, "kind-gemini").await["state"], "available");
    assert_eq!(one(&owner, "tunnel").await["testable"], false);
    assert!(!json!(list).to_string().contains(KEY));
    // The caller's own address is there to be put before the paths.
    let whole = owner.get("/api/integrations").await.json();
    let own = format!("http://{}", owner.address);
    assert_eq!(whole["addresses"][0], own);
}

#[tokio::test]
async fn providers_are_really_asked() {
    let strict = Options {
        key: Some("sk-right"),
        ..Options::default()
    };
    let strict = ModelServer::start_with(strict).await.unwrap();
    let gateway = Gateway::with(|config, _| {
        config
            .providers
            .insert("strict".to_owned(), scripted(&strict));
        let mut gemini = scripted(&strict);
        gemini.kind = ProviderKind::Anthropic;
        gemini.api_key = None;
        config.providers.insert("keyless".to_owned(), gemini);
    })
    .await;
    let owner = gateway.paired();
    let good = tested(&owner, "provider-main").await;
    assert_eq!(good["ok"], true, "{good:#}");
    assert_eq!(good["integration"]["state"], "connected");
    assert!(good["message"].as_str().unwrap().contains("2 models"));
    let bad = tested(&owner, "provider-strict").await;
    assert_eq!(bad["ok"], false);
    assert_eq!(bad["integration"]["state"], "failing");
    assert!(!bad.to_string().contains(KEY));
    assert_eq!(
        one(&owner, "provider-strict").await["reason"],
        bad["message"]
    );
    assert_eq!(one(&owner, "provider-keyless").await["state"], "failing");
    // An answer in a conversation counts as much as a try.
    owner.said("s", "say:hello").await;
    assert_eq!(one(&owner, "provider-main").await["state"], "connected");
}

#[tokio::test]
async fn the_webhook_is_knocked_at_with_the_secret_and_without_it() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let open = tested(&owner, "channel-webhook").await;
    assert_eq!(open["ok"], true, "{open:#}");
    let secret = json!({"channels.webhook.secret": "a-secret-of-the-test"});
    let saved = save(&owner, "channel-webhook", secret).await;
    assert_eq!(saved.status, 200, "{saved:?}");
    assert!(!saved.body.contains("a-secret-of-the-test"));
    let closed = tested(&owner, "channel-webhook").await;
    assert_eq!(closed["ok"], true, "{closed:#}");
    assert!(
        closed["message"]
            .as_str()
            .unwrap()
            .contains("refuses a wrong one")
    );
    assert_eq!(closed["integration"]["state"], "connected");
    let body = json!({"message": "say:x"});
    let refused = owner.post("/webhook", body.clone()).await;
    assert!([401, 403].contains(&refused.status), "{refused:?}");
    let through = owner
        .ask("POST", "/webhook")
        .header("X-Webhook-Secret", "a-secret-of-the-test")
        .json(&body)
        .send()
        .await;
    assert_eq!(through.json()["response"], "x", "{through:?}");
    // That is the only turn: nothing of the tries became one.
    let turns = owner.get("/api/turns").await.json();
    assert_eq!(turns["turns"].as_array().map_or(0, Vec::len), 1);
}

#[tokio::test]
async fn tools_metrics_and_collectors_are_tried() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    for id in [
        "tools-files",
        "tools-memory",
        "tools-web",
        "tools-shell",
        "prometheus",
    ] {
        let outcome = tested(&owner, id).await;
        assert_eq!(outcome["ok"], true, "{id}: {outcome:#}");
        assert_eq!(outcome["integration"]["state"], "connected", "{id}");
    }
    let nobody = json!({"observability.otlp_endpoint": "http://127.0.0.1:9"});
    let saved = save(&owner, "otlp", nobody).await.json();
    assert_eq!(saved["state"], "configured");
    let outcome = tested(&owner, "otlp").await;
    assert_eq!(outcome["ok"], false, "{outcome:#}");
    assert_eq!(one(&owner, "otlp").await["state"], "failing");
}

#[tokio::test]
async fn bad_input_and_too_little_right_are_refused_with_the_reason() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let wrong = json!({"tunnel.provider": "carrier pigeon"});
    let error = save(&owner, "tunnel", wrong).await;
    let error = error.assert_error(400, "INVALID_REQUEST");
    assert_eq!(error["details"]["field"], "tunnel.provider");
    let other = json!({"gateway.require_pairing": "false"});
    let error = save(&owner, "tunnel", other).await;
    let error = error.assert_error(400, "INVALID_REQUEST");
    assert!(error["error"].as_str().unwrap().contains("tunnel.provider"));
    let unknown = save(&owner, "soup", json!({})).await;
    unknown.assert_error(404, "NOT_FOUND");
    let early = owner.ask("POST", "/api/integrations/embeddings/test");
    early.send().await.assert_error(409, "CONFLICT");
    let reader = gateway.device(Scope::Read, "Wall").await;
    assert_eq!(all(&reader).await.len(), all(&owner).await.len());
    let try_it = reader.ask("POST", "/api/integrations/prometheus/test");
    try_it.send().await.assert_error(403, "FORBIDDEN");
    let change = save(&reader, "tunnel", json!({})).await;
    change.assert_error(403, "FORBIDDEN");
}
