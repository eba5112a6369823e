//! The dashboard's optional password: a second way in beside tokens.

use std::{net::IpAddr, sync::Arc};

use super::{
    ClientKey, DeviceError, Lockout, LockoutRules, NewWebSession, SlowHash, TokenService,
    by_terminal,
};
use crate::{
    clock::Clock,
    crypto::CryptoError,
    model::DeviceId,
    store::{Store, StoreError},
};

/// Why a password was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// None is set.
    #[error("no password is set: \"clawgate password set\" sets one")]
    NotSet,
    /// It is wrong.
    #[error("the password is wrong")]
    Wrong,
    /// It has to be sent along and was not.
    #[error("the password as it is now")]
    CurrentNeeded,
    /// Too many were wrong.
    #[error("too many wrong passwords")]
    LockedOut {
        /// Seconds until the next try.
        retry_after: u64,
    },
    /// A new one is too short or too long.
    #[error("a password has at least 8 characters and at most 1024 bytes")]
    Length,
    /// The session could not be made.
    #[error("the session could not be made")]
    Device(#[from] DeviceError),
    /// The database failed.
    #[error("the password could not be looked up")]
    Store(#[from] StoreError),
    /// The hash failed.
    #[error("the password could not be checked")]
    Crypto(#[from] CryptoError),
}

/// What a caller who changes the password knows of the old one.
#[derive(Clone, Copy)]
pub enum Current<'a> {
    /// It showed a stronger proof.
    NotAsked,
    /// It has to know it.
    Asked {
        /// What it says the password is.
        given: Option<&'a str>,
        /// Where it calls from: wrong ones count against it.
        ip: IpAddr,
    },
}

/// Sets and checks the password.
pub struct PasswordService {
    store: Store,
    clock: Arc<dyn Clock>,
    tokens: Arc<TokenService>,
    slow_hash: SlowHash,
    lockout: Lockout,
    /// Held from the look at the old password until the new one is there.
    changing: tokio::sync::Mutex<()>,
}

impl PasswordService {
    /// Characters a password must have.
    pub const SHORTEST: u32 = 8;
    /// Bytes a password may have.
    pub const LONGEST: u32 = 1024;

    /// With no failures counted yet.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        tokens: Arc<TokenService>,
        slow_hash: SlowHash,
    ) -> Self {
        Self {
            store,
            clock,
            tokens,
            slow_hash,
            lockout: Lockout::new(LockoutRules::GUESSES),
            changing: tokio::sync::Mutex::default(),
        }
    }

    /// Whether a password is set.
    pub async fn is_set(&self) -> Result<bool, StoreError> {
        Ok(self.store.find_password_hash().await?.is_some())
    }

    /// Begins a web session with the password. A wrong one counts against the client and all.
    pub async fn log_in(
        &self,
        password: &str,
        ip: IpAddr,
        device_name: &str,
    ) -> Result<NewWebSession, PasswordError> {
        let hash = self
            .store
            .find_password_hash()
            .await?
            .ok_or(PasswordError::NotSet)?;
        self.prove(password, hash, ip).await?;
        Ok(self.tokens.open_password_session(device_name).await?)
    }

    /// Sets the password (none: removes it), at the wish of the device `by`, and shows out at once
    /// who came in by the old one, except `keep`.
    pub async fn change(
        &self,
        password: Option<&str>,
        current: Current<'_>,
        keep: Option<DeviceId>,
        by: Option<DeviceId>,
    ) -> Result<(), PasswordError> {
        if password.is_some_and(is_unfit) {
            return Err(PasswordError::Length);
        }
        let _changing = self.changing.lock().await;
        let old = self.store.find_password_hash().await?;
        if let (Some(old), Current::Asked { given, ip }) = (old, current) {
            let given = given.ok_or(PasswordError::CurrentNeeded)?;
            self.prove(given, old, ip).await?;
        }
        let hash = match password {
            Some(password) => Some(self.slow_hash.hash(password).await?),
            None => None,
        };
        Ok(self.tokens.set_password_hash(hash, keep, by).await?)
    }

    /// Checks a password; a wrong one counts against the client and all.
    async fn prove(&self, password: &str, hash: String, ip: IpAddr) -> Result<(), PasswordError> {
        let client = ClientKey::of_ip(ip);
        self.lockout
            .attempt(client, self.clock.now())
            .map_err(|retry_after| PasswordError::LockedOut { retry_after })?;
        let hashes = vec![hash];
        if is_too_long(password) || self.slow_hash.find(password, hashes).await?.is_none() {
            return Err(PasswordError::Wrong);
        }
        self.lockout.succeeded(client);
        Ok(())
    }
}

fn is_unfit(password: &str) -> bool {
    password.chars().count() < PasswordService::SHORTEST as usize || is_too_long(password)
}

fn is_too_long(password: &str) -> bool {
    password.len() > PasswordService::LONGEST as usize
}

/// Sets the password (none: removes it) and shows out who came in by the old one. A running
/// gateway notices within a second.
pub(crate) async fn set_password(
    store: &Store,
    clock: &dyn Clock,
    slow_hash: &SlowHash,
    password: Option<&str>,
) -> Result<(), PasswordError> {
    let hash = match password {
        Some(password) if is_unfit(password) => return Err(PasswordError::Length),
        Some(password) => Some(slow_hash.hash(password).await?),
        None => None,
    };
    let action = if hash.is_some() {
        "password.set"
    } else {
        "password.removed"
    };
    let log = by_terminal(clock.now(), action, &"password", serde_json::json!({}));
    Ok(store.set_password_hash(hash, None, log).await?)
}
