//! Folders and places: what is in one, making one, and putting things somewhere else, by handle.
//! Links are moved as links and never followed out.

use std::{
    io,
    path::Path,
    sync::{MutexGuard, PoisonError},
};

use cap_std::{
    ambient_authority,
    fs::{Dir, Metadata},
};

use super::{Found, Walk, Workspace, WorkspaceError, WorkspacePath, root::is_beside};

/// Folders within folders that are carried to another disk.
const DEEPEST: usize = 64;

/// What a folder holds, or a file: how many files and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// Files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Workspace {
    fn changing(&self) -> MutexGuard<'_, ()> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where a path leads when the links on it are followed; itself when there is nothing there.
    pub fn real(&self, path: &WorkspacePath) -> Result<WorkspacePath, WorkspaceError> {
        if path.is_top() {
            return Ok(path.clone());
        }
        match self.handle()?.canonicalize(path.to_open()) {
            Ok(real) => self.path(real.to_str().unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(path.clone()),
            Err(error) => Err(WorkspaceError::of(path.as_str(), &error)),
        }
    }

    /// What is at this path.
    pub fn look(&self, path: &WorkspacePath) -> Result<Found, WorkspaceError> {
        let about = self
            .handle()?
            .metadata(path.to_open())
            .map_err(|error| WorkspaceError::of(path.as_str(), &error))?;
        if !about.is_dir() && !about.is_file() {
            return Err(WorkspaceError::Special(path.to_string()));
        }
        Ok(Found {
            path: path.clone(),
            is_folder: about.is_dir(),
            size: about.len(),
            changed: about
                .modified()
                .ok()
                .map(cap_std::time::SystemTime::into_std),
        })
    }

    /// What is in a folder, in the order of names; answers whether that is all of it.
    pub fn list(&self, path: &WorkspacePath) -> Result<(Vec<Found>, bool), WorkspaceError> {
        let mut entries = Vec::new();
        let walk = Walk {
            everything: true,
            depth: 1,
            stopped: &|| false,
        };
        let whole = self.walk(path, &walk, &mut |found| {
            if !found.path.name().is_some_and(is_beside) {
                entries.push(found);
            }
            true
        })?;
        Ok((entries, whole))
    }

    /// How much is at this path.
    pub fn weigh(&self, path: &WorkspacePath) -> Result<Weight, WorkspaceError> {
        let mut weight = Weight::default();
        let mut add = |found: &Found| {
            if !found.is_folder {
                weight.files += 1;
                weight.bytes += found.size;
            }
        };
        let walk = Walk {
            everything: true,
            depth: usize::MAX,
            stopped: &|| false,
        };
        match self.walk(path, &walk, &mut |found| {
            add(&found);
            true
        }) {
            Err(WorkspaceError::NotFolder(_)) => add(&self.look(path)?),
            walked => drop(walked?),
        }
        Ok(weight)
    }

    /// Makes a folder, and those around it; there must be nothing at its path.
    pub fn make_folder(&self, path: &WorkspacePath) -> Result<(), WorkspaceError> {
        let _one = self.changing();
        let dir = self.handle()?;
        let (parent, name) = self.parent(&dir, path, true)?;
        parent
            .create_dir(name)
            .map_err(|error| WorkspaceError::of(path.as_str(), &error))
    }

    /// Puts a file or a folder somewhere else, where there is nothing yet.
    pub fn put(&self, from: &WorkspacePath, to: &WorkspacePath) -> Result<(), WorkspaceError> {
        let _one = self.changing();
        let inside = to
            .as_str()
            .strip_prefix(from.as_str())
            .is_some_and(|rest| rest.starts_with('/'));
        if inside {
            return Err(WorkspaceError::Path {
                path: to.to_string(),
                reason: "a folder can't be put into itself",
            });
        }
        let dir = self.handle()?;
        let (old, name) = self.parent(&dir, from, false)?;
        old.symlink_metadata(name)
            .map_err(|error| WorkspaceError::of(from.as_str(), &error))?;
        let (new, new_name) = self.parent(&dir, to, true)?;
        rename_new(&old, name, &new, new_name)
            .map_err(|error| WorkspaceError::of(to.as_str(), &error))
    }

    /// Takes a file or a folder out of the workspace and puts it into `folder` under `name`.
    pub fn take_out(
        &self,
        path: &WorkspacePath,
        folder: &Path,
        name: &str,
    ) -> Result<(), WorkspaceError> {
        let _one = self.changing();
        let failed = |error: &io::Error| WorkspaceError::of(path.as_str(), error);
        let (old, old_name) = self.parent(&self.handle()?, path, false)?;
        let folder = open_private(folder).map_err(|error| failed(&error))?;
        carry(&old, old_name, &folder, name).map_err(|error| failed(&error))
    }

    /// Puts what is in `folder` under `name` back into the workspace, where there is nothing yet.
    pub fn bring_in(
        &self,
        folder: &Path,
        name: &str,
        to: &WorkspacePath,
    ) -> Result<(), WorkspaceError> {
        let _one = self.changing();
        let failed = |error: &io::Error| WorkspaceError::of(to.as_str(), error);
        let folder = open_private(folder).map_err(|error| failed(&error))?;
        let (new, new_name) = self.parent(&self.handle()?, to, true)?;
        match new.symlink_metadata(new_name) {
            Ok(_) => return Err(WorkspaceError::Exists(to.to_string())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(&error)),
        }
        carry(&folder, name, &new, new_name).map_err(|error| failed(&error))
    }

    /// The folder that a path lies in, opened, and its name in there.
    fn parent<'p>(
        &self,
        dir: &Dir,
        path: &'p WorkspacePath,
        make: bool,
    ) -> Result<(Dir, &'p str), WorkspaceError> {
        let Some(name) = path.name() else {
            return Err(WorkspaceError::Path {
                path: path.to_string(),
                reason: "the workspace itself stays where it is",
            });
        };
        let folder = path.folder();
        let failed = |error: &io::Error| WorkspaceError::of(folder.as_str(), error);
        if make && !folder.is_top() {
            dir.create_dir_all(folder.to_open())
                .map_err(|error| failed(&error))?;
        }
        let parent = dir
            .open_dir(folder.to_open())
            .map_err(|error| failed(&error))?;
        Ok((parent, name))
    }
}

/// Removes what is in `folder` under `name`, with all that is in it.
pub(super) fn destroy(folder: &Path, name: &str) -> io::Result<()> {
    let folder = open_private(folder)?;
    remove(&folder, name)
}

fn remove(folder: &Dir, name: &str) -> io::Result<()> {
    match folder.symlink_metadata(name) {
        Ok(about) if about.is_dir() => folder.remove_dir_all(name),
        Ok(_) => folder.remove_file(name),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Opens a folder of the gateway's own, and makes it when there is none.
fn open_private(folder: &Path) -> io::Result<Dir> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    Dir::open_ambient_dir(folder, ambient_authority())
}

/// Renames, but never over something.
fn rename_new(from: &Dir, name: &str, to: &Dir, new_name: &str) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::{fs, io::Errno};
        match fs::renameat_with(from, name, to, new_name, fs::RenameFlags::NOREPLACE) {
            // Some file systems don't know the flag.
            Err(Errno::INVAL | Errno::NOSYS) => {}
            done => return done.map_err(io::Error::from),
        }
    }
    if to.symlink_metadata(new_name).is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    from.rename(name, to, new_name)
}

/// Moves, to another disk too: there it is copied, and then removed where it was.
fn carry(from: &Dir, name: &str, to: &Dir, new_name: &str) -> io::Result<()> {
    match from.rename(name, to, new_name) {
        Err(error)
            if error.kind() == io::ErrorKind::CrossesDevices && error.raw_os_error().is_some() => {}
        done => return done,
    }
    let about = from.symlink_metadata(name)?;
    let copied = copy(from, name, &about, to, new_name, DEEPEST);
    match copied {
        Ok(()) => remove(from, name),
        Err(error) => {
            // What was copied so far is not the whole: the original stays as it is.
            let _half = remove(to, new_name);
            Err(error)
        }
    }
}

fn copy(
    from: &Dir,
    name: &str,
    about: &Metadata,
    to: &Dir,
    new_name: &str,
    depth: usize,
) -> io::Result<()> {
    if about.is_symlink() {
        #[cfg(unix)]
        to.symlink_contents(from.read_link_contents(name)?, new_name)?;
        return Ok(());
    }
    if !about.is_dir() {
        return from.copy(name, to, new_name).map(drop);
    }
    if depth == 0 {
        return Err(io::Error::other("the folders go too deep to be carried"));
    }
    to.create_dir(new_name)?;
    let (from, to) = (from.open_dir(name)?, to.open_dir(new_name)?);
    for entry in from.entries()? {
        let name = entry?.file_name();
        let name = name
            .to_str()
            .ok_or_else(|| io::Error::other("a name in it is not text"))?;
        copy(
            &from,
            name,
            &from.symlink_metadata(name)?,
            &to,
            name,
            depth - 1,
        )?;
    }
    Ok(())
}

/// Whether a file or a folder may get this path: names that people and programs stumble over, and
/// those that the gateway uses itself, are not given.
pub(super) fn check_names(path: &WorkspacePath) -> Result<(), WorkspaceError> {
    for name in path.as_str().split('/') {
        let reason = if name.chars().any(char::is_control) {
            "it holds a control character"
        } else if name.starts_with(char::is_whitespace) || name.ends_with(char::is_whitespace) {
            "it begins or ends with a blank"
        } else if name.contains('\\') {
            "it holds a backslash"
        } else if is_beside(name) {
            "the gateway uses such names while it writes"
        } else {
            continue;
        };
        return Err(WorkspaceError::Name {
            name: name.chars().take(80).collect(),
            reason,
        });
    }
    Ok(())
}
