//! Notices that somebody else changed `config.toml`: the folder is watched, not the file, since an
//! editor puts another file in its place.

use std::{path::Path, sync::Arc, time::Duration};

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::Notify;

use super::keeper::ConfigKeeper;
use crate::tasks::Tasks;

/// An editor writes in several steps: the file is read when it has been quiet for so long.
const QUIET: Duration = Duration::from_millis(150);
/// But it is read after so many rests at the latest.
const MOST_RESTS: usize = 20;
/// How often to look where the system does not tell.
const UNTOLD: Duration = Duration::from_secs(30);

/// Puts in force, or refuses, what others change in the file, until the gateway stops.
pub fn follow(keeper: &Arc<ConfigKeeper>, tasks: &Tasks) {
    let (keeper, stop) = (Arc::clone(keeper), tasks.stopping().clone());
    let rang = Arc::new(Notify::new());
    let file = keeper.sources.home.config_file();
    let watcher = watch(&file, &rang)
        .inspect_err(|error| {
            tracing::warn!(%error, "changes of config.toml by others are noticed late");
        })
        .ok();
    drop(tasks.spawn("configuration", async move {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = rang.notified() => {}
                () = tokio::time::sleep(UNTOLD), if watcher.is_none() => {}
            }
            for _ in 0..MOST_RESTS {
                tokio::select! {
                    () = tokio::time::sleep(QUIET) => break,
                    () = rang.notified() => {}
                }
            }
            let keeper = Arc::clone(&keeper);
            let looked = tokio::task::spawn_blocking(move || keeper.refresh()).await;
            match looked {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "config.toml could not be read"),
                Err(error) => tracing::error!(%error, "config.toml was not looked at"),
            }
        }
    }));
}

/// Rings when the file, or the one that it leads to, changes.
fn watch(file: &Path, rang: &Arc<Notify>) -> notify::Result<RecommendedWatcher> {
    let target = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let names: Vec<_> = [file, &target]
        .into_iter()
        .filter_map(|path| path.file_name().map(ToOwned::to_owned))
        .collect();
    let bell = Arc::clone(rang);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        let concerns = event.is_ok_and(|event| {
            let named = |path: &std::path::PathBuf| {
                path.file_name()
                    .is_some_and(|name| names.iter().any(|one| one == name))
            };
            !event.kind.is_access() && (event.need_rescan() || event.paths.iter().any(named))
        });
        if concerns {
            bell.notify_one();
        }
    })?;
    let folder = file.parent().unwrap_or(Path::new("."));
    watcher.watch(folder, RecursiveMode::NonRecursive)?;
    if let Some(other) = target.parent().filter(|other| *other != folder) {
        watcher.watch(other, RecursiveMode::NonRecursive)?;
    }
    Ok(watcher)
}
