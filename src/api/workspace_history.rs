//! `/api/workspace/history` and `/api/workspace/trash`: what files were, what was deleted, and
//! bringing it back.

use poem_openapi::{
    OpenApi,
    param::{Header, Path, Query},
    payload::Json,
};

use super::{
    ApiError, Caller, Group,
    body::{JsonBody, OptionalJson},
    workspace::{condition, cursor_of},
    workspace_history_views::{
        DiffView, Emptied, Purged, RestoreInput, TrashPageView, TrashTarget, TrashView,
        VersionContent, VersionView, VersionsView,
    },
    workspace_views::{PlaceView, Saved},
};
use crate::{
    model::{Cursor, FileActor, TrashId},
    workspace::Files,
};

/// The group.
pub struct WorkspaceHistoryApi {
    /// The files.
    pub files: Files,
}

#[OpenApi(tag = "Group::Workspace")]
impl WorkspaceHistoryApi {
    /// List the versions of a file
    ///
    /// Every change over the API and by the agent's tools makes one; a change past the gateway
    /// makes one when the file is next read or written.
    #[oai(
        path = "/api/workspace/history",
        method = "get",
        operation_id = "list_workspace_versions"
    )]
    async fn history(
        &self,
        _caller: Caller,
        /// The file.
        path: Query<String>,
        /// At most so many.
        #[oai(
            default = "default_limit",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        limit: Query<u32>,
        /// Where to go on to older ones.
        cursor: Query<Option<String>>,
    ) -> Result<Json<VersionsView>, ApiError> {
        let path = self.files.path(&path)?;
        let before = cursor_of(cursor.0.as_deref())?;
        let before = before.map(|cursor| u32::try_from(cursor.key).unwrap_or(0));
        let page = self.files.versions(&path, before, limit.0).await?;
        let last = page.versions.last().filter(|_| page.more);
        let next = last.map(|version| Cursor {
            key: i64::from(version.version),
            row: 0,
        });
        Ok(Json(VersionsView {
            next_cursor: next.map(Cursor::encode),
            versions: page.versions.into_iter().map(VersionView::from).collect(),
        }))
    }

    /// Read a version of a file
    #[oai(
        path = "/api/workspace/version",
        method = "get",
        operation_id = "read_workspace_version"
    )]
    async fn version(
        &self,
        _caller: Caller,
        /// The file.
        path: Query<String>,
        /// The version.
        version: Query<u32>,
    ) -> Result<Json<VersionContent>, ApiError> {
        let path = self.files.path(&path)?;
        let (version, text) = self.files.version(&path, version.0).await?;
        Ok(Json(VersionContent {
            version: version.into(),
            content: text.map(|text| text.text),
        }))
    }

    /// Compare two versions of a file
    #[oai(
        path = "/api/workspace/diff",
        method = "get",
        operation_id = "diff_workspace_file"
    )]
    async fn diff(
        &self,
        _caller: Caller,
        /// The file.
        path: Query<String>,
        /// The one version.
        from: Query<u32>,
        /// The other version; left out: the file as it is now.
        to: Query<Option<u32>>,
    ) -> Result<Json<DiffView>, ApiError> {
        let path = self.files.path(&path)?;
        Ok(Json(self.files.compare(&path, from.0, to.0).await?.into()))
    }

    /// Bring an earlier version of a file back
    ///
    /// It becomes the newest version; what the file was before stays one.
    #[oai(
        path = "/api/workspace/restore",
        method = "post",
        operation_id = "restore_workspace_version"
    )]
    async fn restore(
        &self,
        _caller: Caller,
        /// Only if the file still has this content.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: JsonBody<RestoreInput>,
    ) -> Result<Saved, ApiError> {
        let path = self.files.path(&body.0.path)?;
        let condition = condition(if_match.0.as_deref(), None)?;
        let (version, owner) = (body.0.version, &FileActor::OWNER);
        let restored = self
            .files
            .restore_version(&path, version, &condition, owner);
        Ok(restored.await?.into())
    }

    /// List the trash
    #[oai(
        path = "/api/workspace/trash",
        method = "get",
        operation_id = "list_workspace_trash"
    )]
    async fn trash(
        &self,
        _caller: Caller,
        /// At most so many.
        #[oai(
            default = "default_limit",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        limit: Query<u32>,
        /// Where to go on.
        cursor: Query<Option<String>>,
    ) -> Result<Json<TrashPageView>, ApiError> {
        let after = cursor_of(cursor.0.as_deref())?.map(|cursor| (cursor.key, cursor.row));
        let page = self.files.trash(after, limit.0).await?;
        let last = page.items.last().filter(|_| page.more);
        let next = last.map(|item| Cursor {
            key: item.at.as_millis(),
            row: item.row,
        });
        Ok(Json(TrashPageView {
            next_cursor: next.map(Cursor::encode),
            items: page.items.into_iter().map(TrashView::from).collect(),
        }))
    }

    /// Empty the trash
    #[oai(
        path = "/api/workspace/trash",
        method = "delete",
        operation_id = "empty_workspace_trash"
    )]
    async fn empty(&self, _caller: Caller) -> Result<Json<Emptied>, ApiError> {
        let removed = self.files.empty_trash(&FileActor::OWNER).await?;
        Ok(Json(Emptied { removed }))
    }

    /// Take something out of the trash
    #[oai(
        path = "/api/workspace/trash/:id/restore",
        method = "post",
        operation_id = "restore_workspace_trash"
    )]
    async fn bring_back(
        &self,
        _caller: Caller,
        id: Path<TrashId>,
        body: OptionalJson<TrashTarget>,
    ) -> Result<Json<PlaceView>, ApiError> {
        let to = body.0.to.map(|to| self.files.path(&to)).transpose()?;
        let path = self.files.restore(id.0, to, &FileActor::OWNER).await?;
        let path = path.as_str().to_owned();
        Ok(Json(PlaceView { path }))
    }

    /// Destroy something in the trash for good
    #[oai(
        path = "/api/workspace/trash/:id",
        method = "delete",
        operation_id = "purge_workspace_trash"
    )]
    async fn purge(&self, _caller: Caller, id: Path<TrashId>) -> Result<Purged, ApiError> {
        self.files.purge(id.0, &FileActor::OWNER).await?;
        Ok(Purged::Done)
    }
}

fn default_limit() -> u32 {
    50
}
