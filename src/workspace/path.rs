//! The pure half of the wall: what a given text names, told from the workspace's top. The other
//! half is in `root`, which opens such paths step by step without following links out.

use std::{
    fmt,
    path::{Component, Path},
};

use super::WorkspaceError;

/// Longest path, in bytes.
const LONGEST: usize = 2048;
/// Longest name, in bytes.
const LONGEST_NAME: usize = 255;

/// A path in the workspace, from its top, with `/` between names and no `.` or `..`; empty: the
/// workspace itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WorkspacePath(String);

impl WorkspacePath {
    /// What `text` names in the workspace at `root`: a path from its top, or an absolute one that
    /// lies in it.
    pub fn parse(root: &Path, text: &str) -> Result<Self, WorkspaceError> {
        let wrong = |reason| WorkspaceError::Path {
            path: text.chars().take(80).collect(),
            reason,
        };
        if text.len() > LONGEST {
            return Err(wrong("it is too long"));
        }
        if text.contains('\0') {
            return Err(wrong("it holds a NUL"));
        }
        if text == "~" || text.starts_with("~/") {
            return Err(WorkspaceError::Outside(text.to_owned()));
        }
        let given = Path::new(text);
        let below = if given.has_root() {
            given
                .strip_prefix(root)
                .map_err(|_| WorkspaceError::Outside(text.to_owned()))?
        } else {
            given
        };
        let mut names: Vec<&str> = Vec::new();
        for step in below.components() {
            match step {
                Component::CurDir => {}
                Component::Normal(name) => {
                    let name = name.to_str().ok_or_else(|| wrong("it is not text"))?;
                    if name.len() > LONGEST_NAME {
                        return Err(wrong("a name in it is too long"));
                    }
                    names.push(name);
                }
                Component::ParentDir => {
                    if names.pop().is_none() {
                        return Err(WorkspaceError::Outside(text.to_owned()));
                    }
                }
                Component::RootDir | Component::Prefix(_) => {
                    return Err(WorkspaceError::Outside(text.to_owned()));
                }
            }
        }
        Ok(Self(names.join("/")))
    }

    /// The workspace itself.
    pub fn top() -> Self {
        Self::default()
    }

    /// The path as text; empty for the workspace itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the workspace itself.
    pub fn is_top(&self) -> bool {
        self.0.is_empty()
    }

    /// The last name; none for the workspace itself.
    pub fn name(&self) -> Option<&str> {
        self.0.rsplit('/').next().filter(|name| !name.is_empty())
    }

    /// The folder it lies in.
    pub fn folder(&self) -> Self {
        Self(
            self.0
                .rsplit_once('/')
                .map_or_else(String::new, |(folder, _)| folder.to_owned()),
        )
    }

    /// What is called `name` in it. The name must be one, as those that a folder tells are.
    pub fn join(&self, name: &str) -> Self {
        if self.is_top() {
            Self(name.to_owned())
        } else {
            Self(format!("{}/{name}", self.0))
        }
    }

    /// To open it from the workspace's handle.
    pub(super) fn to_open(&self) -> &Path {
        Path::new(if self.is_top() { "." } else { &self.0 })
    }
}

impl fmt::Display for WorkspacePath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.is_top() { "." } else { &self.0 })
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<String, WorkspaceError> {
        WorkspacePath::parse(Path::new("/home/a/ws"), text).map(|path| path.as_str().to_owned())
    }

    #[test]
    fn paths_are_told_from_the_top() {
        for (text, path) in [
            ("a.txt", "a.txt"),
            ("./a/./b", "a/b"),
            ("a//b/", "a/b"),
            ("a/../b", "b"),
            ("a/b/../../c", "c"),
            ("", ""),
            (".", ""),
            ("/home/a/ws", ""),
            ("/home/a/ws/notes/x.md", "notes/x.md"),
            ("/home/a/ws/x/../y", "y"),
            ("...", "..."),
            ("..a/b..", "..a/b.."),
            ("~a", "~a"),
            ("a\\..\\b", "a\\..\\b"),
            ("%2e%2e/x", "%2e%2e/x"),
            ("日記/一.md", "日記/一.md"),
        ] {
            assert_eq!(parse(text).unwrap(), path, "{text}");
        }
    }

    #[test]
    fn paths_that_lead_out_are_refused() {
        for text in [
            "..",
            "../x",
            "a/../../x",
            "a/../..",
            "./../x",
            "/etc/passwd",
            "/",
            "//etc/passwd",
            "/home/a/ws2/x",
            "/home/a",
            "/home/a/ws/../secret.key",
            "/home/a/ws/../../a/ws2",
            "~",
            "~/x",
            "/proc/self/root/etc/passwd",
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error, WorkspaceError::Outside(text.to_owned()), "{text}");
        }
        for text in ["a\0b", &"a".repeat(300), &"a/".repeat(2000)] {
            assert!(
                matches!(parse(text), Err(WorkspaceError::Path { .. })),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_stays_inside(text in "[a.~/\\\\ \u{2025}\u{ff0f}]{0,40}", absolute: bool) {
            let text = if absolute { format!("/home/a/ws/{text}") } else { text };
            if let Ok(path) = parse(&text) {
                prop_assert!(!path.starts_with('/'));
                let plain = |name: &str| !name.is_empty() && name != "." && name != "..";
                prop_assert!(path.is_empty() || path.split('/').all(plain));
                // It names itself, but for the sign of a home.
                if !path.starts_with('~') {
                    prop_assert_eq!(parse(&path).unwrap(), path);
                }
            }
        }

        #[test]
        fn any_text_is_judged(text in "\\PC{0,80}") {
            let _either = parse(&text);
        }
    }
}
