//! `clawgate cron …`: the schedule in the terminal, beside a running gateway or without one.

mod args;
mod shown;

use std::{collections::BTreeMap, process::ExitCode, sync::Arc};

use clap::Subcommand;

use super::{CliError, open_store, output};
use crate::{
    clock::{Clock, SystemClock},
    config::{ConfigHandle, Home},
    cron::{Cron, CronError, CronFilter, Maker},
    model::{CronJob, CronJobId, Cursor, JobChange},
    store::Store,
    telemetry::Bus,
};
use args::{AddArgs, EditArgs, ScheduleArgs};

/// Jobs read at a time.
const PAGE: u32 = 200;

/// What to do with the schedule.
#[derive(Clone, Debug, Subcommand)]
pub enum CronCommand {
    /// List the jobs, the next one due first
    List {
        /// Only those with these words in their name or in what they do
        words: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Schedule a job
    Add(Box<AddArgs>),
    /// Change a job; what is not said stays
    Edit(Box<EditArgs>),
    /// Show a job and its next times
    Show {
        /// Its id or its name
        job: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// List the runs of a job, the newest first
    Runs {
        /// Its id or its name
        job: String,
        /// At most so many
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=200))]
        limit: u32,
        /// With what came out of them
        #[arg(long)]
        output: bool,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Run a job now, whatever its schedule
    Run {
        /// Its id or its name
        job: String,
    },
    /// Hold a job back
    Pause {
        /// Its id or its name
        job: String,
        /// A remark for later
        #[arg(long)]
        reason: Option<String>,
    },
    /// Let a job go on
    Resume {
        /// Its id or its name
        job: String,
    },
    /// Delete a job; it can be restored for thirty days
    Remove {
        /// Its id or its name
        job: String,
    },
    /// Bring a deleted job back
    Restore {
        /// Its id
        id: CronJobId,
    },
    /// Say what a schedule comes to, without making anything
    Next(ScheduleArgs),
}

/// The jobs in this process's hands.
struct Desk {
    home: Home,
    store: Store,
    cron: Cron,
}

pub(super) async fn run(
    command: CronCommand,
    env: &BTreeMap<String, String>,
) -> Result<ExitCode, CliError> {
    let (home, loaded, store) = open_store(env).await?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let cron = Cron::new(
        store.clone(),
        Bus::new(Arc::clone(&clock)),
        clock,
        ConfigHandle::new(loaded.config),
    );
    let desk = Desk { home, store, cron };
    let done = desk.run(command).await;
    desk.store.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

fn failed(error: CronError) -> CliError {
    match error {
        CronError::Store(error) => CliError::Store(error),
        CronError::Missing => CliError::Usage(
            "no job has this id or name: \"clawgate cron list\" shows those there are".to_owned(),
        ),
        CronError::Field { field, expected } => {
            let field = field.strip_prefix("job.").unwrap_or(&field);
            CliError::Usage(format!("{field}: expected {expected}"))
        }
        error => CliError::Usage(error.to_string()),
    }
}

impl Desk {
    async fn run(&self, command: CronCommand) -> Result<(), CliError> {
        match command {
            CronCommand::List { words, json } => self.list(words, json).await,
            CronCommand::Add(args) => {
                let job = self.cron.create(args.draft()?, &Maker::OWNER).await;
                let job = job.map_err(failed)?;
                self.changed(&job, JobChange::Created, "scheduled").await
            }
            CronCommand::Edit(args) => {
                let job = self.named(&args.job).await?;
                let patch = args.patch(&job)?;
                let job = self.cron.edit(job.id, patch, Some(job.version)).await;
                let job = job.map_err(failed)?;
                self.changed(&job, JobChange::Updated, "changed").await
            }
            CronCommand::Show { job, json } => {
                let job = self.named(&job).await?;
                output::text(&if json {
                    shown::as_json(&shown::job(&self.cron, &job))
                } else {
                    shown::whole(&self.cron, &job)
                })
            }
            CronCommand::Runs {
                job,
                limit,
                output: whole,
                json,
            } => {
                let job = self.named(&job).await?;
                let runs = self.cron.runs(Some(job.id), None, None, limit).await;
                let (runs, _) = runs.map_err(failed)?;
                output::text(&if json {
                    shown::as_json(&runs.iter().map(shown::run).collect::<Vec<_>>())
                } else {
                    shown::runs(&self.cron, &runs, whole)
                })
            }
            CronCommand::Run { job } => {
                let job = self.named(&job).await?;
                self.cron.run_now(job.id).await.map_err(failed)?;
                self.changed(&job, JobChange::Queued, "runs now").await
            }
            CronCommand::Pause { job, reason } => {
                let job = self.named(&job).await?;
                let job = self.cron.pause(job.id, reason).await.map_err(failed)?;
                self.changed(&job, JobChange::Paused, "paused").await
            }
            CronCommand::Resume { job } => {
                let job = self.named(&job).await?;
                let job = self.cron.resume(job.id).await.map_err(failed)?;
                self.changed(&job, JobChange::Resumed, "goes on").await
            }
            CronCommand::Remove { job } => {
                let job = self.named(&job).await?;
                self.cron.delete(job.id).await.map_err(failed)?;
                self.changed(&job, JobChange::Deleted, "deleted").await
            }
            CronCommand::Restore { id } => {
                let job = self.cron.restore(id).await.map_err(failed)?;
                self.changed(&job, JobChange::Restored, "is back").await
            }
            CronCommand::Next(args) => {
                let (wish, tz) = args.wish();
                let preview = self.cron.preview(wish, tz.as_deref()).map_err(failed)?;
                output::text(&shown::preview(&preview))
            }
        }
    }

    async fn named(&self, id_or_name: &str) -> Result<CronJob, CliError> {
        self.cron.named(id_or_name).await.map_err(failed)
    }

    /// Tells a gateway that runs beside, and whoever typed.
    async fn changed(&self, job: &CronJob, change: JobChange, words: &str) -> Result<(), CliError> {
        self.cron.leave_word(job.id, change).await.map_err(failed)?;
        output::line(format_args!("{} ({}) {words}", job.name, job.id))?;
        let soon = matches!(
            change,
            JobChange::Created | JobChange::Updated | JobChange::Resumed | JobChange::Restored
        );
        if soon {
            output::line(shown::next(&self.cron, job))?;
        }
        if self.home.running_gateway().is_none() {
            output::say(
                "No gateway runs on this data folder: jobs run once one does (\"clawgate\").",
            );
        }
        Ok(())
    }

    async fn list(&self, text: Option<String>, json: bool) -> Result<(), CliError> {
        let filter = CronFilter {
            text,
            ..CronFilter::default()
        };
        let mut jobs = Vec::new();
        let mut after: Option<Cursor> = None;
        loop {
            let page = self.cron.list(filter.clone(), after, PAGE).await;
            let (page, next) = page.map_err(failed)?;
            jobs.extend(page);
            after = next;
            if after.is_none() {
                break;
            }
        }
        output::text(&if json {
            let jobs: Vec<_> = jobs.iter().map(|job| shown::job(&self.cron, job)).collect();
            shown::as_json(&jobs)
        } else {
            shown::table(&self.cron, &jobs)
        })
    }
}
