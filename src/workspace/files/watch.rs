//! Changes past the gateway, as the system tells of them: they become versions and news soon
//! after. Where the system can't tell, they do when the file is next read or written.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Duration,
};

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _, event::ModifyKind};
use tokio::{sync::mpsc, time::Instant};

use super::{Files, FilesError, reading::Met};
use crate::{
    model::{FileActor, FileChange},
    tasks::Tasks,
    workspace::{WorkspaceError, WorkspacePath, root::is_beside},
};

/// Paths that may wait; what comes beyond is more than can be named anyway.
const WAITING: usize = 4096;
/// Paths that are named one by one; more are told as one change of everything.
const NAMED: usize = 64;
/// An editor writes a file in several steps: this long nothing must have happened …
const QUIET: Duration = Duration::from_millis(400);
/// … but news waits for no longer than this.
const LONGEST: Duration = Duration::from_secs(5);
/// So long the system may take to tell of what was done here.
const OURS: Duration = Duration::from_secs(10);
/// Largest file that is looked into, in bytes.
const LARGEST: u64 = 8 * 1024 * 1024;
/// Folders of other programs, which change them without end.
const NOISY: [&str; 4] = [".git", "node_modules", "__pycache__", ".venv"];

/// What was changed here of late, so that the system's news of it is not taken for another's.
#[derive(Debug, Default)]
pub(super) struct Recent(std::sync::Mutex<Vec<(Instant, String)>>);

impl Recent {
    pub(super) fn add(&self, path: &str) {
        let mut paths = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let now = Instant::now();
        paths.retain(|(at, _)| now.duration_since(*at) < OURS);
        paths.push((now, path.to_owned()));
    }

    /// Whether it, something in it or a folder around it was changed here.
    fn has(&self, path: &WorkspacePath) -> bool {
        let paths = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let now = Instant::now();
        paths.iter().any(|(at, ours)| {
            now.duration_since(*at) < OURS
                && (within(ours, path.as_str()) || within(path.as_str(), ours))
        })
    }
}

fn within(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Files {
    /// Follows what is changed past the gateway for as long as the tasks run.
    pub fn begin(&self, tasks: &Tasks) {
        let (files, stop) = (self.clone(), tasks.stopping().clone());
        drop(tasks.spawn("workspace watch", async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = files.watch() => {}
            }
        }));
    }

    async fn watch(&self) {
        let (tell, mut told) = mpsc::channel(WAITING);
        let root = self.workspace().root().to_owned();
        // Every folder is asked for by itself, which takes a while where there are many.
        let begun = tokio::task::spawn_blocking(move || watcher(&root, tell));
        let _watcher = match begun.await {
            Ok(Ok(watcher)) => watcher,
            Ok(Err(error)) => {
                tracing::warn!(%error, "the workspace is not watched: what other programs change there is only seen when it is read");
                return;
            }
            Err(_) => return,
        };
        while let Some(paths) = batch(&mut told).await {
            if paths.len() > NAMED {
                self.tell("", None, FileChange::Noticed, &FileActor::OUTSIDE);
                continue;
            }
            for path in paths {
                let Some(path) = path.to_str().and_then(|path| self.path(path).ok()) else {
                    continue;
                };
                if is_noise(&path) {
                    continue;
                }
                if let Err(error) = self.meet_change(&path).await {
                    tracing::debug!(%path, %error, "a change in the workspace could not be looked at");
                }
            }
        }
    }

    /// Finds out what the system's news of a path means, and tells it if it was another's doing.
    async fn meet_change(&self, path: &WorkspacePath) -> Result<(), FilesError> {
        // What is being done here right now is to be known first.
        drop(self.inner.changes.lock().await);
        let known = self.inner.store.find_file_version(path.as_str()).await?;
        let seen = path.clone();
        let met = self.on_disk(move |workspace| Met::meet(workspace, &seen, LARGEST));
        let others = match met.await {
            Ok(met) => {
                if let Some(bytes) = &met.bytes {
                    // One version more is news of its own.
                    self.notice(&met.found.path, bytes).await?;
                }
                let told = known.is_some() && met.bytes.is_some();
                !told && !self.inner.recent.has(path)
            }
            // What goes from here takes its versions along.
            Err(FilesError::Workspace(WorkspaceError::Missing(_))) => {
                known.is_some() || !self.inner.recent.has(path)
            }
            Err(FilesError::Workspace(WorkspaceError::Folder(_))) => !self.inner.recent.has(path),
            Err(error) => return Err(error),
        };
        if others {
            self.tell(
                path.as_str(),
                None,
                FileChange::Noticed,
                &FileActor::OUTSIDE,
            );
        }
        Ok(())
    }
}

fn watcher(root: &Path, tell: mpsc::Sender<PathBuf>) -> notify::Result<RecommendedWatcher> {
    let config = notify::Config::default().with_follow_symlinks(false);
    let mut watcher = RecommendedWatcher::new(
        move |event: notify::Result<notify::Event>| {
            let Ok(event) = event else { return };
            if matters(event.kind) {
                for path in event.paths {
                    // Too many: those that wait are told as a change of everything.
                    drop(tell.try_send(path));
                }
            }
        },
        config,
    )?;
    watcher.watch(root, RecursiveMode::Recursive)?;
    Ok(watcher)
}

/// Reading a file or touching its rights is no change of it.
fn matters(kind: EventKind) -> bool {
    match kind {
        EventKind::Create(_) | EventKind::Remove(_) | EventKind::Any => true,
        EventKind::Modify(what) => !matches!(what, ModifyKind::Metadata(_)),
        EventKind::Access(_) | EventKind::Other => false,
    }
}

fn is_noise(path: &WorkspacePath) -> bool {
    path.is_top()
        || path
            .as_str()
            .split('/')
            .any(|name| NOISY.contains(&name) || is_beside(name))
}

/// The paths of changes that belong together; none: the watcher is gone.
async fn batch(told: &mut mpsc::Receiver<PathBuf>) -> Option<BTreeSet<PathBuf>> {
    let mut paths = BTreeSet::from([told.recv().await?]);
    let end = tokio::time::sleep(LONGEST);
    tokio::pin!(end);
    loop {
        tokio::select! {
            () = &mut end => break,
            more = tokio::time::timeout(QUIET, told.recv()) => match more {
                Ok(Some(path)) => drop(paths.insert(path)),
                Ok(None) | Err(_) => break,
            },
        }
    }
    Some(paths)
}
