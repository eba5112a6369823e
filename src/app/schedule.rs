//! What runs by itself when it is due.

use std::sync::Arc;

use super::{App, AppError};
use crate::cron::Runner;

impl App {
    /// Runs what is due from now on. Call after [`App::begin`], in a process that stays.
    pub async fn schedule(&self) -> Result<(), AppError> {
        let scheduler = Runner::new(
            self.cron.clone(),
            self.agent.clone(),
            Arc::clone(&self.tools),
            self.tasks.clone(),
            self.metrics.clone(),
            self.health.clone(),
        );
        Ok(scheduler.begin().await?)
    }
}
