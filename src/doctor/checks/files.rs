//! Who may read and change what lies in the data folder.

use std::{io, path::PathBuf, sync::Arc};

use async_trait::async_trait;

use super::blocking;
use crate::{
    config::Home,
    doctor::{Category, Change, Check, Finding, Fix, Name, Surroundings},
};

/// A file or folder that is its owner's alone.
struct Private {
    name: Name,
    /// What is in it, for a person.
    holds: &'static str,
    paths: fn(&Home) -> Vec<PathBuf>,
}

pub(super) fn checks() -> Vec<Arc<dyn Check>> {
    let one = |id, title, holds, paths| -> Arc<dyn Check> {
        Arc::new(Private {
            name: Name::of(id, Category::Files, title),
            holds,
            paths,
        })
    };
    vec![
        one("files.folder", "Data folder", "all that is kept", |home| {
            vec![home.folder().to_owned()]
        }),
        one("files.config", "config.toml", "settings", |home| {
            vec![home.config_file()]
        }),
        one(
            "files.secret_key",
            "secret.key",
            "the key that opens all saved secrets",
            |home| vec![home.secret_key()],
        ),
        one(
            "files.database",
            "Database files",
            "every conversation",
            |home| {
                let database = home.database();
                let beside = |ending: &str| {
                    let mut path = database.clone().into_os_string();
                    path.push(ending);
                    PathBuf::from(path)
                };
                vec![database.clone(), beside("-wal"), beside("-shm")]
            },
        ),
        one("files.logs", "Log folder", "what was logged", |home| {
            vec![home.logs()]
        }),
    ]
}

#[derive(Debug)]
struct Found {
    path: PathBuf,
    #[cfg_attr(not(unix), expect(dead_code, reason = "other systems have no modes"))]
    mode: u32,
    others: bool,
    stranger: bool,
}

impl Private {
    async fn found(&self, place: &Surroundings) -> Result<Vec<Found>, String> {
        let paths = (self.paths)(&place.sources.home);
        let looked = blocking(move || paths.into_iter().map(stat).collect::<Vec<_>>()).await?;
        let mut found = Vec::new();
        for (path, stat) in looked {
            match stat {
                Ok(Some(one)) => found.push(one),
                Ok(None) => {}
                Err(error) => {
                    let shown = place.shown(&path.display().to_string());
                    return Err(format!("{shown} can't be looked at: {error}."));
                }
            }
        }
        Ok(found)
    }
}

#[cfg(unix)]
fn stat(path: PathBuf) -> (PathBuf, io::Result<Option<Found>>) {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let stat = match std::fs::metadata(&path) {
        Ok(metadata) => Ok(Some(Found {
            path: path.clone(),
            mode: metadata.permissions().mode() & 0o777,
            others: metadata.permissions().mode() & 0o077 != 0,
            stranger: metadata.uid() != rustix::process::geteuid().as_raw(),
        })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    };
    (path, stat)
}

#[cfg(not(unix))]
fn stat(path: PathBuf) -> (PathBuf, io::Result<Option<Found>>) {
    let there = path.exists();
    let found = there.then(|| Found {
        path: path.clone(),
        mode: 0,
        others: false,
        stranger: false,
    });
    (path, Ok(found))
}

#[async_trait]
impl Check for Private {
    fn name(&self) -> Name {
        self.name.clone()
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        let found = match self.found(place).await {
            Ok(found) => found,
            Err(problem) => return Finding::error(problem),
        };
        let said = |one: &Found| {
            let shown = place.shown(&one.path.display().to_string());
            format!("{shown} has the mode {:04o}", one.mode)
        };
        if found.is_empty() {
            return Finding::ok("It is not there yet.");
        }
        let open: Vec<String> = found.iter().filter(|one| one.others).map(said).collect();
        if !open.is_empty() {
            let text = format!(
                "Other users of this machine have rights to {}: it should be its owner's alone.",
                self.holds
            );
            return Finding::error(text)
                .with(open)
                .fixed_by(Fix::by_doctor("Take the rights away", &self.name.id));
        }
        let strangers: Vec<String> = found.iter().filter(|one| one.stranger).map(said).collect();
        if !strangers.is_empty() {
            return Finding::warning(
                "It belongs to another user than the one the gateway runs as: that one can read \
                 and replace it.",
            )
            .with(strangers);
        }
        if cfg!(unix) {
            Finding::ok("It is its owner's alone.")
        } else {
            Finding::info("File modes are not looked at on this system.")
        }
    }

    async fn plan(&self, place: &Surroundings) -> Result<Vec<Change>, String> {
        let open = self.found(place).await?.into_iter();
        let change = |one: Found| Change {
            what: place.shown(&one.path.display().to_string()),
            before: format!("{:04o}", one.mode),
            after: format!("{:04o}", one.mode & 0o700),
        };
        Ok(open.filter(|one| one.others).map(change).collect())
    }

    async fn mend(&self, place: &Surroundings) -> Result<(), String> {
        for one in self.found(place).await? {
            if !one.others {
                continue;
            }
            let path = one.path.clone();
            blocking(move || restrict(&one)).await?.map_err(|error| {
                let shown = place.shown(&path.display().to_string());
                format!("The mode of {shown} could not be changed: {error}.")
            })?;
        }
        Ok(())
    }
}

#[cfg(unix)]
fn restrict(one: &Found) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(&one.path, std::fs::Permissions::from_mode(one.mode & 0o700))
}

#[cfg(not(unix))]
fn restrict(_one: &Found) -> io::Result<()> {
    Ok(())
}
