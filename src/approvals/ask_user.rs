//! `ask_user`: a question to the owner. It is asked as a request is, so it waits, lapses and is
//! answered like one; the answer is the call's result.

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    model::Risk,
    tools::{
        Action, Effect, Permission, Preview, Tool, ToolContext, ToolError, ToolOutput, ToolSpec,
        parse,
    },
};

/// Asks the owner.
#[derive(Debug)]
pub struct AskUser(ToolSpec);

#[derive(Deserialize)]
struct Args {
    question: String,
    #[serde(default)]
    options: Vec<String>,
}

impl Default for AskUser {
    fn default() -> Self {
        let schema = json!({
            "type": "object",
            "properties": {
                "question": {
                    "type": "string",
                    "minLength": 1,
                    "maxLength": 4000,
                    "description": "The question, with what your owner needs to know to answer it"
                },
                "options": {
                    "type": "array",
                    "maxItems": 12,
                    "items": {"type": "string", "minLength": 1, "maxLength": 200},
                    "description": "Answers to choose from; left out: your owner writes one"
                }
            },
            "required": ["question"],
            "additionalProperties": false
        });
        let description = "Asks your owner a question and waits for the answer. Use it only when \
                           you can't go on without: for a choice that is theirs, or for something \
                           that only they know.";
        Self(ToolSpec {
            permission: Permission::Allow,
            // It waits for a person.
            timeout: None,
            parallel_safe: false,
            ..ToolSpec::acting(Effect::Read, "ask_user", description, schema)
        })
    }
}

#[async_trait]
impl Tool for AskUser {
    fn spec(&self) -> &ToolSpec {
        &self.0
    }

    async fn action(&self, _: &ToolContext, args: &Value) -> Result<Action, ToolError> {
        let Args { question, options } = parse(args)?;
        Ok(Action {
            summary: question.chars().take(300).collect(),
            risk: Risk::Low,
            preview: Preview::Question { question, options },
            scope: None,
        })
    }

    async fn run(&self, _: &ToolContext, _: &Value) -> Result<ToolOutput, ToolError> {
        Err(ToolError::Refused(
            "a question is asked in a conversation, where its owner can answer it".to_owned(),
        ))
    }
}
