//! Which devices have a socket open just now.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use super::TokenService;
use crate::model::{BusEvent, DeviceId, DevicePaired, Principal};

/// Open sockets, by device.
#[derive(Debug, Default)]
pub(super) struct Presence {
    open: Mutex<HashMap<DeviceId, u32>>,
}

impl Presence {
    /// One more; whether it is the first.
    fn enter(&self, id: DeviceId) -> bool {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(id).or_default();
        *count += 1;
        *count == 1
    }

    /// One less; whether it was the last.
    fn leave(&self, id: DeviceId) -> bool {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(count) = open.get_mut(&id) else {
            return false;
        };
        *count = count.saturating_sub(1);
        if *count == 0 {
            open.remove(&id);
            return true;
        }
        false
    }

    fn count(&self, id: DeviceId) -> u32 {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(&id).copied().unwrap_or(0)
    }
}

/// An open socket of a device; it counts until this is dropped.
pub struct Connected {
    tokens: Arc<TokenService>,
    principal: Principal,
    id: DeviceId,
    ip: IpAddr,
}

impl TokenService {
    /// Notes that a device has opened a socket; none for a caller without a device.
    pub fn connected(self: &Arc<Self>, principal: &Principal, ip: IpAddr) -> Option<Connected> {
        let id = principal.device_id?;
        if self.presence.enter(id) {
            self.tell_presence(id, "connected");
        }
        Some(Connected {
            tokens: Arc::clone(self),
            principal: principal.clone(),
            id,
            ip,
        })
    }

    /// How many sockets a device has open.
    pub fn open_sockets(&self, id: DeviceId) -> u32 {
        self.presence.count(id)
    }

    fn tell_presence(&self, id: DeviceId, change: &str) {
        // One that was revoked has nothing more to be told of.
        if let Some(device) = self.find(id) {
            self.bus.publish(&BusEvent::DevicePaired(DevicePaired {
                device_id: id,
                name: device.name,
                change: change.to_owned(),
            }));
        }
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        let now = self.tokens.clock.now();
        self.tokens.mark_seen(&self.principal, now, self.ip);
        if self.tokens.presence.leave(self.id) {
            self.tokens.tell_presence(self.id, "disconnected");
        }
    }
}
