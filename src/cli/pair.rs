//! `clawgate pair`: a code for one more device, beside a running gateway or without one.

use crate::{
    clock::Clock,
    config::GatewayConfig,
    security::{Grant, MintedCode, PairingError, SlowHash, mint_code},
    store::Store,
};

/// Mints a code. A gateway that runs beside honours it at once.
pub async fn pair(
    store: &Store,
    clock: &dyn Clock,
    gateway: &GatewayConfig,
    grant: Grant,
) -> Result<MintedCode, PairingError> {
    mint_code(store, clock, &SlowHash::default(), gateway, grant).await
}
