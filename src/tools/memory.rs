//! `memory_store`, `memory_recall`, `memory_forget`: what the agent keeps from one conversation to
//! the next. The memory itself is a room above; it comes in as [`Remember`].

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Action, Effect, Permission, Scope, Tool, ToolContext, ToolError, ToolOutput, ToolSpec, parse,
};
use crate::model::Timestamp;

/// Memories told when nothing is said.
const TOLD: usize = 8;

/// What the tools need of a memory. Errors are sentences for the model.
#[async_trait]
pub trait Remember: Send + Sync + 'static {
    /// Keeps something: new, or in place of what has this key. Answers what is kept now.
    async fn remember(&self, context: &ToolContext, fact: Fact) -> Result<Remembered, String>;

    /// What fits these words, best first.
    async fn recall(
        &self,
        words: &str,
        category: Option<&str>,
        most: usize,
    ) -> Result<Vec<Remembered>, String>;

    /// What has this key.
    async fn find(&self, key: &str) -> Result<Option<Remembered>, String>;

    /// Forgets what has this key, so that its owner can bring it back. `false`: there is none.
    async fn forget(&self, context: &ToolContext, key: &str) -> Result<bool, String>;
}

/// Something to keep.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fact {
    /// What it is called; none: named after what it says.
    pub key: Option<String>,
    /// What is to be kept.
    pub content: String,
    /// core, daily, conversation, or a name of one's own.
    pub category: Option<String>,
}

/// Something kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// What it is called.
    pub key: String,
    /// What is kept.
    pub content: String,
    /// Its category.
    pub category: String,
    /// When it was last written.
    pub updated_at: Timestamp,
}

/// The tools over this memory.
pub fn memory_tools(memory: &Arc<dyn Remember>) -> Vec<Arc<dyn Tool>> {
    let at = || Arc::clone(memory);
    vec![
        Arc::new(Store(store_spec(), at())),
        Arc::new(Recall(recall_spec(), at())),
        Arc::new(Forget(forget_spec(), at())),
    ]
}

struct Store(ToolSpec, Arc<dyn Remember>);
struct Recall(ToolSpec, Arc<dyn Remember>);
struct Forget(ToolSpec, Arc<dyn Remember>);

fn store_spec() -> ToolSpec {
    let spec = ToolSpec::acting(
        Effect::Write,
        "memory_store",
        "Remembers something about your owner, their work or their wishes for later \
         conversations. With the key of something remembered, takes its place. Keep one fact in \
         each, in a sentence that is clear by itself; keep no passwords or keys.",
        json!({
            "type": "object",
            "properties": {
                "content": {
                    "type": "string", "minLength": 1, "maxLength": 16_384,
                    "description": "What to remember"
                },
                "key": {
                    "type": "string", "minLength": 1, "maxLength": 128,
                    "description": "A short name such as \"favourite-tea\"; left out: made from the content"
                },
                "category": {
                    "type": "string", "minLength": 1, "maxLength": 64,
                    "description": "core for what always matters, daily for what is of today, or a name of your own; left out: core"
                }
            },
            "required": ["content"],
            "additionalProperties": false
        }),
    );
    ToolSpec {
        // It can be seen, changed and brought back on a page of its own.
        permission: Permission::Allow,
        ..spec
    }
}

fn recall_spec() -> ToolSpec {
    ToolSpec::reading(
        "memory_recall",
        "Finds what you remembered that fits some words, best first.",
        json!({
            "type": "object",
            "properties": {
                "query": {
                    "type": "string", "minLength": 1, "maxLength": 500,
                    "description": "What it is about"
                },
                "category": {"type": "string", "minLength": 1, "maxLength": 64},
                "limit": {
                    "type": "integer", "minimum": 1, "maximum": 50,
                    "description": "How many; left out: 8"
                }
            },
            "required": ["query"],
            "additionalProperties": false
        }),
    )
}

fn forget_spec() -> ToolSpec {
    ToolSpec::acting(
        Effect::Write,
        "memory_forget",
        "Forgets something remembered. Your owner can bring it back.",
        json!({
            "type": "object",
            "properties": {
                "key": {
                    "type": "string", "minLength": 1, "maxLength": 128,
                    "description": "Its key, as memory_recall tells it"
                }
            },
            "required": ["key"],
            "additionalProperties": false
        }),
    )
}

#[derive(Deserialize)]
struct StoreArgs {
    content: String,
    key: Option<String>,
    category: Option<String>,
}

#[derive(Deserialize)]
struct RecallArgs {
    query: String,
    category: Option<String>,
    limit: Option<usize>,
}

#[derive(Deserialize)]
struct ForgetArgs {
    key: String,
}

fn shortened(text: &str) -> String {
    let mut out: String = text.chars().take(100).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}

#[async_trait]
impl Tool for Store {
    fn spec(&self) -> &ToolSpec {
        &self.0
    }

    async fn action(&self, _: &ToolContext, args: &Value) -> Result<Action, ToolError> {
        let args: StoreArgs = parse(args)?;
        Ok(Action {
            risk: Effect::Write.risk(),
            scope: Some(Scope::Tool),
            ..Action::reading(format!("Remember: {}", shortened(&args.content)))
        })
    }

    async fn run(&self, context: &ToolContext, args: &Value) -> Result<ToolOutput, ToolError> {
        let args: StoreArgs = parse(args)?;
        let fact = Fact {
            key: args.key,
            content: args.content,
            category: args.category.or_else(|| Some("core".to_owned())),
        };
        let kept = self
            .1
            .remember(context, fact)
            .await
            .map_err(ToolError::Failed)?;
        let words = format!("Remembered as {:?} ({}).", kept.key, kept.category);
        let details = json!({"key": kept.key, "category": kept.category});
        Ok(ToolOutput::own(words).with_details(details))
    }
}

#[async_trait]
impl Tool for Recall {
    fn spec(&self) -> &ToolSpec {
        &self.0
    }

    async fn action(&self, _: &ToolContext, args: &Value) -> Result<Action, ToolError> {
        let args: RecallArgs = parse(args)?;
        Ok(Action::reading(format!(
            "Recall {}",
            shortened(&args.query)
        )))
    }

    async fn run(&self, _: &ToolContext, args: &Value) -> Result<ToolOutput, ToolError> {
        let args: RecallArgs = parse(args)?;
        let most = args.limit.unwrap_or(TOLD);
        let found = self
            .1
            .recall(&args.query, args.category.as_deref(), most)
            .await
            .map_err(ToolError::Failed)?;
        let keys: Vec<&str> = found.iter().map(|one| one.key.as_str()).collect();
        let details = json!({"query": args.query, "keys": keys});
        if found.is_empty() {
            let words = format!("Nothing remembered fits {:?}.", args.query);
            return Ok(ToolOutput::own(words).with_details(details));
        }
        let lines: Vec<String> = found
            .iter()
            .map(|one| {
                format!(
                    "{} ({}, {}): {}",
                    one.key, one.category, one.updated_at, one.content
                )
            })
            .collect();
        // Much of it may have been heard from others once.
        Ok(ToolOutput::from_others("memory", lines.join("\n")).with_details(details))
    }
}

#[async_trait]
impl Tool for Forget {
    fn spec(&self) -> &ToolSpec {
        &self.0
    }

    async fn action(&self, _: &ToolContext, args: &Value) -> Result<Action, ToolError> {
        let args: ForgetArgs = parse(args)?;
        let known = self.1.find(&args.key).await.map_err(ToolError::Failed)?;
        let summary = match known {
            Some(known) => format!("Forget {:?}: {}", known.key, shortened(&known.content)),
            None => format!("Forget {:?}", args.key),
        };
        Ok(Action {
            risk: Effect::Write.risk(),
            scope: Some(Scope::Tool),
            ..Action::reading(summary)
        })
    }

    async fn run(&self, context: &ToolContext, args: &Value) -> Result<ToolOutput, ToolError> {
        let args: ForgetArgs = parse(args)?;
        let gone = self
            .1
            .forget(context, &args.key)
            .await
            .map_err(ToolError::Failed)?;
        if !gone {
            return Err(ToolError::Failed(format!(
                "nothing is remembered as {:?}",
                args.key
            )));
        }
        let words = format!("Forgot {:?}; your owner can bring it back.", args.key);
        Ok(ToolOutput::own(words).with_details(json!({"key": args.key})))
    }
}
