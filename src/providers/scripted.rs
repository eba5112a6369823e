//! A provider that does what a test says, without a network.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};

use super::{ChatEvent, ChatRequest, ChatStream, LlmProvider, ProviderError};
use crate::model::Usage;

/// One thing an answer does.
pub(super) enum Step {
    /// Waits some seconds.
    Wait(u64),
    /// Yields an event.
    Event(ChatEvent),
    /// Yields an error.
    Fail(ProviderError),
    /// Fails the call itself, before there is a stream.
    Refuse(ProviderError),
    /// Never yields anything more.
    Hang,
}

/// Answers call after call from a list; the call after the last is a test's mistake.
pub(super) struct Scripted {
    name: String,
    calls: Mutex<VecDeque<Vec<Step>>>,
    asked: Mutex<Vec<ChatRequest>>,
}

impl Scripted {
    pub(super) fn new(name: &str, calls: Vec<Vec<Step>>) -> Arc<Self> {
        Arc::new(Self {
            name: name.to_owned(),
            calls: Mutex::new(calls.into()),
            asked: Mutex::default(),
        })
    }

    /// The requests so far.
    pub(super) fn asked(&self) -> Vec<ChatRequest> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl LlmProvider for Scripted {
    fn name(&self) -> &str {
        &self.name
    }

    async fn chat(&self, request: ChatRequest) -> Result<ChatStream, ProviderError> {
        self.asked.lock().unwrap().push(request);
        let mut steps = self
            .calls
            .lock()
            .unwrap()
            .pop_front()
            .expect("one call too many");
        if matches!(steps.first(), Some(Step::Refuse(_)))
            && let Step::Refuse(error) = steps.remove(0)
        {
            return Err(error);
        }
        let steps = VecDeque::from(steps);
        let events = stream::unfold(steps, |mut steps| async move {
            loop {
                match steps.pop_front()? {
                    Step::Wait(secs) => tokio::time::sleep(Duration::from_secs(secs)).await,
                    Step::Event(event) => return Some((Ok(event), steps)),
                    Step::Fail(error) | Step::Refuse(error) => return Some((Err(error), steps)),
                    Step::Hang => std::future::pending().await,
                }
            }
        });
        Ok(events.boxed())
    }

    async fn models(&self) -> Result<Vec<String>, ProviderError> {
        Ok(vec!["m".to_owned()])
    }
}

/// Everything that a call of `provider` yields.
pub(super) async fn all(provider: &dyn LlmProvider) -> Vec<Result<ChatEvent, ProviderError>> {
    match provider.chat(ChatRequest::default()).await {
        Ok(answer) => answer.collect().await,
        Err(error) => vec![Err(error)],
    }
}

pub(super) fn text(text: &str) -> ChatEvent {
    ChatEvent::Text(text.to_owned())
}

pub(super) fn end(provider: &str) -> ChatEvent {
    ChatEvent::End {
        usage: Usage::default(),
        provider: provider.to_owned(),
        model: "m".to_owned(),
        billed: super::Billed::default(),
    }
}

pub(super) fn status(provider: &str, status: u16) -> ProviderError {
    ProviderError::Status {
        provider: provider.to_owned(),
        status,
        retry_after_secs: None,
    }
}
