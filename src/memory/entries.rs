//! Writing, reading, deleting and bringing back.

use super::{Memory, MemoryError, checks};
use crate::{
    model::{
        CategoryCount, Cursor, MemoryAuthor, MemoryEntry, MemoryVerb, MemoryVersion, SessionId,
        TurnId,
    },
    store::{
        MemoryAct, MemoryList, MemoryOutcome, MemoryPatch, MemoryState, MemoryWrite, VectorCount,
    },
};

/// Something to remember.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// What it is called; made from its words if nothing is given.
    pub key: Option<String>,
    /// What is remembered.
    pub content: String,
    /// Its category; that of an entry that is there already, or else core, if nothing is given.
    pub category: Option<String>,
    /// Whether it is pinned; as it was if nothing is given.
    pub pinned: Option<bool>,
}

/// Who writes.
#[derive(Clone, Debug)]
pub struct Writer {
    /// In what capacity.
    pub author: MemoryAuthor,
    /// In which conversation.
    pub session_id: Option<SessionId>,
    /// In which turn.
    pub turn_id: Option<TurnId>,
}

impl Writer {
    /// The owner, over the API.
    pub const OWNER: Self = Self {
        author: MemoryAuthor::Owner,
        session_id: None,
        turn_id: None,
    };

    /// The agent, in a turn.
    pub const fn agent(session_id: SessionId, turn_id: TurnId) -> Self {
        Self {
            author: MemoryAuthor::Agent,
            session_id: Some(session_id),
            turn_id: Some(turn_id),
        }
    }
}

/// An entry, and what was done to it; nothing when it was so already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The entry as it is now.
    pub entry: MemoryEntry,
    /// What made its version.
    pub change: Option<MemoryVerb>,
}

/// Which entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryFilter {
    /// Of this category.
    pub category: Option<String>,
    /// Of this conversation.
    pub session_id: Option<SessionId>,
    /// Last written by this one.
    pub author: Option<MemoryAuthor>,
    /// Pinned ones alone.
    pub pinned: bool,
    /// Those in the bin instead of the others.
    pub deleted: bool,
}

/// What there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryStats {
    /// Categories, the largest first.
    pub categories: Vec<CategoryCount>,
    /// Entries in the bin.
    pub deleted: u64,
    /// The embedding model and how far it has come, where one is configured.
    pub vectors: Option<(String, VectorCount)>,
    /// Why no vectors can be made, where one is configured.
    pub vectors_failing: Option<String>,
}

impl Memory {
    /// Remembers something: a new entry, or the next version of the one with this key. With
    /// `fresh`, the key must be free; with `expected`, the entry must be at that version.
    pub async fn store(
        &self,
        draft: Draft,
        writer: &Writer,
        fresh: bool,
        expected: Option<u32>,
    ) -> Result<Stored, MemoryError> {
        let config = self.inner.config.current();
        let content = checks::content(&draft.content, config.memory.max_entry_bytes)?;
        let key = match draft.key.as_deref().filter(|key| !key.trim().is_empty()) {
            Some(key) => checks::key(key)?,
            None => checks::key_for(&content),
        };
        let category = draft
            .category
            .as_deref()
            .map(checks::category)
            .transpose()?;
        let state = MemoryState {
            key: key.clone(),
            content,
            category,
            pinned: draft.pinned,
        };
        let act = if fresh {
            MemoryAct::Create(state)
        } else {
            MemoryAct::Put(state)
        };
        self.write(self.act(key, act, writer, expected)).await
    }

    /// Changes what is given of an entry.
    pub async fn edit(
        &self,
        key: &str,
        patch: MemoryPatch,
        writer: &Writer,
        expected: Option<u32>,
    ) -> Result<Stored, MemoryError> {
        let config = self.inner.config.current();
        let max = config.memory.max_entry_bytes;
        let patch = MemoryPatch {
            key: patch.key.as_deref().map(checks::key).transpose()?,
            content: patch
                .content
                .as_deref()
                .map(|text| checks::content(text, max))
                .transpose()?,
            category: patch
                .category
                .as_deref()
                .map(checks::category)
                .transpose()?,
            pinned: patch.pinned,
        };
        let act = MemoryAct::Edit(patch);
        self.write(self.act(key.to_owned(), act, writer, expected))
            .await
    }

    /// Puts an entry into the bin: [`Memory::restore`] brings it back for thirty days.
    pub async fn delete(&self, key: &str, writer: &Writer) -> Result<MemoryEntry, MemoryError> {
        let act = self.act(key.to_owned(), MemoryAct::Delete, writer, None);
        Ok(self.write(act).await?.entry)
    }

    /// Takes an entry out of the bin, or brings an earlier version of it back.
    pub async fn restore(
        &self,
        key: &str,
        version: Option<u32>,
        writer: &Writer,
    ) -> Result<Stored, MemoryError> {
        let act = self.act(key.to_owned(), MemoryAct::Restore(version), writer, None);
        self.write(act).await
    }

    /// An entry, unless it was deleted.
    pub async fn get(&self, key: &str) -> Result<MemoryEntry, MemoryError> {
        let found = self.inner.store.find_memory(key).await?;
        found
            .filter(|entry| entry.deleted_at.is_none())
            .ok_or(MemoryError::Missing)
    }

    /// A page of entries, pinned ones first, then the last written first; and where to go on.
    pub async fn list(
        &self,
        filter: &MemoryFilter,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<(Vec<MemoryEntry>, Option<Cursor>), MemoryError> {
        let list = MemoryList {
            category: filter
                .category
                .as_deref()
                .map(checks::category)
                .transpose()?,
            session: filter.session_id.clone(),
            author: filter.author,
            pinned: filter.pinned.then_some(true),
            deleted: filter.deleted,
            after,
            limit: limit + 1,
        };
        let mut entries = self.inner.store.list_memories(&list).await?;
        let more = entries.len() > limit as usize;
        entries.truncate(limit as usize);
        let next = entries.last().filter(|_| more);
        let next = next.map(|last| list.cursor_after(last));
        Ok((entries, next))
    }

    /// Versions of an entry before `before`, the newest first, of one in the bin too; and whether
    /// there are older ones.
    pub async fn versions(
        &self,
        key: &str,
        before: Option<u32>,
        limit: u32,
    ) -> Result<(Vec<MemoryVersion>, bool), MemoryError> {
        let store = &self.inner.store;
        let entry = store.find_memory(key).await?.ok_or(MemoryError::Missing)?;
        let mut versions = store
            .list_memory_versions(entry.row, before, limit + 1)
            .await?;
        let more = versions.len() > limit as usize;
        versions.truncate(limit as usize);
        Ok((versions, more))
    }

    /// What there is.
    pub async fn stats(&self) -> Result<MemoryStats, MemoryError> {
        let store = &self.inner.store;
        let (vectors, vectors_failing) = match self.inner.vectors.embedder() {
            Ok(Some(embedder)) => {
                let model = embedder.name().to_owned();
                let count = store.count_vectors(&model).await?;
                (Some((model, count)), self.inner.vectors.failure())
            }
            Ok(None) => (None, None),
            Err(error) => (None, Some(error.to_string())),
        };
        Ok(MemoryStats {
            categories: store.count_memories().await?,
            deleted: store.count_deleted_memories().await?,
            vectors,
            vectors_failing,
        })
    }

    pub(super) fn act(
        &self,
        key: String,
        act: MemoryAct,
        writer: &Writer,
        expected: Option<u32>,
    ) -> MemoryWrite {
        MemoryWrite {
            key,
            act,
            expected,
            author: writer.author,
            session_id: writer.session_id.clone(),
            turn_id: writer.turn_id,
            at: self.inner.clock.now(),
        }
    }

    async fn write(&self, write: MemoryWrite) -> Result<Stored, MemoryError> {
        let max = self.inner.config.current().memory.max_entries;
        let of_version = matches!(write.act, MemoryAct::Restore(Some(_)));
        let old_key = write.key.clone();
        let outcome = self.inner.store.write_memories(vec![write], max).await?;
        let stored = match outcome.into_iter().next() {
            Some(outcome) => stored(outcome, max),
            None => Err(MemoryError::Missing),
        };
        let stored = match stored {
            Err(MemoryError::Missing) if of_version => Err(self.missing(&old_key).await?),
            other => other,
        }?;
        if let Some(verb) = stored.change {
            let mut keys = vec![stored.entry.key.clone()];
            if old_key != stored.entry.key {
                keys.push(old_key);
            }
            self.tell(verb, keys);
        }
        Ok(stored)
    }

    /// What is missing when a version could not be restored: the entry, or only the version.
    async fn missing(&self, key: &str) -> Result<MemoryError, MemoryError> {
        let found = self.inner.store.find_memory(key).await?;
        Ok(found.map_or(MemoryError::Missing, |_| MemoryError::NoVersion))
    }
}

pub(super) fn stored(outcome: MemoryOutcome, max: u64) -> Result<Stored, MemoryError> {
    match outcome {
        MemoryOutcome::Done(verb, entry) => Ok(Stored {
            entry: *entry,
            change: Some(verb),
        }),
        MemoryOutcome::Same(entry) => Ok(Stored {
            entry: *entry,
            change: None,
        }),
        MemoryOutcome::Exists => Err(MemoryError::Exists),
        MemoryOutcome::Missing => Err(MemoryError::Missing),
        MemoryOutcome::Changed(version) => Err(MemoryError::Changed(version)),
        MemoryOutcome::Full => Err(MemoryError::Full(max)),
    }
}
