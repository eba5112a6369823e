//! `todo`: the agent's plan for what it is at, kept in the conversation where its owner sees it.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Action, Tool, ToolContext, ToolError, ToolOutput, ToolSpec, parse};

/// Keeps the plan.
#[derive(Debug)]
pub struct Todo(ToolSpec);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Pending,
    InProgress,
    Done,
}

#[derive(Debug, Serialize, Deserialize)]
struct Item {
    text: String,
    state: State,
}

#[derive(Deserialize)]
struct Args {
    items: Vec<Item>,
}

impl Default for Todo {
    fn default() -> Self {
        let spec = ToolSpec::reading(
            "todo",
            "Notes the steps of a longer piece of work and how far each is, for you and for your \
             owner to see. Give the whole list each time; it takes the place of the last one. Use \
             it for work of three steps or more, and keep it true while you go on.",
            json!({
                "type": "object",
                "properties": {
                    "items": {
                        "type": "array", "maxItems": 50,
                        "description": "All steps, in order",
                        "items": {
                            "type": "object",
                            "properties": {
                                "text": {"type": "string", "minLength": 1, "maxLength": 500},
                                "state": {"type": "string", "enum": ["pending", "in_progress", "done"]}
                            },
                            "required": ["text", "state"],
                            "additionalProperties": false
                        }
                    }
                },
                "required": ["items"],
                "additionalProperties": false
            }),
        );
        // The order of two lists matters.
        Self(ToolSpec {
            parallel_safe: false,
            ..spec
        })
    }
}

#[async_trait]
impl Tool for Todo {
    fn spec(&self) -> &ToolSpec {
        &self.0
    }

    async fn action(&self, _: &ToolContext, args: &Value) -> Result<Action, ToolError> {
        let args: Args = parse(args)?;
        Ok(Action::reading(format!("Plan: {}", words(&args.items))))
    }

    async fn run(&self, _: &ToolContext, args: &Value) -> Result<ToolOutput, ToolError> {
        let args: Args = parse(args)?;
        let mut out = words(&args.items);
        for item in &args.items {
            let sign = match item.state {
                State::Pending => ' ',
                State::InProgress => '~',
                State::Done => 'x',
            };
            out.push_str(&format!("\n[{sign}] {}", item.text));
        }
        Ok(ToolOutput::own(out).with_details(json!({"items": args.items})))
    }
}

fn words(items: &[Item]) -> String {
    let count = |state| items.iter().filter(|item| item.state == state).count();
    match items.len() {
        0 => "no steps".to_owned(),
        all => format!("{} of {all} steps done", count(State::Done)),
    }
}
