//! The disk: room on it, and a log folder that can be written to.

use std::{fs, path::Path, sync::Arc};

use async_trait::async_trait;

use super::{blocking, database::bytes};
use crate::{
    crypto,
    doctor::{Category, Change, Check, Finding, Fix, Name, Surroundings},
};

/// Below this writes begin to fail soon.
const HARDLY_ANY: u64 = 100 * 1024 * 1024;
/// Below this it is time to make room.
const LITTLE: u64 = 1024 * 1024 * 1024;

pub(super) fn checks() -> Vec<Arc<dyn Check>> {
    vec![Arc::new(Room), Arc::new(Logs)]
}

struct Room;

#[async_trait]
impl Check for Room {
    fn name(&self) -> Name {
        Name::of("system.disk", Category::System, "Free disk space")
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        let folder = place.sources.home.folder().to_owned();
        match blocking(move || free(existing(&folder))).await {
            Ok(Some(free)) => judged(free),
            Ok(None) => Finding::info("This system does not say how much room there is."),
            Err(problem) => Finding::warning(problem),
        }
    }
}

fn judged(free: u64) -> Finding {
    let left = bytes(free);
    if free < HARDLY_ANY {
        Finding::error(format!(
            "Only {left} are left on the disk of the data folder: what is said may not be kept \
             any more. Make room."
        ))
    } else if free < LITTLE {
        Finding::warning(format!(
            "{left} are left on the disk of the data folder: make room before it is full."
        ))
    } else {
        Finding::ok(format!("{left} are free on the disk of the data folder."))
    }
}

/// The folder, or the nearest one above it that is there.
fn existing(folder: &Path) -> &Path {
    let there = folder.ancestors().find(|path| path.exists());
    there.unwrap_or(folder)
}

#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    let facts = rustix::fs::statvfs(folder).ok()?;
    Some(facts.f_bavail.saturating_mul(facts.f_frsize))
}

#[cfg(not(unix))]
fn free(_folder: &Path) -> Option<u64> {
    None
}

struct Logs;

const LOGS: &str = "system.logs";

#[async_trait]
impl Check for Logs {
    fn name(&self) -> Name {
        Name::of(LOGS, Category::System, "Log folder can be written")
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        let folder = place.sources.home.logs();
        let shown = place.shown(&folder.display().to_string());
        if !place.sources.home.folder().exists() {
            return Finding::ok("It is made by the first start of the gateway.");
        }
        if !folder.is_dir() {
            return Finding::warning(format!("{shown} is not there: nothing is logged to disk."))
                .fixed_by(Fix::by_doctor("Make the folder", LOGS));
        }
        match blocking(move || try_to_write(&folder)).await {
            Ok(Ok(())) => Finding::ok(format!("{shown} can be written to.")),
            Ok(Err(error)) => {
                Finding::error(format!("Nothing can be written to {shown}: {error}."))
            }
            Err(problem) => Finding::warning(problem),
        }
    }

    async fn plan(&self, place: &Surroundings) -> Result<Vec<Change>, String> {
        let folder = place.sources.home.logs();
        if folder.is_dir() {
            return Ok(Vec::new());
        }
        Ok(vec![Change {
            what: place.shown(&folder.display().to_string()),
            before: "not there".to_owned(),
            after: "an empty folder, its owner's alone".to_owned(),
        }])
    }

    async fn mend(&self, place: &Surroundings) -> Result<(), String> {
        let folder = place.sources.home.logs();
        let shown = place.shown(&folder.display().to_string());
        let made = blocking(move || make(&folder)).await?;
        made.map_err(|error| format!("{shown} could not be made: {error}."))
    }
}

fn make(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}

fn try_to_write(folder: &Path) -> std::io::Result<()> {
    let name = crypto::random_bytes::<8>().map_err(std::io::Error::other)?;
    let path = folder.join(format!(".doctor-{}", hex::encode(name)));
    fs::write(&path, b"x")?;
    fs::remove_file(&path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Severity;

    #[test]
    fn little_room_is_said_before_it_hurts() {
        for (free, severity) in [
            (0, Severity::Error),
            (HARDLY_ANY, Severity::Warning),
            (LITTLE, Severity::Ok),
        ] {
            assert_eq!(judged(free).severity, severity);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_is_not_there_yet_has_the_room_of_the_one_above() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("a/b/c");
        assert_eq!(existing(&below), folder.path());
        assert!(free(existing(&below)).unwrap() > 0);
    }
}
