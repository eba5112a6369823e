//! `/api/memory`: what the agent remembers.

use poem_openapi::{
    OpenApi,
    param::{Path, Query},
    payload::Json,
};

use super::{
    ApiError, Caller, Group,
    body::{JsonBody, OptionalJson},
    memory_views::{
        Deleted, EntryPage, EntryView, Kept, MemoryBulk, MemoryBulkResult, MemoryChanges,
        MemoryText, NewMemory, Overview, RestorePoint, VersionPage, VersionView,
    },
};
use crate::{
    memory::{Draft, Memory, MemoryFilter, Writer},
    model::{Cursor, MemoryAuthor, SessionId},
};

/// Marks a cursor that counts what was found, rather than naming an entry.
const FOUND: i64 = -1;

/// The group.
pub struct MemoryApi {
    /// The memory.
    pub memory: Memory,
}

#[OpenApi(tag = "Group::Memory")]
impl MemoryApi {
    /// List or search what is remembered
    ///
    /// With `q`, entries in which all its words stand, or, where there are none, some of them.
    /// Words count from their beginnings, without regard to case and accents, in every language;
    /// what stands in quotes is looked for as it is. Where an embedding model is configured,
    /// entries of like meaning are found too.
    #[oai(path = "/api/memory", method = "get", operation_id = "list_memory")]
    #[expect(clippy::too_many_arguments, reason = "one for each part of the query")]
    async fn list(
        &self,
        _caller: Caller,
        /// What to look for.
        #[oai(validator(max_length = 400))]
        q: Query<Option<String>>,
        /// Only of this category.
        category: Query<Option<String>>,
        /// Only of this conversation.
        session_id: Query<Option<SessionId>>,
        /// Only last written by this one.
        author: Query<Option<MemoryAuthor>>,
        /// Only pinned ones.
        #[oai(default)]
        pinned: Query<bool>,
        /// Those in the bin, the last deleted first; not together with `q`.
        #[oai(default)]
        deleted: Query<bool>,
        /// At most so many.
        #[oai(
            default = "default_limit",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        limit: Query<u32>,
        /// Where to go on.
        cursor: Query<Option<String>>,
    ) -> Result<Json<EntryPage>, ApiError> {
        let filter = MemoryFilter {
            category: category.0,
            session_id: session_id.0,
            author: author.0,
            pinned: pinned.0,
            deleted: deleted.0,
        };
        let after = cursor_of(cursor.0.as_deref())?;
        match q.0.filter(|text| !text.trim().is_empty()) {
            Some(_) if filter.deleted => Err(ApiError::bad_field(
                "q",
                "leave it out to see what is in the bin, which can't be searched",
            )),
            Some(text) => self.search(&text, &filter, after, limit.0).await,
            None => {
                let (entries, next) = self.memory.list(&filter, after, limit.0).await?;
                Ok(Json(EntryPage {
                    entries: entries.into_iter().map(EntryView::from).collect(),
                    next_cursor: next.map(Cursor::encode),
                }))
            }
        }
    }

    /// Remember something
    ///
    /// What stands under the key already becomes an earlier version, unless `overwrite` is false.
    #[oai(path = "/api/memory", method = "post", operation_id = "store_memory")]
    async fn store(&self, _caller: Caller, body: JsonBody<NewMemory>) -> Result<Kept, ApiError> {
        let NewMemory {
            key,
            content,
            category,
            pinned,
            overwrite,
        } = body.0;
        let draft = Draft {
            key,
            content,
            category,
            pinned,
        };
        let stored = self
            .memory
            .store(draft, &Writer::OWNER, !overwrite, None)
            .await?;
        Ok(stored.into())
    }

    /// Count what is remembered
    #[oai(
        path = "/api/memory/categories",
        method = "get",
        operation_id = "get_memory_categories"
    )]
    async fn categories(&self, _caller: Caller) -> Result<Json<Overview>, ApiError> {
        Ok(Json(self.memory.stats().await?.into()))
    }

    /// Do the same to many entries
    #[oai(
        path = "/api/memory/bulk",
        method = "post",
        operation_id = "change_memories"
    )]
    async fn bulk(
        &self,
        _caller: Caller,
        body: JsonBody<MemoryBulk>,
    ) -> Result<Json<MemoryBulkResult>, ApiError> {
        let act = body.0.act()?;
        let result = self.memory.bulk(body.0.keys, act, &Writer::OWNER).await?;
        Ok(Json(result.into()))
    }

    /// Look at an entry
    #[oai(path = "/api/memory/:key", method = "get", operation_id = "get_memory")]
    async fn get(&self, _caller: Caller, key: Path<String>) -> Result<Json<EntryView>, ApiError> {
        Ok(Json(self.memory.get(&key).await?.into()))
    }

    /// Write an entry whole
    #[oai(path = "/api/memory/:key", method = "put", operation_id = "put_memory")]
    async fn put(
        &self,
        _caller: Caller,
        key: Path<String>,
        body: JsonBody<MemoryText>,
    ) -> Result<Kept, ApiError> {
        let version = body.0.version;
        let draft = body.0.draft(key.0);
        let stored = self
            .memory
            .store(draft, &Writer::OWNER, false, version)
            .await?;
        Ok(stored.into())
    }

    /// Change, rename, pin or move an entry
    #[oai(
        path = "/api/memory/:key",
        method = "patch",
        operation_id = "update_memory"
    )]
    async fn update(
        &self,
        _caller: Caller,
        key: Path<String>,
        body: JsonBody<MemoryChanges>,
    ) -> Result<Json<EntryView>, ApiError> {
        let version = body.0.version;
        let stored = self
            .memory
            .edit(&key, body.0.into(), &Writer::OWNER, version)
            .await?;
        Ok(Json(stored.entry.into()))
    }

    /// Delete an entry
    ///
    /// It can be restored for thirty days.
    #[oai(
        path = "/api/memory/:key",
        method = "delete",
        operation_id = "delete_memory"
    )]
    async fn delete(&self, _caller: Caller, key: Path<String>) -> Result<Deleted, ApiError> {
        self.memory.delete(&key, &Writer::OWNER).await?;
        Ok(Deleted::Done)
    }

    /// List the versions of an entry
    #[oai(
        path = "/api/memory/:key/versions",
        method = "get",
        operation_id = "list_memory_versions"
    )]
    async fn versions(
        &self,
        _caller: Caller,
        key: Path<String>,
        /// At most so many.
        #[oai(
            default = "default_limit",
            validator(minimum(value = "1"), maximum(value = "100"))
        )]
        limit: Query<u32>,
        /// Where to go on to older ones.
        cursor: Query<Option<String>>,
    ) -> Result<Json<VersionPage>, ApiError> {
        let before = cursor_of(cursor.0.as_deref())?;
        let before = before.map(|cursor| u32::try_from(cursor.key).unwrap_or(0));
        let (versions, more) = self.memory.versions(&key, before, limit.0).await?;
        let last = versions.last().filter(|_| more);
        let next = last.map(|version| Cursor {
            key: i64::from(version.version),
            row: 0,
        });
        Ok(Json(VersionPage {
            versions: versions.into_iter().map(VersionView::from).collect(),
            next_cursor: next.map(Cursor::encode),
        }))
    }

    /// Bring an entry or an earlier version of it back
    #[oai(
        path = "/api/memory/:key/restore",
        method = "post",
        operation_id = "restore_memory"
    )]
    async fn restore(
        &self,
        _caller: Caller,
        key: Path<String>,
        body: OptionalJson<RestorePoint>,
    ) -> Result<Json<EntryView>, ApiError> {
        let version = body.0.version;
        let stored = self.memory.restore(&key, version, &Writer::OWNER).await?;
        Ok(Json(stored.entry.into()))
    }
}

impl MemoryApi {
    async fn search(
        &self,
        text: &str,
        filter: &MemoryFilter,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Json<EntryPage>, ApiError> {
        let after = after.filter(|cursor| cursor.row == FOUND);
        let offset = after.map_or(0, |cursor| usize::try_from(cursor.key).unwrap_or(0));
        let limit = limit as usize;
        let (found, more) = self.memory.search(text, filter, offset, limit).await?;
        let next = more.then(|| Cursor {
            key: i64::try_from(offset.saturating_add(limit)).unwrap_or(i64::MAX),
            row: FOUND,
        });
        Ok(Json(EntryPage {
            entries: found.into_iter().map(EntryView::from).collect(),
            next_cursor: next.map(Cursor::encode),
        }))
    }
}

fn default_limit() -> u32 {
    50
}

fn cursor_of(text: Option<&str>) -> Result<Option<Cursor>, ApiError> {
    text.map(Cursor::decode)
        .transpose()
        .map_err(|error| ApiError::bad_field("cursor", error.to_string()))
}
