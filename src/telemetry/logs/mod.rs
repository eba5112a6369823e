//! Log lines, kept: written by a thread of their own (`writer.rs`) into files that are rotated
//! (`segments.rs`), read back by a scan that is bounded (`scan.rs`), followed from memory and from
//! the files (`ring.rs`, `follow.rs`).

mod filter;
mod follow;
mod line;
mod ring;
mod scan;
mod segments;
mod summary;
#[cfg(test)]
mod tests;
mod writer;

pub use filter::{FilterError, LogFilter};
pub use follow::{LogFollower, LogNews};
pub use line::{LogLevel, LogLine, NoLevel};
pub use summary::{LogHistogram, LogTargets};
pub use writer::{LogGuard, LogSink, Mask};

use std::{
    fmt, io,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering},
};

use crate::{clock::Clock, config::ObservabilityConfig};
use ring::Ring;
use scan::{Budget, End, SLACK_MILLIS};
use writer::{Limits, Masking, Writer, next_id};

/// Bytes of files that one page may take to be found.
const PAGE_BUDGET: Budget = Budget(16 * 1024 * 1024);
/// Bytes of files that are read for one piece of a download.
const EXPORT_PIECE: Budget = Budget(512 * 1024);

/// Where to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogPlace {
    /// With lines older than this id.
    Before(u64),
    /// With lines newer than this id.
    After(u64),
}

/// Some lines, the newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct LogPage {
    /// The lines.
    pub lines: Vec<LogLine>,
    /// Older ones may be here; none at the beginning of the log.
    pub older: Option<LogPlace>,
    /// Newer ones are here, or will be.
    pub newer: LogPlace,
    /// The search was given up for now: there may be more between the last line and `older`.
    pub partial: bool,
}

struct Inner {
    folder: PathBuf,
    ring: Arc<Ring>,
    limits: Arc<Limits>,
    masking: Masking,
}

/// The log. Clones share it.
#[derive(Clone)]
pub struct LogStore {
    inner: Arc<Inner>,
    sink: LogSink,
}

impl fmt::Debug for LogStore {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("LogStore")
            .field(&self.inner.folder)
            .finish()
    }
}

impl LogStore {
    /// The log in this folder, which is made when it is missing, and its thread. Ids go on after
    /// those that are there.
    pub fn open(
        folder: &Path,
        clock: Arc<dyn Clock>,
        config: &ObservabilityConfig,
    ) -> io::Result<(Self, LogGuard)> {
        segments::make_private(folder)?;
        let ring = Arc::new(Ring::new(next_id(folder, clock.as_ref())?));
        let limits = Arc::new(Limits {
            most_bytes: config.log_max_bytes.into(),
            keep_days: config.log_keep_days.into(),
        });
        let (sink, inlet) = LogSink::new();
        let masking = Masking::default();
        let writer = Writer::new(
            folder.to_owned(),
            clock,
            Arc::clone(&limits),
            Arc::clone(&masking),
            Arc::clone(&ring),
            inlet,
        );
        let thread = std::thread::Builder::new()
            .name("log-file".to_owned())
            .spawn(move || writer.run())?;
        let inner = Inner {
            folder: folder.to_owned(),
            ring,
            limits,
            masking,
        };
        let store = Self {
            inner: Arc::new(inner),
            sink: sink.clone(),
        };
        Ok((store, LogGuard::new(sink, thread)))
    }

    /// A log that keeps nothing: for where nothing is logged.
    pub fn nowhere() -> Self {
        let (sink, _) = LogSink::new();
        let config = ObservabilityConfig::default();
        let inner = Inner {
            folder: PathBuf::from("/nonexistent/clawgate-logs"),
            ring: Arc::new(Ring::new(1)),
            limits: Arc::new(Limits {
                most_bytes: config.log_max_bytes.into(),
                keep_days: config.log_keep_days.into(),
            }),
            masking: Masking::default(),
        };
        Self {
            inner: Arc::new(inner),
            sink,
        }
    }

    /// Where lines go in.
    pub fn sink(&self) -> LogSink {
        self.sink.clone()
    }

    /// Takes secrets out of every line from now on, on the thread that writes them; what is always
    /// taken out is what [`crate::config::redact()`] knows. Only the first mask counts.
    pub fn mask(&self, mask: Mask) {
        // A second one would be the same.
        let _ = self.inner.masking.set(mask);
    }

    /// Keeps so much from now on.
    pub fn limit(&self, config: &ObservabilityConfig) {
        let limits = &self.inner.limits;
        limits
            .most_bytes
            .store(config.log_max_bytes, Ordering::Relaxed);
        limits
            .keep_days
            .store(config.log_keep_days, Ordering::Relaxed);
    }

    /// Follows the log from now on, or from the line after `after`.
    pub fn follow(&self, filter: LogFilter, after: Option<u64>) -> LogFollower {
        LogFollower::new(self.clone(), filter, after)
    }

    /// Reads a page of at most `limit` lines. Waits for the disk, off the runtime's threads.
    pub async fn page(
        &self,
        filter: LogFilter,
        place: Option<LogPlace>,
        limit: usize,
    ) -> io::Result<LogPage> {
        self.blocking(move |store| match place {
            Some(LogPlace::After(id)) => store.newer(&filter, id, limit),
            Some(LogPlace::Before(id)) => store.older(&filter, Some(id), limit),
            None => store.older(&filter, None, limit),
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let store = self.clone();
        tokio::task::spawn_blocking(move || work(&store))
            .await
            .map_err(io::Error::other)?
    }

    fn older(&self, filter: &LogFilter, before: Option<u64>, limit: usize) -> io::Result<LogPage> {
        let next = self.inner.ring.next_id();
        let newer = before.unwrap_or(next).saturating_sub(1);
        let mut lines = Vec::new();
        let mut last = None;
        let end = scan::backward(
            &self.inner.folder,
            before,
            filter.to(),
            PAGE_BUDGET,
            &mut |head, bytes| {
                if is_before(head, filter) {
                    return ControlFlow::Break(());
                }
                if lines.len() == limit {
                    return ControlFlow::Break(());
                }
                last = Some(head.id);
                lines.extend(wanted(filter, head, bytes));
                ControlFlow::Continue(())
            },
        )?;
        let full = lines.len() == limit;
        let more = end == End::Budget || (end == End::Enough && full);
        let newest = lines.first().map(|line: &LogLine| line.id);
        Ok(LogPage {
            older: last.filter(|_| more).map(LogPlace::Before),
            // A line may have been written after the next id was looked at.
            newer: LogPlace::After(newest.map_or(newer, |id| id.max(newer))),
            partial: end == End::Budget,
            lines,
        })
    }

    fn newer(&self, filter: &LogFilter, after: u64, limit: usize) -> io::Result<LogPage> {
        let mut lines = Vec::new();
        let mut last = after;
        let end = scan::forward(
            &self.inner.folder,
            Some(after),
            filter.from(),
            PAGE_BUDGET,
            &mut |head, bytes| {
                if lines.len() == limit || is_after(head, filter) {
                    return ControlFlow::Break(());
                }
                last = head.id;
                lines.extend(wanted(filter, head, bytes));
                ControlFlow::Continue(())
            },
        )?;
        lines.reverse();
        Ok(LogPage {
            lines,
            older: Some(LogPlace::Before(after.saturating_add(1))),
            newer: LogPlace::After(last),
            partial: end == End::Budget,
        })
    }

    /// Reads wanted lines, the oldest first, from the one after `after` on: a piece of them, and
    /// where the next piece begins, if there is one. Waits for the disk, off the runtime's threads.
    pub async fn export(
        &self,
        filter: Arc<LogFilter>,
        after: Option<u64>,
    ) -> io::Result<(Vec<LogLine>, Option<u64>)> {
        self.blocking(move |store| {
            let mut lines = Vec::new();
            let mut last = after;
            let end = scan::forward(
                &store.inner.folder,
                after,
                filter.from(),
                EXPORT_PIECE,
                &mut |head, bytes| {
                    if is_after(head, &filter) {
                        return ControlFlow::Break(());
                    }
                    last = Some(head.id);
                    lines.extend(wanted(&filter, head, bytes));
                    ControlFlow::Continue(())
                },
            )?;
            // Without a line that got through, the next piece would be the same.
            let next = last.filter(|last| end == End::Budget && Some(*last) != after);
            Ok((lines, next))
        })
        .await
    }
}

fn wanted(filter: &LogFilter, head: &line::Head<'_>, bytes: &[u8]) -> Option<LogLine> {
    let line = filter
        .passes_head(head)
        .then(|| LogLine::parse(bytes))
        .flatten();
    line.filter(|line| filter.passes_inside(line))
}

/// Whether everything from here back is older than what is wanted.
fn is_before(head: &line::Head<'_>, filter: &LogFilter) -> bool {
    let at = head.timestamp.as_millis();
    filter
        .from()
        .is_some_and(|from| at < from.as_millis() - SLACK_MILLIS)
}

/// Whether everything from here on is newer than what is wanted.
fn is_after(head: &line::Head<'_>, filter: &LogFilter) -> bool {
    let at = head.timestamp.as_millis();
    filter
        .to()
        .is_some_and(|to| at > to.as_millis() + SLACK_MILLIS)
}
