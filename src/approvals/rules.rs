//! Decisions that hold from now on, in memory, and how they are revoked.

use std::sync::{PoisonError, RwLock};

use serde_json::{Value, json};

use super::{Approvals, ApprovalsError, Decider};
use crate::{
    model::{
        Approval, ApprovalId, BusEvent, Decision, Reach, RuleChange, RuleChanged, RuleId,
        SessionId, Settlement, ToolRule,
    },
    store::NewAuditEntry,
    tools::Scope,
};

/// All rules.
pub(super) struct Rules(RwLock<Vec<ToolRule>>);

impl Rules {
    pub(super) fn of(rules: Vec<ToolRule>) -> Self {
        Self(RwLock::new(rules))
    }

    pub(super) fn add(&self, rule: ToolRule) {
        let mut rules = self.0.write().unwrap_or_else(PoisonError::into_inner);
        rules.push(rule);
    }

    fn remove(&self, id: RuleId) {
        let mut rules = self.0.write().unwrap_or_else(PoisonError::into_inner);
        rules.retain(|rule| rule.id != id);
    }

    /// The first rule by which such a call needs no decision.
    pub(super) fn find(&self, tool: &str, session: &SessionId, wanted: &Scope) -> Option<ToolRule> {
        let rules = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let found = rules
            .iter()
            .find(|rule| applies(rule, tool, session, wanted));
        found.cloned()
    }

    fn any_of_tool(&self, tool: &str) -> bool {
        let rules = self.0.read().unwrap_or_else(PoisonError::into_inner);
        rules.iter().any(|rule| rule.tool == tool)
    }
}

fn applies(rule: &ToolRule, tool: &str, session: &SessionId, wanted: &Scope) -> bool {
    rule.tool == tool
        && rule.session_id.as_ref().is_none_or(|only| only == session)
        && covers(&rule.scope, wanted)
}

/// What a request wants, where an answer that holds from now on could cover it.
fn wanted(asked: &Approval) -> Option<Scope> {
    serde_json::from_value(asked.rule.clone()?).ok()
}

/// Whether a rule's scope covers what a call wants. One that this version can't read covers
/// nothing.
pub fn covers(rule: &Value, wanted: &Scope) -> bool {
    serde_json::from_value::<Scope>(rule.clone()).is_ok_and(|scope| scope.covers(wanted))
}

impl Approvals {
    /// All rules, the oldest first.
    pub async fn rules(&self) -> Result<Vec<ToolRule>, ApprovalsError> {
        Ok(self.inner.store.list_tool_rules().await?)
    }

    /// Takes a rule back: such calls are asked for again.
    pub async fn revoke(&self, id: RuleId, by: Decider) -> Result<(), ApprovalsError> {
        let line = NewAuditEntry {
            at: self.inner.clock.now(),
            device_id: by.device_id,
            actor: by.name,
            action: "rule.revoked".to_owned(),
            subject: id.to_string(),
            details: json!({}),
        };
        let name = line.actor.clone();
        // First here: a call that comes meanwhile is asked for.
        self.inner.rules.remove(id);
        if !self.inner.store.delete_tool_rule(id, line).await? {
            return Err(ApprovalsError::NoRule);
        }
        self.tell_rule(id, RuleChange::Revoked, &name);
        Ok(())
    }

    pub(super) fn tell_rule(&self, rule_id: RuleId, change: RuleChange, by: &str) {
        self.inner.bus.publish(&BusEvent::RuleChanged(RuleChanged {
            rule_id,
            change,
            by: by.to_owned(),
        }));
    }

    /// Settles what waits and is covered by a new rule, in the order in which it was asked.
    pub(super) async fn settle_covered(&self, rule: &ToolRule) {
        let waiting: Vec<ApprovalId> = self.pending().keys().copied().collect();
        let mut covered = Vec::new();
        for id in waiting {
            match self.find(id).await {
                Ok(Some(asked)) => covered.push(asked),
                Ok(None) => {}
                Err(error) => tracing::error!(%error, request = %id, "a request was not read"),
            }
        }
        covered.retain(|asked| {
            wanted(asked)
                .is_some_and(|wanted| applies(rule, &asked.tool, &asked.session_id, &wanted))
        });
        covered.sort_by_key(|asked| asked.row);
        for asked in covered {
            self.settle_by(rule, &asked).await;
        }
    }

    /// Settles a request that was asked in the moment in which a rule that covers it was made.
    /// Call once it can be found.
    pub async fn recheck(&self, id: ApprovalId, tool: &str) {
        if !self.inner.rules.any_of_tool(tool) {
            return;
        }
        let Ok(Some(asked)) = self.find(id).await else {
            return;
        };
        let rule =
            wanted(&asked).and_then(|scope| self.inner.rules.find(tool, &asked.session_id, &scope));
        if let Some(rule) = rule {
            self.settle_by(&rule, &asked).await;
        }
    }

    async fn settle_by(&self, rule: &ToolRule, asked: &Approval) {
        let covers = serde_json::from_value::<Scope>(rule.scope.clone());
        let covers = covers.map_or_else(|_| rule.tool.clone(), |scope| scope.to_string());
        let settlement = Settlement {
            decision: Decision::Approve,
            reach: Reach::Once,
            at: self.inner.clock.now(),
            device_id: None,
            by: format!("the rule for {covers}"),
            reason: None,
            answer: None,
        };
        // It makes no rule of its own, so this goes no deeper.
        match Box::pin(self.settle(asked, settlement)).await {
            Ok(()) | Err(ApprovalsError::Settled(_)) => {}
            Err(error) => {
                tracing::error!(%error, request = %asked.id, "a rule did not settle a request");
            }
        }
    }
}
