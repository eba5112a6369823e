//! Reading a file: its text, or that it has none; and taking note of what it is.

use super::{Files, FilesError, moment};
use crate::{
    crypto,
    model::{FileActor, FileChange, FileVersion, Timestamp},
    store::{NewFileVersion, VersionBounds},
    workspace::{Etag, Found, Workspace, WorkspaceError, WorkspacePath},
};

/// Largest file whose text is handed out, in bytes.
pub(super) const LARGEST_TEXT: u64 = 8 * 1024 * 1024;

/// A text, and how it is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileText {
    /// The text, with line ends as they are.
    pub text: String,
    /// It is in UTF-8, so that it can be written back as it is.
    pub faithful: bool,
}

/// What is in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileContent {
    /// A text.
    Text(FileText),
    /// No text.
    Binary,
    /// It may be one, but there is too much of it.
    Large,
}

/// A file, read.
#[derive(Clone, Debug)]
pub struct OpenFile {
    /// Where it really is.
    pub path: WorkspacePath,
    /// Its bytes.
    pub size: u64,
    /// When it was last changed.
    pub modified: Option<Timestamp>,
    /// Names its content; none for one that was too large to be read.
    pub etag: Option<Etag>,
    /// What it seems to be.
    pub media_type: String,
    /// What is in it.
    pub content: FileContent,
    /// The newest version, where versions are kept of it.
    pub version: Option<FileVersion>,
}

/// A file as it was met.
pub(super) struct Met {
    pub(super) found: Found,
    /// What is in it; none: too much.
    pub(super) bytes: Option<Vec<u8>>,
}

impl Met {
    pub(super) fn meet(
        workspace: &Workspace,
        path: &WorkspacePath,
        most: u64,
    ) -> Result<Self, WorkspaceError> {
        let path = workspace.real(path)?;
        let found = workspace.look(&path)?;
        if found.is_folder {
            return Err(WorkspaceError::Folder(path.to_string()));
        }
        let bytes = match workspace.read(&path, most) {
            Ok(content) => Some(content.bytes),
            Err(WorkspaceError::TooLarge { .. }) => None,
            Err(error) => return Err(error),
        };
        Ok(Self { found, bytes })
    }

    pub(super) fn opened(self, version: Option<FileVersion>) -> OpenFile {
        let Found {
            path,
            size,
            changed,
            ..
        } = self.found;
        let etag = self.bytes.as_deref().map(Etag::of);
        let content = self
            .bytes
            .map_or(FileContent::Large, |bytes| content_of(bytes, &path));
        OpenFile {
            size,
            modified: changed.and_then(moment),
            etag,
            media_type: mime_guess::from_path(path.as_str())
                .first_or_octet_stream()
                .to_string(),
            content,
            version,
            path,
        }
    }
}

fn content_of(bytes: Vec<u8>, path: &WorkspacePath) -> FileContent {
    let content = crate::workspace::Content {
        bytes,
        changed: None,
    };
    content.text(path).map_or(FileContent::Binary, |text| {
        FileContent::Text(FileText {
            text: text.text,
            faithful: text.faithful,
        })
    })
}

impl Files {
    /// Reads a file, and keeps a version of what is in it when that came past the gateway.
    pub async fn read(&self, path: &WorkspacePath) -> Result<OpenFile, FilesError> {
        let path = path.clone();
        let met = self
            .on_disk(move |workspace| Met::meet(workspace, &path, LARGEST_TEXT))
            .await?;
        let version = match &met.bytes {
            Some(bytes) => self.notice(&met.found.path, bytes).await?,
            None => None,
        };
        Ok(met.opened(version))
    }

    /// Reads a file and takes no note of it.
    pub(super) async fn read_unnoticed(
        &self,
        path: &WorkspacePath,
    ) -> Result<OpenFile, FilesError> {
        let path = path.clone();
        let met = self.on_disk(move |workspace| Met::meet(workspace, &path, LARGEST_TEXT));
        Ok(met.await?.opened(None))
    }

    /// Takes note of what is in a file: unless it is what the newest version holds, it becomes
    /// one. Answers with the newest version.
    pub async fn notice(
        &self,
        path: &WorkspacePath,
        bytes: &[u8],
    ) -> Result<Option<FileVersion>, FilesError> {
        let newest = self.inner.store.find_file_version(path.as_str()).await?;
        let hash = crypto::sha256(bytes);
        let known = newest.as_ref().is_some_and(|newest| newest.hash == hash);
        // What is no text and was never changed here is not worth its room.
        let worth = newest.is_some() || !looks_binary(bytes);
        if known || !worth || !self.is_versioned(bytes) {
            return Ok(newest);
        }
        let _one = self.inner.changes.lock().await;
        // It may have been changed over the gateway while this waited.
        let (again, kept) = (path.clone(), bytes.len() as u64);
        let still = self
            .on_disk(move |workspace| workspace.read(&again, kept))
            .await;
        if !still.is_ok_and(|now| now.bytes == bytes) {
            return Ok(newest);
        }
        let changed_before = newest.is_some();
        let noticed = self.version_of(path, bytes, FileChange::Noticed, &FileActor::OUTSIDE);
        let version = self.keep(vec![noticed]).await?;
        if changed_before {
            self.tell(
                path.as_str(),
                None,
                FileChange::Noticed,
                &FileActor::OUTSIDE,
            );
        }
        Ok(version)
    }

    /// Whether versions are kept of such a content.
    pub(super) fn is_versioned(&self, bytes: &[u8]) -> bool {
        let most = self.inner.config.current().workspace.max_versioned_bytes;
        most > 0 && bytes.len() as u64 <= most
    }

    pub(super) fn version_of(
        &self,
        path: &WorkspacePath,
        bytes: &[u8],
        change: FileChange,
        actor: &FileActor,
    ) -> NewFileVersion {
        NewFileVersion {
            path: path.as_str().to_owned(),
            hash: crypto::sha256(bytes),
            content: bytes.to_vec(),
            change,
            actor: actor.clone(),
            restored_from: None,
            at: self.inner.clock.now(),
        }
    }

    pub(super) async fn keep(
        &self,
        versions: Vec<NewFileVersion>,
    ) -> Result<Option<FileVersion>, FilesError> {
        if versions.is_empty() {
            return Ok(None);
        }
        let config = self.inner.config.current();
        let bounds = VersionBounds {
            per_file: config.workspace.max_versions,
            bytes: config.workspace.max_history_bytes,
        };
        Ok(self
            .inner
            .store
            .record_file_versions(versions, bounds)
            .await?)
    }
}

fn looks_binary(bytes: &[u8]) -> bool {
    bytes.iter().take(8192).any(|byte| *byte == 0)
}

/// A file, open to be handed out.
#[derive(Debug)]
pub struct Handed {
    /// Its bytes.
    pub file: std::fs::File,
    /// How many they are.
    pub size: u64,
    /// What it is called.
    pub name: String,
    /// What it seems to be.
    pub media_type: String,
}

impl Files {
    /// Opens a file to hand it out, however large it is.
    pub async fn hand_out(&self, path: &WorkspacePath) -> Result<Handed, FilesError> {
        let path = path.clone();
        self.on_disk(move |workspace| {
            let (file, about) = workspace.open_file(&path)?;
            Ok(Handed {
                file: file.into_std(),
                size: about.len(),
                name: path.name().unwrap_or_default().to_owned(),
                media_type: mime_guess::from_path(path.as_str())
                    .first_or_octet_stream()
                    .to_string(),
            })
        })
        .await
    }
}
