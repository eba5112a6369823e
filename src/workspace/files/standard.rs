//! The files that tell the agent who it is and whom it works for, as the model is told them.

use super::{Files, FilesError};
use crate::workspace::{Workspace, WorkspaceError};

/// Files at the workspace's top that the model is told, in this order.
pub const STANDARD_FILES: [&str; 4] = ["AGENTS.md", "SOUL.md", "USER.md", "MEMORY.md"];
/// Largest of them that is read, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// One of the standard files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandardFile {
    /// Its name.
    pub name: &'static str,
    /// What stands in it.
    pub text: String,
}

impl Files {
    /// The standard files that are there and have something in them. One that can't be read costs
    /// itself, never a turn.
    pub async fn standard_files(&self) -> Vec<StandardFile> {
        let read = self
            .on_disk(|workspace| {
                Ok(STANDARD_FILES
                    .iter()
                    .filter_map(|name| one(workspace, name))
                    .collect())
            })
            .await;
        read.unwrap_or_else(|error: FilesError| {
            tracing::error!(%error, "a message goes without the standard files");
            Vec::new()
        })
    }
}

fn one(workspace: &Workspace, name: &'static str) -> Option<StandardFile> {
    let read = workspace.path(name).and_then(|path| {
        let content = workspace.read(&path, LARGEST)?;
        Ok(content.text(&path)?.text)
    });
    match read {
        Ok(text) if text.trim().is_empty() => None,
        Ok(text) => Some(StandardFile {
            name,
            text: text.trim().to_owned(),
        }),
        Err(WorkspaceError::Missing(_)) => None,
        Err(error) => {
            tracing::warn!(%error, name, "a standard file is not told to the model");
            None
        }
    }
}
