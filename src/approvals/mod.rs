//! What the agent may do by itself, and what its owner is asked first. A request is a row: it
//! outlives the gateway, every client sees the same one, and it is settled once. Waiting for one
//! holds up nothing but its turn.

mod ask_user;
mod expiry;
mod policy;
mod preview;
mod rules;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::json;
use tokio::sync::oneshot;

pub use ask_user::AskUser;
pub use policy::{Standing, Verdict, offered};
pub use preview::preview_of;
pub use rules::covers;

pub use crate::store::ApprovalFilter;

use crate::{
    clock::Clock,
    model::{
        Approval, ApprovalId, ApprovalKind, ApprovalSettled, ApprovalState, BusEvent, Cursor,
        Decision, DeviceId, Reach, RuleChange, RuleId, SessionId, Settlement, Timestamp, ToolRule,
        TurnId,
    },
    store::{ApprovalList, NewAuditEntry, Store, StoreError},
    telemetry::Bus,
};
use rules::Rules;

/// Longest reason, in characters.
const MAX_REASON_CHARS: usize = 2000;
/// Longest answer to a question, in characters.
const MAX_ANSWER_CHARS: usize = 20_000;

/// Who decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decider {
    /// The device, where there is one.
    pub device_id: Option<DeviceId>,
    /// What it is called.
    pub name: String,
}

/// What somebody decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// approve, deny or always.
    pub decision: Decision,
    /// How far it holds; left out: this once, or from now on for `always`.
    pub reach: Option<Reach>,
    /// Why.
    pub reason: Option<String>,
    /// The answer to a question.
    pub answer: Option<String>,
}

impl Ruling {
    /// A bare decision.
    pub const fn of(decision: Decision) -> Self {
        Self {
            decision,
            reach: None,
            reason: None,
            answer: None,
        }
    }
}

/// Why a request was not settled. `Display` is safe to show.
#[derive(Debug, thiserror::Error)]
pub enum ApprovalsError {
    /// There is no such request.
    #[error("there is no such request")]
    Unknown,
    /// There is no such rule.
    #[error("there is no such rule")]
    NoRule,
    /// It was settled before.
    #[error("{}", settled_sentence(.0))]
    Settled(Box<Approval>),
    /// The ruling makes no sense for this request.
    #[error("{1}")]
    Ruling(&'static str, String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn settled_sentence(approval: &Approval) -> String {
    let by = approval.settled.as_ref().map_or("", |one| one.by.as_str());
    match approval.state {
        ApprovalState::Approved => format!("the request was approved already, by {by}"),
        ApprovalState::Denied => format!("the request was denied already, by {by}"),
        ApprovalState::Expired => "the request has expired".to_owned(),
        ApprovalState::Cancelled | ApprovalState::Pending => {
            "the request was withdrawn: its turn was stopped".to_owned()
        }
    }
}

struct Pending {
    expires_at: Timestamp,
    settled: oneshot::Sender<Settlement>,
}

struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    bus: Bus,
    rules: Rules,
    pending: Mutex<HashMap<ApprovalId, Pending>>,
}

/// All requests and rules. Clones share them.
#[derive(Clone)]
pub struct Approvals {
    inner: Arc<Inner>,
}

/// A turn's wait for a decision. It ends when this is dropped; the request stays.
pub struct Waiting {
    approvals: Approvals,
    id: ApprovalId,
    settled: oneshot::Receiver<Settlement>,
}

impl Approvals {
    /// Reads the rules, and closes what waits for nobody.
    pub async fn load(store: Store, clock: Arc<dyn Clock>, bus: Bus) -> Result<Self, StoreError> {
        let closed = store.close_orphaned_approvals(clock.now()).await?;
        if closed > 0 {
            tracing::info!(closed, "requests of turns that have ended were closed");
        }
        let rules = Rules::of(store.list_tool_rules().await?);
        Ok(Self {
            inner: Arc::new(Inner {
                store,
                clock,
                bus,
                rules,
                pending: Mutex::default(),
            }),
        })
    }

    /// Waits for a request to be settled. Call before the request can be seen by anybody, or once
    /// it is known that it still waits.
    pub fn wait(&self, id: ApprovalId, expires_at: Timestamp) -> Waiting {
        let (sender, settled) = oneshot::channel();
        let pending = Pending {
            expires_at,
            settled: sender,
        };
        self.pending().insert(id, pending);
        Waiting {
            approvals: self.clone(),
            id,
            settled,
        }
    }

    /// A request, if it is known.
    pub async fn find(&self, id: ApprovalId) -> Result<Option<Approval>, StoreError> {
        self.inner.store.find_approval(id).await
    }

    /// The requests of a turn, in order.
    pub async fn of_turn(&self, turn: TurnId) -> Result<Vec<Approval>, StoreError> {
        self.inner.store.list_turn_approvals(turn).await
    }

    /// Requests, page by page, and where to go on.
    pub async fn list(
        &self,
        filter: ApprovalFilter,
        session_id: Option<SessionId>,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<(Vec<Approval>, Option<Cursor>), StoreError> {
        let list = ApprovalList {
            filter,
            session_id,
            after,
            limit: limit + 1,
        };
        let mut found = self.inner.store.list_approvals(list).await?;
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let next = found.last().filter(|_| more).map(|last| Cursor {
            key: 0,
            row: last.row,
        });
        Ok((found, next))
    }

    /// Settles a request, once: the second answer is told of the first.
    pub async fn decide(
        &self,
        turn: TurnId,
        id: ApprovalId,
        ruling: Ruling,
        by: Decider,
    ) -> Result<Approval, ApprovalsError> {
        let asked = self.find(id).await?;
        let asked = asked
            .filter(|asked| asked.turn_id == turn)
            .ok_or(ApprovalsError::Unknown)?;
        if asked.state != ApprovalState::Pending {
            return Err(ApprovalsError::Settled(Box::new(asked)));
        }
        let settlement = self.settlement(&asked, ruling, by)?;
        self.settle(&asked, settlement).await?;
        self.find(id).await?.ok_or(ApprovalsError::Unknown)
    }

    /// Withdraws what a turn that was stopped still waits for.
    pub async fn withdraw(&self, id: ApprovalId) {
        self.close(id, Decision::Cancelled, "the stop of the turn")
            .await;
    }

    async fn expire(&self, id: ApprovalId) {
        self.close(id, Decision::Expired, "the time limit").await;
    }

    async fn close(&self, id: ApprovalId, decision: Decision, by: &str) {
        let settlement = Settlement {
            decision,
            reach: Reach::Once,
            at: self.inner.clock.now(),
            device_id: None,
            by: by.to_owned(),
            reason: None,
            answer: None,
        };
        let closed = match self.find(id).await {
            Ok(Some(asked)) => self.settle(&asked, settlement).await,
            // The row could not be written; whoever waits is let go all the same.
            Ok(None) => {
                self.let_go(id, settlement);
                Ok(())
            }
            Err(error) => Err(error.into()),
        };
        match closed {
            Ok(()) | Err(ApprovalsError::Settled(_)) => {}
            Err(error) => tracing::error!(%error, request = %id, "a request was not closed"),
        }
    }

    fn settlement(
        &self,
        asked: &Approval,
        ruling: Ruling,
        by: Decider,
    ) -> Result<Settlement, ApprovalsError> {
        let wrong = |field, why: &str| Err(ApprovalsError::Ruling(field, why.to_owned()));
        let Ruling {
            decision,
            reach,
            reason,
            answer,
        } = ruling;
        let reach = match (decision, reach) {
            (Decision::Approve, None | Some(Reach::Once)) => Reach::Once,
            (Decision::Approve, Some(reach)) => reach,
            (Decision::Always, None) => Reach::Always,
            (Decision::Always, Some(Reach::Once)) => {
                return wrong("scope", "\"always\" does not hold just once");
            }
            (Decision::Always, Some(reach)) => reach,
            (Decision::Deny, None | Some(Reach::Once)) => Reach::Once,
            (Decision::Deny, Some(_)) => {
                return wrong(
                    "scope",
                    "a denial holds once; \"tools.permissions.deny\" keeps a tool out for good",
                );
            }
            (Decision::Expired | Decision::Cancelled, _) => {
                return wrong("decision", "expected approve, deny or always");
            }
        };
        if reach != Reach::Once && asked.rule.is_none() {
            return wrong("scope", "this request can only be answered for this once");
        }
        let too_long = |text: &Option<String>, most| {
            text.as_ref()
                .is_some_and(|text| text.chars().count() > most)
        };
        if too_long(&reason, MAX_REASON_CHARS) {
            return wrong("reason", "expected at most 2000 characters");
        }
        if too_long(&answer, MAX_ANSWER_CHARS) {
            return wrong("answer", "expected at most 20000 characters");
        }
        let answer = answer.filter(|text| !text.trim().is_empty());
        match (asked.kind, decision, &answer) {
            (ApprovalKind::Question, Decision::Approve | Decision::Always, None) => {
                return wrong("answer", "a question is answered with a text");
            }
            (ApprovalKind::Tool, _, Some(_)) | (_, Decision::Deny, Some(_)) => {
                return wrong("answer", "only a question is answered with a text");
            }
            _ => {}
        }
        // However the wish was worded: what holds from now on is "always".
        let decision = match (decision, reach) {
            (Decision::Approve, Reach::Session | Reach::Always) => Decision::Always,
            (decision, _) => decision,
        };
        Ok(Settlement {
            decision,
            reach,
            at: self.inner.clock.now(),
            device_id: by.device_id,
            by: by.name,
            reason: reason.filter(|text| !text.trim().is_empty()),
            answer,
        })
    }

    async fn settle(&self, asked: &Approval, settlement: Settlement) -> Result<(), ApprovalsError> {
        let rule = match (&asked.rule, settlement.reach) {
            (Some(scope), Reach::Session | Reach::Always) => Some(ToolRule {
                id: RuleId::fresh(),
                tool: asked.tool.clone(),
                scope: scope.clone(),
                session_id: (settlement.reach == Reach::Session).then(|| asked.session_id.clone()),
                created_at: settlement.at,
                created_by: settlement.by.clone(),
            }),
            _ => None,
        };
        let state = ApprovalState::after(settlement.decision);
        let line = |action: String, subject: String, details| NewAuditEntry {
            at: settlement.at,
            device_id: settlement.device_id,
            actor: settlement.by.clone(),
            action,
            subject,
            details,
        };
        let mut log = vec![line(
            format!("approval.{}", state.as_str()),
            asked.id.to_string(),
            json!({
                "tool": asked.tool, "summary": asked.summary, "session_id": asked.session_id,
                "turn_id": asked.turn_id, "scope": settlement.reach, "reason": settlement.reason,
            }),
        )];
        log.extend(rule.iter().map(|rule| {
            line(
                "rule.added".to_owned(),
                rule.id.to_string(),
                json!({"tool": rule.tool, "covers": asked.covers, "session_id": rule.session_id}),
            )
        }));
        let store = &self.inner.store;
        let kept = rule.clone();
        if !store
            .settle_approval(asked.id, settlement.clone(), kept, log)
            .await?
        {
            let now = self.find(asked.id).await?.ok_or(ApprovalsError::Unknown)?;
            return Err(ApprovalsError::Settled(Box::new(now)));
        }
        if let Some(rule) = &rule {
            self.inner.rules.add(rule.clone());
            self.tell_rule(rule.id, RuleChange::Added, &settlement.by);
        }
        let news = ApprovalSettled {
            session_id: asked.session_id.clone(),
            turn_id: asked.turn_id,
            request_id: asked.id,
            decision: settlement.decision,
            by: settlement.by.clone(),
        };
        // The news first: what the turn does next is told of after it.
        self.inner.bus.publish(&BusEvent::ApprovalResolved(news));
        self.let_go(asked.id, settlement);
        if let Some(rule) = rule {
            self.settle_covered(&rule).await;
        }
        Ok(())
    }

    fn let_go(&self, id: ApprovalId, settlement: Settlement) {
        let waiting = self.pending().remove(&id);
        if let Some(waiting) = waiting {
            // A turn that was stopped meanwhile no longer listens.
            let _nobody_waits = waiting.settled.send(settlement);
        }
    }

    fn pending(&self) -> MutexGuard<'_, HashMap<ApprovalId, Pending>> {
        self.inner
            .pending
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// The decision, once there is one; none when nobody can decide any more.
    pub async fn settled(mut self) -> Option<Settlement> {
        (&mut self.settled).await.ok()
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.approvals.pending().remove(&self.id);
    }
}
