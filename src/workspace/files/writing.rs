//! Changing files: each change is checked against what is there, kept as a version, and told.

use super::{Files, FilesError, Stale, moment, reading::Met};
use crate::{
    model::{FileActor, FileChange, FileVersion, Timestamp},
    workspace::{
        Condition, Content, Etag, Expect, Workspace, WorkspaceError, WorkspacePath, places,
    },
};

/// Largest file that is read before it is replaced, in bytes: of larger ones no version is kept.
const LARGEST_BEFORE: u64 = 64 * 1024 * 1024;
/// Names tried when one is taken.
const NAMES_TRIED: u32 = 1000;

/// What to do when the name of a new file is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnConflict {
    /// Say so.
    #[default]
    Fail,
    /// Take its place; what was there becomes an earlier version.
    Replace,
    /// Keep both: the new one gets a number.
    Rename,
}

/// A file, written.
#[derive(Clone, Debug)]
pub struct Written {
    /// Where.
    pub path: WorkspacePath,
    /// Its bytes.
    pub size: u64,
    /// When.
    pub modified: Option<Timestamp>,
    /// Names its content.
    pub etag: Etag,
    /// Its newest version, where versions are kept of it.
    pub version: Option<FileVersion>,
    /// It was not there before.
    pub is_new: bool,
}

/// A change of a file's content.
pub(super) struct Change<'a> {
    pub(super) verb: FileChange,
    pub(super) actor: &'a FileActor,
    pub(super) restored_from: Option<u32>,
}

/// Where the content goes, and what is there.
struct Before {
    path: WorkspacePath,
    met: Option<Met>,
}

impl Before {
    fn see(workspace: &Workspace, path: &WorkspacePath) -> Result<Self, WorkspaceError> {
        let path = workspace.real(path)?;
        match Met::meet(workspace, &path, LARGEST_BEFORE) {
            Ok(met) => Ok(Self {
                path,
                met: Some(met),
            }),
            Err(WorkspaceError::Missing(_)) => Ok(Self { path, met: None }),
            Err(error) => Err(error),
        }
    }

    fn bytes(&self) -> Option<&[u8]> {
        self.met.as_ref()?.bytes.as_deref()
    }

    fn satisfies(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Absent => self.met.is_none(),
            Condition::Present => self.met.is_some(),
            _ => condition.holds(self.bytes()),
        }
    }
}

impl Files {
    /// Puts these bytes into a file, all or nothing, with the folders that it needs.
    pub async fn write(
        &self,
        path: &WorkspacePath,
        bytes: Vec<u8>,
        condition: &Condition,
        actor: &FileActor,
    ) -> Result<Written, FilesError> {
        let _one = self.inner.changes.lock().await;
        let change = Change {
            verb: FileChange::Edited,
            actor,
            restored_from: None,
        };
        self.replace(path, bytes, condition, &change).await
    }

    /// Puts a text into a file, in the spelling of the text that is there: with the mark of its
    /// encoding where it had one.
    pub async fn write_text(
        &self,
        path: &WorkspacePath,
        text: String,
        condition: &Condition,
        actor: &FileActor,
    ) -> Result<Written, FilesError> {
        let (seen, limit) = (path.clone(), LARGEST_BEFORE);
        let before = self.on_disk(move |workspace| workspace.read(&seen, limit));
        let marked = before
            .await
            .ok()
            .is_some_and(|before: Content| before.bytes.starts_with("\u{feff}".as_bytes()));
        let text = if marked && !text.starts_with('\u{feff}') {
            format!("\u{feff}{text}")
        } else {
            text
        };
        self.write(path, text.into_bytes(), condition, actor).await
    }

    /// Puts a text at the end of a file, on a line of its own; makes the file when there is none.
    pub async fn append(
        &self,
        path: &WorkspacePath,
        text: &str,
        actor: &FileActor,
    ) -> Result<Written, FilesError> {
        let _one = self.inner.changes.lock().await;
        let seen = path.clone();
        let before = self.on_disk(move |workspace| workspace.read(&seen, LARGEST_BEFORE));
        let (mut bytes, condition) = match before.await {
            Ok(before) => (before.bytes.clone(), Condition::Same(before.bytes)),
            Err(FilesError::Workspace(WorkspaceError::Missing(_))) => {
                (Vec::new(), Condition::Absent)
            }
            Err(error) => return Err(error),
        };
        if !bytes.is_empty() && !bytes.ends_with(b"\n") {
            bytes.push(b'\n');
        }
        bytes.extend_from_slice(text.as_bytes());
        let change = Change {
            verb: FileChange::Edited,
            actor,
            restored_from: None,
        };
        self.replace(path, bytes, &condition, &change).await
    }

    /// Takes in a new file.
    pub async fn upload(
        &self,
        path: &WorkspacePath,
        bytes: Vec<u8>,
        on_conflict: OnConflict,
        actor: &FileActor,
    ) -> Result<Written, FilesError> {
        let _one = self.inner.changes.lock().await;
        let change = Change {
            verb: FileChange::Edited,
            actor,
            restored_from: None,
        };
        let (path, condition) = match on_conflict {
            OnConflict::Replace => (path.clone(), Condition::Any),
            OnConflict::Fail => (path.clone(), Condition::Absent),
            OnConflict::Rename => {
                let wanted = path.clone();
                let free = self.on_disk(move |workspace| free_name(workspace, &wanted));
                (free.await?, Condition::Absent)
            }
        };
        match self.replace(&path, bytes, &condition, &change).await {
            Err(FilesError::Stale(_)) => {
                Err(WorkspaceError::Exists(path.as_str().to_owned()).into())
            }
            done => done,
        }
    }

    /// Makes a folder.
    pub async fn make_folder(
        &self,
        path: &WorkspacePath,
        actor: &FileActor,
    ) -> Result<(), FilesError> {
        places::check_names(path)?;
        let _one = self.inner.changes.lock().await;
        let made = path.clone();
        self.on_disk(move |workspace| workspace.make_folder(&made))
            .await?;
        self.tell(path.as_str(), None, FileChange::Created, actor);
        Ok(())
    }

    /// Puts a file or a folder somewhere else, its versions with it; there must be nothing yet.
    pub async fn put(
        &self,
        from: &WorkspacePath,
        to: &WorkspacePath,
        actor: &FileActor,
    ) -> Result<(), FilesError> {
        if from == to {
            return Ok(());
        }
        places::check_names(to)?;
        let _one = self.inner.changes.lock().await;
        let (old, new) = (from.clone(), to.clone());
        self.on_disk(move |workspace| workspace.put(&old, &new))
            .await?;
        let (old, new) = (from.as_str().to_owned(), to.as_str().to_owned());
        self.inner.store.move_file_versions(old, new).await?;
        self.tell(to.as_str(), Some(from.as_str()), FileChange::Moved, actor);
        Ok(())
    }

    /// Writes, when what is there satisfies the condition. Called by who holds the changes.
    pub(super) async fn replace(
        &self,
        path: &WorkspacePath,
        bytes: Vec<u8>,
        condition: &Condition,
        change: &Change<'_>,
    ) -> Result<Written, FilesError> {
        let wanted = path.clone();
        let before = self
            .on_disk(move |workspace| Before::see(workspace, &wanted))
            .await?;
        if before.met.is_none() {
            places::check_names(&before.path)?;
        }
        if !before.satisfies(condition) {
            return Err(FilesError::Stale(Box::new(Stale {
                path: before.path.to_string(),
                now: before.met.map(|met| met.opened(None)),
            })));
        }
        let is_new = before.met.is_none();
        let same = before.bytes() == Some(bytes.as_slice());
        let mut versions = Vec::new();
        if let Some(old) = before.bytes()
            && self.is_versioned(old)
        {
            // Kept unless it is what the newest version holds.
            let outside = &FileActor::OUTSIDE;
            versions.push(self.version_of(&before.path, old, FileChange::Noticed, outside));
        }
        let verb = match change.verb {
            FileChange::Edited if is_new => FileChange::Created,
            verb => verb,
        };
        if self.is_versioned(&bytes) && !same {
            let mut version = self.version_of(&before.path, &bytes, verb, change.actor);
            version.restored_from = change.restored_from;
            versions.push(version);
        }
        let (etag, size) = (Etag::of(&bytes), bytes.len() as u64);
        let path = before.path.clone();
        let modified = self
            .on_disk(move |workspace| {
                if !same {
                    let expect = match before.bytes() {
                        Some(old) => Expect::Same(old),
                        None if before.met.is_some() => Expect::Any,
                        None => Expect::Nothing,
                    };
                    workspace.write(&before.path, &bytes, expect)?;
                }
                Ok(workspace.look(&before.path)?.changed.and_then(moment))
            })
            .await?;
        let version = self.keep(versions).await?;
        if !same {
            self.tell(path.as_str(), None, verb, change.actor);
        }
        Ok(Written {
            path,
            size,
            modified,
            etag,
            version,
            is_new,
        })
    }
}

/// The path, or the first of `name (2).ext`, `name (3).ext` that is free.
fn free_name(workspace: &Workspace, path: &WorkspacePath) -> Result<WorkspacePath, WorkspaceError> {
    let name = path.name().unwrap_or_default();
    let (stem, ending) = match name.rfind('.') {
        Some(at) if at > 0 => name.split_at(at),
        _ => (name, ""),
    };
    let mut tried = path.clone();
    for number in 2..NAMES_TRIED {
        match workspace.look(&tried) {
            Err(WorkspaceError::Missing(_)) => return Ok(tried),
            _ => tried = path.folder().join(&format!("{stem} ({number}){ending}")),
        }
    }
    Err(WorkspaceError::Exists(path.to_string()))
}
