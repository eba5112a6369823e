//! Why something in the workspace can't be done.

use std::io;

/// Why something in the workspace can't be done. `Display` is a sentence for people and models
/// alike; paths in it are as they were given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkspaceError {
    /// The path leads out, by itself or over a link.
    #[error("{0:?} leads out of the workspace; only what is in it can be reached")]
    Outside(String),
    /// The path can't be one.
    #[error("{path:?} is not a path: {reason}")]
    Path {
        /// As given, shortened.
        path: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// There is nothing there.
    #[error("there is no {0:?} in the workspace")]
    Missing(String),
    /// Something is there already.
    #[error("{0:?} is there already")]
    Exists(String),
    /// It is a folder.
    #[error("{0:?} is a folder")]
    Folder(String),
    /// It is no folder.
    #[error("{0:?} is not a folder")]
    NotFolder(String),
    /// It is neither a file nor a folder.
    #[error("{0:?} is not an ordinary file")]
    Special(String),
    /// It is too large for this.
    #[error("{path:?} has {size} bytes, and {most} is the most for this")]
    TooLarge {
        /// The file.
        path: String,
        /// Its bytes.
        size: u64,
        /// The limit.
        most: u64,
    },
    /// It is no text.
    #[error("{path:?} is not text ({kind}, {size} bytes)")]
    Binary {
        /// The file.
        path: String,
        /// What it seems to be.
        kind: String,
        /// Its bytes.
        size: u64,
    },
    /// Somebody else changed it meanwhile.
    #[error("{0:?} was changed by somebody else meanwhile; read it again first")]
    Changed(String),
    /// That name is not for files here.
    #[error("{name:?} can't be a name here: {reason}")]
    Name {
        /// The name.
        name: String,
        /// Why.
        reason: &'static str,
    },
    /// The system refused.
    #[error("{path:?}: {reason}")]
    Io {
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
    },
}

impl WorkspaceError {
    /// What an error of the system means for this path.
    pub(super) fn of(path: &str, error: &io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing(path),
            io::ErrorKind::AlreadyExists => Self::Exists(path),
            io::ErrorKind::IsADirectory => Self::Folder(path),
            io::ErrorKind::NotADirectory => Self::NotFolder(path),
            io::ErrorKind::CrossesDevices => Self::Outside(path),
            // The guard's own refusal has no number of the system.
            io::ErrorKind::PermissionDenied if error.raw_os_error().is_none() => {
                Self::Outside(path)
            }
            kind => Self::Io {
                path,
                reason: kind.to_string(),
            },
        }
    }
}
