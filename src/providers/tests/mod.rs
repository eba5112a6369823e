//! Providers against real HTTP servers on this machine.

mod editor;
mod genai;
mod openai;
mod probe;
mod registry;

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt as _;

use super::{
    ChatEvent, ChatMessage, ChatRequest, ChatStream, LlmProvider, OpenAiProvider, ProviderError,
    model_server::ModelServer,
};

const KEY: &str = "sk-very-secret";

/// Ends a test that would otherwise hang.
async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(10), work)
        .await
        .expect("took longer than 10 s")
}

fn request(text: &str) -> ChatRequest {
    ChatRequest {
        model: "test-model".to_owned(),
        messages: vec![ChatMessage::User {
            text: text.to_owned(),
            images: Vec::new(),
        }],
        ..ChatRequest::default()
    }
}

/// The provider that speaks to `server`.
fn main_provider(server: &ModelServer) -> Arc<OpenAiProvider> {
    Arc::new(OpenAiProvider::new(
        "main",
        &server.base_url(),
        Some(KEY.to_owned().into()),
        Duration::from_secs(2),
    ))
}

/// Everything a call yields, and its error.
async fn run(
    provider: &dyn LlmProvider,
    request: ChatRequest,
) -> (Vec<ChatEvent>, Option<ProviderError>) {
    soon(async {
        match provider.chat(request).await {
            Ok(answer) => collect(answer).await,
            Err(error) => (Vec::new(), Some(error)),
        }
    })
    .await
}

async fn collect(mut answer: ChatStream) -> (Vec<ChatEvent>, Option<ProviderError>) {
    let mut events = Vec::new();
    while let Some(item) = answer.next().await {
        match item {
            Ok(ChatEvent::Text(text)) if text.is_empty() => {}
            Ok(event) => events.push(event),
            Err(error) => {
                assert!(answer.next().await.is_none(), "an error is the last item");
                return (events, Some(error));
            }
        }
    }
    (events, None)
}

/// The words of an answer.
fn texts(events: &[ChatEvent]) -> Vec<&str> {
    events
        .iter()
        .filter_map(|event| match event {
            ChatEvent::Text(text) => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

fn status_error(status: u16, retry_after_secs: Option<u64>) -> Option<ProviderError> {
    Some(ProviderError::Status {
        provider: "main".to_owned(),
        status,
        retry_after_secs,
    })
}
