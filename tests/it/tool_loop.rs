//! The agent's loop: tools, their results, and the next words; within bounds, past restarts, and
//! with what came before cut down to what fits.

use std::time::{Duration, Instant};

use clawgate::config::{Autonomy, Config, ProviderConfig, ProviderKind};
use serde_json::{Value, json};

use crate::{
    model_server::ModelServer,
    support::{
        actor::{Actor, turn_of},
        gateway::Gateway,
        home::Home,
        stream::{assert_contiguous, folded, parsed, shape},
        until,
    },
};

fn allows_shell(config: &mut Config) {
    config.tools.permissions.allow = vec!["shell".to_owned()];
}

fn sum(expression: &str) -> String {
    format!("tool:calculator {}", json!({"expression": expression}))
}

fn events_of<'a>(events: &'a [Value], kind: &str) -> Vec<&'a Value> {
    events.iter().filter(|one| one["type"] == kind).collect()
}

async fn events(owner: &Actor, answer: &Value) -> Vec<Value> {
    owner.read(answer["turn_id"].as_str().unwrap(), 0).await
}

#[tokio::test]
async fn results_go_to_the_model_the_caller_and_the_next_turn() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let script = format!("{} next say:It is 6.", sum("2*3"));
    let answer = owner.chat("s", &script).await.json();
    assert_eq!(answer["response"], "It is 6.");
    let used = answer["tool_calls"].as_array().unwrap();
    assert_eq!(used.len(), 1);
    assert_eq!(
        (&used[0]["tool"], &used[0]["args"], &used[0]["success"]),
        (
            &json!("calculator"),
            &json!({"expression": "2*3"}),
            &json!(true)
        )
    );
    assert!(used[0]["output"].as_str().unwrap().contains('6'));
    let asked = gateway.asked();
    assert_eq!(asked.len(), 2);
    let names: Vec<_> = asked[0]["tools"].as_array().unwrap().iter().collect();
    assert!(
        names
            .iter()
            .any(|one| one["function"]["name"] == "calculator")
    );
    let second = asked[1]["messages"].as_array().unwrap();
    let [.., call, result] = second.as_slice() else {
        panic!("{second:?}");
    };
    assert_eq!(call["tool_calls"][0]["function"]["name"], "calculator");
    assert_eq!(result["tool_call_id"], call["tool_calls"][0]["id"]);
    // The next turn is told of it too, as it was.
    owner.said("s", "say:next").await;
    let told = gateway.asked().pop().unwrap()["messages"].clone();
    let told = told.as_array().unwrap();
    assert!(told.contains(call) && told.contains(result), "{told:?}");
    let export = owner.get("/api/sessions/s/export?format=md").await.body;
    assert!(export.contains("*Used calculator: "), "{export}");
    let export = owner.get("/api/sessions/s/export?format=json").await.json();
    let steps = &export["messages"][1]["steps"];
    assert_eq!(steps[0]["calls"][0]["name"], "calculator");
}

#[tokio::test]
async fn calls_of_one_answer_run_side_by_side_and_each_has_its_result() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let script = format!("{} tool:time {{}} next say:both", sum("1+1"));
    let answer = owner.chat("s", &script).await.json();
    assert_eq!(answer["response"], "both");
    let events = events(&owner, &answer).await;
    assert_contiguous(&events, 1);
    assert_eq!(
        shape(&events),
        ["turn_started", "tool_call", "tool_result", "chunk", "done"]
    );
    let calls = events_of(&events, "tool_call");
    assert_eq!(
        (calls[0]["id"].clone(), calls[1]["id"].clone()),
        (json!("call_0"), json!("call_1"))
    );
    assert!(calls[0]["summary"].is_string());
    let mut results: Vec<_> = events_of(&events, "tool_result")
        .iter()
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect();
    results.sort();
    assert_eq!(results, ["call_0", "call_1"]);
}

#[tokio::test]
async fn a_call_that_makes_no_sense_is_handed_back_with_the_reason() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let wrong = r#"tool:calculator {"expresion":"1+1"}"#;
    let script = format!("{wrong} next {} next say:done", sum("1+1"));
    let answer = owner.chat("s", &script).await.json();
    let used = answer["tool_calls"].as_array().unwrap();
    assert_eq!(
        (&used[0]["success"], &used[1]["success"]),
        (&json!(false), &json!(true))
    );
    let told = used[0]["output"].as_str().unwrap();
    assert!(told.contains("expression"), "{told}");
    let said = owner.said("s", "tool:calculater {}").await;
    assert!(said.contains("calculator"), "{said}");
}

#[tokio::test]
async fn a_model_that_goes_round_in_circles_is_stopped_and_says_where_things_stand() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let answer = owner.chat("s", "again tool:time {}").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let answer = answer.json();
    let used = answer["tool_calls"].as_array().unwrap();
    assert_eq!(used.len(), 3);
    assert_eq!(used[2]["success"], false);
    let asked = gateway.asked();
    assert_eq!(asked.len(), 4);
    assert_eq!(asked[3].get("tools"), None);
    let roles: Vec<_> = asked[3]["messages"].as_array().unwrap().iter().collect();
    assert!(roles.iter().all(|one| one["role"] != "tool"), "{roles:?}");
    let events = events(&owner, &answer).await;
    let notices = events_of(&events, "notice");
    assert!(
        notices[0]["message"]
            .as_str()
            .unwrap()
            .contains("again and again")
    );
    assert!(!answer["response"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn a_turn_ends_with_a_summary_when_it_has_used_up_its_steps() {
    let gateway = Gateway::with(|config, _| config.agent.max_iterations = 2).await;
    let owner = gateway.paired();
    let script = format!("{} next {} next {}", sum("1+1"), sum("1+2"), sum("1+3"));
    let answer = owner.chat("s", &script).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json()["tool_calls"].as_array().unwrap().len(), 2);
    assert_eq!(gateway.asked().len(), 3);
    let tokens = Gateway::with(|config, _| config.agent.max_turn_tokens = 10).await;
    let answer = tokens.paired().chat("s", &script).await.json();
    assert_eq!(answer["tool_calls"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn without_leave_a_webhook_has_no_tools() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let body = json!({"message": "tool:time {}"});
    let answer = owner.post("/webhook", body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(
        gateway
            .asked()
            .iter()
            .all(|body| body.get("tools").is_none())
    );
    let said = answer.json()["response"].as_str().unwrap().to_owned();
    assert!(!said.contains("UTC"), "{said}");
}

#[tokio::test]
async fn a_running_tool_is_stopped_within_a_second_and_its_processes_with_it() {
    let gateway = Gateway::with(|config, _| allows_shell(config)).await;
    let owner = gateway.paired();
    let command = r#"tool:shell {"command":"sleep 61.718 & sleep 61.718"}"#;
    let mut reader = owner.stream("s", command).await;
    let turn = turn_of(&reader.until("tool_call").await[0]);
    until("the command to run", async || {
        running("61.718").then_some(())
    })
    .await;
    let began = Instant::now();
    assert_eq!(owner.cancel(&turn).await.json()["state"], "cancelled");
    assert!(
        began.elapsed() < Duration::from_secs(1),
        "{:?}",
        began.elapsed()
    );
    until("its processes to be gone", async || {
        (!running("61.718")).then_some(())
    })
    .await;
    assert!(
        began.elapsed() < Duration::from_millis(1500),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(
        parsed(&reader.rest().await).last().unwrap()["type"],
        "cancelled"
    );
}

/// Whether a process with this word in its command line runs.
fn running(word: &str) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|one| std::fs::read(one.path().join("cmdline")).ok());
    lines
        .map(|line| String::from_utf8_lossy(&line).into_owned())
        .any(|line| line.starts_with("sleep") && line.contains(word))
}

#[tokio::test]
async fn what_a_tool_says_is_seen_while_it_runs() {
    let gateway = Gateway::with(|config, _| allows_shell(config)).await;
    let owner = gateway.paired();
    let command = r#"tool:shell {"command":"echo one; sleep 0.6; echo two"}"#;
    let mut reader = owner.stream("s", command).await;
    let seen = reader.until("tool_output").await;
    assert!(seen.iter().all(|event| event.name != "tool_result"));
    let piece = seen.last().unwrap().json();
    assert_eq!(piece["content"], "one\n");
    let rest = parsed(&reader.rest().await);
    let result = events_of(&rest, "tool_result")[0]["output"].clone();
    let output = result.as_str().unwrap();
    assert!(output.contains("one") && output.contains("two"), "{output}");
}

#[tokio::test]
async fn a_command_that_kill_9_cut_off_is_not_run_again_by_itself() {
    let model = ModelServer::start().await;
    let home = Home::talking_to(&model);
    home.configure("tools.permissions.allow = [\"shell\"]");
    let gateway = home.start().await;
    let script = r#"tool:shell {"command":"echo once >> marker; sleep 30"} next say:I will look"#;
    let turn = gateway.paired().begin("s", script).await;
    let marker = home.folder().join("workspace").join("marker");
    until("the command to run", async || marker.exists().then_some(())).await;
    gateway.kill_9().await;
    let gateway = home.start().await;
    let owner = gateway.paired();
    let done = owner.turn_when(&turn, "done").await;
    assert_eq!(done["response"], "I will look");
    let call = &done["steps"][0]["calls"][0];
    assert_eq!(call["success"], false);
    assert!(
        call["output"].as_str().unwrap().contains("not known"),
        "{call}"
    );
    assert_eq!(std::fs::read_to_string(&marker).unwrap(), "once\n");
    assert_eq!(model.requests().len(), 2);
    assert_contiguous(&owner.read(&turn, 0).await, 1);
}

#[tokio::test]
async fn after_kill_9_a_turn_goes_on_from_its_last_tool() {
    let model = ModelServer::start().await;
    let home = Home::talking_to(&model);
    let gateway = home.start().await;
    let script = format!("{} next hold:k say:one two three", sum("2+2"));
    let mut reader = gateway.paired().stream("s", &script).await;
    let mut events = parsed(&reader.until("chunk").await);
    let turn = events[0]["turn_id"].as_str().unwrap().to_owned();
    gateway.kill_9().await;
    let gateway = home.start().await;
    let owner = gateway.paired();
    model.release("k");
    let after = events.len() as u64;
    events.extend(parsed(&owner.follow(&turn, after).await.rest().await));
    assert_contiguous(&events, 1);
    assert_eq!(
        shape(&events),
        [
            "turn_started",
            "tool_call",
            "tool_result",
            "chunk",
            "notice",
            "chunk",
            "done"
        ]
    );
    let notice = events_of(&events, "notice")[0];
    assert_eq!(notice["discard_from_seq"], 4);
    assert_eq!(folded(&events), "one two three");
    assert_eq!(owner.turn(&turn).await["response"], "one two three");
    assert_eq!(events_of(&events, "tool_call").len(), 1);
}

#[tokio::test]
async fn what_does_not_fit_any_more_is_summarised_once_and_stays_readable() {
    let gateway = Gateway::with(|config, _| config.agent.history_tokens = 2500).await;
    let owner = gateway.paired();
    let long = format!("say:{}", "old words ".repeat(150));
    for _ in 0..3 {
        owner.said("s", &long).await;
    }
    let answer = owner.chat("s", "say:now").await.json();
    let events = events(&owner, &answer).await;
    let notice = events_of(&events, "notice")[0]["message"].clone();
    assert!(notice.as_str().unwrap().contains("summarised"), "{notice}");
    let system = |at: usize| {
        let body = gateway.asked().swap_remove(at);
        body["messages"][0]["content"].as_str().unwrap().to_owned()
    };
    let count = gateway.asked().len();
    assert_eq!(count, 5, "three turns, a summary, and the fourth turn");
    assert!(system(3).starts_with("Summarise"));
    assert!(system(4).contains("A summary of"), "{}", system(4));
    // The next turn uses the same summary.
    let answer = owner.chat("s", "say:more").await.json();
    assert_eq!(gateway.asked().len(), 6);
    assert!(system(5).contains("A summary of"));
    assert!(events_of(&self::events(&owner, &answer).await, "notice").is_empty());
    let page = owner.get("/api/sessions/s/messages").await.json();
    assert_eq!(page["messages"].as_array().unwrap().len(), 10);
    assert_eq!(page["messages"][0]["content"], long.as_str());
}

/// A gateway whose only provider is the demo.
async fn demo(autonomy: Autonomy) -> Gateway {
    Gateway::with(|config, _| {
        config.providers.clear();
        let demo = ProviderConfig::of_kind(ProviderKind::Demo);
        config.providers.insert("demo".to_owned(), demo);
        config.agent.autonomy = autonomy;
    })
    .await
}

#[tokio::test]
async fn the_demo_uses_real_tools_so_that_all_of_it_can_be_tried_without_a_key() {
    let gateway = demo(Autonomy::Full).await;
    let owner = gateway.paired();
    let said = owner.said("s", "calculate 2^10").await;
    assert!(said.ends_with("`calculator` says: 1024"), "{said}");
    let said = owner.said("s", "remember that I like green tea").await;
    assert!(said.contains("`memory_store` says"), "{said}");
    let said = owner.said("t", "what do you remember about tea?").await;
    assert!(said.contains("green tea"), "{said}");
    for (asked, told) in [
        ("write one two to notes/a.txt", "`file_write` says"),
        ("replace one with three in notes/a.txt", "`file_edit` says"),
        ("read notes/a.txt", "three two"),
        ("what files are here", "notes"),
        ("find *.txt", "notes/a.txt"),
        ("search the files for three", "notes/a.txt"),
        ("run cat notes/a.txt", "three two"),
        ("what time is it in Tokyo", "Asia/Tokyo"),
        ("plan: wash, dry", "`todo` says"),
        ("what did I say about green tea", "green tea"),
        ("forget that I like green tea", "`memory_forget` says"),
        // No address of this machine is ever fetched.
        ("fetch http://127.0.0.1/", "`web_fetch` says"),
        ("GET http://127.0.0.1/", "`http_request` says"),
    ] {
        let said = owner.said("u", asked).await;
        assert!(said.contains(told), "{asked}: {said}");
    }
}

#[tokio::test]
async fn the_demo_asks_before_it_runs_a_command_that_writes() {
    let gateway = demo(Autonomy::Supervised).await;
    let owner = gateway.paired();
    let turn = owner.begin("s", "run echo made > here.txt").await;
    let request = until("a request", async || {
        let page = owner.get("/api/approvals").await.json();
        let pending = page["approvals"].as_array().unwrap().clone();
        pending.into_iter().next()
    })
    .await;
    assert_eq!(request["action"]["command"], "echo made > here.txt");
    let id = request["request_id"].as_str().unwrap();
    let path = format!("/api/turns/{turn}/approvals/{id}");
    let decided = owner.post(&path, json!({"decision": "approve"})).await;
    assert_eq!(decided.status, 200, "{decided:?}");
    owner.turn_when(&turn, "done").await;
    let said = owner.said("s", "what files are here?").await;
    assert!(said.contains("here.txt"), "{said}");
    let said = owner.said("s", "read here.txt").await;
    assert!(said.contains("made"), "{said}");
}
