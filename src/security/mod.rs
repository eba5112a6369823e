//! Who may come in: pairing codes, tokens, web sessions, the password, and how often one may ask.

mod audit;
mod code;
mod devices;
mod failed_tokens;
mod limits;
mod lockout;
mod pairing;
mod password;
mod presence;
mod slow_hash;
mod table;
#[cfg(test)]
mod tests;
mod tokens;
mod web_sessions;

pub(crate) use audit::by_terminal;
pub use audit::{AuditEntry, AuditLog};
pub use code::PairingCode;
pub use devices::{DeviceError, DevicePatch, ShownOut};
pub use failed_tokens::FailedTokens;
pub use limits::{ClientKey, Decision, LimitClass, Limiter, RateLimits};
pub use lockout::{Lockout, LockoutRules};
pub(crate) use pairing::mint as mint_code;
pub use pairing::{Grant, MintedCode, Paired, PairingError, PairingService, PairingState};
pub(crate) use password::set_password;
pub use password::{Current, PasswordError, PasswordService};
pub use presence::Connected;
pub use slow_hash::SlowHash;
pub(crate) use tokens::mint_token;
pub use tokens::{Admitted, IssuedToken, TOKEN_PREFIX, TokenService, hash_token};
pub use web_sessions::NewWebSession;
