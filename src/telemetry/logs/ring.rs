//! The newest lines in memory, for whoever follows along.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::watch;

use super::{filter::LogFilter, line::LogLine};

/// Lines kept in memory.
const RING_LINES: usize = 1000;
/// Bytes of them, as JSON.
const RING_BYTES: usize = 1024 * 1024;

#[derive(Debug, Default)]
struct Kept {
    lines: VecDeque<(Arc<LogLine>, usize)>,
    bytes: usize,
}

/// The newest lines. The id that the next line gets is told to whoever waits.
#[derive(Debug)]
pub(super) struct Ring {
    kept: Mutex<Kept>,
    next: watch::Sender<u64>,
}

/// What a reader finds at its place.
pub(super) enum Found {
    /// The wanted ones of the lines from its place on, and its next place.
    Lines(Vec<Arc<LogLine>>, u64),
    /// Its place is older than what is kept here, from this id on.
    Older(u64),
    /// Its place was never reached; this is the next id.
    Ahead(u64),
}

impl Ring {
    pub(super) fn new(next: u64) -> Self {
        Self {
            kept: Mutex::default(),
            next: watch::Sender::new(next),
        }
    }

    pub(super) fn next_id(&self) -> u64 {
        *self.next.borrow()
    }

    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.next.subscribe()
    }

    /// Takes in lines whose ids follow on; each comes with its size.
    pub(super) fn extend(&self, lines: Vec<(LogLine, usize)>) {
        let Some(last) = lines.last().map(|(line, _)| line.id) else {
            return;
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        for (line, size) in lines {
            kept.bytes += size;
            kept.lines.push_back((Arc::new(line), size));
        }
        while kept.lines.len() > RING_LINES || kept.bytes > RING_BYTES {
            let Some((_, size)) = kept.lines.pop_front() else {
                break;
            };
            kept.bytes -= size;
        }
        self.next.send_replace(last + 1);
    }

    /// What there is from `place` on, at most `limit` lines of it.
    pub(super) fn read(&self, place: u64, limit: usize, filter: &LogFilter) -> Found {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let end = self.next_id();
        let oldest = kept.lines.front().map_or(end, |(line, _)| line.id);
        if place > end {
            return Found::Ahead(end);
        }
        if place < oldest {
            return Found::Older(oldest);
        }
        let mut wanted = Vec::new();
        let mut next = place;
        let start = kept.lines.partition_point(|(line, _)| line.id < place);
        for (line, _) in kept.lines.iter().skip(start) {
            if wanted.len() == limit {
                break;
            }
            next = line.id + 1;
            if filter.passes(line) {
                wanted.push(Arc::clone(line));
            }
        }
        Found::Lines(wanted, next)
    }
}
