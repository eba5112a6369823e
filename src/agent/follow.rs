//! Reading a turn: the events there are, then those that come, whatever the transport.

use std::{collections::VecDeque, sync::Arc};

use tokio::sync::watch;

use super::{
    AgentError,
    journal::frame_from,
    live::{EventFrame, LiveTurn, Tip},
};
use crate::{
    model::{SessionId, Turn, TurnId},
    store::Store,
};

/// Events read from the database at once.
const PAGE: u32 = 500;
/// Events handed over at once.
const BATCH: u32 = 128;

/// One reader's place in a turn.
pub struct TurnReader {
    turn_id: TurnId,
    session_id: SessionId,
    seq: u32,
    source: Source,
}

enum Source {
    Live(Arc<LiveTurn>, watch::Receiver<Tip>, Store),
    Stored(Store),
    Ended,
}

impl TurnReader {
    pub(super) fn live(live: &Arc<LiveTurn>, store: Store, after_seq: u32) -> Self {
        Self {
            turn_id: live.job.id,
            session_id: live.job.session_id.clone(),
            seq: after_seq,
            source: Source::Live(Arc::clone(live), live.watch(), store),
        }
    }

    pub(super) fn stored(store: Store, turn: &Turn, after_seq: u32) -> Self {
        Self {
            turn_id: turn.id,
            session_id: turn.session_id.clone(),
            seq: after_seq,
            source: Source::Stored(store),
        }
    }

    /// The turn that is read.
    pub fn turn_id(&self) -> TurnId {
        self.turn_id
    }

    /// Its session.
    pub fn session_id(&self) -> &SessionId {
        &self.session_id
    }

    /// The next events, at least one; waits for them. Empty once the turn has ended and all of
    /// it was read.
    pub async fn next_batch(&mut self) -> Result<Vec<EventFrame>, AgentError> {
        let batch = match &mut self.source {
            Source::Ended => Vec::new(),
            Source::Live(live, tip, store) => next_live(live, tip, store, self.seq).await?,
            Source::Stored(store) => {
                stored(store, self.turn_id, &self.session_id, self.seq, PAGE).await?
            }
        };
        match batch.last() {
            Some(last) => self.seq = last.seq,
            None => self.source = Source::Ended,
        }
        Ok(batch)
    }

    /// The events one by one, as a stream that ends with the turn.
    pub fn into_stream(
        self,
    ) -> impl futures_util::Stream<Item = Result<EventFrame, AgentError>> + Send {
        futures_util::stream::try_unfold(
            (self, VecDeque::new()),
            |(mut reader, mut ready)| async move {
                if ready.is_empty() {
                    ready.extend(reader.next_batch().await?);
                }
                Ok(ready.pop_front().map(|frame| (frame, (reader, ready))))
            },
        )
    }
}

/// The next events of a turn that has not ended: from memory, or from the journal when the reader
/// is so far behind that memory no longer has them.
async fn next_live(
    live: &LiveTurn,
    tip: &mut watch::Receiver<Tip>,
    store: &Store,
    seq: u32,
) -> Result<Vec<EventFrame>, AgentError> {
    loop {
        let now = *tip.borrow_and_update();
        let Some(batch) = live.after(seq, BATCH as usize) else {
            let job = &live.job;
            let batch = stored(store, job.id, &job.session_id, seq, BATCH).await?;
            // Events that a full disk kept out of the journal are lost to who comes late.
            return Ok(if batch.is_empty() {
                live.oldest(BATCH as usize)
            } else {
                batch
            });
        };
        if !batch.is_empty() || now.ended || tip.changed().await.is_err() {
            return Ok(batch);
        }
    }
}

async fn stored(
    store: &Store,
    turn: TurnId,
    session: &SessionId,
    seq: u32,
    limit: u32,
) -> Result<Vec<EventFrame>, AgentError> {
    let rows = store.list_events(turn, seq, limit).await?;
    Ok(rows
        .iter()
        .map(|row| frame_from(turn, session, row))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        agent::live::testing::turn_with_events,
        model::Timestamp,
        store::{EventRow, TurnStep, TurnWrite, testing::store},
    };

    async fn journal(store: &Store, live: &LiveTurn, seq: u32) {
        let (kept, done) = tokio::sync::oneshot::channel();
        let at = Timestamp::default();
        let write = TurnWrite {
            turn_id: live.job.id,
            session_id: live.job.session_id.clone(),
            at,
            step: TurnStep::Event,
            event: Some(EventRow {
                seq,
                name: "chunk".to_owned(),
                payload: "{\"type\":\"chunk\"}".to_owned(),
                at,
            }),
        };
        let keep = |result: Result<(), _>| kept.send(result.is_ok()).unwrap();
        store.turn_room().await.write(write, keep);
        assert!(done.await.unwrap());
    }

    #[tokio::test]
    async fn a_reader_far_behind_a_running_turn_misses_nothing() {
        let (store, _folder) = store().await;
        let live = Arc::new(turn_with_events(900));
        for seq in 1..=900 {
            journal(&store, &live, seq).await;
        }
        let mut reader = TurnReader::live(&live, store.clone(), 10);
        let mut read = Vec::new();
        while read.last() != Some(&900) {
            let batch = reader.next_batch().await.unwrap();
            read.extend(batch.iter().map(|frame| frame.seq));
        }
        assert_eq!(read, (11..=900).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn a_reader_far_behind_gets_past_events_that_were_never_kept() {
        let (store, _folder) = store().await;
        let live = Arc::new(turn_with_events(900));
        let mut reader = TurnReader::live(&live, store.clone(), 10);
        let batch = reader.next_batch().await.unwrap();
        assert_eq!(batch.first(), live.oldest(1).first());
    }
}
