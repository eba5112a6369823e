//! Tries a model call again while nothing of its answer has been seen.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};

use super::{ChatEvent, ChatRequest, ChatStream, LlmProvider, ProviderError};

const SHORTEST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// A provider that wants us to wait longer than this is not waited for.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(30);

/// A wait that its owner should hear of.
const NOTEWORTHY_WAIT: Duration = Duration::from_secs(2);

/// A provider that is asked again when it failed before the first piece of its answer.
pub struct Retry {
    inner: Arc<dyn LlmProvider>,
    tries: u32,
    chance: fn() -> f64,
}

impl Retry {
    /// Asks `inner` up to `max_retries` times more. `chance` gives numbers from 0 to 1, for the
    /// jitter.
    pub fn new(inner: Arc<dyn LlmProvider>, max_retries: u32, chance: fn() -> f64) -> Self {
        Self {
            inner,
            tries: max_retries,
            chance,
        }
    }
}

#[async_trait]
impl LlmProvider for Retry {
    fn name(&self) -> &str {
        self.inner.name()
    }

    async fn chat(&self, request: ChatRequest) -> Result<ChatStream, ProviderError> {
        let tries = Tries {
            inner: Arc::clone(&self.inner),
            chance: self.chance,
            left: self.tries,
            done: 0,
            request,
            phase: Phase::Ask,
        };
        Ok(stream::unfold(tries, Tries::step).boxed())
    }

    async fn models(&self) -> Result<Vec<String>, ProviderError> {
        self.inner.models().await
    }
}

enum Phase {
    Ask,
    Wait(Duration),
    /// The answer, and whether something of it was passed on.
    Answer(ChatStream, bool),
    Over,
}

struct Tries {
    inner: Arc<dyn LlmProvider>,
    chance: fn() -> f64,
    left: u32,
    done: u32,
    request: ChatRequest,
    phase: Phase,
}

impl Tries {
    async fn step(mut self) -> Option<(Result<ChatEvent, ProviderError>, Self)> {
        loop {
            let failure = match std::mem::replace(&mut self.phase, Phase::Over) {
                Phase::Over => return None,
                Phase::Wait(time) => {
                    tokio::time::sleep(time).await;
                    self.phase = Phase::Ask;
                    continue;
                }
                Phase::Ask => match self.ask().await {
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
            let Some(wait) = self.wait_after(&failure) else {
                return Some((Err(failure), self));
            };
            self.left -= 1;
            self.done += 1;
            self.phase = Phase::Wait(wait);
            if wait >= NOTEWORTHY_WAIT {
                let secs = wait.as_secs_f64().ceil();
                let notice = format!("{failure}; trying again in {secs} s");
                return Some((Ok(ChatEvent::Notice(notice)), self));
            }
        }
    }

    async fn ask(&mut self) -> Result<ChatStream, ProviderError> {
        // No copy of the conversation when no further try will need it.
        let request = if self.left == 0 {
            std::mem::take(&mut self.request)
        } else {
            self.request.clone()
        };
        self.inner.chat(request).await
    }

    /// How long to wait before the next try; none when there shall be none.
    fn wait_after(&self, failure: &ProviderError) -> Option<Duration> {
        if self.left == 0 || !passes(failure) {
            return None;
        }
        if let ProviderError::Status {
            retry_after_secs: Some(secs),
            ..
        } = failure
        {
            let asked = Duration::from_secs(*secs);
            return (asked <= LONGEST_RETRY_AFTER).then(|| asked.max(SHORTEST_WAIT));
        }
        let full = SHORTEST_WAIT
            .saturating_mul(1 << self.done.min(16))
            .min(LONGEST_WAIT);
        Some(full.mul_f64(0.5 + (self.chance)().clamp(0.0, 1.0) / 2.0))
    }
}

/// Whether the same call may succeed a little later. A late first token is not tried again: its
/// limit has been waited out already.
fn passes(failure: &ProviderError) -> bool {
    match failure {
        ProviderError::Unreachable { .. } | ProviderError::Broken { .. } => true,
        ProviderError::Timeout { waited_for, .. } => *waited_for == "the connection",
        ProviderError::Status { status, .. } => {
            matches!(
                status,
                408 | 425 | 429 | 500 | 502 | 503 | 504 | 520..=524 | 529
            )
        }
        ProviderError::Malformed { .. }
        | ProviderError::Unusable { .. }
        | ProviderError::OverBudget(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;
    use crate::providers::scripted::{Scripted, Step, all, end, status, text};

    fn good() -> Vec<Step> {
        vec![Step::Event(text("a")), Step::Event(end("main"))]
    }

    fn wait_please(secs: u64) -> ProviderError {
        ProviderError::Status {
            provider: "main".to_owned(),
            status: 429,
            retry_after_secs: Some(secs),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn failures_before_the_first_piece_are_tried_again() {
        let inner = Scripted::new(
            "main",
            vec![
                vec![Step::Refuse(status("main", 503))],
                vec![Step::Fail(status("main", 500))],
                good(),
            ],
        );
        let started = Instant::now();
        let seen = all(&Retry::new(Arc::clone(&inner) as _, 2, || 1.0)).await;
        assert_eq!(seen, [Ok(text("a")), Ok(end("main"))]);
        assert_eq!(inner.asked().len(), 3);
        assert_eq!(started.elapsed().as_millis(), 1500);
    }

    #[tokio::test]
    async fn nothing_is_tried_again_after_the_first_piece() {
        let inner = Scripted::new(
            "main",
            vec![
                vec![Step::Event(text("a")), Step::Fail(status("main", 500))],
                good(),
            ],
        );
        let seen = all(&Retry::new(Arc::clone(&inner) as _, 2, || 0.0)).await;
        assert_eq!(seen, [Ok(text("a")), Err(status("main", 500))]);
        assert_eq!(inner.asked().len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_error_is_told_when_all_tries_fail() {
        let calls = (0..3)
            .map(|_| vec![Step::Refuse(status("main", 529))])
            .collect();
        let inner = Scripted::new("main", calls);
        let seen = all(&Retry::new(inner, 2, || 0.0)).await;
        assert_eq!(seen, [Err(status("main", 529))]);
    }

    #[tokio::test]
    async fn what_will_not_pass_is_not_tried_again() {
        for code in [400, 401, 402, 403, 404, 413, 422, 501] {
            let inner = Scripted::new("main", vec![vec![Step::Refuse(status("main", code))]]);
            let seen = all(&Retry::new(inner, 2, || 0.0)).await;
            assert_eq!(seen, [Err(status("main", code))]);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn retry_after_is_honoured_and_told() {
        let inner = Scripted::new("main", vec![vec![Step::Refuse(wait_please(7))], good()]);
        let started = Instant::now();
        let seen = all(&Retry::new(inner, 2, || 0.0)).await;
        assert_eq!(started.elapsed().as_secs(), 7);
        let Some(Ok(ChatEvent::Notice(notice))) = seen.first() else {
            panic!("no notice in {seen:?}");
        };
        assert!(
            notice.ends_with("too many requests; trying again in 7 s"),
            "{notice}"
        );
        assert_eq!(seen.len(), 3);
    }

    #[tokio::test]
    async fn a_provider_that_asks_for_too_long_a_wait_is_given_up() {
        let inner = Scripted::new("main", vec![vec![Step::Refuse(wait_please(31))]]);
        assert_eq!(
            all(&Retry::new(inner, 2, || 0.0)).await,
            [Err(wait_please(31))]
        );
    }
}
