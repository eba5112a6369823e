//! What a scraper gets to see.

use super::*;

const NAMES: [&str; 18] = [
    "zeroclaw_requests_total",
    "zeroclaw_request_duration_seconds",
    "zeroclaw_llm_requests_total",
    "zeroclaw_llm_latency_seconds",
    "zeroclaw_llm_time_to_first_token_seconds",
    "zeroclaw_tokens_total",
    "zeroclaw_cost_usd_total",
    "zeroclaw_tool_calls_total",
    "zeroclaw_cron_runs_total",
    "zeroclaw_heartbeat_ticks_total",
    "zeroclaw_active_turns",
    "zeroclaw_sse_clients",
    "zeroclaw_ws_clients",
    "zeroclaw_db_write_groups_total",
    "zeroclaw_db_writes_total",
    "zeroclaw_db_write_seconds",
    "zeroclaw_db_queue_depth",
    "zeroclaw_db_size_bytes",
];

fn call<'a>(provider: &'a str, model: &'a str) -> LlmCall<'a> {
    LlmCall {
        provider,
        model,
        outcome: LlmOutcome::Ok,
        duration: Duration::from_millis(1500),
        first_token: Some(Duration::from_millis(200)),
        usage: Usage {
            input_tokens: 100,
            output_tokens: 20,
            ..Usage::default()
        },
    }
}

/// The families' names, in order of appearance.
fn families(text: &str) -> Vec<&str> {
    text.lines()
        .filter_map(|line| line.strip_prefix("# TYPE "))
        .filter_map(|rest| rest.split_once(' '))
        .map(|(name, _)| name)
        .collect()
}

fn has(text: &str, line: &str) -> bool {
    text.lines().any(|found| found == line)
}

#[track_caller]
fn assert_has(text: &str, line: &str) {
    assert!(has(text, line), "no line {line:?} in\n{text}");
}

fn expected() -> Vec<&'static str> {
    let mut names = NAMES.to_vec();
    names.sort_unstable();
    names
}

#[test]
fn every_name_is_there_before_anything_happened_and_none_twice() {
    let text = Metrics::new(true).render();
    let mut found = families(&text);
    found.sort_unstable();
    assert_eq!(found, expected());
    assert_has(&text, "zeroclaw_active_turns 0");
    assert_has(&text, "zeroclaw_tokens_total{direction=\"input\"} 0");
    assert_has(&text, "zeroclaw_llm_latency_seconds_count 0");
    assert_has(&text, "zeroclaw_llm_latency_seconds_bucket{le=\"0.25\"} 0");
}

#[test]
fn every_name_is_still_there_once_after_everything_happened() {
    let metrics = Metrics::new(true);
    metrics.request(
        Some("/webhook"),
        &Method::POST,
        200,
        Duration::from_millis(3),
    );
    metrics.llm_call(&call("main", "gpt-5-mini"));
    metrics.spent(Some(MicroUsd(1_500_000)));
    metrics.tool_call("shell", false);
    metrics.cron_run(true);
    metrics.heartbeat_tick();
    metrics.db_write_group(7, Duration::from_micros(80));
    metrics.db_queue_depth(3);
    metrics.db_size_bytes(4096);
    let text = metrics.render();
    let mut found = families(&text);
    found.sort_unstable();
    assert_eq!(found, expected());
    for line in [
        "zeroclaw_requests_total{endpoint=\"webhook\",method=\"POST\",status=\"200\"} 1",
        "zeroclaw_request_duration_seconds_bucket{le=\"0.0025\"} 0",
        "zeroclaw_request_duration_seconds_bucket{le=\"0.005\"} 1",
        "zeroclaw_llm_requests_total{model=\"gpt-5-mini\",outcome=\"ok\",provider=\"main\"} 1",
        "zeroclaw_llm_latency_seconds_sum 1.5",
        "zeroclaw_llm_time_to_first_token_seconds_count 1",
        "zeroclaw_tokens_total{direction=\"output\"} 20",
        "zeroclaw_cost_usd_total 1.5",
        "zeroclaw_tool_calls_total{outcome=\"error\",tool=\"shell\"} 1",
        "zeroclaw_cron_runs_total{outcome=\"ok\"} 1",
        "zeroclaw_heartbeat_ticks_total 1",
        "zeroclaw_db_write_groups_total 1",
        "zeroclaw_db_writes_total 7",
        "zeroclaw_db_write_seconds_count 1",
        "zeroclaw_db_queue_depth 3",
        "zeroclaw_db_size_bytes 4096",
    ] {
        assert_has(&text, line);
    }
    assert!(!text.contains("otel_scope") && !text.contains("target_info"));
}

#[test]
fn a_client_that_leaves_is_no_longer_counted() {
    let metrics = Metrics::new(true);
    let (turn, sse) = (metrics.active_turn(), metrics.sse_client());
    let (ws, second) = (metrics.ws_client(), metrics.ws_client());
    let text = metrics.render();
    assert_eq!(metrics.active_turns(), 1);
    assert_has(&text, "zeroclaw_active_turns 1");
    assert_has(&text, "zeroclaw_sse_clients 1");
    assert_has(&text, "zeroclaw_ws_clients 2");
    drop((turn, sse, ws));
    let text = metrics.render();
    assert_has(&text, "zeroclaw_active_turns 0");
    assert_has(&text, "zeroclaw_ws_clients 1");
    drop(second);
}

#[test]
fn label_values_are_escaped() {
    let metrics = Metrics::new(true);
    metrics.llm_call(&call("a\\b", "say \"hi\"\nzeroclaw_fake 1"));
    let text = metrics.render();
    assert_has(
        &text,
        "zeroclaw_llm_requests_total{model=\"say \\\"hi\\\"\\nzeroclaw_fake 1\",\
         outcome=\"ok\",provider=\"a\\\\b\"} 1",
    );
}

#[test]
fn invented_paths_methods_and_models_share_one_series() {
    let metrics = Metrics::new(true);
    let invented = Method::from_bytes(b"BREW").unwrap();
    metrics.request(None, &invented, 404, Duration::ZERO);
    metrics.request(Some("/"), &Method::GET, 200, Duration::ZERO);
    for number in 0..5000 {
        metrics.llm_call(&call(&format!("p{number}"), &format!("m{number}")));
        metrics.tool_call(&format!("t{number}"), true);
    }
    let text = metrics.render();
    assert_has(
        &text,
        "zeroclaw_requests_total{endpoint=\"other\",method=\"other\",status=\"404\"} 1",
    );
    assert_has(
        &text,
        "zeroclaw_requests_total{endpoint=\"page\",method=\"GET\",status=\"200\"} 1",
    );
    assert_has(
        &text,
        "zeroclaw_llm_requests_total{model=\"other\",outcome=\"ok\",provider=\"other\"} 4972",
    );
    assert_has(
        &text,
        "zeroclaw_tool_calls_total{outcome=\"ok\",tool=\"other\"} 4744",
    );
    assert!(!text.contains("otel_metric_overflow"));
    assert!(text.lines().count() < 600, "{}", text.lines().count());
}

#[test]
fn metrics_that_are_off_say_how_to_turn_them_on() {
    let metrics = Metrics::new(false);
    metrics.llm_call(&call("main", "m"));
    let _turn = metrics.active_turn();
    assert_eq!(metrics.active_turns(), 1);
    let text = metrics.render();
    assert!(text.starts_with("# ") && text.contains("backend = \"prometheus\""));
    assert_eq!(text.lines().count(), 1);
}
