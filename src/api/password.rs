//! The dashboard's optional password: is there one, set it, remove it.

use std::sync::Arc;

use poem_openapi::{Object, OpenApi, payload::Json};

use super::{
    ApiError, Caller, Group,
    body::{JsonBody, OptionalJson},
};
use crate::{
    model::{DeviceSource, PrincipalKind},
    security::{Current, PasswordService, TokenService},
};

/// The dashboard's password, without itself.
#[derive(Clone, Debug, Object)]
#[oai(rename = "PasswordState")]
struct StateView {
    /// One is set.
    set: bool,
    /// The caller has to send it along to change it.
    current_needed: bool,
    /// Characters that a new one has at the least.
    min_chars: u32,
    /// Bytes that a new one has at the most.
    max_bytes: u32,
    /// Browsers that came in by it and are still signed in.
    browsers: u32,
}

/// A new password.
#[derive(Clone, Object)]
#[oai(rename = "PasswordChange")]
struct ChangeRequest {
    /// At least 8 characters and at most 1024 bytes.
    password: String,
    /// The password as it is, where one is set; a caller with a bearer token needs none.
    current: Option<String>,
}

/// What proves that a password may go.
#[derive(Clone, Default, Object)]
#[oai(rename = "PasswordRemoval")]
struct RemovalRequest {
    /// The password as it is; a caller with a bearer token needs none.
    current: Option<String>,
}

/// See [`Group::Devices`].
pub struct PasswordApi {
    /// The password.
    pub passwords: Arc<PasswordService>,
    /// Who came in by it.
    pub tokens: Arc<TokenService>,
}

#[OpenApi(tag = "Group::Devices")]
impl PasswordApi {
    /// Is a password set?
    #[oai(path = "/api/password", method = "get", operation_id = "get_password")]
    async fn get(&self, caller: Caller) -> Result<Json<StateView>, ApiError> {
        self.state(&caller).await
    }

    /// Set or change the password
    ///
    /// Browsers that came in by the old one are signed out at once, except the one that asks. A
    /// caller that shows no bearer token has to know the old one: an open browser is not enough.
    #[oai(path = "/api/password", method = "put", operation_id = "set_password")]
    async fn set(
        &self,
        caller: Caller,
        body: JsonBody<ChangeRequest>,
    ) -> Result<Json<StateView>, ApiError> {
        let ChangeRequest { password, current } = body.0;
        let keep = caller
            .principal
            .device_id
            .filter(|_| self.came_by_password(&caller));
        let current = proof(&caller, current.as_deref());
        self.passwords
            .change(Some(&password), current, keep, caller.principal.device_id)
            .await?;
        self.state(&caller).await
    }

    /// Remove the password
    ///
    /// Browsers that came in by it are signed out at once.
    #[oai(
        path = "/api/password",
        method = "delete",
        operation_id = "remove_password"
    )]
    async fn remove(
        &self,
        caller: Caller,
        body: OptionalJson<RemovalRequest>,
    ) -> Result<Json<StateView>, ApiError> {
        if self.came_by_password(&caller) {
            return Err(ApiError::conflict(
                "This browser came in by the password: without it you would be locked out. Pair \
                 it with a code first, then remove the password.",
            ));
        }
        let current = proof(&caller, body.0.current.as_deref());
        let by = caller.principal.device_id;
        self.passwords.change(None, current, None, by).await?;
        self.state(&caller).await
    }
}

impl PasswordApi {
    fn came_by_password(&self, caller: &Caller) -> bool {
        let source = caller.principal.device_id;
        source.and_then(|id| self.tokens.source(id)) == Some(DeviceSource::Password)
    }

    async fn state(&self, caller: &Caller) -> Result<Json<StateView>, ApiError> {
        let set = self.passwords.is_set().await;
        let set = set.map_err(|error| ApiError::internal(&error))?;
        let browsers = self.tokens.count_of(DeviceSource::Password);
        Ok(Json(StateView {
            set,
            current_needed: set && caller.principal.kind != PrincipalKind::Token,
            min_chars: PasswordService::SHORTEST,
            max_bytes: PasswordService::LONGEST,
            browsers: u32::try_from(browsers).unwrap_or(u32::MAX),
        }))
    }
}

/// A bearer token is a stronger secret than any password, and the way back for who forgot it.
fn proof<'a>(caller: &Caller, current: Option<&'a str>) -> Current<'a> {
    match caller.principal.kind {
        PrincipalKind::Token => Current::NotAsked,
        PrincipalKind::Cookie | PrincipalKind::Unpaired => Current::Asked {
            given: current,
            ip: caller.ip,
        },
    }
}
