//! The JSON that is sent for a chat completion. It borrows from the request.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;

use super::{ChatMessage, ChatRequest, ToolCall, ToolSpec};
use crate::model::Attachment;

/// What a server wants said differently.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Dialect {
    /// `OpenAI` itself: `max_completion_tokens`, and no temperature for reasoning models.
    pub(super) official: bool,
}

#[derive(Serialize)]
pub(super) struct Body<'a> {
    model: &'a str,
    messages: Vec<Message<'a>>,
    stream: bool,
    stream_options: StreamOptions,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Tool<'a>>,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<Content<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<SentCall<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Content<'a> {
    Text(&'a str),
    Parts(Vec<Part<'a>>),
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Part<'a> {
    Text { text: &'a str },
    ImageUrl { image_url: ImageUrl },
}

#[derive(Serialize)]
struct ImageUrl {
    url: String,
}

#[derive(Serialize)]
struct SentCall<'a> {
    id: &'a str,
    r#type: &'static str,
    function: SentFunction<'a>,
}

#[derive(Serialize)]
struct SentFunction<'a> {
    name: &'a str,
    arguments: String,
}

#[derive(Serialize)]
struct Tool<'a> {
    r#type: &'static str,
    function: ToolFunction<'a>,
}

#[derive(Serialize)]
struct ToolFunction<'a> {
    name: &'a str,
    description: &'a str,
    parameters: &'a serde_json::Value,
}

impl<'a> Body<'a> {
    pub(super) fn new(request: &'a ChatRequest, model: &'a str, dialect: Dialect) -> Self {
        let fixed_temperature = dialect.official && reasons(model);
        Self {
            model,
            messages: request.messages.iter().map(Message::from).collect(),
            stream: true,
            stream_options: StreamOptions {
                include_usage: true,
            },
            temperature: request.temperature.filter(|_| !fixed_temperature),
            max_tokens: request.max_tokens.filter(|_| !dialect.official),
            max_completion_tokens: request.max_tokens.filter(|_| dialect.official),
            tools: request.tools.iter().map(Tool::from).collect(),
        }
    }
}

/// Whether `OpenAI` refuses a temperature for this model.
fn reasons(model: &str) -> bool {
    let is_o_series = model
        .strip_prefix('o')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    is_o_series || (model.starts_with("gpt-5") && !model.contains("-chat"))
}

impl<'a> Message<'a> {
    fn text(role: &'static str, text: &'a str) -> Self {
        Self {
            role,
            content: Some(Content::Text(text)),
            tool_calls: Vec::new(),
            tool_call_id: None,
        }
    }
}

impl<'a> From<&'a ChatMessage> for Message<'a> {
    fn from(message: &'a ChatMessage) -> Self {
        match message {
            ChatMessage::System(text) => Self::text("system", text),
            ChatMessage::User { text, images } if images.is_empty() => Self::text("user", text),
            ChatMessage::User { text, images } => {
                let pictures = images.iter().map(|image| Part::ImageUrl {
                    image_url: ImageUrl {
                        url: data_url(image),
                    },
                });
                Self {
                    content: Some(Content::Parts(
                        std::iter::once(Part::Text { text })
                            .chain(pictures)
                            .collect(),
                    )),
                    ..Self::text("user", text)
                }
            }
            ChatMessage::Assistant { text, tool_calls } => Self {
                content: (!text.is_empty() || tool_calls.is_empty()).then_some(Content::Text(text)),
                tool_calls: tool_calls.iter().map(SentCall::from).collect(),
                ..Self::text("assistant", text)
            },
            ChatMessage::ToolResult {
                call_id, output, ..
            } => Self {
                tool_call_id: Some(call_id),
                ..Self::text("tool", output)
            },
        }
    }
}

fn data_url(image: &Attachment) -> String {
    let mut url = format!("data:{};base64,", image.media_type);
    STANDARD.encode_string(&image.data, &mut url);
    url
}

impl<'a> From<&'a ToolCall> for SentCall<'a> {
    fn from(call: &'a ToolCall) -> Self {
        Self {
            id: &call.id,
            r#type: "function",
            function: SentFunction {
                name: &call.name,
                arguments: call.args.to_string(),
            },
        }
    }
}

impl<'a> From<&'a ToolSpec> for Tool<'a> {
    fn from(tool: &'a ToolSpec) -> Self {
        Self {
            r#type: "function",
            function: ToolFunction {
                name: &tool.name,
                description: &tool.description,
                parameters: &tool.schema,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sent(request: &ChatRequest, official: bool) -> serde_json::Value {
        serde_json::to_value(Body::new(request, &request.model, Dialect { official })).unwrap()
    }

    #[test]
    fn a_whole_conversation_is_sent_as_the_protocol_wants_it() {
        let request = ChatRequest {
            model: "m".to_owned(),
            messages: vec![
                ChatMessage::System("be kind".to_owned()),
                ChatMessage::User {
                    text: "look".to_owned(),
                    images: vec![Attachment {
                        name: "a.png".to_owned(),
                        media_type: "image/png".to_owned(),
                        data: vec![0, 0, 0],
                    }],
                },
                ChatMessage::Assistant {
                    text: String::new(),
                    tool_calls: vec![ToolCall {
                        id: "c1".to_owned(),
                        name: "see".to_owned(),
                        args: json!({"x": 1}),
                    }],
                },
                ChatMessage::ToolResult {
                    call_id: "c1".to_owned(),
                    name: "see".to_owned(),
                    output: "a cat".to_owned(),
                },
            ],
            tools: vec![ToolSpec {
                name: "see".to_owned(),
                description: "sees".to_owned(),
                schema: json!({"type": "object"}),
            }],
            temperature: Some(0.5),
            max_tokens: Some(9),
            bill: crate::model::BillTo::default(),
        };
        assert_eq!(
            sent(&request, false),
            json!({
                "model": "m",
                "messages": [
                    {"role": "system", "content": "be kind"},
                    {"role": "user", "content": [
                        {"type": "text", "text": "look"},
                        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
                    ]},
                    {"role": "assistant", "tool_calls": [{"id": "c1", "type": "function",
                        "function": {"name": "see", "arguments": "{\"x\":1}"}}]},
                    {"role": "tool", "content": "a cat", "tool_call_id": "c1"},
                ],
                "stream": true,
                "stream_options": {"include_usage": true},
                "temperature": 0.5,
                "max_tokens": 9,
                "tools": [{"type": "function", "function":
                    {"name": "see", "description": "sees", "parameters": {"type": "object"}}}],
            })
        );
    }

    #[test]
    fn openai_itself_gets_no_temperature_for_models_that_refuse_it() {
        let ask = |model: &str, official| {
            let request = ChatRequest {
                model: model.to_owned(),
                temperature: Some(0.7),
                max_tokens: Some(5),
                ..ChatRequest::default()
            };
            sent(&request, official)
        };
        assert!(ask("gpt-5-mini", true).get("temperature").is_none());
        assert!(ask("o3-mini", true).get("temperature").is_none());
        assert_eq!(ask("gpt-5-chat-latest", true)["temperature"], 0.7);
        assert_eq!(ask("gpt-4.1", true)["temperature"], 0.7);
        assert_eq!(ask("gpt-5-mini", false)["temperature"], 0.7);
        assert_eq!(ask("gpt-4.1", true)["max_completion_tokens"], 5);
        assert!(ask("gpt-4.1", true).get("max_tokens").is_none());
    }
}
