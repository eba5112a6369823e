//! The journal of one turn. An event is kept first and shown after: a reader is never ahead of
//! the database, so a `seq` means the same event before and after a `kill -9`. Keeping takes a
//! group commit without a disk synchronisation, a tenth of a millisecond or so; events that come
//! meanwhile go together in the next group, so a fast model is not slowed down.

use std::sync::Arc;

use bytes::Bytes;

use super::live::{EventFrame, LiveTurn};
use crate::{
    clock::Clock,
    model::{SessionId, Timestamp, TurnEventKind, TurnId},
    store::{EventRow, Store, TurnStep, TurnWrite},
};

/// Writes the events of one turn.
pub(super) struct Journal {
    store: Store,
    clock: Arc<dyn Clock>,
    live: Arc<LiveTurn>,
    last_seq: u32,
}

impl Journal {
    /// Goes on after the events that the turn has already.
    pub(super) fn new(store: Store, clock: Arc<dyn Clock>, live: Arc<LiveTurn>) -> Self {
        let last_seq = live.last_seq();
        Self {
            store,
            clock,
            live,
            last_seq,
        }
    }

    /// Keeps and shows an event; waits only while the writer's queue is full. Answers with its
    /// place.
    pub(super) async fn append(&mut self, kind: &TurnEventKind) -> u32 {
        self.write(kind, TurnStep::Event, || {}).await;
        self.last_seq
    }

    /// Keeps and shows an event together with a change of the turn.
    pub(super) async fn step(&mut self, kind: &TurnEventKind, step: TurnStep) -> u32 {
        self.write(kind, step, || {}).await;
        self.last_seq
    }

    /// The same, and waits until it is kept.
    pub(super) async fn kept(&mut self, kind: &TurnEventKind, step: TurnStep) -> u32 {
        self.last(kind, |_| step).await;
        self.last_seq
    }

    /// The same, with a change that knows the event's place.
    pub(super) async fn last(&mut self, kind: &TurnEventKind, step: impl FnOnce(u32) -> TurnStep) {
        let (kept, done) = tokio::sync::oneshot::channel();
        let step = step(self.last_seq + 1);
        self.write(kind, step, move || {
            let _nobody_waits = kept.send(());
        })
        .await;
        let _store_closed = done.await;
    }

    async fn write(
        &mut self,
        kind: &TurnEventKind,
        step: TurnStep,
        then: impl FnOnce() + Send + 'static,
    ) {
        // A turn may be stopped while it waits for room here: only what has room gets a number,
        // so that none is left out.
        let room = self.store.turn_room().await;
        self.last_seq += 1;
        let (seq, at) = (self.last_seq, self.clock.now());
        let job = &self.live.job;
        let payload = payload_of(kind);
        let json = event_json(job.id, &job.session_id, seq, at, &payload);
        let frame = EventFrame {
            seq,
            name: kind.name(),
            json,
        };
        let event = EventRow {
            seq,
            name: kind.name().to_owned(),
            payload,
            at,
        };
        let write = TurnWrite {
            turn_id: job.id,
            session_id: job.session_id.clone(),
            at,
            step,
            event: Some(event),
        };
        let live = Arc::clone(&self.live);
        room.write(write, move |kept| {
            if let Err(error) = kept {
                // A full disk must not cost the owner the answer as well: it is shown, and
                // the log says that it will not survive a restart.
                tracing::error!(%error, turn = %live.job.id, seq, "an event was not kept");
            }
            live.publish(frame);
            then();
        });
    }
}

/// The event's own fields, `type` first, as the journal holds them.
fn payload_of(kind: &TurnEventKind) -> String {
    // Plain data with string keys always serialises.
    serde_json::to_string(kind).unwrap_or_else(|_| "{}".to_owned())
}

/// The whole event: its place, then its own fields. Spliced, so that each is serialised once.
fn event_json(turn: TurnId, session: &SessionId, seq: u32, at: Timestamp, payload: &str) -> Bytes {
    use std::io::Write as _;
    let fields = payload.strip_prefix('{').unwrap_or(payload);
    let mut json = Vec::with_capacity(payload.len() + 180);
    // Neither id needs escaping, and writing to a vector can't fail.
    let _infallible = write!(
        json,
        "{{\"turn_id\":\"{turn}\",\"session_id\":\"{session}\",\"seq\":{seq},\
         \"timestamp\":\"{at}\",{fields}"
    );
    json.into()
}

/// An event of the journal as readers see it.
pub(super) fn frame_from(turn: TurnId, session: &SessionId, row: &EventRow) -> EventFrame {
    EventFrame {
        seq: row.seq,
        name: static_name(&row.name),
        json: event_json(turn, session, row.seq, row.at, &row.payload),
    }
}

fn static_name(name: &str) -> &'static str {
    TurnEventKind::NAMES
        .into_iter()
        .find(|known| *known == name)
        .unwrap_or("notice")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Chunk, TurnEvent};

    #[test]
    fn a_spliced_event_is_the_event() {
        let kind = TurnEventKind::Chunk(Chunk {
            content: "a \"b\"\n\u{1F600}".to_owned(),
        });
        let event = TurnEvent {
            turn_id: TurnId::fresh(),
            session_id: "my-session".parse().unwrap(),
            seq: 7,
            timestamp: Timestamp::from_millis(1_763_696_580_120),
            kind,
        };
        let json = event_json(
            event.turn_id,
            &event.session_id,
            event.seq,
            event.timestamp,
            &payload_of(&event.kind),
        );
        let back: TurnEvent = serde_json::from_slice(&json).unwrap();
        assert_eq!(back, event);
    }

    #[test]
    fn an_event_without_fields_is_still_json() {
        let kind = TurnEventKind::Cancelled(crate::model::Cancelled {});
        let session: SessionId = "s".parse().unwrap();
        let json = event_json(
            TurnId::fresh(),
            &session,
            1,
            Timestamp::default(),
            &payload_of(&kind),
        );
        let value: serde_json::Value = serde_json::from_slice(&json).unwrap();
        assert_eq!(
            (value["type"].as_str(), value["seq"].as_u64()),
            (Some("cancelled"), Some(1))
        );
    }
}
