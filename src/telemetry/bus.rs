//! One stream of news. An event gets a rising id, is serialised once, and is kept in a bounded
//! ring that every reader walks at its own pace; a reader that falls behind learns how much it
//! missed, and nobody waits for it.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use serde::Serialize;
use tokio::sync::watch;

use crate::{
    clock::Clock,
    model::{BusEvent, SessionId, Timestamp},
};

/// Events kept for readers that come back.
const RING_EVENTS: usize = 4096;
/// Bytes of serialised events kept.
const RING_BYTES: usize = 4 * 1024 * 1024;

/// A serialised event. Clones share the bytes.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Ever rising, across restarts too.
    pub id: u64,
    /// The `type` of the event.
    pub name: &'static str,
    /// The session it concerns.
    pub session_id: Option<SessionId>,
    /// The event as JSON, `type` and `timestamp` included.
    pub json: Bytes,
}

/// What a reader is handed.
#[derive(Clone, Debug)]
pub enum News {
    /// The next event.
    Event(Frame),
    /// Events went by that are no longer kept.
    Gap {
        /// How many, where that is known; none after a restart.
        missed: Option<u64>,
        /// The id that follows the gap.
        resume_from: u64,
    },
}

#[derive(Serialize)]
struct Stamped<'a> {
    timestamp: Timestamp,
    #[serde(flatten)]
    event: &'a BusEvent,
}

#[derive(Debug, Default)]
struct Ring {
    frames: VecDeque<Frame>,
    bytes: usize,
}

struct Inner {
    clock: Arc<dyn Clock>,
    /// The id of the first event of this run.
    first: u64,
    ring: Mutex<Ring>,
    /// The id that the next event will get.
    next: watch::Sender<u64>,
}

/// The bus. Clones share it.
#[derive(Clone)]
pub struct Bus {
    inner: Arc<Inner>,
}

impl Bus {
    /// An empty bus. Its first id is the microsecond it was made in, so that ids rise across
    /// restarts with nothing written down (they would have to be used up faster than one a
    /// microsecond to catch up) and still fit a JavaScript number.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let first = u64::try_from(clock.now().as_millis()).unwrap_or(0) * 1000;
        let next = watch::Sender::new(first);
        Self {
            inner: Arc::new(Inner {
                clock,
                first,
                ring: Mutex::default(),
                next,
            }),
        }
    }

    /// Tells everybody.
    pub fn publish(&self, event: &BusEvent) {
        let stamped = Stamped {
            timestamp: self.inner.clock.now(),
            event,
        };
        let json = match serde_json::to_vec(&stamped) {
            Ok(json) => Bytes::from(json),
            Err(error) => {
                tracing::error!(%error, event = event.name(), "an event could not be serialised");
                return;
            }
        };
        let mut ring = self
            .inner
            .ring
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let id = *self.inner.next.borrow();
        ring.bytes += json.len();
        ring.frames.push_back(Frame {
            id,
            name: event.name(),
            session_id: event.session_id().cloned(),
            json,
        });
        while ring.frames.len() > RING_EVENTS || ring.bytes > RING_BYTES {
            let Some(old) = ring.frames.pop_front() else {
                break;
            };
            ring.bytes -= old.json.len();
        }
        self.inner.next.send_replace(id + 1);
    }

    /// Reads from now on, or from the event after `last_id`.
    pub fn subscribe(&self, last_id: Option<u64>) -> Reader {
        let wake = self.inner.next.subscribe();
        let next = last_id.map_or(*wake.borrow(), |id| id.saturating_add(1));
        Reader {
            inner: Arc::clone(&self.inner),
            wake,
            next,
        }
    }

    /// The newest events that `wanted` lets pass, the oldest of them first, and the id of the
    /// oldest event that is kept at all.
    pub fn recent(&self, limit: usize, wanted: impl Fn(&Frame) -> bool) -> (Vec<Frame>, u64) {
        let ring = self
            .inner
            .ring
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let newest = ring.frames.iter().rev().filter(|frame| wanted(frame));
        let mut frames: Vec<Frame> = newest.take(limit).cloned().collect();
        frames.reverse();
        let next = *self.inner.next.borrow();
        (frames, ring.frames.front().map_or(next, |frame| frame.id))
    }

    /// The id of the first event of this run.
    pub fn first_id(&self) -> u64 {
        self.inner.first
    }

    /// The time, as events are stamped with it.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// How many readers there are.
    pub fn readers(&self) -> usize {
        self.inner.next.receiver_count()
    }
}

/// One reader's place in the stream.
pub struct Reader {
    inner: Arc<Inner>,
    wake: watch::Receiver<u64>,
    next: u64,
}

impl Reader {
    /// Everything there is, at most `limit` items; waits while there is nothing. Ends with
    /// `None` never: the bus outlives its readers.
    pub async fn next_batch(&mut self, limit: usize) -> Vec<News> {
        loop {
            self.wake.borrow_and_update();
            let batch = self.take(limit);
            if !batch.is_empty() {
                return batch;
            }
            if self.wake.changed().await.is_err() {
                return Vec::new();
            }
        }
    }

    fn take(&mut self, limit: usize) -> Vec<News> {
        let ring = self
            .inner
            .ring
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let end = *self.inner.next.borrow();
        let oldest = ring.frames.front().map_or(end, |frame| frame.id);
        let mut batch = Vec::new();
        if self.next > end {
            // An id that was never given out: of another gateway's stream, or made up.
            batch.push(News::Gap {
                missed: None,
                resume_from: end,
            });
            self.next = end;
        } else if self.next < oldest {
            let missed = (self.next >= self.inner.first).then(|| oldest - self.next);
            batch.push(News::Gap {
                missed,
                resume_from: oldest,
            });
            self.next = oldest;
        }
        let skip = usize::try_from(self.next - oldest).unwrap_or(usize::MAX);
        batch.extend(
            ring.frames
                .iter()
                .skip(skip)
                .take(limit)
                .cloned()
                .map(News::Event),
        );
        if let Some(News::Event(last)) = batch.last() {
            self.next = last.id + 1;
        }
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::ManualClock,
        model::{ConfigChanged, HealthChanged},
    };

    fn bus() -> Bus {
        Bus::new(Arc::new(ManualClock::at(Timestamp::from_millis(1_000))))
    }

    fn news(keys: &str) -> BusEvent {
        BusEvent::ConfigChanged(ConfigChanged {
            keys: vec![keys.to_owned()],
            ..ConfigChanged::default()
        })
    }

    fn ids(batch: &[News]) -> Vec<u64> {
        batch
            .iter()
            .map(|news| match news {
                News::Event(frame) => frame.id,
                News::Gap { .. } => 0,
            })
            .collect()
    }

    #[tokio::test]
    async fn a_reader_that_comes_back_goes_on_where_it_was() {
        let bus = bus();
        let mut first = bus.subscribe(None);
        for name in ["a", "b", "c"] {
            bus.publish(&news(name));
        }
        let seen = first.next_batch(2).await;
        assert_eq!(ids(&seen), [1_000_000, 1_000_001]);
        drop(first);
        let mut again = bus.subscribe(Some(1_000_001));
        assert_eq!(ids(&again.next_batch(10).await), [1_000_002]);
    }

    #[tokio::test]
    async fn two_readers_share_the_bytes_of_one_event() {
        let bus = bus();
        let (mut one, mut two) = (bus.subscribe(None), bus.subscribe(None));
        bus.publish(&BusEvent::HealthChanged(HealthChanged {
            component: "gateway".to_owned(),
            status: "ok".to_owned(),
            reason: None,
        }));
        let (one, two) = (one.next_batch(1).await, two.next_batch(1).await);
        let (News::Event(one), News::Event(two)) = (&one[0], &two[0]) else {
            panic!("events")
        };
        assert_eq!(one.json.as_ptr(), two.json.as_ptr());
        let value: serde_json::Value = serde_json::from_slice(&one.json).unwrap();
        assert_eq!(value["type"], "health_changed");
        assert_eq!(value["timestamp"], "1970-01-01T00:00:01.000Z");
    }

    #[test]
    fn the_newest_events_are_read_without_following() {
        let bus = bus();
        assert_eq!(bus.recent(5, |_| true).1, bus.first_id());
        for _ in 0..RING_EVENTS + 3 {
            bus.publish(&news("x"));
        }
        bus.publish(&BusEvent::HealthChanged(HealthChanged {
            component: "memory".to_owned(),
            status: "ok".to_owned(),
            reason: None,
        }));
        let (frames, oldest) = bus.recent(2, |frame| frame.name == "config_changed");
        let ids: Vec<u64> = frames.iter().map(|frame| frame.id).collect();
        assert_eq!(ids, [1_004_097, 1_004_098]);
        assert_eq!(oldest, bus.first_id() + 4);
    }

    #[tokio::test]
    async fn a_lagging_reader_is_told_of_its_gap() {
        let bus = bus();
        let mut slow = bus.subscribe(None);
        for _ in 0..RING_EVENTS + 10 {
            bus.publish(&news("x"));
        }
        let batch = slow.next_batch(3).await;
        let News::Gap {
            missed,
            resume_from,
        } = &batch[0]
        else {
            panic!("a gap first")
        };
        assert_eq!((*missed, *resume_from), (Some(10), 1_000_010));
        assert_eq!(ids(&batch[1..]), [1_000_010, 1_000_011, 1_000_012]);
    }

    #[tokio::test]
    async fn an_id_from_before_a_restart_is_a_gap_of_unknown_size() {
        let bus = bus();
        bus.publish(&news("x"));
        let batch = bus.subscribe(Some(17)).next_batch(10).await;
        assert!(matches!(
            batch[0],
            News::Gap {
                missed: None,
                resume_from: 1_000_000
            }
        ));
        let ahead = bus.subscribe(Some(9_000_000)).next_batch(10).await;
        assert!(matches!(
            ahead[0],
            News::Gap {
                missed: None,
                resume_from: 1_000_001
            }
        ));
    }
}
