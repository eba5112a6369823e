//! `/api/audit`: who decided what, and when.

use poem_openapi::{Enum, Object, OpenApi, param::Query, payload::Json};
use serde_json::Value;

use super::{ApiError, Caller, Group, sessions::cursor_of};
use crate::{
    model::{Cursor, DeviceId, Timestamp},
    security::{AuditEntry, AuditLog},
};

/// What lines are about.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
enum AuditKind {
    /// Requests that were decided on, lapsed or were withdrawn.
    Approval,
    /// Decisions that hold from now on: made, taken back.
    Rule,
    /// Devices: paired, signed in, changed, given another token, revoked.
    Device,
    /// The password: set, removed.
    Password,
    /// The configuration.
    Config,
}

impl AuditKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::Rule => "rule",
            Self::Device => "device",
            Self::Password => "password",
            Self::Config => "config",
        }
    }
}

/// A line of the audit log.
#[derive(Debug, Object)]
#[oai(rename = "AuditEntry", skip_serializing_if_is_none)]
struct AuditView {
    /// Its place in the log.
    id: i64,
    /// When.
    at: Timestamp,
    /// Who: what the device was called then, or what else did it.
    actor: String,
    /// The device, where there was one.
    device_id: Option<DeviceId>,
    /// What was done: `approval.approved`, `approval.denied`, `approval.expired`,
    /// `approval.cancelled`, `rule.added`, `rule.revoked`, `device.paired`, `device.signed_in`,
    /// `device.changed`, `device.rotated`, `device.revoked`, `device.revoked_others`,
    /// `device.revoked_all`, `password.set`, `password.removed`, `config.changed`.
    action: String,
    /// To what: an id, or a name.
    subject: String,
    /// More of it, without secrets.
    details: Value,
}

impl From<AuditEntry> for AuditView {
    fn from(line: AuditEntry) -> Self {
        let AuditEntry { row, entry } = line;
        Self {
            id: row,
            at: entry.at,
            actor: entry.actor,
            device_id: entry.device_id,
            action: entry.action,
            subject: entry.subject,
            details: entry.details,
        }
    }
}

/// A page of the log.
#[derive(Debug, Object)]
struct AuditPage {
    /// The newest first.
    entries: Vec<AuditView>,
    /// Where to go on; null at the end.
    next_cursor: Option<String>,
}

/// See [`Group::Approvals`].
pub struct AuditApi {
    /// The log.
    pub log: AuditLog,
}

#[OpenApi(tag = "Group::Approvals")]
impl AuditApi {
    /// Read the audit log
    ///
    /// Nothing in it is ever changed.
    #[oai(path = "/api/audit", method = "get", operation_id = "list_audit")]
    async fn list(
        &self,
        _caller: Caller,
        /// Only lines about this.
        kind: Query<Option<AuditKind>>,
        /// At most so many.
        #[oai(
            default = "default_limit",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        limit: Query<u32>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Json<AuditPage>, ApiError> {
        let after = cursor_of(cursor.0.as_deref())?;
        let kind = kind.0.map(AuditKind::as_str);
        let listed = self.log.list(kind, after, limit.0).await;
        let (entries, next) = listed.map_err(|error| ApiError::internal(&error))?;
        Ok(Json(AuditPage {
            entries: entries.into_iter().map(AuditView::from).collect(),
            next_cursor: next.map(Cursor::encode),
        }))
    }
}

const fn default_limit() -> u32 {
    50
}
