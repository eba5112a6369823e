//! The dashboard's optional password: a second way in beside tokens.

use std::{net::IpAddr, sync::Arc};

use super::{ClientKey, DeviceError, Lockout, LockoutRules, NewWebSession, SlowHash, TokenService};
use crate::{
    clock::Clock,
    crypto::CryptoError,
    store::{Store, StoreError},
};

/// Characters a password must have.
const SHORTEST: usize = 8;
/// Bytes of a password that are looked at.
const LONGEST: usize = 1024;

/// Why a password was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// None is set.
    #[error("no password is set: \"clawgate password set\" sets one")]
    NotSet,
    /// It is wrong.
    #[error("the password is wrong")]
    Wrong,
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

/// Sets and checks the password.
pub struct PasswordService {
    store: Store,
    clock: Arc<dyn Clock>,
    tokens: Arc<TokenService>,
    slow_hash: SlowHash,
    lockout: Lockout,
}

impl PasswordService {
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
        let client = ClientKey::of_ip(ip);
        self.lockout
            .attempt(client, self.clock.now())
            .map_err(|retry_after| PasswordError::LockedOut { retry_after })?;
        if password.len() > LONGEST || self.slow_hash.find(password, vec![hash]).await?.is_none() {
            return Err(PasswordError::Wrong);
        }
        self.lockout.succeeded(client);
        Ok(self.tokens.open_password_session(device_name).await?)
    }
}

/// Sets the password (none: removes it) and shows out who came in by the old one. A running
/// gateway notices within a second.
pub(crate) async fn set_password(
    store: &Store,
    slow_hash: &SlowHash,
    password: Option<&str>,
) -> Result<(), PasswordError> {
    let hash = match password {
        Some(password) if password.chars().count() < SHORTEST || password.len() > LONGEST => {
            return Err(PasswordError::Length);
        }
        Some(password) => Some(slow_hash.hash(password).await?),
        None => None,
    };
    Ok(store.set_password_hash(hash).await?)
}
