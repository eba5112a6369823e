//! `file_write`: a whole file, new or in place of another.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{blocking, change, path_schema};
use crate::{
    tools::{Action, Effect, Scope, Tool, ToolContext, ToolError, ToolOutput, ToolSpec, parse},
    workspace::{Expect, Workspace, WorkspaceError, WorkspacePath},
};

/// Writes files.
pub(super) struct FileWrite {
    spec: ToolSpec,
    workspace: Arc<Workspace>,
}

#[derive(Deserialize)]
struct Args {
    path: String,
    content: String,
    create_only: Option<bool>,
}

impl FileWrite {
    pub(super) fn new(workspace: Arc<Workspace>) -> Self {
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
        Self { spec, workspace }
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
        let path = self.workspace.path(&args.path)?;
        let workspace = Arc::clone(&self.workspace);
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

    async fn run(&self, _: &ToolContext, args: &Value) -> Result<ToolOutput, ToolError> {
        let args: Args = parse(args)?;
        let path = self.workspace.path(&args.path)?;
        let workspace = Arc::clone(&self.workspace);
        blocking(move || {
            let before = before(&workspace, &path)?;
            let expect = if args.create_only.unwrap_or(false) {
                Expect::Nothing
            } else {
                Expect::Any
            };
            workspace.write(&path, args.content.as_bytes(), expect)?;
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
