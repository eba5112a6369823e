//! `/api/cron`: scheduled jobs and their runs.

use poem_openapi::{
    OpenApi,
    param::{Path, Query},
    payload::Json,
};

use super::{
    ApiError, Caller, Group,
    body::{JsonBody, OptionalJson},
    cron_input::{JobChanges, NewJob, PauseWords, PreviewRequest},
    cron_views::{
        Deleted, JobKind, JobPage, JobStarted, JobView, Made, PreviewView, RunPage, RunView,
    },
};
use crate::{
    cron::{Cron, CronFilter, Maker},
    model::{CronJob, CronJobId, CronRunId, CronState, Cursor, RunStatus},
};

/// See [`Group::Cron`].
pub struct CronApi {
    /// The jobs.
    pub cron: Cron,
}

#[OpenApi(tag = "Group::Cron")]
impl CronApi {
    /// List scheduled jobs
    #[oai(path = "/api/cron", method = "get", operation_id = "list_jobs")]
    #[expect(clippy::too_many_arguments, reason = "one for each part of the query")]
    async fn list(
        &self,
        _caller: Caller,
        /// Only those that stand so.
        state: Query<Option<CronState>>,
        /// Only those of this kind.
        kind: Query<Option<JobKind>>,
        /// Only those with these words in their name or in what they do.
        #[oai(validator(max_length = 200))]
        q: Query<Option<String>>,
        /// Only those whose last run failed.
        #[oai(default)]
        failing: Query<bool>,
        /// At most so many.
        #[oai(
            default = "default_limit",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        limit: Query<u32>,
        /// Where to go on.
        cursor: Query<Option<String>>,
    ) -> Result<Json<JobPage>, ApiError> {
        let filter = CronFilter {
            state: state.0,
            kind: kind.0.map(|kind| kind.word().to_owned()),
            text: q.0.filter(|text| !text.trim().is_empty()),
            failing: failing.0,
        };
        let after = cursor_of(cursor.0.as_deref())?;
        let (jobs, next) = self.cron.list(filter, after, limit.0).await?;
        Ok(Json(JobPage {
            jobs: jobs.into_iter().map(|job| self.view(job)).collect(),
            next_cursor: next.map(Cursor::encode),
        }))
    }

    /// Schedule a job
    ///
    /// `schedule` may be an object, a cron expression, a moment, or a wording such as "every
    /// weekday at 9". In place of `job`, `prompt` or `command` may be given.
    #[oai(path = "/api/cron", method = "post", operation_id = "create_job")]
    async fn create(&self, _caller: Caller, body: JsonBody<NewJob>) -> Result<Made, ApiError> {
        let job = self.cron.create(body.0.draft()?, &Maker::OWNER).await?;
        Ok(Made::Created(Json(self.view(job))))
    }

    /// Say what a schedule comes to
    ///
    /// The next five times, the schedule in words, and what a change of the clocks does to it.
    /// Makes nothing.
    #[oai(
        path = "/api/cron/preview",
        method = "post",
        operation_id = "preview_schedule"
    )]
    async fn preview(
        &self,
        _caller: Caller,
        body: JsonBody<PreviewRequest>,
    ) -> Result<Json<PreviewView>, ApiError> {
        let (wish, tz, is_text) = body.0.wish()?;
        let preview = self.cron.preview(wish, tz.as_deref());
        let preview = preview.map_err(|error| match error {
            crate::cron::CronError::Field { field, expected } if is_text && field == "schedule" => {
                ApiError::bad_field("text", expected)
            }
            error => error.into(),
        })?;
        Ok(Json(preview.into()))
    }

    /// List the runs of all jobs
    #[oai(path = "/api/cron/runs", method = "get", operation_id = "list_runs")]
    async fn all_runs(
        &self,
        _caller: Caller,
        /// Only those that stand so.
        status: Query<Option<RunStatus>>,
        /// At most so many.
        #[oai(
            default = "default_limit",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        limit: Query<u32>,
        /// Where to go on to older ones.
        cursor: Query<Option<String>>,
    ) -> Result<Json<RunPage>, ApiError> {
        self.page(None, status.0, limit.0, cursor.0).await
    }

    /// Look at a job
    #[oai(path = "/api/cron/:id", method = "get", operation_id = "get_job")]
    async fn get(&self, _caller: Caller, id: Path<CronJobId>) -> Result<Json<JobView>, ApiError> {
        Ok(Json(self.view(self.cron.get(id.0).await?)))
    }

    /// Change a job
    ///
    /// What is left out stays. A new schedule counts from now.
    #[oai(path = "/api/cron/:id", method = "patch", operation_id = "update_job")]
    async fn update(
        &self,
        _caller: Caller,
        id: Path<CronJobId>,
        body: JsonBody<JobChanges>,
    ) -> Result<Json<JobView>, ApiError> {
        let version = body.0.version;
        let job = self.cron.edit(id.0, body.0.patch()?, version).await?;
        Ok(Json(self.view(job)))
    }

    /// Delete a job
    ///
    /// It can be restored for thirty days. A run under way goes on; what waits is left out.
    #[oai(path = "/api/cron/:id", method = "delete", operation_id = "delete_job")]
    async fn delete(&self, _caller: Caller, id: Path<CronJobId>) -> Result<Deleted, ApiError> {
        self.cron.delete(id.0).await?;
        Ok(Deleted::Done)
    }

    /// Bring a deleted job back
    #[oai(
        path = "/api/cron/:id/restore",
        method = "post",
        operation_id = "restore_job"
    )]
    async fn restore(
        &self,
        _caller: Caller,
        id: Path<CronJobId>,
    ) -> Result<Json<JobView>, ApiError> {
        Ok(Json(self.view(self.cron.restore(id.0).await?)))
    }

    /// Run a job now
    ///
    /// Whatever its schedule, and even while it is paused. The answer is the run; it goes on after
    /// the answer.
    #[oai(path = "/api/cron/:id/run", method = "post", operation_id = "run_job")]
    async fn run(&self, _caller: Caller, id: Path<CronJobId>) -> Result<JobStarted, ApiError> {
        let run = self.cron.run_now(id.0).await?;
        Ok(JobStarted::Accepted(Json(run.into())))
    }

    /// Hold a job back
    ///
    /// What of it waits is left out; a run under way goes on.
    #[oai(
        path = "/api/cron/:id/pause",
        method = "post",
        operation_id = "pause_job"
    )]
    async fn pause(
        &self,
        _caller: Caller,
        id: Path<CronJobId>,
        body: OptionalJson<PauseWords>,
    ) -> Result<Json<JobView>, ApiError> {
        let reason = body.0.reason.filter(|reason| !reason.trim().is_empty());
        Ok(Json(self.view(self.cron.pause(id.0, reason).await?)))
    }

    /// Let a job go on
    ///
    /// From its next time on: what was due meanwhile is not made up for.
    #[oai(
        path = "/api/cron/:id/resume",
        method = "post",
        operation_id = "resume_job"
    )]
    async fn resume(
        &self,
        _caller: Caller,
        id: Path<CronJobId>,
    ) -> Result<Json<JobView>, ApiError> {
        Ok(Json(self.view(self.cron.resume(id.0).await?)))
    }

    /// List the runs of a job
    #[oai(
        path = "/api/cron/:id/runs",
        method = "get",
        operation_id = "list_job_runs"
    )]
    async fn runs(
        &self,
        _caller: Caller,
        id: Path<CronJobId>,
        /// Only those that stand so.
        status: Query<Option<RunStatus>>,
        /// At most so many.
        #[oai(
            default = "default_limit",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        limit: Query<u32>,
        /// Where to go on to older ones.
        cursor: Query<Option<String>>,
    ) -> Result<Json<RunPage>, ApiError> {
        self.page(Some(id.0), status.0, limit.0, cursor.0).await
    }

    /// Look at a run
    #[oai(
        path = "/api/cron/:id/runs/:run_id",
        method = "get",
        operation_id = "get_job_run"
    )]
    async fn one_run(
        &self,
        _caller: Caller,
        id: Path<CronJobId>,
        run_id: Path<CronRunId>,
    ) -> Result<Json<RunView>, ApiError> {
        Ok(Json(self.cron.run(id.0, run_id.0).await?.into()))
    }
}

impl CronApi {
    fn view(&self, job: CronJob) -> JobView {
        let (words, next) = (self.cron.words(&job.schedule), self.cron.upcoming(&job));
        JobView::of(job, words, next)
    }

    async fn page(
        &self,
        job: Option<CronJobId>,
        status: Option<RunStatus>,
        limit: u32,
        cursor: Option<String>,
    ) -> Result<Json<RunPage>, ApiError> {
        let after = cursor_of(cursor.as_deref())?;
        let (runs, next) = self.cron.runs(job, status, after, limit).await?;
        Ok(Json(RunPage {
            runs: runs.into_iter().map(RunView::from).collect(),
            next_cursor: next.map(Cursor::encode),
        }))
    }
}

fn default_limit() -> u32 {
    50
}

fn cursor_of(text: Option<&str>) -> Result<Option<Cursor>, ApiError> {
    text.map(Cursor::decode)
        .transpose()
        .map_err(|error| ApiError::bad_field("cursor", error.to_string()))
}
