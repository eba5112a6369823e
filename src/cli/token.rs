//! `clawgate token list|revoke`: the paired devices, beside a running gateway or without one.

use std::{collections::BTreeMap, process::ExitCode};

use clap::Subcommand;

use super::{CliError, open_store, output};
use crate::{
    clock::{Clock as _, SystemClock},
    model::{Device, DeviceId, DeviceSource},
    security::by_terminal,
    store::{Store, StoreError},
};

/// Why a token was not revoked.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Nothing has this name.
    #[error("no device is called \"{0}\": \"clawgate token list\" shows those there are")]
    Unknown(String),
    /// Several devices have this name.
    #[error("{count} devices are called \"{name}\": give the id of one")]
    Ambiguous {
        /// The name.
        name: String,
        /// How many have it.
        count: usize,
    },
    /// Its token is given from outside.
    #[error("this token is given by GATEWAY_AUTH_TOKEN: remove that and restart the gateway")]
    Fixed,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The paired devices, the oldest first.
pub async fn list(store: &Store) -> Result<Vec<Device>, StoreError> {
    let rows = store.list_tokens().await?;
    Ok(rows.into_iter().map(|row| row.device).collect())
}

/// Revokes the device with this id or, if only one has it, this name. A gateway that runs beside
/// closes its streams within a second.
pub async fn revoke(store: &Store, id_or_name: &str) -> Result<Device, TokenError> {
    let rows = store.list_tokens().await?;
    let id = id_or_name.parse::<DeviceId>().ok();
    let mut found: Vec<_> = rows
        .into_iter()
        .filter(|row| id.map_or(row.device.name == id_or_name, |id| row.device.id == id))
        .collect();
    if found.len() > 1 {
        return Err(TokenError::Ambiguous {
            name: id_or_name.to_owned(),
            count: found.len(),
        });
    }
    let row = found
        .pop()
        .ok_or_else(|| TokenError::Unknown(id_or_name.to_owned()))?;
    if row.source == DeviceSource::Environment {
        return Err(TokenError::Fixed);
    }
    let id = row.device.id;
    let details = serde_json::json!({"name": row.device.name});
    let log = by_terminal(SystemClock.now(), "device.revoked", &id, details);
    if !store.delete_device(id, log).await? {
        return Err(TokenError::Unknown(id_or_name.to_owned()));
    }
    Ok(row.device)
}

/// Revokes every device and every pairing code; answers how many devices there were.
pub async fn revoke_all(store: &Store) -> Result<u64, StoreError> {
    let details = serde_json::json!({});
    let log = by_terminal(SystemClock.now(), "device.revoked_all", &"devices", details);
    store.delete_all_devices(log).await
}

/// What to do with tokens.
#[derive(Clone, Debug, Subcommand)]
pub enum TokenCommand {
    /// List the paired devices
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Revoke a device's token; a running gateway closes its streams at once
    Revoke {
        /// The device's id, or its name
        #[arg(required_unless_present = "all")]
        device: Option<String>,
        /// Every device
        #[arg(long, conflicts_with = "device")]
        all: bool,
    },
}

pub(super) async fn run(
    command: TokenCommand,
    env: &BTreeMap<String, String>,
) -> Result<ExitCode, CliError> {
    let (_, _, store) = open_store(env).await?;
    match command {
        TokenCommand::List { json } => {
            let devices = list(&store).await?;
            output::text(&if json {
                as_json(&devices)
            } else {
                as_table(&devices)
            })?;
        }
        TokenCommand::Revoke { all: true, .. } => {
            output::line(format_args!("{} revoked", revoke_all(&store).await?))?;
        }
        TokenCommand::Revoke { device, .. } => {
            let device = device.unwrap_or_default();
            let revoked = revoke(&store, &device).await.map_err(|error| match error {
                TokenError::Store(error) => CliError::Store(error),
                error => CliError::Usage(error.to_string()),
            })?;
            output::line(format_args!("{} ({}) revoked", revoked.name, revoked.id))?;
        }
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

fn scopes_of(device: &Device) -> String {
    device
        .scopes
        .iter()
        .map(|scope| scope.as_str())
        .collect::<Vec<_>>()
        .join(",")
}

fn as_json(devices: &[Device]) -> String {
    let devices: Vec<_> = devices
        .iter()
        .map(|device| {
            serde_json::json!({
                "id": device.id,
                "name": device.name,
                "device_type": device.device_type,
                "scopes": device.scopes,
                "created_at": device.created_at,
                "last_seen_at": device.last_seen_at,
                "last_ip": device.last_ip,
                "expires_at": device.expires_at,
            })
        })
        .collect();
    format!("{:#}\n", serde_json::Value::from(devices))
}

fn as_table(devices: &[Device]) -> String {
    if devices.is_empty() {
        return "no device is paired; \"clawgate pair\" prints a code for one\n".to_owned();
    }
    let mut text = String::new();
    for device in devices {
        let seen = device.last_seen_at.map_or_else(
            || "never seen".to_owned(),
            |moment| format!("last seen {moment}"),
        );
        text.push_str(&format!(
            "{}  {}  [{}]  {}\n",
            device.id,
            device.name,
            scopes_of(device),
            seen
        ));
    }
    text
}
