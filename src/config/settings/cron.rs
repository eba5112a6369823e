//! `[cron]`: scheduled jobs.

use super::{Field, between, field};
use crate::config::{Config, kind::Kind};

pub(super) static FIELDS: &[Field<Config>] = &[
    field!(
        "cron.enabled",
        Kind::Flag,
        cron.enabled,
        "Run scheduled jobs when they are due."
    ),
    field!(
        "cron.max_concurrent",
        between(1, 64),
        cron.max_concurrent,
        "Jobs that run side by side."
    ),
    field!(
        "cron.max_jobs",
        between(1, 1_000_000),
        cron.max_jobs,
        "Jobs there may be."
    ),
    field!(
        "cron.timeout_secs",
        between(1, 86_400),
        cron.timeout_secs,
        "The longest that one try of a job may take, where the job says nothing."
    ),
    field!(
        "cron.pause_after_failures",
        between(0, 1000),
        cron.pause_after_failures,
        "Failures in a row after which a job is paused; 0 = never."
    ),
    field!(
        "cron.catch_up_limit",
        between(1, 1000),
        cron.catch_up_limit,
        "After downtime, times made up for at most of a job that asks for all of them."
    ),
    field!(
        "cron.keep_runs",
        between(1, 100_000),
        cron.keep_runs,
        "Runs kept of each job; older ones go."
    ),
];
