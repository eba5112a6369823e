//! Turns and their events.

use sqlx::{Row as _, sqlite::SqliteRow};

use super::{
    Durability, EventRow, FinishedTurn, Idempotency, Mark, NewTurn, ReplaceRefusal, Store,
    StoreError, TurnRoom, TurnStep, TurnWrite, attachments, branches, idempotency,
    turn_script::TurnScript,
};
use crate::model::{
    Attachment, AttachmentInfo, DeviceId, MicroUsd, SessionId, Step, Timestamp, Turn, TurnId,
    TurnState, Usage,
};

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartOutcome {
    /// Its turn is in the database.
    Started,
    /// The key is known: this turn was started by the same message.
    Duplicate(TurnId),
    /// The key is known for another message.
    KeyReused,
    /// It can't take the place of the turn that it replaces.
    NotReplaced(ReplaceRefusal),
}

/// What an earlier turn contributes to the next prompt.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryTurn {
    /// The turn.
    pub id: TurnId,
    /// What was said.
    pub input: String,
    /// Texts handed along.
    pub context: Vec<String>,
    /// Whether files were handed along.
    pub has_files: bool,
    /// What was answered, as far as it came.
    pub response: Option<String>,
    /// The tools that were used, and what was said before them.
    pub steps: Vec<Step>,
}

/// A turn's columns; what is said of its files (not their bytes), for a turn that has some; and
/// the ids of all that stand at its place, when there are several.
const COLUMNS: &str = "row, id, session_id, state, origin, device_id, input, context, tools, \
     only_tools, provider, model, response, reasoning, reasoning_ms, steps, input_tokens, output_tokens, cached_tokens, \
     reasoning_tokens, cost_micros, error_code, error_message, last_seq, recoveries, created_at, \
     started_at, finished_at, job, \
     iif(attachments is null, null, (select json_group_array(json_array(file.name, \
         file.media_type, length(file.data)) order by file.place) \
         from attachments as file where file.turn_id = turns.id)) as files, \
     iif(parent is null, \
         (select json_group_array(hex(version.id) order by version.row) from turns as version \
          where version.session_id = turns.session_id and version.parent is null \
          having count(*) > 1), \
         (select json_group_array(hex(version.id) order by version.row) from turns as version \
          where version.parent = turns.parent having count(*) > 1)) as versions";

impl Store {
    /// Waits for room in the writer's queue.
    pub async fn turn_room(&self) -> TurnRoom<'_> {
        self.writer.room().await
    }

    /// Keeps a new turn with its files and, if given, the key that makes it count once, in the
    /// place of the turn that it replaces: all of it or nothing.
    pub async fn start_turn(
        &self,
        turn: NewTurn,
        files: Vec<Attachment>,
        key: Option<Idempotency>,
    ) -> Result<StartOutcome, StoreError> {
        if files.is_empty() && key.is_none() && turn.replaces.is_none() {
            let (kept, answer) = tokio::sync::oneshot::channel();
            self.turn_room()
                .await
                .write(start_write(turn), move |result| {
                    let _nobody_waits = kept.send(result);
                });
            answer
                .await
                .map_err(|_| StoreError::Write("the database is closed".into()))??;
            return Ok(StartOutcome::Started);
        }
        self.write(Durability::Process, move |db| {
            Box::pin(async move {
                if let Some(key) = &key
                    && let Some(known) = idempotency::known(&mut *db, key).await?
                {
                    return Ok(known);
                }
                if let Some(replaced) = turn.replaces {
                    let refusal = branches::make_way(&mut *db, &turn.session_id, replaced).await?;
                    if let Some(refusal) = refusal {
                        return Ok(StartOutcome::NotReplaced(refusal));
                    }
                }
                let (id, at) = (turn.id, turn.created_at);
                if let Some(key) = &key {
                    idempotency::remember(&mut *db, key, id, at).await?;
                }
                let write = start_write(turn);
                TurnScript::of(std::iter::once(&write))
                    .inside()
                    .execute(&mut *db)
                    .await?;
                attachments::insert(db, id, files).await?;
                Ok(StartOutcome::Started)
            })
        })
        .await
    }

    /// Keeps a turn that is over already.
    pub async fn insert_told_turn(
        &self,
        turn: NewTurn,
        state: TurnState,
        end: FinishedTurn,
    ) -> Result<(), StoreError> {
        self.write(Durability::Process, move |db| {
            Box::pin(async move {
                let finish = TurnWrite {
                    turn_id: turn.id,
                    session_id: turn.session_id.clone(),
                    at: turn.created_at,
                    step: TurnStep::Finish(state, Box::new(end)),
                    event: None,
                };
                let writes = [start_write(turn), finish];
                TurnScript::of(writes.iter()).inside().execute(db).await?;
                Ok(())
            })
        })
        .await
    }

    /// A turn, if it is known.
    pub async fn find_turn(&self, id: TurnId) -> Result<Option<Turn>, StoreError> {
        let sql = format!("select {COLUMNS} from turns where id = ?1");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(id.as_bytes().to_vec())
            .fetch_optional(self.readers())
            .await?
            .as_ref()
            .map(turn_from)
            .transpose()
    }

    /// Turns that have not ended, in the order they were accepted.
    pub async fn list_unfinished_turns(&self) -> Result<Vec<Turn>, StoreError> {
        let sql = format!("select {COLUMNS} from turns where finished_at is null order by row");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(turn_from).collect()
    }

    /// The turns of a session that are shown, before `before_row`, newest first.
    pub async fn list_turns(
        &self,
        session: &SessionId,
        before_row: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Turn>, StoreError> {
        let sql = format!(
            "select {COLUMNS} from turns where session_id = ?1 and active = 1 and row < ?2
             order by row desc limit ?3"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(session.as_str())
            .bind(before_row.unwrap_or(i64::MAX))
            .bind(limit)
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(turn_from).collect()
    }

    /// What the ended turns of a session that lead to this one contribute to its prompt, newest
    /// first. A message that was withdrawn contributes nothing.
    pub async fn list_history(
        &self,
        session: &SessionId,
        before: TurnId,
        limit: u32,
    ) -> Result<Vec<HistoryTurn>, StoreError> {
        let rows = sqlx::query(
            "select id, input, context, attachments is not null as has_files, response, steps from turns
             where session_id = ?1 and active = 1 and finished_at is not null
               and (started_at is not null or state <> 'cancelled')
               and row < (select row from turns where id = ?2)
             order by row desc limit ?3",
        )
        .bind(session.as_str())
        .bind(before.as_bytes().to_vec())
        .bind(limit)
        .fetch_all(self.readers())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(HistoryTurn {
                    id: id_from(row)?,
                    input: row.try_get("input")?,
                    context: list_from(row, "context")?,
                    has_files: row.try_get("has_files")?,
                    response: row.try_get("response")?,
                    steps: steps_from(row)?,
                })
            })
            .collect()
    }

    /// Events of a turn after `seq`, in order.
    pub async fn list_events(
        &self,
        turn: TurnId,
        after_seq: u32,
        limit: u32,
    ) -> Result<Vec<EventRow>, StoreError> {
        let rows: Vec<(u32, String, String, i64)> = sqlx::query_as(
            "select seq, type, payload, at from turn_events
             where turn_id = ?1 and seq > ?2 order by seq limit ?3",
        )
        .bind(turn.as_bytes().to_vec())
        .bind(after_seq)
        .bind(limit)
        .fetch_all(self.readers())
        .await?;
        Ok(rows
            .into_iter()
            .map(|(seq, name, payload, at)| EventRow {
                seq,
                name,
                payload,
                at: Timestamp::from_millis(at),
            })
            .collect())
    }

    /// When the events of a turn happened. Of pieces of text that follow each other the first
    /// stands for all of them, without its text.
    pub async fn list_marks(&self, turn: TurnId) -> Result<Vec<Mark>, StoreError> {
        let rows: Vec<(Option<String>, i64)> = sqlx::query_as(
            "with marks as (
                 select seq, payload, at, type in ('chunk', 'thinking') as text,
                     lag(type in ('chunk', 'thinking'), 1, false) over (order by seq) as more
                 from turn_events where turn_id = ?1 and type <> 'tool_output')
             select iif(text, null, payload), at from marks where not (text and more)
             order by seq",
        )
        .bind(turn.as_bytes().to_vec())
        .fetch_all(self.readers())
        .await?;
        let mark = |(payload, at)| Mark {
            payload,
            at: Timestamp::from_millis(at),
        };
        Ok(rows.into_iter().map(mark).collect())
    }

    /// Changes the message of a turn that waits; `false` when it waits no longer.
    pub async fn change_waiting_turn(
        &self,
        id: TurnId,
        input: String,
        files: Option<Vec<Attachment>>,
    ) -> Result<bool, StoreError> {
        self.write(Durability::Process, move |db| {
            Box::pin(async move {
                let names = files.as_ref().map(|files| {
                    let names: Vec<_> = files.iter().map(|file| &file.name).collect();
                    serde_json::to_string(&names).unwrap_or_default()
                });
                let done = sqlx::query(
                    "update turns set input = ?2,
                         attachments = iif(?3 is null, attachments, nullif(?3, '[]'))
                     where id = ?1 and state = 'queued' and finished_at is null",
                )
                .bind(id.as_bytes().to_vec())
                .bind(input)
                .bind(names)
                .execute(&mut *db)
                .await?;
                let waits = done.rows_affected() == 1;
                if let Some(files) = files.filter(|_| waits) {
                    attachments::replace(db, id, files).await?;
                }
                Ok(waits)
            })
        })
        .await
    }

    /// Notes that a turn has to be begun again after a restart; answers how often so far.
    pub async fn count_recovery(&self, turn: TurnId) -> Result<u32, StoreError> {
        self.write(Durability::Process, move |db| {
            Box::pin(async move {
                let count = sqlx::query_scalar(
                    "update turns set recoveries = recoveries + 1 where id = ?1
                     returning recoveries",
                )
                .bind(turn.as_bytes().to_vec())
                .fetch_one(db)
                .await?;
                Ok(count)
            })
        })
        .await
    }
}

fn start_write(turn: NewTurn) -> TurnWrite {
    TurnWrite {
        turn_id: turn.id,
        session_id: turn.session_id.clone(),
        at: turn.created_at,
        step: TurnStep::Start(Box::new(turn)),
        event: None,
    }
}

fn id_from(row: &SqliteRow) -> Result<TurnId, StoreError> {
    TurnId::from_bytes(&row.try_get::<Vec<u8>, _>("id")?)
        .map_err(|_| StoreError::Corrupt("turns.id"))
}

fn list_from(row: &SqliteRow, column: &str) -> Result<Vec<String>, StoreError> {
    let text: Option<String> = row.try_get(column)?;
    text.map_or(Ok(Vec::new()), |text| {
        serde_json::from_str(&text).map_err(|_| StoreError::Corrupt("turns, a list"))
    })
}

fn only_tools_from(row: &SqliteRow) -> Result<Option<Vec<String>>, StoreError> {
    let text: Option<&str> = row.try_get("only_tools")?;
    text.map(|text| serde_json::from_str(text).map_err(|_| StoreError::Corrupt("turns.only_tools")))
        .transpose()
}

fn steps_from(row: &SqliteRow) -> Result<Vec<Step>, StoreError> {
    let text: Option<&str> = row.try_get("steps")?;
    text.map_or(Ok(Vec::new()), |text| {
        serde_json::from_str(text).map_err(|_| StoreError::Corrupt("turns.steps"))
    })
}

fn files_from(row: &SqliteRow) -> Result<Vec<AttachmentInfo>, StoreError> {
    let Some(text) = row.try_get::<Option<&str>, _>("files")? else {
        return Ok(Vec::new());
    };
    let files: Vec<(String, String, u64)> =
        serde_json::from_str(text).map_err(|_| StoreError::Corrupt("attachments"))?;
    let files = files
        .into_iter()
        .map(|(name, media_type, size)| AttachmentInfo {
            name,
            media_type,
            size,
        });
    Ok(files.collect())
}

fn versions_from(row: &SqliteRow) -> Result<Vec<TurnId>, StoreError> {
    let Some(text) = row.try_get::<Option<&str>, _>("versions")? else {
        return Ok(Vec::new());
    };
    // Thirty-two digits without dashes are a UUID too.
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt("turns.id"))
}

fn turn_from(row: &SqliteRow) -> Result<Turn, StoreError> {
    let count = |column: &str| -> Result<u64, StoreError> {
        Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or(0))
    };
    let moment = |column: &str| -> Result<Option<Timestamp>, StoreError> {
        Ok(row
            .try_get::<Option<i64>, _>(column)?
            .map(Timestamp::from_millis))
    };
    let device: Option<Vec<u8>> = row.try_get("device_id")?;
    Ok(Turn {
        row: row.try_get("row")?,
        id: id_from(row)?,
        session_id: row
            .try_get::<&str, _>("session_id")?
            .parse()
            .map_err(|_| StoreError::Corrupt("turns.session_id"))?,
        state: row
            .try_get::<&str, _>("state")?
            .parse::<TurnState>()
            .map_err(|()| StoreError::Corrupt("turns.state"))?,
        origin: row
            .try_get::<&str, _>("origin")?
            .parse()
            .map_err(|()| StoreError::Corrupt("turns.origin"))?,
        device_id: device.and_then(|bytes| DeviceId::from_bytes(&bytes).ok()),
        input: row.try_get("input")?,
        context: list_from(row, "context")?,
        attachments: files_from(row)?,
        versions: versions_from(row)?,
        tools: row.try_get("tools")?,
        job: row.try_get("job")?,
        only_tools: only_tools_from(row)?,
        provider: row.try_get("provider")?,
        model: row.try_get("model")?,
        response: row.try_get("response")?,
        reasoning: row.try_get("reasoning")?,
        reasoning_ms: row
            .try_get::<Option<i64>, _>("reasoning_ms")?
            .and_then(|millis| u64::try_from(millis).ok()),
        steps: steps_from(row)?,
        usage: Usage {
            input_tokens: count("input_tokens")?,
            output_tokens: count("output_tokens")?,
            cached_tokens: count("cached_tokens")?,
            reasoning_tokens: count("reasoning_tokens")?,
        },
        cost: row.try_get::<Option<i64>, _>("cost_micros")?.map(MicroUsd),
        error_code: row.try_get("error_code")?,
        error_message: row.try_get("error_message")?,
        last_seq: row.try_get("last_seq")?,
        recoveries: row.try_get("recoveries")?,
        created_at: moment("created_at")?.unwrap_or_default(),
        started_at: moment("started_at")?,
        finished_at: moment("finished_at")?,
    })
}
