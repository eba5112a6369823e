//! Paired devices: listing, changing, revoking.

use std::sync::Arc;

use poem::Request;
use poem_openapi::{
    ApiResponse, Enum, Object, OpenApi, param::Path, payload::Json, types::MaybeUndefined,
};
use secrecy::ExposeSecret as _;

use super::{ApiError, Caller, Group, body::JsonBody, cookie::session_cookie};
use crate::{
    clock::Clock,
    model::{Device, DeviceId, DeviceSource, Principal, PrincipalKind, Scope, Timestamp},
    security::{DeviceError, DevicePatch, TokenService, hash_token},
};

/// Days a token may be given to last.
const MOST_DAYS: u32 = 3650;
const DAY_SECS: i64 = 24 * 3600;

/// How a device came to be known.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "DeviceSource", rename_all = "snake_case")]
enum SourceView {
    /// With a pairing code.
    Paired,
    /// With the dashboard's password: it has a browser session and no token.
    Password,
    /// Its token came along from an older install.
    Imported,
    /// Its token is given by GATEWAY_AUTH_TOKEN: it can be neither rotated nor revoked here.
    Environment,
}

impl From<DeviceSource> for SourceView {
    fn from(source: DeviceSource) -> Self {
        match source {
            DeviceSource::Paired => Self::Paired,
            DeviceSource::Password => Self::Password,
            DeviceSource::Imported => Self::Imported,
            DeviceSource::Environment => Self::Environment,
        }
    }
}

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
    /// How it came to be known.
    source: SourceView,
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
    /// Sockets it has open now: above zero, it is connected.
    open_sockets: u32,
    /// Browsers that are signed in with it.
    browser_sessions: u32,
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
    /// The same, counted in days from now: 0 to 3650, 0 = never.
    expires_in_days: Option<u32>,
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
            .map(|device| self.view(device, &caller));
        Json(DeviceList {
            devices: devices.collect(),
        })
    }

    /// Change a device
    ///
    /// Rights that are taken are gone at once, from open sockets and streams too. A device can't
    /// take the right `admin` from itself, nor may the last that has it lose it: 409.
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
            expires_in_days,
        } = body.0;
        if name.as_ref().is_some_and(|name| name.trim().is_empty()) {
            return Err(ApiError::bad_field("name", "at least one character"));
        }
        let expires_at = match expires_at {
            MaybeUndefined::Undefined => self.in_days(expires_in_days)?,
            _ if expires_in_days.is_some() => {
                let expected = "left out when expires_at is given";
                return Err(ApiError::bad_field("expires_in_days", expected));
            }
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
        let by = caller.principal.device_id;
        let device = self.tokens.update(id.0, patch, by).await?;
        Ok(Json(self.view(device, &caller)))
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
        caller: Caller,
        /// The device.
        id: Path<DeviceId>,
    ) -> Result<RevokeAnswer, ApiError> {
        let by = caller.principal.device_id;
        self.tokens.revoke(id.0, by).await?;
        Ok(RevokeAnswer::Revoked)
    }

    /// Give a device a new token
    ///
    /// The old token and the device's browser sessions stop working at once; the browser that asks
    /// stays signed in.
    #[oai(
        path = "/api/devices/:id/rotate",
        method = "post",
        operation_id = "rotate_device"
    )]
    async fn rotate(
        &self,
        caller: Caller,
        request: &Request,
        /// The device.
        id: Path<DeviceId>,
    ) -> Result<Json<RotatedView>, ApiError> {
        let keep = own_cookie(&caller.principal, request);
        let by = caller.principal.device_id;
        let issued = self.tokens.rotate(id.0, keep, by).await?;
        Ok(Json(RotatedView {
            token: issued.token.expose_secret().to_owned(),
            device_id: issued.device.id,
            expires_at: issued.device.expires_at,
        }))
    }
}

impl DevicesApi {
    fn in_days(&self, days: Option<u32>) -> Result<Option<Option<Timestamp>>, ApiError> {
        match days {
            None => Ok(None),
            Some(0) => Ok(Some(None)),
            Some(days) if days <= MOST_DAYS => {
                let at = self.clock.now().plus_secs(i64::from(days) * DAY_SECS);
                Ok(Some(Some(at)))
            }
            Some(_) => Err(ApiError::bad_field(
                "expires_in_days",
                "a number of days from 0 to 3650",
            )),
        }
    }

    fn view(&self, device: Device, caller: &Caller) -> DeviceView {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let source = self.tokens.source(device.id);
        DeviceView {
            current: caller.principal.device_id == Some(device.id),
            source: source.unwrap_or(DeviceSource::Paired).into(),
            open_sockets: self.tokens.open_sockets(device.id),
            browser_sessions: count(self.tokens.count_sessions(device.id)),
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
}

/// The hash of the cookie that the caller came in with.
pub(super) fn own_cookie(caller: &Principal, request: &Request) -> Option<[u8; 32]> {
    match caller.kind {
        PrincipalKind::Cookie => session_cookie(request.headers()).map(|value| hash_token(&value)),
        PrincipalKind::Token | PrincipalKind::Unpaired => None,
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
            DeviceError::Own => Self::conflict(
                "This is the device that asks: without \"admin\" it could not undo this. Change it \
                 from another device that has all rights.",
            ),
            DeviceError::LastAdmin => Self::conflict(
                "No other device has all rights for as long as this one: nobody could manage the \
                 gateway any more. Give another device \"admin\" first.",
            ),
            DeviceError::NoScopes => Self::bad_field("scopes", "at least one of admin, chat, read"),
            DeviceError::Store(error) => Self::internal(&error),
            DeviceError::Crypto(error) => Self::internal(&error),
        }
    }
}
