//! A conversation is a tree of turns: a message that replaces another stands beside it. One path
//! through it, from a first turn to a last one, is shown (`active`), and turns that have not ended
//! are always on it. A path's rows rise, so what follows a turn on it has a higher row.

use sqlx::SqliteConnection;

use super::{Durability, Store, StoreError};
use crate::model::{SessionId, TurnId};

/// Why a message can't take the place of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplaceRefusal {
    /// There is no such turn.
    Unknown,
    /// It belongs to another session.
    OtherSession,
    /// It has not ended.
    Unfinished,
    /// One that would leave the path has not ended.
    Followed,
}

/// What became of the wish to see a turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShowOutcome {
    /// It is on the path now.
    Shown(SessionId),
    /// It was already.
    Unchanged(SessionId),
    /// There is no such turn, or its session was deleted.
    Unknown,
    /// A turn of its session has not ended.
    Busy,
}

impl Store {
    /// Puts a turn, with the newest of what ever followed it, on the path that is shown.
    pub async fn show_turn(&self, id: TurnId) -> Result<ShowOutcome, StoreError> {
        self.write(Durability::Process, move |db| Box::pin(show(db, id)))
            .await
    }
}

async fn show(db: &mut SqliteConnection, id: TurnId) -> Result<ShowOutcome, StoreError> {
    let found: Option<(i64, String, bool)> = sqlx::query_as(
        "select turns.row, session_id, active from turns
         join sessions on sessions.id = turns.session_id
         where turns.id = ?1 and sessions.deleted_at is null",
    )
    .bind(id.as_bytes().to_vec())
    .fetch_optional(&mut *db)
    .await?;
    let Some((row, session, active)) = found else {
        return Ok(ShowOutcome::Unknown);
    };
    let session: SessionId = session
        .parse()
        .map_err(|_| StoreError::Corrupt("turns.session_id"))?;
    if active {
        return Ok(ShowOutcome::Unchanged(session));
    }
    if has_unfinished(db, &session, 0).await? {
        return Ok(ShowOutcome::Busy);
    }
    let newest: i64 = sqlx::query_scalar(
        "with recursive below (row) as (
             select ?1
             union all
             select turns.row from below join turns on turns.parent = below.row)
         select max(row) from below",
    )
    .bind(row)
    .fetch_one(&mut *db)
    .await?;
    let way = way_up(db, Some(newest)).await?;
    take(db, &session, &way).await?;
    Ok(ShowOutcome::Shown(session))
}

/// Makes the path end before a turn, so that another can take its place.
pub(super) async fn make_way(
    db: &mut SqliteConnection,
    session: &SessionId,
    replaced: TurnId,
) -> Result<Option<ReplaceRefusal>, StoreError> {
    let found: Option<(String, Option<i64>, bool)> = sqlx::query_as(
        "select session_id, parent, finished_at is not null from turns where id = ?1",
    )
    .bind(replaced.as_bytes().to_vec())
    .fetch_optional(&mut *db)
    .await?;
    let Some((found_in, parent, ended)) = found else {
        return Ok(Some(ReplaceRefusal::Unknown));
    };
    if found_in != session.as_str() {
        return Ok(Some(ReplaceRefusal::OtherSession));
    }
    if !ended {
        return Ok(Some(ReplaceRefusal::Unfinished));
    }
    let way = way_up(db, parent).await?;
    if has_unfinished(db, session, way.fork).await? {
        return Ok(Some(ReplaceRefusal::Followed));
    }
    take(db, session, &way).await?;
    Ok(None)
}

/// The way from a turn up to the path.
struct Way {
    /// The last turn that both have in common; 0 when there is none.
    fork: i64,
    /// The turns of the way that are not on the path.
    hidden: Vec<i64>,
}

async fn way_up(db: &mut SqliteConnection, from: Option<i64>) -> Result<Way, StoreError> {
    let steps: Vec<(i64, bool)> = sqlx::query_as(
        "with recursive up (row, parent, active) as (
             select row, parent, active from turns where row = ?1
             union all
             select turns.row, turns.parent, turns.active
             from up join turns on turns.row = up.parent where not up.active)
         select row, active from up",
    )
    .bind(from)
    .fetch_all(db)
    .await?;
    let mut way = Way {
        fork: 0,
        hidden: Vec::with_capacity(steps.len()),
    };
    for (row, active) in steps {
        if active {
            way.fork = row;
        } else {
            way.hidden.push(row);
        }
    }
    Ok(way)
}

/// Leaves the path at the fork and goes the other way.
async fn take(db: &mut SqliteConnection, session: &SessionId, way: &Way) -> Result<(), StoreError> {
    sqlx::query("update turns set active = 0 where session_id = ?1 and active = 1 and row > ?2")
        .bind(session.as_str())
        .bind(way.fork)
        .execute(&mut *db)
        .await?;
    if way.hidden.is_empty() {
        return Ok(());
    }
    sqlx::query("update turns set active = 1 where row in (select value from json_each(?1))")
        .bind(serde_json::to_string(&way.hidden).unwrap_or_default())
        .execute(db)
        .await?;
    Ok(())
}

async fn has_unfinished(
    db: &mut SqliteConnection,
    session: &SessionId,
    after: i64,
) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar(
        "select exists (select 1 from turns
         where finished_at is null and session_id = ?1 and row > ?2)",
    )
    .bind(session.as_str())
    .bind(after)
    .fetch_one(db)
    .await?;
    Ok(found)
}
