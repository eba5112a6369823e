//! A turn that has not ended: what it was asked, which may change while it waits, its last events,
//! and who waits for more.
//! Readers walk one shared log at their own pace; one that is too slow for it reads the journal,
//! which has every event before it is shown here.

use std::{
    collections::VecDeque,
    sync::{Mutex, OnceLock, PoisonError},
};

use bytes::Bytes;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::steps::Steps;
use crate::model::{
    Attachment, DeviceId, MicroUsd, Origin, OverBudget, SessionId, Step, Timestamp, TurnId,
    TurnState, Usage,
};

/// Events of a turn kept in memory: many long answers at once must not fill it.
const KEPT_EVENTS: usize = 256;

/// What is fixed about a turn from its acceptance on.
#[derive(Clone, Debug)]
pub(super) struct TurnJob {
    pub(super) id: TurnId,
    pub(super) session_id: SessionId,
    pub(super) origin: Origin,
    /// Who asked.
    pub(super) device_id: Option<DeviceId>,
    /// The scheduled job that it belongs to.
    pub(super) job: Option<String>,
    pub(super) model: Option<String>,
    /// Whether tools may be used.
    pub(super) tools: bool,
    /// The only tools that may be used; none: all that its owner allows.
    pub(super) only_tools: Option<Vec<String>>,
    pub(super) created_at: Timestamp,
    /// Nothing can have been said in its session before.
    pub(super) first_in_session: bool,
    /// It was under way when the gateway ended.
    pub(super) recovery: Option<Recovery>,
}

impl TurnJob {
    /// Whether this tool may be used in it, as far as the turn itself decides.
    pub(super) fn may_use(&self, tool: &str) -> bool {
        let only = self.only_tools.as_ref();
        self.tools && only.is_none_or(|names| names.iter().any(|name| name == tool))
    }
}

/// What a turn was asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    pub(super) input: String,
    pub(super) context: Vec<String>,
    pub(super) attachments: Vec<Attachment>,
}

/// How far a turn had come when the gateway ended.
#[derive(Clone, Debug)]
pub(super) struct Recovery {
    /// How often it has been begun again, this time included.
    pub(super) count: u32,
    /// The first piece of the answer that is void now.
    pub(super) discard_from_seq: Option<u32>,
    /// What it had done.
    pub(super) steps: Steps,
    /// It waits for its owner, and goes on waiting.
    pub(super) waits: bool,
}

/// An event, serialised. Clones share the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventFrame {
    /// 1, 2, 3 … within the turn.
    pub seq: u32,
    /// The `type` of the event.
    pub name: &'static str,
    /// The event as JSON.
    pub json: Bytes,
}

/// How a turn ended.
#[derive(Clone, Debug)]
pub struct TurnOutcome {
    /// done, failed, cancelled or interrupted.
    pub state: TurnState,
    /// The answer, as far as it came.
    pub response: String,
    /// What came before its last words; empty when no tool was used.
    pub steps: Vec<Step>,
    /// The provider that answered.
    pub provider: String,
    /// The model that answered.
    pub model: String,
    /// Tokens of all its model calls.
    pub usage: Usage,
    /// What it cost; none when the price is not known.
    pub cost: Option<MicroUsd>,
    /// Why it failed: word and sentence.
    pub error: Option<(String, String)>,
    /// The budget that did not let it go on.
    pub over_budget: Option<Box<OverBudget>>,
}

/// How far the log goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tip {
    pub(super) seq: u32,
    pub(super) ended: bool,
}

/// A turn that has not ended.
#[derive(Debug)]
pub(super) struct LiveTurn {
    pub(super) job: TurnJob,
    /// Cancelled when its owner stops it.
    pub(super) cancel: CancellationToken,
    /// What it was asked, until its work begins. Whoever changes it holds the lock until the
    /// change is kept, so that a change and the beginning do not cross.
    said: tokio::sync::Mutex<Option<Said>>,
    log: Mutex<VecDeque<EventFrame>>,
    tip: watch::Sender<Tip>,
    outcome: OnceLock<TurnOutcome>,
}

impl LiveTurn {
    pub(super) fn new(job: TurnJob, said: Said) -> Self {
        Self::with_log(job, said, Vec::new())
    }

    /// A turn whose first events are in the journal already.
    pub(super) fn with_log(job: TurnJob, said: Said, log: Vec<EventFrame>) -> Self {
        let seq = log.last().map_or(0, |frame| frame.seq);
        let mut log = VecDeque::from(log);
        log.drain(..log.len().saturating_sub(KEPT_EVENTS));
        Self {
            job,
            cancel: CancellationToken::new(),
            said: tokio::sync::Mutex::new(Some(said)),
            log: Mutex::new(log),
            tip: watch::Sender::new(Tip { seq, ended: false }),
            outcome: OnceLock::new(),
        }
    }

    /// Takes what it was asked: from now on that can't be changed.
    pub(super) async fn take(&self) -> Option<Said> {
        self.said.lock().await.take()
    }

    /// What it was asked, to be changed while this is held; nothing once its work began.
    pub(super) async fn asked(&self) -> tokio::sync::MutexGuard<'_, Option<Said>> {
        self.said.lock().await
    }

    /// Shows an event to the readers. They are journaled in order, so this is called in order.
    pub(super) fn publish(&self, frame: EventFrame) {
        let seq = frame.seq;
        {
            let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
            if log.len() == KEPT_EVENTS {
                log.pop_front();
            }
            log.push_back(frame);
        }
        self.tip.send_modify(|tip| tip.seq = seq);
    }

    /// Nothing more will come.
    pub(super) fn end(&self, outcome: TurnOutcome) {
        let _first_outcome_stands = self.outcome.set(outcome);
        self.tip.send_modify(|tip| tip.ended = true);
    }

    /// Waits for the end.
    pub(super) async fn outcome(&self) -> TurnOutcome {
        let mut tip = self.tip.subscribe();
        // The sender lives in `self`: waiting can't fail.
        let _ended = tip.wait_for(|tip| tip.ended).await;
        self.outcome.get().cloned().unwrap_or_else(|| TurnOutcome {
            state: TurnState::Interrupted,
            response: String::new(),
            steps: Vec::new(),
            provider: String::new(),
            model: String::new(),
            usage: Usage::default(),
            cost: None,
            error: None,
            over_budget: None,
        })
    }

    pub(super) fn watch(&self) -> watch::Receiver<Tip> {
        self.tip.subscribe()
    }

    /// The `seq` of the last event shown.
    pub(super) fn last_seq(&self) -> u32 {
        self.tip.borrow().seq
    }

    /// Events after `seq`, at most `limit`; none when the next one is no longer here.
    pub(super) fn after(&self, seq: u32, limit: usize) -> Option<Vec<EventFrame>> {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        if log.front().is_some_and(|oldest| oldest.seq > seq + 1) {
            return None;
        }
        let from = log.partition_point(|frame| frame.seq <= seq);
        Some(log.iter().skip(from).take(limit).cloned().collect())
    }

    /// The oldest events that are still here, at most `limit`.
    pub(super) fn oldest(&self, limit: usize) -> Vec<EventFrame> {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.iter().take(limit).cloned().collect()
    }
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;

    /// A turn with these events, numbered from 1, shown.
    pub(in crate::agent) fn turn_with_events(count: u32) -> LiveTurn {
        let job = TurnJob {
            id: TurnId::fresh(),
            session_id: SessionId::fresh(),
            origin: Origin::Api,
            device_id: None,
            job: None,
            model: None,
            tools: true,
            only_tools: None,
            created_at: Timestamp::default(),
            first_in_session: true,
            recovery: None,
        };
        let live = LiveTurn::new(job, Said::default());
        for seq in 1..=count {
            live.publish(EventFrame {
                seq,
                name: "chunk",
                json: Bytes::from_static(b"{}"),
            });
        }
        live
    }
}

#[cfg(test)]
mod tests {
    use super::{testing::turn_with_events, *};

    #[test]
    fn only_the_last_events_stay_in_memory() {
        let live = turn_with_events(1000);
        let seqs = |frames: Vec<EventFrame>| frames.iter().map(|one| one.seq).collect::<Vec<_>>();
        let gone = 1000 - KEPT_EVENTS as u32;
        assert_eq!(live.last_seq(), 1000);
        assert_eq!(seqs(live.oldest(1)), [gone + 1]);
        assert_eq!(live.after(gone - 1, 1), None);
        assert_eq!(live.after(gone, 1).map(seqs), Some(vec![gone + 1]));
        assert_eq!(live.after(998, 10).map(seqs), Some(vec![999, 1000]));
        assert_eq!(live.after(1000, 10).map(seqs), Some(vec![]));
    }
}
