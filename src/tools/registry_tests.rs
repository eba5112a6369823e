//! The registry with tools that sleep, shout and fail.

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::{
    clock::SystemClock,
    config::ConfigHandle,
    model::TurnId,
    tools::{Calculator, Keep, Progress, TimeTool, Todo},
};

/// Does what its arguments say.
struct Puppet(ToolSpec);

#[async_trait]
impl Tool for Puppet {
    fn spec(&self) -> &ToolSpec {
        &self.0
    }

    async fn action(&self, _: &ToolContext, args: &Value) -> Result<Action, ToolError> {
        Ok(Action::reading(args["say"].as_str().unwrap_or_default()))
    }

    async fn run(&self, context: &ToolContext, args: &Value) -> Result<ToolOutput, ToolError> {
        let said = args["say"].as_str().unwrap_or_default().to_owned();
        match args["then"].as_str() {
            Some("hang") => std::future::pending().await,
            Some("wait") => {
                context.cancel.cancelled().await;
                Ok(ToolOutput::own(said))
            }
            Some("fail") => Err(ToolError::Failed(said)),
            Some("shout") => Ok(ToolOutput {
                keep: Keep::Ends,
                ..ToolOutput::own(said.repeat(10_000))
            }),
            _ => Ok(ToolOutput::own(said).with_details(json!({"deep": [args["say"]]}))),
        }
    }
}

fn registry() -> Registry {
    let schema = json!({
        "type": "object",
        "properties": {"say": {"type": "string"}, "then": {"type": "string"}},
        "additionalProperties": false
    });
    let spec = ToolSpec {
        timeout: Some(Duration::from_millis(200)),
        output_cap: 1000,
        ..ToolSpec::reading("puppet", "Does what it is told.", schema)
    };
    let leaks = Leaks::new(ConfigHandle::new(Config::default()), PathBuf::new());
    let tools: Vec<Arc<dyn Tool>> = vec![
        Arc::new(Puppet(spec)),
        Arc::new(Calculator::default()),
        Arc::new(TimeTool::default()),
        Arc::new(Todo::default()),
    ];
    Registry::new(tools, Arc::new(leaks)).unwrap()
}

fn context() -> ToolContext {
    ToolContext {
        session_id: SessionId::fresh(),
        turn_id: TurnId::fresh(),
        call_id: "1".to_owned(),
        config: Arc::new(Config::default()),
        clock: Arc::new(SystemClock),
        cancel: CancellationToken::new(),
        progress: Progress::default(),
    }
}

async fn run(name: &str, args: Value) -> Finished {
    let registry = registry();
    let call = registry.check(name, args).unwrap();
    registry.run(&context(), &call).await
}

#[tokio::test]
async fn a_call_ends_done_or_failed() {
    let done = run("calculator", json!({"expression": "6 * 7"})).await;
    assert_eq!((done.output.as_str(), done.success()), ("42", true));
    let failed = run("calculator", json!({"expression": "6 /"})).await;
    assert_eq!((failed.outcome, failed.success()), (Outcome::Failed, false));
    assert!(
        failed.output.contains("a number is missing"),
        "{}",
        failed.output
    );
    let steps =
        json!({"items": [{"text": "a", "state": "done"}, {"text": "b", "state": "pending"}]});
    assert_eq!(
        run("todo", steps).await.output,
        "1 of 2 steps done\n[x] a\n[ ] b"
    );
    assert!(
        run("time", json!({"zone": "UTC"}))
            .await
            .output
            .contains("(UTC, UTC+00:00)")
    );
}

#[tokio::test]
async fn wrong_names_and_arguments_are_told_in_sentences() {
    let registry = registry();
    for (name, args, words) in [
        ("calculater", json!({}), "calculator is near"),
        (
            "zzzzz",
            json!({}),
            "there are calculator, puppet, time, todo",
        ),
        (
            "calculator",
            json!({}),
            "`expression`: is missing; expected a text",
        ),
        (
            "calculator",
            json!({"expresion": "1"}),
            "`expression` is near",
        ),
        ("todo", json!({"items": "x"}), "`items`: expected a list"),
        (
            "todo",
            json!({"items": [{"text": "a", "state": "started"}]}),
            "`items[0].state`: expected one of",
        ),
    ] {
        let error = registry.check(name, args).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[tokio::test]
async fn a_call_that_takes_too_long_or_is_cancelled_ends_within_a_second() {
    let late = run("puppet", json!({"then": "hang"})).await;
    assert_eq!(late.outcome, Outcome::TimedOut);
    // What was said before the end counts.
    let late = run("puppet", json!({"say": "so far", "then": "wait"})).await;
    assert!(
        late.output.starts_with("so far\n[it was stopped after 0 s"),
        "{}",
        late.output
    );
    let registry = registry();
    let context = context();
    let call = registry.check("puppet", json!({"then": "hang"})).unwrap();
    context.cancel.cancel();
    let cancelled = registry.run(&context, &call).await;
    assert_eq!(
        (cancelled.outcome, cancelled.output.as_str()),
        (Outcome::Cancelled, "it was stopped")
    );
    assert!(cancelled.duration < Duration::from_secs(5));
}

#[tokio::test]
async fn secrets_are_masked_wherever_they_would_be_seen() {
    let key = format!("ghp_{}", "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zAbCdE");
    let done = run("puppet", json!({"say": key})).await;
    assert_eq!(done.output, "[masked: a GitHub token]");
    assert_eq!(done.details.unwrap()["deep"][0], "[masked: a GitHub token]");
    assert_eq!(done.masked, 2);
    let failed = run("puppet", json!({"say": key, "then": "fail"})).await;
    assert_eq!(failed.output, "[masked: a GitHub token]");
    // At the edge of what is cut away, too.
    for blanks in 440..520 {
        let say = format!("{}{key} ", " ".repeat(blanks));
        let long = run("puppet", json!({"say": say, "then": "shout"})).await;
        assert!(!long.output.contains("ghp_"), "{blanks}");
        assert!(long.output.len() < 1200 && long.output.contains("are left out here"));
    }
    let registry = registry();
    let call = registry.check("puppet", json!({"say": key})).unwrap();
    let action = registry.action(&context(), &call).await.unwrap();
    assert_eq!(action.summary, "[masked: a GitHub token]");
    assert_eq!(
        registry.shown(call.args())["say"],
        "[masked: a GitHub token]"
    );
}

#[test]
fn the_strictest_list_that_names_a_tool_decides() {
    let registry = registry();
    let mut config = Config::default();
    let spec = registry.find("puppet").unwrap().spec();
    assert_eq!(permission(&config, spec), Permission::Allow);
    config.tools.permissions.allow = vec!["puppet".to_owned()];
    config.tools.permissions.ask = vec!["puppet".to_owned()];
    assert_eq!(permission(&config, spec), Permission::Ask);
    config.tools.permissions.deny = vec!["puppet".to_owned()];
    assert_eq!(permission(&config, spec), Permission::Deny);
    let offered: Vec<String> = registry
        .offers(&config)
        .into_iter()
        .map(|spec| spec.name)
        .collect();
    assert_eq!(offered, ["calculator", "time", "todo"]);
}

#[test]
fn every_schema_is_one_that_is_understood() {
    for spec in registry().specs() {
        assert_eq!(spec.schema["type"], "object", "{}", spec.name);
        assert_eq!(spec.schema["additionalProperties"], false, "{}", spec.name);
        assert!(
            spec.description.len() > 10 && spec.description.ends_with('.'),
            "{}",
            spec.name
        );
    }
}

#[test]
fn two_tools_of_one_name_are_refused() {
    let leaks = Arc::new(Leaks::new(
        ConfigHandle::new(Config::default()),
        PathBuf::new(),
    ));
    let twice: Vec<Arc<dyn Tool>> = vec![Arc::new(Todo::default()), Arc::new(Todo::default())];
    let error = Registry::new(twice, leaks).err().unwrap();
    assert_eq!(error, RegistryError::SameName("todo".to_owned()));
}
