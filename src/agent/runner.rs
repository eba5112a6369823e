//! The loop of one turn: ask the model, show what it says, hand it the results of the tools it
//! asks for, and ask again until it has answered, or has gone far enough.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::FutureExt as _;
use tracing::Instrument as _;

use super::{
    Inner,
    ending::Ended,
    guard::Guard,
    journal::Journal,
    live::{LiveTurn, Said},
    prompt,
    steps::{self, Steps},
};
use crate::{
    approvals,
    config::Config,
    model::{
        AgentStart, ApprovalId, BillTo, BusEvent, MemoryUsed, Notice, SessionChange,
        SessionChanged, Timestamp, TurnEventKind, Usage,
    },
    providers::{self, ChatMessage, ChatRequest, Selected},
    store::{StoreError, TurnStep},
    telemetry::spans,
};

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
        .instrument(span.clone());
    let ended = tokio::select! {
        biased;
        () = live.cancel.cancelled() => Ended::Cancelled,
        ended = work => ended.unwrap_or_else(|_| {
            tracing::error!(turn_id = %live.job.id, "the turn's task panicked");
            Ended::Failed {
                code: "INTERNAL_ERROR",
                message: "Something went wrong here; the gateway's log says what.".to_owned(),
            }
        }),
    };
    if !matches!(ended, Ended::Parked) {
        turn.finish(ended).instrument(span).await;
    }
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
    /// The cheaper model that it goes on with, once a budget is used up.
    pub(super) downgraded: Option<Selected>,
    /// What it did so far.
    pub(super) steps: Steps,
    pub(super) guard: Guard,
    /// The request that waits for its owner.
    pub(super) waits_for: Option<ApprovalId>,
    /// How long it has waited for its owner.
    pub(super) waited: Duration,
    began: Instant,
    /// From acceptance to the first piece of the answer.
    pub(super) first_token_ms: Option<u64>,
    /// Since when it thinks.
    pub(super) thinks_since: Option<Timestamp>,
    /// How long it thought before that, in milliseconds; none: a restart has lost some of it.
    pub(super) thought_ms: Option<u64>,
}

/// Why the model is asked for no more tools.
enum Bound {
    Circles,
    Calls(u32),
    Time(u64),
    Tokens(u64),
}

impl<'a> Run<'a> {
    fn new(inner: &'a Arc<Inner>, live: &'a Arc<LiveTurn>) -> Self {
        let parts = &inner.parts;
        let recovery = live.job.recovery.as_ref();
        let steps = recovery.map_or_else(Steps::default, |recovery| recovery.steps.clone());
        let reasoning = steps.reasoning();
        Self {
            inner,
            live,
            journal: Journal::new(
                parts.store.clone(),
                Arc::clone(&parts.clock),
                Arc::clone(live),
            ),
            response: steps.text(),
            thought_ms: reasoning.is_empty().then_some(0),
            thinks_since: None,
            reasoning,
            provider: String::new(),
            model: String::new(),
            usage: Usage::default(),
            downgraded: None,
            steps,
            guard: Guard::default(),
            waits_for: None,
            waited: Duration::ZERO,
            began: Instant::now(),
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
        let said = self.live.take().await.unwrap_or_default();
        let wanted = self.wanted_model().await?;
        let selected = parts.providers.select(wanted.as_deref());
        if self.live.job.recovery.is_some() {
            self.usage = parts.cost.earlier_usage(self.live.job.id);
        }
        self.begin(&selected).await;
        self.take_up_calls().await?;
        let base = self
            .gather(&said, &selected)
            .instrument(spans::prompt())
            .await?;
        let mut asked = 0;
        loop {
            let config = self.inner.parts.config.current();
            let request = self.chat_request(&config, &selected, &base);
            let calls = self.call_model(&selected, request).await?;
            asked += 1;
            if calls.is_empty() {
                return Ok(());
            }
            let straight_on = self.use_tools(calls).await?;
            let bound = if straight_on {
                self.bound(&config, asked)
            } else {
                Some(Bound::Circles)
            };
            if let Some(bound) = bound {
                return self.wrap_up(&config, &selected, base, &bound).await;
            }
        }
    }

    /// The conversation so far, with the tools that are on offer.
    fn chat_request(
        &self,
        config: &Config,
        selected: &Selected,
        base: &[ChatMessage],
    ) -> ChatRequest {
        let offers = self.offers(config);
        let mut messages = base.to_vec();
        let boundary = self.inner.parts.tools.boundary(&self.live.job.session_id);
        messages.extend(steps::messages_of(
            &self.steps.so_far(),
            &boundary,
            usize::MAX,
        ));
        ChatRequest {
            model: selected.model.clone(),
            messages: if offers.is_empty() {
                steps::without_calls(messages)
            } else {
                messages
            },
            tools: offers,
            temperature: Some(config.agent.temperature),
            max_tokens: None,
            bill: self.bill(),
        }
    }

    /// Who its calls are for.
    pub(super) fn bill(&self) -> BillTo {
        let job = &self.live.job;
        BillTo {
            session_id: Some(job.session_id.clone()),
            turn_id: Some(job.id),
            origin: job.origin.into(),
            device_id: job.device_id,
            job: job.job.clone(),
        }
    }

    fn offers(&self, config: &Config) -> Vec<providers::ToolSpec> {
        if !self.live.job.tools {
            return Vec::new();
        }
        let specs = self.inner.parts.tools.specs();
        specs
            .filter(|spec| self.live.job.may_use(&spec.name) && approvals::offered(config, spec))
            .map(Into::into)
            .collect()
    }

    fn bound(&self, config: &Config, asked: u32) -> Option<Bound> {
        let agent = &config.agent;
        let most = agent.max_turn_tokens;
        if asked >= agent.max_iterations.max(1) {
            Some(Bound::Calls(asked))
        } else if self.time_left().is_zero() {
            Some(Bound::Time(agent.turn_timeout_secs))
        } else if most > 0 && self.usage.total() >= most {
            Some(Bound::Tokens(most))
        } else {
            None
        }
    }

    /// How long it may still work.
    pub(super) fn time_left(&self) -> Duration {
        let config = self.inner.parts.config.current();
        let worked = self.began.elapsed().saturating_sub(self.waited);
        Duration::from_secs(config.agent.turn_timeout_secs).saturating_sub(worked)
    }

    /// The model has gone far enough: it is asked once more, without tools, to say honestly where
    /// things stand.
    async fn wrap_up(
        &mut self,
        config: &Config,
        selected: &Selected,
        base: Vec<ChatMessage>,
        bound: &Bound,
    ) -> Result<(), Ended> {
        let (message, short) = bound.words();
        self.note(TurnEventKind::Notice(Notice {
            message,
            discard_from_seq: None,
        }))
        .await;
        let mut request = self.chat_request(config, selected, &base);
        request.tools.clear();
        request.messages.push(ChatMessage::User {
            text: format!(
                "[From the gateway, not from your owner] You were stopped: {short}. There are no \
                 more tools in this turn. Tell your owner honestly and briefly what was done, \
                 what was not, and what you would need to go on."
            ),
            images: Vec::new(),
        });
        request.messages = steps::without_calls(request.messages);
        let said = self.response.len();
        if self.call_model(selected, request).await.is_err() {
            tracing::info!("the model did not say where things stand");
        }
        if self.response.len() == said {
            let words = format!("I was stopped here: {short}. What was done so far stands above.");
            self.say(words).await?;
        }
        Ok(())
    }

    /// Journals an event and counts it among what was done.
    pub(super) async fn note(&mut self, kind: TurnEventKind) {
        let seq = self.journal.append(&kind).await;
        self.steps.take(seq, &kind);
    }

    /// The same with a change of the turn; waits until it is kept.
    pub(super) async fn note_kept(&mut self, kind: TurnEventKind, step: TurnStep) {
        let seq = self.journal.kept(&kind, step).await;
        self.steps.take(seq, &kind);
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

    /// Says that the work begins: the first time, or again after a restart. A turn that waits for
    /// its owner goes on waiting, and there is nothing to say.
    async fn begin(&mut self, selected: &Selected) {
        let job = &self.live.job;
        (self.provider, self.model) = (selected.name.clone(), selected.model.clone());
        let kind = match &job.recovery {
            Some(recovery) if recovery.waits => None,
            Some(recovery) => Some(TurnEventKind::Notice(Notice {
                message: if recovery.steps.is_empty() {
                    "The gateway was restarted; the answer begins again.".to_owned()
                } else {
                    "The gateway was restarted; the turn goes on from the last tool.".to_owned()
                },
                discard_from_seq: recovery.discard_from_seq,
            })),
            None => Some(TurnEventKind::TurnStarted(crate::model::TurnStarted {
                origin: job.origin,
                model: self.model.clone(),
                provider: self.provider.clone(),
            })),
        };
        if let Some(kind) = kind {
            let step = TurnStep::Run {
                provider: self.provider.clone(),
                model: self.model.clone(),
            };
            let seq = self.journal.step(&kind, step).await;
            self.steps.take(seq, &kind);
            (self.response, self.reasoning) = (self.steps.text(), self.steps.reasoning());
        }
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

    /// All that the model is told before it is asked the first time.
    async fn gather(
        &mut self,
        said: &Said,
        selected: &Selected,
    ) -> Result<Vec<ChatMessage>, StoreError> {
        let messages = self.prompt(said, selected).await?;
        Ok(self.recall(messages).await)
    }

    async fn prompt(
        &mut self,
        said: &Said,
        selected: &Selected,
    ) -> Result<Vec<ChatMessage>, StoreError> {
        let parts = &self.inner.parts;
        let config = parts.config.current();
        let boundary = parts.tools.boundary(&self.live.job.session_id);
        let offers = self.offers(&config);
        let (summary, earlier) = self.earlier(&config, selected, &boundary).await?;
        let is_result = |message: &ChatMessage| matches!(message, ChatMessage::ToolResult { .. });
        let others_spoke = earlier.iter().any(is_result);
        let standard = parts.files.standard_files().await;
        let standard = prompt::standard(&standard, config.workspace.prompt_tokens);
        let mut messages = vec![prompt::system(
            &config.agent.system_prompt,
            standard.map(|text| parts.tools.masked(&text)).as_deref(),
            &prompt::day(parts.clock.now(), config.owner.zone()),
            !offers.is_empty(),
            (!offers.is_empty() || others_spoke).then_some(&boundary),
            summary.as_deref(),
        )];
        messages.extend(earlier);
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
            self.note(TurnEventKind::MemoryUsed(MemoryUsed { memories }))
                .await;
        }
        messages
    }
}

impl Bound {
    /// A sentence for people, and the reason alone for the model.
    fn words(&self) -> (String, String) {
        let short = match self {
            Self::Circles => "you asked for the same again and again".to_owned(),
            Self::Calls(calls) => format!("you were asked {calls} times, as often as is allowed"),
            Self::Time(secs) => format!("the {secs} s that a turn may take are over"),
            Self::Tokens(tokens) => format!("the {tokens} tokens that a turn may use are used up"),
        };
        let message = match self {
            Self::Circles => {
                "The agent asked for the same again and again. It was stopped and asked to say \
                 where things stand."
                    .to_owned()
            }
            Self::Calls(calls) => format!(
                "The agent reached the limit of {calls} steps. It was asked to say where things \
                 stand."
            ),
            Self::Time(secs) => format!(
                "The turn reached its time limit of {secs} s. The agent was asked to say where \
                 things stand."
            ),
            Self::Tokens(tokens) => format!(
                "The turn reached its limit of {tokens} tokens. The agent was asked to say where \
                 things stand."
            ),
        };
        (message, short)
    }
}
