//! `clawgate token list|revoke`: the paired devices, beside a running gateway or without one.

use crate::{
    model::{Device, DeviceId, DeviceSource},
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
    if !store.delete_device(row.device.id).await? {
        return Err(TokenError::Unknown(id_or_name.to_owned()));
    }
    Ok(row.device)
}

/// Revokes every device and every pairing code; answers how many devices there were.
pub async fn revoke_all(store: &Store) -> Result<u64, StoreError> {
    store.delete_all_devices().await
}
