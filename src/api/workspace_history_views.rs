//! What `/api/workspace/history` and `/api/workspace/trash` take and answer with.

use poem_openapi::{ApiResponse, Object};

use super::workspace_views::KindView;
use crate::{
    model::{
        FileAuthor, FileChange, FileVersion, SessionId, Timestamp, TrashId, TrashItem, TurnId,
    },
    workspace::{Compared, Etag, KEPT_DAYS},
};

/// A state that a file was in.
#[derive(Debug, Object)]
#[oai(rename = "WorkspaceVersion")]
pub(super) struct VersionView {
    /// Its number; rises with every change.
    version: u32,
    /// Bytes of the content.
    size: u64,
    /// Names the content.
    etag: String,
    /// What made it: created, edited, restored or noticed.
    change: FileChange,
    /// Who did.
    author: FileAuthor,
    /// The agent's conversation.
    session_id: Option<SessionId>,
    /// The agent's turn.
    turn_id: Option<TurnId>,
    /// The version that was brought back.
    restored_from: Option<u32>,
    /// When.
    at: Timestamp,
}

impl From<FileVersion> for VersionView {
    fn from(version: FileVersion) -> Self {
        Self {
            version: version.version,
            size: version.size,
            etag: Etag::of_hash(&version.hash).to_string(),
            change: version.change,
            author: version.actor.author,
            session_id: version.actor.session_id,
            turn_id: version.actor.turn_id,
            restored_from: version.restored_from,
            at: version.at,
        }
    }
}

/// A page of versions.
#[derive(Debug, Object)]
#[oai(rename = "WorkspaceVersionPage")]
pub(super) struct VersionsView {
    /// The newest first.
    pub(super) versions: Vec<VersionView>,
    /// Where to go on to older ones; null at the end.
    pub(super) next_cursor: Option<String>,
}

/// A state that a file was in, and what was in it.
#[derive(Debug, Object)]
#[oai(rename = "WorkspaceVersionContent")]
pub(super) struct VersionContent {
    /// The state.
    pub(super) version: VersionView,
    /// The text; null where it was none.
    pub(super) content: Option<String>,
}

/// Two states of a file, compared.
#[derive(Debug, Object)]
#[oai(rename = "WorkspaceDiff")]
pub(super) struct DiffView {
    /// The change from the one to the other, as a unified diff; empty when they are alike.
    diff: String,
    /// Lines that came.
    added: u64,
    /// Lines that went.
    removed: u64,
    /// The diff is longer than what is shown.
    truncated: bool,
}

impl From<Compared> for DiffView {
    fn from(compared: Compared) -> Self {
        Self {
            diff: compared.diff,
            added: compared.added as u64,
            removed: compared.removed as u64,
            truncated: compared.cut,
        }
    }
}

/// Which version to bring back.
#[derive(Debug, Object)]
#[oai(rename = "WorkspaceRestore")]
pub(super) struct RestoreInput {
    /// The file.
    pub(super) path: String,
    /// The version.
    pub(super) version: u32,
}

/// Something in the trash.
#[derive(Debug, Object)]
#[oai(rename = "WorkspaceTrashItem")]
pub(super) struct TrashView {
    /// Names it.
    id: TrashId,
    /// Where it was.
    path: String,
    /// What it is.
    kind: KindView,
    /// Files in it; 1 for a file.
    files: u64,
    /// Their bytes.
    size: u64,
    /// Who deleted it.
    author: FileAuthor,
    /// When.
    deleted_at: Timestamp,
    /// When it goes for good.
    expires_at: Timestamp,
}

impl From<TrashItem> for TrashView {
    fn from(item: TrashItem) -> Self {
        Self {
            id: item.id,
            path: item.path,
            kind: if item.is_folder {
                KindView::Folder
            } else {
                KindView::File
            },
            files: item.files,
            size: item.size,
            author: item.actor.author,
            deleted_at: item.at,
            expires_at: item.at.plus_secs(KEPT_DAYS * 86_400),
        }
    }
}

/// A page of the trash.
#[derive(Debug, Object)]
#[oai(rename = "WorkspaceTrashPage")]
pub(super) struct TrashPageView {
    /// The last deleted first.
    pub(super) items: Vec<TrashView>,
    /// Where to go on; null at the end.
    pub(super) next_cursor: Option<String>,
}

/// Where to put something out of the trash.
#[derive(Debug, Default, Object)]
#[oai(rename = "WorkspaceTrashRestore")]
pub(super) struct TrashTarget {
    /// Its path; where it was if nothing is given.
    pub(super) to: Option<String>,
}

/// What became of the trash.
#[derive(Debug, Object)]
#[oai(rename = "WorkspaceEmptied")]
pub(super) struct Emptied {
    /// Things that are gone for good.
    pub(super) removed: u64,
}

/// Nothing to say.
#[derive(ApiResponse)]
pub(super) enum Purged {
    /// It is gone for good.
    #[oai(status = 204)]
    Done,
}
