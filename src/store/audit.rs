//! The audit log: who decided what, and when. Nothing in it is ever changed.

use sqlx::{Row as _, SqliteConnection};

use super::{Store, StoreError};
use crate::model::{DeviceId, Timestamp};

/// A line to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct NewAuditEntry {
    /// When.
    pub at: Timestamp,
    /// The device, where there was one.
    pub device_id: Option<DeviceId>,
    /// Who: the device's name then, or what else decided.
    pub actor: String,
    /// What was done, such as `approval.approved`.
    pub action: String,
    /// To what: an id.
    pub subject: String,
    /// More of it, without secrets.
    pub details: serde_json::Value,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    /// Its place in the log.
    pub row: i64,
    /// What it says.
    pub entry: NewAuditEntry,
}

impl Store {
    /// The log before a place in it, the newest line first; of one subject, if one is named.
    pub async fn list_audit(
        &self,
        subject: Option<&str>,
        before_row: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let rows = sqlx::query(
            "select row, at, device_id, actor, action, subject, details from audit_log
             where (?1 is null or subject = ?1) and row < ?2 order by row desc limit ?3",
        )
        .bind(subject)
        .bind(before_row.unwrap_or(i64::MAX))
        .bind(limit)
        .fetch_all(self.readers())
        .await?;
        rows.iter()
            .map(|row| {
                let device: Option<Vec<u8>> = row.try_get("device_id")?;
                let details: &str = row.try_get("details")?;
                Ok(AuditEntry {
                    row: row.try_get("row")?,
                    entry: NewAuditEntry {
                        at: Timestamp::from_millis(row.try_get("at")?),
                        device_id: device.and_then(|bytes| DeviceId::from_bytes(&bytes).ok()),
                        actor: row.try_get("actor")?,
                        action: row.try_get("action")?,
                        subject: row.try_get("subject")?,
                        details: serde_json::from_str(details)
                            .map_err(|_| StoreError::Corrupt("audit_log.details"))?,
                    },
                })
            })
            .collect()
    }
}

/// Writes lines, in the transaction of what they tell of.
pub(super) async fn insert(
    db: &mut SqliteConnection,
    lines: Vec<NewAuditEntry>,
) -> Result<(), StoreError> {
    for line in lines {
        sqlx::query(
            "insert into audit_log (at, device_id, actor, action, subject, details)
             values (?1, ?2, ?3, ?4, ?5, ?6)",
        )
        .bind(line.at.as_millis())
        .bind(line.device_id.map(|id| id.as_bytes().to_vec()))
        .bind(line.actor)
        .bind(line.action)
        .bind(line.subject)
        .bind(line.details.to_string())
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}
