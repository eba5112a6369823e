//! `/api/logs`: lines that outlive a crash, filters, following, levels at run time, downloads, and
//! what bad input is told.

use serde_json::{Value, json};

use crate::{
    model_server::ModelServer,
    support::{
        actor::Actor,
        gateway::{Gateway, KEY},
        home::Home,
        process::GatewayProcess,
        stream::Events,
        until,
    },
};
use clawgate::model::Scope;

async fn lines(owner: &Actor, query: &str) -> Vec<Value> {
    let page = owner.get(&format!("/api/logs{query}")).await;
    assert_eq!(page.status, 200, "{page:?}");
    page.json()["lines"].as_array().unwrap().clone()
}

/// Lines with this message, once there are `count`.
async fn said(owner: &Actor, query: &str, message: &str, count: usize) -> Vec<Value> {
    until(&format!("{count} lines \"{message}\""), async || {
        let found = lines(owner, query).await;
        let found: Vec<Value> = found
            .into_iter()
            .filter(|line| line["message"] == message)
            .collect();
        (found.len() >= count).then_some(found)
    })
    .await
}

async fn started(configured: &str) -> (Home, ModelServer, GatewayProcess) {
    let model = ModelServer::start().await;
    let home = Home::talking_to(&model);
    home.configure(configured);
    let gateway = home.start().await;
    (home, model, gateway)
}

async fn level(owner: &Actor, body: Value) -> Value {
    let set = owner.ask("PUT", "/api/logs/level").json(&body).send().await;
    assert_eq!(set.status, 200, "{set:?}");
    set.json()
}

/// Lines of a stream up to one that says this.
async fn until_said(events: &mut Events, text: &str) -> Vec<Value> {
    let mut seen = Vec::new();
    while let Some(event) = events.next().await {
        assert_eq!(event.name, "log", "{event:?}");
        let line = event.json();
        assert_eq!(event.id, line["id"].to_string());
        let done = line.to_string().contains(text);
        seen.push(line);
        if done {
            return seen;
        }
    }
    panic!("the stream ended before {text}: {seen:?}");
}

#[tokio::test]
async fn a_line_knows_its_turn_and_outlives_a_crash() {
    let (home, _model, gateway) = started("providers.main.max_retries = 0").await;
    let owner = gateway.paired();
    owner.said("first", "say:hello").await;
    owner.chat("second", "status:500").await;
    let ended = said(&owner, "", "turn ended", 2).await;
    assert_eq!(ended[0]["level"], "warn");
    assert_eq!(ended[0]["session_id"], "second");
    assert_eq!(ended[0]["fields"]["code"], "PROVIDER_ERROR");
    assert_eq!(ended[1]["session_id"], "first");
    let turn = ended[0]["turn_id"].as_str().unwrap().to_owned();
    assert_eq!(owner.turn(&turn).await["state"], "failed");
    let of_turn = lines(&owner, &format!("?turn_id={turn}")).await;
    assert!(of_turn.len() >= 2, "{of_turn:?}");
    assert!(of_turn.iter().all(|line| line["turn_id"] == *turn));
    let of_session = lines(&owner, "?session_id=first").await;
    assert_eq!(of_session[0]["message"], "turn ended");
    let answered = said(&owner, "?text=/api/chat", "answered", 2).await;
    let request = answered[0]["request_id"].as_str().unwrap();
    let of_request = lines(&owner, &format!("?request_id={request}")).await;
    assert_eq!(of_request.len(), 1, "{of_request:?}");
    let before = lines(&owner, "?limit=1000").await;
    gateway.kill_9().await;

    let again = home.start().await;
    let owner = again.paired();
    let newest = before[0]["id"].as_u64().unwrap();
    let after = lines(&owner, "?limit=1000").await;
    let kept: Vec<Value> = after
        .into_iter()
        .filter(|line| line["id"].as_u64().unwrap() <= newest)
        .collect();
    assert_eq!(kept, before);
    // A reader that was away meanwhile goes on without a gap.
    let last = (newest - 1).to_string();
    let mut events = owner.events_after("/api/logs/stream", Some(&last)).await;
    owner.said("third", "say:again").await;
    let seen = until_said(&mut events, "turn ended").await;
    let ids: Vec<u64> = seen
        .iter()
        .map(|line| line["id"].as_u64().unwrap())
        .collect();
    assert_eq!(ids[0], newest);
    assert!(ids.windows(2).all(|pair| pair[1] == pair[0] + 1), "{ids:?}");
}

#[tokio::test]
async fn filters_cursors_counts_and_downloads_agree() {
    let (_home, _model, gateway) = started("providers.main.max_retries = 0").await;
    let owner = gateway.paired();
    for number in 0..6 {
        owner.said("s", &format!("say:{number}")).await;
        owner.chat("s", "status:500").await;
    }
    said(&owner, "", "turn ended", 12).await;
    let all = lines(&owner, "?text=turn%20ended").await;
    assert_eq!(all.len(), 12);
    let query = "text=turn%20ended&target=clawgate::agent,-clawgate::gateway";
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = owner
            .get(&format!("/api/logs?limit=5&{query}{cursor}"))
            .await;
        let page = page.json();
        seen.extend(page["lines"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, all);
    let failed = lines(&owner, "?level=warn&regex=turn%20E.DED").await;
    assert_eq!(failed.len(), 6);
    assert!(lines(&owner, "?target=hyper").await.is_empty());
    let middle = all[5]["timestamp"].as_str().unwrap();
    let later = lines(&owner, &format!("?text=turn%20ended&from={middle}")).await;
    assert!((6..12).contains(&later.len()), "{later:?}");

    let third = all[2]["id"].as_u64().unwrap();
    let before = lines(
        &owner,
        &format!("?text=turn%20ended&limit=2&before_id={}", third + 1),
    )
    .await;
    assert_eq!(before, all[2..4]);

    let newest = owner.get("/api/logs?limit=1").await.json();
    let newer = newest["newer_cursor"].as_str().unwrap();
    owner.said("s", "say:more").await;
    said(&owner, &format!("?cursor={newer}"), "turn ended", 1).await;

    let counted = owner
        .get("/api/logs/histogram?text=turn%20ended&buckets=10")
        .await
        .json();
    let sum = |level: &str| -> u64 {
        let buckets = counted["buckets"].as_array().unwrap().iter();
        buckets.map(|bucket| bucket[level].as_u64().unwrap()).sum()
    };
    assert_eq!((sum("info"), sum("warn"), sum("error")), (7, 6, 0));
    assert_eq!(counted["partial"], false);
    let targets = owner.get("/api/logs/targets").await.json();
    let names = targets["targets"].to_string();
    assert!(names.contains("clawgate::agent::ending"), "{names}");

    let file = owner.get("/api/logs/download?text=turn%20ended").await;
    assert!(
        file.header("content-disposition")
            .unwrap()
            .contains(".jsonl\"")
    );
    let taken: Vec<Value> = file
        .body
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(taken.len(), 13);
    assert_eq!(taken[11], all[0], "the oldest first");
    let words = owner
        .get("/api/logs/download?format=text&level=warn&text=turn%20ended")
        .await;
    assert_eq!(words.body.lines().count(), 6);
    assert!(
        words
            .body
            .contains(" WARN clawgate::agent::ending: turn ended"),
        "{words:?}"
    );
}

#[tokio::test]
async fn the_level_is_changed_while_the_gateway_runs() {
    let (home, _model, gateway) = started("").await;
    let owner = gateway.paired();
    owner.said("s", "say:quiet").await;
    said(&owner, "", "turn ended", 1).await;
    assert!(lines(&owner, "?text=model%20answered").await.is_empty());
    let set = level(
        &owner,
        json!({"target": "clawgate::agent", "level": "debug"}),
    )
    .await;
    assert_eq!(set["level"], "info");
    assert_eq!(set["overrides"][0]["target"], "clawgate::agent");
    owner.said("s", "say:loud").await;
    let told = said(&owner, "?level=debug", "model answered", 1).await;
    assert_eq!(told[0]["level"], "debug");
    level(
        &owner,
        json!({"target": "clawgate::agent", "level": "default"}),
    )
    .await;
    let silent = level(&owner, json!({"level": "off", "minutes": 5})).await;
    assert!(silent["overrides"][0]["until"].is_string(), "{silent}");
    owner.said("s", "say:silent").await;
    let back = level(&owner, json!({"level": "default"})).await;
    assert_eq!(back["overrides"], json!([]));

    // What is written into the configuration stays; a change by the same way is obeyed at once.
    let kept = json!({"target": "clawgate::agent::ending", "level": "error", "persist": true});
    let kept = level(&owner, kept).await;
    assert_eq!(kept["configured"], "info,clawgate::agent::ending=error");
    assert_eq!(kept["overrides"], json!([]));
    owner.said("s", "say:unheard").await;
    level(&owner, json!({"level": "warn", "persist": true})).await;
    assert_eq!(lines(&owner, "?text=turn%20ended").await.len(), 2);
    gateway.kill_9().await;
    let again = home.start().await;
    let now = again.paired().get("/api/logs/level").await.json();
    assert_eq!(now["configured"], "warn,clawgate::agent::ending=error");
    assert_eq!(now["effective"], now["configured"]);
    assert_eq!(now["level"], "warn");
}

#[tokio::test]
async fn a_follower_gets_what_it_asked_for_and_no_secret() {
    let (home, _model, gateway) = started("providers.main.max_retries = 0").await;
    let owner = gateway.paired();
    let mut events = owner
        .events("/api/logs/stream?level=warn&text=turn%20ended")
        .await;
    owner.said("s", "say:one").await;
    owner.chat("s", "status:401").await;
    let seen = until_said(&mut events, "turn ended").await;
    assert_eq!(seen.len(), 1, "{seen:?}");
    let secret = "zcl_live_a-secret-in-an-address-0123456789";
    let path = format!("/api/sessions/search?q={secret}&limit=x{secret}");
    owner.get(&path).await;
    owner.get(&format!("/api/{secret}")).await;
    said(&owner, "", "answered", 3).await;
    let all = owner.get("/api/logs/download?format=text").await.body;
    assert!(!all.contains("0123456789") && !all.contains(KEY), "{all}");
    gateway.terminate().await;
    let logged = home.files().into_iter().any(|(path, bytes)| {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        path.to_string_lossy().ends_with(".log") && text.contains("\"stopping\"")
    });
    assert!(logged, "the last line is written");
}

#[tokio::test]
async fn what_makes_no_sense_names_its_field() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    for (query, field) in [
        ("/api/logs?level=loud", "level"),
        ("/api/logs?regex=a(b", "regex"),
        ("/api/logs/stream?regex=*", "regex"),
        ("/api/logs?limit=0", "limit"),
        ("/api/logs?limit=1001", "limit"),
        ("/api/logs?cursor=abc", "cursor"),
        ("/api/logs?before_id=x", "before_id"),
        ("/api/logs?turn_id=7", "turn_id"),
        ("/api/logs?from=yesterday", "from"),
        ("/api/logs/histogram?buckets=0", "buckets"),
        ("/api/logs/download?format=xml", "format"),
        (
            "/api/logs?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
            "from",
        ),
    ] {
        let answer = owner.get(query).await;
        let error = answer.assert_error(400, "INVALID_REQUEST");
        assert_eq!(error["details"]["field"], field, "{query} {error}");
    }
    for (body, field) in [
        (json!({}), "level"),
        (json!({"level": "loud"}), "level"),
        (json!({"level": "info", "target": "a b"}), "target"),
        (json!({"level": "trace", "target": "genai::webc"}), "target"),
        (json!({"level": "info", "minutes": 0}), "minutes"),
        (
            json!({"level": "info", "minutes": 5, "persist": true}),
            "minutes",
        ),
        (json!({"level": "default", "persist": true}), "persist"),
    ] {
        let answer = owner.post("/api/logs/level", body.clone()).await;
        let error = answer.assert_error(400, "INVALID_REQUEST");
        assert_eq!(error["details"]["field"], field, "{body} {error}");
    }
    let reader = gateway.device(Scope::Read, "reader").await;
    assert_eq!(reader.get("/api/logs").await.status, 200);
    let refused = reader
        .post("/api/logs/level", json!({"level": "trace"}))
        .await;
    refused.assert_error(403, "FORBIDDEN");
}
