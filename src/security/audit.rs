//! What the audit log says of the door, and how the log is read.

use serde_json::{Value, json};

use super::TokenService;
pub use crate::store::AuditEntry;
use crate::{
    model::{Cursor, Device, DeviceId, Timestamp},
    store::{AuditFilter, NewAuditEntry, Store, StoreError},
};

/// Who did it, where a command at the terminal of this machine did.
const TERMINAL: &str = "the terminal";
/// Who did it, where no device is known: pairing is off, or it is the gateway's own doing.
const OWNER: &str = "the owner";

/// Reads the audit log.
#[derive(Clone, Debug)]
pub struct AuditLog {
    store: Store,
}

impl AuditLog {
    /// Over this database.
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// The lines after a place, the newest first, and where to go on; of one kind, if one is
    /// named, such as `approval`.
    pub async fn list(
        &self,
        kind: Option<&'static str>,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<(Vec<AuditEntry>, Option<Cursor>), StoreError> {
        let filter = AuditFilter {
            kind,
            subject: None,
            before_row: after.map(|after| after.row),
        };
        let mut found = self.store.list_audit(filter, limit + 1).await?;
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let next = found.last().filter(|_| more).map(|last| Cursor {
            key: 0,
            row: last.row,
        });
        Ok((found, next))
    }

    /// Writes a line.
    pub async fn write(&self, line: NewAuditEntry) -> Result<(), StoreError> {
        self.store.insert_audit(line).await
    }
}

impl TokenService {
    /// What a device is called, for the log; the owner, where none is known.
    pub fn name_of(&self, device: Option<DeviceId>) -> String {
        let device = device.and_then(|id| self.find(id));
        device.map_or_else(|| OWNER.to_owned(), |device| device.name)
    }

    /// A line about what `by` does now.
    pub fn audit(
        &self,
        by: Option<DeviceId>,
        action: &str,
        subject: &dyn std::fmt::Display,
        details: Value,
    ) -> NewAuditEntry {
        NewAuditEntry {
            at: self.clock.now(),
            device_id: by,
            actor: self.name_of(by),
            action: action.to_owned(),
            subject: subject.to_string(),
            details,
        }
    }
}

/// A line about what a command at the terminal does.
pub(crate) fn by_terminal(
    at: Timestamp,
    action: &str,
    subject: &dyn std::fmt::Display,
    details: Value,
) -> NewAuditEntry {
    NewAuditEntry {
        at,
        device_id: None,
        actor: TERMINAL.to_owned(),
        action: action.to_owned(),
        subject: subject.to_string(),
        details,
    }
}

/// A line about a device that came in: `device.paired`, `device.signed_in`.
pub(super) fn came_in(device: &Device, action: &str) -> NewAuditEntry {
    NewAuditEntry {
        at: device.created_at,
        device_id: Some(device.id),
        actor: device.name.clone(),
        action: action.to_owned(),
        subject: device.id.to_string(),
        details: json!({"name": device.name, "scopes": device.scopes}),
    }
}
