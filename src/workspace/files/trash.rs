//! What was deleted: it waits for thirty days in a folder of the gateway's own, its versions with
//! it, and goes back to where it was when its owner wants it.

use super::{Files, FilesError};
use crate::{
    model::{FileActor, FileChange, TrashId, TrashItem},
    workspace::{Condition, WorkspaceError, WorkspacePath, places},
};

/// Days that something stays in the trash.
pub const KEPT_DAYS: i64 = 30;
/// Things that leave the trash in one step.
const BATCH: u32 = 50;
/// Largest file that is read to see whether it is as its owner saw it, in bytes.
const LARGEST_CHECKED: u64 = 64 * 1024 * 1024;

/// A part of what is in the trash.
#[derive(Clone, Debug)]
pub struct TrashPage {
    /// The last deleted first.
    pub items: Vec<TrashItem>,
    /// There are more.
    pub more: bool,
}

impl Files {
    /// Puts a file, or a folder with all that is in it, into the trash.
    pub async fn delete(
        &self,
        path: &WorkspacePath,
        condition: &Condition,
        actor: &FileActor,
    ) -> Result<TrashItem, FilesError> {
        let _one = self.inner.changes.lock().await;
        if *condition != Condition::Any {
            self.check(path, condition).await?;
        }
        let id = TrashId::fresh();
        let weighed = path.clone();
        let (is_folder, weight) = self
            .on_disk(move |workspace| {
                let is_folder = workspace.look(&weighed)?.is_folder;
                Ok((is_folder, workspace.weigh(&weighed)?))
            })
            .await?;
        let item = TrashItem {
            row: 0,
            id,
            path: path.as_str().to_owned(),
            is_folder,
            files: weight.files,
            size: weight.bytes,
            actor: actor.clone(),
            at: self.inner.clock.now(),
        };
        // Written down first: nothing lies in the trash that nobody knows of.
        let item = self.inner.store.add_trash(item).await?;
        let (taken, folder) = (path.clone(), self.inner.trash.clone());
        let out = self
            .on_disk(move |workspace| workspace.take_out(&taken, &folder, &id.to_string()))
            .await;
        if let Err(error) = out {
            let back = self.inner.store.take_from_trash(&item, item.path.clone());
            back.await?;
            return Err(error);
        }
        self.tell(path.as_str(), None, FileChange::Deleted, actor);
        Ok(item)
    }

    async fn check(&self, path: &WorkspacePath, condition: &Condition) -> Result<(), FilesError> {
        let seen = path.clone();
        let read = self.on_disk(move |workspace| workspace.read(&seen, LARGEST_CHECKED));
        let now = read.await?;
        if condition.holds(Some(&now.bytes)) {
            return Ok(());
        }
        Err(FilesError::Stale(Box::new(super::Stale {
            path: path.to_string(),
            now: Some(self.read_unnoticed(path).await?),
        })))
    }

    /// What is in the trash after `after` (time and row), the last deleted first.
    pub async fn trash(
        &self,
        after: Option<(i64, i64)>,
        limit: u32,
    ) -> Result<TrashPage, FilesError> {
        let wanted = limit.saturating_add(1);
        let mut items = self.inner.store.list_trash(after, wanted).await?;
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        Ok(TrashPage { items, more })
    }

    /// Puts something out of the trash back to where it was, or to `to`.
    pub async fn restore(
        &self,
        id: TrashId,
        to: Option<WorkspacePath>,
        actor: &FileActor,
    ) -> Result<WorkspacePath, FilesError> {
        let _one = self.inner.changes.lock().await;
        let item = self.inner.store.find_trash(id).await?;
        let item = item.ok_or(FilesError::NoTrash)?;
        let to = match to {
            Some(to) => {
                places::check_names(&to)?;
                to
            }
            None => self.path(&item.path)?,
        };
        let (folder, target) = (self.inner.trash.clone(), to.clone());
        let back = self
            .on_disk(move |workspace| workspace.bring_in(&folder, &id.to_string(), &target))
            .await;
        match back {
            Err(FilesError::Workspace(WorkspaceError::Missing(_))) => {
                return Err(FilesError::NoTrash);
            }
            back => back?,
        }
        let path = to.as_str().to_owned();
        self.inner.store.take_from_trash(&item, path).await?;
        self.tell(to.as_str(), None, FileChange::Restored, actor);
        Ok(to)
    }

    /// Destroys something in the trash for good, its versions with it.
    pub async fn purge(&self, id: TrashId, actor: &FileActor) -> Result<(), FilesError> {
        let _one = self.inner.changes.lock().await;
        let item = self.inner.store.find_trash(id).await?;
        let item = item.ok_or(FilesError::NoTrash)?;
        self.destroy(&item).await?;
        self.tell(&item.path, None, FileChange::Purged, actor);
        Ok(())
    }

    /// Destroys all that is in the trash; answers how much that was.
    pub async fn empty_trash(&self, actor: &FileActor) -> Result<u64, FilesError> {
        let _one = self.inner.changes.lock().await;
        let mut gone = 0;
        loop {
            let items = self.inner.store.list_trash(None, BATCH).await?;
            for item in &items {
                self.destroy(item).await?;
                gone += 1;
            }
            if items.is_empty() {
                break;
            }
        }
        if gone > 0 {
            self.tell("", None, FileChange::Purged, actor);
        }
        Ok(gone)
    }

    /// Destroys what has been in the trash for too long.
    pub async fn tidy(&self) -> Result<(), FilesError> {
        let before = self.inner.clock.now().plus_secs(-KEPT_DAYS * 86_400);
        loop {
            let _one = self.inner.changes.lock().await;
            let items = self.inner.store.list_old_trash(before, BATCH).await?;
            if items.is_empty() {
                return Ok(());
            }
            for item in &items {
                self.destroy(item).await?;
            }
        }
    }

    async fn destroy(&self, item: &TrashItem) -> Result<(), FilesError> {
        let (folder, name, path) = (
            self.inner.trash.clone(),
            item.id.to_string(),
            item.path.clone(),
        );
        self.on_disk(move |_| {
            places::destroy(&folder, &name).map_err(|error| WorkspaceError::of(&path, &error))
        })
        .await?;
        self.inner.store.forget_trash(item.id).await?;
        Ok(())
    }
}
