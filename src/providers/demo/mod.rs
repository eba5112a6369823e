//! The built-in assistant: rules instead of a model, so that a fresh gateway answers at once and
//! says how to connect a real one. The same words get the same answer, but for the time.

mod answers;
mod arithmetic;
mod file_wishes;
mod schedules;
mod wishes;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};

use super::{
    Billed, ChatEvent, ChatMessage, ChatRequest, ChatStream, LlmProvider, ProviderError, ToolCall,
};
use crate::{
    clock::Clock,
    model::{MEMORIES_OPEN, Usage},
};

/// Its name as a provider and as a model.
pub(super) const DEMO: &str = "demo";

/// About as fast as a model writes.
pub(super) const WORD_DELAY: Duration = Duration::from_millis(15);

/// Characters that make a token, roughly.
const CHARS_PER_TOKEN: usize = 4;

/// The rule-based assistant.
pub struct DemoProvider {
    name: String,
    clock: Arc<dyn Clock>,
    delay: Duration,
}

impl DemoProvider {
    /// One that waits `delay` before each further word.
    pub fn new(name: &str, clock: Arc<dyn Clock>, delay: Duration) -> Self {
        Self {
            name: name.to_owned(),
            clock,
            delay,
        }
    }
}

#[async_trait]
impl LlmProvider for DemoProvider {
    fn name(&self) -> &str {
        &self.name
    }

    async fn chat(&self, request: ChatRequest) -> Result<ChatStream, ProviderError> {
        let input = request.messages.iter().map(chars).sum::<usize>();
        let asked = last_user_text(&request.messages);
        let (answer, call) = match wishes::told(&request.messages) {
            Some(told) => (told, None),
            None => match wishes::wish(asked, &request.tools) {
                Some(wish) => {
                    let call = ToolCall {
                        id: "call_1".to_owned(),
                        name: wish.tool.to_owned(),
                        args: wish.args,
                    };
                    (wish.words.to_owned(), Some(call))
                }
                None => (answers::answer(asked, self.clock.now()), None),
            },
        };
        let end = ChatEvent::End {
            usage: Usage {
                input_tokens: tokens(input),
                output_tokens: tokens(answer.chars().count()),
                ..Usage::default()
            },
            provider: self.name.clone(),
            model: DEMO.to_owned(),
            billed: Billed::default(),
        };
        let mut events: Vec<ChatEvent> = words(&answer)
            .map(|word| ChatEvent::Text(word.to_owned()))
            .collect();
        events.extend(call.map(ChatEvent::ToolCall));
        events.push(end);
        let delay = self.delay;
        let events = stream::iter(events)
            .enumerate()
            .then(move |(at, event)| async move {
                if at > 0 && !delay.is_zero() && matches!(event, ChatEvent::Text(_)) {
                    tokio::time::sleep(delay).await;
                }
                Ok(event)
            });
        Ok(events.boxed())
    }

    async fn models(&self) -> Result<Vec<String>, ProviderError> {
        Ok(vec![DEMO.to_owned()])
    }
}

fn last_user_text(messages: &[ChatMessage]) -> &str {
    let users = messages.iter().rev().filter_map(|message| match message {
        ChatMessage::User { text, .. } => Some(text.as_str()),
        _ => None,
    });
    let text = users.into_iter().next().unwrap_or_default();
    // Rules read what was said, not what is remembered with it.
    text.split(MEMORIES_OPEN).next().unwrap_or(text)
}

fn chars(message: &ChatMessage) -> usize {
    let (ChatMessage::System(text)
    | ChatMessage::User { text, .. }
    | ChatMessage::Assistant { text, .. }
    | ChatMessage::ToolResult { output: text, .. }) = message;
    text.chars().count()
}

fn tokens(chars: usize) -> u64 {
    u64::try_from(chars.div_ceil(CHARS_PER_TOKEN)).unwrap_or(u64::MAX)
}

/// Words, each with the white space before it; together they are the text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let blank = rest.len() - rest.trim_start().len();
        let word = rest.trim_start().find(char::is_whitespace);
        let end = word.map_or(rest.len(), |len| blank + len);
        let (piece, after) = rest.split_at(end);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::ManualClock, model::Timestamp};

    async fn say(text: &str) -> Vec<ChatEvent> {
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_763_696_580_120)));
        let demo = DemoProvider::new(DEMO, clock, WORD_DELAY);
        let request = ChatRequest {
            messages: vec![
                ChatMessage::System("x".repeat(39)),
                ChatMessage::User {
                    text: text.to_owned(),
                    images: Vec::new(),
                },
            ],
            ..ChatRequest::default()
        };
        let answer = demo.chat(request).await.unwrap();
        answer.map(Result::unwrap).collect().await
    }

    #[tokio::test(start_paused = true)]
    async fn it_answers_word_by_word_and_estimates_its_usage() {
        let started = tokio::time::Instant::now();
        let events = say("echo one  two\nthree").await;
        let text = |text: &str| ChatEvent::Text(text.to_owned());
        assert_eq!(
            events,
            [
                text("one"),
                text("  two"),
                text("\nthree"),
                ChatEvent::End {
                    usage: Usage {
                        input_tokens: 15,
                        output_tokens: 4,
                        ..Usage::default()
                    },
                    provider: DEMO.to_owned(),
                    model: DEMO.to_owned(),
                    billed: Billed::default(),
                },
            ]
        );
        assert_eq!(started.elapsed(), 2 * WORD_DELAY);
    }

    #[tokio::test(start_paused = true)]
    async fn the_words_of_the_long_answer_are_the_whole_text() {
        let events = say("long").await;
        let text: String = events
            .iter()
            .map(|event| match event {
                ChatEvent::Text(text) => text.as_str(),
                _ => "",
            })
            .collect();
        assert_eq!(text, answers::LONG.trim_end());
        assert!(events.len() > 200);
    }
}
