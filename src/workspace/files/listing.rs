//! What is in a folder: folders first, each file with the tag of its content where that is cheap
//! to learn.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

use super::{Files, FilesError, moment};
use crate::{
    model::Timestamp,
    workspace::{Etag, Found, Walk, Workspace, WorkspacePath},
};

/// Largest file that is read for its tag, in bytes.
const LARGEST_TAGGED: u64 = 1024 * 1024;
/// Bytes read for the tags of one listing.
const READ_AT_ONCE: u64 = 8 * 1024 * 1024;
/// Tags remembered.
const REMEMBERED: usize = 8192;

/// Something in a folder.
#[derive(Clone, Debug)]
pub struct ListEntry {
    /// Where it is.
    pub path: WorkspacePath,
    /// Whether it is a folder.
    pub is_folder: bool,
    /// Bytes of a file.
    pub size: u64,
    /// When it was last changed.
    pub modified: Option<Timestamp>,
    /// Names a file's content; none where it is too large to be read for that.
    pub etag: Option<Etag>,
}

/// A part of what is in a folder.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The folder.
    pub path: WorkspacePath,
    /// Folders first, each kind by name without regard to case.
    pub entries: Vec<ListEntry>,
    /// What there is in all.
    pub total: usize,
    /// Where to go on.
    pub next: Option<usize>,
}

/// How a file was when its tag was learnt.
type Seen = (u64, Option<SystemTime>, Etag);

/// Tags of files that did not change since.
#[derive(Default)]
pub(super) struct Tags(Mutex<HashMap<String, Seen>>);

impl Tags {
    fn find(&self, found: &Found) -> Option<Etag> {
        let tags = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (size, changed, etag) = tags.get(found.path.as_str())?;
        (*size == found.size && *changed == found.changed).then_some(*etag)
    }

    fn remember(&self, found: &Found, etag: Etag) {
        let mut tags = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tags.len() >= REMEMBERED {
            tags.clear();
        }
        let seen = (found.size, found.changed, etag);
        tags.insert(found.path.as_str().to_owned(), seen);
    }

    /// The tag of a file; reads it when it is not known and `left` bytes allow it.
    fn learn(&self, workspace: &Workspace, found: &Found, left: &mut u64) -> Option<Etag> {
        if found.is_folder {
            return None;
        }
        if let Some(etag) = self.find(found) {
            return Some(etag);
        }
        if found.size > LARGEST_TAGGED || found.size > *left {
            return None;
        }
        *left -= found.size;
        let content = workspace.read(&found.path, LARGEST_TAGGED).ok()?;
        let etag = Etag::of(&content.bytes);
        self.remember(found, etag);
        Some(etag)
    }
}

impl Files {
    /// What is in a folder: `limit` entries from the `skip`th on.
    pub async fn list(
        &self,
        path: &WorkspacePath,
        skip: usize,
        limit: usize,
    ) -> Result<Listing, FilesError> {
        let (files, path) = (self.clone(), path.clone());
        self.on_disk(move |workspace| {
            let (mut found, _) = workspace.list(&path)?;
            found.sort_by_cached_key(|one| {
                let name = one.path.name().unwrap_or_default();
                (!one.is_folder, name.to_lowercase(), name.to_owned())
            });
            let total = found.len();
            let mut left = READ_AT_ONCE;
            let entries: Vec<ListEntry> = found
                .into_iter()
                .skip(skip)
                .take(limit)
                .map(|one| ListEntry {
                    etag: files.inner.tags.learn(workspace, &one, &mut left),
                    is_folder: one.is_folder,
                    size: if one.is_folder { 0 } else { one.size },
                    modified: one.changed.and_then(moment),
                    path: one.path,
                })
                .collect();
            let end = skip.saturating_add(entries.len());
            Ok(Listing {
                path,
                next: (end < total && !entries.is_empty()).then_some(end),
                entries,
                total,
            })
        })
        .await
    }

    /// Everything there is, by path, hidden files and what `.gitignore` names left out: whether
    /// each is a folder.
    pub async fn tree(
        &self,
        depth: usize,
        most: usize,
    ) -> Result<Vec<(WorkspacePath, bool)>, FilesError> {
        self.on_disk(move |workspace| {
            let mut tree = Vec::new();
            let walk = Walk {
                everything: false,
                depth,
                stopped: &|| false,
            };
            workspace.walk(&WorkspacePath::top(), &walk, &mut |found| {
                tree.push((found.path, found.is_folder));
                tree.len() < most
            })?;
            tree.sort();
            Ok(tree)
        })
        .await
    }
}
