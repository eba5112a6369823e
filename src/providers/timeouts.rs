//! Limits for a model call: until its first piece, and between pieces. The limit for the
//! connection is the HTTP client's.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, timeout_at};

use super::{ChatEvent, ChatRequest, ChatStream, LlmProvider, ProviderError};

/// A provider whose answers must come in time. It swallows empty pieces, which adapters yield as
/// signs of life while they gather a tool call.
pub struct Timeouts {
    inner: Arc<dyn LlmProvider>,
    first: Duration,
    idle: Duration,
}

impl Timeouts {
    /// Gives `inner` so long until its first piece, and so long between pieces.
    pub fn new(inner: Arc<dyn LlmProvider>, first: Duration, idle: Duration) -> Self {
        Self { inner, first, idle }
    }
}

#[async_trait]
impl LlmProvider for Timeouts {
    fn name(&self) -> &str {
        self.inner.name()
    }

    async fn chat(&self, request: ChatRequest) -> Result<ChatStream, ProviderError> {
        let late = Late {
            provider: self.name().to_owned(),
            first: self.first,
            idle: self.idle,
        };
        let deadline = Instant::now() + self.first;
        let answer = timeout_at(deadline, self.inner.chat(request))
            .await
            .map_err(|_| late.first())??;
        let timed = Timed {
            answer: Some(answer),
            late,
            deadline,
            begun: false,
        };
        Ok(stream::unfold(timed, Timed::step).boxed())
    }

    async fn models(&self) -> Result<Vec<String>, ProviderError> {
        self.inner.models().await
    }
}

struct Late {
    provider: String,
    first: Duration,
    idle: Duration,
}

impl Late {
    fn first(&self) -> ProviderError {
        ProviderError::Timeout {
            provider: self.provider.clone(),
            waited_for: "the first token",
            secs: self.first.as_secs(),
        }
    }

    fn idle(&self) -> ProviderError {
        ProviderError::Timeout {
            provider: self.provider.clone(),
            waited_for: "the next token",
            secs: self.idle.as_secs(),
        }
    }
}

struct Timed {
    answer: Option<ChatStream>,
    late: Late,
    deadline: Instant,
    begun: bool,
}

impl Timed {
    async fn step(mut self) -> Option<(Result<ChatEvent, ProviderError>, Self)> {
        loop {
            let answer = self.answer.as_mut()?;
            let next = timeout_at(self.deadline, answer.next()).await;
            let event = match next {
                Ok(event) => event?,
                Err(_) => {
                    // Letting go of the answer closes its connection now.
                    self.answer = None;
                    Err(if self.begun {
                        self.late.idle()
                    } else {
                        self.late.first()
                    })
                }
            };
            self.begun = true;
            self.deadline = Instant::now() + self.late.idle;
            if !is_sign_of_life(&event) {
                return Some((event, self));
            }
        }
    }
}

fn is_sign_of_life(event: &Result<ChatEvent, ProviderError>) -> bool {
    match event {
        Ok(ChatEvent::Text(text) | ChatEvent::Thinking(text)) => text.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::scripted::{Scripted, Step, all, end, text};

    const LIMIT: Duration = Duration::from_secs(10);

    async fn run(steps: Vec<Step>) -> Vec<Result<ChatEvent, ProviderError>> {
        let inner = Scripted::new("main", vec![steps]);
        all(&Timeouts::new(inner, LIMIT, Duration::from_secs(5))).await
    }

    fn late(waited_for: &'static str, secs: u64) -> Result<ChatEvent, ProviderError> {
        Err(ProviderError::Timeout {
            provider: "main".to_owned(),
            waited_for,
            secs,
        })
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_in_time_passes_unchanged() {
        let seen = run(vec![
            Step::Wait(9),
            Step::Event(text("a")),
            Step::Wait(4),
            Step::Event(text("b")),
            Step::Event(end("main")),
        ])
        .await;
        assert_eq!(seen, [Ok(text("a")), Ok(text("b")), Ok(end("main"))]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_late_first_piece_ends_the_call() {
        let seen = run(vec![Step::Wait(11), Step::Event(text("a"))]).await;
        assert_eq!(seen, [late("the first token", 10)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_never_answers_ends_too() {
        let seen = run(vec![Step::Hang]).await;
        assert_eq!(seen, [late("the first token", 10)]);
    }

    #[tokio::test(start_paused = true)]
    async fn silence_between_pieces_ends_the_call() {
        let seen = run(vec![
            Step::Event(text("a")),
            Step::Wait(6),
            Step::Event(text("b")),
        ])
        .await;
        assert_eq!(seen, [Ok(text("a")), late("the next token", 5)]);
    }

    #[tokio::test(start_paused = true)]
    async fn signs_of_life_keep_the_call_alive_and_are_not_seen() {
        let mut steps = Vec::new();
        for _ in 0..10 {
            steps.extend([Step::Wait(4), Step::Event(text(""))]);
        }
        steps.push(Step::Event(end("main")));
        assert_eq!(run(steps).await, [Ok(end("main"))]);
    }
}
