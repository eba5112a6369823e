//! The audit log: who decided what, and when. Nothing in it is ever changed.

use sqlx::{Row as _, SqliteConnection};

use super::{Durability, Store, StoreError};
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

/// Which lines to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuditFilter<'a> {
    /// Only those whose action begins with this word, such as `approval`.
    pub kind: Option<&'a str>,
    /// Only those about this.
    pub subject: Option<&'a str>,
    /// Only those before this place in the log.
    pub before_row: Option<i64>,
}

impl Store {
    /// Writes a line about something that the database knows nothing of.
    pub async fn insert_audit(&self, line: NewAuditEntry) -> Result<(), StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move { insert(db, vec![line]).await })
        })
        .await
    }

    /// The log, the newest line first.
    pub async fn list_audit(
        &self,
        filter: AuditFilter<'_>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let prefix = filter.kind.map(|kind| format!("{kind}."));
        let rows = sqlx::query(
            "select row, at, device_id, actor, action, subject, details from audit_log
             where (?1 is null or subject = ?1) and row < ?2
                 and (?4 is null or substr(action, 1, length(?4)) = ?4)
             order by row desc limit ?3",
        )
        .bind(filter.subject)
        .bind(filter.before_row.unwrap_or(i64::MAX))
        .bind(limit)
        .bind(prefix)
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
