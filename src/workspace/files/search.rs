//! Looking through the files: lines by their words, and files by their names. It stops when nobody
//! waits for it any more.

use std::time::{Duration, Instant};

use globset::{GlobBuilder, GlobMatcher};
use regex::{Regex, RegexBuilder};
use tokio_util::sync::CancellationToken;

use super::{Files, FilesError};
use crate::workspace::{Found, Walk, Workspace, WorkspaceError, WorkspacePath};

/// Largest file looked into, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;
/// Lines told of one file.
const LINES_OF_ONE: usize = 100;
/// Files told by their names.
const NAMES: usize = 20;
/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Characters before the first match in a snippet.
const BEFORE: usize = 40;
/// Characters of a snippet.
const SNIPPET: usize = 240;
/// Stands before a match in a snippet.
const MATCH_START: char = '\u{2}';
/// Stands after a match in a snippet.
const MATCH_END: char = '\u{3}';

/// What to look for.
#[derive(Clone, Debug)]
pub struct FileQuery {
    /// A text, or an expression.
    pub text: String,
    /// It is a regular expression.
    pub regex: bool,
    /// Capitals count.
    pub case: bool,
    /// Whole words only.
    pub word: bool,
    /// Only in files whose path matches.
    pub files: Option<String>,
    /// Where: a folder or a file.
    pub path: WorkspacePath,
    /// Lines at most.
    pub limit: usize,
}

/// A line that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The file.
    pub path: WorkspacePath,
    /// The line, from 1.
    pub line: usize,
    /// The first match's place in the line, in characters from 1.
    pub column: usize,
    /// The line around the first match; each match stands between U+0002 and U+0003.
    pub snippet: String,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// Files whose name fits.
    pub names: Vec<WorkspacePath>,
    /// Lines, by file and number.
    pub lines: Vec<Hit>,
    /// Files looked into.
    pub files: usize,
    /// There may be more: a bound was reached.
    pub cut: bool,
}

struct Search {
    expression: Regex,
    files: Option<GlobMatcher>,
    /// The text in small letters, for names.
    name: Option<String>,
    limit: usize,
    until: Instant,
    found: Hits,
}

impl Files {
    /// Looks through the files. What `.gitignore` leaves out is left out. Ends early when the
    /// answer is not waited for any more.
    pub async fn search(&self, query: FileQuery) -> Result<Hits, FilesError> {
        let mut search = Search::new(&query)?;
        let places = self.inner.searches.clone();
        let place = places
            .acquire_owned()
            .await
            .map_err(|_| FilesError::Broken)?;
        let cancel = CancellationToken::new();
        let _stop_when_dropped = cancel.clone().drop_guard();
        self.on_disk(move |workspace| {
            search.until = Instant::now() + PATIENCE;
            search.go(workspace, &query.path, &cancel)?;
            drop(place);
            Ok(search.found)
        })
        .await
    }
}

impl Search {
    fn new(query: &FileQuery) -> Result<Self, FilesError> {
        let bad = |field, reason: String| FilesError::Query { field, reason };
        let mut pattern = if query.regex {
            query.text.clone()
        } else {
            regex::escape(&query.text)
        };
        if query.word {
            pattern = format!(r"\b(?:{pattern})\b");
        }
        let expression = RegexBuilder::new(&pattern)
            .case_insensitive(!query.case)
            .size_limit(1 << 22)
            .build()
            .map_err(|error| bad("q", format!("it is not a regular expression: {error}")))?;
        if query.regex && expression.is_match("") {
            return Err(bad("q", "it matches nothing at all, everywhere".to_owned()));
        }
        let glob = |pattern: &str| {
            let pattern = if pattern.contains('/') {
                pattern.to_owned()
            } else {
                format!("**/{pattern}")
            };
            let glob = GlobBuilder::new(&pattern).literal_separator(true).build();
            glob.map(|glob| glob.compile_matcher())
                .map_err(|error| bad("files", error.to_string()))
        };
        Ok(Self {
            expression,
            files: query.files.as_deref().map(glob).transpose()?,
            name: (!query.regex).then(|| query.text.to_lowercase()),
            limit: query.limit,
            until: Instant::now(),
            found: Hits::default(),
        })
    }

    fn go(
        &mut self,
        workspace: &Workspace,
        path: &WorkspacePath,
        cancel: &CancellationToken,
    ) -> Result<(), WorkspaceError> {
        let walk = Walk {
            everything: false,
            depth: usize::MAX,
            stopped: &|| cancel.is_cancelled(),
        };
        let walked = workspace.walk(path, &walk, &mut |found| {
            !cancel.is_cancelled() && self.visit(workspace, &found)
        });
        let whole = match walked {
            // The path is a file.
            Err(WorkspaceError::NotFolder(_)) => {
                let found = workspace.look(path)?;
                self.visit(workspace, &found)
            }
            walked => walked?,
        };
        self.found.cut |= !whole;
        Ok(())
    }

    /// `false`: enough.
    fn visit(&mut self, workspace: &Workspace, found: &Found) -> bool {
        if Instant::now() > self.until {
            return false;
        }
        let path = found.path.as_str();
        if found.is_folder
            || self
                .files
                .as_ref()
                .is_some_and(|files| !files.is_match(path))
        {
            return true;
        }
        let named = self.name.as_ref();
        if self.found.names.len() < NAMES
            && named.is_some_and(|name| path.to_lowercase().contains(name))
        {
            self.found.names.push(found.path.clone());
        }
        if found.size > LARGEST {
            return true;
        }
        let Ok(content) = workspace.read(&found.path, LARGEST) else {
            return true;
        };
        let Ok(text) = content.text(&found.path) else {
            return true;
        };
        self.found.files += 1;
        self.look(&found.path, &text.text)
    }

    /// Looks into a file; `false`: enough.
    fn look(&mut self, path: &WorkspacePath, text: &str) -> bool {
        let mut lines = 0;
        for (at, line) in text.lines().enumerate() {
            let Some(first) = self.expression.find(line) else {
                continue;
            };
            if lines >= LINES_OF_ONE {
                self.found.cut = true;
                return true;
            }
            if self.found.lines.len() >= self.limit {
                return false;
            }
            lines += 1;
            self.found.lines.push(Hit {
                path: path.clone(),
                line: at + 1,
                column: line[..first.start()].chars().count() + 1,
                snippet: snippet(&self.expression, line, first.start()),
            });
        }
        true
    }
}

/// The line around its first match, with every match marked.
fn snippet(expression: &Regex, line: &str, first: usize) -> String {
    let before = line[..first].char_indices().rev().nth(BEFORE - 1);
    let from = before.map_or(0, |(at, _)| at);
    let rest = &line[from..];
    let end = rest
        .char_indices()
        .nth(SNIPPET)
        .map_or(rest.len(), |(at, _)| at);
    let to = from + end;
    let mut out = String::with_capacity(end + 8);
    if from > 0 {
        out.push('…');
    }
    let mut told = from;
    for found in expression
        .find_iter(line)
        .skip_while(|found| found.start() < from)
    {
        if found.start() >= to {
            break;
        }
        let end = found.end().min(to);
        push_plain(&mut out, &line[told..found.start()]);
        out.push(MATCH_START);
        push_plain(&mut out, &line[found.start()..end]);
        out.push(MATCH_END);
        told = end;
    }
    push_plain(&mut out, &line[told..to]);
    if to < line.len() {
        out.push('…');
    }
    out
}

/// The marks themselves have no place in what is marked.
fn push_plain(out: &mut String, text: &str) {
    out.extend(
        text.chars()
            .filter(|letter| !matches!(*letter, MATCH_START | MATCH_END)),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(pattern: &str, line: &str) -> String {
        let expression = Regex::new(pattern).unwrap();
        let first = expression.find(line).unwrap().start();
        snippet(&expression, line, first)
            .replace(MATCH_START, "[")
            .replace(MATCH_END, "]")
    }

    #[test]
    fn a_snippet_marks_every_match_and_is_bounded() {
        assert_eq!(shown("o", "foo bor"), "f[o][o] b[o]r");
        assert_eq!(shown("ö", "\u{2}schön\u{3}"), "sch[ö]n");
        let long = format!("{}needle{}", "ä".repeat(500), "ß".repeat(500));
        let told = shown("needle", &long);
        assert!(told.starts_with("…ä") && told.ends_with("ß…"), "{told}");
        assert!(told.contains("ä[needle]ß"), "{told}");
        assert!(told.chars().count() <= SNIPPET + 4);
        let wide = shown("x+", &"x".repeat(900));
        assert_eq!(wide.matches(']').count(), 1, "{wide}");
    }
}
