//! What the agent works with: its folder, and every tool that there is.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use super::AppError;
use crate::{
    approvals::AskUser,
    clock::Clock,
    config::ConfigHandle,
    cron::{Cron, cron_tools},
    memory::Memory,
    store::Store,
    telemetry::Bus,
    tools::{
        Calculator, HttpRequest, Leaks, Registry, Remember, SessionSearch, Shell, TimeTool, Todo,
        Tool, WebFetch, memory_tools,
    },
    workspace::{Files, Workspace, file_tools},
};

/// The tools that rooms above the toolbox bring.
pub(super) fn rooms_tools(memory: &Memory, cron: &Cron) -> Vec<Arc<dyn Tool>> {
    let memory: Arc<dyn Remember> = Arc::new(memory.clone());
    let mut tools = memory_tools(&memory);
    tools.extend(cron_tools(cron));
    tools
}

/// The files of the folder that the agent works in.
pub(super) fn files(
    data_dir: &Path,
    store: &Store,
    bus: &Bus,
    clock: &Arc<dyn Clock>,
    config: &ConfigHandle,
) -> Result<Files, AppError> {
    let folder = data_dir.join("workspace");
    let open = std::fs::create_dir_all(&folder).and_then(|()| Workspace::open(&folder));
    let workspace = open.map_err(|error| AppError::Workspace(folder, error))?;
    Ok(Files::new(
        Arc::new(workspace),
        data_dir.join("workspace-trash"),
        store.clone(),
        bus.clone(),
        Arc::clone(clock),
        config.clone(),
    ))
}

/// Every tool that there is.
pub(super) fn toolbox(
    data_dir: &Path,
    config: &ConfigHandle,
    store: &Store,
    files: &Files,
    own: Vec<Arc<dyn Tool>>,
    environment: BTreeMap<String, String>,
) -> Result<Registry, AppError> {
    let mut tools: Vec<Arc<dyn Tool>> = vec![
        Arc::new(AskUser::default()),
        Arc::new(Calculator::default()),
        Arc::new(TimeTool::default()),
        Arc::new(Todo::default()),
        Arc::new(SessionSearch::new(store.clone())),
        Arc::new(WebFetch::default()),
        Arc::new(HttpRequest::default()),
        Arc::new(Shell::new(files.workspace().root(), data_dir, environment)),
    ];
    tools.extend(file_tools(files));
    tools.extend(own);
    let leaks = Leaks::new(config.clone(), data_dir.join("secret.key"));
    Ok(Registry::new(tools, Arc::new(leaks))?)
}
