//! Requests for their owner's decision. They are made with the event that tells of them (see
//! `turn_script`), and settled once.

use serde::de::DeserializeOwned;
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use super::{Durability, NewAuditEntry, Store, StoreError, audit, tool_rules};
use crate::model::{
    Approval, ApprovalId, ApprovalKind, ApprovalState, Cursor, Decision, DeviceId, Risk, SessionId,
    Settlement, Timestamp, ToolRule, TurnId,
};

/// Which requests to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ApprovalFilter {
    /// Those that wait, the oldest first.
    #[default]
    Pending,
    /// Those that were settled, the newest first.
    Settled,
    /// All, the newest first.
    All,
}

/// Which requests to list.
#[derive(Clone, Debug, Default)]
pub struct ApprovalList {
    /// Where they stand.
    pub filter: ApprovalFilter,
    /// Only those of this session.
    pub session_id: Option<SessionId>,
    /// Go on from here.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: u32,
}

const COLUMNS: &str = "approvals.row, approvals.id, turn_id, approvals.session_id, call_id, kind, \
     tool, args, exact_args, summary, risk, preview, scope, covers, approvals.created_at, \
     expires_at, state, decision, held, decided_at, device_id, decided_by, reason, answer, \
     coalesce((select title from sessions where sessions.id = approvals.session_id), '') as title";

impl Store {
    /// A request, if it is known.
    pub async fn find_approval(&self, id: ApprovalId) -> Result<Option<Approval>, StoreError> {
        let sql = format!("select {COLUMNS} from approvals where id = ?1");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(id.as_bytes().to_vec())
            .fetch_optional(self.readers())
            .await?
            .as_ref()
            .map(approval_from)
            .transpose()
    }

    /// Requests, page by page.
    pub async fn list_approvals(&self, list: ApprovalList) -> Result<Vec<Approval>, StoreError> {
        let (which, order) = match list.filter {
            ApprovalFilter::Pending => ("state = 'pending' and row > ?1", "row"),
            ApprovalFilter::Settled => ("state <> 'pending' and row < ?1", "row desc"),
            ApprovalFilter::All => ("row < ?1", "row desc"),
        };
        let first = match list.filter {
            ApprovalFilter::Pending => 0,
            ApprovalFilter::Settled | ApprovalFilter::All => i64::MAX,
        };
        let sql = format!(
            "select {COLUMNS} from approvals
             where {which} and (?2 is null or session_id = ?2) order by {order} limit ?3"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(list.after.map_or(first, |after| after.row))
            .bind(list.session_id.as_ref().map(SessionId::as_str))
            .bind(list.limit)
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(approval_from).collect()
    }

    /// The requests of a turn, in order.
    pub async fn list_turn_approvals(&self, turn: TurnId) -> Result<Vec<Approval>, StoreError> {
        let sql = format!("select {COLUMNS} from approvals where turn_id = ?1 order by row");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(turn.as_bytes().to_vec())
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(approval_from).collect()
    }

    /// Settles a request that waits, with the rule that it makes and what the log says of it:
    /// all of it or nothing. `false`: it waits no longer.
    pub async fn settle_approval(
        &self,
        id: ApprovalId,
        settlement: Settlement,
        rule: Option<ToolRule>,
        log: Vec<NewAuditEntry>,
    ) -> Result<bool, StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                if !settle(db, id, &settlement).await? {
                    return Ok(false);
                }
                if let Some(rule) = rule {
                    tool_rules::insert(db, rule).await?;
                }
                audit::insert(db, log).await?;
                Ok(true)
            })
        })
        .await
    }

    /// Closes what waits for turns that have ended; a gateway that stopped between the two left
    /// it. Answers how many.
    pub async fn close_orphaned_approvals(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.write(Durability::Process, move |db| {
            Box::pin(async move {
                let done = sqlx::query(
                    "update approvals set state = 'cancelled', decision = 'cancelled',
                         held = 'once', decided_at = ?1, decided_by = 'gateway'
                     where state = 'pending' and not exists (select 1 from turns
                         where turns.id = approvals.turn_id and turns.finished_at is null)",
                )
                .bind(now.as_millis())
                .execute(db)
                .await?;
                Ok(done.rows_affected())
            })
        })
        .await
    }
}

async fn settle(
    db: &mut SqliteConnection,
    id: ApprovalId,
    settlement: &Settlement,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "update approvals set state = ?2, decision = ?3, held = ?4, decided_at = ?5,
             device_id = ?6, decided_by = ?7, reason = ?8, answer = ?9
         where id = ?1 and state = 'pending'",
    )
    .bind(id.as_bytes().to_vec())
    .bind(ApprovalState::after(settlement.decision).as_str())
    .bind(settlement.decision.as_str())
    .bind(settlement.reach.as_str())
    .bind(settlement.at.as_millis())
    .bind(settlement.device_id.map(|id| id.as_bytes().to_vec()))
    .bind(&settlement.by)
    .bind(&settlement.reason)
    .bind(&settlement.answer)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

fn corrupt<E>(column: &'static str) -> impl FnOnce(E) -> StoreError {
    move |_| StoreError::Corrupt(column)
}

fn json<T: DeserializeOwned>(text: &str, column: &'static str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(corrupt(column))
}

fn approval_from(row: &SqliteRow) -> Result<Approval, StoreError> {
    let text = |column: &str| row.try_get::<&str, _>(column);
    let optional = |column: &str| row.try_get::<Option<&str>, _>(column);
    let bytes = |column: &str| row.try_get::<Vec<u8>, _>(column);
    let kind = match text("kind")? {
        "question" => ApprovalKind::Question,
        _ => ApprovalKind::Tool,
    };
    Ok(Approval {
        row: row.try_get("row")?,
        id: ApprovalId::from_bytes(&bytes("id")?).map_err(corrupt("approvals.id"))?,
        turn_id: TurnId::from_bytes(&bytes("turn_id")?).map_err(corrupt("approvals.turn_id"))?,
        session_id: text("session_id")?
            .parse()
            .map_err(corrupt("approvals.session_id"))?,
        session_title: row.try_get("title")?,
        call_id: row.try_get("call_id")?,
        kind,
        tool: row.try_get("tool")?,
        args: json(text("args")?, "approvals.args")?,
        exact_args: optional("exact_args")?
            .map(|text| json(text, "approvals.exact_args"))
            .transpose()?,
        summary: row.try_get("summary")?,
        risk: text("risk")?
            .parse::<Risk>()
            .map_err(corrupt("approvals.risk"))?,
        preview: json(text("preview")?, "approvals.preview")?,
        rule: optional("scope")?
            .map(|text| json(text, "approvals.scope"))
            .transpose()?,
        covers: row.try_get("covers")?,
        created_at: Timestamp::from_millis(row.try_get("created_at")?),
        expires_at: Timestamp::from_millis(row.try_get("expires_at")?),
        state: text("state")?.parse().map_err(corrupt("approvals.state"))?,
        settled: settlement_from(row)?,
    })
}

fn settlement_from(row: &SqliteRow) -> Result<Option<Settlement>, StoreError> {
    let Some(decision) = row.try_get::<Option<&str>, _>("decision")? else {
        return Ok(None);
    };
    let decision: Decision = decision.parse().map_err(corrupt("approvals.decision"))?;
    let reach: Option<&str> = row.try_get("held")?;
    let device: Option<Vec<u8>> = row.try_get("device_id")?;
    Ok(Some(Settlement {
        decision,
        reach: reach
            .unwrap_or("once")
            .parse()
            .map_err(corrupt("approvals.held"))?,
        at: Timestamp::from_millis(row.try_get::<Option<i64>, _>("decided_at")?.unwrap_or(0)),
        device_id: device.and_then(|bytes| DeviceId::from_bytes(&bytes).ok()),
        by: row
            .try_get::<Option<String>, _>("decided_by")?
            .unwrap_or_default(),
        reason: row.try_get("reason")?,
        answer: row.try_get("answer")?,
    }))
}
