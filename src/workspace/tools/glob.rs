//! `glob`: files by their names.

use std::sync::Arc;

use async_trait::async_trait;
use globset::{GlobBuilder, GlobMatcher};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{blocking, named, path_schema};
use crate::{
    tools::{Action, Scope, Tool, ToolContext, ToolError, ToolOutput, ToolSpec, parse},
    workspace::{Found, Walk, Workspace},
};

/// Files told at once.
const MOST: usize = 500;
/// Files found at most.
const FOUND: usize = 50_000;

/// Finds files by name.
pub(super) struct Glob {
    spec: ToolSpec,
    workspace: Arc<Workspace>,
}

#[derive(Deserialize)]
struct Args {
    pattern: String,
    path: Option<String>,
    all: Option<bool>,
}

impl Glob {
    pub(super) fn new(workspace: Arc<Workspace>) -> Self {
        let spec = ToolSpec::reading(
            "glob",
            "Finds files of the workspace by a pattern of their path, such as \"**/*.md\" or \
             \"src/{a,b}*.rs\"; those changed last come first. A pattern without a / matches in \
             every folder.",
            json!({
                "type": "object",
                "properties": {
                    "pattern": {
                        "type": "string", "minLength": 1, "maxLength": 500,
                        "description": "The pattern: * within a name, ** over folders, ?, [a-z], {a,b}"
                    },
                    "path": path_schema("The folder to look in; left out: the top"),
                    "all": {
                        "type": "boolean",
                        "description": "Look also at what .gitignore leaves out"
                    }
                },
                "required": ["pattern"],
                "additionalProperties": false
            }),
        );
        Self { spec, workspace }
    }
}

/// What a pattern matches.
pub(super) fn matcher(pattern: &str) -> Result<GlobMatcher, ToolError> {
    let pattern = pattern.trim().trim_start_matches("./");
    let whole = if pattern.contains('/') {
        pattern.trim_start_matches('/').to_owned()
    } else {
        format!("**/{pattern}")
    };
    GlobBuilder::new(&whole)
        .literal_separator(true)
        .build()
        .map(|glob| glob.compile_matcher())
        .map_err(|error| {
            ToolError::Arguments(format!("`{pattern}` is not a pattern: {}", error.kind()))
        })
}

#[async_trait]
impl Tool for Glob {
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
            ..Action::reading(format!("Find {} in {}", args.pattern, named(&path)))
        })
    }

    async fn run(&self, context: &ToolContext, args: &Value) -> Result<ToolOutput, ToolError> {
        let args: Args = parse(args)?;
        let matcher = matcher(&args.pattern)?;
        let path = self
            .workspace
            .path(args.path.as_deref().unwrap_or_default())?;
        let (workspace, cancel) = (Arc::clone(&self.workspace), context.cancel.clone());
        blocking(move || {
            let mut found: Vec<Found> = Vec::new();
            let walk = Walk {
                everything: args.all.unwrap_or(false),
                depth: usize::MAX,
                stopped: &|| cancel.is_cancelled(),
            };
            let prefix = if path.is_top() {
                0
            } else {
                path.as_str().len() + 1
            };
            let whole = workspace.walk(&path, &walk, &mut |one| {
                let below = one.path.as_str().get(prefix..).unwrap_or_default();
                if !one.is_folder && matcher.is_match(below) {
                    found.push(one);
                }
                found.len() < FOUND
            })?;
            found.sort_by_key(|one| std::cmp::Reverse(one.changed));
            Ok(told(&args.pattern, &found, whole))
        })
        .await
    }
}

fn told(pattern: &str, found: &[Found], whole: bool) -> ToolOutput {
    let details = json!({"pattern": pattern, "files": found.len(), "whole": whole});
    if found.is_empty() {
        return ToolOutput::own(format!("No file matches {pattern}.")).with_details(details);
    }
    let mut out: String = found
        .iter()
        .take(MOST)
        .map(|one| format!("{}\n", one.path))
        .collect();
    if found.len() > MOST {
        out.push_str(&format!(
            "[and {} more; use a narrower pattern]\n",
            found.len() - MOST
        ));
    } else if !whole {
        out.push_str("[not every folder was looked into; name one]\n");
    }
    ToolOutput::from_others("names of files", out).with_details(details)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_paths() {
        for (pattern, path, matches) in [
            ("*.rs", "src/a.rs", true),
            ("src/*.rs", "src/a.rs", true),
            ("src/*.rs", "src/b/a.rs", false),
            ("**/*.rs", "a.rs", true),
            ("./src/**", "src/b/a.rs", true),
            ("{a,b}.txt", "x/b.txt", true),
            ("[ab].txt", "c.txt", false),
        ] {
            assert_eq!(
                matcher(pattern).unwrap().is_match(path),
                matches,
                "{pattern} {path}"
            );
        }
        assert!(
            matcher("[a")
                .unwrap_err()
                .to_string()
                .contains("is not a pattern")
        );
    }
}
