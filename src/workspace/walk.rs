//! Going through folders by their handles, past what `.gitignore` leaves out. Links to folders are
//! not followed, so that no walk leaves the workspace or goes in circles.

use std::io::Read as _;

use cap_std::fs::{Dir, Metadata};
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::{Workspace, WorkspaceError, WorkspacePath, root::is_beside};

/// Things looked at in one walk.
const MOST: usize = 200_000;
/// Folders within folders.
const DEEPEST: usize = 64;
/// Bytes of a `.gitignore` that are heeded.
const LONGEST_IGNORE: u64 = 256 * 1024;

/// Something that a walk came by.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where.
    pub path: WorkspacePath,
    /// Whether it is a folder.
    pub is_folder: bool,
    /// Bytes of a file.
    pub size: u64,
    /// When it was last changed.
    pub changed: Option<std::time::SystemTime>,
}

/// How to go through a folder.
pub struct Walk<'a> {
    /// Past nothing: hidden files, and what `.gitignore` names.
    pub everything: bool,
    /// Folders within folders; 1: the folder alone.
    pub depth: usize,
    /// Asked now and then whether to stop.
    pub stopped: &'a dyn Fn() -> bool,
}

/// The rules of one folder.
struct Rules {
    folder: WorkspacePath,
    rules: Gitignore,
}

impl Workspace {
    /// Goes through a folder in the order of names, and shows what is there to `visit`, which may
    /// end the walk with `false`. Answers whether everything was seen.
    pub fn walk(
        &self,
        from: &WorkspacePath,
        walk: &Walk<'_>,
        visit: &mut dyn FnMut(Found) -> bool,
    ) -> Result<bool, WorkspaceError> {
        let dir = self
            .handle()?
            .open_dir(from.to_open())
            .map_err(|error| WorkspaceError::of(from.as_str(), &error))?;
        let mut walking = Walking {
            walk,
            visit,
            rules: Vec::new(),
            seen: 0,
        };
        Ok(walking.folder(&dir, from, 1))
    }
}

struct Walking<'a> {
    walk: &'a Walk<'a>,
    visit: &'a mut dyn FnMut(Found) -> bool,
    rules: Vec<Rules>,
    seen: usize,
}

impl Walking<'_> {
    /// Goes through one folder; `false`: the walk is over.
    fn folder(&mut self, dir: &Dir, path: &WorkspacePath, depth: usize) -> bool {
        if (self.walk.stopped)() {
            return false;
        }
        let heeded = !self.walk.everything && self.heed(dir, path);
        let goes_on = self.entries(dir, path, depth);
        if heeded {
            self.rules.pop();
        }
        goes_on
    }

    fn entries(&mut self, dir: &Dir, path: &WorkspacePath, depth: usize) -> bool {
        let Ok(entries) = dir.entries() else {
            // It is gone, or closed to us: there is nothing to see.
            return true;
        };
        let mut names: Vec<String> = entries
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort_unstable();
        for name in names {
            self.seen += 1;
            if self.seen > MOST || (self.seen.is_multiple_of(256) && (self.walk.stopped)()) {
                return false;
            }
            let Ok(about) = dir.symlink_metadata(&name) else {
                continue;
            };
            let here = path.join(&name);
            if self.is_passed(&here, &name, about.is_dir()) {
                continue;
            }
            let Some(found) = found(dir, &name, here, about) else {
                continue;
            };
            let (is_folder, here) = (found.is_folder, found.path.clone());
            if !(self.visit)(found) {
                return false;
            }
            if is_folder
                && depth < self.walk.depth.min(DEEPEST)
                && let Ok(inner) = dir.open_dir(&name)
                && !self.folder(&inner, &here, depth + 1)
            {
                return false;
            }
        }
        true
    }

    /// Takes up the folder's own rules; answers whether it has any.
    fn heed(&mut self, dir: &Dir, path: &WorkspacePath) -> bool {
        let mut text = String::new();
        let Ok(about) = dir.symlink_metadata(".gitignore") else {
            return false;
        };
        let read = about.is_file()
            && dir
                .open(".gitignore")
                .is_ok_and(|file| file.take(LONGEST_IGNORE).read_to_string(&mut text).is_ok());
        if !read {
            return false;
        }
        let mut builder = GitignoreBuilder::new("");
        for line in text.lines() {
            // A line that is no pattern names nothing.
            let _bad_line = builder.add_line(None, line);
        }
        let Ok(rules) = builder.build() else {
            return false;
        };
        self.rules.push(Rules {
            folder: path.clone(),
            rules,
        });
        true
    }

    fn is_passed(&self, path: &WorkspacePath, name: &str, is_folder: bool) -> bool {
        if self.walk.everything {
            return false;
        }
        if name == ".git" || is_beside(name) {
            return true;
        }
        for rules in self.rules.iter().rev() {
            let below = path
                .as_str()
                .strip_prefix(rules.folder.as_str())
                .map_or(path.as_str(), |below| below.trim_start_matches('/'));
            let verdict = rules.rules.matched(below, is_folder);
            if !verdict.is_none() {
                return verdict.is_ignore();
            }
        }
        false
    }
}

fn found(dir: &Dir, name: &str, path: WorkspacePath, about: Metadata) -> Option<Found> {
    let about = if about.is_symlink() {
        // A link to a file inside is as good as the file; one to a folder is not gone into.
        dir.metadata(name).ok().filter(Metadata::is_file)?
    } else {
        about
    };
    if !about.is_dir() && !about.is_file() {
        return None;
    }
    Some(Found {
        path,
        is_folder: about.is_dir(),
        size: about.len(),
        changed: about
            .modified()
            .ok()
            .map(cap_std::time::SystemTime::into_std),
    })
}
