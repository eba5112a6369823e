//! What is read of the JSON of a chat completion. Unknown fields are passed over.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Billed;
use crate::model::{MicroUsd, Usage};

/// One event of the stream, or the whole answer of a server that does not stream.
#[derive(Deserialize)]
pub(super) struct Chunk<'a> {
    #[serde(borrow, default)]
    pub(super) model: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) choices: Option<Vec<Choice<'a>>>,
    #[serde(default)]
    pub(super) usage: Option<WireUsage>,
    #[serde(default)]
    pub(super) error: Option<serde_json::Value>,
}

#[derive(Deserialize)]
pub(super) struct Choice<'a> {
    #[serde(borrow, default)]
    delta: Option<Delta<'a>>,
    /// The delta of an answer that comes whole; some servers send it beside each delta too.
    #[serde(borrow, default)]
    message: Option<Delta<'a>>,
    #[serde(borrow, default)]
    pub(super) finish_reason: Option<Cow<'a, str>>,
}

impl<'a> Choice<'a> {
    /// What is new in it.
    pub(super) fn take_delta(&mut self) -> Delta<'a> {
        self.delta
            .take()
            .or_else(|| self.message.take())
            .unwrap_or_default()
    }
}

#[derive(Default, Deserialize)]
pub(super) struct Delta<'a> {
    /// A string, null, or the parts that some servers send.
    #[serde(borrow, default)]
    content: Option<&'a RawValue>,
    #[serde(default)]
    reasoning_content: Option<String>,
    #[serde(default)]
    reasoning: Option<String>,
    /// Why the model will not answer; in the place of an answer.
    #[serde(default)]
    pub(super) refusal: Option<String>,
    #[serde(borrow, default)]
    pub(super) tool_calls: Option<Vec<CallDelta<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct CallDelta<'a> {
    #[serde(default)]
    pub(super) index: Option<usize>,
    #[serde(borrow, default)]
    pub(super) id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) function: Option<FunctionDelta<'a>>,
}

#[derive(Deserialize)]
pub(super) struct FunctionDelta<'a> {
    #[serde(borrow, default)]
    pub(super) name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) arguments: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct ContentPart {
    #[serde(default)]
    text: String,
}

impl Delta<'_> {
    /// The piece of the answer.
    pub(super) fn text(&self) -> Result<String, serde_json::Error> {
        match self.content.map_or("null", RawValue::get) {
            "null" | "\"\"" => Ok(String::new()),
            list if list.starts_with('[') => {
                let parts: Vec<ContentPart> = serde_json::from_str(list)?;
                Ok(parts.into_iter().map(|part| part.text).collect())
            }
            string => serde_json::from_str(string),
        }
    }

    /// The piece of reasoning, by either of the names in use.
    pub(super) fn take_reasoning(&mut self) -> Option<String> {
        self.reasoning_content
            .take()
            .or_else(|| self.reasoning.take())
            .filter(|text| !text.is_empty())
    }
}

#[derive(Clone, Copy, Default, Deserialize)]
pub(super) struct WireUsage {
    #[serde(default)]
    prompt_tokens: Option<u64>,
    #[serde(default)]
    completion_tokens: Option<u64>,
    #[serde(default)]
    prompt_tokens_details: Option<PromptDetails>,
    #[serde(default)]
    completion_tokens_details: Option<CompletionDetails>,
    /// Another name for the cached tokens, in use at `DeepSeek`.
    #[serde(default)]
    prompt_cache_hit_tokens: Option<u64>,
    /// What OpenRouter charges, in dollars.
    #[serde(default)]
    cost: Option<f64>,
    /// Whether the maker charges its own key for the rest.
    #[serde(default)]
    is_byok: Option<bool>,
    #[serde(default)]
    cost_details: Option<CostDetails>,
}

#[derive(Clone, Copy, Default, Deserialize)]
struct CostDetails {
    #[serde(default)]
    upstream_inference_cost: Option<f64>,
}

impl WireUsage {
    /// What it says beside the tokens.
    pub(super) fn billed(&self) -> Billed {
        let upstream = self.cost_details.unwrap_or_default();
        let cost = match (self.cost, self.is_byok) {
            (Some(fee), Some(true)) => upstream.upstream_inference_cost.map(|made| fee + made),
            (cost, _) => cost,
        };
        let written = |details: PromptDetails| details.cache_write_tokens;
        Billed {
            cost: cost.and_then(dollars),
            cache_write_tokens: self.prompt_tokens_details.and_then(written),
        }
    }
}

/// Dollars as JSON numbers say them, to the nearest millionth; none where that is no price.
fn dollars(amount: f64) -> Option<MicroUsd> {
    let micros = (amount * 1e6).round();
    // Past this a price is a mistake, and a float no longer exact.
    (0.0..=1e12)
        .contains(&micros)
        .then_some(MicroUsd(micros as i64))
}

#[derive(Clone, Copy, Default, Deserialize)]
struct PromptDetails {
    #[serde(default)]
    cached_tokens: Option<u64>,
    #[serde(default)]
    cache_write_tokens: Option<u64>,
}

#[derive(Clone, Copy, Default, Deserialize)]
struct CompletionDetails {
    #[serde(default)]
    reasoning_tokens: Option<u64>,
}

impl From<WireUsage> for Usage {
    fn from(wire: WireUsage) -> Self {
        Self {
            input_tokens: wire.prompt_tokens.unwrap_or(0),
            output_tokens: wire.completion_tokens.unwrap_or(0),
            cached_tokens: wire
                .prompt_tokens_details
                .and_then(|details| details.cached_tokens)
                .or(wire.prompt_cache_hit_tokens)
                .unwrap_or(0),
            reasoning_tokens: wire
                .completion_tokens_details
                .and_then(|details| details.reasoning_tokens)
                .unwrap_or(0),
        }
    }
}

/// `GET /models`.
#[derive(Deserialize)]
pub(super) struct ModelList {
    pub(super) data: Vec<ModelName>,
}

#[derive(Deserialize)]
pub(super) struct ModelName {
    pub(super) id: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delta_counts_before_a_message_and_nulls_are_no_fault() {
        let text = |json: &str| {
            let chunk: Chunk<'_> = serde_json::from_str(json).unwrap();
            let choice = chunk.choices.into_iter().flatten().next();
            choice.map(|mut choice| choice.take_delta().text().unwrap())
        };
        let both = r#"{"choices":[{"message":{"content":"all"},"delta":{"content":"new"}}]}"#;
        assert_eq!(text(both).as_deref(), Some("new"));
        let whole = r#"{"choices":[{"message":{"content":"all"}}],"usage":null,"error":null}"#;
        assert_eq!(text(whole).as_deref(), Some("all"));
        assert_eq!(text(r#"{"choices":[{"delta":null}]}"#).as_deref(), Some(""));
        assert_eq!(text(r#"{"choices":null}"#), None);
    }

    #[test]
    fn a_reported_price_is_taken_to_the_millionth_and_nonsense_is_not() {
        let cost = |json: &str| {
            let usage: WireUsage = serde_json::from_str(json).unwrap();
            usage.billed().cost.map(|cost| cost.0)
        };
        assert_eq!(cost(r#"{"cost":0.0012345}"#), Some(1235));
        assert_eq!(cost(r#"{"cost":0}"#), Some(0));
        assert_eq!(cost(r#"{"cost":-1}"#), None);
        assert_eq!(cost("{}"), None);
        let own_key = r#"{"cost":0.001,"is_byok":true,
            "cost_details":{"upstream_inference_cost":0.02}}"#;
        assert_eq!(cost(own_key), Some(21_000));
        assert_eq!(cost(r#"{"cost":0.001,"is_byok":true}"#), None);
    }

    #[test]
    fn content_is_read_as_string_null_or_parts() {
        let text = |json: &str| {
            serde_json::from_str::<Delta<'_>>(json)
                .unwrap()
                .text()
                .unwrap()
        };
        assert_eq!(text(r#"{"content":"a\nb"}"#), "a\nb");
        assert_eq!(text(r#"{"content":null}"#), "");
        assert_eq!(text("{}"), "");
        assert_eq!(
            text(r#"{"content":[{"type":"text","text":"a"},{"type":"thinking","thinking":[]}]}"#),
            "a"
        );
    }
}
