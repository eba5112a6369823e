//! The agent's files: the wall around them, reading and changing them by handle, and the tools
//! that do so.

mod content;
mod error;
mod path;
mod root;
mod tools;
mod walk;

pub use content::{Content, Text};
pub use error::WorkspaceError;
pub use path::WorkspacePath;
pub use root::{Expect, Workspace};
pub use tools::file_tools;
pub use walk::{Found, Walk};

#[cfg(test)]
#[cfg(unix)]
mod tests;
