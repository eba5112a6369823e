//! What is shown of the doctor's findings.

use bytes::Bytes;
use poem::{IntoResponse, Response};
use poem_openapi::{
    ApiResponse, Object, Union,
    payload::{Json, Payload as _, PlainText},
    registry::{MetaMediaType, MetaResponse, MetaResponses, Registry},
    types::{ToJSON as _, Type as _},
};

use super::{Text, sse::Sse};
use crate::{
    doctor::{Category, Change, CheckResult, Fix, FixPlan, Fixed, Name, Report, Severity, Summary},
    model::Timestamp,
};

/// What can be done about a finding.
#[derive(Clone, Debug, Object)]
#[oai(rename = "DoctorFix")]
struct FixView {
    /// A few words for a button.
    label: String,
    /// The page of the dashboard where it is done.
    route: String,
    /// The gateway can do it: `POST /api/doctor/fix`.
    applies: bool,
}

impl From<Fix> for FixView {
    fn from(fix: Fix) -> Self {
        Self {
            label: fix.label,
            route: fix.route,
            applies: fix.applies,
        }
    }
}

/// What a check found.
#[derive(Clone, Debug, Object)]
#[oai(rename = "DoctorResult")]
pub(super) struct ResultView {
    /// The check; it keeps its name.
    id: String,
    /// How bad it is.
    severity: Severity,
    /// What it is about.
    category: Category,
    /// What was looked at, in a few words.
    title: String,
    /// What was found and what that means.
    message: String,
    /// Each thing that was found, where there are several.
    details: Vec<String>,
    /// What can be done; null: nothing, or nothing needs to be.
    fix: Option<FixView>,
    /// The check did not come to an end.
    timed_out: bool,
    /// How long it took, in milliseconds.
    duration_ms: u64,
}

impl From<CheckResult> for ResultView {
    fn from(result: CheckResult) -> Self {
        Self {
            id: result.id,
            severity: result.severity,
            category: result.category,
            title: result.title,
            message: result.message,
            details: result.details,
            fix: result.fix.map(FixView::from),
            timed_out: result.timed_out,
            duration_ms: result.duration_ms,
        }
    }
}

/// How many findings there are of each severity.
#[derive(Clone, Copy, Debug, Default, Object)]
#[oai(rename = "DoctorSummary")]
pub(super) struct SummaryView {
    /// As it should be.
    ok: u32,
    /// Worth knowing.
    info: u32,
    /// It may hurt.
    warning: u32,
    /// It does not work, or is dangerous.
    error: u32,
}

impl From<Summary> for SummaryView {
    fn from(summary: Summary) -> Self {
        Self {
            ok: summary.ok,
            info: summary.info,
            warning: summary.warning,
            error: summary.error,
        }
    }
}

/// All that was found.
#[derive(Clone, Debug, Object)]
#[oai(rename = "DoctorFindings")]
pub(super) struct ReportView {
    /// When it was looked at; null: not yet.
    at: Option<Timestamp>,
    /// How long ago that is, in seconds.
    age_seconds: Option<u64>,
    /// How many findings there are of each severity.
    summary: SummaryView,
    /// The findings, by category, the worst first.
    results: Vec<ResultView>,
}

impl ReportView {
    /// A report, or the part of it that is about one category.
    pub(super) fn of(report: Option<&Report>, category: Option<Category>, now: Timestamp) -> Self {
        let results: Vec<CheckResult> = report
            .iter()
            .flat_map(|report| &report.results)
            .filter(|one| category.is_none_or(|category| one.category == category))
            .cloned()
            .collect();
        Self {
            at: report.map(|report| report.at),
            age_seconds: report.map(|report| now.millis_since(report.at) / 1000),
            summary: Summary::of(&results).into(),
            results: results.into_iter().map(ResultView::from).collect(),
        }
    }
}

/// A check that is made.
#[derive(Clone, Debug, Object)]
#[oai(rename = "DoctorCheck")]
struct CheckView {
    /// The check.
    id: String,
    /// What it is about.
    category: Category,
    /// What is looked at, in a few words.
    title: String,
}

/// Which checks are made.
#[derive(Clone, Debug, Object)]
#[oai(rename = "DoctorStarted")]
pub(super) struct Started {
    /// The checks, whose results come as they are found.
    checks: Vec<CheckView>,
}

/// A check ended.
#[derive(Clone, Debug, Object)]
#[oai(rename = "DoctorFound")]
pub(super) struct Found {
    /// What it found.
    result: ResultView,
}

/// All checks ended.
#[derive(Clone, Debug, Object)]
#[oai(rename = "DoctorDone")]
pub(super) struct Done {
    /// All of it, with what is known of categories that were not looked at.
    report: ReportView,
}

/// The examination as it goes.
#[derive(Clone, Debug, Union)]
#[oai(discriminator_name = "type", rename = "DoctorEvent")]
pub(super) enum Step {
    /// Which checks are made.
    #[oai(mapping = "started")]
    Started(Started),
    /// A check ended.
    #[oai(mapping = "result")]
    Found(Found),
    /// All checks ended.
    #[oai(mapping = "done")]
    Done(Done),
}

impl Step {
    pub(super) fn started(planned: &[Name]) -> Self {
        let view = |name: &Name| CheckView {
            id: name.id.to_string(),
            category: name.category,
            title: name.title.to_string(),
        };
        Self::Started(Started {
            checks: planned.iter().map(view).collect(),
        })
    }

    pub(super) fn found(result: CheckResult) -> Self {
        Self::Found(Found {
            result: result.into(),
        })
    }

    pub(super) fn done(report: ReportView) -> Self {
        Self::Done(Done { report })
    }

    /// As an event of a stream.
    pub(super) fn frame(&self) -> Bytes {
        let name = match self {
            Self::Started(_) => "started",
            Self::Found(_) => "result",
            Self::Done(_) => "done",
        };
        format!("event: {name}\ndata: {}\n\n", self.to_json_string()).into()
    }
}

/// What a look is answered with: all of it at its end, or as it goes. Written by hand since one
/// status has two content types.
pub(super) enum Examined {
    Report(Json<ReportView>),
    Events(Sse<Step>),
}

impl IntoResponse for Examined {
    fn into_response(self) -> Response {
        match self {
            Self::Report(report) => report.into_response(),
            Self::Events(events) => events.into_response(),
        }
    }
}

impl ApiResponse for Examined {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "What was found; or, with `Accept: text/event-stream`, `started`, \
                              a `result` for each check as it ends, and `done`.",
                status: Some(200),
                status_range: None,
                content: vec![
                    MetaMediaType {
                        content_type: "application/json; charset=utf-8",
                        schema: ReportView::schema_ref(),
                    },
                    MetaMediaType {
                        content_type: "text/event-stream",
                        schema: Sse::<Step>::schema_ref(),
                    },
                ],
                headers: vec![],
            }],
        }
    }

    fn register(registry: &mut Registry) {
        ReportView::register(registry);
        Step::register(registry);
    }
}

/// What to mend.
#[derive(Clone, Debug, Object)]
#[oai(rename = "DoctorFixRequest")]
pub(super) struct FixRequest {
    /// The check.
    pub(super) id: Text,
    /// Says what would change, and changes nothing.
    #[oai(default)]
    pub(super) dry_run: bool,
}

/// One thing that a fix changes.
#[derive(Clone, Debug, Object)]
#[oai(rename = "DoctorChange")]
struct ChangeView {
    /// What is changed.
    what: String,
    /// How it was.
    before: String,
    /// How it is after that.
    after: String,
}

impl From<Change> for ChangeView {
    fn from(change: Change) -> Self {
        Self {
            what: change.what,
            before: change.before,
            after: change.after,
        }
    }
}

/// What mending comes to.
#[derive(Clone, Debug, Object)]
#[oai(rename = "DoctorFixed")]
pub(super) struct FixedView {
    /// It was done, rather than only described.
    applied: bool,
    /// The changes; none: there was nothing to mend.
    changes: Vec<ChangeView>,
    /// The check after that.
    result: ResultView,
}

impl From<FixPlan> for FixedView {
    fn from(plan: FixPlan) -> Self {
        Self {
            applied: false,
            changes: plan.changes.into_iter().map(ChangeView::from).collect(),
            result: plan.result.into(),
        }
    }
}

impl From<Fixed> for FixedView {
    fn from(fixed: Fixed) -> Self {
        Self {
            applied: !fixed.changes.is_empty(),
            changes: fixed.changes.into_iter().map(ChangeView::from).collect(),
            result: fixed.result.into(),
        }
    }
}

/// A report to hand on.
#[derive(Debug, ApiResponse)]
pub(super) enum Paper {
    /// Markdown.
    #[oai(status = 200, content_type = "text/markdown; charset=utf-8")]
    Text(PlainText<String>),
}
