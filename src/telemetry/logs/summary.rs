//! Counts over the log: lines by time and level, and which modules wrote them. Both read a bounded
//! part of the newest files and say how far they came.

use std::{collections::BTreeMap, io, ops::ControlFlow};

use super::{
    LogStore,
    filter::LogFilter,
    is_before,
    line::LogLine,
    scan::{self, Budget, End},
};
use crate::model::Timestamp;

/// Bytes of files read for a histogram.
const HISTOGRAM_BUDGET: Budget = Budget(32 * 1024 * 1024);
/// Bytes of files read for the list of modules.
const TARGETS_BUDGET: Budget = Budget(4 * 1024 * 1024);
/// Modules told of.
const MOST_TARGETS: usize = 300;

/// How many lines there were, by time and level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogHistogram {
    /// Where the first bucket begins.
    pub from: Timestamp,
    /// How long a bucket is, in milliseconds.
    pub bucket_millis: i64,
    /// Counts by level, in the order of [`super::LogLevel::ALL`], for each bucket.
    pub buckets: Vec<[u64; 5]>,
    /// Lines before this moment were not counted: there were too many. None: all were.
    pub counted_from: Option<Timestamp>,
}

/// Which modules wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogTargets {
    /// How many of the newest lines each wrote, by name.
    pub targets: BTreeMap<String, u64>,
    /// Only the newest lines were looked at.
    pub partial: bool,
}

impl LogStore {
    /// Counts the wanted lines from `from` up to `to` in so many buckets (at least one). Waits for
    /// the disk, off the runtime's threads.
    pub async fn histogram(
        &self,
        filter: LogFilter,
        from: Timestamp,
        to: Timestamp,
        buckets: usize,
    ) -> io::Result<LogHistogram> {
        let buckets = buckets.max(1);
        let span = i64::try_from(to.millis_since(from)).unwrap_or(i64::MAX);
        let count = i64::try_from(buckets).unwrap_or(i64::MAX);
        // The last moment is in the last bucket.
        let bucket_millis = (span / count).saturating_add(1);
        self.blocking(move |store| {
            let mut histogram = LogHistogram {
                from,
                bucket_millis,
                buckets: vec![[0; 5]; buckets],
                counted_from: None,
            };
            let mut reached = to;
            let end = scan::backward(
                &store.inner.folder,
                None,
                Some(to),
                HISTOGRAM_BUDGET,
                &mut |head, bytes| {
                    if is_before(head, &filter) {
                        return ControlFlow::Break(());
                    }
                    reached = head.timestamp;
                    let is_wanted = filter.passes_head(head)
                        && (!filter.looks_inside()
                            || LogLine::parse(bytes)
                                .is_some_and(|line| filter.passes_inside(&line)));
                    let place =
                        (head.timestamp.as_millis() - from.as_millis()).div_euclid(bucket_millis);
                    let bucket = usize::try_from(place)
                        .ok()
                        .and_then(|place| histogram.buckets.get_mut(place));
                    if let Some(bucket) = bucket.filter(|_| is_wanted) {
                        bucket[head.level.place()] += 1;
                    }
                    ControlFlow::Continue(())
                },
            )?;
            histogram.counted_from = (end == End::Budget).then_some(reached);
            Ok(histogram)
        })
        .await
    }

    /// Which modules wrote the newest lines. Waits for the disk, off the runtime's threads.
    pub async fn targets(&self) -> io::Result<LogTargets> {
        self.blocking(|store| {
            let mut found = LogTargets::default();
            let end = scan::backward(
                &store.inner.folder,
                None,
                None,
                TARGETS_BUDGET,
                &mut |head, _| {
                    if let Some(count) = found.targets.get_mut(head.target.as_ref()) {
                        *count += 1;
                    } else if found.targets.len() < MOST_TARGETS {
                        found.targets.insert(head.target.clone().into_owned(), 1);
                    }
                    ControlFlow::Continue(())
                },
            )?;
            found.partial = end == End::Budget;
            Ok(found)
        })
        .await
    }
}
