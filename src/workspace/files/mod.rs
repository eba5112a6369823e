//! The agent's files as their owner sees them: reading and writing with what was before kept, the
//! trash, and looking through them. Owner and agent go through here alike, so that every change has
//! a version and is news.

mod history;
mod listing;
mod reading;
mod search;
mod standard;
mod trash;
mod watch;
mod writing;

use std::{path::PathBuf, sync::Arc, time::SystemTime};

pub use history::{Compared, VersionPage};
pub use listing::{ListEntry, Listing};
pub use reading::{FileContent, FileText, Handed, OpenFile};
pub use search::{FileQuery, Hit, Hits};
pub use standard::{STANDARD_FILES, StandardFile};
pub use trash::{KEPT_DAYS, TrashPage};
pub use writing::{OnConflict, Written};

use listing::Tags;

use super::{Workspace, WorkspaceError, WorkspacePath};
use crate::{
    clock::Clock,
    config::ConfigHandle,
    model::{BusEvent, FileActor, FileAuthor, FileChange, Timestamp, WorkspaceChanged},
    store::{Store, StoreError},
    telemetry::Bus,
};

/// Searches at a time; others wait.
const SEARCHES: usize = 2;

/// Why something could not be done with files. `Display` is safe to show.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// The workspace says no.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// The file is not as the caller said it must be.
    #[error("{} is not what you saw: it was changed meanwhile", .0.path)]
    Stale(Box<Stale>),
    /// There is no such version, or no longer.
    #[error("there is no such version of this file")]
    NoVersion,
    /// There is nothing like it in the trash.
    #[error("there is no such thing in the trash")]
    NoTrash,
    /// What to look for makes no sense.
    #[error("{reason}")]
    Query {
        /// The part of the query.
        field: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// The work broke off.
    #[error("the work on the files broke off")]
    Broken,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How a file is, that is not as a caller said it must be.
#[derive(Debug)]
pub struct Stale {
    /// The file.
    pub path: String,
    /// How it is; none: it is not there.
    pub now: Option<OpenFile>,
}

pub(super) struct Inner {
    pub(super) workspace: Arc<Workspace>,
    /// What was deleted lies here.
    trash: PathBuf,
    store: Store,
    bus: Bus,
    clock: Arc<dyn Clock>,
    config: ConfigHandle,
    /// One change at a time, with what is written down of it.
    changes: tokio::sync::Mutex<()>,
    tags: Tags,
    recent: watch::Recent,
    searches: Arc<tokio::sync::Semaphore>,
}

/// The agent's files. Clones share them.
#[derive(Clone)]
pub struct Files {
    inner: Arc<Inner>,
}

impl Files {
    /// The files of this workspace; what is deleted goes into the folder `trash`.
    pub fn new(
        workspace: Arc<Workspace>,
        trash: PathBuf,
        store: Store,
        bus: Bus,
        clock: Arc<dyn Clock>,
        config: ConfigHandle,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                workspace,
                trash,
                store,
                bus,
                clock,
                config,
                changes: tokio::sync::Mutex::default(),
                tags: Tags::default(),
                recent: watch::Recent::default(),
                searches: Arc::new(tokio::sync::Semaphore::new(SEARCHES)),
            }),
        }
    }

    /// The folder that they are in.
    pub fn workspace(&self) -> &Arc<Workspace> {
        &self.inner.workspace
    }

    /// What `text` names.
    pub fn path(&self, text: &str) -> Result<WorkspacePath, FilesError> {
        Ok(self.inner.workspace.path(text)?)
    }

    /// Works on files on a thread that may wait for the disk.
    async fn on_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Workspace) -> Result<T, WorkspaceError> + Send + 'static,
    ) -> Result<T, FilesError> {
        let workspace = Arc::clone(&self.inner.workspace);
        match tokio::task::spawn_blocking(move || work(&workspace)).await {
            Ok(done) => Ok(done?),
            Err(_) => Err(FilesError::Broken),
        }
    }

    fn tell(&self, path: &str, from: Option<&str>, change: FileChange, actor: &FileActor) {
        if actor.author != FileAuthor::Outside {
            for ours in from.into_iter().chain([path]) {
                self.inner.recent.add(ours);
            }
        }
        self.inner
            .bus
            .publish(&BusEvent::WorkspaceChanged(WorkspaceChanged {
                path: path.to_owned(),
                from: from.map(str::to_owned),
                change,
                by: actor.author,
                session_id: actor.session_id.clone(),
                turn_id: actor.turn_id,
            }));
    }
}

/// A time of the file system.
fn moment(time: SystemTime) -> Option<Timestamp> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis())
        .ok()
        .map(Timestamp::from_millis)
}
