//! The tools that work on files.

mod change;
mod file_edit;
mod file_list;
mod file_read;
mod file_write;
mod glob;
mod grep;

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Files, FilesError, WorkspaceError, WorkspacePath};
use crate::{
    model::FileActor,
    tools::{Tool, ToolContext, ToolError},
};

/// Every tool that works on these files.
pub fn file_tools(files: &Files) -> Vec<Arc<dyn Tool>> {
    let at = || Arc::clone(files.workspace());
    vec![
        Arc::new(file_read::FileRead::new(files.clone())),
        Arc::new(file_write::FileWrite::new(files.clone())),
        Arc::new(file_edit::FileEdit::new(files.clone())),
        Arc::new(file_list::FileList::new(at())),
        Arc::new(glob::Glob::new(at())),
        Arc::new(grep::Grep::new(at())),
    ]
}

impl From<WorkspaceError> for ToolError {
    fn from(error: WorkspaceError) -> Self {
        match error {
            WorkspaceError::Outside(_) => Self::Refused(error.to_string()),
            _ => Self::Failed(error.to_string()),
        }
    }
}

impl From<FilesError> for ToolError {
    fn from(error: FilesError) -> Self {
        match error {
            FilesError::Workspace(error) => error.into(),
            FilesError::Stale(stale) if stale.now.is_some() => {
                WorkspaceError::Changed(stale.path).into()
            }
            FilesError::Stale(stale) => WorkspaceError::Missing(stale.path).into(),
            _ => Self::Failed(error.to_string()),
        }
    }
}

/// The agent, in the turn that uses a tool.
fn agent(context: &ToolContext) -> FileActor {
    FileActor::agent(context.session_id.clone(), context.turn_id)
}

/// The schema of a path.
fn path_schema(description: &str) -> Value {
    json!({"type": "string", "maxLength": 2048, "description": description})
}

/// Works on files on a thread that may wait for the disk.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ToolError> + Send + 'static,
) -> Result<T, ToolError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| {
        Err(ToolError::Failed(
            "the work on the files broke off".to_owned(),
        ))
    })
}

/// A path for the words on a card.
fn named(path: &WorkspacePath) -> String {
    if path.is_top() {
        "the workspace".to_owned()
    } else {
        path.to_string()
    }
}
