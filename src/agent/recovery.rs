//! After a restart: turns that had not ended are taken up again. One that waited still waits.
//! One whose model had not finished answering is asked again, and its readers are told which
//! part of the answer is void. One that never survives is given up, so that a message which
//! brings the gateway down does not do so for ever.

use std::sync::Arc;

use super::{
    Agent, AgentError, Totals,
    journal::frame_from,
    live::{EventFrame, LiveTurn, Recovery, Said, TurnJob},
    runner,
};
use crate::{
    model::{Turn, TurnState},
    store::EventRow,
};

/// How often a turn is begun again.
const MAX_RECOVERIES: u32 = 3;
/// Events read at once.
const PAGE: u32 = 2000;

impl Agent {
    /// Takes up what a restart interrupted; answers how many turns. Call once, before anything
    /// is started.
    pub async fn recover(&self) -> Result<usize, AgentError> {
        let used = self.inner.parts.store.sum_usage().await?;
        *self.inner.totals() = Totals {
            tokens: used.tokens,
            unpriced_tokens: used.unpriced_tokens,
            cost_micros: used.cost_micros,
        };
        let unfinished = self.inner.parts.store.list_unfinished_turns().await?;
        let count = unfinished.len();
        for turn in unfinished {
            self.take_up(turn).await?;
        }
        Ok(count)
    }

    async fn take_up(&self, turn: Turn) -> Result<(), AgentError> {
        let rows = self.all_events(&turn).await?;
        let log: Vec<EventFrame> = rows
            .iter()
            .map(|row| frame_from(turn.id, &turn.session_id, row))
            .collect();
        let recovery = if turn.state == TurnState::Queued {
            None
        } else {
            let count = self.inner.parts.store.count_recovery(turn.id).await?;
            Some(Recovery {
                count,
                discard_from_seq: void_from(&rows),
            })
        };
        let attachments = if turn.attachments.is_empty() {
            Vec::new()
        } else {
            self.inner.parts.store.list_attachments(turn.id).await?
        };
        let job = TurnJob {
            id: turn.id,
            session_id: turn.session_id,
            origin: turn.origin,
            model: match (recovery, turn.provider, turn.model) {
                (Some(_), Some(provider), Some(model)) => Some(format!("{provider}/{model}")),
                (_, _, model) => model,
            },
            created_at: turn.created_at,
            first_in_session: false,
            recovery,
        };
        let said = Said {
            input: turn.input,
            context: turn.context,
            attachments,
        };
        let live = Arc::new(LiveTurn::with_log(job, said, log));
        if recovery.is_some_and(|recovery| recovery.count > MAX_RECOVERIES) {
            runner::interrupt(&self.inner, &live).await;
        } else if self.inner.queues.restore(&live) == 0 {
            runner::spawn(&self.inner, live);
        }
        Ok(())
    }

    async fn all_events(&self, turn: &Turn) -> Result<Vec<EventRow>, AgentError> {
        let mut rows: Vec<EventRow> = Vec::new();
        loop {
            let after = rows.last().map_or(0, |row| row.seq);
            let page = self
                .inner
                .parts
                .store
                .list_events(turn.id, after, PAGE)
                .await?;
            if page.is_empty() {
                return Ok(rows);
            }
            rows.extend(page);
        }
    }
}

/// The first piece of an answer that will be given again: all pieces count, since the whole
/// conversation with the model begins anew.
fn void_from(rows: &[EventRow]) -> Option<u32> {
    rows.iter()
        .find(|row| row.name == "chunk" || row.name == "thinking")
        .map(|row| row.seq)
}
