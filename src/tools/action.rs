//! What exactly a call would do: the words an approval is asked with, and the reach of an answer
//! that is to hold from now on.

use serde::{Deserialize, Serialize};

use crate::model::Risk;

/// What a call would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// One line for a person.
    pub summary: String,
    /// How dangerous this call is.
    pub risk: Risk,
    /// The thing itself.
    pub preview: Preview,
    /// What "always" would cover; none: such a call is asked for each time.
    pub scope: Option<Scope>,
}

impl Action {
    /// Something that only looks.
    pub fn reading(summary: impl Into<String>) -> Self {
        Self {
            summary: summary.into(),
            risk: Risk::Low,
            preview: Preview::Summary,
            scope: Some(Scope::Tool),
        }
    }

    /// The same with every text of it as `mask` leaves it.
    #[must_use]
    pub(super) fn shown(mut self, mask: impl Fn(&str) -> String) -> Self {
        self.summary = mask(&self.summary);
        match &mut self.preview {
            Preview::Summary => {}
            Preview::Command { command, .. } => *command = mask(command),
            Preview::Diff { diff, .. } => *diff = mask(diff),
            Preview::Request { url, body, .. } => {
                *url = mask(url);
                *body = body.as_deref().map(mask);
            }
            Preview::Question { question, .. } => *question = mask(question),
        }
        self
    }
}

/// The thing itself, as a card shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Preview {
    /// The summary says it all.
    Summary,
    /// A command as it is handed to the shell.
    Command {
        /// The command.
        command: String,
        /// The folder it runs in.
        folder: String,
    },
    /// A change of a file.
    Diff {
        /// The file, from the workspace's top.
        path: String,
        /// A unified diff.
        diff: String,
    },
    /// A request to another machine.
    Request {
        /// Its method.
        method: String,
        /// The whole address.
        url: String,
        /// What is sent along.
        body: Option<String>,
    },
    /// A question to its owner.
    Question {
        /// The question.
        question: String,
        /// Answers to choose from; none: any text.
        options: Vec<String>,
    },
}

/// What an answer that holds from now on covers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Scope {
    /// Every call of the tool.
    Tool,
    /// Commands that begin with these words and do nothing else.
    Command(Vec<String>),
    /// Requests to this host.
    Host(String),
    /// Files in this folder and below, from the workspace's top; empty: everywhere in it.
    Folder(String),
}

impl Scope {
    /// Whether what was agreed to for `self` also holds for `other`, a scope of the same tool.
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Tool, _) => true,
            (Self::Command(words), Self::Command(others)) => {
                !words.is_empty() && others.starts_with(words)
            }
            (Self::Host(host), Self::Host(other)) => host.eq_ignore_ascii_case(other),
            (Self::Folder(folder), Self::Folder(other)) => {
                folder.is_empty()
                    || other == folder
                    || other
                        .strip_prefix(folder.as_str())
                        .is_some_and(|rest| rest.starts_with('/'))
            }
            _ => false,
        }
    }
}

impl std::fmt::Display for Scope {
    /// To follow "always allow".
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tool => out.write_str("every call"),
            Self::Command(words) => write!(out, "commands that begin with `{}`", words.join(" ")),
            Self::Host(host) => write!(out, "requests to {host}"),
            Self::Folder(folder) if folder.is_empty() => out.write_str("the whole workspace"),
            Self::Folder(folder) => write!(out, "the folder {folder}/"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(words: &[&str]) -> Scope {
        Scope::Command(words.iter().map(|word| (*word).to_owned()).collect())
    }

    #[test]
    fn a_scope_covers_itself_and_what_is_narrower_and_nothing_else() {
        let folder = |path: &str| Scope::Folder(path.to_owned());
        let host = |name: &str| Scope::Host(name.to_owned());
        for (scope, other, covers) in [
            (Scope::Tool, command(&["rm"]), true),
            (command(&["git", "log"]), command(&["git", "log"]), true),
            (command(&["git", "log"]), command(&["git", "push"]), false),
            (command(&["git"]), command(&["gitx"]), false),
            (command(&[]), command(&["rm"]), false),
            (folder("notes"), folder("notes/a"), true),
            (folder("notes"), folder("notes2"), false),
            (folder("notes/a"), folder("notes"), false),
            (folder(""), folder("a"), true),
            (host("Example.com"), host("example.com"), true),
            (host("example.com"), host("a.example.com"), false),
            (folder("a"), Scope::Tool, false),
            (host("a"), folder("a"), false),
        ] {
            assert_eq!(scope.covers(&other), covers, "{scope} / {other}");
        }
    }

    #[test]
    fn a_scope_is_written_down_and_read_again() {
        for scope in [Scope::Tool, command(&["ls", "-l"]), Scope::Host("a".into())] {
            let text = serde_json::to_string(&scope).unwrap();
            assert_eq!(serde_json::from_str::<Scope>(&text).unwrap(), scope);
        }
    }
}
