//! A call that its owner is asked about: the request, the wait, and what follows from the answer.
//! A wait outlives the gateway.

use std::time::{Duration, Instant};

use tracing::Instrument as _;

use super::{calls::Judged, ending::Ended, runner::Run, steps};
use crate::{
    approvals::{Verdict, Waiting, preview_of},
    model::{
        Approval, ApprovalAsked, ApprovalId, ApprovalKind, ApprovalRequest, ApprovalResolved,
        ApprovalState, BusEvent, Decision, Settlement, StepApproval, StepCall, TurnEventKind,
    },
    store::TurnStep,
    telemetry::spans,
    tools::{Action, Preview},
};

impl Run<'_> {
    /// Asks, waits, and does what follows.
    pub(super) async fn ask(&mut self, judged: Judged) -> Result<(), Ended> {
        let parts = &self.inner.parts;
        let approval = self.request(&judged);
        let waiting = parts.approvals.wait(approval.id, approval.expires_at);
        let event = TurnEventKind::ApprovalRequest(ApprovalRequest {
            request_id: approval.id,
            call_id: approval.call_id.clone(),
            kind: approval.kind,
            tool: approval.tool.clone(),
            args: approval.args.clone(),
            summary: approval.summary.clone(),
            risk: approval.risk,
            action: approval.preview.clone(),
            always: approval.covers.clone(),
            expires_at: approval.expires_at,
        });
        let news = BusEvent::ApprovalRequest(ApprovalAsked {
            session_id: approval.session_id.clone(),
            turn_id: approval.turn_id,
            request_id: approval.id,
            kind: approval.kind,
            tool: approval.tool.clone(),
            summary: approval.summary.clone(),
            risk: approval.risk,
            expires_at: approval.expires_at,
        });
        let (id, kind, tool) = (approval.id, approval.kind, approval.tool.clone());
        self.waits_for = Some(id);
        // Kept before anybody hears of it: whoever hears of it may answer at once.
        self.note_kept(event, TurnStep::Wait(Box::new(approval)))
            .await;
        self.inner.parts.bus.publish(&news);
        self.inner.parts.approvals.recheck(id, &tool).await;
        let span = spans::approval(&judged.call.spec().name, &judged.id);
        let settlement = self.settled(waiting).instrument(span.clone()).await?;
        spans::decided(&span, settlement.decision.as_str());
        drop(span);
        self.follow_ruling(id, kind, judged, settlement).await;
        Ok(())
    }

    /// Takes up calls that a restart cut off: one that waited waits again, and one that may have
    /// begun is not made again.
    pub(super) async fn take_up_calls(&mut self) -> Result<(), Ended> {
        let open = self.steps.open_calls();
        if open.is_empty() {
            return Ok(());
        }
        let requests = self.inner.parts.approvals.of_turn(self.live.job.id).await?;
        for call in open {
            let request = requests.iter().find(|one| one.call_id == call.id);
            let told = call.approval.as_ref().and_then(|one| one.decision);
            match (request, told) {
                // Nobody had been told of a decision: the call was not begun.
                (Some(request), None) => self.wait_again(request.clone(), call).await?,
                (_, Some(decision)) if !decision.allows() => {
                    let words = not_allowed(ApprovalKind::Tool, decision, None);
                    self.refuse(&call.id, &call.name, &words).await;
                }
                _ => {
                    let unknown = steps::UNKNOWN.to_owned();
                    self.result(&call.id, &call.name, false, unknown, Duration::ZERO)
                        .await;
                }
            }
        }
        Ok(())
    }

    async fn wait_again(&mut self, request: Approval, call: StepCall) -> Result<(), Ended> {
        let approvals = &self.inner.parts.approvals;
        // First this, then a look: it may be decided on at any moment.
        let waiting = approvals.wait(request.id, request.expires_at);
        let now = approvals.find(request.id).await?;
        let settlement = match now.and_then(|request| request.settled) {
            Some(settlement) => settlement,
            None => {
                self.waits_for = Some(request.id);
                self.settled(waiting).await?
            }
        };
        let tools = &self.inner.parts.tools;
        let args = request.exact_args.unwrap_or(request.args);
        match tools.check(&request.tool, args) {
            Ok(known) => {
                let judged = Judged {
                    id: call.id,
                    call: known,
                    action: Action::reading(request.summary),
                    verdict: Verdict::Ask,
                };
                self.follow_ruling(request.id, request.kind, judged, settlement)
                    .await;
            }
            Err(error) => {
                self.tell_ruling(request.id, &call.id, &settlement).await;
                self.refuse(&call.id, &call.name, &error.to_string()).await;
            }
        }
        Ok(())
    }

    /// Waits for the decision. A gateway that stops leaves the request as it is.
    async fn settled(&mut self, waiting: Waiting) -> Result<Settlement, Ended> {
        let began = Instant::now();
        let stopping = self.inner.parts.tasks.stopping().clone();
        let settlement = tokio::select! {
            settlement = waiting.settled() => settlement,
            () = stopping.cancelled() => return Err(Ended::Parked),
        };
        self.waited += began.elapsed();
        self.waits_for = None;
        settlement.ok_or(Ended::Parked)
    }

    async fn tell_ruling(&mut self, request: ApprovalId, call_id: &str, ruling: &Settlement) {
        let event = TurnEventKind::ApprovalResolved(ApprovalResolved {
            request_id: request,
            call_id: call_id.to_owned(),
            decision: ruling.decision,
            by: ruling.by.clone(),
            scope: ruling.reach,
            reason: ruling.reason.clone(),
            answer: ruling.answer.clone(),
        });
        self.note_kept(event, TurnStep::Resume).await;
    }

    async fn follow_ruling(
        &mut self,
        request: ApprovalId,
        kind: ApprovalKind,
        judged: Judged,
        ruling: Settlement,
    ) {
        self.tell_ruling(request, &judged.id, &ruling).await;
        let name = judged.call.spec().name.clone();
        match &ruling.answer {
            Some(answer) => {
                let answer = self.inner.parts.tools.masked(answer);
                self.result(&judged.id, &name, true, answer, Duration::ZERO)
                    .await;
            }
            None if ruling.decision.allows() => self.run_announced(vec![judged]).await,
            None => {
                let words = not_allowed(kind, ruling.decision, ruling.reason.as_deref());
                self.refuse(&judged.id, &name, &words).await;
            }
        }
    }

    fn request(&self, judged: &Judged) -> Approval {
        let parts = &self.inner.parts;
        let tools = &parts.tools;
        let now = parts.clock.now();
        let seconds = parts.config.current().agent.approval_timeout_secs;
        let args = tools.shown(judged.call.args());
        let exact = judged.call.args();
        let action = &judged.action;
        Approval {
            row: 0,
            id: ApprovalId::fresh(),
            turn_id: self.live.job.id,
            session_id: self.live.job.session_id.clone(),
            session_title: String::new(),
            call_id: judged.id.clone(),
            kind: match action.preview {
                Preview::Question { .. } => ApprovalKind::Question,
                _ => ApprovalKind::Tool,
            },
            tool: judged.call.spec().name.clone().into_owned(),
            exact_args: (args != *exact).then(|| exact.clone()),
            args,
            summary: tools.masked(&action.summary),
            risk: action.risk,
            preview: preview_of(&action.preview, |text| tools.masked(text)),
            rule: action
                .scope
                .as_ref()
                .and_then(|scope| serde_json::to_value(scope).ok()),
            covers: action.scope.as_ref().map(ToString::to_string),
            created_at: now,
            expires_at: now.plus_secs(i64::try_from(seconds).unwrap_or(i64::MAX / 2000)),
            state: ApprovalState::Pending,
            settled: None,
        }
    }
}

/// Whether what was asked is still open, as far as the journal tells.
pub(super) fn is_asked(approval: Option<&StepApproval>) -> bool {
    approval.is_some_and(|approval| approval.decision.is_none())
}

fn not_allowed(kind: ApprovalKind, decision: Decision, reason: Option<&str>) -> String {
    let words = match (kind, decision) {
        (ApprovalKind::Tool, Decision::Expired) => "It was not done: nobody decided in time.",
        (ApprovalKind::Tool, Decision::Cancelled) => "It was not done: it was stopped.",
        (ApprovalKind::Tool, _) => "It was not done: your owner said no.",
        (ApprovalKind::Question, Decision::Expired) => "Nobody answered in time.",
        (ApprovalKind::Question, _) => "Your owner does not want to answer.",
    };
    match reason {
        Some(reason) => format!("{words} They said: {reason}"),
        None => words.to_owned(),
    }
}
