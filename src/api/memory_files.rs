//! `/api/memory/list`, `read`, `search`, `tree` and `write`: the files of the workspace, in the
//! words of IronClaw's web gateway.

use poem_openapi::{Object, OpenApi, param::Query, payload::Json};

use super::{ApiError, Caller, Group, Text, body::JsonBody};
use crate::{
    model::{FileActor, Timestamp},
    workspace::{
        Condition, FileContent, FileQuery, Files, ListEntry, OpenFile, WorkspaceError,
        WorkspacePath,
    },
};

/// Entries of one folder.
const LISTED: usize = 5000;
/// Entries of the whole tree.
const TREE: usize = 10_000;

/// The group.
pub struct MemoryFilesApi {
    /// The files.
    pub files: Files,
}

/// A file.
#[derive(Debug, Object)]
#[oai(rename = "MemoryFile")]
struct FileEntry {
    /// What it is called.
    name: String,
    /// Where it is.
    path: String,
    /// Its bytes.
    size: u64,
    /// When it was last changed.
    modified: Option<Timestamp>,
}

/// A file or a folder.
#[derive(Debug, Object)]
#[oai(rename = "MemoryListEntry")]
struct AnyEntry {
    /// What it is called.
    name: String,
    /// Where it is.
    path: String,
    /// Whether it is a folder.
    is_dir: bool,
    /// When it was last changed.
    updated_at: Option<Timestamp>,
}

/// What is in a folder.
#[derive(Debug, Object)]
#[oai(rename = "MemoryFiles")]
struct FolderView {
    /// The folder.
    path: String,
    /// Its files.
    files: Vec<FileEntry>,
    /// Names of the folders in it.
    directories: Vec<String>,
    /// Both in one list.
    entries: Vec<AnyEntry>,
}

/// A file's text.
#[derive(Debug, Object)]
#[oai(rename = "MemoryFileContent")]
struct ContentView {
    /// The text.
    content: String,
    /// The file.
    path: String,
    /// When it was last changed.
    updated_at: Option<Timestamp>,
}

/// A line that was found.
#[derive(Debug, Object)]
#[oai(rename = "MemoryFileHit")]
struct LineView {
    /// The file.
    path: String,
    /// The line, from 1.
    line: u64,
    /// What stands there.
    snippet: String,
}

/// What was found.
#[derive(Debug, Object)]
#[oai(rename = "MemoryFileHits")]
struct LinesView {
    /// Lines, by file and number.
    results: Vec<LineView>,
}

/// A place in the tree.
#[derive(Debug, Object)]
#[oai(rename = "MemoryTreeEntry")]
struct TreeEntry {
    /// Where it is.
    path: String,
    /// Whether it is a folder.
    is_dir: bool,
}

/// Everything there is.
#[derive(Debug, Object)]
#[oai(rename = "MemoryTree")]
struct TreeView {
    /// By path.
    entries: Vec<TreeEntry>,
}

/// What a file is to be.
#[derive(Debug, Object)]
#[oai(rename = "MemoryFileWrite")]
struct WriteInput {
    /// The file.
    path: Text,
    /// What is to be in it.
    content: Text,
    /// Put it at the end of what is there.
    #[oai(default)]
    append: bool,
}

/// A file, written.
#[derive(Debug, Object)]
#[oai(rename = "MemoryFileWritten")]
struct WrittenView {
    /// The file.
    path: String,
    /// "written".
    status: String,
}

#[OpenApi(tag = "Group::Workspace")]
impl MemoryFilesApi {
    /// List a folder of the workspace (IronClaw)
    #[oai(
        path = "/api/memory/list",
        method = "get",
        operation_id = "list_memory_files"
    )]
    async fn list(
        &self,
        _caller: Caller,
        /// The folder; left out: the workspace itself.
        #[oai(default)]
        path: Query<String>,
    ) -> Result<Json<FolderView>, ApiError> {
        let folder = self.files.path(&path)?;
        let listing = self.files.list(&folder, 0, LISTED).await?;
        let name = |entry: &ListEntry| entry.path.name().unwrap_or_default().to_owned();
        let (folders, files): (Vec<&ListEntry>, Vec<&ListEntry>) =
            listing.entries.iter().partition(|entry| entry.is_folder);
        let files = files.into_iter().map(|entry| FileEntry {
            name: name(entry),
            path: entry.path.as_str().to_owned(),
            size: entry.size,
            modified: entry.modified,
        });
        let entries = listing.entries.iter().map(|entry| AnyEntry {
            name: name(entry),
            path: entry.path.as_str().to_owned(),
            is_dir: entry.is_folder,
            updated_at: entry.modified,
        });
        Ok(Json(FolderView {
            path: listing.path.as_str().to_owned(),
            files: files.collect(),
            directories: folders.into_iter().map(name).collect(),
            entries: entries.collect(),
        }))
    }

    /// Read a text file of the workspace (IronClaw)
    #[oai(
        path = "/api/memory/read",
        method = "get",
        operation_id = "read_memory_file"
    )]
    async fn read(
        &self,
        _caller: Caller,
        /// The file.
        path: Query<String>,
    ) -> Result<Json<ContentView>, ApiError> {
        let file = self.files.read(&self.files.path(&path)?).await?;
        let OpenFile {
            path,
            size,
            modified,
            media_type,
            content,
            ..
        } = file;
        match content {
            FileContent::Text(text) => Ok(Json(ContentView {
                content: text.text,
                path: path.as_str().to_owned(),
                updated_at: modified,
            })),
            FileContent::Binary | FileContent::Large => Err(WorkspaceError::Binary {
                path: path.to_string(),
                kind: media_type,
                size,
            }
            .into()),
        }
    }

    /// Search the files of the workspace (IronClaw)
    #[oai(
        path = "/api/memory/search",
        method = "get",
        operation_id = "search_memory_files"
    )]
    async fn search(
        &self,
        _caller: Caller,
        /// What to look for.
        #[oai(validator(min_length = 1, max_length = 400))]
        query: Query<String>,
        /// Lines at most.
        #[oai(
            default = "default_hits",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<u32>,
    ) -> Result<Json<LinesView>, ApiError> {
        let query = FileQuery {
            text: query.0,
            regex: false,
            case: false,
            word: false,
            files: None,
            path: WorkspacePath::top(),
            limit: limit.0 as usize,
        };
        let found = self.files.search(query).await?;
        let results = found.lines.into_iter().map(|hit| LineView {
            path: hit.path.as_str().to_owned(),
            line: hit.line as u64,
            snippet: hit.snippet.replace(['\u{2}', '\u{3}'], ""),
        });
        Ok(Json(LinesView {
            results: results.collect(),
        }))
    }

    /// List the whole tree of the workspace (IronClaw)
    #[oai(
        path = "/api/memory/tree",
        method = "get",
        operation_id = "list_memory_tree"
    )]
    async fn tree(
        &self,
        _caller: Caller,
        /// Folders within folders at most.
        #[oai(validator(minimum(value = "1"), maximum(value = "64")))]
        depth: Query<Option<u32>>,
    ) -> Result<Json<TreeView>, ApiError> {
        let depth = depth.0.unwrap_or(64) as usize;
        let entries = self.files.tree(depth, TREE).await?.into_iter();
        let entries = entries.map(|(path, is_dir)| TreeEntry {
            path: path.as_str().to_owned(),
            is_dir,
        });
        Ok(Json(TreeView {
            entries: entries.collect(),
        }))
    }

    /// Write a text file of the workspace (IronClaw)
    #[oai(
        path = "/api/memory/write",
        method = "post",
        operation_id = "write_memory_file"
    )]
    async fn write(
        &self,
        _caller: Caller,
        body: JsonBody<WriteInput>,
    ) -> Result<Json<WrittenView>, ApiError> {
        let WriteInput {
            path: Text(given),
            content: Text(content),
            append,
        } = body.0;
        let path = self.files.path(&given)?;
        let owner = &FileActor::OWNER;
        if append {
            self.files.append(&path, &content, owner).await?;
        } else {
            let any = Condition::Any;
            self.files.write_text(&path, content, &any, owner).await?;
        }
        Ok(Json(WrittenView {
            path: given,
            status: "written".to_owned(),
        }))
    }
}

fn default_hits() -> u32 {
    50
}
