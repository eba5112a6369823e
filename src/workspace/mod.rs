//! The agent's files: the wall around them, reading and changing them by handle; what they were
//! before, the trash and the search (`files`); and the tools that work on them.

mod content;
mod error;
mod etag;
mod files;
mod path;
mod places;
mod root;
mod tools;
mod walk;

pub use content::{Content, Text};
pub use error::WorkspaceError;
pub use etag::{Condition, Etag, NoEtag};
pub use files::{
    Compared, FileContent, FileQuery, FileText, Files, FilesError, Handed, Hit, Hits, KEPT_DAYS,
    ListEntry, Listing, OnConflict, OpenFile, STANDARD_FILES, Stale, StandardFile, TrashPage,
    VersionPage, Written,
};
pub use path::WorkspacePath;
pub use places::Weight;
pub use root::{Expect, Workspace};
pub use tools::file_tools;
pub use walk::{Found, Walk};

#[cfg(test)]
#[cfg(unix)]
mod tests;
