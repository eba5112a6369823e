//! A change of a file, as people look at it.

use serde_json::{Value, json};
use similar::{ChangeTag, TextDiff};

use crate::{tools::Preview, workspace::WorkspacePath};

/// Largest file that is changed, in bytes.
pub(super) const LARGEST: u64 = 8 * 1024 * 1024;
/// Bytes of a diff that are shown.
const SHOWN: usize = 64 * 1024;
/// Longer texts are compared line by line only as long as this takes.
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(500);

/// A change.
pub(super) struct Change {
    diff: String,
    added: usize,
    removed: usize,
}

/// What changes from one text to another; none: there is no file yet.
pub(super) fn diff(path: &WorkspacePath, before: Option<&str>, after: &str) -> Change {
    let old = before.unwrap_or_default();
    let diff = TextDiff::configure()
        .timeout(PATIENCE)
        .diff_lines(old, after);
    let count = |tag| {
        diff.iter_all_changes()
            .filter(|change| change.tag() == tag)
            .count()
    };
    let (added, removed) = (count(ChangeTag::Insert), count(ChangeTag::Delete));
    let from = if before.is_some() {
        format!("a/{path}")
    } else {
        "/dev/null".to_owned()
    };
    let mut text = diff
        .unified_diff()
        .context_radius(3)
        .header(&from, &format!("b/{path}"))
        .to_string();
    if text.len() > SHOWN {
        text.truncate(text.floor_char_boundary(SHOWN));
        text.push_str("\n[the rest of the change is not shown]\n");
    }
    Change {
        diff: text,
        added,
        removed,
    }
}

impl Change {
    pub(super) fn words(&self) -> String {
        format!("+{} −{} lines", self.added, self.removed)
    }

    pub(super) fn preview(self, path: &WorkspacePath) -> Preview {
        Preview::Diff {
            path: path.as_str().to_owned(),
            diff: self.diff,
        }
    }

    pub(super) fn details(&self, path: &WorkspacePath) -> Value {
        json!({
            "path": path.as_str(),
            "diff": self.diff,
            "added": self.added,
            "removed": self.removed,
        })
    }
}
