//! `file_write`: a whole file, new or in place of another.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{agent, blocking, change, path_schema};
use crate::{
    tools::{Action, Effect, Scope, Tool, ToolContext, ToolError, ToolOutput, ToolSpec, parse},
    workspace::{Condition, Files, FilesError, Workspace, WorkspaceError, WorkspacePath},
};

/// Writes files.
pub(super) struct FileWrite {
    spec: ToolSpec,
    files: Files,
}

#[derive(Deserialize)]
struct Args {
    path: String,
    content: String,
    create_only: Option<bool>,
}

impl FileWrite {
    pub(super) fn new(files: Files) -> Self {
        let spec = ToolSpec::acting(
            Effect::Write,
            "file_write",
            "Writes a text file of the workspace as a whole, with the folders that it needs. What \
             was in it before is replaced; to change a part, use file_edit.",
            json!({
                "type": "object",
                "properties": {
                    "path": path_schema("The file, from the workspace's top"),
                    "content": {
                        "type": "string", "maxLength": change::LARGEST,
                        "description": "All that is to be in it"
                    },
                    "create_only": {
                        "type": "boolean",
                        "description": "Fail when there is a file already"
                    }
                },
                "required": ["path", "content"],
                "additionalProperties": false
            }),
        );
        Self { spec, files }
    }
}

/// What is there now, as text; none: nothing.
fn before(workspace: &Workspace, path: &WorkspacePath) -> Result<Option<String>, ToolError> {
    match workspace.read(path, change::LARGEST) {
        Ok(content) => Ok(Some(
            content
                .text(path)
                .map_or_else(|_| "[not a text]\n".to_owned(), |text| text.text),
        )),
        Err(WorkspaceError::Missing(_)) => Ok(None),
        Err(WorkspaceError::TooLarge { .. }) => Ok(Some("[a large file]\n".to_owned())),
        Err(error) => Err(error.into()),
    }
}

#[async_trait]
impl Tool for FileWrite {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    async fn action(&self, _: &ToolContext, args: &Value) -> Result<Action, ToolError> {
        let args: Args = parse(args)?;
        let path = self.files.workspace().path(&args.path)?;
        let workspace = Arc::clone(self.files.workspace());
        blocking(move || {
            let before = before(&workspace, &path)?;
            let verb = if before.is_some() {
                "Replace"
            } else {
                "Create"
            };
            let diff = change::diff(&path, before.as_deref(), &args.content);
            Ok(Action {
                summary: format!("{verb} {path} ({})", diff.words()),
                risk: Effect::Write.risk(),
                scope: Some(Scope::Folder(path.folder().as_str().to_owned())),
                preview: diff.preview(&path),
            })
        })
        .await
    }

    async fn run(&self, context: &ToolContext, args: &Value) -> Result<ToolOutput, ToolError> {
        let args: Args = parse(args)?;
        let path = self.files.workspace().path(&args.path)?;
        let (workspace, seen) = (Arc::clone(self.files.workspace()), path.clone());
        let before = blocking(move || before(&workspace, &seen)).await?;
        let condition = if args.create_only.unwrap_or(false) {
            Condition::Absent
        } else {
            Condition::Any
        };
        let bytes = args.content.clone().into_bytes();
        let actor = agent(context);
        let written = self.files.write(&path, bytes, &condition, &actor);
        written.await.map_err(|error| match error {
            FilesError::Stale(stale) => WorkspaceError::Exists(stale.path).into(),
            error => ToolError::from(error),
        })?;
        blocking(move || {
            let diff = change::diff(&path, before.as_deref(), &args.content);
            let verb = if before.is_some() {
                "replaced"
            } else {
                "created"
            };
            let words = format!(
                "{path} was {verb}: {} lines, {} bytes ({}).",
                args.content.lines().count(),
                args.content.len(),
                diff.words()
            );
            Ok(ToolOutput::own(words).with_details(diff.details(&path)))
        })
        .await
    }
}
