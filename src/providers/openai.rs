//! OpenAI's chat completions over plain HTTP: OpenAI, OpenRouter, Ollama and every server that
//! speaks the same.
//!
//! This protocol is not left to genai: genai builds a tree of JSON values for every delta, clones
//! the arguments so far with every piece of a tool call, logs the text of provider errors, and
//! lets go of the answer before its last byte, which closes the connection after each turn.

use std::{collections::VecDeque, time::Duration};

use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};
use reqwest::{
    Client, RequestBuilder, Response,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;

use super::{
    CUT_SHORT, ChatEvent, ChatRequest, ChatStream, FILTERED, LlmProvider, ProviderError, ToolCall,
    failure::Failures,
    openai_answer::{CallDelta, Choice, Chunk, ModelList, WireUsage},
    openai_request::{Body, Dialect},
    sse::Events,
};
use crate::http::LazyClient;

/// How long the end of an answer may take after its last event, so that the connection can be
/// used again; longer is not worth the wait.
const LAST_BYTE: Duration = Duration::from_millis(25);

/// Most bytes read of an answer that does not stream, or of a list of models.
const LARGEST_ANSWER: usize = 32 * 1024 * 1024;

/// A server that speaks OpenAI's chat completions.
#[derive(Debug)]
pub struct OpenAiProvider {
    failures: Failures,
    base_url: String,
    key: Option<SecretString>,
    dialect: Dialect,
    http: LazyClient,
}

impl OpenAiProvider {
    /// A provider called `name` at `base_url` (such as `https://api.openai.com/v1`).
    pub fn new(
        name: &str,
        base_url: &str,
        key: Option<SecretString>,
        connect_timeout: Duration,
    ) -> Self {
        let base_url = base_url.trim().trim_end_matches('/').to_owned();
        Self {
            failures: Failures {
                provider: name.to_owned(),
                connect_timeout,
            },
            dialect: Dialect {
                official: is_official(&base_url),
            },
            http: LazyClient::new(&base_url, connect_timeout),
            base_url,
            key,
        }
    }

    fn authorised(
        &self,
        build: impl FnOnce(&Client) -> RequestBuilder,
    ) -> Result<RequestBuilder, ProviderError> {
        let client = self.http.get().map_err(|e| self.failures.no_client(e))?;
        let request = build(&client);
        let Some(key) = &self.key else {
            return Ok(request);
        };
        let mut value = HeaderValue::from_str(&format!("Bearer {}", key.expose_secret().trim()))
            .map_err(|_| {
                self.failures
                    .unusable("its api_key has unusable characters")
            })?;
        value.set_sensitive(true);
        Ok(request.header(AUTHORIZATION, value))
    }

    /// Posts JSON to `url` with the key, and reads the answer as JSON.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        url: &str,
        body: &serde_json::Value,
    ) -> Result<T, ProviderError> {
        let request = self.authorised(|client| client.post(url).json(body))?;
        read_json(&self.failures, request).await
    }

    /// Gets `url` with the key, and reads the answer as JSON.
    pub(super) async fn get<T: DeserializeOwned>(&self, url: &str) -> Result<T, ProviderError> {
        read_json(&self.failures, self.authorised(|client| client.get(url))?).await
    }

    /// Where it is.
    pub(super) fn base_url(&self) -> &str {
        &self.base_url
    }
}

async fn send(failures: &Failures, request: RequestBuilder) -> Result<Response, ProviderError> {
    let response = request
        .send()
        .await
        .map_err(|error| failures.request(&error))?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    Err(failures.status(status.as_u16(), Some(response.headers())))
}

/// Sends a request and reads the answer as JSON.
pub(super) async fn read_json<T: DeserializeOwned>(
    failures: &Failures,
    request: RequestBuilder,
) -> Result<T, ProviderError> {
    let mut response = send(failures, request).await?;
    let body = read_whole(failures, &mut response).await?;
    serde_json::from_slice(&body).map_err(|_| failures.malformed())
}

/// Whether the address is `OpenAI`'s own.
pub(super) fn is_official(base_url: &str) -> bool {
    reqwest::Url::parse(base_url.trim()).is_ok_and(|url| {
        url.host_str()
            .is_some_and(|host| host.ends_with("api.openai.com"))
    })
}

#[async_trait]
impl LlmProvider for OpenAiProvider {
    fn name(&self) -> &str {
        &self.failures.provider
    }

    async fn chat(&self, request: ChatRequest) -> Result<ChatStream, ProviderError> {
        let model = request.model.clone();
        let body = serde_json::to_vec(&Body::new(&request, &model, self.dialect))
            .map_err(|_| self.failures.unusable("the request is no JSON"))?;
        let url = format!("{}/chat/completions", self.base_url);
        let request = self.authorised(|client| {
            client
                .post(url)
                .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
                .body(body)
        })?;
        let response = send(&self.failures, request).await?;
        let answer = Answer::new(self.failures.clone(), model, response);
        Ok(stream::unfold(answer, Answer::step).boxed())
    }

    async fn models(&self) -> Result<Vec<String>, ProviderError> {
        let list: ModelList = self.get(&format!("{}/models", self.base_url)).await?;
        Ok(list.data.into_iter().map(|model| model.id).collect())
    }
}

/// Reads a body that is not a stream, up to [`LARGEST_ANSWER`].
async fn read_whole(
    failures: &Failures,
    response: &mut Response,
) -> Result<Vec<u8>, ProviderError> {
    let mut body = Vec::new();
    while let Some(bytes) = response
        .chunk()
        .await
        .map_err(|error| failures.request(&error))?
    {
        if body.len() + bytes.len() > LARGEST_ANSWER {
            return Err(failures.malformed());
        }
        body.extend_from_slice(&bytes);
    }
    Ok(body)
}

/// A tool call as far as it came.
#[derive(Default)]
struct PartialCall {
    index: usize,
    id: String,
    name: String,
    arguments: String,
}

impl PartialCall {
    fn finish(self, at: usize) -> ToolCall {
        let args = if self.arguments.trim().is_empty() {
            serde_json::Value::Object(serde_json::Map::new())
        } else {
            // What is no JSON stays text: whoever runs the tool can tell the model so.
            serde_json::from_str(&self.arguments)
                .unwrap_or(serde_json::Value::String(self.arguments))
        };
        ToolCall {
            id: if self.id.is_empty() {
                format!("call_{at}")
            } else {
                self.id
            },
            name: self.name,
            args,
        }
    }
}

/// An answer on its way.
struct Answer {
    failures: Failures,
    model: String,
    response: Response,
    streams: bool,
    events: Events,
    ready: VecDeque<ChatEvent>,
    calls: Vec<PartialCall>,
    usage: WireUsage,
    finished: bool,
    over: bool,
}

impl Answer {
    fn new(failures: Failures, model: String, response: Response) -> Self {
        // A server that ignores `stream` answers in one piece.
        let streams = !response
            .headers()
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
        Self {
            failures,
            model,
            response,
            streams,
            events: Events::default(),
            ready: VecDeque::new(),
            calls: Vec::new(),
            usage: WireUsage::default(),
            finished: false,
            over: false,
        }
    }

    async fn step(mut self) -> Option<(Result<ChatEvent, ProviderError>, Self)> {
        if let Some(event) = self.ready.pop_front() {
            return Some((Ok(event), self));
        }
        if self.over {
            return None;
        }
        match self.advance().await {
            Ok(event) => Some((Ok(event), self)),
            Err(error) => {
                self.over = true;
                self.ready.clear();
                Some((Err(error), self))
            }
        }
    }

    /// Reads on until there is something to say.
    async fn advance(&mut self) -> Result<ChatEvent, ProviderError> {
        if !self.streams {
            let body = read_whole(&self.failures, &mut self.response).await?;
            self.read_event(&body)?;
            self.finished = true;
            self.end();
        }
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(event);
            }
            match self.events.next() {
                Some(data) if data.trim_ascii() == b"[DONE]" => {
                    self.finished = true;
                    self.drain().await;
                    self.end();
                }
                Some(data) => self.read_event(&data)?,
                None => self.read_on().await?,
            }
        }
    }

    async fn read_on(&mut self) -> Result<(), ProviderError> {
        let read = self.response.chunk().await;
        if let Some(bytes) = read.map_err(|error| self.failures.request(&error))? {
            return self
                .events
                .push(&bytes)
                .map_err(|_| self.failures.malformed());
        }
        if let Some(data) = self.events.last() {
            if data.trim_ascii() == b"[DONE]" {
                self.finished = true;
            } else {
                self.read_event(&data)?;
            }
        }
        if !self.finished {
            return Err(self.failures.broken());
        }
        self.end();
        Ok(())
    }

    /// Takes the closing bytes off the connection; without them it can't be used again.
    async fn drain(&mut self) {
        let read_on = async { while let Ok(Some(_)) = self.response.chunk().await {} };
        let _slow_enders_lose_their_connection = tokio::time::timeout(LAST_BYTE, read_on).await;
    }

    fn read_event(&mut self, data: &[u8]) -> Result<(), ProviderError> {
        let chunk: Chunk<'_> =
            serde_json::from_slice(data).map_err(|_| self.failures.malformed())?;
        if let Some(error) = chunk.error.filter(|error| !error.is_null()) {
            return Err(self.failures.event(&error));
        }
        if let Some(usage) = chunk.usage {
            self.usage = usage;
        }
        if let Some(model) = chunk.model.filter(|model| !model.is_empty())
            && model != self.model
        {
            self.model = model.into_owned();
        }
        match chunk.choices.into_iter().flatten().next() {
            Some(choice) => self.read_choice(choice),
            None => Ok(()),
        }
    }

    fn read_choice(&mut self, mut choice: Choice<'_>) -> Result<(), ProviderError> {
        let mut delta = choice.take_delta();
        if let Some(thought) = delta.take_reasoning() {
            self.ready.push_back(ChatEvent::Thinking(thought));
        }
        let text = delta.text().map_err(|_| self.failures.malformed())?;
        if !text.is_empty() {
            self.ready.push_back(ChatEvent::Text(text));
        }
        if let Some(refusal) = delta.refusal.filter(|text| !text.is_empty()) {
            self.ready.push_back(ChatEvent::Text(refusal));
        }
        for call in delta.tool_calls.into_iter().flatten() {
            self.gather(call);
            // A sign of life for the idle time-out, which swallows it.
            self.ready.push_back(ChatEvent::Text(String::new()));
        }
        if let Some(reason) = choice.finish_reason.filter(|why| !why.is_empty()) {
            self.finished = true;
            self.finish_calls();
            let notice = match &*reason {
                "length" => Some(CUT_SHORT),
                "content_filter" => Some(FILTERED),
                _ => None,
            };
            self.ready
                .extend(notice.map(|text| ChatEvent::Notice(text.to_owned())));
        }
        Ok(())
    }

    /// Adds a piece to its call. Servers that leave out the index send whole calls with an id.
    fn gather(&mut self, piece: CallDelta<'_>) {
        let id = piece.id.unwrap_or_default();
        let index = piece.index.unwrap_or_else(|| {
            let begins = !id.is_empty() || self.calls.is_empty();
            self.calls.len().saturating_sub(usize::from(!begins))
        });
        let at = match self.calls.iter().position(|call| call.index == index) {
            Some(at) => at,
            None => {
                self.calls.push(PartialCall {
                    index,
                    ..PartialCall::default()
                });
                self.calls.len() - 1
            }
        };
        let Some(call) = self.calls.get_mut(at) else {
            return;
        };
        if call.id.is_empty() {
            call.id = id.into_owned();
        }
        if let Some(function) = piece.function {
            if call.name.is_empty() {
                call.name = function.name.unwrap_or_default().into_owned();
            }
            call.arguments
                .push_str(&function.arguments.unwrap_or_default());
        }
    }

    fn finish_calls(&mut self) {
        let mut calls = std::mem::take(&mut self.calls);
        calls.sort_by_key(|call| call.index);
        for (at, call) in calls.into_iter().enumerate() {
            self.ready.push_back(ChatEvent::ToolCall(call.finish(at)));
        }
    }

    fn end(&mut self) {
        self.finish_calls();
        self.over = true;
        self.ready.push_back(ChatEvent::End {
            usage: self.usage.into(),
            provider: self.failures.provider.clone(),
            model: std::mem::take(&mut self.model),
            billed: self.usage.billed(),
        });
    }
}
