//! `file_list`: what is in a folder.

use std::{fmt::Write as _, sync::Arc};

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{blocking, named, path_schema};
use crate::{
    tools::{Action, Scope, Tool, ToolContext, ToolError, ToolOutput, ToolSpec, parse},
    workspace::{Found, Walk, Workspace},
};

/// Things told at once.
const MOST: usize = 1000;

/// Lists folders.
pub(super) struct FileList {
    spec: ToolSpec,
    workspace: Arc<Workspace>,
}

#[derive(Deserialize)]
struct Args {
    path: Option<String>,
    depth: Option<usize>,
    all: Option<bool>,
}

impl FileList {
    pub(super) fn new(workspace: Arc<Workspace>) -> Self {
        let spec = ToolSpec::reading(
            "file_list",
            "Lists what is in a folder of the workspace: folders end with /, files are told with \
             their size.",
            json!({
                "type": "object",
                "properties": {
                    "path": path_schema("The folder, from the workspace's top; left out: the top"),
                    "depth": {
                        "type": "integer", "minimum": 1, "maximum": 16,
                        "description": "Folders within folders to look into; left out: 1, the folder alone"
                    },
                    "all": {
                        "type": "boolean",
                        "description": "Tell also what .gitignore leaves out"
                    }
                },
                "additionalProperties": false
            }),
        );
        Self { spec, workspace }
    }
}

#[async_trait]
impl Tool for FileList {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    async fn action(&self, _: &ToolContext, args: &Value) -> Result<Action, ToolError> {
        let args: Args = parse(args)?;
        let path = self
            .workspace
            .path(args.path.as_deref().unwrap_or_default())?;
        Ok(Action {
            scope: Some(Scope::Folder(path.as_str().to_owned())),
            ..Action::reading(format!("List {}", named(&path)))
        })
    }

    async fn run(&self, context: &ToolContext, args: &Value) -> Result<ToolOutput, ToolError> {
        let args: Args = parse(args)?;
        let path = self
            .workspace
            .path(args.path.as_deref().unwrap_or_default())?;
        let (workspace, cancel) = (Arc::clone(&self.workspace), context.cancel.clone());
        blocking(move || {
            let mut found = Vec::new();
            let walk = Walk {
                everything: args.all.unwrap_or(false),
                depth: args.depth.unwrap_or(1),
                stopped: &|| cancel.is_cancelled(),
            };
            let whole = workspace.walk(&path, &walk, &mut |one| {
                found.push(one);
                found.len() < MOST
            })?;
            let prefix = if path.is_top() {
                0
            } else {
                path.as_str().len() + 1
            };
            Ok(told(&named(&path), &found, prefix, whole))
        })
        .await
    }
}

fn told(folder: &str, found: &[Found], prefix: usize, whole: bool) -> ToolOutput {
    let details = json!({
        "folder": folder,
        "folders": found.iter().filter(|one| one.is_folder).count(),
        "files": found.iter().filter(|one| !one.is_folder).count(),
        "whole": whole,
    });
    if found.is_empty() {
        return ToolOutput::own(format!("There is nothing in {folder}.")).with_details(details);
    }
    let mut out = String::new();
    for one in found {
        let name = one.path.as_str().get(prefix..).unwrap_or_default();
        // Writing to a text can't fail.
        let _written = if one.is_folder {
            writeln!(out, "{name}/")
        } else {
            writeln!(out, "{name}\t{}", size(one.size))
        };
    }
    if !whole {
        out.push_str("[there is more; look into one folder at a time]\n");
    }
    ToolOutput::from_others(folder, out).with_details(details)
}

/// Bytes for people.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KiB", bytes.div_ceil(1024)),
        _ => format!("{} MiB", bytes.div_ceil(1 << 20)),
    }
}
