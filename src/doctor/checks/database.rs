//! The database: whether it is whole, and how large.

use std::{path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;

use super::blocking;
use crate::{
    doctor::{Category, Check, Finding, Name, Surroundings},
    store::{Soundness, examine},
};

/// For reading through the database.
const READING: Duration = Duration::from_secs(10);
/// A log of writes that long is not being folded in.
const LONG_LOG: u64 = 256 * 1024 * 1024;

pub(super) fn checks() -> Vec<Arc<dyn Check>> {
    vec![Arc::new(Whole), Arc::new(Size)]
}

struct Whole;

#[async_trait]
impl Check for Whole {
    fn name(&self) -> Name {
        Name::of("database.integrity", Category::Database, "Integrity")
    }

    fn limit(&self) -> Duration {
        READING + Duration::from_secs(2)
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        let path = place.sources.home.database();
        let shown = place.shown(&path.display().to_string());
        match examine(&path, READING).await {
            Ok(Soundness::Missing) => Finding::info(format!(
                "{shown} is not there yet: the first start of the gateway makes it."
            )),
            Ok(Soundness::Sound) => Finding::ok("The database is whole."),
            Ok(Soundness::Unfinished) => Finding::info(format!(
                "No damage was found in {} s; the database is too large to be read through in \
                 that time.",
                READING.as_secs()
            )),
            Ok(Soundness::Damaged(problems)) => Finding::error(format!(
                "{shown} is damaged. Stop the gateway, keep a copy of the file, and put a backup \
                 in its place; without one, \"sqlite3 {shown} .recover\" saves what can be read."
            ))
            .with(problems),
            Err(error) => {
                tracing::warn!(%error, "the database could not be examined");
                Finding::error(format!("{shown} could not be opened."))
            }
        }
    }
}

struct Size;

#[async_trait]
impl Check for Size {
    fn name(&self) -> Name {
        Name::of("database.size", Category::Database, "Size")
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        let path = place.sources.home.database();
        let sizes = blocking(move || {
            let mut log = path.clone().into_os_string();
            log.push("-wal");
            (size(&path), size(Path::new(&log)))
        });
        let (file, log) = match sizes.await {
            Ok(sizes) => sizes,
            Err(problem) => return Finding::warning(problem),
        };
        if log > LONG_LOG {
            return Finding::warning(format!(
                "The log of writes has {}: it is not folded into the database. A restart of the \
                 gateway does that; if it grows again, something keeps the database open.",
                bytes(log)
            ));
        }
        Finding::ok(format!(
            "{}, and {} of writes that are not folded in yet.",
            bytes(file),
            bytes(log)
        ))
    }
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// A size for a person.
pub(super) fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if count < 1024 {
        return format!("{count} bytes");
    }
    let (mut tenths, mut unit) = (count.saturating_mul(10) / 1024, 0);
    while tenths >= 10 * 1024 && unit + 1 < UNITS.len() {
        tenths /= 1024;
        unit += 1;
    }
    let name = UNITS.get(unit).copied().unwrap_or_default();
    format!("{}.{} {name}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_said_in_a_fitting_unit() {
        for (count, said) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1024, "1.0 KiB"),
            (1536, "1.5 KiB"),
            (5 * 1024 * 1024, "5.0 MiB"),
            (3 * 1024 * 1024 * 1024, "3.0 GiB"),
        ] {
            assert_eq!(bytes(count), said);
        }
    }
}
