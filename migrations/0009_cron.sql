-- Schedules. A job says when and what; a run is one time that it was due, or was started by hand.
-- A run is written down before anything is done, and no moment of a job has two.
-- Times are milliseconds since the Unix epoch, ids are the 16 bytes of a UUIDv7.

create table cron_jobs (
    row integer primary key,
    id blob not null unique,
    name text not null,
    -- JSON: cron, at or every
    schedule text not null,
    -- JSON: agent, shell, tool or webhook
    action text not null,
    -- JSON: limits, what happens when it is late or still under way, where the result goes
    options text not null,
    -- owner or agent
    author text not null,
    -- the conversation and the turn in which the agent made it
    session_id text,
    turn_id blob,
    -- what `every` counts from
    anchor_at integer not null,
    -- none: never again
    next_at integer,
    -- runs in a row that failed
    failures integer not null default 0,
    paused_at integer,
    pause_reason text,
    -- 1: paused by itself, after failures
    pause_forced integer not null default 0,
    version integer not null default 1,
    created_at integer not null,
    updated_at integer not null,
    deleted_at integer
) strict;

create index cron_jobs_due on cron_jobs (next_at)
    where next_at is not null and paused_at is null and deleted_at is null;
-- jobs as they are listed: what is held back comes last but what is never due again
create index cron_jobs_listed on cron_jobs (
    iif(paused_at is null, coalesce(next_at, 9223372036854775807), 9223372036854775806), row
) where deleted_at is null;
create index cron_jobs_forced on cron_jobs (paused_at)
    where pause_forced = 1 and paused_at is not null and deleted_at is null;
create index cron_jobs_deleted on cron_jobs (deleted_at) where deleted_at is not null;

create table cron_runs (
    row integer primary key,
    id blob not null unique,
    job_id blob not null,
    -- schedule, catch_up or manual
    trigger text not null,
    scheduled_at integer not null,
    -- running (not begun while started_at is null), ok, failed, skipped or missed
    status text not null,
    reason text,
    -- not before this: its moment, or later by chance, or another try
    start_at integer not null,
    attempt integer not null default 0,
    started_at integer,
    finished_at integer,
    output text,
    error text,
    session_id text,
    turn_id blob,
    cost_micros integer,
    -- one row for many moments that were missed
    missed_count integer,
    -- where the result has yet to go: JSON
    deliver text
) strict;

create unique index cron_runs_once on cron_runs (job_id, scheduled_at);
create index cron_runs_by_job on cron_runs (job_id, row desc);
create index cron_runs_open on cron_runs (start_at, row) where status = 'running';
create index cron_runs_open_by_job on cron_runs (job_id, row) where status = 'running';
create index cron_runs_undelivered on cron_runs (row) where deliver is not null;
create index cron_runs_by_turn on cron_runs (turn_id) where turn_id is not null;

-- JSON: the only tools that a turn may use; none: all that its owner allows.
alter table turns add column only_tools text;
