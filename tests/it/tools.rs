//! The tools over HTTP: what there is, who may try one out, and what none of them gets at.

use clawgate::{config::Autonomy, model::Scope, tools::Sandbox};
use serde_json::{Value, json};

use crate::support::{
    actor::Actor,
    client::Answer,
    gateway::{Gateway, KEY, TOKEN},
};

async fn run(actor: &Actor, tool: &str, body: Value) -> Answer {
    actor.post(&format!("/api/tools/{tool}/run"), body).await
}

/// What comes out of a call that was agreed to.
async fn output(actor: &Actor, tool: &str, args: Value) -> String {
    let done = run(actor, tool, json!({"args": args, "approve": true})).await;
    match done.status {
        200 => done.json()["output"].as_str().unwrap().to_owned(),
        _ => done.body,
    }
}

async fn listed(actor: &Actor, name: &str) -> Value {
    let list = actor.get("/api/tools").await.json();
    let tools = list["tools"].as_array().unwrap();
    let tool = tools.iter().find(|tool| tool["name"] == name);
    tool.unwrap_or_else(|| panic!("no {name}")).clone()
}

#[tokio::test]
async fn the_list_says_what_each_tool_is_and_how_it_does() {
    let gateway = Gateway::with(|config, _| {
        config.tools.permissions.deny = vec!["http_request".to_owned()];
        config.tools.permissions.allow = vec!["file_write".to_owned()];
        config.tools.shell_timeout_secs = 7;
    })
    .await;
    let owner = gateway.paired();
    let list = owner.get("/api/tools").await.json();
    assert_eq!(list["autonomy"], "supervised");
    assert_eq!(list["sandbox"]["files"], Sandbox::of_this_machine().files);
    let names: Vec<&str> = list["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    for name in [
        "shell",
        "file_read",
        "file_write",
        "file_edit",
        "file_list",
        "glob",
        "grep",
        "web_fetch",
        "http_request",
        "session_search",
        "calculator",
        "time",
        "todo",
        "memory_store",
        "memory_recall",
        "memory_forget",
    ] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    let shell = listed(&owner, "shell").await;
    assert_eq!(
        (&shell["effect"], &shell["risk"]),
        (&json!("execute"), &json!("high"))
    );
    assert_eq!(
        (&shell["permission"], &shell["offered"]),
        (&json!("ask"), &json!(true))
    );
    assert_eq!(
        (&shell["source"], &shell["timeout_secs"]),
        (&json!("built-in"), &json!(7))
    );
    assert_eq!(shell["schema"]["required"], json!(["command"]));
    assert_eq!(listed(&owner, "http_request").await["permission"], "deny");
    assert_eq!(listed(&owner, "http_request").await["offered"], false);
    let write = listed(&owner, "file_write").await;
    assert_eq!(
        (&write["permission"], &write["default_permission"]),
        (&json!("allow"), &json!("ask"))
    );

    run(&owner, "calculator", json!({"args": {"expression": "1/0"}})).await;
    run(&owner, "calculator", json!({"args": {"expression": "1+1"}})).await;
    let recent = listed(&owner, "calculator").await["recent"].clone();
    assert_eq!(
        (&recent["calls"], &recent["failures"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(recent["last_failure"], "a division by zero");
    assert!(recent["last_at"].is_string());
}

#[tokio::test]
async fn a_tool_is_tried_out_under_the_same_rules_as_in_a_turn() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let sum = run(&owner, "calculator", json!({"args": {"expression": "6*7"}}))
        .await
        .json();
    assert_eq!(
        (&sum["status"], &sum["output"]),
        (&json!("done"), &json!("42"))
    );
    let body = json!({"args": {"path": "a/b.txt", "content": "hello\n"}});
    let asked = run(&owner, "file_write", body.clone()).await.json();
    assert_eq!(asked["status"], "needs_approval");
    assert_eq!(asked["action"]["summary"], "Create a/b.txt (+1 −0 lines)");
    assert_eq!(asked["action"]["preview"]["kind"], "diff");
    assert_eq!(asked["action"]["always"], "the folder a/");
    let file = gateway.app.data_dir.join("workspace/a/b.txt");
    assert!(!file.exists());
    let mut dry = body.clone();
    dry["approve"] = json!(true);
    dry["dry_run"] = json!(true);
    assert_eq!(
        run(&owner, "file_write", dry).await.json()["status"],
        "dry_run"
    );
    assert!(!file.exists());
    let mut agreed = body;
    agreed["approve"] = json!(true);
    let done = run(&owner, "file_write", agreed).await.json();
    assert_eq!(
        (&done["status"], &done["success"]),
        (&json!("done"), &json!(true))
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "hello\n");
    let shell = run(&owner, "shell", json!({"args": {"command": "cat a/b.txt"}}))
        .await
        .json();
    assert_eq!(shell["action"]["preview"]["command"], "cat a/b.txt");
    assert_eq!(shell["action"]["always"], "commands that begin with `cat`");
    let told = output(&owner, "shell", json!({"command": "cat a/b.txt; exit 3"})).await;
    assert_eq!(told, "hello\n[exit code 3]");
}

#[tokio::test]
async fn bad_calls_and_callers_are_told_so() {
    let gateway = Gateway::with(|config, _| {
        config.tools.permissions.deny = vec!["time".to_owned()];
    })
    .await;
    let owner = gateway.paired();
    run(&owner, "nothing", json!({}))
        .await
        .assert_error(404, "NOT_FOUND");
    let wrong = run(&owner, "calculator", json!({"args": {"expresion": "1"}})).await;
    let error = wrong.assert_error(400, "INVALID_REQUEST");
    assert_eq!(error["details"]["field"], "args");
    assert!(
        error["error"]
            .as_str()
            .unwrap()
            .contains("`expression` is near"),
        "{error}"
    );
    run(&owner, "calculator", json!({"args": 7}))
        .await
        .assert_error(400, "INVALID_REQUEST");
    run(&owner, "time", json!({}))
        .await
        .assert_error(403, "FORBIDDEN");
    let reader = gateway.device(Scope::Read, "reader").await;
    let chatter = gateway.device(Scope::Chat, "chatter").await;
    assert_eq!(reader.get("/api/tools").await.status, 200);
    for actor in [&reader, &chatter] {
        let sum = json!({"args": {"expression": "1"}});
        run(actor, "calculator", sum)
            .await
            .assert_error(403, "FORBIDDEN");
    }
    gateway
        .anon()
        .get("/api/tools")
        .await
        .assert_error(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn an_agent_that_may_only_look_only_looks() {
    let gateway = Gateway::with(|config, _| config.agent.autonomy = Autonomy::ReadOnly).await;
    let owner = gateway.paired();
    assert_eq!(
        output(&owner, "calculator", json!({"expression": "1+1"})).await,
        "2"
    );
    let body = json!({"args": {"command": "touch x"}, "approve": true});
    run(&owner, "shell", body)
        .await
        .assert_error(403, "FORBIDDEN");
    assert_eq!(listed(&owner, "shell").await["offered"], false);
    assert!(!gateway.app.data_dir.join("workspace/x").exists());
}

#[tokio::test]
async fn no_tool_gets_at_the_gateways_own_things() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let home = gateway.app.data_dir.canonicalize().unwrap();
    std::fs::write(home.join("secret.key"), "5e".repeat(32)).unwrap();
    let (home, address) = (home.display(), owner.address);
    let gateway_id = std::process::id();
    let walled = Sandbox::of_this_machine().files;
    let shells = [
        "cat ../secret.key".to_owned(),
        format!("cat {home}/secret.key {home}/clawgate.db"),
        format!("xxd -p {home}/secret.key; base64 {home}/secret.key; rev {home}/secret.key"),
        format!("cat /proc/{gateway_id}/environ; strings /proc/{gateway_id}/mem | head"),
        format!("echo {KEY}; echo {KEY} | base64; echo {KEY} | rev"),
        "env".to_owned(),
    ];
    for command in shells {
        let told = output(&owner, "shell", json!({"command": command})).await;
        for secret in [&"5e".repeat(32), KEY, TOKEN, "SQLite format", "CARGO_"] {
            assert!(!walled || !told.contains(secret), "{command}: {told}");
        }
        let spelt = KEY.chars().rev().collect::<String>();
        assert!(!told.contains(&spelt), "{command}: {told}");
    }
    for path in [
        "../secret.key",
        "../clawgate.db",
        &format!("{home}/secret.key"),
        "/etc/passwd",
    ] {
        let told = output(&owner, "file_read", json!({"path": path})).await;
        assert!(told.contains("leads out of the workspace"), "{told}");
    }
    for url in [
        format!("http://{address}/api/config"),
        format!("http://localhost:{}/api/devices", address.port()),
        format!("http://[::ffff:127.0.0.1]:{}/", address.port()),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "file:///etc/passwd".to_owned(),
    ] {
        for tool in ["web_fetch", "http_request"] {
            let body = json!({"args": {"url": url}, "approve": true});
            let answer = run(&owner, tool, body).await;
            assert!([403, 422].contains(&answer.status), "{url}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn what_was_said_is_found_again() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    owner
        .said("first", "say:The blue teapot stands in the attic")
        .await;
    let found = output(&owner, "session_search", json!({"query": "teapot attic"})).await;
    assert!(
        found.contains("session first") && found.contains("blue teapot stands"),
        "{found}"
    );
    let read = output(&owner, "session_search", json!({"session_id": "first"})).await;
    assert!(read.contains("you: The blue teapot"), "{read}");
    let none = output(&owner, "session_search", json!({"query": "zeppelin"})).await;
    assert_eq!(none, "Nothing was said with all of these words: zeppelin");
    let wrong = output(&owner, "session_search", json!({})).await;
    assert!(wrong.contains("either `query` or `session_id`"), "{wrong}");
}

#[tokio::test]
async fn a_page_on_a_host_that_was_opened_is_read() {
    let pages = wiremock::MockServer::start().await;
    let html =
        "<title>Tea</title><script>x</script><nav>menu</nav><h1>Tea</h1><p>Is <a href=/l>hot</a>.";
    wiremock::Mock::given(wiremock::matchers::path("/tea"))
        .respond_with(wiremock::ResponseTemplate::new(200).set_body_raw(html, "text/html"))
        .mount(&pages)
        .await;
    let host = pages.address().to_string();
    let opened = host.clone();
    let gateway = Gateway::with(move |config, _| config.tools.allowed_hosts = vec![opened]).await;
    let owner = gateway.paired();
    let url = format!("http://{host}/tea");
    let asked = run(&owner, "web_fetch", json!({"args": {"url": url}}))
        .await
        .json();
    assert_eq!(asked["action"]["always"], format!("requests to {host}"));
    let told = output(&owner, "web_fetch", json!({"url": url})).await;
    let expected = format!("{url} (200 OK)\nTea\n\n# Tea\n\nIs [hot](http://{host}/l).");
    assert_eq!(told, expected);
    let posted = output(
        &owner,
        "http_request",
        json!({"url": url, "body": {"a": 1}}),
    )
    .await;
    assert!(
        posted.starts_with("200 OK\n") || posted.starts_with("404"),
        "{posted}"
    );
}

#[tokio::test]
async fn what_a_tool_remembers_is_recalled_and_forgotten() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let fact = json!({"content": "The owner likes green tea best", "key": "tea"});
    let stored = output(&owner, "memory_store", fact).await;
    assert_eq!(stored, "Remembered as \"tea\" (core).");
    assert_eq!(owner.get("/api/memory/tea").await.status, 200);
    let recalled = output(&owner, "memory_recall", json!({"query": "green tea"})).await;
    assert!(
        recalled.starts_with("tea (core, ") && recalled.ends_with("likes green tea best"),
        "{recalled}"
    );
    let asked = run(&owner, "memory_forget", json!({"args": {"key": "tea"}}))
        .await
        .json();
    assert_eq!(asked["status"], "needs_approval");
    assert_eq!(
        asked["action"]["summary"],
        "Forget \"tea\": The owner likes green tea best"
    );
    output(&owner, "memory_forget", json!({"key": "tea"})).await;
    let again = output(&owner, "memory_forget", json!({"key": "tea"})).await;
    assert_eq!(again, "nothing is remembered as \"tea\"");
    let none = output(&owner, "memory_recall", json!({"query": "green tea"})).await;
    assert_eq!(none, "Nothing remembered fits \"green tea\".");
}

async fn permit(actor: &Actor, tool: &str, permission: &str) -> Answer {
    let body = json!({"permission": permission});
    actor
        .ask("PUT", &format!("/api/tools/{tool}/permission"))
        .json(&body)
        .send()
        .await
}

#[tokio::test]
async fn a_permission_is_changed_in_the_file_and_holds_at_once() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let file = gateway.app.data_dir.join("config.toml");
    std::fs::write(
        &file,
        "# mine\n[tools.permissions]\nallow = [\"file_write\"] # trusted\n",
    )
    .unwrap();
    let mut news = owner.events("/api/events?types=config_changed").await;
    let tool = permit(&owner, "time", "deny").await.json();
    assert_eq!(
        (&tool["permission"], &tool["setting"], &tool["offered"]),
        (&json!("deny"), &json!("deny"), &json!(false))
    );
    run(&owner, "time", json!({}))
        .await
        .assert_error(403, "FORBIDDEN");
    let told = news.next().await.unwrap().json();
    let keys = told["keys"].as_array().unwrap();
    assert!(keys.contains(&json!("tools.permissions.deny")), "{told}");
    // A name is in one list only.
    let tool = permit(&owner, "file_write", "ask").await.json();
    assert_eq!(
        (&tool["setting"], &tool["permission"]),
        (&json!("ask"), &json!("ask"))
    );
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("# mine\n[tools.permissions]\n"), "{text}");
    assert!(!text.contains("allow"), "{text}");
    assert!(
        text.contains("deny = [\"time\"]") && text.contains("ask = [\"file_write\"]"),
        "{text}"
    );
    // The same once more changes nothing.
    permit(&owner, "file_write", "ask").await;
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    let tool = permit(&owner, "time", "default").await.json();
    assert_eq!(
        (&tool["permission"], &tool["setting"]),
        (&json!("allow"), &json!("default"))
    );
    assert_eq!(run(&owner, "time", json!({})).await.status, 200);

    permit(&owner, "nothing", "ask")
        .await
        .assert_error(404, "NOT_FOUND");
    let wrong = permit(&owner, "time", "maybe").await;
    let error = wrong.assert_error(400, "INVALID_REQUEST");
    assert_eq!(error["details"]["field"], "permission");
    for scope in [Scope::Read, Scope::Chat] {
        let actor = gateway.device(scope, "other").await;
        permit(&actor, "time", "deny")
            .await
            .assert_error(403, "FORBIDDEN");
    }
}

#[tokio::test]
async fn what_the_environment_says_of_a_tool_is_not_overwritten() {
    let key = "CLAWGATE_TOOLS__PERMISSIONS__DENY";
    let gateway = Gateway::with_env(&[(key, "shell")]).await;
    let owner = gateway.paired();
    for (tool, permission) in [("shell", "ask"), ("shell", "default"), ("time", "deny")] {
        let refused = permit(&owner, tool, permission).await;
        let error = refused.assert_error(409, "CONFLICT");
        assert!(error["error"].as_str().unwrap().contains(key), "{error}");
    }
    // Another list is not the environment's.
    assert_eq!(permit(&owner, "time", "ask").await.status, 200);
}

#[tokio::test]
async fn the_log_says_who_did_what() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    permit(&owner, "time", "ask").await;
    gateway.device(Scope::Read, "Tablet").await;
    let devices = owner.get("/api/devices").await.json();
    let tablet = devices["devices"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "Tablet")
        .unwrap()["id"]
        .clone();
    let path = format!("/api/devices/{}", tablet.as_str().unwrap());
    assert_eq!(owner.ask("DELETE", &path).send().await.status, 204);
    let password = json!({"password": "correct horse"});
    owner
        .ask("PUT", "/api/password")
        .json(&password)
        .send()
        .await;
    let all = crate::support::until("the lines", async || {
        let page = owner.get("/api/audit").await.json();
        let lines = page["entries"].as_array().unwrap().clone();
        (lines.len() == 4).then_some(lines)
    })
    .await;
    let actions: std::collections::BTreeSet<&str> = all
        .iter()
        .map(|line| line["action"].as_str().unwrap())
        .collect();
    let expected = [
        "config.changed",
        "device.paired",
        "device.revoked",
        "password.set",
    ];
    assert_eq!(actions, expected.into());
    let line = |action: &str| all.iter().find(|line| line["action"] == action).unwrap();
    assert_eq!(line("device.paired")["actor"], "Tablet");
    let revoked = line("device.revoked");
    assert_eq!(
        (&revoked["subject"], &revoked["details"]["name"]),
        (&tablet, &json!("Tablet"))
    );
    assert_eq!(revoked["actor"], "Imported token 1");
    let keys = line("config.changed")["details"]["keys"]
        .as_array()
        .unwrap();
    assert!(keys.contains(&json!("tools.permissions.ask")), "{keys:?}");
    assert!(!format!("{all:?}").contains("correct horse"));

    let devices = owner.get("/api/audit?kind=device&limit=1").await.json();
    assert_eq!(devices["entries"].as_array().unwrap().len(), 1);
    let cursor = devices["next_cursor"].as_str().unwrap();
    let rest = owner
        .get(&format!("/api/audit?kind=device&limit=1&cursor={cursor}"))
        .await
        .json();
    assert_eq!(rest["entries"][0]["action"], "device.paired");
    assert!(rest["next_cursor"].is_null());
    for wrong in ["kind=nothing", "limit=0", "cursor=x"] {
        owner
            .get(&format!("/api/audit?{wrong}"))
            .await
            .assert_error(400, "INVALID_REQUEST");
    }
    gateway
        .anon()
        .get("/api/audit")
        .await
        .assert_error(401, "UNAUTHORIZED");
}
