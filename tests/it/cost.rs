//! What turns cost, as their owner sees it.

use serde_json::{Value, json};

use crate::support::{actor::turn_of, gateway::Gateway};

/// A gateway whose model is one that everybody knows, behind a proxy of one's own.
async fn known() -> Gateway {
    Gateway::with(|config, _| {
        config.providers.get_mut("main").unwrap().model = Some("gpt-5-mini".to_owned());
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
}
