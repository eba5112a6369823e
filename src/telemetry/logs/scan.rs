//! Reads lines out of the files, the newest first or the oldest first, a piece at a time: never a
//! whole file in memory, never more than a budget. Damaged lines are passed over.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom},
    ops::ControlFlow,
    path::Path,
};

use super::{
    line::{Head, LONGEST_LINE},
    segments,
};
use crate::model::Timestamp;

/// Bytes read at once from the end towards the beginning.
const PIECE: u64 = 64 * 1024;
/// A line longer than this is damaged for certain.
const MOST: usize = 4 * LONGEST_LINE;
/// Lines of several threads do not stand in perfect order of time, and clocks are put right.
pub(super) const SLACK_MILLIS: i64 = 5_000;

/// How much a scan may read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget(pub(super) u64);

impl Budget {
    fn spend(&mut self, bytes: usize) -> bool {
        let bytes = bytes as u64 + 1;
        let enough = self.0 >= bytes;
        self.0 = self.0.saturating_sub(bytes);
        enough
    }
}

/// Why a scan ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// There is no more.
    Through,
    /// The visitor has what it wanted.
    Enough,
    /// The budget is used up.
    Budget,
}

type Visit<'v> = dyn FnMut(&Head<'_>, &[u8]) -> ControlFlow<()> + 'v;

/// Visits lines with an id below `before`, the newest first, beginning near the moment `to`.
pub(super) fn backward(
    folder: &Path,
    before: Option<u64>,
    to: Option<Timestamp>,
    mut budget: Budget,
    visit: &mut Visit<'_>,
) -> io::Result<End> {
    for (first_id, segment) in segments::readable(folder)?.into_iter().rev() {
        if before.is_some_and(|before| first_id >= before) {
            continue;
        }
        let Some(mut file) = open(&segment.path)? else {
            continue;
        };
        let mut end = file.metadata()?.len();
        if let Some(before) = before {
            end = first_where(&mut file, end, |head| head.id >= before)?;
        }
        if let Some(to) = to {
            let late = |head: &Head<'_>| head.timestamp.as_millis() > to.as_millis() + SLACK_MILLIS;
            end = first_where(&mut file, end, late)?;
        }
        let mut lines = LinesBack::new(file, end);
        while let Some(line) = lines.next_line()? {
            if !budget.spend(line.len()) {
                return Ok(End::Budget);
            }
            if let Some(head) = Head::parse(&line)
                && visit(&head, &line).is_break()
            {
                return Ok(End::Enough);
            }
        }
    }
    Ok(End::Through)
}

/// Visits lines with an id above `after`, the oldest first, beginning near the moment `from`.
pub(super) fn forward(
    folder: &Path,
    after: Option<u64>,
    from: Option<Timestamp>,
    mut budget: Budget,
    visit: &mut Visit<'_>,
) -> io::Result<End> {
    let all = segments::readable(folder)?;
    for (place, (_, segment)) in all.iter().enumerate() {
        let next_first = all.get(place + 1).map(|(first_id, _)| *first_id);
        if let (Some(after), Some(next)) = (after, next_first)
            && next <= after + 1
        {
            continue;
        }
        let Some(mut file) = open(&segment.path)? else {
            continue;
        };
        let end = file.metadata()?.len();
        let mut start = 0;
        if let Some(after) = after {
            start = first_where(&mut file, end, |head| head.id > after)?;
        }
        if let Some(from) = from {
            let there =
                |head: &Head<'_>| head.timestamp.as_millis() >= from.as_millis() - SLACK_MILLIS;
            start = start.max(first_where(&mut file, end, there)?);
        }
        file.seek(SeekFrom::Start(start))?;
        let mut lines = BufReader::new(file);
        let mut line = Vec::new();
        while next_line(&mut lines, &mut line)? {
            if !budget.spend(line.len()) {
                return Ok(End::Budget);
            }
            if let Some(head) = Head::parse(&line)
                && visit(&head, &line).is_break()
            {
                return Ok(End::Enough);
            }
        }
    }
    Ok(End::Through)
}

/// None when rotation took the file away meanwhile.
fn open(path: &Path) -> io::Result<Option<File>> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads one line without its line feed; of one that is absurdly long only the end. False at the
/// end of the file; a last line that is not whole is not handed out.
fn next_line(from: &mut BufReader<File>, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    loop {
        let limit = MOST.saturating_sub(line.len()) as u64 + 1;
        let read = from.by_ref().take(limit).read_until(b'\n', line)?;
        if line.last() == Some(&b'\n') {
            line.pop();
            return Ok(true);
        }
        if read == 0 {
            return Ok(false);
        }
        if line.len() > MOST {
            line.clear();
        }
    }
}

/// The place of the first line below `end` for which `holds`, given that it holds for all that
/// follow it; `end` when there is none.
fn first_where(file: &mut File, end: u64, holds: impl Fn(&Head<'_>) -> bool) -> io::Result<u64> {
    // Sought is the least place from which on the next whole line has it.
    let (mut low, mut high) = (0, end);
    while low < high {
        let middle = low + (high - low) / 2;
        match line_from(file, middle, end, &holds)? {
            Some((start, false)) => low = start + 1,
            Some((_, true)) | None => high = middle,
        }
    }
    Ok(line_from(file, low, end, &holds)?.map_or(end, |(start, _)| start))
}

/// The first sound line that begins at `place` or after it, and below `end`: where it begins, and
/// what is said of it.
fn line_from(
    file: &mut File,
    place: u64,
    end: u64,
    holds: &impl Fn(&Head<'_>) -> bool,
) -> io::Result<Option<(u64, bool)>> {
    let mut at = place.saturating_sub(1);
    file.seek(SeekFrom::Start(at))?;
    let mut lines = BufReader::with_capacity(4096, &mut *file);
    let mut line = Vec::new();
    if place > 0 {
        // The rest of the line before.
        at += lines.read_until(b'\n', &mut line)? as u64;
    }
    while at < end {
        line.clear();
        let read = lines.read_until(b'\n', &mut line)?;
        if read == 0 {
            break;
        }
        if let Some(head) = Head::parse(&line) {
            return Ok(Some((at, holds(&head))));
        }
        at += read as u64;
    }
    Ok(None)
}

/// Reads a file's lines from a place towards its beginning.
struct LinesBack {
    file: File,
    /// What stands before this place in the file was not read yet.
    left: u64,
    /// What was read and not handed out.
    held: Vec<u8>,
}

impl LinesBack {
    fn new(file: File, end: u64) -> Self {
        Self {
            file,
            left: end,
            held: Vec::new(),
        }
    }

    /// The line before the one handed out last, without its line feed.
    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            // The line feed at the very end belongs to the line before it.
            let body = self.held.strip_suffix(b"\n").unwrap_or(&self.held);
            if let Some(place) = body.iter().rposition(|byte| *byte == b'\n') {
                let line = body[place + 1..].to_vec();
                self.held.truncate(place + 1);
                return Ok(Some(line));
            }
            if self.left == 0 {
                let line = body.to_vec();
                let any = !self.held.is_empty();
                self.held.clear();
                return Ok(any.then_some(line));
            }
            if self.held.len() > MOST {
                self.held.clear();
            }
            self.read_piece()?;
        }
    }

    fn read_piece(&mut self) -> io::Result<()> {
        let size = PIECE.min(self.left);
        self.left -= size;
        self.file.seek(SeekFrom::Start(self.left))?;
        let mut piece = Vec::with_capacity(self.held.len() + PIECE as usize);
        (&mut self.file).take(size).read_to_end(&mut piece)?;
        piece.append(&mut self.held);
        self.held = piece;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs};

    use proptest::prelude::*;

    use super::{
        super::line::{LogLevel, test_line},
        *,
    };

    /// A folder with these lines in files of at most `most` lines; a line that is none is damaged.
    fn folder(lines: &[Option<u64>], most: usize) -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        for (part, chunk) in lines.chunks(most.max(1)).enumerate() {
            let first = chunk.iter().flatten().next();
            let Some(first) = first else { continue };
            let mut text = Vec::new();
            for line in chunk {
                match line {
                    Some(id) => {
                        let long = "x".repeat(usize::try_from(id % 7).unwrap() * 13);
                        text.extend(test_line(*id, LogLevel::Info, &long).to_json());
                    }
                    None => text.extend(b"{\"id\": 3, \"timest"),
                }
                text.push(b'\n');
            }
            let name = segments::name(&format!("2026-11-{:02}", part % 28 + 1), *first);
            fs::write(home.path().join(name), text).unwrap();
        }
        home
    }

    fn back(home: &tempfile::TempDir, before: Option<u64>, to: Option<i64>) -> Vec<u64> {
        let mut seen = Vec::new();
        let to = to.map(Timestamp::from_millis);
        let end = backward(home.path(), before, to, Budget(1 << 30), &mut |head, _| {
            seen.push(head.id);
            ControlFlow::Continue(())
        });
        assert_eq!(end.unwrap(), End::Through);
        seen
    }

    fn ahead(home: &tempfile::TempDir, after: Option<u64>) -> Vec<u64> {
        let mut seen = Vec::new();
        let end = forward(home.path(), after, None, Budget(1 << 30), &mut |head, _| {
            seen.push(head.id);
            ControlFlow::Continue(())
        });
        assert_eq!(end.unwrap(), End::Through);
        seen
    }

    #[test]
    fn a_folder_that_is_not_there_has_no_lines() {
        let home = tempfile::tempdir().unwrap();
        let gone = home.path().join("gone");
        let end = backward(&gone, None, None, Budget(9), &mut |_, _| {
            ControlFlow::Continue(())
        });
        assert_eq!(end.unwrap(), End::Through);
    }

    #[test]
    fn a_half_written_last_line_is_passed_over() {
        let home = folder(&[Some(1), Some(2)], 9);
        let file = segments::all(home.path()).unwrap()[0].path.clone();
        let mut text = fs::read(&file).unwrap();
        text.extend(&test_line(3, LogLevel::Info, "half").to_json()[..20]);
        fs::write(&file, text).unwrap();
        assert_eq!(back(&home, None, None), [2, 1]);
        assert_eq!(ahead(&home, Some(1)), [2]);
        assert_eq!(ahead(&home, Some(2)), [0_u64; 0]);
    }

    #[test]
    fn a_scan_reads_no_more_than_it_may() {
        let lines: Vec<Option<u64>> = (1..=1000).map(Some).collect();
        let home = folder(&lines, 100);
        let mut seen = 0;
        let mut count = |_: &Head<'_>, _: &[u8]| {
            seen += 1;
            ControlFlow::Continue(())
        };
        let end = backward(home.path(), None, None, Budget(2000), &mut count);
        assert_eq!(end.unwrap(), End::Budget);
        assert!((5..=20).contains(&seen), "{seen}");
    }

    #[test]
    fn a_scan_can_begin_at_a_moment() {
        let lines: Vec<Option<u64>> = (1..=100).map(|n| Some(n * 1000)).collect();
        let home = folder(&lines, 30);
        // The time of these lines is their id in milliseconds.
        let seen = back(&home, None, Some(50_000));
        assert_eq!(seen.first(), Some(&55_000), "five seconds of slack");
        assert_eq!(seen.len(), 55);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_sound_line_is_visited_once_from_any_place(
            ids in proptest::collection::btree_set(1_u64..500, 1..120),
            damaged in proptest::collection::vec(any::<bool>(), 120),
            most in 1_usize..40, place in 0_u64..510,
        ) {
            let mut lines = Vec::new();
            for (id, damaged) in ids.iter().zip(damaged) {
                lines.push(Some(*id));
                if damaged {
                    lines.push(None);
                }
            }
            let home = folder(&lines, most);
            let whole: BTreeSet<u64> = ids.clone();
            let newest_first: Vec<u64> = whole.iter().rev().copied().collect();
            prop_assert_eq!(back(&home, None, None), newest_first);
            let below: Vec<u64> = whole.range(..place).rev().copied().collect();
            prop_assert_eq!(back(&home, Some(place), None), below);
            let above: Vec<u64> = whole.range(place + 1..).copied().collect();
            prop_assert_eq!(ahead(&home, Some(place)), above);
        }

        #[test]
        fn no_bytes_make_it_stumble(bytes in proptest::collection::vec(any::<u8>(), 0..2000), place in 0_u64..20) {
            let home = tempfile::tempdir().unwrap();
            fs::write(home.path().join(segments::name("2026-11-21", 1)), bytes).unwrap();
            back(&home, Some(place), Some(3));
            ahead(&home, Some(place));
        }
    }
}
