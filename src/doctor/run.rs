//! One examination: all checks beside each other, each with its limit, and any number of readers
//! that see the results as they come.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::{FutureExt as _, StreamExt as _, stream::FuturesUnordered};
use tokio::{sync::watch, time::Instant};

use super::{Category, Check, CheckResult, Finding, Name, Surroundings};

/// An examination under way, or one that has ended.
pub struct Run {
    /// Only what is about this; none: everything.
    pub category: Option<Category>,
    planned: Vec<Name>,
    results: Mutex<Vec<CheckResult>>,
    count: watch::Sender<usize>,
    kept: watch::Sender<bool>,
}

impl Run {
    pub(super) fn of(category: Option<Category>, checks: &[Arc<dyn Check>]) -> Self {
        Self {
            category,
            planned: checks.iter().map(|check| check.name()).collect(),
            results: Mutex::default(),
            count: watch::Sender::new(0),
            kept: watch::Sender::new(false),
        }
    }

    /// What is looked at.
    pub fn planned(&self) -> &[Name] {
        &self.planned
    }

    /// What was found so far, in the order it was found in.
    pub fn results(&self) -> Vec<CheckResult> {
        self.lock().clone()
    }

    /// Reads from the first result on.
    pub fn follow(self: &Arc<Self>) -> Following {
        Following {
            count: self.count.subscribe(),
            kept: self.kept.subscribe(),
            run: Arc::clone(self),
            read: 0,
        }
    }

    /// Whether somebody who wants this can read along.
    pub(super) fn covers(&self, category: Option<Category>) -> bool {
        (self.category.is_none() && category.is_none()) || self.category == category
    }

    pub(super) async fn examine(&self, place: &Surroundings, checks: &[Arc<dyn Check>]) {
        let mut looking: FuturesUnordered<_> =
            checks.iter().map(|check| look(check, place)).collect();
        while let Some(result) = looking.next().await {
            let count = {
                let mut results = self.lock();
                results.push(result);
                results.len()
            };
            self.count.send_replace(count);
        }
    }

    /// Says that the report of it is kept: readers come to their end.
    pub(super) fn end(&self) {
        self.kept.send_replace(true);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<CheckResult>> {
        self.results.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes one check within its limit. One that fails by itself is a finding too.
pub(super) async fn look(check: &Arc<dyn Check>, place: &Surroundings) -> CheckResult {
    let (name, limit, began) = (check.name(), check.limit(), Instant::now());
    let looked = AssertUnwindSafe(check.look(place)).catch_unwind();
    let (finding, timed_out) = match tokio::time::timeout(limit, looked).await {
        Ok(Ok(finding)) => (finding, false),
        Ok(Err(_)) => {
            let text = "This check itself failed; the log says more.";
            (Finding::warning(text), false)
        }
        Err(_) => {
            let text = format!(
                "Timed out: there was no answer within {} s.",
                limit.as_secs()
            );
            (Finding::warning(text), true)
        }
    };
    CheckResult {
        id: name.id.into_owned(),
        category: name.category,
        title: name.title.into_owned(),
        severity: finding.severity,
        message: finding.message,
        details: finding.details,
        fix: finding.fix,
        timed_out,
        duration_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
    }
}

/// Reads an examination as it goes.
pub struct Following {
    run: Arc<Run>,
    count: watch::Receiver<usize>,
    kept: watch::Receiver<bool>,
    read: usize,
}

impl Following {
    /// The examination.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// The next result, once it is there; none when all are read and the report of them is kept.
    pub async fn next(&mut self) -> Option<CheckResult> {
        if self.read >= self.run.planned.len() {
            drop(self.kept.wait_for(|kept| *kept).await);
            return None;
        }
        let read = self.read;
        self.count.wait_for(|count| *count > read).await.ok()?;
        let result = self.run.lock().get(read).cloned()?;
        self.read += 1;
        Some(result)
    }

    /// Waits for all of them.
    pub async fn rest(mut self) -> Vec<CheckResult> {
        while self.next().await.is_some() {}
        self.run.results()
    }
}
