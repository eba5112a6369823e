//! The doctor: looks at everything that may be wrong with a gateway, says what it means, and mends
//! what can safely be mended. It works in a running gateway, beside one and without one.

mod check;
mod checks;
mod fixing;
mod paper;
mod routine;
mod run;
mod surroundings;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwapOption;

pub use check::{
    Category, Change, Check, CheckResult, Finding, Fix, Name, Report, Severity, Summary,
};
pub use fixing::{FixError, FixPlan, Fixed};
pub use routine::{AFTER_START, EVERY};
pub use run::{Following, Run};
pub use surroundings::{LagOf, Listening, SchedulerLag, Surroundings, Whose};

use crate::{
    model::{BusEvent, DoctorReport},
    tasks::Tasks,
    telemetry::Bus,
};

/// Where the last report is kept.
const REPORT: &str = "doctor_report";

struct Inner {
    place: Surroundings,
    tasks: Tasks,
    bus: Bus,
    /// Further checks than the built-in ones.
    more: Vec<Arc<dyn Check>>,
    running: Mutex<Vec<Arc<Run>>>,
    last: ArcSwapOption<Report>,
    /// One report is put together with the last one after another.
    keeping: tokio::sync::Mutex<()>,
}

/// The doctor. Clones share it.
#[derive(Clone)]
pub struct Doctor {
    inner: Arc<Inner>,
}

impl Doctor {
    /// Of these surroundings. Nothing is looked at yet.
    pub fn new(place: Surroundings, tasks: Tasks, bus: Bus) -> Self {
        Self::with(place, tasks, bus, Vec::new())
    }

    /// The same, with further checks.
    pub fn with(place: Surroundings, tasks: Tasks, bus: Bus, more: Vec<Arc<dyn Check>>) -> Self {
        Self {
            inner: Arc::new(Inner {
                place,
                tasks,
                bus,
                more,
                running: Mutex::default(),
                last: ArcSwapOption::empty(),
                keeping: tokio::sync::Mutex::default(),
            }),
        }
    }

    /// Tells where the gateway of this process listens.
    pub fn listening(&self, listening: Listening) {
        if let Whose::Ours(place) = &self.inner.place.whose {
            // The first word counts: a listener does not move.
            let _known = place.set(listening);
        }
    }

    /// The last report; none: nothing was looked at since the data folder was made.
    pub fn last(&self) -> Option<Arc<Report>> {
        self.inner.last.load_full()
    }

    /// The time, for the age of a report.
    pub fn now(&self) -> crate::model::Timestamp {
        self.inner.place.clock.now()
    }

    /// Looks at everything, or at what is of this category. Whoever asks while the same is being
    /// looked at reads along. It goes on when its reader leaves.
    pub async fn examine(&self, category: Option<Category>) -> Following {
        if let Some(run) = self.under_way(category) {
            return run.follow();
        }
        let checks = self.checks(category).await;
        let run = {
            let mut running = self.running();
            if let Some(run) = running.iter().find(|run| run.covers(category)) {
                return run.follow();
            }
            let run = Arc::new(Run::of(category, &checks));
            running.push(Arc::clone(&run));
            run
        };
        let following = run.follow();
        let doctor = self.clone();
        drop(self.inner.tasks.spawn("doctor", async move {
            run.examine(&doctor.inner.place, &checks).await;
            doctor.keep(category, run.results()).await;
            doctor.running().retain(|one| !Arc::ptr_eq(one, &run));
            run.end();
        }));
        following
    }

    /// The same, waited for; answers the report with all that was known before.
    pub async fn examined(&self, category: Option<Category>) -> Arc<Report> {
        let results = self.examine(category).await.rest().await;
        self.merged(category, results)
    }

    async fn checks(&self, category: Option<Category>) -> Vec<Arc<dyn Check>> {
        let mut checks = checks::all(&self.inner.place, category).await;
        let more = self
            .inner
            .more
            .iter()
            .filter(|check| category.is_none_or(|category| check.name().category == category));
        checks.extend(more.cloned());
        checks
    }

    fn under_way(&self, category: Option<Category>) -> Option<Arc<Run>> {
        let running = self.running();
        running.iter().find(|run| run.covers(category)).cloned()
    }

    fn running(&self) -> MutexGuard<'_, Vec<Arc<Run>>> {
        self.inner
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// What was found, in place of what was known of the same things.
    fn merged(&self, category: Option<Category>, results: Vec<CheckResult>) -> Arc<Report> {
        let mut all = results;
        if let (Some(category), Some(last)) = (category, self.last()) {
            let others = last.results.iter().filter(|one| one.category != category);
            all.extend(others.cloned());
        }
        Arc::new(Report::new(self.now(), all))
    }

    /// Keeps a report and tells of it.
    async fn keep(&self, category: Option<Category>, results: Vec<CheckResult>) {
        let _one_at_a_time = self.inner.keeping.lock().await;
        let before = errors(self.last().as_deref());
        let report = self.merged(category, results);
        self.put(&report).await;
        self.tell(&before, &report);
    }

    async fn put(&self, report: &Arc<Report>) {
        self.inner.last.store(Some(Arc::clone(report)));
        let (Some(store), Ok(json)) = (&self.inner.place.store, serde_json::to_string(&**report))
        else {
            return;
        };
        if let Err(error) = store.set_meta(REPORT, json).await {
            tracing::warn!(%error, "the doctor's report could not be kept");
        }
    }

    fn tell(&self, before: &[String], report: &Report) {
        let now = errors(Some(report));
        let new: Vec<String> = now.into_iter().filter(|id| !before.contains(id)).collect();
        for id in &new {
            let found = report.results.iter().find(|one| one.id == *id);
            let message = found.map_or("", |one| one.message.as_str());
            tracing::warn!(check = id, "the doctor found: {message}");
        }
        let summary = report.summary();
        self.inner
            .bus
            .publish(&BusEvent::DoctorReport(DoctorReport {
                errors: summary.error,
                warnings: summary.warning,
                new_errors: new,
            }));
    }

    /// Takes up the report of the last run of the gateway.
    async fn remember(&self) {
        let Some(store) = &self.inner.place.store else {
            return;
        };
        let kept = match store.find_meta(REPORT).await {
            Ok(kept) => kept,
            Err(error) => {
                tracing::warn!(%error, "the doctor's last report could not be read");
                return;
            }
        };
        // A report of another version may read differently: it is made anew soon.
        let report = kept.and_then(|json| serde_json::from_str::<Report>(&json).ok());
        if let Some(report) = report {
            self.inner.last.store(Some(Arc::new(report)));
        }
    }
}

fn errors(report: Option<&Report>) -> Vec<String> {
    let results = report.map_or(&[][..], |report| &report.results);
    let errors = results.iter().filter(|one| one.severity == Severity::Error);
    errors.map(|one| one.id.clone()).collect()
}

#[cfg(test)]
mod tests;
