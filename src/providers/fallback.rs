//! Asks the next provider when one fails before the first piece of its answer.

use std::{collections::VecDeque, sync::Arc};

use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};

use super::{ChatEvent, ChatRequest, ChatStream, LlmProvider, ProviderError};

/// A provider to turn to, and the model to ask it for (empty: its own choice).
#[derive(Clone)]
pub struct Spare {
    /// The provider.
    pub provider: Arc<dyn LlmProvider>,
    /// Its model.
    pub model: String,
}

/// A provider with others behind it.
pub struct Fallback {
    first: Arc<dyn LlmProvider>,
    spares: Vec<Spare>,
}

impl Fallback {
    /// Asks `first`, then the spares in order.
    pub fn new(first: Arc<dyn LlmProvider>, spares: Vec<Spare>) -> Self {
        Self { first, spares }
    }
}

#[async_trait]
impl LlmProvider for Fallback {
    fn name(&self) -> &str {
        self.first.name()
    }

    async fn chat(&self, request: ChatRequest) -> Result<ChatStream, ProviderError> {
        let chain = Chain {
            asked: Arc::clone(&self.first),
            spares: self.spares.clone().into(),
            request,
            phase: Phase::Ask,
        };
        Ok(stream::unfold(chain, Chain::step).boxed())
    }

    async fn models(&self) -> Result<Vec<String>, ProviderError> {
        self.first.models().await
    }
}

enum Phase {
    Ask,
    /// The answer, and whether something of it was passed on.
    Answer(ChatStream, bool),
    Over,
}

struct Chain {
    asked: Arc<dyn LlmProvider>,
    spares: VecDeque<Spare>,
    request: ChatRequest,
    phase: Phase,
}

impl Chain {
    async fn step(mut self) -> Option<(Result<ChatEvent, ProviderError>, Self)> {
        loop {
            let failure = match std::mem::replace(&mut self.phase, Phase::Over) {
                Phase::Over => return None,
                Phase::Ask => match self.asked.chat(self.request.clone()).await {
                    Ok(answer) => {
                        self.phase = Phase::Answer(answer, false);
                        continue;
                    }
                    Err(error) => error,
                },
                Phase::Answer(mut answer, begun) => match answer.next().await? {
                    Err(error) if !begun => error,
                    item => {
                        let begun = begun || !matches!(item, Ok(ChatEvent::Notice(_)));
                        if item.is_ok() {
                            self.phase = Phase::Answer(answer, begun);
                        }
                        return Some((item, self));
                    }
                },
            };
            // A budget is for all of them.
            let over = matches!(failure, ProviderError::OverBudget(_));
            let spare = if over { None } else { self.spares.pop_front() };
            let Some(spare) = spare else {
                return Some((Err(failure), self));
            };
            let notice = format!("{failure}; asking {:?} instead", spare.provider.name());
            self.asked = spare.provider;
            self.request.model = spare.model;
            self.phase = Phase::Ask;
            return Some((Ok(ChatEvent::Notice(notice)), self));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::scripted::{Scripted, Step, all, end, status, text};

    fn spare(provider: &Arc<Scripted>) -> Spare {
        Spare {
            provider: Arc::clone(provider) as _,
            model: "spare-model".to_owned(),
        }
    }

    #[tokio::test]
    async fn the_next_provider_answers_with_its_own_model_and_a_notice() {
        let main = Scripted::new("main", vec![vec![Step::Refuse(status("main", 500))]]);
        let second = Scripted::new("second", vec![vec![Step::Fail(status("second", 401))]]);
        let third = Scripted::new(
            "third",
            vec![vec![Step::Event(text("hi")), Step::Event(end("third"))]],
        );
        let seen = all(&Fallback::new(main, vec![spare(&second), spare(&third)])).await;
        let notice = |text: &str| Ok(ChatEvent::Notice(text.to_owned()));
        assert_eq!(
            seen,
            [
                notice(
                    "the provider \"main\" answered 500: it has trouble of its own; \
                     asking \"second\" instead"
                ),
                notice(
                    "the provider \"second\" answered 401: it does not accept the key; \
                     asking \"third\" instead"
                ),
                Ok(text("hi")),
                Ok(end("third")),
            ]
        );
        assert_eq!(third.asked()[0].model, "spare-model");
    }

    #[tokio::test]
    async fn no_other_provider_is_asked_after_the_first_piece() {
        let main = Scripted::new(
            "main",
            vec![vec![
                Step::Event(text("a")),
                Step::Fail(status("main", 500)),
            ]],
        );
        let second = Scripted::new("second", vec![]);
        let seen = all(&Fallback::new(main, vec![spare(&second)])).await;
        assert_eq!(seen, [Ok(text("a")), Err(status("main", 500))]);
        assert!(second.asked().is_empty());
    }

    #[tokio::test]
    async fn the_last_error_is_told_when_nobody_answers() {
        let main = Scripted::new("main", vec![vec![Step::Refuse(status("main", 500))]]);
        let second = Scripted::new("second", vec![vec![Step::Refuse(status("second", 503))]]);
        let seen = all(&Fallback::new(main, vec![spare(&second)])).await;
        assert_eq!(seen.last(), Some(&Err(status("second", 503))));
        assert_eq!(seen.len(), 2);
    }
}
