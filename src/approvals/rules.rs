//! Decisions that hold from now on, in memory, and how they are revoked.

use std::sync::{PoisonError, RwLock};

use serde_json::{Value, json};

use super::{Approvals, ApprovalsError, Decider};
use crate::{
    model::{RuleId, ToolRule},
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

    pub(super) fn any(&self, test: impl Fn(&ToolRule) -> bool) -> bool {
        let rules = self.0.read().unwrap_or_else(PoisonError::into_inner);
        rules.iter().any(test)
    }
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
        // First here: a call that comes meanwhile is asked for.
        self.inner.rules.remove(id);
        if !self.inner.store.delete_tool_rule(id, line).await? {
            return Err(ApprovalsError::NoRule);
        }
        Ok(())
    }
}
