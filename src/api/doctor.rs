//! `/api/doctor`: what is wrong with the gateway, what it means, and mending it.

use futures_util::StreamExt as _;
use poem_openapi::{
    OpenApi,
    param::{Header, Query},
    payload::{Json, PlainText},
};

use super::{
    ApiError, Caller, Group,
    body::JsonBody,
    chat::wants_events,
    doctor_views::{Examined, FixRequest, FixedView, Paper, ReportView, Step},
    sentence,
    sse::{Ends, Sse},
};
use crate::{
    doctor::{Category, Doctor, FixError, Following},
    tasks::Tasks,
    telemetry::Metrics,
};

/// The group.
pub struct DoctorApi {
    /// The doctor.
    pub doctor: Doctor,
    /// The signal to stop.
    pub tasks: Tasks,
    /// Counts open streams.
    pub metrics: Metrics,
}

#[OpenApi(tag = "Group::Watching")]
impl DoctorApi {
    /// Read the last findings
    ///
    /// The gateway looks by itself soon after its start and once a day.
    #[oai(path = "/api/doctor", method = "get", operation_id = "get_doctor")]
    async fn last(
        &self,
        _caller: Caller,
        /// Only what is about this.
        category: Query<Option<Category>>,
    ) -> Json<ReportView> {
        let last = self.doctor.last();
        let now = self.doctor.now();
        Json(ReportView::of(last.as_deref(), category.0, now))
    }

    /// Look for what is wrong
    ///
    /// All checks run beside each other, each with its time limit; providers are really called. It
    /// takes about as long as the slowest of them, 12 seconds at most. Whoever asks while the same
    /// is being looked at gets the same results.
    #[oai(path = "/api/doctor", method = "post", operation_id = "run_doctor")]
    async fn run(
        &self,
        caller: Caller,
        /// Only what is about this.
        category: Query<Option<Category>>,
        /// `text/event-stream` asks for results as they come.
        #[oai(name = "Accept")]
        accept: Header<Option<String>>,
    ) -> Examined {
        let following = self.doctor.examine(category.0).await;
        if accept.0.is_some_and(|accept| wants_events(&accept)) {
            let ends = Ends {
                stopping: self.tasks.stopping().clone(),
                revoked: caller.revoked,
                _open: self.metrics.sse_client(),
            };
            let steps = steps(self.doctor.clone(), following);
            return Examined::Events(Sse::of_frames(steps, ends));
        }
        following.rest().await;
        let last = self.doctor.last();
        let now = self.doctor.now();
        Examined::Report(Json(ReportView::of(last.as_deref(), category.0, now)))
    }

    /// Mend what a check found
    ///
    /// Only what is safe: file modes, secrets in plain text, a folder that is missing, settings
    /// that are not in force yet. With `dry_run` it is only said what would change.
    #[oai(
        path = "/api/doctor/fix",
        method = "post",
        operation_id = "fix_finding"
    )]
    async fn fix(
        &self,
        _caller: Caller,
        body: JsonBody<FixRequest>,
    ) -> Result<Json<FixedView>, ApiError> {
        let FixRequest { id, dry_run } = body.0;
        Ok(Json(if dry_run {
            self.doctor.plan_fix(&id.0).await?.into()
        } else {
            self.doctor.fix(&id.0).await?.into()
        }))
    }

    /// Read a report to hand on
    ///
    /// Versions, the settings that differ from their defaults, and the last findings, as Markdown.
    /// It holds no secret, no path of the user's, and no name of a host or a device.
    #[oai(
        path = "/api/doctor/report",
        method = "get",
        operation_id = "get_doctor_report"
    )]
    async fn report(&self, _caller: Caller) -> Paper {
        Paper::Text(PlainText(self.doctor.paper().await))
    }
}

/// An examination as events.
fn steps(
    doctor: Doctor,
    following: Following,
) -> impl futures_util::Stream<Item = bytes::Bytes> + Send {
    let first = Step::started(following.run().planned());
    let rest = futures_util::stream::unfold(Some(following), move |following| {
        let doctor = doctor.clone();
        async move {
            let mut following = following?;
            if let Some(result) = following.next().await {
                return Some((Step::found(result), Some(following)));
            }
            let last = doctor.last();
            let report = ReportView::of(last.as_deref(), None, doctor.now());
            Some((Step::done(report), None))
        }
    });
    futures_util::stream::once(std::future::ready(first))
        .chain(rest)
        .map(|step| step.frame())
}

impl From<FixError> for ApiError {
    fn from(error: FixError) -> Self {
        match error {
            FixError::Unknown => Self::not_found("check"),
            FixError::NotByItself(_) => Self::conflict(sentence(&error)),
            FixError::Failed(text) => Self::conflict(text),
        }
    }
}
