//! The devices and web sessions as memory holds them, so that letting a request in costs no
//! query. Replaced as a whole from what the database says; no I/O here.

use std::collections::HashMap;

use tokio_util::sync::CancellationToken;

use crate::{
    model::{DeviceId, Timestamp},
    store::{TokenRow, WebSessionRow},
};

/// A device and the signal that its token is gone.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) row: TokenRow,
    pub(super) revoked: CancellationToken,
}

/// A web session and the signal that it is over: with its device's token at the latest.
#[derive(Clone, Debug)]
pub(super) struct SessionEntry {
    pub(super) row: WebSessionRow,
    pub(super) over: CancellationToken,
    /// Its expiry was moved since it was last written down.
    pub(super) extended: bool,
}

/// What changed of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) device_id: DeviceId,
    pub(super) name: String,
    /// paired, updated, rotated or revoked
    pub(super) what: &'static str,
}

#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) devices: HashMap<DeviceId, Entry>,
    by_hash: HashMap<[u8; 32], DeviceId>,
    pub(super) sessions: HashMap<[u8; 32], SessionEntry>,
}

impl Table {
    /// The device whose token has this hash, if the token works at `now`.
    pub(super) fn find(&self, hash: &[u8; 32], now: Timestamp) -> Option<&Entry> {
        let entry = self.devices.get(self.by_hash.get(hash)?)?;
        works(entry, now).then_some(entry)
    }

    /// The session whose cookie has this hash, with its device, if both work at `now`.
    pub(super) fn find_session(
        &mut self,
        hash: &[u8; 32],
        now: Timestamp,
    ) -> Option<(&mut SessionEntry, &Entry)> {
        let session = self.sessions.get_mut(hash)?;
        let entry = self.devices.get(&session.row.device_id)?;
        (works(entry, now) && session.row.expires_at > now).then_some((session, entry))
    }

    /// Takes over what the database says, and signals all whose token is gone, is another one or
    /// may do other things than before.
    pub(super) fn replace(
        &mut self,
        rows: Vec<TokenRow>,
        sessions: Vec<WebSessionRow>,
    ) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut before = std::mem::take(&mut self.devices);
        self.by_hash = rows
            .iter()
            .map(|row| (row.token_hash, row.device.id))
            .collect();
        for row in rows {
            let old = before.remove(&row.device.id);
            let what = old
                .as_ref()
                .map_or(Some("paired"), |old| difference(&old.row, &row));
            if let Some(what) = what {
                changes.push(change(&row, what));
            }
            let entry = succeed(old, row);
            self.devices.insert(entry.row.device.id, entry);
        }
        for gone in before.into_values() {
            gone.revoked.cancel();
            changes.push(change(&gone.row, "revoked"));
        }
        self.replace_sessions(sessions);
        changes
    }

    fn replace_sessions(&mut self, rows: Vec<WebSessionRow>) {
        let mut before = std::mem::take(&mut self.sessions);
        for mut row in rows {
            let Some(device) = self.devices.get(&row.device_id) else {
                continue;
            };
            let old = before.remove(&row.hash);
            let extended = old.as_ref().is_some_and(|old| old.extended);
            if let Some(old) = &old {
                row.expires_at = row.expires_at.max(old.row.expires_at);
            }
            let over = old
                .map(|old| old.over)
                .filter(|over| !over.is_cancelled())
                .unwrap_or_else(|| device.revoked.child_token());
            self.sessions.insert(
                row.hash,
                SessionEntry {
                    row,
                    over,
                    extended,
                },
            );
        }
        for gone in before.into_values() {
            gone.over.cancel();
        }
    }

    /// Signals those whose time is up.
    pub(super) fn expire(&self, now: Timestamp) {
        for entry in self.devices.values().filter(|entry| !works(entry, now)) {
            entry.revoked.cancel();
        }
        for session in self
            .sessions
            .values()
            .filter(|session| session.row.expires_at <= now)
        {
            session.over.cancel();
        }
    }
}

fn works(entry: &Entry, now: Timestamp) -> bool {
    entry
        .row
        .device
        .expires_at
        .is_none_or(|expires_at| expires_at > now)
}

fn change(row: &TokenRow, what: &'static str) -> Change {
    Change {
        device_id: row.device.id,
        name: row.device.name.clone(),
        what,
    }
}

fn difference(old: &TokenRow, new: &TokenRow) -> Option<&'static str> {
    if old.token_hash != new.token_hash {
        return Some("rotated");
    }
    let same = old.device.name == new.device.name
        && old.device.scopes == new.device.scopes
        && old.device.expires_at == new.device.expires_at;
    (!same).then_some("updated")
}

/// The entry of `row`, which keeps the signal of `old` while nothing changed that its holders
/// rely on.
fn succeed(old: Option<Entry>, row: TokenRow) -> Entry {
    let revoked = match old {
        Some(old)
            if old.row.token_hash == row.token_hash
                && old.row.device.scopes == row.device.scopes
                && !old.revoked.is_cancelled() =>
        {
            old.revoked
        }
        Some(old) => {
            old.revoked.cancel();
            CancellationToken::new()
        }
        None => CancellationToken::new(),
    };
    Entry { row, revoked }
}
