//! One call of the model: asked, shown as it comes, counted and told of.

use std::time::Instant;

use futures_util::StreamExt as _;
use tracing::Instrument as _;

use super::{ending::Ended, runner::Run};
use crate::{
    model::{
        BusEvent, Chunk, LlmRequest, LlmResponse, Notice, OverBudget, Thinking, TurnEventKind,
        Usage,
    },
    providers::{ChatEvent, ChatRequest, ProviderError, Selected, ToolCall},
    telemetry::{LlmCall, LlmOutcome, spans},
};

/// The longest answer of one turn, reasoning included.
const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;

impl Run<'_> {
    /// One call of the model, shown as it comes; answers with the tools it asks for.
    pub(super) async fn call_model(
        &mut self,
        selected: &Selected,
        mut request: ChatRequest,
    ) -> Result<Vec<ToolCall>, Ended> {
        let Some(cheaper) = self.downgraded.clone() else {
            return match self.one_call(selected, request.clone()).await {
                Err(Ended::OverBudget(over)) if over.downgrade_to.is_some() => {
                    let cheaper = self.downgrade(&over).await;
                    request.model.clone_from(&cheaper.model);
                    self.one_call(&cheaper, request).await
                }
                result => result,
            };
        };
        request.model.clone_from(&cheaper.model);
        self.one_call(&cheaper, request).await
    }

    /// A budget is used up: from now on the turn goes on with the cheaper model, and says so.
    async fn downgrade(&mut self, over: &OverBudget) -> Selected {
        let cheaper = self
            .inner
            .parts
            .providers
            .select(over.downgrade_to.as_deref());
        let message = format!(
            "{}. The turn goes on with {}/{}.",
            over.sentence, cheaper.name, cheaper.model
        );
        let notice = Notice {
            message,
            discard_from_seq: None,
        };
        self.note(TurnEventKind::Notice(notice)).await;
        (self.provider, self.model) = (cheaper.name.clone(), cheaper.model.clone());
        self.downgraded = Some(cheaper.clone());
        cheaper
    }

    async fn one_call(
        &mut self,
        selected: &Selected,
        request: ChatRequest,
    ) -> Result<Vec<ToolCall>, Ended> {
        let job = &self.live.job;
        self.inner
            .parts
            .bus
            .publish(&BusEvent::LlmRequest(LlmRequest {
                session_id: job.session_id.clone(),
                turn_id: job.id,
                provider: selected.name.clone(),
                model: selected.model.clone(),
            }));
        let mut call = CallReport {
            started: Instant::now(),
            first_token: None,
            usage: None,
        };
        let span = spans::model_call(&selected.name, &selected.model);
        let reading = self.read_answer(selected, request, &mut call);
        let result = reading.instrument(span.clone()).await;
        match &result {
            Ok(_) => {
                let usage = call.usage.unwrap_or_default();
                spans::model_answered(&span, &self.provider, &self.model, usage);
            }
            Err(_) => {
                spans::failed(&span, "provider_error");
            }
        }
        self.report(&call, result.as_ref().err());
        result
    }

    async fn read_answer(
        &mut self,
        selected: &Selected,
        request: ChatRequest,
        report: &mut CallReport,
    ) -> Result<Vec<ToolCall>, Ended> {
        let mut calls = Vec::new();
        let mut stream = selected.provider.chat(request).await?;
        while let Some(event) = stream.next().await {
            match event? {
                ChatEvent::Text(content) => {
                    report.first_token();
                    self.say(content).await?;
                }
                ChatEvent::Thinking(content) => {
                    report.first_token();
                    self.think(content).await?;
                }
                ChatEvent::ToolCall(call) => {
                    report.first_token();
                    self.thought();
                    calls.push(call);
                }
                ChatEvent::Notice(message) => {
                    let notice = Notice {
                        message,
                        discard_from_seq: None,
                    };
                    self.note(TurnEventKind::Notice(notice)).await;
                }
                ChatEvent::End {
                    usage,
                    provider,
                    model,
                    ..
                } => {
                    self.thought();
                    self.usage.add(usage);
                    report.usage = Some(usage);
                    (self.provider, self.model) = (provider, model);
                    return Ok(calls);
                }
            }
        }
        Err(ProviderError::Broken {
            provider: selected.name.clone(),
        }
        .into())
    }

    pub(super) async fn say(&mut self, content: String) -> Result<(), Ended> {
        let mut content = without_nul(content);
        if content.is_empty() {
            return Ok(());
        }
        self.answering();
        self.thought();
        // What is said after a tool was used is a paragraph of its own.
        let joined = !self.response.is_empty() && !self.response.ends_with('\n');
        if self.steps.begins_anew() && joined {
            content.insert_str(0, "\n\n");
        }
        self.response.push_str(&content);
        self.check_length()?;
        self.note(TurnEventKind::Chunk(Chunk { content })).await;
        Ok(())
    }

    async fn think(&mut self, content: String) -> Result<(), Ended> {
        let content = without_nul(content);
        if content.is_empty() {
            return Ok(());
        }
        self.answering();
        if self.thinks_since.is_none() {
            self.thinks_since = Some(self.inner.parts.clock.now());
        }
        self.reasoning.push_str(&content);
        self.check_length()?;
        self.note(TurnEventKind::Thinking(Thinking { content }))
            .await;
        Ok(())
    }

    /// Thinks no longer.
    fn thought(&mut self) {
        if let Some(since) = self.thinks_since.take() {
            let took = self.inner.parts.clock.now().millis_since(since);
            self.thought_ms = self.thought_ms.map(|before| before + took);
        }
    }

    /// How long it thought in all, where it did and that is known.
    pub(super) fn pondered(&mut self) -> Option<u64> {
        self.thought();
        self.thought_ms.filter(|_| !self.reasoning.is_empty())
    }

    fn answering(&mut self) {
        if self.first_token_ms.is_none() {
            let now = self.inner.parts.clock.now();
            self.first_token_ms = Some(now.millis_since(self.live.job.created_at));
        }
    }

    fn check_length(&self) -> Result<(), Ended> {
        if self.response.len() + self.reasoning.len() <= MAX_ANSWER_BYTES {
            return Ok(());
        }
        Err(Ended::Failed {
            code: "ANSWER_TOO_LONG",
            message: "The model's answer grew past 4 MiB and was cut off.".to_owned(),
        })
    }

    fn report(&self, call: &CallReport, failed: Option<&Ended>) {
        let parts = &self.inner.parts;
        let usage = call.usage.unwrap_or_default();
        let took = call.started.elapsed();
        let (provider, model, duration_ms) = (&self.provider, &self.model, millis(took));
        match failed.map(Ended::sentence) {
            // It was stopped, which is no fault of the model's.
            None | Some(None) => tracing::debug!(
                provider,
                model,
                duration_ms,
                first_token_ms = call.first_token.map(millis),
                input_tokens = usage.input_tokens,
                output_tokens = usage.output_tokens,
                "model answered"
            ),
            Some(Some(reason)) => {
                tracing::warn!(provider, model, duration_ms, reason, "model call failed");
            }
        }
        parts.metrics.llm_call(&LlmCall {
            provider: &self.provider,
            model: &self.model,
            outcome: if failed.is_none() {
                LlmOutcome::Ok
            } else {
                LlmOutcome::Error
            },
            duration: took,
            first_token: call.first_token,
            usage,
        });
        parts.bus.publish(&BusEvent::LlmResponse(LlmResponse {
            session_id: self.live.job.session_id.clone(),
            turn_id: self.live.job.id,
            provider: self.provider.clone(),
            model: self.model.clone(),
            success: failed.is_none(),
            error: failed.and_then(Ended::sentence),
            duration_ms: millis(took),
            first_token_ms: call.first_token.map(millis),
            input_tokens: usage.input_tokens,
            output_tokens: usage.output_tokens,
            cached_tokens: usage.cached_tokens,
        }));
    }
}

/// What one model call took.
struct CallReport {
    started: Instant,
    first_token: Option<std::time::Duration>,
    usage: Option<Usage>,
}

impl CallReport {
    fn first_token(&mut self) {
        if self.first_token.is_none() {
            self.first_token = Some(self.started.elapsed());
        }
    }
}

/// NUL ends a text in the database: it is no character of an answer.
fn without_nul(mut text: String) -> String {
    if text.contains('\0') {
        text.retain(|letter| letter != '\0');
    }
    text
}

fn millis(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
