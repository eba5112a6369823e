//! `/metrics`, `/health` and `/api/status` of the whole gateway, and its routes against its
//! document.

use std::collections::BTreeSet;

use clawgate::gateway::table;
use serde_json::{Value, json};

use crate::{
    every_route::{assert_closed, documented, listed},
    support::{
        client::Ask,
        gateway::{Gateway, KEY, TOKEN},
        until,
    },
};

/// The value of a sample, its labels included.
fn sample(text: &str, name: &str) -> f64 {
    let line = text.lines().find(|line| {
        line.strip_prefix(name)
            .is_some_and(|rest| rest.starts_with(' '))
    });
    let line = line.unwrap_or_else(|| panic!("no {name} in {text}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn turns_are_counted_under_the_documented_names() {
    let gateway = Gateway::with(|config, _| {
        config.providers.get_mut("main").unwrap().max_retries = 0;
    })
    .await;
    let owner = gateway.paired();
    owner.said("s", "cached:5 say:one two").await;
    owner.said("s", "say:three").await;
    owner.chat("s", "status:500").await;
    let mut socket = owner.socket().await;
    let held = socket.say("hold:k say:a b").await;
    socket.until("chunk").await;
    let _news = owner.events("/api/events").await;
    let text = owner.get("/metrics").await;
    assert!(
        text.header("content-type")
            .unwrap()
            .starts_with("text/plain; version=0.0.4")
    );
    let text = text.body;
    let names: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "))
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    for name in [
        "requests_total",
        "request_duration_seconds",
        "llm_requests_total",
        "llm_latency_seconds",
        "llm_time_to_first_token_seconds",
        "tokens_total",
        "cost_usd_total",
        "tool_calls_total",
        "cron_runs_total",
        "heartbeat_ticks_total",
        "active_turns",
        "sse_clients",
        "ws_clients",
        "db_writes_total",
        "db_size_bytes",
    ] {
        assert!(
            names.contains(format!("zeroclaw_{name}").as_str()),
            "{name}: {text}"
        );
    }
    let chat = |status: u16| {
        let labels = format!("endpoint=\"api/chat\",method=\"POST\",status=\"{status}\"");
        sample(&text, &format!("zeroclaw_requests_total{{{labels}}}"))
    };
    assert!((chat(200) - 2.0).abs() < 0.1 && (chat(502) - 1.0).abs() < 0.1);
    for (name, expected) in [
        ("zeroclaw_active_turns", 1.0),
        ("zeroclaw_sse_clients", 1.0),
        ("zeroclaw_ws_clients", 1.0),
        ("zeroclaw_tokens_total{direction=\"output\"}", 3.0),
        ("zeroclaw_llm_time_to_first_token_seconds_count", 2.0),
        (
            "zeroclaw_llm_requests_total{model=\"test-model\",outcome=\"ok\",provider=\"main\"}",
            2.0,
        ),
        (
            "zeroclaw_llm_requests_total{model=\"test-model\",outcome=\"error\",provider=\"main\"}",
            1.0,
        ),
    ] {
        assert!(
            (sample(&text, name) - expected).abs() < 0.1,
            "{name}: {text}"
        );
    }
    // Nothing that a client made up becomes a label.
    assert!(!text.contains(&held) && !text.contains(TOKEN) && !text.contains(KEY));
    gateway.model.release("k");
    socket.until("done").await;
    drop(socket);
    until("the socket to be gone", async || {
        let text = owner.get("/metrics").await.body;
        (sample(&text, "zeroclaw_ws_clients") < 0.5).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_scraper_on_this_machine_needs_no_token_and_one_behind_a_proxy_does() {
    let gateway = Gateway::in_process().await;
    let anon = gateway.anon();
    assert_eq!(anon.get("/metrics").await.status, 200);
    for header in ["X-Forwarded-For", "Forwarded", "X-Real-IP"] {
        let asked = anon.ask("GET", "/metrics").header(header, "203.0.113.9");
        asked.send().await.assert_error(401, "UNAUTHORIZED");
        let asked = gateway.paired().ask("GET", "/metrics");
        let allowed = asked.header(header, "203.0.113.9").send().await;
        assert_eq!(allowed.status, 200);
    }
    let off = Gateway::with(|config, _| config.observability.prometheus = false).await;
    let text = off.anon().get("/metrics").await.body;
    assert!(
        text.starts_with("# ") && text.trim().lines().count() == 1,
        "{text}"
    );
}

#[tokio::test]
async fn health_is_open_and_tells_no_secret() {
    let gateway = Gateway::in_process().await;
    gateway.paired().said("private-session", "say:x").await;
    let health = gateway.anon().get("/health").await;
    assert_eq!(health.status, 200);
    let body = health.json();
    assert_eq!(body["paired"], true);
    assert_eq!(body["require_pairing"], true);
    let parts = body["runtime"]["components"].as_object().unwrap();
    let names: Vec<_> = parts.keys().map(String::as_str).collect();
    for name in ["gateway", "memory", "scheduler", "channels", "provider"] {
        assert!(names.contains(&name), "{names:?}");
    }
    for secret in [
        KEY,
        TOKEN,
        "private-session",
        "test-model",
        &gateway.model.url,
    ] {
        assert!(!health.body.contains(secret), "{health:?}");
    }
}

#[tokio::test]
async fn a_provider_that_fails_shows_in_the_health_and_recovers() {
    let gateway = Gateway::with(|config, _| {
        config.providers.get_mut("main").unwrap().max_retries = 0;
    })
    .await;
    let owner = gateway.paired();
    for (message, expected) in [("status:500", "degraded"), ("say:x", "ok")] {
        owner.chat("s", message).await;
        until("the health to change", async || {
            let health = gateway.anon().get("/health").await.json();
            (health["runtime"]["components"]["provider"] == expected).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn the_status_tells_what_goes_on() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    owner.said("s", "say:one two three").await;
    let turn = owner.begin("s", "hold:k say:a b").await;
    let status = owner.get("/api/status").await.json();
    assert_eq!(status["active_turns"], 1);
    assert_eq!(status["active_sessions"], 1);
    assert_eq!(status["provider"], "main");
    assert_eq!(status["model"], "test-model");
    assert_eq!(status["provider_kind"], "openai");
    assert_eq!(status["provider_source"], "config");
    assert_eq!(status["provider_hint"], Value::Null);
    assert_eq!(status["paired_devices"], 1);
    assert_eq!(status["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(status["gateway"]["port"], owner.address.port());
    assert!(status["token_usage"]["total_tokens"].as_u64().unwrap() > 3);
    assert!(!status.to_string().contains(KEY));
    gateway.model.release("k");
    owner.turn_when(&turn, "done").await;
    until("rest", async || {
        let status = owner.get("/api/status").await.json();
        (status["active_turns"] == 0 && status["active_sessions"] == 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn without_a_provider_the_gateway_says_so_and_answers_all_the_same() {
    let gateway = Gateway::with(|config, _| config.providers.clear()).await;
    let owner = gateway.paired();
    let status = owner.get("/api/status").await.json();
    assert_eq!(status["provider_source"], "demo");
    assert!(status["provider_hint"].is_string());
    let answer = owner.chat("s", "what is 6 * 7?").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(
        answer.json()["response"].as_str().unwrap().contains("42"),
        "{answer:?}"
    );
    assert_eq!(
        answer.json()["cost_usd"]
            .as_str()
            .map(|cost| cost.parse::<f64>().unwrap()),
        Some(0.0)
    );
}

#[tokio::test]
async fn every_documented_route_is_served_and_every_closed_one_is_closed() {
    let gateway = Gateway::in_process().await;
    let anon = gateway.anon();
    let document = anon.get("/openapi.json").await.json();
    let (written, there) = (documented(&document), listed(table()));
    let only_written: Vec<_> = written.difference(&there).collect();
    let only_there: Vec<_> = there.difference(&written).collect();
    assert!(
        only_written.is_empty() && only_there.is_empty(),
        "{only_written:?} {only_there:?}"
    );
    assert_closed(anon.address, table()).await;
    // A route of the table has something behind it: what it says is never "no such path".
    for route in table() {
        let path = route
            .pattern
            .replace("{id}", "0199b1c2-7a3e-7c11-9d5e-3f2a1b0c4d5e");
        let endless = ["/api/events", "/api/logs/stream"];
        if endless.contains(&path.as_str()) || path.starts_with("/ws") {
            continue;
        }
        let ask = Ask::new(anon.address, route.method.as_str(), &path).bearer(TOKEN);
        let answer = ask.json(&json!({})).send().await;
        assert!(
            !answer.body.contains("no such path"),
            "{route:?} {answer:?}"
        );
        assert!(answer.status < 500, "{route:?} {answer:?}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_in_the_one_shape() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    for path in [
        "/api/nothing",
        "/v1/nothing",
        "/api/sessions/s/nothing",
        "/api",
    ] {
        owner.get(path).await.assert_error(404, "NOT_FOUND");
    }
    let other = owner.ask("PUT", "/api/chat").send().await;
    other.assert_error(405, "METHOD_NOT_ALLOWED");
    assert_eq!(other.header("allow"), Some("POST"));
    let nobodys = "/api/turns/0199b1c2-7a3e-7c11-9d5e-3f2a1b0c4d5e";
    owner.get(nobodys).await.assert_error(404, "NOT_FOUND");
}
