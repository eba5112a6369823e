//! The dashboard's cookies. Each belongs to a device and ends with it, or when it was not used
//! for thirty days.

use std::{net::IpAddr, sync::PoisonError};

use secrecy::{ExposeSecret as _, SecretString};

use serde_json::json;

use super::{
    audit::came_in,
    devices::DeviceError,
    tokens::{Admitted, TokenService, hash_token, new_device},
};
use crate::{
    crypto,
    model::{DeviceId, DeviceSource, Principal, PrincipalKind, Scope, Timestamp},
    store::{NewAuditEntry, StoreError, TokenRow, WebSessionRow},
};

/// How long a session lasts without being used, in seconds.
const LASTS_SECS: i64 = 30 * 24 * 3600;
/// A use moves the expiry only when it moves it by this much, in seconds.
const MOVE_BY_SECS: i64 = 3600;

/// A new session; the cookie's value is known only here and in the browser.
#[derive(Clone, Debug)]
pub struct NewWebSession {
    /// The cookie's value.
    pub cookie: SecretString,
    /// How long the browser shall keep it, in seconds.
    pub max_age_secs: i64,
    /// Whose it is.
    pub device_id: DeviceId,
}

impl TokenService {
    /// How long a browser keeps a cookie that was just used, in seconds.
    pub const COOKIE_MAX_AGE_SECS: i64 = LASTS_SECS;

    /// Begins a web session of a known device.
    pub async fn open_web_session(&self, device: DeviceId) -> Result<NewWebSession, DeviceError> {
        let _changing = self.changing.lock().await;
        self.find(device).ok_or(DeviceError::NotFound)?;
        self.insert_session(device, None).await
    }

    /// Begins a web session of a new device, which came in by password.
    pub async fn open_password_session(&self, name: &str) -> Result<NewWebSession, DeviceError> {
        let device = new_device(name, "browser", vec![Scope::Admin], self.clock.now(), None);
        let row = TokenRow {
            // The hash of a token that nobody ever sees.
            token_hash: hash_token(&crypto::random_token()?),
            source: DeviceSource::Password,
            device,
        };
        let _changing = self.changing.lock().await;
        let log = came_in(&row.device, "device.signed_in");
        self.insert_session(row.device.id, Some((row, log))).await
    }

    /// Sets or removes the hash of the password and shows out at once who came in by the old
    /// one, except `keep`.
    pub(super) async fn set_password_hash(
        &self,
        hash: Option<String>,
        keep: Option<DeviceId>,
        by: Option<DeviceId>,
    ) -> Result<(), StoreError> {
        let _changing = self.changing.lock().await;
        let action = if hash.is_some() {
            "password.set"
        } else {
            "password.removed"
        };
        let log = self.audit(by, action, &"password", json!({}));
        self.store.set_password_hash(hash, keep, log).await?;
        self.reload().await
    }

    /// How many browsers of a device are signed in.
    pub fn count_sessions(&self, device: DeviceId) -> usize {
        let now = self.clock.now();
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        let rows = table.sessions.values().map(|session| &session.row);
        rows.filter(|row| row.device_id == device && row.expires_at > now)
            .count()
    }

    async fn insert_session(
        &self,
        device_id: DeviceId,
        device: Option<(TokenRow, NewAuditEntry)>,
    ) -> Result<NewWebSession, DeviceError> {
        let cookie = SecretString::from(crypto::random_token()?);
        let now = self.clock.now();
        let session = WebSessionRow {
            hash: hash_token(cookie.expose_secret()),
            device_id,
            created_at: now,
            expires_at: now.plus_secs(LASTS_SECS),
        };
        self.store.insert_web_session(session, device).await?;
        self.reload().await?;
        Ok(NewWebSession {
            cookie,
            max_age_secs: LASTS_SECS,
            device_id,
        })
    }

    /// Ends the session of this cookie, if there is one.
    pub async fn end_web_session(&self, cookie: &str) -> Result<(), StoreError> {
        let _changing = self.changing.lock().await;
        self.store.delete_web_session(hash_token(cookie)).await?;
        self.reload().await
    }

    /// Lets in who shows a good cookie, and makes it last from now.
    pub fn authenticate_cookie(&self, cookie: &str, ip: IpAddr) -> Option<Admitted> {
        let now = self.clock.now();
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        let (session, entry) = table.find_session(&hash_token(cookie), now)?;
        let admitted = Admitted {
            principal: Principal {
                device_id: Some(entry.row.device.id),
                kind: PrincipalKind::Cookie,
                scopes: entry.row.device.scopes.clone(),
            },
            revoked: session.over.clone(),
        };
        let expires_at = now.plus_secs(LASTS_SECS);
        if session.row.expires_at.plus_secs(MOVE_BY_SECS) <= expires_at {
            session.row.expires_at = expires_at;
            session.extended = true;
        }
        drop(table);
        self.mark_seen(&admitted.principal, now, ip);
        Some(admitted)
    }

    pub(super) async fn flush_sessions(&self) -> Result<(), StoreError> {
        let extended: Vec<([u8; 32], Timestamp)> = {
            let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
            let sessions = table
                .sessions
                .values_mut()
                .filter(|session| session.extended);
            sessions
                .map(|session| {
                    session.extended = false;
                    (session.row.hash, session.row.expires_at)
                })
                .collect()
        };
        if extended.is_empty() {
            return Ok(());
        }
        self.store.extend_web_sessions(extended).await
    }

    pub(super) async fn forget_expired_sessions(&self, now: Timestamp) -> Result<(), StoreError> {
        let any = {
            let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
            table
                .sessions
                .values()
                .any(|session| session.row.expires_at <= now)
        };
        if any {
            let _changing = self.changing.lock().await;
            self.store.delete_expired_web_sessions(now).await?;
            self.reload().await?;
        }
        Ok(())
    }
}
