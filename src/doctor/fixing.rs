//! Mending what a check found: first what would change, then the change, then another look.

use std::sync::Arc;

use super::{Change, Check, CheckResult, Doctor, Severity, run::look};

/// Why nothing was mended. `Display` is safe to show.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FixError {
    /// There is no such check.
    #[error("there is no such check")]
    Unknown,
    /// The doctor can't mend it by itself.
    #[error("{0}")]
    NotByItself(String),
    /// It could not be mended.
    #[error("{0}")]
    Failed(String),
}

/// What a fix would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixPlan {
    /// The check as it is now.
    pub result: CheckResult,
    /// The changes, none of which is made yet.
    pub changes: Vec<Change>,
}

/// What a fix came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// The check as it is after that.
    pub result: CheckResult,
    /// What was changed; nothing: there was nothing to change any more.
    pub changes: Vec<Change>,
}

impl Doctor {
    /// What mending this check would change.
    pub async fn plan_fix(&self, id: &str) -> Result<FixPlan, FixError> {
        let check = self.find(id).await?;
        let result = look(&check, &self.inner.place).await;
        let changes = self.changes(&check, &result).await?;
        Ok(FixPlan { result, changes })
    }

    /// Mends what this check finds, and looks again.
    pub async fn fix(&self, id: &str) -> Result<Fixed, FixError> {
        let check = self.find(id).await?;
        let before = look(&check, &self.inner.place).await;
        let changes = self.changes(&check, &before).await?;
        if !changes.is_empty() {
            let mended = check.mend(&self.inner.place).await;
            mended.map_err(FixError::Failed)?;
            tracing::info!(check = id, changes = changes.len(), "the doctor mended it");
        }
        let result = look(&check, &self.inner.place).await;
        self.replace(result.clone()).await;
        Ok(Fixed { result, changes })
    }

    /// The checks of the last report that can be mended now.
    pub fn mendable(&self) -> Vec<String> {
        let last = self.last();
        let results = last.iter().flat_map(|report| &report.results);
        results
            .filter(|one| one.fix.as_ref().is_some_and(|fix| fix.applies))
            .map(|one| one.id.clone())
            .collect()
    }

    async fn find(&self, id: &str) -> Result<Arc<dyn Check>, FixError> {
        let checks = self.checks(None).await;
        let found = checks.into_iter().find(|check| check.name().id == id);
        found.ok_or(FixError::Unknown)
    }

    async fn changes(
        &self,
        check: &Arc<dyn Check>,
        result: &CheckResult,
    ) -> Result<Vec<Change>, FixError> {
        if result.severity > Severity::Info && !result.fix.as_ref().is_some_and(|fix| fix.applies) {
            let text = match &result.fix {
                Some(fix) => format!(
                    "this is nothing that the doctor changes by itself; it is done at {}",
                    fix.route
                ),
                None => "this is nothing that the doctor can change".to_owned(),
            };
            return Err(FixError::NotByItself(text));
        }
        let plan = check.plan(&self.inner.place).await;
        plan.map_err(FixError::Failed)
    }

    /// Puts one result into the last report.
    async fn replace(&self, result: CheckResult) {
        let _one_at_a_time = self.inner.keeping.lock().await;
        let Some(last) = self.last() else { return };
        let others = last.results.iter().filter(|one| one.id != result.id);
        let mut results: Vec<CheckResult> = others.cloned().collect();
        let before = super::errors(Some(&last));
        results.push(result);
        let report = Arc::new(super::Report::new(last.at, results));
        self.put(&report).await;
        self.tell(&before, &report);
    }
}
