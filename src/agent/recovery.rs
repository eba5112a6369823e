//! After a restart: turns that had not ended are taken up again. One that waited still waits.
//! One whose model had not finished answering is asked again from the last tool on, and its readers
//! are told which part of the answer is void. One that waited for its owner's decision still does. One that never survives is given up, so that a message which
//! brings the gateway down does not do so for ever.

use std::sync::Arc;

use super::{
    Agent, AgentError, asking,
    journal::frame_from,
    live::{EventFrame, LiveTurn, Recovery, Said, TurnJob},
    runner,
    steps::Steps,
};
use crate::{
    model::{StepCall, Turn, TurnEventKind, TurnState},
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
            let steps = steps_of(&rows);
            let asked = |call: &StepCall| asking::is_asked(call.approval.as_ref());
            let waits = steps.open_calls().iter().any(asked);
            // To wait is no work that could bring the gateway down.
            let count = if waits {
                turn.recoveries
            } else {
                self.inner.parts.store.count_recovery(turn.id).await?
            };
            Some(Recovery {
                count,
                discard_from_seq: void_from(&rows),
                steps,
                waits,
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
            device_id: turn.device_id,
            job: turn.job,
            tools: turn.tools,
            only_tools: turn.only_tools,
            model: match (&recovery, turn.provider, turn.model) {
                (Some(_), Some(provider), Some(model)) => Some(format!("{provider}/{model}")),
                (_, _, model) => model,
            },
            created_at: turn.created_at,
            first_in_session: false,
            recovery,
        };
        if job.recovery.is_some() {
            self.inner.parts.cost.resume_turn(job.id).await?;
        }
        let said = Said {
            input: turn.input,
            context: turn.context,
            attachments,
        };
        let given_up = job
            .recovery
            .as_ref()
            .is_some_and(|recovery| recovery.count > MAX_RECOVERIES);
        let live = Arc::new(LiveTurn::with_log(job, said, log));
        if given_up {
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

/// The first piece of an answer that will be given again: all that was said since the last tool
/// was used, since what came of that is kept.
fn void_from(rows: &[EventRow]) -> Option<u32> {
    let is_tool =
        |row: &EventRow| row.name.starts_with("tool_") || row.name.starts_with("approval_");
    let from = rows.iter().rposition(is_tool).map_or(0, |at| at + 1);
    let mut said = rows.iter().skip(from);
    said.find(|row| row.name == "chunk" || row.name == "thinking")
        .map(|row| row.seq)
}

fn steps_of(rows: &[EventRow]) -> Steps {
    let mut steps = Steps::default();
    for row in rows {
        // What an older version wrote and this one can't read is left out.
        if let Ok(kind) = serde_json::from_str::<TurnEventKind>(&row.payload) {
            steps.take(row.seq, &kind);
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    #[test]
    fn what_was_said_since_the_last_tool_is_void() {
        let void = |names: &[&str]| {
            let rows: Vec<EventRow> = (1..)
                .zip(names)
                .map(|(seq, name)| EventRow {
                    seq,
                    name: (*name).to_owned(),
                    payload: String::new(),
                    at: Timestamp::default(),
                })
                .collect();
            void_from(&rows)
        };
        assert_eq!(void(&["turn_started"]), None);
        assert_eq!(void(&["turn_started", "thinking", "chunk"]), Some(2));
        let told = ["turn_started", "chunk", "tool_call", "tool_result", "chunk"];
        assert_eq!(void(&told), Some(5));
        assert_eq!(void(&told[..4]), None);
        assert_eq!(void(&["chunk", "tool_call", "approval_request"]), None);
    }
}
