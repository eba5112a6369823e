//! Which sentences ask for the tools that work on files. Pure.

use serde_json::{Value, json};

use super::wishes::{Wish, after, unquoted};

/// The tool that a sentence about files asks for.
pub(super) fn understood(asked: &str) -> Option<Wish> {
    let wish = |tool, args: Value, words| Some(Wish { tool, args, words });
    if let Some(pattern) = wanted_names(asked) {
        return wish("glob", json!({"pattern": pattern}), "Let me look.");
    }
    let searches = [
        "search the files for",
        "search files for",
        "search the workspace for",
        "look in the files for",
        "grep for",
        "grep",
    ];
    if let Some(text) = after(asked, &searches) {
        let args = json!({"pattern": unquoted(text.trim_end_matches('?')), "literal": true});
        return wish("grep", args, "Let me search.");
    }
    if let Some(args) = edit(asked) {
        return wish("file_edit", args, "I will change that.");
    }
    if let Some(args) = new_file(asked) {
        return wish("file_write", args, "I will write that.");
    }
    if asks_for_files(asked) {
        let folder = asked.rsplit_once(" in ").map_or(".", |(_, folder)| folder);
        let folder = unquoted(folder.trim_end_matches('?'));
        let here = ["here", "the workspace", "my workspace", "."];
        let folder = if here.contains(&folder) { "." } else { folder };
        return wish("file_list", json!({"path": folder}), "Let me look.");
    }
    let read = ["read the file", "read", "show the file", "show me the file"];
    let named = after(asked, &read).map(unquoted).or_else(|| {
        let named = unquoted(after(asked, &["show me", "show", "open", "cat"])?);
        looks_like_a_file(named).then_some(named)
    });
    if let Some(path) = named {
        return wish("file_read", json!({"path": path}), "I will read it.");
    }
    None
}

/// "write A to B", "create B with A", "create the file B with A".
fn new_file(asked: &str) -> Option<Value> {
    let (content, path) = match after(asked, &["write", "save"]) {
        Some(rest) => apart(rest, &[" to ", " into ", " in "])?,
        None => {
            let openings = [
                "create the file",
                "create a file",
                "create",
                "make the file",
                "make a file",
            ];
            let rest = after(asked, &openings)?;
            let rest = after(rest, &["called", "named"]).unwrap_or(rest);
            let (path, content) = rest
                .split_once(" with the text ")
                .or_else(|| rest.split_once(" with "))?;
            (content, path)
        }
    };
    let (content, path) = (unquoted(content), unquoted(path));
    Some(json!({"path": path, "content": format!("{content}\n")}))
}

/// "replace A with B in F", "change A to B in F".
fn edit(asked: &str) -> Option<Value> {
    let (rest, between) = match after(asked, &["replace"]) {
        Some(rest) => (rest, [" with ", " by "]),
        None => (after(asked, &["change"])?, [" to ", " into "]),
    };
    let (texts, path) = apart(rest, &[" in "])?;
    let path = unquoted(path.trim_start_matches("the file "));
    if !looks_like_a_file(path) {
        return None;
    }
    let (old, new) = apart(texts, &between)?;
    Some(json!({"path": path, "old_text": unquoted(old), "new_text": unquoted(new)}))
}

/// What stands on both sides of the last of these words.
fn apart<'a>(text: &'a str, words: &[&str]) -> Option<(&'a str, &'a str)> {
    words.iter().find_map(|word| text.rsplit_once(word))
}

/// "find *.md", "find files called notes.txt".
fn wanted_names(asked: &str) -> Option<String> {
    let openings = [
        "find files called",
        "find files named",
        "find the file",
        "find all",
        "find",
    ];
    let name = unquoted(after(asked, &openings)?.trim_end_matches('?'));
    let name = name.strip_suffix(" files").unwrap_or(name);
    if name.contains(char::is_whitespace) || !looks_like_a_file(name) {
        return None;
    }
    Some(if name.contains('/') {
        name.to_owned()
    } else {
        format!("**/{name}")
    })
}

fn looks_like_a_file(text: &str) -> bool {
    let name = text.rsplit('/').next().unwrap_or(text);
    let dotted = name
        .rsplit_once('.')
        .is_some_and(|(_, kind)| !kind.is_empty() && kind.chars().all(char::is_alphanumeric));
    !text.contains("://") && !text.is_empty() && (dotted || text.contains('/'))
}

fn asks_for_files(asked: &str) -> bool {
    let plain = asked.to_lowercase();
    [
        "what files",
        "which files",
        "what is in the folder",
        "what is in my workspace",
        "what is in the workspace",
        "what's in the workspace",
        "list files",
        "list the files",
        "list all files",
        "show me the files",
        "show the files",
        "show me my files",
    ]
    .iter()
    .any(|opening| plain.starts_with(opening))
}
