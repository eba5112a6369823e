//! What calls of models cost, as their owner sees it: the ledger, its sums, and budgets.

use std::sync::Arc;

use clawgate::{clock::ManualClock, model::Timestamp};
use serde_json::{Value, json};

use crate::{
    model_server::ModelServer,
    support::{
        actor::{Actor, turn_of},
        client::Answer,
        gateway::Gateway,
        home::Home,
        until,
    },
};

/// A gateway whose model is one that everybody knows, behind a proxy of one's own.
async fn known() -> Gateway {
    limited(|_| ()).await
}

/// The same with other budgets.
async fn limited(change: impl FnOnce(&mut clawgate::config::CostConfig)) -> Gateway {
    Gateway::with(|config, _| {
        config.providers.get_mut("main").unwrap().model = Some("gpt-5-mini".to_owned());
        change(&mut config.cost);
    })
    .await
}

/// Input at 0.25, of it cached at 0.025, output at 2 dollars a million, in whole micro-dollars.
fn expected(usage: &Value) -> String {
    let tokens = |name: &str| usage[name].as_u64().unwrap();
    let cached = tokens("cached_tokens");
    let plain = tokens("input_tokens") - cached;
    let thousandths = plain * 250 + cached * 25 + tokens("output_tokens") * 2000;
    format!("0.{:06}", (thousandths + 500) / 1000)
}

async fn records(owner: &Actor, query: &str) -> Vec<Value> {
    let answer = owner.get(&format!("/api/cost/records?{query}")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["records"].as_array().unwrap().clone()
}

/// The ledger's rows once there are so many that are settled.
async fn settled(owner: &Actor, count: usize) -> Vec<Value> {
    until(&format!("{count} settled calls"), async || {
        let rows = records(owner, "limit=200").await;
        let open = rows.iter().any(|row| row["status"] == "open");
        (rows.len() == count && !open).then_some(rows)
    })
    .await
}

fn micros(amount: &Value) -> i64 {
    let text = amount.as_str().unwrap().replace('.', "");
    text.parse().unwrap()
}

#[tokio::test]
async fn a_turn_costs_its_tokens_at_the_list_price_wherever_one_looks() {
    let gateway = known().await;
    let owner = gateway.paired();
    let answer = owner.chat("s", "cached:3 say:a b c d e").await.json();
    let cost = expected(&answer["usage"]);
    assert_ne!(cost, "0.000000");
    assert_eq!(answer["cost_usd"], json!(cost));
    let turn = answer["turn_id"].as_str().unwrap();
    assert_eq!(owner.turn(turn).await["cost_usd"], json!(cost));
    let messages = owner.get("/api/sessions/s/messages").await.json();
    assert_eq!(messages["messages"][1]["cost_usd"], json!(cost));
    let status = owner.get("/api/status").await.json();
    assert_eq!(status["token_usage"]["estimated_cost_usd"], json!(cost));
    assert_eq!(status["token_usage"]["unpriced_tokens"], 0);
    let metrics = owner.get("/metrics").await.body;
    let dollars: f64 = cost.parse().unwrap();
    assert!(
        metrics.contains(&format!("zeroclaw_cost_usd_total {dollars}")),
        "{metrics}"
    );
    let rows = settled(&owner, 1).await;
    for (field, value) in [
        ("cost_usd", json!(cost)),
        ("turn_id", json!(turn)),
        ("session_id", json!("s")),
        ("origin", json!("api")),
        ("model", json!("gpt-5-mini")),
        ("status", json!("ok")),
        ("price_input_usd", json!("0.250000")),
        ("price_source", json!("packaged")),
        ("cached_tokens", json!(3)),
    ] {
        assert_eq!(rows[0][field], value, "{field}");
    }
    assert!(rows[0]["device_id"].is_string());
    for by in ["model", "day", "session", "origin", "device"] {
        let report = owner.get(&format!("/api/cost?group_by={by}")).await.json();
        assert_eq!(report["daily_cost_usd"], json!(cost), "{by}");
        assert_eq!(report["groups"][0]["cost_usd"], json!(cost), "{by}");
        let today = report["series"].as_array().unwrap().last().unwrap();
        assert_eq!(today["parts"][0]["cost_usd"], json!(cost), "{by}");
        assert_eq!(report["limits"]["daily"]["spent_usd"], json!(cost), "{by}");
    }
}

#[tokio::test]
async fn what_was_cut_off_costs_nobody_knows_what_and_what_was_refused_nothing() {
    let gateway = known().await;
    let owner = gateway.paired();
    for (message, cost) in [
        ("break:2 say:a b c d", json!(null)),
        ("status:400", json!("0.000000")),
    ] {
        let turn = owner.begin("s", message).await;
        assert_eq!(
            owner.turn_when(&turn, "failed").await["cost_usd"],
            cost,
            "{message}"
        );
    }
    let mut reader = owner.stream("s", "hold:k say:a b").await;
    let turn = turn_of(&reader.until("chunk").await[0]);
    let stopped = owner.cancel(&turn).await.json();
    assert_eq!(stopped["cost_usd"], json!(null));
    let rows = settled(&owner, 3).await;
    let ends: Vec<_> = rows.iter().map(|row| row["status"].clone()).collect();
    assert_eq!(ends, ["cancelled", "failed", "broken"]);
    let report = owner.get("/api/cost").await.json();
    assert_eq!(report["total"]["unpriced_calls"], 2);
    assert_eq!(report["unpriced_models"][0]["priced_now"], true);
    // Budgets count an estimate of what was stopped.
    let estimate: i64 = rows
        .iter()
        .filter(|row| row["cost_usd"].is_null())
        .map(|row| micros(&row["estimated_cost_usd"]))
        .sum();
    assert!(estimate > 0);
    assert_eq!(micros(&report["limits"]["daily"]["spent_usd"]), estimate);
}

#[tokio::test]
async fn a_model_without_a_price_is_named_until_it_has_one() {
    let model = ModelServer::start().await;
    let home = Home::talking_to(&model);
    let gateway = home.start().await;
    let owner = gateway.paired();
    let first = owner.chat("s", "say:a b c").await.json();
    assert_eq!(first["cost_usd"], json!(null));
    let report = owner.get("/api/cost").await.json();
    assert_eq!(report["total"]["cost_usd"], json!(null));
    let unpriced = &report["unpriced_models"][0];
    assert_eq!(
        (
            &unpriced["provider"],
            &unpriced["model"],
            &unpriced["priced_now"]
        ),
        (&json!("main"), &json!("test-model"), &json!(false))
    );
    let put = |body: Value| owner.ask("PUT", "/api/cost/prices").json(&body).send();
    let wrong = put(json!({"prices": [
        {"provider": "main", "model": "test-model", "input_per_million_usd": "-1", "output_per_million_usd": "2"},
    ]}))
    .await;
    assert_eq!(
        (wrong.status, wrong.json()["details"]["field"].clone()),
        (400, json!("prices[0].input_per_million_usd"))
    );
    let set = put(json!({"prices": [
        {"provider": "main", "model": "test-*", "input_per_million_usd": "1.00", "output_per_million_usd": "2.00"},
    ]}))
    .await;
    assert_eq!(set.status, 200, "{set:?}");
    assert_eq!(set.json()["prices"][0]["source"], "custom");
    let written = std::fs::read_to_string(home.folder().join("config.toml")).unwrap();
    assert!(
        written.contains("main/test-* in 1.00 out 2.00"),
        "{written}"
    );
    let second = owner.chat("s", "say:a b c").await.json();
    let tokens = |name: &str| second["usage"][name].as_i64().unwrap();
    let cost = tokens("input_tokens") + 2 * tokens("output_tokens");
    assert_eq!(micros(&second["cost_usd"]), cost);
    let report = owner.get("/api/cost").await.json();
    assert_eq!(micros(&report["total"]["cost_usd"]), cost);
    assert_eq!(report["unpriced_models"][0]["priced_now"], true);
}

fn over(answer: &Answer) -> Value {
    assert_eq!(answer.status, 402, "{answer:?}");
    let body = answer.json();
    assert_eq!(body["code"], "BUDGET_EXCEEDED");
    body["details"].clone()
}

#[tokio::test]
async fn a_budget_that_is_used_up_answers_402_with_what_and_when_it_resets() {
    let gateway = limited(|cost| {
        cost.daily_limit = clawgate::model::MicroUsd(5000);
        cost.budgets = vec!["session tight total 0.000001".parse().unwrap()];
    })
    .await;
    let owner = gateway.paired();
    let mut news = owner
        .events("/api/events?types=budget_warning,cost_update")
        .await;
    let tight = over(&owner.chat("tight", "say:a").await);
    assert_eq!(tight["budget"], "session tight total");
    assert_eq!(tight["resets_at"], json!(null));
    assert!(gateway.asked().is_empty(), "nothing was sent");
    let refused = until("the budget to be used up", async || {
        let answer = owner
            .chat("s", &format!("say:{}", "word ".repeat(150)))
            .await;
        (answer.status != 200).then_some(answer)
    })
    .await;
    let details = over(&refused);
    assert_eq!(details["budget"], "day");
    assert_eq!(details["limit_usd"], "0.005000");
    let resets_at = details["resets_at"].as_str().unwrap();
    let report = owner.get("/api/cost").await.json();
    let daily = &report["limits"]["daily"];
    assert_eq!(daily["resets_at"], resets_at);
    assert!(micros(&daily["spent_usd"]) <= 5000, "{daily}");
    let turn = owner.turn(details["turn_id"].as_str().unwrap()).await;
    assert_eq!(
        (&turn["state"], &turn["cost_usd"]),
        (&json!("failed"), &json!("0.000000"))
    );
    // The first refusal is told, and so is what was spent.
    news.until("budget_warning").await;
    news.until("cost_update").await;
}

#[tokio::test]
async fn a_day_is_as_long_as_the_owners_when_clocks_are_put_back() {
    // Half past midnight in Berlin, on the day that has 25 hours.
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_792_881_000_000)));
    let gateway = Gateway::at(clock.clone(), |config, _| {
        config.providers.get_mut("main").unwrap().model = Some("gpt-5-mini".to_owned());
        config.owner.time_zone = "Europe/Berlin".to_owned();
        config.cost.daily_limit = clawgate::model::MicroUsd(20_000);
    })
    .await;
    let owner = gateway.paired();
    let say = format!("say:{}", "word ".repeat(400));
    let first = micros(&owner.chat("s", &say).await.json()["cost_usd"]);
    // One minute before midnight: 24 hours and 29 minutes later, and still the same day.
    clock.advance(24 * 3600 + 29 * 60);
    let second = micros(&owner.chat("s", &say).await.json()["cost_usd"]);
    let report = owner.get("/api/cost?days=2").await.json();
    assert_eq!(report["today"], "2026-10-25");
    assert_eq!(micros(&report["daily_cost_usd"]), first + second);
    let daily = &report["limits"]["daily"];
    assert_eq!(daily["since"], "2026-10-24T22:00:00.000Z");
    assert_eq!(daily["resets_at"], "2026-10-25T23:00:00.000Z");
    clock.advance(60);
    let report = owner.get("/api/cost?days=2").await.json();
    assert_eq!(report["today"], "2026-10-26");
    assert_eq!(micros(&report["daily_cost_usd"]), 0);
    let days: Vec<_> = report["series"].as_array().unwrap().iter().collect();
    assert_eq!(days[0]["date"], "2026-10-25");
    assert_eq!(micros(&days[0]["cost_usd"]), first + second);
    assert_eq!(micros(&report["monthly_cost_usd"]), first + second);
    let of_day = records(&owner, "from=2026-10-25&to=2026-10-25").await;
    assert_eq!(of_day.len(), 2);
    assert!(records(&owner, "from=2026-10-26").await.is_empty());
}

#[tokio::test]
async fn a_turn_that_uses_up_its_budget_ends_with_what_it_has_and_says_why() {
    // A tenth of a cent for a word; what is sent costs nothing.
    let gateway = Gateway::with(|config, _| {
        config.cost.prices = vec!["main/* in 0.00 out 1000.00".parse().unwrap()];
        config.cost.budgets = vec!["session * total 0.50".parse().unwrap()];
    })
    .await;
    let owner = gateway.paired();
    let words = "word ".repeat(300);
    let script = format!("think:{} tool:time {{}} next say:more", words.trim());
    let answer = owner.chat("s", &script).await;
    let details = over(&answer);
    assert_eq!(details["budget"], "session * total");
    assert_eq!(gateway.asked().len(), 1, "the second call was not sent");
    assert_eq!(gateway.asked()[0]["max_tokens"], 500, "cut to what is left");
    let turn = owner.turn(details["turn_id"].as_str().unwrap()).await;
    assert_eq!(turn["state"], "failed");
    assert!(
        turn.to_string().contains("word word"),
        "what was thought stays"
    );
    assert!(micros(&turn["cost_usd"]) >= 300_000, "{turn}");
}

#[tokio::test]
async fn many_turns_at_once_stay_within_a_budget() {
    const LIMIT: i64 = 6_000;
    let gateway = limited(|cost| cost.daily_limit = clawgate::model::MicroUsd(LIMIT)).await;
    let owner = gateway.paired();
    let message = format!("say:{}", "word ".repeat(300));
    let turns = (0..24).map(|turn| {
        let (owner, message) = (&owner, &message);
        async move { owner.chat(&format!("s{turn}"), message).await.status }
    });
    let mut ends = futures_util::future::join_all(turns).await;
    ends.sort_unstable();
    ends.dedup();
    assert_eq!(ends, [200, 402], "some were answered, some refused");
    let report = owner.get("/api/cost").await.json();
    let daily = &report["limits"]["daily"];
    assert!(micros(&daily["spent_usd"]) <= LIMIT, "{daily}");
    assert_eq!(micros(&daily["reserved_usd"]), 0);
    let rows = records(&owner, "limit=200").await;
    let sum: i64 = rows.iter().map(|row| micros(&row["cost_usd"])).sum();
    assert_eq!(micros(&report["daily_cost_usd"]), sum);
}

#[tokio::test]
async fn a_used_up_budget_goes_on_with_the_cheaper_model_and_says_so() {
    let gateway = limited(|cost| {
        cost.daily_limit = clawgate::model::MicroUsd(1);
        cost.on_limit = clawgate::config::OnLimit::Downgrade;
        cost.downgrade_to = "main/gpt-5-nano".to_owned();
    })
    .await;
    let owner = gateway.paired();
    let events = owner.stream("s", "say:a b c").await.rest().await;
    let events: Vec<Value> = events
        .iter()
        .map(crate::support::stream::Event::json)
        .collect();
    let notice = events.iter().find(|one| one["type"] == "notice").unwrap();
    let message = notice["message"].as_str().unwrap();
    assert!(
        message.contains("goes on with main/gpt-5-nano"),
        "{message}"
    );
    assert_eq!(gateway.asked()[0]["model"], "gpt-5-nano");
    assert_eq!(events.last().unwrap()["response"], "a b c");
}

#[tokio::test]
async fn budgets_are_changed_on_the_page_and_hold_at_once() {
    let model = ModelServer::start().await;
    let home = Home::talking_to(&model);
    home.configure("agent.model = \"gpt-5-mini\"");
    let gateway = home.start().await;
    let owner = gateway.paired();
    let put = |body: Value| owner.ask("PUT", "/api/cost/budgets").json(&body).send();
    let wrong = put(json!({"budgets": [
        {"scope": "origin", "of": "nowhere", "period": "day", "limit_usd": "1"},
    ]}))
    .await;
    assert_eq!(wrong.status, 400, "{wrong:?}");
    assert_eq!(wrong.json()["details"]["field"], "budgets[0]");
    let set = put(json!({
        "daily_limit_usd": "0.5",
        "warn_at_percent": 50,
        "budgets": [{"scope": "session", "of": "*", "period": "total", "limit_usd": "0.000001"}],
    }))
    .await;
    assert_eq!(set.status, 200, "{set:?}");
    let limits = &set.json()["limits"];
    assert_eq!(limits["daily"]["limit_usd"], "0.500000");
    assert_eq!(limits["warn_at_percent"], 50);
    assert_eq!(limits["budgets"][0]["name"], "session * total");
    assert_eq!(
        over(&owner.chat("s", "say:a").await)["budget"],
        "session * total"
    );
}

#[tokio::test]
async fn the_ledger_can_be_paged_filtered_and_taken_home() {
    let gateway = known().await;
    let owner = gateway.paired();
    for session in ["one", "one", "two"] {
        owner.said(session, "say:a b").await;
    }
    let rows = settled(&owner, 3).await;
    assert_eq!(records(&owner, "session_id=one").await.len(), 2);
    assert_eq!(records(&owner, "origin=webhook").await.len(), 0);
    assert_eq!(records(&owner, "model=gpt-5-mini&status=ok").await.len(), 3);
    let first = owner.get("/api/cost/records?limit=2").await.json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let next = records(&owner, &format!("limit=2&cursor={cursor}")).await;
    assert_eq!(next, rows[2..]);
    for bad in ["from=yesterday", "limit=0", "cursor=x", "status=odd"] {
        let answer = owner.get(&format!("/api/cost/records?{bad}")).await;
        assert_eq!(answer.status, 400, "{bad}");
    }
    let title = json!({"title": "=HYPERLINK(\"http://x\")"});
    owner
        .ask("PATCH", "/api/sessions/two")
        .json(&title)
        .send()
        .await;
    let file = owner
        .ask("GET", "/api/cost/records")
        .header("accept", "text/csv")
        .send()
        .await;
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
    let linked = owner.get("/api/cost/records?format=csv").await;
    assert_eq!(linked.body, file.body);
    let lines: Vec<&str> = file.body.lines().collect();
    assert_eq!(lines.len(), 4);
    assert!(lines[0].starts_with("started_at,status,provider"));
    assert!(
        lines[1].contains("\"'=HYPERLINK(\"\"http://x\"\")\""),
        "{}",
        lines[1]
    );
}

#[tokio::test]
async fn after_kill_9_the_figures_stay_and_a_call_in_the_middle_is_not_forgotten() {
    let model = ModelServer::start().await;
    let home = Home::talking_to(&model);
    home.configure("agent.model = \"gpt-5-mini\"");
    let gateway = home.start().await;
    let owner = gateway.paired();
    let cost = owner.chat("s", "say:a b c").await.json()["cost_usd"].clone();
    let mut reader = owner.stream("s", "hold:k say:one two").await;
    let turn = turn_of(&reader.until("chunk").await[0]);
    gateway.kill_9().await;

    let gateway = home.start().await;
    let owner = gateway.paired();
    until("the call to be made again", async || {
        (model.requests().len() == 3).then_some(())
    })
    .await;
    let interrupted = records(&owner, "status=interrupted").await;
    assert_eq!(interrupted.len(), 1);
    assert_eq!(interrupted[0]["cost_usd"], json!(null));
    assert_eq!(interrupted[0]["turn_id"], json!(turn));
    model.release("k");
    let done = owner.turn_when(&turn, "done").await;
    assert_eq!(done["cost_usd"], json!(null));
    let rows = settled(&owner, 3).await;
    assert_eq!(rows[2]["cost_usd"], cost);
    let sum: i64 = rows
        .iter()
        .filter(|row| !row["cost_usd"].is_null())
        .map(|row| micros(&row["cost_usd"]))
        .sum();
    let report = owner.get("/api/cost").await.json();
    assert_eq!(micros(&report["total"]["cost_usd"]), sum);
    assert_eq!(report["total"]["unpriced_calls"], 1);
}
