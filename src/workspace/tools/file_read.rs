//! `file_read`: a text file, or some lines of it, with their numbers.

use std::{fmt::Write as _, sync::Arc};

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{blocking, named, path_schema};
use crate::{
    tools::{Action, Scope, Tool, ToolContext, ToolError, ToolOutput, ToolSpec, parse},
    workspace::{Files, WorkspacePath},
};

/// Largest file, in bytes.
const LARGEST: u64 = 16 * 1024 * 1024;
/// Lines told at once when nothing is said.
const LINES: usize = 2000;
/// Characters of a line that are told at most.
const LONGEST_LINE: usize = 2000;

/// Reads files.
pub(super) struct FileRead {
    spec: ToolSpec,
    files: Files,
}

#[derive(Deserialize)]
struct Args {
    path: String,
    first_line: Option<usize>,
    lines: Option<usize>,
}

impl FileRead {
    pub(super) fn new(files: Files) -> Self {
        let spec = ToolSpec {
            output_cap: 64 * 1024,
            ..ToolSpec::reading(
                "file_read",
                "Reads a text file of the workspace. Each line is shown behind its number and a \
                 tab, which are not part of the file.",
                json!({
                    "type": "object",
                    "properties": {
                        "path": path_schema("The file, from the workspace's top"),
                        "first_line": {
                            "type": "integer", "minimum": 1,
                            "description": "Line to begin at; left out: 1"
                        },
                        "lines": {
                            "type": "integer", "minimum": 1, "maximum": 20_000,
                            "description": "How many lines; left out: 2000"
                        }
                    },
                    "required": ["path"],
                    "additionalProperties": false
                }),
            )
        };
        Self { spec, files }
    }
}

#[async_trait]
impl Tool for FileRead {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    async fn action(&self, _: &ToolContext, args: &Value) -> Result<Action, ToolError> {
        let args: Args = parse(args)?;
        let path = self.files.workspace().path(&args.path)?;
        Ok(Action {
            scope: Some(Scope::Folder(path.folder().as_str().to_owned())),
            ..Action::reading(format!("Read {}", named(&path)))
        })
    }

    async fn run(&self, _: &ToolContext, args: &Value) -> Result<ToolOutput, ToolError> {
        let args: Args = parse(args)?;
        let path = self.files.workspace().path(&args.path)?;
        let (workspace, read) = (Arc::clone(self.files.workspace()), path.clone());
        let (real, bytes, text) = blocking(move || {
            let content = workspace.read(&read, LARGEST)?;
            let text = content.text(&read)?.text;
            Ok((workspace.real(&read)?, content.bytes, text))
        })
        .await?;
        // What others wrote is kept before the agent goes on to change it by other means.
        if let Err(error) = self.files.notice(&real, &bytes).await {
            tracing::warn!(%error, "a file that was read has no version");
        }
        Ok(told(
            &path,
            &text,
            args.first_line.unwrap_or(1),
            args.lines.unwrap_or(LINES),
        ))
    }
}

fn told(path: &WorkspacePath, text: &str, first: usize, count: usize) -> ToolOutput {
    let total = text.lines().count();
    let mut out = String::new();
    let mut last = first.saturating_sub(1);
    for (at, line) in text.lines().enumerate().skip(last).take(count) {
        last = at + 1;
        let end = line.floor_char_boundary(LONGEST_LINE);
        // Writing to a text can't fail.
        let _written = write!(out, "{last}\t{}", &line[..end]);
        if end < line.len() {
            let _written = write!(out, "… ({} bytes more in this line)", line.len() - end);
        }
        out.push('\n');
    }
    let details = json!({
        "path": path.as_str(),
        "first_line": first,
        "last_line": last,
        "total_lines": total,
        "size": text.len(),
    });
    if out.is_empty() {
        let words = if total == 0 {
            format!("{path} is empty.")
        } else {
            format!("{path} has {total} lines; there is none from {first} on.")
        };
        return ToolOutput::own(words).with_details(details);
    }
    if last < total {
        let _written = write!(out, "[lines {first} to {last} of {total}]");
    }
    ToolOutput::from_others(path.as_str(), out)
        .with_details(details)
        .with_more("Read on with first_line and lines.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told_of(text: &str, first: usize, count: usize) -> String {
        let path = WorkspacePath::top().join("a.txt");
        told(&path, text, first, count).text
    }

    #[test]
    fn lines_are_told_with_their_numbers() {
        assert_eq!(told_of("a\nb\n", 1, 9), "1\ta\n2\tb\n");
        assert_eq!(told_of("a\r\nb\nc", 2, 1), "2\tb\n[lines 2 to 2 of 3]");
        assert_eq!(told_of("", 1, 9), "a.txt is empty.");
        assert_eq!(
            told_of("a\nb", 7, 9),
            "a.txt has 2 lines; there is none from 7 on."
        );
        let long = told_of(&"ä".repeat(1500), 1, 9);
        assert!(
            long.ends_with("ä… (1000 bytes more in this line)\n"),
            "{long}"
        );
    }
}
