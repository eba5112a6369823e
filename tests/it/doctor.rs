//! `/api/doctor` and `clawgate doctor`: what is found, as it comes; mending; the report.

use std::{fs, path::Path};

use clawgate::model::Scope;
use serde_json::{Value, json};

use crate::{
    model_server::{ModelServer, Options},
    support::{
        actor::Actor,
        gateway::{Gateway, KEY, scripted},
        home::Home,
        stream::parsed,
    },
};

fn mode(path: &Path, wanted: Option<u32>) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    if let Some(mode) = wanted {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[track_caller]
fn finding<'a>(report: &'a Value, id: &str) -> &'a Value {
    let results = report["results"].as_array().unwrap().iter();
    let found = results.into_iter().find(|one| one["id"] == id);
    found.unwrap_or_else(|| panic!("no {id}: {report:#}"))
}

async fn examined(owner: &Actor, query: &str) -> Value {
    let answer = owner.post(&format!("/api/doctor{query}"), json!({})).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

#[tokio::test]
async fn everything_is_looked_at_and_the_findings_are_kept() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    mode(&gateway.app.data_dir, Some(0o700));
    let before = owner.get("/api/doctor").await.json();
    assert_eq!(before["at"], Value::Null);
    assert_eq!(before["results"], json!([]));
    let report = examined(&owner, "").await;
    for id in [
        "config.loads",
        "files.folder",
        "database.integrity",
        "system.disk",
        "network.port",
        "security.pairing",
        "providers.main.answers",
        "gateway.answers",
        "system.logs",
    ] {
        assert_eq!(finding(&report, id)["severity"], "ok", "{report:#}");
    }
    let model = finding(&report, "providers.main.answers");
    assert_eq!(model["category"], "providers");
    assert_eq!(model["fix"], Value::Null);
    let price = finding(&report, "providers.price");
    assert_eq!(price["severity"], "warning");
    assert_eq!(price["fix"]["route"], "/cost");
    let total: u64 = ["ok", "info", "warning", "error"]
        .iter()
        .map(|severity| report["summary"][severity].as_u64().unwrap())
        .sum();
    assert_eq!(total as usize, report["results"].as_array().unwrap().len());
    let kept = owner.get("/api/doctor").await.json();
    assert_eq!(kept["at"], report["at"]);
    assert!(kept["age_seconds"].as_u64().unwrap() < 30);
    let part = owner.get("/api/doctor?category=security").await.json();
    let part = part["results"].as_array().unwrap();
    assert!(part.iter().all(|one| one["category"] == "security"));
    assert_eq!(part.len(), 5);
    let wrong = owner.get("/api/doctor?category=soup").await;
    wrong.assert_error(400, "INVALID_REQUEST");
}

#[tokio::test]
async fn a_wrong_key_and_a_silent_provider_are_named_with_what_to_do() {
    let strict = Options {
        key: Some("sk-right"),
        ..Options::default()
    };
    let strict = ModelServer::start_with(strict).await.unwrap();
    let gateway = Gateway::with(|config, model| {
        let mut wrong = scripted(&strict);
        wrong.api_key = Some("sk-wrong-and-never-shown".into());
        config.providers.insert("wrong".to_owned(), wrong);
        let mut gone = scripted(model);
        gone.base_url = Some("http://127.0.0.1:9/v1".to_owned());
        config.providers.insert("gone".to_owned(), gone);
        config.agent.provider = "gone".to_owned();
    })
    .await;
    let report = examined(&gateway.paired(), "?category=providers").await;
    let gone = finding(&report, "providers.gone.answers");
    assert_eq!(gone["severity"], "error");
    assert_eq!(gone["fix"]["route"], "/provider?edit=gone");
    let wrong = finding(&report, "providers.wrong.answers");
    assert_eq!(wrong["severity"], "warning", "{wrong:#}");
    assert!(wrong["message"].as_str().unwrap().starts_with("wrong: "));
    assert_eq!(finding(&report, "providers.main.answers")["severity"], "ok");
    assert!(!report.to_string().contains("never-shown"));
    assert!(!report.to_string().contains(KEY));
}

#[tokio::test]
async fn results_come_as_they_are_found() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let mut news = owner.events("/api/events?types=doctor_report").await;
    let url = format!("http://{}/api/doctor", owner.address);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client
        .post(url)
        .bearer_auth(owner.token.as_deref().unwrap())
        .header("accept", "text/event-stream")
        .send()
        .await
        .unwrap();
    let steps = parsed(&crate::support::stream::Events::new(answer).rest().await);
    let (first, rest) = steps.split_first().unwrap();
    let (last, results) = rest.split_last().unwrap();
    assert_eq!(first["type"], "started");
    let planned = first["checks"].as_array().unwrap();
    assert_eq!(planned.len(), results.len());
    assert!(results.iter().all(|one| one["type"] == "result"));
    for check in planned {
        assert!(results.iter().any(|one| one["result"]["id"] == check["id"]));
    }
    assert_eq!(last["type"], "done");
    assert_eq!(
        last["report"]["results"].as_array().unwrap().len(),
        planned.len()
    );
    let told = news.next().await.unwrap().json();
    assert_eq!(told["errors"], last["report"]["summary"]["error"]);
}

#[tokio::test]
async fn what_others_may_read_is_shown_and_mended_by_its_owner_alone() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let folder = gateway.app.data_dir.clone();
    mode(&folder, Some(0o700));
    let file = folder.join("clawgate.db");
    mode(&file, Some(0o644));
    let report = examined(&owner, "").await;
    let found = finding(&report, "files.database");
    assert_eq!(found["severity"], "error");
    assert_eq!(found["fix"]["applies"], true);
    assert_eq!(found["fix"]["route"], "/doctor?fix=files.database");
    let ask = json!({"id": "files.database", "dry_run": true});
    let plan = owner.post("/api/doctor/fix", ask).await.json();
    assert_eq!(plan["applied"], false);
    assert_eq!(plan["changes"][0]["before"], "0644");
    assert_eq!(plan["changes"][0]["after"], "0600");
    assert_eq!(mode(&file, None), 0o644);
    let guest = gateway.device(Scope::Chat, "Guest").await;
    let body = json!({"id": "files.database"});
    let refused = guest.post("/api/doctor/fix", body.clone()).await;
    refused.assert_error(403, "FORBIDDEN");
    let done = owner.post("/api/doctor/fix", body).await.json();
    assert_eq!(done["applied"], true);
    assert_eq!(done["result"]["severity"], "ok");
    assert_eq!(mode(&file, None), 0o600);
    let kept = owner.get("/api/doctor").await.json();
    assert_eq!(finding(&kept, "files.database")["severity"], "ok");
}

#[tokio::test]
async fn a_bad_request_for_a_fix_says_what_is_wrong_with_it() {
    let gateway = Gateway::with(|config, _| config.gateway.require_pairing = false).await;
    let owner = gateway.paired();
    let missing = owner.post("/api/doctor/fix", json!({})).await;
    let details = missing.assert_error(400, "INVALID_REQUEST");
    assert_eq!(details["details"]["field"], "id");
    let unknown = owner
        .post("/api/doctor/fix", json!({"id": "no.such"}))
        .await;
    unknown.assert_error(404, "NOT_FOUND");
    let person = json!({"id": "security.pairing"});
    let person = owner.post("/api/doctor/fix", person).await;
    let error = person.assert_error(409, "CONFLICT");
    assert!(error["error"].as_str().unwrap().contains("/settings"));
    let reader = gateway.device(Scope::Read, "Wall").await;
    let refused = reader.post("/api/doctor", json!({})).await;
    refused.assert_error(403, "FORBIDDEN");
    assert_eq!(reader.get("/api/doctor").await.status, 200);
}

#[tokio::test]
async fn a_file_changed_by_hand_is_put_in_force_on_request() {
    let model = ModelServer::start().await;
    let home = Home::talking_to(&model);
    let gateway = home.start().await;
    let owner = gateway.paired();
    home.configure("agent.max_iterations = 9");
    let report = examined(&owner, "?category=config").await;
    let found = finding(&report, "config.in_force");
    if found["severity"] == "ok" {
        // Whoever watches the file was faster.
        return;
    }
    assert_eq!(found["details"], json!(["agent.max_iterations"]));
    let body = json!({"id": "config.in_force"});
    let done = owner.post("/api/doctor/fix", body).await.json();
    // Unless whoever watches the file was faster than the fix.
    if let Some(change) = done["changes"].as_array().unwrap().first() {
        assert_eq!(change["after"], "9");
    }
    assert_eq!(done["result"]["severity"], "ok", "{done:#}");
}

#[tokio::test]
async fn the_report_to_hand_on_is_markdown_without_secrets() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    examined(&owner, "").await;
    let answer = owner.get("/api/doctor/report").await;
    assert_eq!(answer.status, 200);
    let kind = answer.header("content-type").unwrap();
    assert!(kind.starts_with("text/markdown"), "{kind}");
    let text = answer.body.clone();
    assert!(text.starts_with("# Clawgate report"), "{text}");
    assert!(text.contains("providers.main.answers"), "{text}");
    assert!(!text.contains(KEY) && !text.contains("MASKED\"\ngateway.paired"));
    assert!(!text.contains(&hex::encode(clawgate::security::hash_token(
        crate::support::gateway::TOKEN
    ))));
}

#[tokio::test]
async fn the_command_finds_and_mends_without_a_gateway_and_beside_one() {
    let model = ModelServer::start().await;
    let home = Home::talking_to(&model);
    home.start().await.kill_9().await;
    mode(&home.folder(), Some(0o700));
    mode(&home.folder().join("config.toml"), Some(0o640));
    let said = home.run(&["doctor"]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.out.contains("has the mode 0640"), "{said:?}");
    assert!(said.out.contains("clawgate doctor --fix"), "{said:?}");
    assert!(said.out.contains("1 error, "), "{said:?}");
    let said = home.run(&["doctor", "--fix"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("0640 → 0600"), "{said:?}");
    assert_eq!(mode(&home.folder().join("config.toml"), None), 0o600);

    let gateway = home.start().await;
    let said = home.run(&["doctor", "--json"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let report: Value = serde_json::from_str(&said.out).unwrap();
    let answers = finding(&report, "gateway.answers");
    assert!(
        answers["message"]
            .as_str()
            .unwrap()
            .contains(&gateway.url()),
        "{answers:#}"
    );
    assert_eq!(finding(&report, "providers.main.answers")["severity"], "ok");
    assert!(!said.out.contains(KEY));
    let bad = home.run(&["doctor", "--category", "soup"]).await;
    assert_eq!(bad.code, Some(2), "{bad:?}");
    assert!(bad.err.contains("one of config, files"), "{bad:?}");
    let paper = home.run(&["doctor", "--report"]).await;
    assert!(paper.out.starts_with("# Clawgate report"), "{paper:?}");
}

#[tokio::test]
async fn the_command_works_where_nothing_else_does() {
    let home = Home::empty();
    home.configure("[gateway]\nport = \"many\"");
    fs::write(home.folder().join("clawgate.db"), "no database".repeat(500)).unwrap();
    for path in ["", "config.toml", "clawgate.db"] {
        let private = if path.is_empty() { 0o700 } else { 0o600 };
        mode(&home.folder().join(path), Some(private));
    }
    let said = home.run(&["doctor"]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.out.contains("config.toml:2"), "{said:?}");
    assert!(said.out.contains("is damaged"), "{said:?}");
    assert!(said.out.contains("2 errors"), "{said:?}");
    let nothing = Home::empty();
    mode(&nothing.folder(), Some(0o700));
    let said = nothing.run(&["doctor", "--verbose"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(nothing.files().len(), 0, "it makes nothing");
}
