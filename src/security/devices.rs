//! Changing, rotating and revoking devices, and what must never come of it: a gateway that
//! nobody may change any more.

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::tokens::{IssuedToken, TokenService, fresh_token, hash_token, tidy};
use crate::{
    crypto::CryptoError,
    model::{Device, DeviceId, DeviceSource, Scope, Timestamp},
    store::StoreError,
};

/// What may be changed of a device; `None` leaves it.
#[derive(Clone, Debug, Default)]
pub struct DevicePatch {
    /// What its owner calls it.
    pub name: Option<String>,
    /// What it may do.
    pub scopes: Option<Vec<Scope>>,
    /// When its token stops working; `Some(None)`: never.
    pub expires_at: Option<Option<Timestamp>>,
}

/// Why a device can't be changed.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// There is no such device.
    #[error("there is no such device")]
    NotFound,
    /// Its token is given from outside.
    #[error(
        "the token of this device is given by GATEWAY_AUTH_TOKEN: change or remove that, then \
         restart the gateway"
    )]
    Fixed,
    /// It has no token of its own.
    #[error("this device came in by password and has no token")]
    NoToken,
    /// A device must be allowed something.
    #[error("at least one of admin, chat, read")]
    NoScopes,
    /// It would take its own right to undo this.
    #[error("a device can't take the right \"admin\" from itself")]
    Own,
    /// Nobody would be left with all rights.
    #[error("no other device has the right \"admin\" for as long as this one")]
    LastAdmin,
    /// The database failed.
    #[error("the device could not be stored")]
    Store(#[from] StoreError),
    /// No token could be made.
    #[error("the token could not be made")]
    Crypto(#[from] CryptoError),
}

/// What was shown out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShownOut {
    /// Browser sessions that ended.
    pub sessions: u64,
    /// Devices that were revoked.
    pub devices: u64,
}

impl TokenService {
    /// Changes a device, at the wish of the device `by`. Open streams that rely on what was taken
    /// end at once.
    pub async fn update(
        &self,
        id: DeviceId,
        patch: DevicePatch,
        by: Option<DeviceId>,
    ) -> Result<Device, DeviceError> {
        let _changing = self.changing.lock().await;
        let before = self.find(id).ok_or(DeviceError::NotFound)?;
        let mut device = before.clone();
        if let Some(name) = patch.name {
            device.name = tidy(&name, "Device");
        }
        if let Some(mut scopes) = patch.scopes {
            scopes.sort();
            scopes.dedup();
            if scopes.is_empty() {
                return Err(DeviceError::NoScopes);
            }
            device.scopes = scopes;
        }
        if let Some(expires_at) = patch.expires_at {
            device.expires_at = expires_at;
        }
        self.keep_an_admin(&before, &device, by)?;
        let details = json!({
            "name": device.name, "scopes": device.scopes, "expires_at": device.expires_at,
        });
        let log = self.audit(by, "device.changed", &id, details);
        if !self.store.update_device(device.clone(), log).await? {
            return Err(DeviceError::NotFound);
        }
        self.reload().await?;
        Ok(device)
    }

    /// Gives a device a new token, at the wish of the device `by`; the old one and its web sessions
    /// stop at once, except the one whose cookie's hash is `keep`.
    pub async fn rotate(
        &self,
        id: DeviceId,
        keep: Option<[u8; 32]>,
        by: Option<DeviceId>,
    ) -> Result<IssuedToken, DeviceError> {
        let _changing = self.changing.lock().await;
        match self.source(id).ok_or(DeviceError::NotFound)? {
            DeviceSource::Environment => return Err(DeviceError::Fixed),
            DeviceSource::Password => return Err(DeviceError::NoToken),
            DeviceSource::Paired | DeviceSource::Imported => {}
        }
        let token = fresh_token()?;
        let hash = hash_token(token.expose_secret());
        let log = self.audit(by, "device.rotated", &id, self.named(id));
        if !self.store.rotate_token(id, hash, keep, log).await? {
            return Err(DeviceError::NotFound);
        }
        self.reload().await?;
        let device = self.find(id).ok_or(DeviceError::NotFound)?;
        Ok(IssuedToken { token, device })
    }

    /// Revokes a device, at the wish of the device `by`: its token, its web sessions, its open
    /// streams.
    pub async fn revoke(&self, id: DeviceId, by: Option<DeviceId>) -> Result<(), DeviceError> {
        let _changing = self.changing.lock().await;
        if self.source(id) == Some(DeviceSource::Environment) {
            return Err(DeviceError::Fixed);
        }
        let log = self.audit(by, "device.revoked", &id, self.named(id));
        if !self.store.delete_device(id, log).await? {
            return Err(DeviceError::NotFound);
        }
        self.reload().await?;
        Ok(())
    }

    /// Revokes every device and every pairing code; answers how many devices there were.
    pub async fn revoke_all(&self) -> Result<u64, StoreError> {
        let _changing = self.changing.lock().await;
        let log = self.audit(None, "device.revoked_all", &"devices", json!({}));
        let revoked = self.store.delete_all_devices(log).await?;
        self.reload().await?;
        Ok(revoked)
    }

    /// Ends every web session but the one whose cookie's hash is `keep`; revokes every device
    /// but `own` too, if `devices` says so. The environment's token stays: it is not ours.
    pub async fn show_others_out(
        &self,
        own: Option<DeviceId>,
        keep: Option<[u8; 32]>,
        devices: bool,
    ) -> Result<ShownOut, StoreError> {
        let _changing = self.changing.lock().await;
        let sessions = self.store.delete_other_web_sessions(keep).await?;
        let devices = if devices {
            let log = self.audit(own, "device.revoked_others", &"devices", json!({}));
            self.store.delete_other_devices(own, log).await?
        } else {
            0
        };
        self.reload().await?;
        Ok(ShownOut { sessions, devices })
    }

    /// What the log says of a device besides its id.
    fn named(&self, id: DeviceId) -> Value {
        json!({"name": self.find(id).map(|device| device.name)})
    }

    fn keep_an_admin(
        &self,
        before: &Device,
        after: &Device,
        by: Option<DeviceId>,
    ) -> Result<(), DeviceError> {
        let now = self.clock.now();
        let Some(was_until) = admin_until(before, now) else {
            return Ok(());
        };
        let is_until = admin_until(after, now);
        if is_until.is_some_and(|until| until >= was_until) {
            return Ok(());
        }
        if is_until.is_none() && by == Some(before.id) {
            return Err(DeviceError::Own);
        }
        let others = self.list().into_iter().filter(|one| one.id != before.id);
        let longest = others.filter_map(|one| admin_until(&one, now)).max();
        // Somebody who may change things must be there when this one no longer may.
        let enough = longest.is_some_and(|longest| is_until.is_none_or(|until| longest > until));
        if enough {
            Ok(())
        } else {
            Err(DeviceError::LastAdmin)
        }
    }
}

/// Until when a device has all rights; none when it has them not.
fn admin_until(device: &Device, now: Timestamp) -> Option<Timestamp> {
    let until = device
        .expires_at
        .unwrap_or(Timestamp::from_millis(i64::MAX));
    (device.scopes.contains(&Scope::Admin) && until > now).then_some(until)
}
