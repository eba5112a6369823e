//! What `/api/memory` takes and answers with.

use poem_openapi::{ApiResponse, Enum, Object, payload::Json};

use super::ApiError;
use crate::{
    memory::{BulkAct, BulkResult, Draft, Found, MemoryPatch, MemoryStats, Stored},
    model::{
        CategoryCount, MemoryAuthor, MemoryEntry, MemoryVerb, MemoryVersion, SessionId, Timestamp,
        TurnId,
    },
};

/// Letters of an entry shown where nothing was looked for.
const BEGINNING: usize = 220;

/// Something remembered.
#[derive(Debug, Object)]
#[oai(rename = "MemoryEntry")]
pub(super) struct EntryView {
    /// Names it, whatever its key.
    id: String,
    /// What it is called.
    key: String,
    /// What is remembered.
    content: String,
    /// core, daily, conversation, or a name of its owner's own.
    category: String,
    /// Always told to the model, and first in every list.
    pinned: bool,
    /// Who wrote its present version.
    author: MemoryAuthor,
    /// Rises with every change.
    version: u32,
    /// When it was first written.
    created_at: Timestamp,
    /// When it was last written; a pin does not count.
    updated_at: Timestamp,
    /// When it was deleted.
    deleted_at: Option<Timestamp>,
    /// The conversation it comes from.
    session_id: Option<SessionId>,
    /// The turn it comes from.
    turn_id: Option<TurnId>,
    /// How well it fits what was looked for, with its pin and its freshness: 0 to 1; null where
    /// nothing was looked for.
    score: Option<f64>,
    /// The words around the matches, each of which stands between U+0002 and U+0003; its
    /// beginning where nothing was looked for.
    snippet: String,
    /// The key, with its matches marked in the same way.
    marked_key: String,
}

impl From<MemoryEntry> for EntryView {
    fn from(entry: MemoryEntry) -> Self {
        let mut snippet: String = entry.content.chars().take(BEGINNING).collect();
        if snippet.len() < entry.content.len() {
            snippet.push('…');
        }
        Self {
            id: entry.id.to_string(),
            marked_key: entry.key.clone(),
            key: entry.key,
            content: entry.content,
            category: entry.category,
            pinned: entry.pinned,
            author: entry.author,
            version: entry.version,
            created_at: entry.created_at,
            updated_at: entry.updated_at,
            deleted_at: entry.deleted_at,
            session_id: entry.session_id,
            turn_id: entry.turn_id,
            score: None,
            snippet,
        }
    }
}

impl From<Found> for EntryView {
    fn from(found: Found) -> Self {
        Self {
            score: Some((found.score * 1000.0).round() / 1000.0),
            snippet: found.snippet,
            marked_key: found.marked_key,
            ..found.entry.into()
        }
    }
}

/// A page of what is remembered.
#[derive(Debug, Object)]
#[oai(rename = "MemoryPage")]
pub(super) struct EntryPage {
    /// Pinned ones first, then the last written first; where something was looked for, the best
    /// first.
    pub(super) entries: Vec<EntryView>,
    /// Where to go on; null at the end.
    pub(super) next_cursor: Option<String>,
}

/// Something to remember.
#[derive(Debug, Object)]
pub(super) struct NewMemory {
    /// What to call it: 1 to 200 characters without "/"; made from its words if nothing is given.
    pub(super) key: Option<String>,
    /// What to remember.
    pub(super) content: String,
    /// core, daily, conversation, or a name of your own; core for a new entry if nothing is given.
    pub(super) category: Option<String>,
    /// Always tell it to the model.
    pub(super) pinned: Option<bool>,
    /// Whether it may take the place of what stands under this key; a version of that is kept.
    #[oai(default = "yes")]
    pub(super) overwrite: bool,
}

fn yes() -> bool {
    true
}

/// What an entry is to be.
#[derive(Debug, Object)]
pub(super) struct MemoryText {
    /// What to remember.
    pub(super) content: String,
    /// As it was if nothing is given; core for a new entry.
    pub(super) category: Option<String>,
    /// As it was if nothing is given.
    pub(super) pinned: Option<bool>,
    /// Only if the entry is at this version.
    pub(super) version: Option<u32>,
}

impl MemoryText {
    pub(super) fn draft(self, key: String) -> Draft {
        Draft {
            key: Some(key),
            content: self.content,
            category: self.category,
            pinned: self.pinned,
        }
    }
}

/// What to change of an entry.
#[derive(Debug, Object)]
pub(super) struct MemoryChanges {
    /// Call it so.
    key: Option<String>,
    /// Remember this.
    content: Option<String>,
    /// Put it here.
    category: Option<String>,
    /// Pin it, or not.
    pinned: Option<bool>,
    /// Only if the entry is at this version.
    pub(super) version: Option<u32>,
}

impl From<MemoryChanges> for MemoryPatch {
    fn from(changes: MemoryChanges) -> Self {
        Self {
            key: changes.key,
            content: changes.content,
            category: changes.category,
            pinned: changes.pinned,
        }
    }
}

/// Which version to bring back.
#[derive(Debug, Default, Object)]
pub(super) struct RestorePoint {
    /// An earlier version; if none is named, the entry leaves the bin as it was.
    pub(super) version: Option<u32>,
}

/// A state that an entry was in.
#[derive(Debug, Object)]
#[oai(rename = "MemoryVersion")]
pub(super) struct VersionView {
    /// Its number.
    version: u32,
    /// What the entry was called.
    key: String,
    /// What was remembered.
    content: String,
    /// Its category.
    category: String,
    /// Whether it was pinned.
    pinned: bool,
    /// Who wrote it.
    author: MemoryAuthor,
    /// What made it.
    change: MemoryVerb,
    /// When.
    at: Timestamp,
}

impl From<MemoryVersion> for VersionView {
    fn from(version: MemoryVersion) -> Self {
        Self {
            version: version.version,
            key: version.key,
            content: version.content,
            category: version.category,
            pinned: version.pinned,
            author: version.author,
            change: version.change,
            at: version.at,
        }
    }
}

/// A page of versions.
#[derive(Debug, Object)]
#[oai(rename = "MemoryVersionPage")]
pub(super) struct VersionPage {
    /// The newest first.
    pub(super) versions: Vec<VersionView>,
    /// Where to go on to older ones; null at the end.
    pub(super) next_cursor: Option<String>,
}

/// A category.
#[derive(Debug, Object)]
#[oai(rename = "MemoryCategory")]
struct CategoryView {
    /// Its name.
    name: String,
    /// Entries in it.
    count: u64,
}

impl From<CategoryCount> for CategoryView {
    fn from(category: CategoryCount) -> Self {
        Self {
            name: category.name,
            count: category.count,
        }
    }
}

/// How far the vectors of memories have come.
#[derive(Debug, Object)]
#[oai(rename = "MemoryVectors")]
struct VectorsView {
    /// The provider and its embedding model.
    model: Option<String>,
    /// Entries that are found by meaning.
    done: u64,
    /// Entries that wait for it.
    waiting: u64,
    /// Why it does not go on.
    failing: Option<String>,
}

/// What there is.
#[derive(Debug, Object)]
#[oai(rename = "MemoryOverview")]
pub(super) struct Overview {
    /// Entries in all.
    total: u64,
    /// Entries in the bin.
    deleted: u64,
    /// The largest first.
    categories: Vec<CategoryView>,
    /// Null where no embedding model is configured: entries are found by words alone.
    vectors: Option<VectorsView>,
}

impl From<MemoryStats> for Overview {
    fn from(stats: MemoryStats) -> Self {
        let failing = stats.vectors_failing;
        let vectors = match stats.vectors {
            Some((model, count)) => Some(VectorsView {
                model: Some(model),
                done: count.done,
                waiting: count.waiting,
                failing,
            }),
            None => failing.map(|reason| VectorsView {
                model: None,
                done: 0,
                waiting: 0,
                failing: Some(reason),
            }),
        };
        Self {
            total: stats.categories.iter().map(|one| one.count).sum(),
            deleted: stats.deleted,
            categories: stats
                .categories
                .into_iter()
                .map(CategoryView::from)
                .collect(),
            vectors,
        }
    }
}

/// What is done to many entries.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
enum BulkAction {
    /// Put them into the bin.
    Delete,
    /// Take them out of the bin.
    Restore,
    /// Pin them.
    Pin,
    /// Pin them no longer.
    Unpin,
    /// Put them into `category`.
    Categorize,
}

/// The same for many entries.
#[derive(Debug, Object)]
pub(super) struct MemoryBulk {
    /// Which entries.
    #[oai(validator(min_items = 1, max_items = 500))]
    pub(super) keys: Vec<String>,
    /// What is done.
    action: BulkAction,
    /// Where to, for `categorize`.
    category: Option<String>,
}

impl MemoryBulk {
    pub(super) fn act(&self) -> Result<BulkAct, ApiError> {
        Ok(match self.action {
            BulkAction::Delete => BulkAct::Delete,
            BulkAction::Restore => BulkAct::Restore,
            BulkAction::Pin => BulkAct::Pin(true),
            BulkAction::Unpin => BulkAct::Pin(false),
            BulkAction::Categorize => match &self.category {
                Some(name) => BulkAct::Categorize(name.clone()),
                None => return Err(ApiError::bad_field("category", "name where to put them")),
            },
        })
    }
}

/// An entry to which it could not be done.
#[derive(Debug, Object)]
struct BulkFailureView {
    /// The entry.
    key: String,
    /// Why.
    error: String,
}

/// What became of it.
#[derive(Debug, Object)]
pub(super) struct MemoryBulkResult {
    /// Entries that are now as was wanted.
    done: Vec<String>,
    /// The others.
    failed: Vec<BulkFailureView>,
}

impl From<BulkResult> for MemoryBulkResult {
    fn from(result: BulkResult) -> Self {
        let failed = result.failed.into_iter().map(|failure| BulkFailureView {
            error: super::sentence(&failure.error),
            key: failure.key,
        });
        Self {
            failed: failed.collect(),
            done: result.done,
        }
    }
}

/// It is remembered.
#[derive(ApiResponse)]
pub(super) enum Kept {
    /// As the next version of an entry, or it was so already.
    #[oai(status = 200)]
    Changed(Json<EntryView>),
    /// As a new entry.
    #[oai(status = 201)]
    Created(Json<EntryView>),
}

impl From<Stored> for Kept {
    fn from(stored: Stored) -> Self {
        let entry = Json(stored.entry.into());
        match stored.change {
            Some(MemoryVerb::Created) => Self::Created(entry),
            _ => Self::Changed(entry),
        }
    }
}

/// Nothing to say.
#[derive(ApiResponse)]
pub(super) enum Deleted {
    /// It is in the bin; `POST …/restore` brings it back for thirty days.
    #[oai(status = 204)]
    Done,
}
