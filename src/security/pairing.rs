//! Pairing: a code that is shown to the owner becomes, once, a token of a device.

use std::{net::IpAddr, sync::Arc};

use super::{
    ClientKey, DeviceError, IssuedToken, Lockout, LockoutRules, PairingCode, SlowHash, TokenService,
};
use crate::{
    clock::Clock,
    config::ConfigHandle,
    crypto::CryptoError,
    model::{Scope, Timestamp},
    store::{CodeRow, Store, StoreError},
};

/// Seconds of a day.
const DAY: i64 = 24 * 3600;

/// What a code will grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// What the token may do; never empty.
    pub scopes: Vec<Scope>,
    /// What the device is called unless it says otherwise.
    pub device_name: Option<String>,
    /// How long the token will last; 0 = for ever; none: as `gateway.token_ttl_days` says.
    pub expires_in_days: Option<u64>,
}

impl Default for Grant {
    fn default() -> Self {
        Self {
            scopes: vec![Scope::Admin],
            device_name: None,
            expires_in_days: None,
        }
    }
}

/// A fresh code.
#[derive(Clone, Debug)]
pub struct MintedCode {
    /// The code, this once in the clear.
    pub code: PairingCode,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// A client that was paired.
pub type Paired = IssuedToken;

/// What a pairing screen needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PairingState {
    /// When the last live code stops working; none: no code is live.
    pub code_expires_at: Option<Timestamp>,
    /// Seconds until this client may try again.
    pub locked_for_secs: u64,
}

/// Why a code was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum PairingError {
    /// It is wrong, used or expired.
    #[error("Invalid pairing code")]
    InvalidCode,
    /// Too many were wrong.
    #[error("too many wrong codes")]
    LockedOut {
        /// Seconds until the next try.
        retry_after: u64,
    },
    /// The device could not be made.
    #[error("the device could not be paired")]
    Device(#[from] DeviceError),
    /// The database failed.
    #[error("the pairing code could not be looked up")]
    Store(#[from] StoreError),
    /// A hash or randomness failed.
    #[error("the pairing code could not be made or checked")]
    Crypto(#[from] CryptoError),
}

/// Mints and redeems codes.
pub struct PairingService {
    store: Store,
    clock: Arc<dyn Clock>,
    config: ConfigHandle,
    tokens: Arc<TokenService>,
    slow_hash: SlowHash,
    lockout: Lockout,
}

impl PairingService {
    /// With no failures counted yet.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        config: ConfigHandle,
        tokens: Arc<TokenService>,
        slow_hash: SlowHash,
    ) -> Self {
        Self {
            store,
            clock,
            config,
            tokens,
            slow_hash,
            lockout: Lockout::new(LockoutRules::GUESSES),
        }
    }

    /// Mints a code. A gateway beside this process honours it too.
    pub async fn mint(&self, grant: Grant) -> Result<MintedCode, PairingError> {
        let config = self.config.current();
        mint(
            &self.store,
            self.clock.as_ref(),
            &self.slow_hash,
            &config.gateway,
            grant,
        )
        .await
    }

    /// Mints a code when pairing is required and no device is known: the first start.
    pub async fn mint_first(&self) -> Result<Option<MintedCode>, PairingError> {
        if !self.config.current().gateway.require_pairing || self.tokens.is_paired() {
            return Ok(None);
        }
        self.mint(Grant::default()).await.map(Some)
    }

    /// Revokes every device and code, then mints a code.
    pub async fn start_over(&self) -> Result<MintedCode, PairingError> {
        self.tokens.revoke_all().await?;
        self.mint(Grant::default()).await
    }

    /// What a pairing screen at `ip` needs to know.
    pub async fn state(&self, ip: IpAddr) -> Result<PairingState, PairingError> {
        let now = self.clock.now();
        Ok(PairingState {
            code_expires_at: self.store.find_code_expiry(now).await?,
            locked_for_secs: self.lockout.locked_for(ClientKey::of_ip(ip), now),
        })
    }

    /// Swaps a code for a token. A wrong one counts against the client and against all.
    pub async fn redeem(
        &self,
        typed: &str,
        ip: IpAddr,
        device_name: Option<&str>,
        device_type: Option<&str>,
    ) -> Result<Paired, PairingError> {
        let client = ClientKey::of_ip(ip);
        let now = self.clock.now();
        self.lockout
            .attempt(client, now)
            .map_err(|retry_after| PairingError::LockedOut { retry_after })?;
        let code = PairingCode::parse(typed).ok_or(PairingError::InvalidCode)?;
        let mut codes = self.store.list_codes(now).await?;
        let hashes = codes.iter().map(|code| code.hash.clone()).collect();
        let found = self.slow_hash.find(code.secret(), hashes).await?;
        let row = codes.swap_remove(found.ok_or(PairingError::InvalidCode)?);
        let name = device_name
            .or(row.device_name.as_deref())
            .unwrap_or_default();
        let issued = self
            .tokens
            .issue(
                row.row,
                name,
                device_type.unwrap_or_default(),
                row.scopes,
                expiry(now, row.token_ttl_days),
            )
            .await?
            .ok_or(PairingError::InvalidCode)?;
        self.lockout.succeeded(client);
        Ok(issued)
    }
}

fn expiry(now: Timestamp, days: u64) -> Option<Timestamp> {
    let days = i64::try_from(days).unwrap_or(i64::MAX);
    (days > 0).then(|| now.plus_secs(days.saturating_mul(DAY)))
}

/// Mints a code with nothing but the database at hand, for a command beside a running gateway.
pub(crate) async fn mint(
    store: &Store,
    clock: &dyn Clock,
    slow_hash: &SlowHash,
    gateway: &crate::config::GatewayConfig,
    grant: Grant,
) -> Result<MintedCode, PairingError> {
    let code = PairingCode::fresh()?;
    let hash = slow_hash.hash(code.secret()).await?;
    let now = clock.now();
    let ttl = i64::try_from(gateway.pairing_code_ttl_secs).unwrap_or(i64::MAX);
    let expires_at = now.plus_secs(ttl);
    store
        .insert_code(CodeRow {
            row: 0,
            hash,
            scopes: grant.scopes,
            device_name: grant.device_name,
            token_ttl_days: grant.expires_in_days.unwrap_or(gateway.token_ttl_days),
            created_at: now,
            expires_at,
        })
        .await?;
    Ok(MintedCode { code, expires_at })
}
