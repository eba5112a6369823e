//! `clawgate pair`: a code for one more device, beside a running gateway or without one.

use std::{collections::BTreeMap, process::ExitCode};

use clap::Args;

use super::{CliError, banner, open_store, output};
use crate::{
    clock::{Clock, SystemClock},
    config::GatewayConfig,
    model::Scope,
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

/// What the code grants.
#[derive(Clone, Debug, Args)]
pub struct PairArgs {
    /// What the device may do: admin, chat or read; may be repeated
    #[arg(long = "scope", value_name = "SCOPE")]
    pub scopes: Vec<Scope>,
    /// What the device will be called
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// How many days its token will last; 0 = for ever
    #[arg(long, value_name = "DAYS")]
    pub expires_in_days: Option<u64>,
}

pub(super) async fn run(
    args: PairArgs,
    env: &BTreeMap<String, String>,
) -> Result<ExitCode, CliError> {
    let (home, loaded, store) = open_store(env).await?;
    let scopes = if args.scopes.is_empty() {
        vec![Scope::Admin]
    } else {
        args.scopes
    };
    let grant = Grant {
        scopes,
        device_name: args.name,
        expires_in_days: args.expires_in_days,
    };
    let minted = pair(&store, &SystemClock, &loaded.config.gateway, grant)
        .await
        .map_err(|error| CliError::Start(error.to_string()))?;
    store.close().await;
    let url = home.running_gateway();
    output::text(&banner::code(&minted, url.as_deref(), &SystemClock))?;
    if url.is_none() {
        output::say("No gateway runs on this data folder: start one with \"clawgate\".");
    }
    Ok(ExitCode::SUCCESS)
}
