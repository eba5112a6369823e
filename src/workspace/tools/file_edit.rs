//! `file_edit`: a part of a file in place of another.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{agent, blocking, change, path_schema};
use crate::{
    tools::{Action, Effect, Scope, Tool, ToolContext, ToolError, ToolOutput, ToolSpec, parse},
    workspace::{Condition, Content, Files, Text, Workspace, WorkspacePath},
};

/// Changes files.
pub(super) struct FileEdit {
    spec: ToolSpec,
    files: Files,
}

#[derive(Deserialize)]
struct Args {
    path: String,
    old_text: String,
    new_text: String,
    replace_all: Option<bool>,
}

/// A file before and after.
struct Edited {
    content: Content,
    before: Text,
    after: String,
    times: usize,
}

impl FileEdit {
    pub(super) fn new(files: Files) -> Self {
        let spec = ToolSpec::acting(
            Effect::Write,
            "file_edit",
            "Replaces a text in a file of the workspace by another. `old_text` must stand in the \
             file exactly as given, with its blanks, and only once unless `replace_all` is set; \
             give enough of the lines around it to make it the only one.",
            json!({
                "type": "object",
                "properties": {
                    "path": path_schema("The file, from the workspace's top"),
                    "old_text": {
                        "type": "string", "minLength": 1, "maxLength": 1_000_000,
                        "description": "The text as it stands there, without line numbers"
                    },
                    "new_text": {
                        "type": "string", "maxLength": 1_000_000,
                        "description": "The text that takes its place; empty removes it"
                    },
                    "replace_all": {
                        "type": "boolean",
                        "description": "Replace it wherever it stands"
                    }
                },
                "required": ["path", "old_text", "new_text"],
                "additionalProperties": false
            }),
        );
        Self { spec, files }
    }
}

fn edited(workspace: &Workspace, path: &WorkspacePath, args: &Args) -> Result<Edited, ToolError> {
    let content = workspace.read(path, change::LARGEST)?;
    let before = content.text(path)?;
    if !before.faithful {
        return Err(ToolError::Failed(format!(
            "{path} is not in UTF-8; write it anew with file_write to change it"
        )));
    }
    // Models write \n; the file decides how its lines end.
    let fitted = |text: &str| {
        if before.has_wide_ends() {
            text.replace("\r\n", "\n").replace('\n', "\r\n")
        } else {
            text.to_owned()
        }
    };
    let (old, new) = (fitted(&args.old_text), fitted(&args.new_text));
    let (after, times) = replaced(
        path,
        &before.text,
        &old,
        &new,
        args.replace_all.unwrap_or(false),
    )
    .map_err(ToolError::Failed)?;
    Ok(Edited {
        content,
        before,
        after,
        times,
    })
}

/// The text after the change, and how many places changed; or why it can't be made.
fn replaced(
    path: &WorkspacePath,
    text: &str,
    old: &str,
    new: &str,
    all: bool,
) -> Result<(String, usize), String> {
    if old == new {
        return Err("old_text and new_text are the same".to_owned());
    }
    let lines: Vec<usize> = text
        .match_indices(old)
        .map(|(at, _)| line_of(text, at))
        .take(21)
        .collect();
    match lines.len() {
        0 => Err(not_there(path, text, old)),
        1 => Ok((text.replacen(old, new, 1), 1)),
        _ if all => Ok((text.replace(old, new), text.matches(old).count())),
        count => {
            let shown: Vec<String> = lines.iter().take(20).map(usize::to_string).collect();
            Err(format!(
                "old_text stands {}{} times in {path} (lines {}); give more of the lines around \
                 it, or set replace_all",
                if count > 20 { "more than " } else { "" },
                count.min(20),
                shown.join(", ")
            ))
        }
    }
}

fn not_there(path: &WorkspacePath, text: &str, old: &str) -> String {
    let squeezed = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let first = old.lines().map(squeezed).find(|line| !line.is_empty());
    let near = first.and_then(|first| {
        text.lines()
            .position(|line| squeezed(line) == first)
            .map(|at| at + 1)
    });
    match near {
        Some(line) => format!(
            "old_text does not stand in {path} as given; its first line is like line {line}, but \
             the blanks or what follows differ; read the file and copy it exactly"
        ),
        None => format!("old_text does not stand in {path}; read the file and copy it exactly"),
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

#[async_trait]
impl Tool for FileEdit {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    async fn action(&self, _: &ToolContext, args: &Value) -> Result<Action, ToolError> {
        let args: Args = parse(args)?;
        let path = self.files.workspace().path(&args.path)?;
        let workspace = Arc::clone(self.files.workspace());
        blocking(move || {
            let edited = edited(&workspace, &path, &args)?;
            let diff = change::diff(&path, Some(&edited.before.text), &edited.after);
            Ok(Action {
                summary: format!("Edit {path} ({})", diff.words()),
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
        let (workspace, changed) = (Arc::clone(self.files.workspace()), path.clone());
        let edited = blocking(move || edited(&workspace, &changed, &args)).await?;
        let bytes = edited.before.written_like_this(&edited.after);
        let condition = Condition::Same(edited.content.bytes);
        let actor = agent(context);
        let written = self.files.write(&path, bytes, &condition, &actor);
        written.await?;
        blocking(move || {
            let diff = change::diff(&path, Some(&edited.before.text), &edited.after);
            let places = match edited.times {
                1 => "one place".to_owned(),
                times => format!("{times} places"),
            };
            let words = format!("{path} was changed in {places} ({}).", diff.words());
            Ok(ToolOutput::own(words).with_details(diff.details(&path)))
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(text: &str, old: &str, new: &str, all: bool) -> Result<(String, usize), String> {
        replaced(&WorkspacePath::top().join("a"), text, old, new, all)
    }

    #[test]
    fn one_place_or_all_places_change() {
        assert_eq!(
            change("a b c", "b", "x", false),
            Ok(("a x c".to_owned(), 1))
        );
        assert_eq!(change("b b", "b", "", true), Ok((" ".to_owned(), 2)));
        let many = change("b\nb\n", "b", "x", false).unwrap_err();
        assert!(many.contains("stands 2 times in a (lines 1, 2)"), "{many}");
        assert!(change("a", "a", "a", false).is_err());
    }

    #[test]
    fn what_is_not_there_says_where_it_nearly_is() {
        let near = change("x\n  let  a;\n", "let a;", "b", false).unwrap_err();
        assert!(near.contains("like line 2"), "{near}");
        let far = change("x", "y", "z", false).unwrap_err();
        assert!(far.contains("does not stand in a;"), "{far}");
    }
}
