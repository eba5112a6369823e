//! What can be done to memory entries, and what becomes of it.

use crate::model::{CORE, MemoryAuthor, MemoryEntry, MemoryVerb, SessionId, Timestamp, TurnId};

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryState {
    /// What it is called.
    pub key: String,
    /// What is remembered.
    pub content: String,
    /// Its category; that of the entry that is there, or else core, if nothing is given.
    pub category: Option<String>,
    /// Whether it is pinned; as it was if nothing is given.
    pub pinned: Option<bool>,
}

/// A whole state.
#[derive(PartialEq, Eq)]
pub(super) struct Whole {
    pub(super) key: String,
    pub(super) content: String,
    pub(super) category: String,
    pub(super) pinned: bool,
}

impl MemoryState {
    /// With what is not given as it was.
    pub(super) fn over(&self, old: Option<&MemoryEntry>) -> Whole {
        let category = self.category.clone();
        let category = category.or_else(|| old.map(|entry| entry.category.clone()));
        Whole {
            key: self.key.clone(),
            content: self.content.clone(),
            category: category.unwrap_or_else(|| CORE.to_owned()),
            pinned: self
                .pinned
                .unwrap_or_else(|| old.is_some_and(|entry| entry.pinned)),
        }
    }
}

/// What to change of an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryPatch {
    /// Call it so.
    pub key: Option<String>,
    /// Remember this.
    pub content: Option<String>,
    /// Put it here.
    pub category: Option<String>,
    /// Pin it, or not.
    pub pinned: Option<bool>,
}

/// What is done to an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemoryAct {
    /// A new entry; its key must be free.
    Create(MemoryState),
    /// A new entry, or the next version of the one with this key.
    Put(MemoryState),
    /// Changes what is given.
    Edit(MemoryPatch),
    /// Puts it into the bin.
    Delete,
    /// Takes it out of the bin, or brings an earlier version back.
    Restore(Option<u32>),
}

/// A change of an entry.
#[derive(Clone, Debug)]
pub struct MemoryWrite {
    /// The entry.
    pub key: String,
    /// What is done.
    pub act: MemoryAct,
    /// Only if this is its version.
    pub expected: Option<u32>,
    /// Who does it.
    pub author: MemoryAuthor,
    /// The conversation it comes from.
    pub session_id: Option<SessionId>,
    /// The turn it comes from.
    pub turn_id: Option<TurnId>,
    /// When.
    pub at: Timestamp,
}

/// What became of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemoryOutcome {
    /// It is done: what made its version, and the entry as it is now.
    Done(MemoryVerb, Box<MemoryEntry>),
    /// It was so already.
    Same(Box<MemoryEntry>),
    /// The key is taken.
    Exists,
    /// There is no such entry, or no such version.
    Missing,
    /// It has another version by now.
    Changed(u32),
    /// There is no room for more entries.
    Full,
}
