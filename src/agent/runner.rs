//! The loop of one turn: ask the model, show what it says, hand it the results of the tools it
//! asks for, and ask again until it has answered.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};

use futures_util::{FutureExt as _, StreamExt as _};
use tracing::Instrument as _;

use super::{
    Inner,
    ending::Ended,
    history,
    journal::Journal,
    live::{LiveTurn, Said},
    prompt,
    spent::{self, Spent},
};
use crate::{
    cost::Price,
    model::{
        AgentStart, BusEvent, Chunk, LlmRequest, LlmResponse, MemoryUsed, MicroUsd, Notice,
        SessionChange, SessionChanged, Thinking, ToolCallEvent, ToolResult, TurnEventKind, Usage,
    },
    providers::{ChatEvent, ChatMessage, ChatRequest, ProviderError, Selected, ToolCall},
    store::{StoreError, TurnStep},
    telemetry::{LlmCall, LlmOutcome, spans},
};

/// The longest answer of one turn, reasoning included.
const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// Starts the work on a turn whose time has come.
pub(super) fn spawn(inner: &Arc<Inner>, live: Arc<LiveTurn>) {
    let tasks = inner.parts.tasks.clone();
    let inner = Arc::clone(inner);
    drop(tasks.spawn("turn", async move {
        let mut turn = Some(live);
        while let Some(live) = turn {
            run(&inner, &live).await;
            turn = inner.queues.leave(&live);
            if inner.parts.tasks.stopping().is_cancelled() {
                // What waits is in the database, and begins after the restart.
                return;
            }
        }
    }));
}

/// Ends a turn that never began.
pub(super) async fn withdraw(inner: &Arc<Inner>, live: &Arc<LiveTurn>) {
    // A change under way comes first.
    let _unsaid = live.take().await;
    let mut turn = Run::new(inner, live);
    turn.finish(Ended::Cancelled).await;
    inner.queues.forget(live.job.id);
    inner
        .parts
        .bus
        .publish(&BusEvent::SessionChanged(SessionChanged {
            session_id: live.job.session_id.clone(),
            turn_id: Some(live.job.id),
            change: SessionChange::Withdrawn,
        }));
}

/// Ends a turn that a restart interrupted too often.
pub(super) async fn interrupt(inner: &Arc<Inner>, live: &Arc<LiveTurn>) {
    Run::new(inner, live).finish(Ended::Interrupted).await;
}

async fn run(inner: &Arc<Inner>, live: &Arc<LiveTurn>) {
    let _active = inner.parts.metrics.active_turn();
    let mut turn = Run::new(inner, live);
    let span = spans::turn(live.job.id, &live.job.session_id, live.job.origin.as_str());
    let work = AssertUnwindSafe(turn.answer())
        .catch_unwind()
        .instrument(span);
    let ended = tokio::select! {
        biased;
        () = live.cancel.cancelled() => Ended::Cancelled,
        ended = work => ended.unwrap_or_else(|_| {
            tracing::error!(turn = %live.job.id, "the turn's task panicked");
            Ended::Failed {
                code: "INTERNAL_ERROR",
                message: "Something went wrong here; the gateway's log says what.".to_owned(),
            }
        }),
    };
    turn.finish(ended).await;
}

/// A turn under way.
pub(super) struct Run<'a> {
    pub(super) inner: &'a Inner,
    pub(super) live: &'a Arc<LiveTurn>,
    pub(super) journal: Journal,
    pub(super) response: String,
    pub(super) reasoning: String,
    pub(super) provider: String,
    pub(super) model: String,
    pub(super) usage: Usage,
    pub(super) spent: Spent,
    /// From acceptance to the first piece of the answer.
    pub(super) first_token_ms: Option<u64>,
}

impl<'a> Run<'a> {
    fn new(inner: &'a Arc<Inner>, live: &'a Arc<LiveTurn>) -> Self {
        let parts = &inner.parts;
        Self {
            inner,
            live,
            journal: Journal::new(
                parts.store.clone(),
                Arc::clone(&parts.clock),
                Arc::clone(live),
            ),
            response: String::new(),
            reasoning: String::new(),
            provider: String::new(),
            model: String::new(),
            usage: Usage::default(),
            spent: Spent::default(),
            first_token_ms: None,
        }
    }

    async fn answer(&mut self) -> Ended {
        match self.converse().await {
            Ok(()) => Ended::Done,
            Err(ended) => ended,
        }
    }

    async fn converse(&mut self) -> Result<(), Ended> {
        let parts = &self.inner.parts;
        let config = parts.config.current();
        let said = self.live.take().await.unwrap_or_default();
        let wanted = self.wanted_model().await?;
        let selected = parts.providers.select(wanted.as_deref());
        self.begin(&selected).await;
        let mut request = ChatRequest {
            model: selected.model.clone(),
            messages: self.recall(self.prompt(&said).await?).await,
            tools: Vec::new(),
            temperature: Some(config.agent.temperature),
            max_tokens: None,
        };
        for _ in 0..config.agent.max_iterations.max(1) {
            let said = self.response.len();
            let calls = self.call_model(&selected, request.clone()).await?;
            if calls.is_empty() {
                return Ok(());
            }
            let text = self.response.get(said..).unwrap_or_default().to_owned();
            request.messages.push(ChatMessage::Assistant {
                text,
                tool_calls: calls.clone(),
            });
            for call in calls {
                request.messages.push(self.use_tool(call).await);
            }
        }
        Err(Ended::Failed {
            code: "TOO_MANY_STEPS",
            message: format!(
                "The model asked for tools {} times without coming to an answer.",
                config.agent.max_iterations
            ),
        })
    }

    /// The model asked for: by the message, or else for its conversation.
    async fn wanted_model(&self) -> Result<Option<String>, StoreError> {
        let job = &self.live.job;
        if job.model.is_some() || job.first_in_session {
            return Ok(job.model.clone());
        }
        let store = &self.inner.parts.store;
        store.find_session_model(&job.session_id).await
    }

    /// Says that the work begins: the first time, or again after a restart.
    async fn begin(&mut self, selected: &Selected) {
        let job = &self.live.job;
        (self.provider, self.model) = (selected.name.clone(), selected.model.clone());
        let kind = match job.recovery {
            Some(recovery) => TurnEventKind::Notice(Notice {
                message: "The gateway was restarted; the answer begins again.".to_owned(),
                discard_from_seq: recovery.discard_from_seq,
            }),
            None => TurnEventKind::TurnStarted(crate::model::TurnStarted {
                origin: job.origin,
                model: self.model.clone(),
                provider: self.provider.clone(),
            }),
        };
        let step = TurnStep::Run {
            provider: self.provider.clone(),
            model: self.model.clone(),
        };
        self.journal.step(&kind, step).await;
        self.inner
            .parts
            .bus
            .publish(&BusEvent::AgentStart(AgentStart {
                session_id: job.session_id.clone(),
                turn_id: job.id,
                origin: job.origin,
                provider: self.provider.clone(),
                model: self.model.clone(),
            }));
    }

    async fn prompt(&self, said: &Said) -> Result<Vec<ChatMessage>, StoreError> {
        let (parts, job) = (&self.inner.parts, &self.live.job);
        let config = parts.config.current();
        let mut messages = vec![prompt::system(
            &config.agent.system_prompt,
            parts.clock.now(),
        )];
        let earlier = if job.first_in_session {
            Vec::new()
        } else {
            parts
                .store
                .list_history(&job.session_id, job.id, history::MAX_TURNS)
                .await?
        };
        for turn in history::within(earlier, config.agent.history_tokens) {
            let files = if turn.has_files {
                parts.store.list_attachments(turn.id).await?
            } else {
                Vec::new()
            };
            messages.push(prompt::user(&turn.input, &turn.context, &files));
            if let Some(text) = turn.response.filter(|text| !text.is_empty()) {
                messages.push(ChatMessage::Assistant {
                    text,
                    tool_calls: Vec::new(),
                });
            }
        }
        messages.push(prompt::user(&said.input, &said.context, &said.attachments));
        Ok(messages)
    }

    /// Adds the memories that fit the message to it, and says which.
    async fn recall(&mut self, mut messages: Vec<ChatMessage>) -> Vec<ChatMessage> {
        let Some(ChatMessage::User { text, .. }) = messages.last_mut() else {
            return messages;
        };
        let memory = &self.inner.parts.memory;
        let recalled = memory.recall_for(text, &self.live.job.session_id).await;
        if !recalled.used.is_empty() {
            text.push_str(&recalled.text);
            let memories = recalled.used;
            self.journal
                .append(&TurnEventKind::MemoryUsed(MemoryUsed { memories }))
                .await;
        }
        messages
    }

    /// One call of the model, shown as it comes; answers with the tools it asks for.
    async fn call_model(
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
            cost: None,
        };
        self.spent
            .begin(self.price(&selected.name, &selected.model));
        let span = spans::model_call(&selected.name, &selected.model);
        let reading = self.read_answer(selected, request, &mut call);
        let result = reading.instrument(span.clone()).await;
        match &result {
            Ok(_) => {
                let usage = call.usage.unwrap_or_default();
                spans::model_answered(&span, &self.provider, &self.model, usage);
            }
            Err(error) => {
                self.spent.fail(error, call.first_token.is_some());
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
                    calls.push(call);
                }
                ChatEvent::Notice(message) => {
                    let notice = Notice {
                        message,
                        discard_from_seq: None,
                    };
                    self.journal.append(&TurnEventKind::Notice(notice)).await;
                }
                ChatEvent::End {
                    usage,
                    provider,
                    model,
                } => {
                    self.usage.add(usage);
                    report.usage = Some(usage);
                    let price = self.price(&provider, &model);
                    report.cost = self.spent.book(price, &usage);
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

    fn price(&self, provider: &str, model: &str) -> Option<Price> {
        let parts = &self.inner.parts;
        let config = parts.config.current();
        spent::price_of(&parts.prices, &config, provider, model, parts.clock.now())
    }

    async fn say(&mut self, content: String) -> Result<(), Ended> {
        let content = without_nul(content);
        if content.is_empty() {
            return Ok(());
        }
        self.answering();
        self.response.push_str(&content);
        self.check_length()?;
        self.journal
            .append(&TurnEventKind::Chunk(Chunk { content }))
            .await;
        Ok(())
    }

    async fn think(&mut self, content: String) -> Result<(), Ended> {
        let content = without_nul(content);
        if content.is_empty() {
            return Ok(());
        }
        self.answering();
        self.reasoning.push_str(&content);
        self.check_length()?;
        self.journal
            .append(&TurnEventKind::Thinking(Thinking { content }))
            .await;
        Ok(())
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

    /// Answers a tool call. No tool is on offer, so a model that asks for one has made it up:
    /// it is told so, and may go on without.
    async fn use_tool(&mut self, call: ToolCall) -> ChatMessage {
        let output = format!(
            "There is no tool named \"{}\" here. Answer without it.",
            call.name
        );
        self.journal
            .append(&TurnEventKind::ToolCall(ToolCallEvent {
                id: call.id.clone(),
                name: call.name.clone(),
                args: call.args,
            }))
            .await;
        self.journal
            .append(&TurnEventKind::ToolResult(ToolResult {
                id: call.id.clone(),
                name: call.name.clone(),
                output: output.clone(),
                success: false,
                duration_ms: 0,
            }))
            .await;
        ChatMessage::ToolResult {
            call_id: call.id,
            name: call.name,
            output,
        }
    }

    fn report(&self, call: &CallReport, failed: Option<&Ended>) {
        let parts = &self.inner.parts;
        let usage = call.usage.unwrap_or_default();
        let took = call.started.elapsed();
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
            cost: call.cost,
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
    /// What it came to; none: not known.
    cost: Option<MicroUsd>,
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
