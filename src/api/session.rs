//! The dashboard's session: a cookie in place of a token.

use std::{net::IpAddr, sync::Arc};

use poem::{Request, web::Data};
use poem_openapi::{ApiResponse, Enum, Object, OpenApi, param::Query, payload::Json};
use secrecy::ExposeSecret as _;

use super::{
    ApiError, Caller, Client, Group,
    body::OptionalJson,
    cookie::{session_cookie, set_cookie},
    devices::own_cookie,
};
use crate::{
    model::{DeviceId, Principal, PrincipalKind, Scope, Timestamp},
    security::{NewWebSession, PasswordError, PasswordService, TokenService},
};

/// How a session is begun without a token.
#[derive(Clone, Debug, Default, Object)]
struct SessionRequest {
    /// The dashboard's password, where one is set.
    password: Option<String>,
}

/// How the caller proved who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
enum Kind {
    /// With a bearer token.
    Token,
    /// With the session cookie.
    Cookie,
    /// Not at all: pairing is switched off.
    Unpaired,
}

/// Who is calling.
#[derive(Clone, Debug, Object)]
struct Me {
    /// The caller's device; null when pairing is switched off.
    device_id: Option<DeviceId>,
    /// What its owner calls it.
    device_name: Option<String>,
    /// How it proved who it is.
    kind: Kind,
    /// What it may do.
    scopes: Vec<Scope>,
    /// When its token stops working; null: never.
    expires_at: Option<Timestamp>,
    /// The dashboard's password is a second way in.
    password_set: bool,
}

#[derive(ApiResponse)]
enum SessionAnswer {
    /// Who is calling; with the cookie, where there is one to be kept.
    #[oai(status = 200)]
    Me(
        Json<Me>,
        /// The session cookie.
        #[oai(header = "Set-Cookie")]
        Option<String>,
    ),
}

#[derive(ApiResponse)]
enum EndAnswer {
    /// The session is over.
    #[oai(status = 204)]
    Ended(
        /// Has the browser forget the cookie.
        #[oai(header = "Set-Cookie")]
        String,
    ),
}

/// Who was shown out.
#[derive(Clone, Copy, Debug, Object)]
#[oai(rename = "ShownOut")]
struct ShownOutView {
    /// Browser sessions that ended.
    browser_sessions: u64,
    /// Devices that were revoked.
    devices: u64,
}

/// See [`Group::Pairing`].
pub struct SessionApi {
    tokens: Arc<TokenService>,
    passwords: Arc<PasswordService>,
}

impl SessionApi {
    /// Over these services.
    pub fn new(tokens: Arc<TokenService>, passwords: Arc<PasswordService>) -> Self {
        Self { tokens, passwords }
    }

    async fn me(&self, principal: &Principal) -> Result<Json<Me>, ApiError> {
        let password_set = self
            .passwords
            .is_set()
            .await
            .map_err(|e| ApiError::internal(&e))?;
        let device = principal.device_id.and_then(|id| self.tokens.find(id));
        Ok(Json(Me {
            device_id: principal.device_id,
            expires_at: device.as_ref().and_then(|device| device.expires_at),
            device_name: device.map(|device| device.name),
            kind: match principal.kind {
                PrincipalKind::Token => Kind::Token,
                PrincipalKind::Cookie => Kind::Cookie,
                PrincipalKind::Unpaired => Kind::Unpaired,
            },
            scopes: principal.scopes.clone(),
            password_set,
        }))
    }

    async fn begun(
        &self,
        session: NewWebSession,
        client: &Client,
    ) -> Result<SessionAnswer, ApiError> {
        let value = session.cookie.expose_secret();
        let admitted = self.tokens.authenticate_cookie(value, client.ip);
        let admitted = admitted.ok_or_else(ApiError::unauthorized)?;
        let cookie = set_cookie(value, session.max_age_secs, client.secure);
        Ok(SessionAnswer::Me(
            self.me(&admitted.principal).await?,
            Some(cookie),
        ))
    }

    /// The answer to a caller that stays who it is; a cookie in use is kept for longer.
    async fn known(
        &self,
        caller: &Caller,
        request: &Request,
        client: &Client,
    ) -> Result<SessionAnswer, ApiError> {
        let value = match caller.principal.kind {
            PrincipalKind::Cookie => session_cookie(request.headers()),
            PrincipalKind::Token | PrincipalKind::Unpaired => None,
        };
        let max_age = TokenService::COOKIE_MAX_AGE_SECS;
        let cookie = value.map(|value| set_cookie(&value, max_age, client.secure));
        Ok(SessionAnswer::Me(self.me(&caller.principal).await?, cookie))
    }

    async fn log_in(
        &self,
        password: &str,
        ip: IpAddr,
        agent: Option<&str>,
    ) -> Result<NewWebSession, PasswordError> {
        let name = agent.map_or("Browser", browser_name);
        self.passwords.log_in(password, ip, name).await
    }
}

#[OpenApi(tag = "Group::Pairing")]
impl SessionApi {
    /// Begin a browser session
    ///
    /// With a bearer token in the header, or the dashboard's password in the body. The answer
    /// brings an HttpOnly cookie that belongs to the token's device and lasts thirty days from
    /// its last use.
    #[oai(path = "/api/session", method = "post", operation_id = "begin_session")]
    async fn begin(
        &self,
        request: &Request,
        client: Data<&Client>,
        body: OptionalJson<SessionRequest>,
    ) -> Result<SessionAnswer, ApiError> {
        if let Some(password) = body.0.password {
            let agent = request.header("user-agent");
            let session = self.log_in(&password, client.ip, agent).await?;
            return self.begun(session, &client).await;
        }
        let caller = request
            .data::<Caller>()
            .ok_or_else(ApiError::unauthorized)?;
        match (caller.principal.kind, caller.principal.device_id) {
            (PrincipalKind::Token, Some(device)) => {
                let session = self.tokens.open_web_session(device).await?;
                self.begun(session, &client).await
            }
            _ => self.known(caller, request, &client).await,
        }
    }

    /// Who is calling
    #[oai(
        path = "/api/session",
        method = "get",
        operation_id = "get_own_session"
    )]
    async fn get(
        &self,
        caller: Caller,
        request: &Request,
        client: Data<&Client>,
    ) -> Result<SessionAnswer, ApiError> {
        self.known(&caller, request, &client).await
    }

    /// End the browser session
    ///
    /// Its cookie stops working and its streams end; the device's token is not touched.
    #[oai(path = "/api/session", method = "delete", operation_id = "end_session")]
    async fn end(
        &self,
        _caller: Caller,
        request: &Request,
        client: Data<&Client>,
    ) -> Result<EndAnswer, ApiError> {
        if let Some(cookie) = session_cookie(request.headers()) {
            let ended = self.tokens.end_web_session(&cookie).await;
            ended.map_err(|error| ApiError::internal(&error))?;
        }
        Ok(EndAnswer::Ended(set_cookie("", 0, client.secure)))
    }

    /// Sign out everywhere else
    ///
    /// Every browser session but the caller's own ends at once, its streams included. With
    /// `devices=true` every other device is revoked too, except the one of GATEWAY_AUTH_TOKEN.
    #[oai(
        path = "/api/session/others",
        method = "delete",
        operation_id = "end_other_sessions"
    )]
    async fn end_others(
        &self,
        caller: Caller,
        request: &Request,
        /// Revoke the tokens of all other devices too; false when left out.
        devices: Query<Option<bool>>,
    ) -> Result<Json<ShownOutView>, ApiError> {
        let keep = own_cookie(&caller.principal, request);
        let own = caller.principal.device_id;
        let out = self
            .tokens
            .show_others_out(own, keep, devices.0.unwrap_or(false))
            .await
            .map_err(|error| ApiError::internal(&error))?;
        Ok(Json(ShownOutView {
            browser_sessions: out.sessions,
            devices: out.devices,
        }))
    }
}

/// What a browser is, from what it says of itself; all of them name their forebears too.
fn browser_name(agent: &str) -> &'static str {
    const KNOWN: [(&str, &str); 5] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let known = KNOWN.iter().find(|(mark, _)| agent.contains(mark));
    known.map_or("Browser", |(_, name)| name)
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::NotSet | PasswordError::Wrong => {
                Self::forbidden("The password is wrong, or none is set.")
            }
            PasswordError::LockedOut { retry_after } => Self::too_many(
                format!("Too many wrong passwords; try again in {retry_after} seconds."),
                retry_after,
            ),
            PasswordError::CurrentNeeded => Self::bad_field("current", error.to_string()),
            PasswordError::Length => Self::bad_field("password", error.to_string()),
            PasswordError::Device(error) => error.into(),
            PasswordError::Store(error) => Self::internal(&error),
            PasswordError::Crypto(error) => Self::internal(&error),
        }
    }
}
