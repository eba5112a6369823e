//! Every tool that there is.

use std::{collections::BTreeMap, sync::Arc};

use super::{AppError, ground::Ground};
use crate::{
    approvals::AskUser,
    cron::{Cron, cron_tools},
    memory::Memory,
    telemetry::Logs,
    tools::{
        Calculator, HttpRequest, Leaks, Registry, Remember, SessionSearch, Shell, TimeTool, Todo,
        Tool, WebFetch, memory_tools,
    },
    workspace::{Files, file_tools},
};

impl Ground {
    pub(super) fn toolbox(
        &self,
        files: &Files,
        memory: &Memory,
        cron: &Cron,
        leaks: Arc<Leaks>,
        environment: BTreeMap<String, String>,
    ) -> Result<Registry, AppError> {
        let folder = files.workspace().root();
        let mut tools: Vec<Arc<dyn Tool>> = vec![
            Arc::new(AskUser::default()),
            Arc::new(Calculator::default()),
            Arc::new(TimeTool::default()),
            Arc::new(Todo::default()),
            Arc::new(SessionSearch::new(self.store.clone())),
            Arc::new(WebFetch::default()),
            Arc::new(HttpRequest::default()),
            Arc::new(Shell::new(folder, &self.data_dir, environment)),
        ];
        let memory: Arc<dyn Remember> = Arc::new(memory.clone());
        tools.extend(file_tools(files));
        tools.extend(memory_tools(&memory));
        tools.extend(cron_tools(cron));
        Ok(Registry::new(tools, leaks)?)
    }

    /// Who knows the gateway's secrets: no tool says them, and no line of the log.
    pub(super) fn leaks(&self, logs: &Logs) -> Arc<Leaks> {
        let leaks = Arc::new(Leaks::new(
            self.config.clone(),
            self.data_dir.join("secret.key"),
        ));
        let known = Arc::clone(&leaks);
        logs.store.mask(Box::new(move |text| known.mask(text).text));
        leaks
    }
}
