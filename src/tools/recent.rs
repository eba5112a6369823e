//! How a tool's last calls went.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, PoisonError},
};

use super::{Finished, Outcome};
use crate::model::Timestamp;

/// Calls of each tool that are kept in mind.
const KEPT: usize = 100;
/// Characters of a failure that are kept in mind.
const LONGEST: usize = 300;

/// How the last calls of a tool went, a hundred at most, since the gateway began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecentCalls {
    /// How many there were.
    pub calls: usize,
    /// Those that did not do what was asked.
    pub failures: usize,
    /// Of these, those that took too long.
    pub timed_out: usize,
    /// Half of them took no longer, in milliseconds.
    pub median_ms: Option<u64>,
    /// When the last one ended.
    pub last_at: Option<Timestamp>,
    /// When the last one that failed ended, and what it said.
    pub last_failure: Option<(Timestamp, String)>,
}

#[derive(Debug)]
struct Sample {
    at: Timestamp,
    outcome: Outcome,
    millis: u64,
    /// What a failure said.
    words: String,
}

/// The last calls of all tools.
#[derive(Debug, Default)]
pub(super) struct Recent(Mutex<BTreeMap<String, VecDeque<Sample>>>);

impl Recent {
    pub(super) fn note(&self, tool: &str, at: Timestamp, finished: &Finished) {
        let words = if finished.success() {
            String::new()
        } else {
            // The end says how it went.
            let skip = finished.output.chars().count().saturating_sub(LONGEST);
            finished.output.chars().skip(skip).collect()
        };
        let sample = Sample {
            at,
            outcome: finished.outcome,
            millis: u64::try_from(finished.duration.as_millis()).unwrap_or(u64::MAX),
            words,
        };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let calls = all.entry(tool.to_owned()).or_default();
        if calls.len() >= KEPT {
            calls.pop_front();
        }
        calls.push_back(sample);
    }

    pub(super) fn of(&self, tool: &str) -> RecentCalls {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(calls) = all.get(tool) else {
            return RecentCalls::default();
        };
        let failed = |call: &&Sample| !matches!(call.outcome, Outcome::Done | Outcome::Cancelled);
        let mut times: Vec<u64> = calls.iter().map(|call| call.millis).collect();
        times.sort_unstable();
        RecentCalls {
            calls: calls.len(),
            failures: calls.iter().filter(failed).count(),
            timed_out: calls
                .iter()
                .filter(|call| call.outcome == Outcome::TimedOut)
                .count(),
            median_ms: times.get(times.len() / 2).copied(),
            last_at: calls.back().map(|call| call.at),
            last_failure: calls
                .iter()
                .rev()
                .find(failed)
                .map(|call| (call.at, call.words.clone())),
        }
    }
}
