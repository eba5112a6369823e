//! The files that log lines stand in: `clawgate.<day>.<id of its first line>.log`, one for a day
//! or a part of it. The short name `clawgate.log` leads to the newest.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The short name of the newest file.
const SHORT_NAME: &str = "clawgate.log";

/// One file of lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) path: PathBuf,
    /// The day of its lines, as `2026-11-21`.
    pub(super) day: String,
    /// The id of its first line; none in files of a version that gave no ids.
    pub(super) first_id: Option<u64>,
    pub(super) bytes: u64,
}

/// The name of a file that begins with this line.
pub(super) fn name(day: &str, first_id: u64) -> String {
    format!("clawgate.{day}.{first_id:016}.log")
}

fn parsed(name: &str) -> Option<(String, Option<u64>)> {
    let rest = name.strip_prefix("clawgate.")?.strip_suffix(".log")?;
    let (day, id) = match rest.split_once('.') {
        Some((day, id)) => (day, Some(id.parse().ok()?)),
        None => (rest, None),
    };
    let is_day = day.len() == 10
        && day.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    is_day.then(|| (day.to_owned(), id))
}

/// All files, the oldest first. A folder that is not there has none.
pub(super) fn all(folder: &Path) -> io::Result<Vec<Segment>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let file = entry.file_name();
        let Some((day, first_id)) = file.to_str().and_then(parsed) else {
            continue;
        };
        // It may have been removed meanwhile.
        let Ok(facts) = entry.metadata() else {
            continue;
        };
        found.push(Segment {
            path: entry.path(),
            day,
            first_id,
            bytes: facts.len(),
        });
    }
    found.sort_by(|a, b| (a.first_id, &a.day).cmp(&(b.first_id, &b.day)));
    Ok(found)
}

/// All files whose lines have ids, the oldest first.
pub(super) fn readable(folder: &Path) -> io::Result<Vec<(u64, Segment)>> {
    let with_id = |segment: Segment| segment.first_id.map(|id| (id, segment));
    Ok(all(folder)?.into_iter().filter_map(with_id).collect())
}

/// Which files must go so that at most `most_bytes` are left, `reserved` bytes of them still to be
/// written, and nothing that is older than `first_day`. The newest stays in any case.
pub(super) fn surplus(
    segments: &[Segment],
    most_bytes: u64,
    reserved: u64,
    first_day: &str,
) -> Vec<PathBuf> {
    let Some((_newest, older)) = segments.split_last() else {
        return Vec::new();
    };
    let sum = segments.iter().map(|segment| segment.bytes).sum::<u64>();
    let mut left = sum.saturating_add(reserved);
    let mut gone = Vec::new();
    for segment in older {
        if left > most_bytes || segment.day.as_str() < first_day {
            left = left.saturating_sub(segment.bytes);
            gone.push(segment.path.clone());
        }
    }
    gone
}

/// Opens a file for lines to be added; only its owner may read it.
pub(super) fn open_to_append(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.create(true).append(true).read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// Makes the short name lead to this file. A file system without symbolic links does without.
pub(super) fn point_short_name(path: &Path) {
    #[cfg(unix)]
    if let (Some(folder), Some(name)) = (path.parent(), path.file_name()) {
        let fresh = folder.join(".clawgate.log.new");
        let _ = fs::remove_file(&fresh);
        let made = std::os::unix::fs::symlink(name, &fresh);
        let _ = made.and_then(|()| fs::rename(&fresh, folder.join(SHORT_NAME)));
    }
    #[cfg(not(unix))]
    let _ = (path, SHORT_NAME);
}

/// Log lines hold addresses and titles: only their owner may read them.
pub(super) fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn segment(day: u32, first_id: u64, bytes: u64) -> Segment {
        Segment {
            path: PathBuf::from(format!("{first_id}")),
            day: format!("2026-11-{day:02}"),
            first_id: Some(first_id),
            bytes,
        }
    }

    #[test]
    fn only_our_own_names_are_read() {
        let name = name("2026-11-21", 17);
        assert_eq!(parsed(&name), Some(("2026-11-21".to_owned(), Some(17))));
        let older = parsed("clawgate.2026-11-21.log");
        assert_eq!(older, Some(("2026-11-21".to_owned(), None)));
        for other in [
            "clawgate.log",
            "clawgate.2026-11-21.x.log",
            "clawgate.today.1.log",
            "notes.txt",
            "clawgate.2026-11-21.1.log.gz",
        ] {
            assert_eq!(parsed(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_too_old_or_too_much_goes_the_oldest_first() {
        let all = [
            segment(1, 1, 10),
            segment(5, 2, 40),
            segment(6, 3, 40),
            segment(6, 4, 5),
        ];
        let paths = |gone: Vec<PathBuf>| -> Vec<String> {
            gone.iter().map(|p| p.display().to_string()).collect()
        };
        assert_eq!(paths(surplus(&all, 1000, 0, "2026-11-02")), ["1"]);
        assert_eq!(paths(surplus(&all, 50, 0, "2026-11-01")), ["1", "2"]);
        assert_eq!(
            paths(surplus(&all, 0, 0, "2026-12-01")),
            ["1", "2", "3"],
            "the newest stays"
        );
    }

    proptest! {
        #[test]
        fn what_is_left_fits(sizes in proptest::collection::vec(0_u64..100, 1..20), most in 0_u64..500) {
            let all: Vec<Segment> = sizes
                .iter()
                .enumerate()
                .map(|(id, bytes)| segment(1, id as u64, *bytes))
                .collect();
            let gone = surplus(&all, most, 0, "2026-11-01");
            let left: u64 = all.iter().filter(|s| !gone.contains(&s.path)).map(|s| s.bytes).sum();
            prop_assert!(left <= most.max(*sizes.last().unwrap()));
            // No more goes than must.
            if let Some(last) = gone.last() {
                let last = all.iter().find(|s| &s.path == last).unwrap().bytes;
                prop_assert!(left + last > most);
            }
        }
    }
}
