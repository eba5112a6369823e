//! `grep`: lines of files by what stands in them.

use std::sync::Arc;

use async_trait::async_trait;
use globset::GlobMatcher;
use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{blocking, glob, named, path_schema};
use crate::{
    tools::{Action, Scope, Tool, ToolContext, ToolError, ToolOutput, ToolSpec, parse},
    workspace::{Found, Walk, Workspace, WorkspaceError, WorkspacePath},
};

/// Largest file looked into, in bytes.
const LARGEST: u64 = 8 * 1024 * 1024;
/// Lines told at most when nothing is said.
const LINES: usize = 200;
/// Characters of a line that are told.
const LONGEST_LINE: usize = 400;

/// Finds lines.
pub(super) struct Grep {
    spec: ToolSpec,
    workspace: Arc<Workspace>,
}

#[derive(Deserialize)]
struct Args {
    pattern: String,
    path: Option<String>,
    files: Option<String>,
    ignore_case: Option<bool>,
    literal: Option<bool>,
    context: Option<usize>,
    names_only: Option<bool>,
    limit: Option<usize>,
    all: Option<bool>,
}

impl Grep {
    pub(super) fn new(workspace: Arc<Workspace>) -> Self {
        let spec = ToolSpec::reading(
            "grep",
            "Finds lines in the files of the workspace by a regular expression (Rust's syntax), \
             and tells them as path:line: text.",
            json!({
                "type": "object",
                "properties": {
                    "pattern": {
                        "type": "string", "minLength": 1, "maxLength": 1000,
                        "description": "The expression"
                    },
                    "path": path_schema("The folder or file to look in; left out: everywhere"),
                    "files": {
                        "type": "string", "maxLength": 500,
                        "description": "Only files whose path matches, such as \"*.rs\""
                    },
                    "ignore_case": {"type": "boolean"},
                    "literal": {
                        "type": "boolean",
                        "description": "Take the pattern as plain text"
                    },
                    "context": {
                        "type": "integer", "minimum": 0, "maximum": 10,
                        "description": "Lines to tell before and after each"
                    },
                    "names_only": {
                        "type": "boolean",
                        "description": "Tell only which files, and how many lines in each"
                    },
                    "limit": {
                        "type": "integer", "minimum": 1, "maximum": 2000,
                        "description": "Matching lines at most; left out: 200"
                    },
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

/// A search under way.
struct Search {
    expression: Regex,
    files: Option<GlobMatcher>,
    context: usize,
    names_only: bool,
    limit: usize,
    out: String,
    lines: usize,
    matching_files: usize,
}

impl Search {
    fn new(args: &Args) -> Result<Self, ToolError> {
        let pattern = if args.literal.unwrap_or(false) {
            regex::escape(&args.pattern)
        } else {
            args.pattern.clone()
        };
        let expression = RegexBuilder::new(&pattern)
            .case_insensitive(args.ignore_case.unwrap_or(false))
            .size_limit(1 << 22)
            .build()
            .map_err(|error| {
                ToolError::Arguments(format!("`pattern` is not an expression: {error}"))
            })?;
        Ok(Self {
            expression,
            files: args.files.as_deref().map(glob::matcher).transpose()?,
            context: args.context.unwrap_or(0),
            names_only: args.names_only.unwrap_or(false),
            limit: args.limit.unwrap_or(LINES),
            out: String::new(),
            lines: 0,
            matching_files: 0,
        })
    }

    fn wants(&self, found: &Found) -> bool {
        let path = found.path.as_str();
        !found.is_folder
            && found.size <= LARGEST
            && self.files.as_ref().is_none_or(|files| files.is_match(path))
    }

    /// Looks into a file; `false`: enough was found.
    fn look(&mut self, path: &WorkspacePath, text: &str) -> bool {
        let lines: Vec<&str> = text.lines().collect();
        let mut matching = lines
            .iter()
            .enumerate()
            .filter(|(_, line)| self.expression.is_match(line))
            .map(|(at, _)| at)
            .peekable();
        if matching.peek().is_none() {
            return true;
        }
        self.matching_files += 1;
        if self.names_only {
            let count = matching.count();
            self.lines += count;
            self.out.push_str(&format!("{path}: {count}\n"));
            return self.matching_files < self.limit;
        }
        let mut told_to = 0;
        for at in matching {
            let from = at.saturating_sub(self.context).max(told_to);
            if self.context > 0 && told_to > 0 && from > told_to {
                self.out.push_str("--\n");
            }
            let to = (at + self.context + 1).min(lines.len());
            for (number, line) in lines.iter().enumerate().take(to).skip(from) {
                let sign = if self.expression.is_match(line) {
                    ':'
                } else {
                    '-'
                };
                let end = line.floor_char_boundary(LONGEST_LINE);
                let more = if end < line.len() { "…" } else { "" };
                self.out.push_str(&format!(
                    "{path}{sign}{}{sign} {}{more}\n",
                    number + 1,
                    &line[..end]
                ));
            }
            told_to = told_to.max(to);
            self.lines += 1;
            if self.lines >= self.limit {
                return false;
            }
        }
        true
    }
}

#[async_trait]
impl Tool for Grep {
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
            ..Action::reading(format!("Search {} for {}", named(&path), args.pattern))
        })
    }

    async fn run(&self, context: &ToolContext, args: &Value) -> Result<ToolOutput, ToolError> {
        let args: Args = parse(args)?;
        let mut search = Search::new(&args)?;
        let path = self
            .workspace
            .path(args.path.as_deref().unwrap_or_default())?;
        let (workspace, cancel) = (Arc::clone(&self.workspace), context.cancel.clone());
        blocking(move || {
            let walk = Walk {
                everything: args.all.unwrap_or(false),
                depth: usize::MAX,
                stopped: &|| cancel.is_cancelled(),
            };
            let walked = workspace.walk(&path, &walk, &mut |found| {
                if !search.wants(&found) {
                    return true;
                }
                read(&workspace, &found.path).is_none_or(|text| search.look(&found.path, &text))
            });
            let whole = match walked {
                // The path is a file.
                Err(WorkspaceError::NotFolder(_)) => {
                    let text = workspace.read(&path, LARGEST)?.text(&path)?.text;
                    search.look(&path, &text)
                }
                walked => walked?,
            };
            Ok(told(&args.pattern, search, whole))
        })
        .await
    }
}

/// The text of a file, where it is one.
fn read(workspace: &Workspace, path: &WorkspacePath) -> Option<String> {
    let content = workspace.read(path, LARGEST).ok()?;
    content.text(path).ok().map(|text| text.text)
}

fn told(pattern: &str, search: Search, whole: bool) -> ToolOutput {
    let details = json!({
        "pattern": pattern,
        "files": search.matching_files,
        "lines": search.lines,
        "whole": whole,
    });
    if search.out.is_empty() {
        return ToolOutput::own(format!("Nothing matches {pattern}.")).with_details(details);
    }
    let mut out = search.out;
    if !whole {
        out.push_str("[there may be more; narrow it down, or raise the limit]\n");
    }
    ToolOutput::from_others("lines of files", out).with_details(details)
}
