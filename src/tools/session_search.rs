//! `session_search`: what was said in earlier conversations, and what was cut from this one.

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Action, Tool, ToolContext, ToolError, ToolOutput, ToolSpec, parse};
use crate::{
    model::{SessionId, Turn},
    store::{SearchHit, Store, StoreError},
};

/// Hits told when nothing is said.
const HITS: u32 = 8;
/// Characters told around a match.
const AROUND: usize = 160;
/// Characters of a message that is read.
const LONGEST: usize = 4000;

/// Searches conversations.
#[derive(Debug)]
pub struct SessionSearch {
    spec: ToolSpec,
    store: Store,
}

#[derive(Deserialize)]
struct Args {
    query: Option<String>,
    session_id: Option<String>,
    before: Option<i64>,
    limit: Option<u32>,
}

impl SessionSearch {
    /// Searches the conversations in this database.
    pub fn new(store: Store) -> Self {
        let spec = ToolSpec::reading(
            "session_search",
            "Finds what was said in your owner's conversations with you, this one too: with \
             `query`, places where all its words stand, best first; with `session_id`, that \
             conversation's messages, newest first.",
            json!({
                "type": "object",
                "properties": {
                    "query": {
                        "type": "string", "minLength": 1, "maxLength": 500,
                        "description": "Words to look for"
                    },
                    "session_id": {
                        "type": "string", "minLength": 1, "maxLength": 128,
                        "description": "The conversation to read; \"this\" is the present one"
                    },
                    "before": {
                        "type": "integer", "minimum": 1,
                        "description": "Read messages before this place"
                    },
                    "limit": {
                        "type": "integer", "minimum": 1, "maximum": 50,
                        "description": "How many; left out: 8"
                    }
                },
                "additionalProperties": false
            }),
        );
        Self { spec, store }
    }

    async fn find(&self, query: &str, limit: u32) -> Result<ToolOutput, ToolError> {
        let hits = self
            .store
            .search_turns(query, limit)
            .await
            .map_err(|error| failed(&error))?;
        let details = json!({"query": query, "hits": hits.len()});
        if hits.is_empty() {
            let words = format!("Nothing was said with all of these words: {query}");
            return Ok(ToolOutput::own(words).with_details(details));
        }
        let text: Vec<String> = hits.iter().map(|hit| told(hit, query)).collect();
        Ok(
            ToolOutput::from_others("earlier conversations", text.join("\n\n"))
                .with_details(details),
        )
    }

    async fn read(
        &self,
        id: &SessionId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<ToolOutput, ToolError> {
        let session = self
            .store
            .find_session(id)
            .await
            .map_err(|error| failed(&error))?;
        if session.is_none() {
            return Err(ToolError::Failed(format!("there is no conversation {id}")));
        }
        let turns = self
            .store
            .list_turns(id, before, limit)
            .await
            .map_err(|error| failed(&error))?;
        let details = json!({"session_id": id, "messages": turns.len()});
        let Some(oldest) = turns.last() else {
            return Ok(ToolOutput::own("There is nothing more.").with_details(details));
        };
        let more = format!("\n\n[earlier ones: before = {}]", oldest.row);
        let text: Vec<String> = turns.iter().map(message).collect();
        let text = text.join("\n\n") + &more;
        Ok(ToolOutput::from_others("a conversation", text).with_details(details))
    }
}

#[async_trait]
impl Tool for SessionSearch {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    async fn action(&self, _: &ToolContext, args: &Value) -> Result<Action, ToolError> {
        let args: Args = parse(args)?;
        Ok(Action::reading(match (args.query, args.session_id) {
            (Some(query), _) => format!("Search conversations for {query}"),
            (None, Some(id)) if id != "this" => format!("Read the conversation {id}"),
            _ => "Read this conversation".to_owned(),
        }))
    }

    async fn run(&self, context: &ToolContext, args: &Value) -> Result<ToolOutput, ToolError> {
        let args: Args = parse(args)?;
        let limit = args.limit.unwrap_or(HITS);
        if let Some(query) = args
            .query
            .as_deref()
            .filter(|query| !query.trim().is_empty())
        {
            return self.find(query.trim(), limit).await;
        }
        let id = match args.session_id.as_deref() {
            None => {
                return Err(ToolError::Arguments(
                    "either `query` or `session_id` must be given".to_owned(),
                ));
            }
            Some("this") => context.session_id.clone(),
            Some(id) => id
                .parse()
                .map_err(|_| ToolError::Arguments(format!("`session_id`: {id:?} is none")))?,
        };
        self.read(&id, args.before, limit).await
    }
}

fn failed(error: &StoreError) -> ToolError {
    tracing::error!(%error, "conversations could not be searched");
    ToolError::Failed("the conversations could not be read".to_owned())
}

fn told(hit: &SearchHit, query: &str) -> String {
    let mut out = format!(
        "## {} ({}, session {})",
        hit.title, hit.created_at, hit.session_id
    );
    let answer = hit.response.as_deref().unwrap_or_default();
    for (who, text) in [("owner", hit.input.as_str()), ("you", answer)] {
        if let Some(part) = around(text, query) {
            out.push_str(&format!("\n{who}: {part}"));
        }
    }
    out
}

fn message(turn: &Turn) -> String {
    let shortened = |text: &str| {
        let end = text.floor_char_boundary(LONGEST);
        let more = if end < text.len() { "…" } else { "" };
        format!("{}{more}", &text[..end])
    };
    let mut out = format!("## {}\nowner: {}", turn.created_at, shortened(&turn.input));
    if let Some(response) = &turn.response {
        out.push_str(&format!("\nyou: {}", shortened(response)));
    }
    out
}

/// The words around the first place where one of the query's stands.
fn around(text: &str, query: &str) -> Option<String> {
    let letters: Vec<char> = text.chars().collect();
    let fold = |letter: &char| letter.to_lowercase().next().unwrap_or(*letter);
    let folded: Vec<char> = letters.iter().map(fold).collect();
    let at = query
        .split_whitespace()
        .filter_map(|word| {
            let word: Vec<char> = word.chars().map(|letter| fold(&letter)).collect();
            folded
                .windows(word.len())
                .position(|window| *window == *word)
        })
        .min()?;
    let from = at.saturating_sub(AROUND);
    let to = (at + AROUND).min(letters.len());
    let part: String = letters.get(from..to)?.iter().collect();
    let part = part.split_whitespace().collect::<Vec<_>>().join(" ");
    let before = if from > 0 { "…" } else { "" };
    let after = if to < letters.len() { "…" } else { "" };
    Some(format!("{before}{part}{after}"))
}
