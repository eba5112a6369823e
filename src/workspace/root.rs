//! The workspace's folder. Every path is opened from its handle, step by step, links followed as
//! long as they stay inside; nothing is checked first and opened later.

use std::{
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use cap_std::{
    ambient_authority,
    fs::{Dir, File, Metadata, OpenOptions},
};

use super::{Content, WorkspaceError, WorkspacePath};
use crate::crypto;

/// What must be there for a file to be written.
#[derive(Clone, Copy, Debug)]
pub enum Expect<'a> {
    /// Anything, or nothing.
    Any,
    /// Nothing.
    Nothing,
    /// These bytes still.
    Same(&'a [u8]),
}

/// The workspace.
#[derive(Debug)]
pub struct Workspace {
    root: PathBuf,
    /// One change at a time, so that none is made upon what another one is about to replace.
    pub(super) changes: Mutex<()>,
}

impl Workspace {
    /// The workspace at `root`, which must be there.
    pub fn open(root: &Path) -> io::Result<Self> {
        let root = root.canonicalize()?;
        Dir::open_ambient_dir(&root, ambient_authority())?;
        Ok(Self {
            root,
            changes: Mutex::default(),
        })
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What `text` names in it.
    pub fn path(&self, text: &str) -> Result<WorkspacePath, WorkspaceError> {
        WorkspacePath::parse(&self.root, text)
    }

    /// Its handle. Taken anew each time, since its owner may have moved the folder away and made
    /// another.
    pub(super) fn handle(&self) -> Result<Dir, WorkspaceError> {
        Dir::open_ambient_dir(&self.root, ambient_authority())
            .map_err(|error| WorkspaceError::of(".", &error))
    }

    /// The whole of a file of at most `most` bytes.
    pub fn read(&self, path: &WorkspacePath, most: u64) -> Result<Content, WorkspaceError> {
        let failed = |error: &io::Error| WorkspaceError::of(path.as_str(), error);
        let (file, about) = self.open_file(path)?;
        let too_large = |size| WorkspaceError::TooLarge {
            path: path.to_string(),
            size,
            most,
        };
        if about.len() > most {
            return Err(too_large(about.len()));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0));
        file.take(most + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| failed(&error))?;
        if bytes.len() as u64 > most {
            return Err(too_large(bytes.len() as u64));
        }
        Ok(Content {
            bytes,
            changed: about
                .modified()
                .ok()
                .map(cap_std::time::SystemTime::into_std),
        })
    }

    /// An ordinary file, open for reading.
    pub(super) fn open_file(
        &self,
        path: &WorkspacePath,
    ) -> Result<(File, Metadata), WorkspaceError> {
        let failed = |error: &io::Error| WorkspaceError::of(path.as_str(), error);
        let mut options = OpenOptions::new();
        options.read(true);
        // A pipe without a writer would hold this thread for good.
        #[cfg(unix)]
        cap_std::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK | libc::O_NOCTTY);
        let file = self
            .handle()?
            .open_with(path.to_open(), &options)
            .map_err(|error| failed(&error))?;
        let about = file.metadata().map_err(|error| failed(&error))?;
        if about.is_dir() {
            return Err(WorkspaceError::Folder(path.to_string()));
        }
        if !about.is_file() {
            return Err(WorkspaceError::Special(path.to_string()));
        }
        Ok((file, about))
    }

    /// Puts these bytes into a file, all or nothing, and makes the folders that it needs. A link
    /// is followed, as long as it stays inside.
    pub fn write(
        &self,
        path: &WorkspacePath,
        bytes: &[u8],
        expect: Expect<'_>,
    ) -> Result<(), WorkspaceError> {
        let _one = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = |error: &io::Error| WorkspaceError::of(path.as_str(), error);
        let dir = self.handle()?;
        let path = self.behind_links(&dir, path)?;
        let Some(name) = path.name() else {
            return Err(WorkspaceError::Folder(path.to_string()));
        };
        let there = match self.open_file(&path) {
            Ok((_, about)) => Some(about),
            Err(WorkspaceError::Missing(_)) => None,
            Err(error) => return Err(error),
        };
        match expect {
            Expect::Any => {}
            Expect::Nothing if there.is_none() => {}
            Expect::Nothing => return Err(WorkspaceError::Exists(path.to_string())),
            Expect::Same(before) => {
                let now = self.read(&path, before.len() as u64);
                if !now.is_ok_and(|now| now.bytes == before) {
                    return Err(WorkspaceError::Changed(path.to_string()));
                }
            }
        }
        let folder = path.folder();
        if !folder.is_top() {
            dir.create_dir_all(folder.to_open())
                .map_err(|error| WorkspaceError::of(folder.as_str(), &error))?;
        }
        let folder = dir
            .open_dir(folder.to_open())
            .map_err(|error| WorkspaceError::of(folder.as_str(), &error))?;
        replace(&folder, name, bytes, there.as_ref()).map_err(|error| failed(&error))
    }

    /// What a path stands for when it is a link; itself when it is none.
    fn behind_links(
        &self,
        dir: &Dir,
        path: &WorkspacePath,
    ) -> Result<WorkspacePath, WorkspaceError> {
        let failed = |error: &io::Error| WorkspaceError::of(path.as_str(), error);
        match dir.symlink_metadata(path.to_open()) {
            Ok(about) if about.is_symlink() => {
                let target = dir
                    .canonicalize(path.to_open())
                    .map_err(|error| failed(&error))?;
                let text = target.to_str().unwrap_or_default();
                WorkspacePath::parse(&self.root, text)
            }
            Ok(_) => Ok(path.clone()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(path.clone()),
            Err(error) => Err(failed(&error)),
        }
    }
}

/// Whether a name is one of those that files have while they are written.
pub(super) fn is_beside(name: &str) -> bool {
    name.starts_with(".clawgate-") && name.ends_with(".tmp")
}

/// Writes beside the file, then takes its place.
fn replace(folder: &Dir, name: &str, bytes: &[u8], there: Option<&Metadata>) -> io::Result<()> {
    let word = crypto::random_bytes::<8>().map_err(io::Error::other)?;
    let beside = format!(".clawgate-{}.tmp", hex::encode(word));
    let written = (|| {
        let mut file =
            folder.open_with(&beside, OpenOptions::new().write(true).create_new(true))?;
        if let Some(about) = there {
            file.set_permissions(about.permissions())?;
        }
        file.write_all(bytes)?;
        file.sync_data()?;
        folder.rename(&beside, folder, name)
    })();
    if written.is_err() {
        // It may not be there at all.
        let _gone = folder.remove_file(&beside);
    }
    written
}
