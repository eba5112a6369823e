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
const BATCH: usize = 256;

/// One reader's place in a turn.
pub struct TurnReader {
    turn_id: TurnId,
    session_id: SessionId,
    seq: u32,
    source: Source,
}

enum Source {
    Live(Arc<LiveTurn>, watch::Receiver<Tip>),
    Stored(Store),
    Ended,
}

impl TurnReader {
    pub(super) fn live(live: &Arc<LiveTurn>, after_seq: u32) -> Self {
        Self {
            turn_id: live.job.id,
            session_id: live.job.session_id.clone(),
            seq: after_seq,
            source: Source::Live(Arc::clone(live), live.watch()),
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
            Source::Live(live, tip) => next_live(live, tip, self.seq).await,
            Source::Stored(store) => {
                let rows = store.list_events(self.turn_id, self.seq, PAGE).await?;
                rows.iter()
                    .map(|row| frame_from(self.turn_id, &self.session_id, row))
                    .collect()
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

async fn next_live(live: &LiveTurn, tip: &mut watch::Receiver<Tip>, seq: u32) -> Vec<EventFrame> {
    loop {
        let now = *tip.borrow_and_update();
        let batch = live.after(seq, BATCH);
        if !batch.is_empty() || now.ended || tip.changed().await.is_err() {
            return batch;
        }
    }
}
