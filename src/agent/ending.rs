//! How a turn ends, and what is said and kept of it.

use super::{live::TurnOutcome, runner::Run};
use crate::{
    model::{
        AgentEnd, BusEvent, Cancelled, Done, ErrorNews, MicroUsd, OverBudget, TurnError,
        TurnEventKind, TurnState,
    },
    providers::ProviderError,
    store::{FinishedTurn, StoreError, TurnStep},
};

/// How a turn ended.
pub(super) enum Ended {
    Done,
    Cancelled,
    Interrupted,
    /// It has not: it waits for its owner, and the gateway stops.
    Parked,
    Failed {
        code: &'static str,
        message: String,
    },
    /// A budget does not let it go on.
    OverBudget(Box<OverBudget>),
}

impl Ended {
    /// Why it failed, for a person.
    pub(super) fn sentence(&self) -> Option<String> {
        match self {
            Self::Failed { message, .. } => Some(message.clone()),
            Self::OverBudget(over) => Some(format!("{}.", over.sentence)),
            Self::Done | Self::Cancelled | Self::Interrupted | Self::Parked => None,
        }
    }
}

impl Ended {
    /// The state that the turn ends in; with a word and a sentence where it is no answer.
    fn outcome(&self) -> (TurnState, Option<(String, String)>) {
        let code = match self {
            Self::Done => return (TurnState::Done, None),
            Self::Cancelled => return (TurnState::Cancelled, None),
            Self::Interrupted | Self::Parked => {
                let sentence = "The gateway was restarted in the middle of this turn too many \
                                times. Send the message again to try once more.";
                let error = ("INTERRUPTED".to_owned(), sentence.to_owned());
                return (TurnState::Interrupted, Some(error));
            }
            Self::Failed { code, .. } => code,
            Self::OverBudget(_) => "BUDGET_EXCEEDED",
        };
        let error = self.sentence().map(|sentence| (code.to_owned(), sentence));
        (TurnState::Failed, error)
    }
}

impl From<ProviderError> for Ended {
    fn from(error: ProviderError) -> Self {
        if let ProviderError::OverBudget(over) = error {
            return Self::OverBudget(over);
        }
        let code = match error {
            ProviderError::Timeout { .. } => "TIMEOUT",
            _ => "PROVIDER_ERROR",
        };
        Self::Failed {
            code,
            message: format!("{error}."),
        }
    }
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the turn's history could not be read");
        Self::Failed {
            code: "INTERNAL_ERROR",
            message: "The conversation could not be read; the gateway's log says why.".to_owned(),
        }
    }
}

impl Run<'_> {
    /// Journals the end, tells who waits, and tells the bus.
    pub(super) async fn finish(&mut self, ended: Ended) {
        let parts = &self.inner.parts;
        let job = &self.live.job;
        let duration_ms = parts.clock.now().millis_since(job.created_at);
        let cost = parts.cost.turn_cost(job.id);
        parts.cost.forget_turn(job.id);
        let (state, error) = ended.outcome();
        let over_budget = match &ended {
            Ended::OverBudget(over) => Some(over.clone()),
            _ => None,
        };
        let event = match (&ended, &error) {
            (Ended::Done, _) => TurnEventKind::Done(Done {
                response: self.response.clone(),
                full_response: self.response.clone(),
                model: self.model.clone(),
                provider: self.provider.clone(),
                input_tokens: self.usage.input_tokens,
                output_tokens: self.usage.output_tokens,
                cached_tokens: self.usage.cached_tokens,
                cost_usd: cost,
                duration_ms,
            }),
            (_, Some((code, message))) => TurnEventKind::Error(TurnError {
                message: message.clone(),
                code: code.clone(),
            }),
            (_, None) => TurnEventKind::Cancelled(Cancelled {}),
        };
        let known = |text: &str| {
            if text.is_empty() {
                None
            } else {
                Some(text.to_owned())
            }
        };
        let mut end = FinishedTurn {
            provider: known(&self.provider),
            model: known(&self.model),
            response: known(&self.response),
            reasoning: known(&self.reasoning),
            steps: self.steps.kept(),
            usage: self.usage,
            cost,
            error: error.clone(),
            last_seq: 0,
            first_token_ms: self.first_token_ms,
            reasoning_ms: self.pondered(),
        };
        self.journal
            .last(&event, |seq| {
                end.last_seq = seq;
                TurnStep::Finish(state, Box::new(end))
            })
            .await;
        // After the end is kept: the request itself is kept by then, whenever the turn was stopped.
        if let Some(id) = self.waits_for.take() {
            parts.approvals.withdraw(id).await;
        }
        self.live.end(TurnOutcome {
            state,
            response: self.response.clone(),
            steps: self.steps.kept(),
            provider: self.provider.clone(),
            model: self.model.clone(),
            usage: self.usage,
            cost,
            error: error.clone(),
            over_budget,
        });
        self.announce(state, duration_ms, cost, error);
    }

    fn announce(
        &self,
        state: TurnState,
        duration_ms: u64,
        cost: Option<MicroUsd>,
        error: Option<(String, String)>,
    ) {
        let (parts, job) = (&self.inner.parts, &self.live.job);
        let (state_word, tokens) = (state.as_str(), self.usage.total());
        match &error {
            Some((code, message)) => {
                tracing::warn!(
                    state = state_word,
                    code,
                    reason = message,
                    duration_ms,
                    tokens,
                    "turn ended"
                );
            }
            None => tracing::info!(state = state_word, duration_ms, tokens, "turn ended"),
        }
        if let Some((code, message)) = error {
            parts.bus.publish(&BusEvent::Error(ErrorNews {
                session_id: Some(job.session_id.clone()),
                turn_id: Some(job.id),
                message,
                code,
            }));
        }
        parts.bus.publish(&BusEvent::AgentEnd(AgentEnd {
            session_id: job.session_id.clone(),
            turn_id: job.id,
            state,
            duration_ms,
            total_tokens: self.usage.total(),
            cost_usd: cost,
        }));
    }
}
