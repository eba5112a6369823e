//! Providers connected, changed and removed while the gateway runs: no restart, nothing secret
//! shown, and a file that its owner still knows.

use std::fs;

use clawgate::model::Scope;
use serde_json::{Value, json};

use crate::{
    model_server::{ModelServer, Options},
    support::{
        actor::Actor,
        client::Answer,
        gateway::{Gateway, TOKEN},
        home::Home,
    },
};

/// The key that the scripted model wants.
const RIGHT: &str = "sk-right-key-of-the-scripted-model-77";
/// Another one.
const WRONG: &str = "sk-wrong-key-of-somebody-else-13";

async fn model() -> ModelServer {
    let options = Options {
        key: Some(RIGHT),
        ..Options::default()
    };
    ModelServer::start_with(options).await.unwrap()
}

/// A paired home without a provider.
fn home() -> Home {
    let home = Home::empty();
    let hash = hex::encode(clawgate::security::hash_token(TOKEN));
    home.configure(&format!(
        "# my gateway\n[gateway]\npaired_tokens = [\"{hash}\"] # this laptop\n"
    ));
    home
}

fn file(home: &Home) -> String {
    fs::read_to_string(home.folder().join("config.toml")).unwrap()
}

async fn put(owner: &Actor, name: &str, body: Value) -> Answer {
    let path = format!("/api/providers/{name}");
    owner.ask("PUT", &path).json(&body).send().await
}

async fn delete(owner: &Actor, name: &str) -> Answer {
    let path = format!("/api/providers/{name}");
    owner.ask("DELETE", &path).send().await
}

async fn test(owner: &Actor, body: Value) -> Answer {
    owner.post("/api/providers/test", body).await
}

async fn listed(owner: &Actor, name: &str) -> Option<Value> {
    let answer = owner.get("/api/providers").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let list = answer.json();
    let mut providers = list["providers"].as_array().unwrap().iter();
    providers.find(|one| one["name"] == name).cloned()
}

#[tokio::test]
async fn a_provider_is_connected_used_and_kept_over_a_restart_without_its_key_being_shown() {
    let model = model().await;
    let home = home();
    home.configure("[observability]\nlog_level = \"debug\"");
    let gateway = home.start().await;
    let owner = gateway.paired();
    let fresh = listed(&owner, "demo").await.unwrap();
    assert_eq!(
        (&fresh["source"], &fresh["in_use"]),
        (&json!("demo"), &json!(true))
    );

    let mut news = owner.events("/api/events?types=config_changed").await;
    let asked = json!({"kind": "openai", "base_url": model.url, "api_key": RIGHT});
    let tried = test(&owner, asked).await;
    assert_eq!(tried.status, 200, "{tried:?}");
    let tried_body = tried.json();
    assert_eq!(tried_body["ok"], true);
    assert_eq!(
        tried_body["models"],
        json!([{"id": "test-model"}, {"id": "test-model-mini"}])
    );
    assert_eq!(tried_body["suggested"], "test-model");
    assert_eq!(
        tried_body["base_url"],
        format!("{}/v1", model.url),
        "the version was found"
    );
    assert!(tried_body["latency_ms"].is_u64());

    let change = json!({
        "kind": "openai", "base_url": model.base_url(), "api_key": RIGHT,
        "model": "test-model-mini", "use": true,
    });
    let saved = put(&owner, "mine", change).await;
    assert_eq!(saved.status, 200, "{saved:?}");
    let expected = json!({
        "name": "mine", "kind": "openai", "base_url": model.base_url(),
        "model": "test-model-mini", "key": {"state": "set"}, "source": "config",
        "in_use": true, "fallbacks": [],
    });
    assert_eq!(saved.json(), expected);
    let events = news.until("config_changed").await;
    let keys = events.last().unwrap().json()["keys"].clone();
    assert!(
        keys.as_array()
            .unwrap()
            .contains(&json!("providers.mine.api_key")),
        "{keys}"
    );
    assert_eq!(owner.said("s", "say:hello there").await, "hello there");
    let text = file(&home);
    assert!(text.starts_with("# my gateway\n[gateway]\n"), "{text}");
    assert!(text.contains("# this laptop"), "{text}");
    assert_eq!(gateway.terminate().await, Some(0));

    let gateway = home.start().await;
    let owner = gateway.paired();
    assert_eq!(listed(&owner, "mine").await.unwrap(), expected);
    assert_eq!(owner.said("s", "say:still here").await, "still here");
    let list = owner.get("/api/providers").await;
    assert_eq!(gateway.terminate().await, Some(0));
    for answer in [&tried.body, &saved.body, &list.body] {
        assert!(!answer.contains(RIGHT), "{answer}");
    }
    let mut files = home.files();
    files.push((home.stderr(), fs::read(home.stderr()).unwrap()));
    for (path, bytes) in files {
        let found = bytes
            .windows(RIGHT.len())
            .any(|part| part == RIGHT.as_bytes());
        assert!(!found, "the key is in {}", path.display());
    }
}

#[tokio::test]
async fn what_does_not_work_is_said_with_its_reason_and_without_the_key() {
    let model = model().await;
    let home = home();
    let gateway = home.start().await;
    let owner = gateway.paired();
    let here = model.base_url();
    let nowhere = "http://127.0.0.1:9/v1";
    let elsewhere = format!("{}/other", model.url);
    for (body, status, code, reason, field) in [
        (
            json!({"kind": "openai", "base_url": here, "api_key": WRONG}),
            400,
            "INVALID_REQUEST",
            "key_rejected",
            "api_key",
        ),
        (
            json!({"kind": "openai", "base_url": here}),
            400,
            "INVALID_REQUEST",
            "key_missing",
            "api_key",
        ),
        (
            json!({"kind": "anthropic"}),
            400,
            "INVALID_REQUEST",
            "key_missing",
            "api_key",
        ),
        (
            json!({"kind": "anthropic", "base_url": here, "api_key": WRONG}),
            400,
            "INVALID_REQUEST",
            "key_rejected",
            "api_key",
        ),
        (
            json!({"kind": "openai", "base_url": elsewhere, "api_key": WRONG}),
            400,
            "INVALID_REQUEST",
            "wrong_address",
            "base_url",
        ),
        (
            json!({"kind": "openai", "base_url": nowhere, "api_key": WRONG}),
            502,
            "PROVIDER_ERROR",
            "unreachable",
            "base_url",
        ),
    ] {
        let answer = test(&owner, body.clone()).await;
        let error = answer.assert_error(status, code);
        assert_eq!(
            error["details"],
            json!({"reason": reason, "field": field}),
            "{body}"
        );
        assert!(!answer.body.contains(WRONG), "{answer:?}");
    }
}

#[tokio::test]
async fn what_is_not_right_is_refused_by_field_and_nothing_is_written() {
    let home = home();
    let gateway = home.start().await;
    let owner = gateway.paired();
    let before = file(&home);
    for (body, field) in [
        (json!({"kind": "openai", "base_url": "ftp://x"}), "base_url"),
        (
            json!({"kind": "openai", "base_url": "https://me:secret@x.example/v1"}),
            "base_url",
        ),
        (
            json!({"kind": "openai", "base_url": "https://x.example/v1?key=secret"}),
            "base_url",
        ),
        (
            json!({"kind": "openai", "api_key": "a key\nof two lines"}),
            "api_key",
        ),
        (json!({"kind": "openai", "model": "m".repeat(300)}), "model"),
        (json!({"kind": "teapot"}), "kind"),
        (json!({"kind": "openai", "api_key": 7}), "api_key"),
    ] {
        for answer in [
            test(&owner, body.clone()).await,
            put(&owner, "mine", body.clone()).await,
        ] {
            let error = answer.assert_error(400, "INVALID_REQUEST");
            assert_eq!(error["details"]["field"], field, "{body}");
            assert!(!answer.body.contains("secret") && !answer.body.contains("two lines"));
        }
    }
    let none = test(&owner, json!({}))
        .await
        .assert_error(400, "INVALID_REQUEST");
    assert_eq!(none["details"]["field"], "kind");
    test(&owner, json!({"name": "nobody"}))
        .await
        .assert_error(404, "NOT_FOUND");
    for (name, kind) in [("a.b", "openai"), ("gemini", "openai"), ("a%20b", "openai")] {
        let answer = put(&owner, name, json!({"kind": kind})).await;
        let error = answer.assert_error(400, "INVALID_REQUEST");
        assert_eq!(error["details"]["field"], "name");
    }
    let loops = json!({"kind": "demo", "fallbacks": ["mine"]});
    put(&owner, "mine", loops)
        .await
        .assert_error(400, "INVALID_REQUEST");
    assert_eq!(file(&home), before, "nothing of this was written");
}

#[tokio::test]
async fn a_saved_key_is_used_again_at_its_own_address_and_goes_to_no_other() {
    let (model, other) = (model().await, ModelServer::start().await);
    let home = home();
    let gateway = home.start().await;
    let owner = gateway.paired();
    let change = json!({"kind": "openai", "base_url": model.base_url(), "api_key": RIGHT});
    assert_eq!(put(&owner, "mine", change).await.status, 200);
    assert_eq!(test(&owner, json!({"name": "mine"})).await.status, 200);
    let seen = other.connections();
    let moved = json!({"name": "mine", "kind": "openai", "base_url": other.base_url()});
    let refused = test(&owner, moved.clone()).await;
    let error = refused.assert_error(400, "INVALID_REQUEST");
    assert_eq!(error["details"]["field"], "api_key");
    let moved = json!({"kind": "openai", "base_url": other.base_url()});
    put(&owner, "mine", moved)
        .await
        .assert_error(400, "INVALID_REQUEST");
    assert_eq!(other.connections(), seen, "nothing was sent there");
    let model_only = json!({"kind": "openai", "model": "test-model-mini", "use": true});
    assert_eq!(put(&owner, "mine", model_only).await.status, 200);
    assert_eq!(owner.said("s", "say:kept").await, "kept");
}

#[tokio::test]
async fn a_removed_provider_is_gone_at_once_and_the_comments_of_the_others_stay() {
    let model = model().await;
    let home = home();
    home.configure("# the old one\n[providers.first]\nkind = \"demo\" # no key\n");
    let gateway = home.start().await;
    let owner = gateway.paired();
    let before = file(&home);
    let change = json!({
        "kind": "openai", "base_url": model.base_url(), "api_key": RIGHT, "use": true,
        "fallbacks": ["first"],
    });
    assert_eq!(put(&owner, "second", change).await.status, 200);
    let needed = delete(&owner, "first").await;
    let error = needed.assert_error(409, "CONFLICT");
    assert!(
        error["error"].as_str().unwrap().contains("second"),
        "{error}"
    );
    assert_eq!(delete(&owner, "second").await.status, 204);
    assert!(listed(&owner, "second").await.is_none());
    delete(&owner, "second")
        .await
        .assert_error(404, "NOT_FOUND");
    let text = file(&home);
    for line in before.lines() {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(!text.contains("second"), "{text}");
    assert_eq!(owner.get("/api/status").await.json()["provider"], "first");
}

#[tokio::test]
async fn what_the_environment_gives_is_said_and_cannot_be_removed() {
    let home = home();
    let gateway = {
        let mut command = home.command(&["-p", "0"]);
        command.env("OPENAI_API_KEY", WRONG);
        crate::support::process::GatewayProcess::start(command, &home.stderr()).await
    };
    let owner = gateway.paired();
    let found = listed(&owner, "openai").await.unwrap();
    assert_eq!(
        found["key"],
        json!({"state": "env", "env": "OPENAI_API_KEY"})
    );
    assert_eq!(found["source"], "environment");
    let refused = delete(&owner, "openai").await.assert_error(409, "CONFLICT");
    let said = refused["error"].as_str().unwrap();
    assert!(
        said.contains("OPENAI_API_KEY") && !said.contains(WRONG),
        "{said}"
    );
}

#[tokio::test]
async fn a_file_that_was_broken_by_hand_is_not_made_worse() {
    let home = home();
    let gateway = home.start().await;
    let owner = gateway.paired();
    home.configure("[agent]\nmodel = ");
    let before = file(&home);
    let answer = put(&owner, "mine", json!({"kind": "demo"})).await;
    let error = answer.assert_error(409, "CONFLICT");
    assert!(
        error["error"].as_str().unwrap().contains("config.toml"),
        "{error}"
    );
    assert_eq!(file(&home), before);
}

#[tokio::test]
async fn only_an_owner_changes_providers_and_everybody_paired_sees_them() {
    let gateway = Gateway::in_process().await;
    let reader = gateway.device(Scope::Read, "reader").await;
    let talker = gateway.device(Scope::Chat, "talker").await;
    for device in [&reader, &talker] {
        assert_eq!(device.get("/api/providers").await.status, 200);
        assert_eq!(device.get("/api/models").await.status, 200);
        let body = json!({"kind": "demo"});
        test(device, body.clone())
            .await
            .assert_error(403, "FORBIDDEN");
        put(device, "mine", body)
            .await
            .assert_error(403, "FORBIDDEN");
        delete(device, "main").await.assert_error(403, "FORBIDDEN");
    }
    let nobody = gateway.anon();
    for path in ["/api/providers", "/api/models"] {
        nobody.get(path).await.assert_error(401, "UNAUTHORIZED");
    }
    test(&nobody, json!({}))
        .await
        .assert_error(401, "UNAUTHORIZED");
    put(&nobody, "mine", json!({}))
        .await
        .assert_error(401, "UNAUTHORIZED");
    delete(&nobody, "mine")
        .await
        .assert_error(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn the_models_of_all_providers_come_in_one_list_with_those_that_failed_named() {
    let gateway = Gateway::with(|config, model| {
        let mut broken = crate::support::gateway::scripted(model);
        broken.base_url = Some("http://127.0.0.1:9/v1".to_owned());
        broken.model = None;
        config.providers.insert("broken".to_owned(), broken);
    })
    .await;
    let owner = gateway.paired();
    let list = owner.get("/api/models").await.json();
    let expected = json!([
        {"provider": "main", "id": "test-model", "in_use": true},
        {"provider": "main", "id": "test-model-mini", "in_use": false},
    ]);
    assert!(
        expected
            .as_array()
            .unwrap()
            .iter()
            .all(|one| { list["models"].as_array().unwrap().contains(one) }),
        "{list}"
    );
    assert_eq!(list["models"][0], expected[0]);
    assert_eq!(list["failed"][0]["provider"], "broken");
    let said = list["failed"][0]["message"].as_str().unwrap();
    assert!(
        said.contains("Nothing answers at http://127.0.0.1:9"),
        "{said}"
    );
    let connections = gateway.model.connections();
    let again = owner.get("/api/models").await.json();
    assert_eq!(again, list);
    assert_eq!(gateway.model.connections(), connections, "the answers hold");
    let bad = owner.get("/api/models?fresh=perhaps").await;
    bad.assert_error(400, "INVALID_REQUEST");
}
