//! Earlier texts of `config.toml`, each kept when another took its place: the way back from a
//! change. Secrets stand in them sealed, as they do in the file.

use std::{
    fs, io,
    path::PathBuf,
    time::{SystemTime, UNIX_EPOCH},
};

use super::home::{Home, create_private, io_error, private_file};
use crate::crypto;

/// The folder's name in the data folder.
const FOLDER: &str = "revisions";

/// What a text is known by: equal texts have equal tags.
pub(super) fn tag(text: &str) -> String {
    hex::encode(&crypto::sha256(text.as_bytes())[..16])
}

/// An earlier text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Names it.
    pub id: String,
    /// When another text took its place, in milliseconds since 1970.
    pub replaced_at_millis: i64,
    /// Its size.
    pub bytes: u64,
}

/// The earlier texts of one data folder.
#[derive(Clone, Debug)]
pub(super) struct Revisions {
    folder: PathBuf,
}

impl Revisions {
    pub(super) fn of(home: &Home) -> Self {
        Self {
            folder: home.folder().join(FOLDER),
        }
    }

    /// Keeps `text` as the newest, and at most `most` in all. A text that is the newest already is
    /// not kept twice.
    pub(super) fn keep(&self, text: &str, most: u32) -> io::Result<()> {
        if most == 0 || text.is_empty() {
            return self.prune(most);
        }
        let tag = tag(text);
        let names = self.names()?;
        let newest = names.last();
        if newest.is_some_and(|name| name.ends_with(&tag[..8])) {
            return self.prune(most);
        }
        let number = newest
            .and_then(|name| name.split_once('-')?.0.parse::<u64>().ok())
            .map_or(1, |number| number.saturating_add(1));
        create_private(&self.folder)?;
        let name = format!("{number:08}-{}", &tag[..8]);
        let path = self.folder.join(format!("{name}.toml"));
        let temporary = private_file(&self.folder, &name, text.as_bytes())?;
        fs::rename(&temporary, &path).map_err(|error| {
            fs::remove_file(&temporary).ok();
            io_error("keep", &path, &error)
        })?;
        self.prune(most)
    }

    /// All of them, the newest first.
    pub(super) fn list(&self) -> io::Result<Vec<Revision>> {
        let mut list = Vec::new();
        for name in self.names()?.into_iter().rev() {
            // One that was pruned in the meantime is not there any more.
            let Ok(facts) = fs::metadata(self.path(&name)) else {
                continue;
            };
            let since = |time: SystemTime| time.duration_since(UNIX_EPOCH).ok();
            let millis = facts.modified().ok().and_then(since);
            list.push(Revision {
                id: name,
                replaced_at_millis: millis
                    .and_then(|since| i64::try_from(since.as_millis()).ok())
                    .unwrap_or(0),
                bytes: facts.len(),
            });
        }
        Ok(list)
    }

    /// The text of one of them; nothing when there is no such one.
    pub(super) fn text(&self, id: &str) -> io::Result<Option<String>> {
        if !self.names()?.iter().any(|name| name == id) {
            return Ok(None);
        }
        let path = self.path(id);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io_error("read", &path, &error)),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.toml"))
    }

    /// The names, the oldest first.
    fn names(&self) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(io_error("read", &self.folder, &error)),
        };
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| !name.starts_with('.'))
            .filter_map(|name| Some(name.strip_suffix(".toml")?.to_owned()))
            .collect();
        names.sort_unstable();
        Ok(names)
    }

    fn prune(&self, most: u32) -> io::Result<()> {
        let names = self.names()?;
        let surplus = names.len().saturating_sub(most as usize);
        for name in &names[..surplus] {
            let path = self.path(name);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(io_error("remove", &path, &error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revisions() -> (tempfile::TempDir, Revisions) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path().to_owned()).unwrap();
        (folder, Revisions::of(&home))
    }

    #[test]
    fn the_newest_come_first_and_the_oldest_go() {
        let (_folder, revisions) = revisions();
        assert_eq!(revisions.list().unwrap(), []);
        for text in ["a", "b", "b", "c", "d"] {
            revisions.keep(text, 3).unwrap();
        }
        let list = revisions.list().unwrap();
        let texts: Vec<_> = list
            .iter()
            .map(|one| revisions.text(&one.id).unwrap().unwrap())
            .collect();
        assert_eq!(texts, ["d", "c", "b"]);
        assert!(list[0].replaced_at_millis > 0 && list[0].bytes == 1);
        revisions.keep("e", 0).unwrap();
        assert_eq!(revisions.list().unwrap(), []);
    }

    #[test]
    fn only_a_listed_name_is_read() {
        let (folder, revisions) = revisions();
        fs::write(folder.path().join("other.toml"), "x").unwrap();
        revisions.keep("a", 3).unwrap();
        for id in ["../other", "..", "", "00000009-ffffffff"] {
            assert_eq!(revisions.text(id).unwrap(), None, "{id}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn they_are_their_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let (folder, revisions) = revisions();
        revisions.keep("a", 3).unwrap();
        let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let folder = folder.path().join(FOLDER);
        assert_eq!(mode(folder), 0o700);
        let id = &revisions.list().unwrap()[0].id;
        assert_eq!(mode(revisions.path(id)), 0o600);
    }
}
