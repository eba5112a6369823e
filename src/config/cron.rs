//! `[cron]`: scheduled jobs.

/// `[cron]`.
#[derive(Clone, Debug)]
pub struct CronConfig {
    /// Runs what is due; off: nothing runs by itself.
    pub enabled: bool,
    /// Jobs that run side by side.
    pub max_concurrent: usize,
    /// Jobs there may be.
    pub max_jobs: u64,
    /// The longest that one try of a job may take, where the job says nothing, in seconds.
    pub timeout_secs: u64,
    /// Failures in a row after which a job is paused; 0 = never.
    pub pause_after_failures: u32,
    /// Times made up for, at most, of a job that asks for all of them.
    pub catch_up_limit: usize,
    /// Runs kept of each job.
    pub keep_runs: u32,
}

impl Default for CronConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            max_concurrent: 4,
            max_jobs: 20_000,
            timeout_secs: 900,
            pause_after_failures: 5,
            catch_up_limit: 20,
            keep_runs: 200,
        }
    }
}
