//! `/api/workspace`: the agent's files, as its owner sees and changes them.

use poem_openapi::{
    OpenApi,
    param::{Header, Query},
    payload::Json,
};

use super::{
    ApiError, Caller, Group,
    body::JsonBody,
    file_download::FileDownload,
    raw_body::RawBody,
    workspace_history_views::TrashView,
    workspace_views::{
        ConflictInput, HitsView, ListingView, Made, MoveInput, PlaceView, Read, Saved, TextInput,
    },
};
use crate::{
    model::{Cursor, FileActor},
    workspace::{Condition, FileQuery, Files},
};

/// The group.
pub struct WorkspaceApi {
    /// The files.
    pub files: Files,
}

#[OpenApi(tag = "Group::Workspace")]
impl WorkspaceApi {
    /// List a folder
    ///
    /// Folders first, then files. A folder's own content is asked for in the same way.
    #[oai(
        path = "/api/workspace/tree",
        method = "get",
        operation_id = "list_workspace"
    )]
    async fn tree(
        &self,
        _caller: Caller,
        /// The folder; left out: the workspace itself.
        #[oai(default)]
        path: Query<String>,
        /// At most so many.
        #[oai(
            default = "default_entries",
            validator(minimum(value = "1"), maximum(value = "5000"))
        )]
        limit: Query<u32>,
        /// Where to go on.
        cursor: Query<Option<String>>,
    ) -> Result<Json<ListingView>, ApiError> {
        let path = self.files.path(&path)?;
        let skip = cursor_of(cursor.0.as_deref())?.map_or(0, |cursor| cursor.key);
        let skip = usize::try_from(skip).unwrap_or(0);
        let listing = self.files.list(&path, skip, limit.0 as usize).await?;
        Ok(Json(listing.into()))
    }

    /// Read a file
    ///
    /// Text up to 8 MiB comes with it; of other files it says what they are.
    #[oai(
        path = "/api/workspace/file",
        method = "get",
        operation_id = "read_workspace_file"
    )]
    async fn read(
        &self,
        _caller: Caller,
        /// The file.
        path: Query<String>,
    ) -> Result<Read, ApiError> {
        let path = self.files.path(&path)?;
        Ok(self.files.read(&path).await?.into())
    }

    /// Write a file
    ///
    /// All or nothing, with the folders that it needs. With `If-Match` only if the file still has
    /// this content, with `If-None-Match: *` only if there is none; else the answer is 412 with
    /// what is there. What was in it before becomes an earlier version.
    #[oai(
        path = "/api/workspace/file",
        method = "put",
        operation_id = "write_workspace_file"
    )]
    async fn write(
        &self,
        _caller: Caller,
        /// The file.
        path: Query<String>,
        /// The etag that reading the file told.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        /// `*`: only a new file.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
        body: JsonBody<TextInput>,
    ) -> Result<Saved, ApiError> {
        let path = self.files.path(&path)?;
        let condition = condition(if_match.0.as_deref(), if_none_match.0.as_deref())?;
        let text = body.0.content.0;
        let written = self
            .files
            .write_text(&path, text, &condition, &FileActor::OWNER);
        Ok(written.await?.into())
    }

    /// Delete a file or a folder
    ///
    /// It waits in the trash for thirty days.
    #[oai(
        path = "/api/workspace/file",
        method = "delete",
        operation_id = "delete_workspace_file"
    )]
    async fn delete(
        &self,
        _caller: Caller,
        /// The file or folder.
        path: Query<String>,
        /// Only if the file still has this content.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Result<Json<TrashView>, ApiError> {
        let path = self.files.path(&path)?;
        let condition = condition(if_match.0.as_deref(), None)?;
        let deleted = self.files.delete(&path, &condition, &FileActor::OWNER);
        Ok(Json(deleted.await?.into()))
    }

    /// Make a folder
    #[oai(
        path = "/api/workspace/folder",
        method = "post",
        operation_id = "make_workspace_folder"
    )]
    async fn folder(&self, _caller: Caller, body: JsonBody<PlaceView>) -> Result<Made, ApiError> {
        let path = self.files.path(&body.0.path)?;
        self.files.make_folder(&path, &FileActor::OWNER).await?;
        let path = path.as_str().to_owned();
        Ok(Made::Created(Json(PlaceView { path })))
    }

    /// Move or rename a file or a folder
    ///
    /// Its versions go with it. There must be nothing yet where it goes.
    #[oai(
        path = "/api/workspace/move",
        method = "post",
        operation_id = "move_workspace_file"
    )]
    async fn put(
        &self,
        _caller: Caller,
        body: JsonBody<MoveInput>,
    ) -> Result<Json<PlaceView>, ApiError> {
        let (from, to) = (self.files.path(&body.0.from)?, self.files.path(&body.0.to)?);
        self.files.put(&from, &to, &FileActor::OWNER).await?;
        let path = to.as_str().to_owned();
        Ok(Json(PlaceView { path }))
    }

    /// Upload a file
    ///
    /// The body is the file itself, up to `workspace.max_upload_bytes`.
    #[oai(
        path = "/api/workspace/upload",
        method = "post",
        operation_id = "upload_workspace_file"
    )]
    async fn upload(
        &self,
        _caller: Caller,
        /// The file, with its folder.
        path: Query<String>,
        /// What to do when there is one already.
        #[oai(default)]
        on_conflict: Query<ConflictInput>,
        body: RawBody,
    ) -> Result<Saved, ApiError> {
        let path = self.files.path(&path)?;
        let taken = self
            .files
            .upload(&path, body.0, on_conflict.0.into(), &FileActor::OWNER);
        Ok(taken.await?.into())
    }

    /// Download a file
    #[oai(
        path = "/api/workspace/download",
        method = "get",
        operation_id = "download_workspace_file"
    )]
    async fn download(
        &self,
        _caller: Caller,
        /// The file.
        path: Query<String>,
        /// Show it in place, if it is a picture.
        #[oai(default)]
        inline: Query<bool>,
    ) -> Result<FileDownload, ApiError> {
        let path = self.files.path(&path)?;
        Ok(FileDownload {
            handed: self.files.hand_out(&path).await?,
            inline: inline.0,
        })
    }

    /// Search the files
    ///
    /// Lines by what stands in them, and files by their paths. What `.gitignore` names is left
    /// out.
    #[oai(
        path = "/api/workspace/search",
        method = "get",
        operation_id = "search_workspace"
    )]
    #[expect(clippy::too_many_arguments, reason = "one for each part of the query")]
    async fn search(
        &self,
        _caller: Caller,
        /// What to look for.
        #[oai(validator(min_length = 1, max_length = 400))]
        q: Query<String>,
        /// Only in this folder or file.
        #[oai(default)]
        path: Query<String>,
        /// `q` is a regular expression, in Rust's syntax.
        #[oai(default)]
        regex: Query<bool>,
        /// Capitals count.
        #[oai(default)]
        case: Query<bool>,
        /// Whole words only.
        #[oai(default)]
        word: Query<bool>,
        /// Only in files whose path matches, such as `*.md`.
        #[oai(validator(max_length = 400))]
        files: Query<Option<String>>,
        /// Lines at most.
        #[oai(
            default = "default_hits",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<u32>,
    ) -> Result<Json<HitsView>, ApiError> {
        let query = FileQuery {
            path: self.files.path(&path)?,
            text: q.0,
            regex: regex.0,
            case: case.0,
            word: word.0,
            files: files.0.filter(|files| !files.trim().is_empty()),
            limit: limit.0 as usize,
        };
        Ok(Json(self.files.search(query).await?.into()))
    }
}

fn default_entries() -> u32 {
    1000
}

fn default_hits() -> u32 {
    300
}

pub(super) fn condition(
    if_match: Option<&str>,
    if_none_match: Option<&str>,
) -> Result<Condition, ApiError> {
    Condition::of_headers(if_match, if_none_match)
        .map_err(|expected| ApiError::bad_field("If-Match", expected))
}

pub(super) fn cursor_of(text: Option<&str>) -> Result<Option<Cursor>, ApiError> {
    text.map(Cursor::decode)
        .transpose()
        .map_err(|error| ApiError::bad_field("cursor", error.to_string()))
}
