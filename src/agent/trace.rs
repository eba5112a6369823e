//! When a turn did what: its journal, and the calls of models it made, folded into spans.

use super::{Agent, AgentError};
use crate::{
    model::{
        CallOrigin, CallRecord, CallStatus, Decision, ModelCall, Span, SpanKind, SpanStatus,
        Timestamp, Trace, Turn, TurnEventKind, TurnId, TurnState, Usage,
    },
    store::{CallFilter, Mark},
};

impl Agent {
    /// What a turn did when, as far as it has come; none: there is no such turn.
    pub async fn trace(&self, id: TurnId) -> Result<Option<Trace>, AgentError> {
        let Some(turn) = self.find(id).await? else {
            return Ok(None);
        };
        let marks = self.inner.parts.store.list_marks(id).await?;
        let marks: Vec<_> = marks.iter().filter_map(Happened::of).collect();
        let calls = CallFilter {
            turn_id: Some(id),
            ..CallFilter::default()
        };
        let store = &self.inner.parts.store;
        let mut calls = store.list_calls(&calls, None, MOST_CALLS).await?;
        calls.reverse();
        let asked = |call: &CallRecord| call.open.bill.origin != CallOrigin::Embedding;
        let calls = calls.into_iter().filter(asked).map(known).collect();
        Ok(Some(fold(&turn, &marks, calls)))
    }
}

/// More calls than any turn makes.
const MOST_CALLS: u32 = 1000;

/// What the ledger says of a call.
fn known(record: CallRecord) -> ModelCall {
    let (open, settled) = (record.open, record.settled);
    let over = settled.status != CallStatus::Open;
    ModelCall {
        provider: if over {
            settled.provider
        } else {
            open.provider
        },
        model: if over { settled.model } else { open.model },
        status: match settled.status {
            CallStatus::Open => SpanStatus::Running,
            CallStatus::Ok => SpanStatus::Ok,
            CallStatus::Failed | CallStatus::Broken => SpanStatus::Failed,
            CallStatus::Cancelled => SpanStatus::Cancelled,
            CallStatus::Interrupted => SpanStatus::Interrupted,
        },
        started_at: open.started_at,
        first_token_ms: settled.first_token_ms,
        duration_ms: over.then_some(settled.duration_ms),
        usage: (settled.usage != Usage::default()).then_some(settled.usage),
        cost: settled.cost.filter(|_| over),
    }
}

/// An event of the journal; pieces of text without their text.
struct Happened {
    at: Timestamp,
    what: What,
}

enum What {
    /// A piece of an answer, or of the reasoning before it.
    Text,
    /// Anything else.
    Event(Box<TurnEventKind>),
}

impl Happened {
    fn of(mark: &Mark) -> Option<Self> {
        let what = match &mark.payload {
            None => What::Text,
            Some(payload) => What::Event(Box::new(serde_json::from_str(payload).ok()?)),
        };
        Some(Self { at: mark.at, what })
    }
}

/// The waterfall of a turn. `calls` are those that the ledger knows, in order; of a turn that it
/// does not know the journal tells when its model was asked.
fn fold(turn: &Turn, marks: &[Happened], calls: Vec<ModelCall>) -> Trace {
    let mut waterfall = Waterfall::new(turn, calls.is_empty());
    for mark in marks {
        waterfall.take(mark);
    }
    waterfall.end(turn);
    waterfall.spans.extend(calls.into_iter().map(of_call));
    let spans = in_order(&waterfall.spans, turn);
    Trace {
        turn_id: turn.id,
        session_id: turn.session_id.clone(),
        state: turn.state,
        started_at: turn.created_at,
        ended_at: turn.finished_at,
        usage: turn.usage,
        cost_usd: turn.cost.filter(|_| turn.finished_at.is_some()),
        spans,
    }
}

/// The spans so far. Their ids are places in the list until they are put in order.
struct Waterfall {
    spans: Vec<Span>,
    /// Whether the journal tells of the model's calls.
    derives: bool,
    model: Option<usize>,
    /// Tool calls without a result.
    open: Vec<usize>,
    /// Requests without a decision.
    asked: Vec<(usize, String)>,
    name: Option<String>,
    provider: Option<String>,
}

impl Waterfall {
    fn new(turn: &Turn, derives: bool) -> Self {
        let mut waterfall = Self {
            spans: Vec::new(),
            derives,
            model: None,
            open: Vec::new(),
            asked: Vec::new(),
            name: turn.model.clone(),
            provider: turn.provider.clone(),
        };
        let queue = waterfall.begin(SpanKind::Queue, turn.created_at);
        if let Some(began) = turn.started_at {
            waterfall.close(queue, began, SpanStatus::Ok);
        }
        waterfall
    }

    fn begin(&mut self, kind: SpanKind, at: Timestamp) -> usize {
        self.spans.push(Span {
            id: 0,
            parent: None,
            kind,
            name: None,
            summary: None,
            status: SpanStatus::Running,
            started_at: at,
            ended_at: None,
            first_token_at: None,
            provider: None,
            usage: None,
            cost_usd: None,
            call_id: None,
            worked_ms: None,
            request_id: None,
            by: None,
        });
        self.spans.len() - 1
    }

    fn close(&mut self, place: usize, at: Timestamp, status: SpanStatus) {
        if let Some(span) = self.spans.get_mut(place) {
            span.ended_at = Some(at.max(span.started_at));
            span.status = status;
        }
    }

    fn take(&mut self, mark: &Happened) {
        let at = mark.at;
        let event = match &mark.what {
            What::Text => return self.answering(at),
            What::Event(event) => event.as_ref(),
        };
        match event {
            TurnEventKind::TurnStarted(started) => {
                self.name = Some(started.model.clone());
                self.provider = Some(started.provider.clone());
                let prompt = self.begin(SpanKind::Prompt, at);
                self.close(prompt, at, SpanStatus::Ok);
                self.ask_model(at);
            }
            TurnEventKind::MemoryUsed(_) => self.prompt_lasted(at),
            TurnEventKind::ToolCall(call) => {
                self.answered(at, SpanStatus::Ok);
                let place = self.begin(SpanKind::Tool, at);
                if let Some(span) = self.spans.get_mut(place) {
                    span.name = Some(call.name.clone());
                    span.summary.clone_from(&call.summary);
                    span.call_id = Some(call.id.clone());
                }
                self.open.push(place);
            }
            TurnEventKind::ApprovalRequest(request) => {
                let place = self.begin(SpanKind::Approval, at);
                let parent = self.call(&request.call_id);
                if let Some(span) = self.spans.get_mut(place) {
                    span.parent = parent.and_then(|place| u32::try_from(place).ok());
                    span.summary = Some(request.summary.clone());
                    span.request_id = Some(request.request_id);
                }
                self.asked.push((place, request.call_id.clone()));
            }
            TurnEventKind::ApprovalResolved(ruling) => {
                let asked = self.asked.iter().position(|(_, id)| *id == ruling.call_id);
                if let Some((place, _)) = asked.map(|place| self.asked.remove(place)) {
                    let answered = ruling.answer.is_some() || ruling.decision.allows();
                    let status = match ruling.decision {
                        _ if answered => SpanStatus::Ok,
                        Decision::Cancelled => SpanStatus::Cancelled,
                        _ => SpanStatus::Denied,
                    };
                    self.close(place, at, status);
                    if let Some(span) = self.spans.get_mut(place) {
                        span.by = Some(ruling.by.clone());
                    }
                }
            }
            TurnEventKind::ToolResult(result) => self.worked(at, result),
            TurnEventKind::Notice(notice) if notice.discard_from_seq.is_some() => {
                self.answered(at, SpanStatus::Interrupted);
                self.ask_model(at);
            }
            _ => {}
        }
    }

    /// The model is asked, as far as the journal can tell.
    fn ask_model(&mut self, at: Timestamp) {
        if !self.derives {
            return;
        }
        let place = self.begin(SpanKind::Model, at);
        if let Some(span) = self.spans.get_mut(place) {
            span.name.clone_from(&self.name);
            span.provider.clone_from(&self.provider);
        }
        self.model = Some(place);
    }

    fn answering(&mut self, at: Timestamp) {
        if let Some(span) = self.model.and_then(|place| self.spans.get_mut(place)) {
            span.first_token_at.get_or_insert(at);
        }
    }

    fn answered(&mut self, at: Timestamp, status: SpanStatus) {
        if let Some(place) = self.model.take() {
            self.close(place, at, status);
        }
    }

    /// Memories came to the prompt: the model was asked after that.
    fn prompt_lasted(&mut self, at: Timestamp) {
        let prompt = self
            .spans
            .iter()
            .rposition(|span| span.kind == SpanKind::Prompt);
        if let Some(place) = prompt {
            self.close(place, at, SpanStatus::Ok);
        }
        if let Some(span) = self.model.and_then(|place| self.spans.get_mut(place)) {
            span.started_at = at;
        }
    }

    fn call(&self, id: &str) -> Option<usize> {
        self.spans
            .iter()
            .rposition(|span| span.call_id.as_deref() == Some(id))
    }

    fn worked(&mut self, at: Timestamp, result: &crate::model::ToolResult) {
        let Some(place) = self.call(&result.id) else {
            return;
        };
        let refused = self.spans.iter().any(|span| {
            span.parent.is_some_and(|parent| parent as usize == place)
                && span.status == SpanStatus::Denied
        });
        let status = match (result.success, refused) {
            (true, _) => SpanStatus::Ok,
            (false, true) => SpanStatus::Denied,
            (false, false) => SpanStatus::Failed,
        };
        self.close(place, at, status);
        if let Some(span) = self.spans.get_mut(place) {
            span.worked_ms = Some(result.duration_ms);
        }
        self.open.retain(|open| *open != place);
        if self.open.is_empty() {
            self.ask_model(at);
        }
    }

    /// What is still open ended with the turn, if that has ended.
    fn end(&mut self, turn: &Turn) {
        let Some(at) = turn.finished_at else { return };
        let status = match turn.state {
            TurnState::Cancelled => SpanStatus::Cancelled,
            TurnState::Interrupted => SpanStatus::Interrupted,
            TurnState::Failed => SpanStatus::Failed,
            _ => SpanStatus::Ok,
        };
        for place in 0..self.spans.len() {
            let open = self
                .spans
                .get(place)
                .is_some_and(|span| span.ended_at.is_none());
            if open {
                self.close(place, at, status);
            }
        }
        let failed = self.model.and_then(|place| self.spans.get_mut(place));
        if let (Some(span), Some(why)) = (failed, &turn.error_message) {
            span.summary = Some(why.clone());
        }
    }
}

fn of_call(call: ModelCall) -> Span {
    let after = |millis: u64| {
        let millis = i64::try_from(millis).unwrap_or(i64::MAX);
        Timestamp::from_millis(call.started_at.as_millis().saturating_add(millis))
    };
    Span {
        id: 0,
        parent: None,
        kind: SpanKind::Model,
        first_token_at: call.first_token_ms.map(after),
        ended_at: call.duration_ms.map(after),
        name: Some(call.model),
        summary: None,
        status: call.status,
        started_at: call.started_at,
        provider: Some(call.provider),
        usage: call.usage,
        cost_usd: call.cost,
        call_id: None,
        worked_ms: None,
        request_id: None,
        by: None,
    }
}

/// Numbers the spans in the order of their beginnings; what gathers the prompt lasts until the
/// model is asked.
fn in_order(spans: &[Span], turn: &Turn) -> Vec<Span> {
    let lasted = |span: &Span| {
        // To have waited for nothing is not worth a line.
        span.kind != SpanKind::Queue || span.ended_at != Some(span.started_at)
    };
    let mut order: Vec<usize> = (0..spans.len())
        .filter(|place| spans.get(*place).is_some_and(lasted))
        .collect();
    order.sort_by_key(|place| spans.get(*place).map(|span| (span.started_at, *place)));
    let number = |place: usize| {
        let found = order.iter().position(|other| *other == place);
        found.and_then(|at| u32::try_from(at + 1).ok())
    };
    let first_call = spans
        .iter()
        .filter(|span| span.kind == SpanKind::Model)
        .map(|span| span.started_at)
        .min()
        .or(turn.finished_at);
    order
        .iter()
        .filter_map(|place| spans.get(*place).map(|span| (*place, span.clone())))
        .map(|(place, mut span)| {
            span.id = number(place).unwrap_or_default();
            span.parent = span.parent.and_then(|parent| number(parent as usize));
            if span.kind == SpanKind::Prompt {
                span.ended_at = span.ended_at.max(first_call);
            }
            span
        })
        .collect()
}

#[cfg(test)]
#[path = "trace_tests.rs"]
mod tests;
