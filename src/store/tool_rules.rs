//! Decisions on tool calls that hold from now on.

use sqlx::{Row as _, SqliteConnection};

use super::{Durability, NewAuditEntry, Store, StoreError, audit};
use crate::model::{RuleId, SessionId, Timestamp, ToolRule};

impl Store {
    /// All rules, the oldest first.
    pub async fn list_tool_rules(&self) -> Result<Vec<ToolRule>, StoreError> {
        let rows = sqlx::query(
            "select id, tool, scope, session_id, created_at, created_by from tool_rules
             order by row",
        )
        .fetch_all(self.readers())
        .await?;
        rows.iter()
            .map(|row| {
                let id: Vec<u8> = row.try_get("id")?;
                let session: Option<String> = row.try_get("session_id")?;
                let scope: &str = row.try_get("scope")?;
                Ok(ToolRule {
                    id: RuleId::from_bytes(&id)
                        .map_err(|_| StoreError::Corrupt("tool_rules.id"))?,
                    tool: row.try_get("tool")?,
                    scope: serde_json::from_str(scope)
                        .map_err(|_| StoreError::Corrupt("tool_rules.scope"))?,
                    session_id: session
                        .map(|id| id.parse())
                        .transpose()
                        .map_err(|_| StoreError::Corrupt("tool_rules.session_id"))?,
                    created_at: Timestamp::from_millis(row.try_get("created_at")?),
                    created_by: row.try_get("created_by")?,
                })
            })
            .collect()
    }

    /// Forgets a rule; `false` when there is none.
    pub async fn delete_tool_rule(
        &self,
        id: RuleId,
        log: NewAuditEntry,
    ) -> Result<bool, StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                let done = sqlx::query("delete from tool_rules where id = ?1")
                    .bind(id.as_bytes().to_vec())
                    .execute(&mut *db)
                    .await?;
                if done.rows_affected() == 0 {
                    return Ok(false);
                }
                audit::insert(db, vec![log]).await?;
                Ok(true)
            })
        })
        .await
    }
}

/// Keeps a rule.
pub(super) async fn insert(db: &mut SqliteConnection, rule: ToolRule) -> Result<(), StoreError> {
    sqlx::query(
        "insert into tool_rules (id, tool, scope, session_id, created_at, created_by)
         values (?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .bind(rule.id.as_bytes().to_vec())
    .bind(rule.tool)
    .bind(rule.scope.to_string())
    .bind(rule.session_id.as_ref().map(SessionId::as_str))
    .bind(rule.created_at.as_millis())
    .bind(rule.created_by)
    .execute(db)
    .await?;
    Ok(())
}
