//! How many wrong tokens one address may show, over whatever door.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use super::{ClientKey, Limiter};
use crate::clock::Clock;

/// Wrong tokens borne of one address within [`WINDOW_SECS`].
const ALLOWED: u32 = 20;
/// See [`ALLOWED`].
const WINDOW_SECS: u64 = 60;
/// Addresses remembered.
const KEYS: usize = 10_000;

/// Counts wrong tokens by address.
pub struct FailedTokens {
    clock: Arc<dyn Clock>,
    limiter: Mutex<Limiter<ClientKey>>,
}

impl FailedTokens {
    /// With none counted yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            limiter: Mutex::new(Limiter::new(WINDOW_SECS, KEYS)),
        }
    }

    /// Counts one more from `ip`. The error is how many seconds its sender has to wait: it is
    /// one too many.
    pub fn count(&self, ip: IpAddr) -> Result<(), u64> {
        let mut limiter = self.limiter.lock().unwrap_or_else(PoisonError::into_inner);
        let decision = limiter.check(ClientKey::of_ip(ip), ALLOWED, self.clock.now());
        if decision.allowed {
            Ok(())
        } else {
            Err(decision.reset_secs)
        }
    }
}
