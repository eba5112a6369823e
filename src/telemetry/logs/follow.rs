//! Following the log: from memory, and from the files when memory has gone past the reader's
//! place. A reader that is slow or was away misses nothing that is still kept.

use std::{io, ops::ControlFlow, path::Path, sync::Arc};

use tokio::sync::watch;

use super::{
    LogStore,
    filter::LogFilter,
    line::LogLine,
    ring::Found,
    scan::{self, Budget},
};

/// Lines handed over at once.
const BATCH: usize = 500;
/// Bytes of a file read at once.
const PIECE: Budget = Budget(1024 * 1024);
/// A hole larger than this is no hole: the ids began anew.
const LARGEST_HOLE: u64 = 10_000_000;

/// What a follower is handed.
#[derive(Clone, Debug, PartialEq)]
pub enum LogNews {
    /// The next line.
    Line(Arc<LogLine>),
    /// Lines went by that are no longer kept.
    Gap {
        /// How many, where that is known.
        missed: Option<u64>,
        /// The id that follows.
        resume_from: u64,
    },
}

/// One reader's place in the log.
pub struct LogFollower {
    store: LogStore,
    filter: Arc<LogFilter>,
    wake: watch::Receiver<u64>,
    next: u64,
}

impl LogFollower {
    pub(super) fn new(store: LogStore, filter: LogFilter, after: Option<u64>) -> Self {
        let wake = store.inner.ring.watch();
        let next = after.map_or(*wake.borrow(), |id| id.saturating_add(1));
        Self {
            store,
            filter: Arc::new(filter),
            wake,
            next,
        }
    }

    /// What there is, or comes next. Empty only when the log has ended.
    pub async fn next_batch(&mut self) -> Vec<LogNews> {
        loop {
            self.wake.borrow_and_update();
            let before = self.next;
            let batch = self.step().await;
            if !batch.is_empty() {
                return batch;
            }
            // What went by unwanted may have been a part of what there is.
            if self.next == before && self.wake.changed().await.is_err() {
                return Vec::new();
            }
        }
    }

    async fn step(&mut self) -> Vec<LogNews> {
        match self.store.inner.ring.read(self.next, BATCH, &self.filter) {
            Found::Lines(lines, next) => {
                self.next = next;
                lines.into_iter().map(LogNews::Line).collect()
            }
            Found::Ahead(end) => {
                self.next = end;
                vec![LogNews::Gap {
                    missed: None,
                    resume_from: end,
                }]
            }
            Found::Older(oldest) => self.catch_up(oldest).await,
        }
    }

    /// Reads from the files up to what memory holds.
    async fn catch_up(&mut self, oldest: u64) -> Vec<LogNews> {
        let (place, filter) = (self.next, Arc::clone(&self.filter));
        let inner = Arc::clone(&self.store.inner);
        let read =
            tokio::task::spawn_blocking(move || read(&inner.folder, place, oldest, &filter)).await;
        if let Ok(Ok((news, next))) = read {
            self.next = next;
            return news;
        }
        // The files can't be read; memory can.
        let mut news = Vec::new();
        self.next = place;
        hole(&mut news, &mut self.next, oldest);
        news
    }
}

fn read(
    folder: &Path,
    place: u64,
    oldest: u64,
    filter: &LogFilter,
) -> io::Result<(Vec<LogNews>, u64)> {
    let mut news = Vec::new();
    let mut next = place;
    let mut reached = false;
    scan::forward(
        folder,
        place.checked_sub(1),
        None,
        PIECE,
        &mut |head, bytes| {
            if head.id >= oldest {
                reached = true;
                return ControlFlow::Break(());
            }
            hole(&mut news, &mut next, head.id);
            next = head.id + 1;
            if filter.passes_head(head)
                && let Some(line) = LogLine::parse(bytes)
                && filter.passes_inside(&line)
            {
                news.push(LogNews::Line(Arc::new(line)));
            }
            if news.len() >= BATCH {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        },
    )?;
    // Nothing between the place and what memory holds is in the files.
    if reached || next == place {
        hole(&mut news, &mut next, oldest);
    }
    Ok((news, next))
}

/// Tells of what is missing between `next` and `found`.
fn hole(news: &mut Vec<LogNews>, next: &mut u64, found: u64) {
    if found <= *next {
        return;
    }
    let missed = found - *next;
    news.push(LogNews::Gap {
        missed: (missed <= LARGEST_HOLE).then_some(missed),
        resume_from: found,
    });
    *next = found;
}
