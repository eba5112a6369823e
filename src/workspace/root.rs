//! The workspace's folder. Every path is opened from its handle, step by step, links followed as
//! long as they stay inside; nothing is checked first and opened later.

use std::{
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use cap_std::{
    ambient_authority,
    fs::{Dir, File, Metadata, OpenOptions},
};

use super::{Content, WorkspaceError, WorkspacePath};

/// The workspace.
#[derive(Debug)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace at `root`, which must be there.
    pub fn open(root: &Path) -> io::Result<Self> {
        let root = root.canonicalize()?;
        Dir::open_ambient_dir(&root, ambient_authority())?;
        Ok(Self { root })
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
}
