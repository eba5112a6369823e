//! What files were before: listing it, looking at it, comparing, and bringing it back.

use similar::{ChangeTag, TextDiff};

use super::{Files, FilesError, reading::LARGEST_TEXT, writing::Change};
use crate::{
    model::{FileActor, FileChange, FileVersion},
    workspace::{Condition, Content, FileText, WorkspaceError, WorkspacePath, Written},
};

/// Bytes of a diff that are shown.
const SHOWN: usize = 512 * 1024;
/// Longer texts are compared line by line only as long as this takes.
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(500);

/// A part of a file's versions.
#[derive(Clone, Debug)]
pub struct VersionPage {
    /// The newest first.
    pub versions: Vec<FileVersion>,
    /// There are older ones.
    pub more: bool,
}

/// Two states of a file, compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The change from the one to the other, as a unified diff.
    pub diff: String,
    /// Lines that came.
    pub added: usize,
    /// Lines that went.
    pub removed: usize,
    /// The diff is longer than what is shown.
    pub cut: bool,
}

impl Files {
    /// Versions of a file before `before`, the newest first. A file that was deleted past the
    /// gateway has its versions still.
    pub async fn versions(
        &self,
        path: &WorkspacePath,
        before: Option<u32>,
        limit: u32,
    ) -> Result<VersionPage, FilesError> {
        let path = self.known(path).await?;
        let (path, more) = (path.as_str(), limit.saturating_add(1));
        let mut versions = self
            .inner
            .store
            .list_file_versions(path, before, more)
            .await?;
        let more = versions.len() > limit as usize;
        versions.truncate(limit as usize);
        Ok(VersionPage { versions, more })
    }

    /// What a file was, as text; none: it was no text.
    pub async fn version(
        &self,
        path: &WorkspacePath,
        version: u32,
    ) -> Result<(FileVersion, Option<FileText>), FilesError> {
        let path = self.known(path).await?;
        let (found, bytes) = self.stored(&path, version).await?;
        let text = text_of(bytes, &path).ok();
        Ok((found, text))
    }

    /// What changed from a version to another, or to what the file is now.
    pub async fn compare(
        &self,
        path: &WorkspacePath,
        from: u32,
        to: Option<u32>,
    ) -> Result<Compared, FilesError> {
        let path = self.known(path).await?;
        let (_, old) = self.stored(&path, from).await?;
        let new = match to {
            Some(version) => self.stored(&path, version).await?.1,
            None => {
                let now = path.clone();
                let read = self.on_disk(move |workspace| workspace.read(&now, LARGEST_TEXT));
                match read.await {
                    Ok(content) => content.bytes,
                    Err(FilesError::Workspace(WorkspaceError::Missing(_))) => Vec::new(),
                    Err(error) => return Err(error),
                }
            }
        };
        self.on_disk(move |_| {
            let (old, new) = (text_of(old, &path)?, text_of(new, &path)?);
            Ok(compared(&path, &old.text, &new.text))
        })
        .await
    }

    /// Puts an earlier version in the place of what the file is; that is kept, too.
    pub async fn restore_version(
        &self,
        path: &WorkspacePath,
        version: u32,
        condition: &Condition,
        actor: &FileActor,
    ) -> Result<Written, FilesError> {
        let path = self.known(path).await?;
        let (_, bytes) = self.stored(&path, version).await?;
        let _one = self.inner.changes.lock().await;
        let change = Change {
            verb: FileChange::Restored,
            actor,
            restored_from: Some(version),
        };
        self.replace(&path, bytes, condition, &change).await
    }

    /// The path behind links.
    async fn known(&self, path: &WorkspacePath) -> Result<WorkspacePath, FilesError> {
        let path = path.clone();
        self.on_disk(move |workspace| workspace.real(&path)).await
    }

    async fn stored(
        &self,
        path: &WorkspacePath,
        version: u32,
    ) -> Result<(FileVersion, Vec<u8>), FilesError> {
        let found = self.inner.store.read_file_version(path.as_str(), version);
        found.await?.ok_or(FilesError::NoVersion)
    }
}

fn text_of(bytes: Vec<u8>, path: &WorkspacePath) -> Result<FileText, WorkspaceError> {
    let content = Content {
        bytes,
        changed: None,
    };
    content.text(path).map(|text| FileText {
        text: text.text,
        faithful: text.faithful,
    })
}

fn compared(path: &WorkspacePath, old: &str, new: &str) -> Compared {
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(old, new);
    let count = |tag| {
        let changes = diff.iter_all_changes();
        changes.filter(|change| change.tag() == tag).count()
    };
    let (added, removed) = (count(ChangeTag::Insert), count(ChangeTag::Delete));
    let mut text = diff
        .unified_diff()
        .context_radius(3)
        .header(&format!("a/{path}"), &format!("b/{path}"))
        .to_string();
    let cut = text.len() > SHOWN;
    text.truncate(text.floor_char_boundary(SHOWN));
    Compared {
        diff: text,
        added,
        removed,
        cut,
    }
}
