//! Keeping what was said, by itself. After a turn is answered, `keeping` decides what of the
//! message is worth keeping and `judge` whether it is known already; what is new becomes an entry
//! of the category conversation. It happens after the answer and costs no model call. Where it
//! stopped stands in the database: nothing is kept twice or left out over a restart.

use std::{sync::Arc, time::Duration};

use super::{
    Memory, MemoryError,
    checks::key_for,
    entries::Writer,
    judge::{Verdict, judge},
    keeping::worth_keeping,
};
use crate::{
    model::{CONVERSATION, Cursor, MemoryAuthor, MemoryEntry, Origin, TurnState},
    store::{
        EndedTurn, MemoryAct, MemoryOutcome, MemoryQuery, MemoryState, StoreError,
        fulltext::{Join, loose_terms},
    },
    tasks::Tasks,
    telemetry::bus::News,
};

/// Turns looked at in one go.
const BATCH: u32 = 50;
/// Turns are looked at so long after their end, so that one whose end is being written is not
/// passed over.
const SETTLED_SECS: i64 = 2;
/// Looks again at least so often.
const EVERY: Duration = Duration::from_secs(30);
/// Entries compared with what might be kept.
const COMPARED: u32 = 8;
/// Terms by which they are found.
const TERMS: usize = 24;
/// How long a deleted entry can be brought back.
const BIN_SECS: i64 = 30 * 24 * 3600;
/// Up to where turns have been looked at.
const PLACE: &str = "memory_kept_to";

impl Memory {
    /// Starts what goes on in the background: keeping what is said, and making vectors.
    pub fn begin(&self, tasks: &Tasks) {
        let (memory, stopping) = (self.clone(), tasks.clone());
        drop(tasks.spawn("memory keeper", async move { memory.keep(&stopping).await }));
        let (inner, stopping) = (Arc::clone(&self.inner), tasks.clone());
        drop(tasks.spawn("memory vectors", async move {
            Arc::clone(&inner.vectors).keep_up(stopping).await;
        }));
    }

    /// Forgets for good what was deleted long ago, and the oldest of too much that was kept;
    /// answers how many entries went.
    pub async fn tidy(&self) -> Result<u64, MemoryError> {
        let config = self.inner.config.current();
        let before = self.inner.clock.now().plus_secs(-BIN_SECS);
        let keep = config.memory.max_conversation_entries;
        let gone = self.inner.store.purge_memories(before, keep).await?;
        self.void_total();
        Ok(gone)
    }

    async fn keep(&self, tasks: &Tasks) {
        let mut news = self.inner.bus.subscribe(None);
        let mut due = true;
        loop {
            if due && let Err(error) = self.keep_what_was_said().await {
                tracing::error!(%error, "what was said could not be kept");
            }
            due = tokio::select! {
                () = tasks.stopping().cancelled() => return,
                () = tokio::time::sleep(EVERY) => true,
                batch = news.next_batch(64) => {
                    let ended = batch.iter().any(|one| {
                        !matches!(one, News::Event(frame) if frame.name != "agent_end")
                    });
                    if ended {
                        let settled = Duration::from_secs(SETTLED_SECS.unsigned_abs());
                        tokio::select! {
                            () = tasks.stopping().cancelled() => return,
                            () = tokio::time::sleep(settled + Duration::from_millis(50)) => {}
                        }
                    }
                    ended
                }
            };
        }
    }

    /// Looks at the turns that ended since it was last called; answers how many entries were
    /// written.
    pub async fn keep_what_was_said(&self) -> Result<usize, MemoryError> {
        let store = &self.inner.store;
        let now = self.inner.clock.now();
        let place = store.find_meta(PLACE).await?;
        let Some(mut after) = place.and_then(|place| Cursor::decode(&place).ok()) else {
            // What was said before there was a memory stays with its conversation.
            let place = Cursor {
                key: now.as_millis(),
                row: 0,
            };
            store.set_meta(PLACE, place.encode()).await?;
            return Ok(0);
        };
        let mut written = 0;
        loop {
            let before = now.plus_secs(-SETTLED_SECS);
            let turns = store.list_ended_turns(after, before, BATCH).await?;
            let Some(last) = turns.last() else {
                return Ok(written);
            };
            after = last.place;
            for turn in &turns {
                written += usize::from(self.keep_turn(turn).await?);
            }
            store.set_meta(PLACE, after.encode()).await?;
        }
    }

    async fn keep_turn(&self, turn: &EndedTurn) -> Result<bool, MemoryError> {
        let store = &self.inner.store;
        if !self.inner.config.current().memory.auto_save || !is_said_by_somebody(turn) {
            return Ok(false);
        }
        let Some(text) = worth_keeping(&turn.input) else {
            return Ok(false);
        };
        // The agent has chosen itself what to remember of it.
        if store.has_memory_of(&turn.session_id, turn.id).await? {
            return Ok(false);
        }
        let (key, act) = match self.known(&text).await? {
            Some((Verdict::Same, _)) => return Ok(false),
            Some((_, old)) => (old.key, true),
            None => (key_for(&text), false),
        };
        let state = MemoryState {
            key: key.clone(),
            content: text,
            category: (!act).then(|| CONVERSATION.to_owned()),
            pinned: None,
        };
        let act = if act {
            MemoryAct::Put(state)
        } else {
            MemoryAct::Create(state)
        };
        let writer = Writer {
            author: MemoryAuthor::Auto,
            session_id: Some(turn.session_id.clone()),
            turn_id: Some(turn.id),
        };
        let max = self.inner.config.current().memory.max_entries;
        let write = self.act(key, act, &writer, None);
        let outcome = store.write_memories(vec![write], max).await?;
        match outcome.into_iter().next() {
            Some(MemoryOutcome::Done(verb, entry)) => {
                self.tell(verb, vec![entry.key]);
                Ok(true)
            }
            Some(MemoryOutcome::Full) => {
                tracing::warn!(
                    max,
                    "what was said is not kept: there are too many memories"
                );
                Ok(false)
            }
            _ => Ok(false),
        }
    }

    /// The entry that says the same already, or of which a text is the next version: of
    /// [`COMPARED`] entries, the first. Only what was kept by itself, and is not pinned, gives
    /// way to a newer text; what somebody wrote stays as it is.
    async fn known(&self, text: &str) -> Result<Option<(Verdict, MemoryEntry)>, StoreError> {
        let query = MemoryQuery {
            phrases: Vec::new(),
            terms: loose_terms(text, TERMS),
            join: Join::Any,
            category: None,
            session: None,
            author: None,
            pinned: false,
            limit: COMPARED,
        };
        let store = &self.inner.store;
        let hits = store.search_memories(&query).await?;
        let rows: Vec<i64> = hits.iter().map(|hit| hit.row).collect();
        let mut entries = store.get_memories(&rows).await?;
        entries.sort_by_key(|entry| rows.iter().position(|row| *row == entry.row));
        // The same text has the same key, however common its words are.
        entries.extend(
            store
                .find_memory(&key_for(text))
                .await?
                .filter(|entry| entry.deleted_at.is_none() && !rows.contains(&entry.row)),
        );
        let mut newer = None;
        for entry in entries {
            let gives_way = entry.author == MemoryAuthor::Auto
                && entry.category == CONVERSATION
                && !entry.pinned;
            match judge(text, &entry.content) {
                Verdict::Same => return Ok(Some((Verdict::Same, entry))),
                Verdict::Newer if gives_way && newer.is_none() => {
                    newer = Some((Verdict::Newer, entry));
                }
                Verdict::Newer | Verdict::Different => {}
            }
        }
        Ok(newer)
    }
}

/// Whether a person said it, and was answered: what a schedule or another program says over the
/// compatible routes comes again and again.
fn is_said_by_somebody(turn: &EndedTurn) -> bool {
    let origin: Option<Origin> = turn.origin.parse().ok();
    turn.state == TurnState::Done.as_str()
        && !matches!(origin, None | Some(Origin::Cron | Origin::Openai))
}
