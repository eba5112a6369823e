//! Anthropic and Gemini, spoken by genai. Keys are handed over, never looked up by it; retries,
//! time-outs and errors are ours.

use std::{collections::VecDeque, time::Duration};

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures_util::{StreamExt as _, stream};
use genai::{
    Client, ModelIden, ServiceTarget,
    adapter::AdapterKind,
    chat as wire,
    resolver::{AuthData, Endpoint},
};
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    Billed, CUT_SHORT, ChatEvent, ChatMessage, ChatRequest, ChatStream, FILTERED, LlmProvider,
    ProviderError, ToolCall,
    failure::{Failures, NO_KEY},
    kinds::facts,
    model_list,
};
use crate::{config::ProviderKind, http::LazyClient, model::Usage};

/// The protocols that genai speaks for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Anthropic's messages.
    Anthropic,
    /// Google's Gemini.
    Gemini,
}

impl Protocol {
    /// Where its maker serves it.
    pub fn default_base_url(self) -> &'static str {
        let kind = match self {
            Self::Anthropic => ProviderKind::Anthropic,
            Self::Gemini => ProviderKind::Gemini,
        };
        facts(kind).base_url
    }

    fn adapter(self) -> AdapterKind {
        match self {
            Self::Anthropic => AdapterKind::Anthropic,
            Self::Gemini => AdapterKind::Gemini,
        }
    }
}

/// A provider behind genai.
#[derive(Debug)]
pub struct GenaiProvider {
    failures: Failures,
    protocol: Protocol,
    base_url: String,
    key: Option<SecretString>,
    http: LazyClient,
}

impl GenaiProvider {
    /// A provider called `name`, at its maker's address unless `base_url` says otherwise.
    pub fn new(
        name: &str,
        protocol: Protocol,
        base_url: Option<&str>,
        key: Option<SecretString>,
        connect_timeout: Duration,
    ) -> Self {
        let base_url = base_url.unwrap_or(protocol.default_base_url());
        // genai glues paths to the address, so it must end with a slash.
        let base_url = format!("{}/", base_url.trim().trim_end_matches('/'));
        Self {
            failures: Failures {
                provider: name.to_owned(),
                connect_timeout,
            },
            protocol,
            http: LazyClient::new(&base_url, connect_timeout),
            base_url,
            key,
        }
    }

    fn client(&self) -> Result<Client, ProviderError> {
        let http = self.http.get().map_err(|e| self.failures.no_client(e))?;
        let client = Client::builder().with_reqwest(http).build();
        client.map_err(|error| self.failures.genai(&error))
    }

    fn auth(&self) -> Result<AuthData, ProviderError> {
        let key = self.key.as_ref().map(|key| key.expose_secret().trim());
        match key {
            Some(key) if !key.is_empty() => Ok(AuthData::from_single(key)),
            _ => Err(self.failures.unusable(NO_KEY)),
        }
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint::from_owned(self.base_url.as_str())
    }
}

#[async_trait]
impl LlmProvider for GenaiProvider {
    fn name(&self) -> &str {
        &self.failures.provider
    }

    async fn chat(&self, request: ChatRequest) -> Result<ChatStream, ProviderError> {
        let target = ServiceTarget {
            endpoint: self.endpoint(),
            auth: self.auth()?,
            model: ModelIden::new(self.protocol.adapter(), request.model.as_str()),
        };
        let options = options(&request);
        let model = request.model.clone();
        let answer = self
            .client()?
            .exec_chat_stream(target, to_wire(request), Some(&options))
            .await
            .map_err(|error| self.failures.genai(&error))?;
        let answer = Answer {
            failures: self.failures.clone(),
            model,
            wire: answer.stream,
            ready: VecDeque::new(),
            over: false,
        };
        Ok(stream::unfold(answer, Answer::step).boxed())
    }

    async fn models(&self) -> Result<Vec<String>, ProviderError> {
        let key = self.key.as_ref().map(|key| key.expose_secret().trim());
        let key = key.filter(|key| !key.is_empty());
        let key = key.ok_or_else(|| self.failures.unusable(NO_KEY))?;
        let http = self.http.get().map_err(|e| self.failures.no_client(e))?;
        model_list::ask(&self.failures, &http, self.protocol, &self.base_url, key).await
    }
}

fn options(request: &ChatRequest) -> wire::ChatOptions {
    let mut options = wire::ChatOptions::default()
        .with_capture_usage(true)
        .with_capture_tool_calls(true);
    if let Some(temperature) = request.temperature {
        options = options.with_temperature(temperature);
    }
    if let Some(most) = request.max_tokens {
        options = options.with_max_tokens(most);
    }
    options
}

fn to_wire(request: ChatRequest) -> wire::ChatRequest {
    let messages = request.messages.into_iter().map(to_wire_message).collect();
    let tools: Vec<wire::Tool> = request
        .tools
        .into_iter()
        .map(|tool| {
            wire::Tool::new(tool.name)
                .with_description(tool.description)
                .with_schema(tool.schema)
        })
        .collect();
    let request = wire::ChatRequest::new(messages);
    if tools.is_empty() {
        request
    } else {
        request.with_tools(tools)
    }
}

fn to_wire_message(message: ChatMessage) -> wire::ChatMessage {
    match message {
        ChatMessage::System(text) => wire::ChatMessage::system(text),
        ChatMessage::User { text, images } => {
            let mut parts = vec![wire::ContentPart::from_text(text)];
            parts.extend(images.into_iter().map(|image| {
                let data = STANDARD.encode(&image.data);
                wire::ContentPart::from_binary_base64(image.media_type, data, Some(image.name))
            }));
            wire::ChatMessage::user(parts)
        }
        ChatMessage::Assistant { text, tool_calls } => {
            let mut parts = Vec::new();
            if !text.is_empty() || tool_calls.is_empty() {
                parts.push(wire::ContentPart::from_text(text));
            }
            parts.extend(tool_calls.into_iter().map(|call| {
                wire::ContentPart::ToolCall(wire::ToolCall {
                    call_id: call.id,
                    fn_name: call.name,
                    fn_arguments: call.args,
                    thought_signatures: None,
                })
            }));
            wire::ChatMessage::assistant(parts)
        }
        ChatMessage::ToolResult {
            call_id,
            name,
            output,
        } => wire::ChatMessage::from(wire::ToolResponse {
            call_id,
            fn_name: Some(name),
            content: output,
        }),
    }
}

/// An answer on its way.
struct Answer {
    failures: Failures,
    model: String,
    wire: wire::ChatStream,
    ready: VecDeque<ChatEvent>,
    over: bool,
}

impl Answer {
    async fn step(mut self) -> Option<(Result<ChatEvent, ProviderError>, Self)> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some((Ok(event), self));
            }
            if self.over {
                return None;
            }
            match self.wire.next().await {
                Some(Ok(event)) => {
                    if let Err(error) = self.take(event) {
                        return Some((Err(error), self));
                    }
                }
                Some(Err(error)) => {
                    self.over = true;
                    return Some((Err(self.failures.genai(&error)), self));
                }
                None => {
                    self.over = true;
                    return Some((Err(self.failures.broken()), self));
                }
            }
        }
    }

    fn take(&mut self, event: wire::ChatStreamEvent) -> Result<(), ProviderError> {
        match event {
            wire::ChatStreamEvent::Chunk(piece) => {
                self.ready.push_back(ChatEvent::Text(piece.content));
            }
            wire::ChatStreamEvent::ReasoningChunk(piece) => {
                self.ready.push_back(ChatEvent::Thinking(piece.content));
            }
            // Signs of life for the idle time-out, which swallows them; a call's pieces hold
            // everything so far, so only the whole at the end counts.
            wire::ChatStreamEvent::ToolCallChunk(_)
            | wire::ChatStreamEvent::ThoughtSignatureChunk(_)
            | wire::ChatStreamEvent::Heartbeat => {
                self.ready.push_back(ChatEvent::Text(String::new()));
            }
            wire::ChatStreamEvent::Start => {}
            wire::ChatStreamEvent::End(end) => {
                self.over = true;
                // genai ends a Gemini stream that broke off as if it were complete.
                let Some(reason) = end.captured_stop_reason.as_ref() else {
                    return Err(self.failures.broken());
                };
                let notice = match reason {
                    wire::StopReason::MaxTokens(_) => Some(CUT_SHORT),
                    wire::StopReason::ContentFilter(_) => Some(FILTERED),
                    _ => None,
                };
                self.ready
                    .extend(notice.map(|text| ChatEvent::Notice(text.to_owned())));
                self.end(end);
            }
        }
        Ok(())
    }

    fn end(&mut self, end: wire::StreamEnd) {
        let usage = end
            .captured_usage
            .as_ref()
            .map(to_usage)
            .unwrap_or_default();
        let written = end.captured_usage.as_ref().and_then(|usage| {
            let details = usage.prompt_tokens_details.as_ref()?;
            u64::try_from(details.cache_creation_tokens?).ok()
        });
        let calls = end.captured_into_tool_calls().unwrap_or_default();
        for call in calls {
            self.ready.push_back(ChatEvent::ToolCall(ToolCall {
                id: call.call_id,
                name: call.fn_name,
                args: whole_arguments(call.fn_arguments),
            }));
        }
        self.ready.push_back(ChatEvent::End {
            usage,
            provider: self.failures.provider.clone(),
            model: std::mem::take(&mut self.model),
            billed: Billed {
                cost: None,
                cache_write_tokens: written,
            },
        });
    }
}

fn whole_arguments(args: serde_json::Value) -> serde_json::Value {
    match args {
        serde_json::Value::Null => serde_json::Value::Object(serde_json::Map::new()),
        serde_json::Value::String(text) if text.trim().is_empty() => {
            serde_json::Value::Object(serde_json::Map::new())
        }
        serde_json::Value::String(text) => {
            serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text))
        }
        other => other,
    }
}

fn to_usage(usage: &wire::Usage) -> Usage {
    let count = |tokens: Option<i32>| u64::try_from(tokens.unwrap_or(0)).unwrap_or(0);
    let input = usage.prompt_tokens_details.as_ref();
    let output = usage.completion_tokens_details.as_ref();
    Usage {
        input_tokens: count(usage.prompt_tokens),
        output_tokens: count(usage.completion_tokens),
        cached_tokens: count(input.and_then(|details| details.cached_tokens)),
        reasoning_tokens: count(output.and_then(|details| details.reasoning_tokens)),
    }
}
