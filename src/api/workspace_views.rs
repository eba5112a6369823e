//! What `/api/workspace` takes and answers with.

use poem_openapi::{ApiResponse, Enum, Object, payload::Json};
use serde_json::json;

use super::{ApiError, ErrorBody, sentence};
use crate::{
    model::Timestamp,
    workspace::{
        Etag, FileContent, FilesError, Hit, Hits, ListEntry, Listing, OnConflict, OpenFile, Stale,
        WorkspaceError, Written,
    },
};

/// What something in a folder is.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case", rename = "WorkspaceKind")]
pub(super) enum KindView {
    /// A file.
    File,
    /// A folder.
    Folder,
}

/// Something in a folder.
#[derive(Debug, Object)]
#[oai(rename = "WorkspaceEntry")]
struct EntryView {
    /// What it is called.
    name: String,
    /// Where it is, from the workspace's top.
    path: String,
    /// What it is.
    kind: KindView,
    /// Bytes of a file; 0 for a folder.
    size: u64,
    /// When it was last changed.
    modified: Option<Timestamp>,
    /// Names a file's content; null where it would have to be read first.
    etag: Option<String>,
}

impl From<ListEntry> for EntryView {
    fn from(entry: ListEntry) -> Self {
        Self {
            name: entry.path.name().unwrap_or_default().to_owned(),
            path: entry.path.as_str().to_owned(),
            kind: if entry.is_folder {
                KindView::Folder
            } else {
                KindView::File
            },
            size: entry.size,
            modified: entry.modified,
            etag: entry.etag.map(|etag| etag.to_string()),
        }
    }
}

/// What is in a folder.
#[derive(Debug, Object)]
#[oai(rename = "WorkspaceListing")]
pub(super) struct ListingView {
    /// The folder; empty: the workspace itself.
    path: String,
    /// Folders first, then files, each by name.
    entries: Vec<EntryView>,
    /// What there is in all.
    total: u64,
    /// Where to go on; null at the end.
    next_cursor: Option<String>,
}

impl From<Listing> for ListingView {
    fn from(listing: Listing) -> Self {
        Self {
            path: listing.path.as_str().to_owned(),
            entries: listing.entries.into_iter().map(EntryView::from).collect(),
            total: listing.total as u64,
            next_cursor: listing.next.map(|skip| {
                let key = i64::try_from(skip).unwrap_or(i64::MAX);
                crate::model::Cursor { key, row: 0 }.encode()
            }),
        }
    }
}

/// What is in a file.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case", rename = "WorkspaceContentKind")]
enum ContentKind {
    /// A text; it is in `content`.
    Text,
    /// No text; download it.
    Binary,
    /// Too much to be shown; download it.
    Large,
}

/// A file.
#[derive(Debug, Object)]
#[oai(rename = "WorkspaceFile")]
pub(super) struct FileView {
    /// What it is called.
    name: String,
    /// Where it is.
    path: String,
    /// Its bytes.
    size: u64,
    /// When it was last changed.
    modified: Option<Timestamp>,
    /// Names its content: send it as `If-Match` when you write.
    etag: Option<String>,
    /// What it seems to be.
    media_type: String,
    /// What is in it.
    kind: ContentKind,
    /// Its text, with line ends as they are; null where it has none.
    content: Option<String>,
    /// It is a text in UTF-8; another would be turned into UTF-8 by writing it.
    utf8: bool,
    /// Its newest version, where versions are kept of it.
    version: Option<u32>,
}

impl From<OpenFile> for FileView {
    fn from(file: OpenFile) -> Self {
        let (kind, content, utf8) = match file.content {
            FileContent::Text(text) => (ContentKind::Text, Some(text.text), text.faithful),
            FileContent::Binary => (ContentKind::Binary, None, false),
            FileContent::Large => (ContentKind::Large, None, false),
        };
        Self {
            name: file.path.name().unwrap_or_default().to_owned(),
            path: file.path.as_str().to_owned(),
            size: file.size,
            modified: file.modified,
            etag: file.etag.map(|etag| etag.to_string()),
            media_type: file.media_type,
            kind,
            content,
            utf8,
            version: file.version.map(|version| version.version),
        }
    }
}

/// A file, read.
#[derive(ApiResponse)]
pub(super) enum Read {
    /// As it is now.
    #[oai(status = 200)]
    File(
        Json<FileView>,
        /// Names its content.
        #[oai(header = "ETag")]
        Option<String>,
    ),
}

impl From<OpenFile> for Read {
    fn from(file: OpenFile) -> Self {
        let etag = file.etag.map(quoted);
        Self::File(Json(file.into()), etag)
    }
}

/// What a file is to be.
#[derive(Debug, Object)]
#[oai(rename = "WorkspaceText")]
pub(super) struct TextInput {
    /// All that is to be in it.
    pub(super) content: super::Text,
}

/// A file, written.
#[derive(Debug, Object)]
#[oai(rename = "WorkspaceSaved")]
pub(super) struct SavedView {
    /// Where it is.
    path: String,
    /// Its bytes.
    size: u64,
    /// When it was changed.
    modified: Option<Timestamp>,
    /// Names its content.
    etag: String,
    /// Its newest version, where versions are kept of it.
    version: Option<u32>,
}

/// It is written.
#[derive(ApiResponse)]
pub(super) enum Saved {
    /// The file was there.
    #[oai(status = 200)]
    Changed(
        Json<SavedView>,
        /// Names its content.
        #[oai(header = "ETag")]
        String,
    ),
    /// The file is new.
    #[oai(status = 201)]
    Created(
        Json<SavedView>,
        /// Names its content.
        #[oai(header = "ETag")]
        String,
    ),
}

impl From<Written> for Saved {
    fn from(written: Written) -> Self {
        let etag = quoted(written.etag);
        let view = Json(SavedView {
            path: written.path.as_str().to_owned(),
            size: written.size,
            modified: written.modified,
            etag: written.etag.to_string(),
            version: written.version.map(|version| version.version),
        });
        if written.is_new {
            Self::Created(view, etag)
        } else {
            Self::Changed(view, etag)
        }
    }
}

fn quoted(etag: Etag) -> String {
    format!("\"{etag}\"")
}

/// Where something is.
#[derive(Debug, Object)]
#[oai(rename = "WorkspacePlace")]
pub(super) struct PlaceView {
    /// Its path.
    pub(super) path: String,
}

/// A place.
#[derive(ApiResponse)]
pub(super) enum Made {
    /// It is there now.
    #[oai(status = 201)]
    Created(Json<PlaceView>),
}

/// What to put where.
#[derive(Debug, Object)]
#[oai(rename = "WorkspaceMove")]
pub(super) struct MoveInput {
    /// What.
    pub(super) from: String,
    /// Where; there must be nothing yet.
    pub(super) to: String,
}

/// What to do when the name of a new file is taken.
#[derive(Clone, Copy, Debug, Default, Enum)]
#[oai(rename_all = "snake_case", rename = "WorkspaceConflict")]
pub(super) enum ConflictInput {
    /// Say so.
    #[default]
    Fail,
    /// Take its place; what was there becomes an earlier version.
    Replace,
    /// Keep both: the new one gets a number.
    Rename,
}

impl From<ConflictInput> for OnConflict {
    fn from(input: ConflictInput) -> Self {
        match input {
            ConflictInput::Fail => Self::Fail,
            ConflictInput::Replace => Self::Replace,
            ConflictInput::Rename => Self::Rename,
        }
    }
}

/// A line that was found.
#[derive(Debug, Object)]
#[oai(rename = "WorkspaceHit")]
struct HitView {
    /// The file.
    path: String,
    /// The line, from 1.
    line: u64,
    /// The first match's place in the line, in characters from 1.
    column: u64,
    /// The words around the matches, each of which stands between U+0002 and U+0003.
    snippet: String,
}

impl From<Hit> for HitView {
    fn from(hit: Hit) -> Self {
        Self {
            path: hit.path.as_str().to_owned(),
            line: hit.line as u64,
            column: hit.column as u64,
            snippet: hit.snippet,
        }
    }
}

/// What was found.
#[derive(Debug, Object)]
#[oai(rename = "WorkspaceHits")]
pub(super) struct HitsView {
    /// Files whose path has the text in it.
    names: Vec<String>,
    /// Lines, by file and number.
    results: Vec<HitView>,
    /// Files looked into.
    files: u64,
    /// There may be more: a bound was reached.
    truncated: bool,
}

impl From<Hits> for HitsView {
    fn from(hits: Hits) -> Self {
        let names = hits.names.iter();
        Self {
            names: names.map(|path| path.as_str().to_owned()).collect(),
            results: hits.lines.into_iter().map(HitView::from).collect(),
            files: hits.files as u64,
            truncated: hits.cut,
        }
    }
}

impl From<FilesError> for ApiError {
    fn from(error: FilesError) -> Self {
        match error {
            FilesError::Workspace(error) => error.into(),
            FilesError::Stale(stale) => stale_error(*stale),
            FilesError::NoVersion => Self::not_found("version of this file"),
            FilesError::NoTrash => Self::not_found("thing in the trash"),
            FilesError::Query { field, reason } => Self::bad_field(field, reason),
            FilesError::Broken => Self::internal(&error),
            FilesError::Store(ref store) => Self::internal(store),
        }
    }
}

impl From<WorkspaceError> for ApiError {
    fn from(error: WorkspaceError) -> Self {
        let words = sentence(&error);
        match error {
            WorkspaceError::Outside(_) => Self::forbidden(words),
            WorkspaceError::Path { .. }
            | WorkspaceError::Name { .. }
            | WorkspaceError::Folder(_)
            | WorkspaceError::NotFolder(_)
            | WorkspaceError::Special(_) => Self::bad_field("path", error.to_string()),
            WorkspaceError::Missing(_) => Self::NotFound(Json(ErrorBody::new("NOT_FOUND", words))),
            WorkspaceError::Exists(_) | WorkspaceError::Changed(_) => Self::conflict(words),
            WorkspaceError::TooLarge { most, .. } => {
                let body = ErrorBody::new("PAYLOAD_TOO_LARGE", words);
                Self::PayloadTooLarge(Json(body.with_details(json!({"max_bytes": most}))))
            }
            WorkspaceError::Binary { .. } | WorkspaceError::Io { .. } => Self::unprocessable(words),
        }
    }
}

/// The caller gets what is there with the refusal: it can show both and lose neither.
fn stale_error(stale: Stale) -> ApiError {
    let words = match stale.now {
        Some(_) => "The file is not what you saw: somebody changed it meanwhile.",
        None => "The file is not there any more.",
    };
    let now = stale.now.map(FileView::from);
    let etag = now.as_ref().and_then(|now| now.etag.clone());
    let details = json!({
        "path": stale.path,
        "exists": now.is_some(),
        "etag": etag,
        "content": now.as_ref().and_then(|now| now.content.clone()),
        "size": now.as_ref().map(|now| now.size),
        "modified": now.as_ref().and_then(|now| now.modified),
    });
    let body = ErrorBody::new("PRECONDITION_FAILED", words).with_details(details);
    ApiError::PreconditionFailed(Json(body), etag.map(|etag| format!("\"{etag}\"")))
}
