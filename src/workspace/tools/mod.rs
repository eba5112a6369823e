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

use super::{Workspace, WorkspaceError, WorkspacePath};
use crate::tools::{Tool, ToolError};

/// Every tool that works on the files of this workspace.
pub fn file_tools(workspace: &Arc<Workspace>) -> Vec<Arc<dyn Tool>> {
    let at = || Arc::clone(workspace);
    vec![
        Arc::new(file_read::FileRead::new(at())),
        Arc::new(file_write::FileWrite::new(at())),
        Arc::new(file_edit::FileEdit::new(at())),
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
