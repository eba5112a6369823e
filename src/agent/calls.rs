//! The tool calls of one answer: each is journaled, judged, perhaps asked for, run, and its result
//! journaled. Calls that get in nobody's way run side by side.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures_util::{
    StreamExt as _,
    stream::{FuturesUnordered, SelectAll},
};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::{ending::Ended, runner::Run};
use crate::{
    approvals::Verdict,
    model::{
        BusEvent, ToolCallEnd, ToolCallEvent, ToolCallStart, ToolOutputPiece, ToolResult,
        TurnEventKind,
    },
    providers::ToolCall,
    store::TurnStep,
    telemetry::spans,
    tools::{Action, Call, Finished, Outcome, Progress, Registry, ToolContext},
};

/// Calls that run side by side.
const BESIDE: usize = 4;
/// How often live output is journaled.
const PIECES_EVERY: Duration = Duration::from_millis(250);
/// Bytes of live output that are journaled for one call.
const PIECES_BYTES: usize = 64 * 1024;

/// A call that was understood.
pub(super) struct Judged {
    pub(super) id: String,
    pub(super) call: Call,
    pub(super) action: Action,
    pub(super) verdict: Verdict,
}

/// A call and what is to become of it.
enum Wish {
    /// Sense was made of it.
    Judged(Box<Judged>),
    /// It makes no sense; the sentence is for the model.
    Senseless {
        id: String,
        name: String,
        args: Value,
        why: String,
    },
}

/// Live output of one call.
struct Pieces {
    ready: String,
    left: usize,
}

impl Run<'_> {
    /// Makes the calls of one answer. `false`: the model goes round in circles.
    pub(super) async fn use_tools(&mut self, calls: Vec<ToolCall>) -> Result<bool, Ended> {
        let mut beside: Vec<Judged> = Vec::new();
        let mut taken = Vec::new();
        let mut in_circles = false;
        for call in calls {
            let id = self.steps.name_for(&call.id, &taken);
            taken.push(id.clone());
            let repeats = self.guard.repeats(&call.name, &call.args);
            let wish = if repeats || in_circles {
                in_circles = true;
                Wish::Senseless {
                    id,
                    name: call.name,
                    args: call.args,
                    why: "it was not done: you ask for the same again and again".to_owned(),
                }
            } else {
                self.understand(id, call).await
            };
            match wish {
                Wish::Judged(judged)
                    if judged.verdict == Verdict::Run && judged.call.spec().parallel_safe =>
                {
                    beside.push(*judged);
                }
                other => {
                    self.run_beside(std::mem::take(&mut beside)).await;
                    self.grant(other).await?;
                }
            }
        }
        self.run_beside(beside).await;
        Ok(!in_circles)
    }

    /// Makes sense of a call, without doing anything.
    async fn understand(&self, id: String, wanted: ToolCall) -> Wish {
        let tools = &self.inner.parts.tools;
        let ToolCall { name, args, .. } = wanted;
        let senseless = |id, name, args, why| Wish::Senseless {
            id,
            name,
            args,
            why,
        };
        if !self.live.job.tools {
            let why = "no tools are on offer here; answer without them".to_owned();
            return senseless(id, name, args, why);
        }
        if !self.live.job.may_use(&name) && tools.find(&name).is_some() {
            let why = format!("{name} is not among the tools of this job; use others");
            return senseless(id, name, args, why);
        }
        let call = match tools.check(&name, args.clone()) {
            Ok(call) => call,
            Err(error) => return senseless(id, name, args, error.to_string()),
        };
        let context = self.context(&id, Progress::default(), &self.live.cancel);
        match tools.action(&context, &call).await {
            Ok(action) => {
                let parts = &self.inner.parts;
                let session = &self.live.job.session_id;
                let config = &context.config;
                let verdict = parts
                    .approvals
                    .verdict(config, session, call.spec(), &action);
                Wish::Judged(Box::new(Judged {
                    id,
                    call,
                    action,
                    verdict,
                }))
            }
            Err(error) => senseless(id, name, args, error.to_string()),
        }
    }

    async fn grant(&mut self, wish: Wish) -> Result<(), Ended> {
        match wish {
            Wish::Senseless {
                id,
                name,
                args,
                why,
            } => {
                let args = self.inner.parts.tools.shown(&args);
                self.note(TurnEventKind::ToolCall(ToolCallEvent {
                    id: id.clone(),
                    name: name.clone(),
                    args,
                    summary: None,
                    risk: None,
                }))
                .await;
                self.refuse(&id, &name, &why).await;
                Ok(())
            }
            Wish::Judged(judged) => {
                self.tell_call(&judged).await;
                match &judged.verdict {
                    Verdict::Run => self.run_announced(vec![*judged]).await,
                    Verdict::Refuse(why) => {
                        let name = judged.call.spec().name.clone();
                        self.refuse(&judged.id, &name, why).await;
                    }
                    Verdict::Ask => self.ask(*judged).await?,
                }
                Ok(())
            }
        }
    }

    /// Journals a call that was understood. It is kept before anything is done: a call that a crash
    /// cut off must not look as if it had never been made.
    async fn tell_call(&mut self, judged: &Judged) {
        let tools = &self.inner.parts.tools;
        let event = ToolCallEvent {
            id: judged.id.clone(),
            name: judged.call.spec().name.clone().into_owned(),
            args: tools.shown(judged.call.args()),
            summary: Some(tools.masked(&judged.action.summary)),
            risk: Some(judged.action.risk),
        };
        self.note_kept(TurnEventKind::ToolCall(event), TurnStep::Event)
            .await;
    }

    /// Journals that a call was not made, and why.
    pub(super) async fn refuse(&mut self, id: &str, name: &str, why: &str) {
        self.result(id, name, false, why.to_owned(), Duration::ZERO)
            .await;
        self.inner.parts.metrics.tool_call(name, false);
    }

    /// Journals a result in our own words.
    pub(super) async fn result(
        &mut self,
        id: &str,
        name: &str,
        success: bool,
        output: String,
        took: Duration,
    ) {
        self.note(TurnEventKind::ToolResult(ToolResult {
            id: id.to_owned(),
            name: name.to_owned(),
            output,
            success,
            duration_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            source: None,
            details: None,
        }))
        .await;
    }

    async fn run_beside(&mut self, calls: Vec<Judged>) {
        for judged in &calls {
            self.tell_call(judged).await;
        }
        self.run_announced(calls).await;
    }

    /// Runs calls that are journaled, a few at a time, and journals what they say and what comes
    /// of them. None of them is under way when this ends, or is dropped.
    pub(super) async fn run_announced(&mut self, calls: Vec<Judged>) {
        let stop = self.live.cancel.child_token();
        let mut waiting = calls.into_iter();
        let mut running = FuturesUnordered::new();
        let mut lines = SelectAll::new();
        let mut pieces: BTreeMap<String, Pieces> = BTreeMap::new();
        let mut flush = tokio::time::interval(PIECES_EVERY);
        flush.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let late = tokio::time::sleep(self.time_left());
        tokio::pin!(late);
        loop {
            while running.len() < BESIDE
                && let Some(judged) = waiting.next()
            {
                let (progress, said) = Progress::watched();
                let id = judged.id.clone();
                pieces.insert(
                    id.clone(),
                    Pieces {
                        ready: String::new(),
                        left: PIECES_BYTES,
                    },
                );
                lines.push(Box::pin(futures_util::stream::unfold(
                    (id, said),
                    |(id, mut said)| async move {
                        let line = said.recv().await?;
                        Some(((id.clone(), line), (id, said)))
                    },
                )));
                let context = self.context(&judged.id, progress, &stop);
                self.tell_start(&judged);
                let tools = Arc::clone(&self.inner.parts.tools);
                running.push(run(tools, context, judged));
            }
            tokio::select! {
                biased;
                Some((judged, finished)) = running.next() => {
                    self.tell_pieces(&mut pieces).await;
                    pieces.remove(&judged.id);
                    self.finish_call(&judged, finished).await;
                }
                Some((id, line)) = lines.next(), if !lines.is_empty() => {
                    if let Some(pieces) = pieces.get_mut(&id) {
                        pieces.add(&line);
                    }
                }
                _tick = flush.tick() => self.tell_pieces(&mut pieces).await,
                () = &mut late, if !stop.is_cancelled() => stop.cancel(),
            }
            if running.is_empty() && waiting.len() == 0 {
                return;
            }
        }
    }

    fn context(&self, id: &str, progress: Progress, stop: &CancellationToken) -> ToolContext {
        let parts = &self.inner.parts;
        ToolContext {
            session_id: self.live.job.session_id.clone(),
            turn_id: self.live.job.id,
            call_id: id.to_owned(),
            config: parts.config.current(),
            clock: Arc::clone(&parts.clock),
            cancel: stop.child_token(),
            progress,
        }
    }

    fn tell_start(&self, judged: &Judged) {
        let job = &self.live.job;
        let news = BusEvent::ToolCallStart(ToolCallStart {
            session_id: job.session_id.clone(),
            turn_id: job.id,
            call_id: judged.id.clone(),
            tool: judged.call.spec().name.clone().into_owned(),
        });
        self.inner.parts.bus.publish(&news);
    }

    /// Journals the lines that came since the last time.
    async fn tell_pieces(&mut self, pieces: &mut BTreeMap<String, Pieces>) {
        for (id, pieces) in pieces {
            if pieces.ready.is_empty() {
                continue;
            }
            let content = self.inner.parts.tools.masked(&pieces.ready);
            pieces.ready.clear();
            let piece = ToolOutputPiece {
                id: id.clone(),
                content,
            };
            self.note(TurnEventKind::ToolOutput(piece)).await;
        }
    }

    async fn finish_call(&mut self, judged: &Judged, finished: Finished) {
        let parts = &self.inner.parts;
        let job = &self.live.job;
        let name = judged.call.spec().name.clone().into_owned();
        let success = finished.success();
        let duration_ms = u64::try_from(finished.duration.as_millis()).unwrap_or(u64::MAX);
        parts.metrics.tool_call(&name, success);
        tracing::info!(tool = %name, success, duration_ms, "tool used");
        if finished.masked > 0 {
            tracing::info!(tool = %name, secrets = finished.masked, "secrets were masked");
        }
        parts.bus.publish(&BusEvent::ToolCall(ToolCallEnd {
            session_id: job.session_id.clone(),
            turn_id: job.id,
            call_id: judged.id.clone(),
            tool: name.clone(),
            success,
            duration_ms,
        }));
        let mut output = finished.output;
        if finished.outcome == Outcome::Cancelled && !self.live.cancel.is_cancelled() {
            output.push_str("\n[the time of the whole turn was over]");
        }
        self.note(TurnEventKind::ToolResult(ToolResult {
            id: judged.id.clone(),
            name,
            output,
            success,
            duration_ms,
            source: finished.source,
            details: finished.details,
        }))
        .await;
    }
}

async fn run(tools: Arc<Registry>, context: ToolContext, judged: Judged) -> (Judged, Finished) {
    let span = spans::tool_call(&judged.call.spec().name, &judged.id);
    let work = tools.run(&context, &judged.call).instrument(span.clone());
    let finished = work.await;
    if !finished.success() {
        spans::failed(&span, "tool_error");
    }
    (judged, finished)
}

impl Pieces {
    fn add(&mut self, line: &str) {
        let Some(left) = self.left.checked_sub(line.len() + 1) else {
            // The rest comes with the result.
            self.left = 0;
            return;
        };
        self.left = left;
        self.ready.push_str(line);
        self.ready.push('\n');
    }
}
