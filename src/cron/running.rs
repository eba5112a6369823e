//! One run: a try is begun in the database, made, and settled; or tried again.

use std::time::Duration;

use super::{
    CronError, Runner,
    actions::{self, Attempt, kept, sentence},
};
use crate::{
    agent::{AgentError, Started, Told, TurnRequest},
    model::{
        AgentAction, BusEvent, CronAction, CronJob, CronRun, Delivery, ErrorNews, JobChange,
        JobStarted, Origin, RunStatus, SessionId, Timestamp, Turn, TurnId, TurnState,
    },
    store::{CronEnd, CronStart},
};

/// Before the second try; doubled each time…
const BACK_OFF_SECS: i64 = 30;
/// … up to this.
const LONGEST_BACK_OFF_SECS: i64 = 3600;
/// After the database failed.
const WRITE_AGAIN: Duration = Duration::from_secs(5);
/// For a turn that was told to stop.
const CLEAN_UP: Duration = Duration::from_secs(10);
/// A turn that is neither under way nor over is looked at so often.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

impl Runner {
    /// Begins a try in the database. `false`: somebody else did, or it waits no longer.
    pub(super) async fn start(&self, job: &CronJob, run: &mut CronRun) -> Result<bool, CronError> {
        let (session_id, turn_id) = match &job.action {
            // Its turn's name is known before there is a turn: after a crash between the two it
            // is plain whether there is one.
            CronAction::Agent(agent) => (Some(session_of(job, agent)), Some(TurnId::fresh())),
            _ => (None, None),
        };
        let start = CronStart {
            run_id: run.id,
            at: self.cron.now(),
            session_id: session_id.clone(),
            turn_id,
        };
        let at = start.at;
        if !self.cron.inner.store.start_cron_run(start).await? {
            return Ok(false);
        }
        (run.session_id, run.turn_id) = (session_id, turn_id);
        run.started_at = Some(at);
        run.attempt += 1;
        self.cron
            .inner
            .bus
            .publish(&BusEvent::JobStarted(JobStarted {
                job_id: job.id,
                name: job.name.clone(),
                run_id: run.id,
                attempt: run.attempt,
                session_id: run.session_id.clone(),
                turn_id,
            }));
        Ok(true)
    }

    /// Makes a try that has begun, and settles the run. When the process stops the run is left as
    /// it is, and taken up again after the restart.
    pub(super) async fn see_through(&self, job: CronJob, run: CronRun) {
        let config = self.cron.inner.config.current();
        let limit_secs = job.options.timeout_secs.unwrap_or(config.cron.timeout_secs);
        let limit = Duration::from_secs(limit_secs);
        let attempt = match &job.action {
            CronAction::Agent(agent) => self.ask(&job, agent, &run, limit).await,
            _ => self.call(&job, &run, limit).await,
        };
        let Some(attempt) = attempt else {
            return;
        };
        // An end that is not written down would hold its job back until a restart.
        while let Err(error) = self.settle(&job, run.clone(), attempt.clone()).await {
            tracing::error!(%error, job = %job.id, "the end of a run was not written down");
            tokio::select! {
                () = self.tasks.stopping().cancelled() => return,
                () = tokio::time::sleep(WRITE_AGAIN) => {}
            }
        }
    }

    async fn call(&self, job: &CronJob, run: &CronRun, limit: Duration) -> Option<Attempt> {
        let stopping = self.tasks.stopping();
        let cancel = stopping.child_token();
        let context = actions::context(
            self.cron.inner.config.current(),
            &self.cron.inner.clock,
            Some(cancel.clone()),
        );
        let work = actions::call(&self.tools, context, job, run, limit.as_secs());
        tokio::pin!(work);
        let done = tokio::select! {
            done = &mut work => done,
            () = tokio::time::sleep(limit) => {
                cancel.cancel();
                // What it started ends within a second.
                let _ended = work.await;
                None
            }
        };
        match done {
            Some(attempt) => Some(attempt),
            None if stopping.is_cancelled() => None,
            None => Some(too_long(limit)),
        }
    }

    /// Asks the agent, or goes on with what it was asked before a restart.
    async fn ask(
        &self,
        job: &CronJob,
        agent: &AgentAction,
        run: &CronRun,
        limit: Duration,
    ) -> Option<Attempt> {
        let turn_id = run.turn_id?;
        let known = match self.agent.find(turn_id).await {
            Ok(known) => known,
            Err(error) => return Some(Attempt::failed(sentence(&error.to_string()))),
        };
        if known.is_none() {
            let request = TurnRequest {
                session_id: Some(session_of(job, agent)),
                message: agent.prompt.clone(),
                tools: true,
                only_tools: agent.tools.clone(),
                model: agent.model.clone(),
                turn_id: Some(turn_id),
                job: Some(job.id.to_string()),
                title: Some(job.name.clone()),
                ..TurnRequest::default()
            };
            match self.agent.start(request, Origin::Cron, None).await {
                Ok(Started::New(_) | Started::Duplicate(_)) => {}
                Err(AgentError::Stopping) => return None,
                Err(error) => return Some(Attempt::failed(sentence(&error.to_string()))),
            }
        }
        self.wait(turn_id, limit).await
    }

    async fn wait(&self, id: TurnId, limit: Duration) -> Option<Attempt> {
        let stopping = self.tasks.stopping();
        let mut deadline = tokio::time::Instant::now() + limit;
        let mut stopped = false;
        loop {
            let left = deadline.saturating_duration_since(tokio::time::Instant::now());
            tokio::select! {
                () = self.agent.settled(id, left) => {}
                () = stopping.cancelled() => return None,
            }
            let turn = match self.agent.find(id).await {
                Ok(Some(turn)) => turn,
                Ok(None) => return Some(Attempt::failed("Its turn was deleted.")),
                Err(error) => return Some(Attempt::failed(sentence(&error.to_string()))),
            };
            if turn.state.is_final() {
                let attempt = attempt_of(turn);
                return Some(if stopped && !attempt.ok {
                    Attempt {
                        output: attempt.output,
                        cost: attempt.cost,
                        ..too_long(limit)
                    }
                } else {
                    attempt
                });
            }
            if tokio::time::Instant::now() < deadline {
                tokio::time::sleep(LOOK_AGAIN).await;
            } else if stopped {
                return Some(too_long(limit));
            } else if turn.state == TurnState::WaitingApproval {
                // It is its owner who takes so long; the request lapses by itself.
                deadline += limit;
            } else {
                stopped = true;
                deadline += CLEAN_UP;
                let _it_may_have_ended = self.agent.cancel(id).await;
            }
        }
    }

    /// Writes down how a try ended: as the end of the run, or as one of several tries.
    pub(super) async fn settle(
        &self,
        job: &CronJob,
        mut run: CronRun,
        attempt: Attempt,
    ) -> Result<(), CronError> {
        let cron = &self.cron;
        if !attempt.ok && attempt.again && run.attempt <= job.options.retries {
            let secs = back_off(run.attempt);
            let why = attempt.error.as_deref().unwrap_or_default();
            let reason = format!(
                "Try {} of {} failed: {why} It is tried again.",
                run.attempt,
                job.options.retries + 1
            );
            let at = cron.now().plus_secs(secs);
            let store = &cron.inner.store;
            store
                .retry_cron_run(run.id, at, reason, attempt.error)
                .await?;
            cron.tell(job, JobChange::Queued, None);
            cron.wake();
            return Ok(());
        }
        let config = cron.inner.config.current();
        run.status = if attempt.ok {
            RunStatus::Ok
        } else {
            RunStatus::Failed
        };
        run.finished_at = Some(cron.now());
        run.reason = (run.attempt > 1).then(|| format!("It took {} tries.", run.attempt));
        (run.output, run.error, run.cost) = (attempt.output, attempt.error, attempt.cost);
        run.deliver.clone_from(&job.options.delivery);
        let end = CronEnd {
            run_id: run.id,
            status: run.status,
            reason: run.reason.clone(),
            output: run.output.clone(),
            error: run.error.clone(),
            cost: run.cost,
            at: run.finished_at.unwrap_or_default(),
            deliver: run.deliver.clone(),
            pause_after: config.cron.pause_after_failures,
            delete_job: attempt.ok && job.options.delete_after_run,
        };
        let Some(after) = cron.inner.store.finish_cron_run(end).await? else {
            return Ok(());
        };
        self.metrics.cron_run(attempt.ok);
        cron.tell_result(job, &run);
        if after.paused {
            self.tell_paused(job, &run, after.failures);
        }
        if after.deleted {
            cron.tell(job, JobChange::Deleted, Some("It has run.".to_owned()));
        }
        self.deliver(job, &run).await;
        Ok(())
    }

    fn tell_paused(&self, job: &CronJob, run: &CronRun, failures: u32) {
        let why = run.error.as_deref().unwrap_or_default();
        let reason = format!("It failed {failures} times in a row. The last time: {why}");
        self.cron.inner.bus.publish(&BusEvent::Error(ErrorNews {
            session_id: run.session_id.clone(),
            turn_id: run.turn_id,
            message: format!("The job \"{}\" was paused. {reason}", job.name),
            code: "JOB_PAUSED".to_owned(),
        }));
        tracing::warn!(job = %job.id, failures, "a job failed again and again and was paused");
        self.cron.tell(job, JobChange::Paused, Some(reason));
    }

    /// Brings a result where it is to go. What fails here is tried again after a restart.
    pub(super) async fn deliver(&self, job: &CronJob, run: &CronRun) {
        let Some(Delivery::Session(session)) = &run.deliver else {
            return;
        };
        let told = Told {
            // One run tells its result once.
            turn_id: TurnId(run.id.0),
            session_id: session.session_id.clone(),
            origin: Origin::Cron,
            heading: heading(job, run),
            text: told(job, run),
        };
        let done = match self.agent.tell(told).await {
            Ok(()) => self.cron.inner.store.set_cron_delivered(run.id).await,
            Err(AgentError::Store(error)) => Err(error),
            Err(error) => {
                tracing::warn!(%error, "the result of a job was not told");
                return;
            }
        };
        if let Err(error) = done {
            tracing::warn!(%error, "the result of a job was not told");
        }
    }
}

fn session_of(job: &CronJob, agent: &AgentAction) -> SessionId {
    agent
        .session_id
        .clone()
        .unwrap_or_else(|| job.own_session())
}

fn back_off(attempt: u32) -> i64 {
    let doubled = attempt.saturating_sub(1).min(10);
    BACK_OFF_SECS
        .saturating_mul(1 << doubled)
        .min(LONGEST_BACK_OFF_SECS)
}

fn too_long(limit: Duration) -> Attempt {
    Attempt::failed(format!(
        "It took longer than {} s and was stopped.",
        limit.as_secs()
    ))
}

fn attempt_of(turn: Turn) -> Attempt {
    let error = match turn.state {
        TurnState::Done => None,
        TurnState::Cancelled => Some("The turn was stopped.".to_owned()),
        _ => Some(
            turn.error_message
                .unwrap_or_else(|| "The turn failed.".to_owned()),
        ),
    };
    Attempt {
        ok: error.is_none(),
        // Who stops a turn does not want it tried again.
        again: !matches!(turn.state, TurnState::Done | TurnState::Cancelled),
        error,
        output: turn.response.and_then(kept),
        cost: turn.cost,
    }
}

fn heading(job: &CronJob, run: &CronRun) -> String {
    let how = match run.status {
        RunStatus::Ok => "Result of the scheduled job",
        _ => "Failure of the scheduled job",
    };
    let minute = |at: Timestamp| at.to_string().chars().take(16).collect::<String>();
    let at = minute(run.scheduled_at).replace('T', " ");
    format!("{how} \"{}\" ({at} UTC)", job.name)
}

fn told(job: &CronJob, run: &CronRun) -> String {
    let mut text = String::new();
    if let Some(error) = &run.error {
        text.push_str(error);
        text.push_str("\n\n");
    }
    match (&run.output, &job.action) {
        (Some(output), CronAction::Agent(_)) => text.push_str(output),
        (Some(output), _) => {
            // A fence longer than any in the text.
            let runs = output.split(|letter| letter != '`').map(str::len);
            let fence = "`".repeat(runs.max().unwrap_or(0).max(2) + 1);
            text.push_str(&format!("{fence}text\n{}\n{fence}", output.trim_end()));
        }
        (None, _) if text.is_empty() => text.push_str("It had nothing to say."),
        (None, _) => {}
    }
    text.trim_end().to_owned()
}
