//! Paired devices: listing, changing, revoking.

use std::sync::Arc;

use poem_openapi::{
    ApiResponse, Object, OpenApi, param::Path, payload::Json, types::MaybeUndefined,
};
use secrecy::ExposeSecret as _;

use super::{ApiError, Caller, Group, body::JsonBody};
use crate::{
    clock::Clock,
    model::{Device, DeviceId, Scope, Timestamp},
    security::{DeviceError, DevicePatch, TokenService},
};

/// A paired device.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Device")]
struct DeviceView {
    /// Names it.
    id: DeviceId,
    /// What its owner calls it.
    name: String,
    /// browser, cli, phone, server, or a word of its own.
    device_type: String,
    /// What it may do.
    scopes: Vec<Scope>,
    /// When it was paired.
    created_at: Timestamp,
    /// When its token was last used.
    last_seen_at: Option<Timestamp>,
    /// The address it was last used from.
    last_ip: Option<String>,
    /// When its token stops working; null: never.
    expires_at: Option<Timestamp>,
    /// It is the one that asks.
    current: bool,
}

/// All paired devices, the newest first.
#[derive(Clone, Debug, Object)]
struct DeviceList {
    /// The devices.
    devices: Vec<DeviceView>,
}

/// What to change; what is left out stays.
#[derive(Clone, Debug, Object)]
#[oai(rename = "DevicePatch")]
struct PatchRequest {
    /// What its owner calls it.
    name: Option<String>,
    /// What it may do. Its open streams end, and come back with the new rights.
    scopes: Option<Vec<Scope>>,
    /// When its token stops working; null: never.
    expires_at: MaybeUndefined<Timestamp>,
}

/// A device's new token.
#[derive(Clone, Debug, Object)]
struct RotatedView {
    /// The bearer token. It is shown this once.
    token: String,
    /// Names the device.
    device_id: DeviceId,
    /// When the token stops working; null: never.
    expires_at: Option<Timestamp>,
}

#[derive(ApiResponse)]
enum RevokeAnswer {
    /// Its token no longer works.
    #[oai(status = 204)]
    Revoked,
}

/// See [`Group::Devices`].
pub struct DevicesApi {
    tokens: Arc<TokenService>,
    clock: Arc<dyn Clock>,
}

impl DevicesApi {
    /// Over this service.
    pub fn new(tokens: Arc<TokenService>, clock: Arc<dyn Clock>) -> Self {
        Self { tokens, clock }
    }
}

#[OpenApi(tag = "Group::Devices")]
impl DevicesApi {
    /// List the paired devices
    #[oai(path = "/api/devices", method = "get", operation_id = "list_devices")]
    async fn list(&self, caller: Caller) -> Json<DeviceList> {
        let devices = self
            .tokens
            .list()
            .into_iter()
            .map(|device| view(device, &caller));
        Json(DeviceList {
            devices: devices.collect(),
        })
    }

    /// Change a device
    #[oai(
        path = "/api/devices/:id",
        method = "patch",
        operation_id = "update_device"
    )]
    async fn update(
        &self,
        caller: Caller,
        /// The device.
        id: Path<DeviceId>,
        body: JsonBody<PatchRequest>,
    ) -> Result<Json<DeviceView>, ApiError> {
        let PatchRequest {
            name,
            scopes,
            expires_at,
        } = body.0;
        if name.as_ref().is_some_and(|name| name.trim().is_empty()) {
            return Err(ApiError::bad_field("name", "at least one character"));
        }
        let expires_at = match expires_at {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(at) if at > self.clock.now() => Some(Some(at)),
            MaybeUndefined::Value(_) => {
                let expected = "a time to come; to end it now, revoke the device";
                return Err(ApiError::bad_field("expires_at", expected));
            }
        };
        let patch = DevicePatch {
            name,
            scopes,
            expires_at,
        };
        Ok(Json(view(self.tokens.update(id.0, patch).await?, &caller)))
    }

    /// Revoke a device
    ///
    /// Its token and its browser sessions stop working, and its open streams end, at once.
    #[oai(
        path = "/api/devices/:id",
        method = "delete",
        operation_id = "revoke_device"
    )]
    async fn revoke(
        &self,
        _caller: Caller,
        /// The device.
        id: Path<DeviceId>,
    ) -> Result<RevokeAnswer, ApiError> {
        self.tokens.revoke(id.0).await?;
        Ok(RevokeAnswer::Revoked)
    }

    /// Give a device a new token
    ///
    /// The old token and the device's browser sessions stop working at once.
    #[oai(
        path = "/api/devices/:id/rotate",
        method = "post",
        operation_id = "rotate_device"
    )]
    async fn rotate(
        &self,
        _caller: Caller,
        /// The device.
        id: Path<DeviceId>,
    ) -> Result<Json<RotatedView>, ApiError> {
        let issued = self.tokens.rotate(id.0).await?;
        Ok(Json(RotatedView {
            token: issued.token.expose_secret().to_owned(),
            device_id: issued.device.id,
            expires_at: issued.device.expires_at,
        }))
    }
}

fn view(device: Device, caller: &Caller) -> DeviceView {
    DeviceView {
        current: caller.principal.device_id == Some(device.id),
        id: device.id,
        name: device.name,
        device_type: device.device_type,
        scopes: device.scopes,
        created_at: device.created_at,
        last_seen_at: device.last_seen_at,
        last_ip: device.last_ip,
        expires_at: device.expires_at,
    }
}

impl From<DeviceError> for ApiError {
    fn from(error: DeviceError) -> Self {
        match error {
            DeviceError::NotFound => Self::not_found("device"),
            DeviceError::Fixed => Self::conflict(
                "The token of this device is given by GATEWAY_AUTH_TOKEN: change or remove that, \
                 then restart the gateway.",
            ),
            DeviceError::NoToken => {
                Self::conflict("This device came in by password and has no token.")
            }
            DeviceError::NoScopes => Self::bad_field("scopes", "at least one of admin, chat, read"),
            DeviceError::Store(error) => Self::internal(&error),
            DeviceError::Crypto(error) => Self::internal(&error),
        }
    }
}
