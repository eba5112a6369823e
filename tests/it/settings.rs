//! The settings over HTTP: read, changed in part or whole, by hand, and taken back; nothing lost,
//! nothing half, nothing secret shown.

use std::{fs, time::Duration};

use clawgate::{config::MASK, security::hash_token};
use serde_json::{Value, json};

use crate::support::{
    actor::Actor, client::Answer, gateway::TOKEN, home::Home, process::GatewayProcess, until,
};

/// Nobody may see it.
const KEY: &str = "sk-a-saved-key-that-nobody-may-see-99";

fn home() -> Home {
    let home = Home::empty();
    let hash = hex::encode(hash_token(TOKEN));
    home.configure(&format!(
        "# my gateway\n[gateway]\npaired_tokens = [\"{hash}\"] # this laptop\n\
         chat_rate_limit_per_minute = 0 # as many as I like\n\n# the agent\n[agent]\n\
         provider = \"mine\"\n\n[providers.mine] # a demo with a key\nkind = \"demo\"\n\
         api_key = \"{KEY}\" # kept"
    ));
    home
}

fn file(home: &Home) -> String {
    fs::read_to_string(home.folder().join("config.toml")).unwrap()
}

fn write(home: &Home, text: &str) {
    // As editors do: another file takes its place.
    let path = home.folder().join("config.toml");
    let beside = home.folder().join("config.toml.swap");
    fs::write(&beside, text).unwrap();
    fs::rename(beside, path).unwrap();
}

async fn read(owner: &Actor) -> (Value, String) {
    let answer = owner.get("/api/config").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(!answer.body.contains(KEY));
    let etag = answer.header("etag").unwrap().to_owned();
    (answer.json(), etag)
}

async fn patch(owner: &Actor, body: Value) -> Answer {
    owner.ask("PATCH", "/api/config").json(&body).send().await
}

async fn put(owner: &Actor, path: &str, etag: &str, body: &Value) -> Answer {
    let ask = owner.ask("PUT", path).header("If-Match", etag);
    ask.json(body).send().await
}

fn setting<'a>(view: &'a Value, key: &str) -> &'a Value {
    let mut settings = view["settings"].as_array().unwrap().iter();
    settings.find(|one| one["key"] == key).unwrap()
}

#[tokio::test]
async fn the_configuration_is_read_changed_and_kept_over_a_restart() {
    let home = home();
    let mut command = home.command(&["-p", "0"]);
    command.env("CLAWGATE_AGENT__MAX_ITERATIONS", "9");
    let gateway = GatewayProcess::start(command, &home.stderr()).await;
    let owner = gateway.paired();
    let (view, etag) = read(&owner).await;
    assert_eq!(view["config"]["providers"]["mine"]["api_key"], MASK);
    let limit = setting(&view, "gateway.chat_rate_limit_per_minute");
    assert_eq!(
        (&limit["source"], &limit["line"]),
        (&json!("file"), &json!(4))
    );
    let given = setting(&view, "agent.max_iterations");
    assert_eq!(given["variable"], "CLAWGATE_AGENT__MAX_ITERATIONS");
    assert_eq!(setting(&view, "gateway.port")["option"], "--port");
    assert_eq!(setting(&view, "agent.model")["source"], "default");

    let before = file(&home);
    let same = put(&owner, "/api/config", &etag, &view).await;
    assert_eq!(same.status, 200, "{same:?}");
    assert_eq!(same.json()["changes"], json!([]));
    assert_eq!(file(&home), before);

    let text = owner.get("/api/config/toml").await.json();
    assert!(text["toml"].as_str().unwrap().contains(MASK));
    let body = json!({"toml": text["toml"].as_str().unwrap().replace("# the agent", "# the agent itself")});
    let saved = put(&owner, "/api/config/toml", &etag, &body).await;
    assert_eq!(saved.status, 200, "{saved:?}");
    assert_eq!(
        file(&home),
        before.replace("# the agent", "# the agent itself")
    );

    let answer = patch(
        &owner,
        json!({
            "agent": {"system_prompt": "You are short."},
            "observability": {"backend": "none"},
        }),
    )
    .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(
        answer.json()["restart_needed"],
        json!(["observability.backend"])
    );
    let status = owner.get("/api/status").await.json();
    assert_eq!(
        status["config"]["restart_needed"],
        json!(["observability.backend"])
    );
    assert!(
        !owner
            .get("/metrics")
            .await
            .body
            .contains("backend = \"prometheus\"")
    );
    gateway.kill_9().await;

    let gateway = home.start().await;
    let owner = gateway.paired();
    let (view, _) = read(&owner).await;
    assert_eq!(view["config"]["agent"]["system_prompt"], "You are short.");
    assert_eq!(view["restart_needed"], json!([]));
    let after = file(&home);
    for comment in [
        "# my gateway",
        "# this laptop",
        "# as many as I like",
        "# the agent itself",
        "# kept",
    ] {
        assert!(after.contains(comment), "{after}");
    }
    assert_eq!(gateway.terminate().await, Some(0));
    for (name, bytes) in home.files() {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(KEY), "{name:?}");
    }
}

#[tokio::test]
async fn a_change_made_elsewhere_is_not_written_over() {
    let home = home();
    let gateway = home.start().await;
    let owner = gateway.paired();
    let (view, etag) = read(&owner).await;
    let without = owner.ask("PUT", "/api/config").json(&view).send().await;
    without.assert_error(428, "PRECONDITION_REQUIRED");
    assert_eq!(
        patch(&owner, json!({"agent": {"model": "theirs"}}))
            .await
            .status,
        200
    );
    let stale = put(&owner, "/api/config", &etag, &view).await;
    stale.assert_error(412, "PRECONDITION_FAILED");
    let now = stale.header("etag").unwrap().to_owned();
    let (_, current) = read(&owner).await;
    assert_eq!(now, current);
    assert_eq!(stale.json()["details"]["etag"], now.trim_matches('"'));
    let stale = owner
        .ask("PATCH", "/api/config")
        .header("If-Match", &etag)
        .json(&json!({"agent": {"model": "mine"}}));
    stale.send().await.assert_error(412, "PRECONDITION_FAILED");
    let whole = put(&owner, "/api/config", "*", &view).await;
    assert_eq!(whole.status, 200, "{whole:?}");
    assert!(!file(&home).contains("theirs"));

    let revisions = owner.get("/api/config/revisions").await.json();
    let newest = &revisions["revisions"][0];
    assert_eq!(newest["changes"][0]["key"], "agent.model");
    assert_eq!(newest["changes"][0]["after"], "theirs");
    let path = format!("/api/config/revisions/{}", newest["id"].as_str().unwrap());
    let shown = owner.get(&path).await;
    assert!(
        shown.body.contains("theirs") && !shown.body.contains("enc:v1"),
        "{shown:?}"
    );
    let back = owner.ask("POST", &format!("{path}/restore")).send().await;
    assert_eq!(back.status, 200, "{back:?}");
    assert_eq!(back.json()["config"]["agent"]["model"], "theirs");
    let none = owner.ask("POST", "/api/config/revisions/..%2Fsecret/restore");
    none.send().await.assert_error(404, "NOT_FOUND");
}

#[tokio::test]
async fn what_is_wrong_is_said_all_at_once_with_key_and_line() {
    let home = home();
    let gateway = home.start().await;
    let owner = gateway.paired();
    let before = file(&home);
    let body = json!({
        "gateway": {"port": 7, "request_timeout_secs": "long", "chat_rate_limit_per_minute": -1},
        "agent": {"autonomy": "wild", "provider": "nobody"},
        "tols": {},
        "providers": {"mine": {"base_url": "https://evil.example", "kind": "openai"}},
    });
    let answer = patch(&owner, body.clone()).await;
    let wrong = answer.assert_error(400, "INVALID_REQUEST");
    let faults = wrong["details"]["faults"].as_array().unwrap().clone();
    let of = |key: &str| {
        faults
            .iter()
            .find(|fault| fault["key"] == key)
            .unwrap()
            .clone()
    };
    let timeout = of("gateway.request_timeout_secs");
    assert_eq!(timeout["found"], "the text \"long\"");
    let port = of("gateway.port")["message"].as_str().unwrap().to_owned();
    assert!(port.contains("--port"), "{port}");
    assert_eq!(of("gateway.chat_rate_limit_per_minute")["line"], 4);
    let autonomy = of("agent.autonomy")["expected"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(autonomy.contains("\"supervised\""), "{autonomy}");
    assert!(
        of("tols")["message"]
            .as_str()
            .unwrap()
            .contains("unknown key")
    );
    assert_eq!(file(&home), before);
    let key = patch(
        &owner,
        json!({"providers": {"mine": {"base_url": "https://evil.example"}}}),
    )
    .await;
    let key = key.assert_error(400, "INVALID_REQUEST");
    assert_eq!(key["details"]["faults"][0]["key"], "providers.mine.api_key");

    let checked = owner
        .post("/api/config/check", json!({"patch": body}))
        .await
        .json();
    assert_eq!(checked["valid"], false);
    let good = json!({"patch": {"observability": {"backend": "none"}, "agent": {"model": "m"}}});
    let checked = owner.post("/api/config/check", good).await.json();
    assert_eq!(
        (&checked["valid"], &checked["restart"]),
        (&json!(true), &json!(["observability.backend"]))
    );
    assert_eq!(checked["config"]["agent"]["model"], "m");
    assert!(checked["toml"].as_str().unwrap().contains("model = \"m\""));
    let torn = owner
        .post("/api/config/check", json!({"toml": "[agent\nmodel = 1"}))
        .await
        .json();
    assert_eq!(
        (&torn["valid"], &torn["faults"][0]["line"]),
        (&json!(false), &json!(1))
    );
    assert_eq!(file(&home), before);
    let schema = owner.get("/api/config/schema").await.json();
    assert_eq!(
        schema["properties"]["gateway"]["properties"]["port"]["x-restart"],
        true
    );
}

#[tokio::test]
async fn limits_and_the_log_level_follow_at_once() {
    let home = home();
    let gateway = home.start().await;
    let owner = gateway.paired();
    let log = || fs::read_to_string(home.stderr()).unwrap();
    assert!(!log().contains("DEBUG"));
    let answer = patch(
        &owner,
        json!({
            "observability": {"log_level": "debug"},
            "gateway": {"chat_rate_limit_per_minute": 1},
        }),
    )
    .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json()["restart_needed"], json!([]));
    let chat = async || {
        owner
            .post("/api/chat", json!({"message": "hello"}))
            .await
            .status
    };
    assert_eq!(chat().await, 200);
    assert_eq!(chat().await, 429);
    until("a line of the new level", async || {
        log().contains("DEBUG").then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_edit_by_hand_is_noticed_and_a_bad_one_refused_with_its_line() {
    let home = home();
    let gateway = home.start().await;
    let owner = gateway.paired();
    let mut news = owner.events("/api/events?types=config_changed").await;
    let good = file(&home);
    write(
        &home,
        &good.replace(
            "provider = \"mine\"",
            "provider = \"mine\"\nmodel = \"by-hand\"",
        ),
    );
    let event = news.next().await.unwrap().json();
    assert_eq!(
        (&event["keys"], &event["error"]),
        (&json!(["agent.model"]), &json!(null))
    );
    let (view, _) = read(&owner).await;
    assert_eq!(view["config"]["agent"]["model"], "by-hand");

    write(
        &home,
        &good.replace(
            "provider = \"mine\"",
            "provider = \"mine\"\nmodel = 3\nmax_iterations = 2",
        ),
    );
    let event = news.next().await.unwrap().json();
    let error = event["error"].as_str().unwrap();
    assert!(error.contains("line 9: agent.model: expected"), "{error}");
    let status = owner.get("/api/status").await.json();
    assert_eq!(status["config"]["refused"], error);
    let (view, _) = read(&owner).await;
    assert_eq!(view["config"]["agent"]["model"], "by-hand");
    assert_eq!(view["refused"][0]["line"], 9);
    assert_ne!(view["config"]["agent"]["max_iterations"], 2);
    patch(&owner, json!({"agent": {"model": "x"}}))
        .await
        .assert_error(409, "CONFLICT");

    write(&home, &good);
    let event = news.next().await.unwrap().json();
    assert_eq!(
        (&event["keys"], &event["error"]),
        (&json!(["agent.model"]), &json!(null))
    );
    // The command line changes it too.
    let set = home
        .run(&["config", "set", "agent.max_iterations", "4"])
        .await;
    assert_eq!(set.code, Some(0), "{set:?}");
    let event = news.next().await.unwrap().json();
    assert_eq!(event["keys"], json!(["agent.max_iterations"]));
}

#[tokio::test]
async fn a_kill_in_the_middle_of_a_save_leaves_the_old_text_or_the_new_one() {
    let home = home();
    let lines = |model: &str| format!("provider = \"mine\"\nmodel = \"{model}\"");
    let mut last = String::new();
    for round in 0..6_u64 {
        let gateway = home.start().await;
        let owner = gateway.paired();
        let (view, _) = read(&owner).await;
        let before = view["config"]["agent"]["model"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(
            before == last || before == format!("model-{}", round.saturating_sub(1)) || round == 0
        );
        let model = format!("model-{round}");
        let body = json!({"agent": {"model": model}});
        let saving = owner.ask("PATCH", "/api/config").json(&body);
        let mut stream = saving.open().await;
        tokio::time::sleep(Duration::from_micros(700 * round)).await;
        gateway.kill_9().await;
        let _torn = tokio::io::AsyncReadExt::read(&mut stream, &mut [0; 64]).await;
        let after = file(&home);
        let whole = after.contains(&lines(&model)) || !after.contains(&model);
        assert!(whole && after.contains("# kept"), "{after}");
        last = before;
    }
    let said = home.run(&["config", "check"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
}

#[tokio::test]
async fn only_an_admin_may_write() {
    let home = home();
    let gateway = home.start().await;
    let owner = gateway.paired();
    let body = json!({"scopes": ["read"], "device_name": "a screen"});
    let code = owner.post("/api/pairing/initiate", body).await.json();
    let code = code["pairing_code"].as_str().unwrap();
    let paired = gateway
        .anon()
        .ask("POST", "/pair")
        .header("X-Pairing-Code", code);
    let token = paired.send().await.json()["token"]
        .as_str()
        .unwrap()
        .to_owned();
    let reader = gateway.holder_of(&token);
    assert_eq!(reader.get("/api/config").await.status, 200);
    patch(&reader, json!({}))
        .await
        .assert_error(403, "FORBIDDEN");
    let check = reader.post("/api/config/check", json!({})).await;
    check.assert_error(403, "FORBIDDEN");
    let (_, etag) = read(&reader).await;
    let text = put(&reader, "/api/config/toml", &etag, &json!({"toml": ""})).await;
    text.assert_error(403, "FORBIDDEN");
}
