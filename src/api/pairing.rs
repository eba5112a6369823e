//! Pairing a client with the gateway.

use std::{net::SocketAddr, sync::Arc};

use poem::web::Data;
use poem_openapi::{Object, OpenApi, param::Header, payload::Json};
use secrecy::ExposeSecret as _;

use super::{ApiError, Caller, Client, Group, body::OptionalJson, reach};
use crate::{
    config::ConfigHandle,
    model::{DeviceId, Scope, Timestamp},
    security::{Grant, Paired, PairingError, PairingService, PasswordService},
};

/// Days a token may be given to last.
const MOST_DAYS: u64 = 3650;

/// Who is being paired.
#[derive(Clone, Debug, Default, Object)]
struct PairRequest {
    /// What its owner will call it.
    device_name: Option<String>,
    /// browser, cli, phone, server, or a word of its own.
    device_type: Option<String>,
}

/// A client that was paired.
#[derive(Clone, Debug, Object)]
struct PairedView {
    /// Always true.
    paired: bool,
    /// The token survives a restart; always true.
    persisted: bool,
    /// The bearer token. It is shown this once.
    token: String,
    /// What to do with it.
    message: String,
    /// Names the device.
    device_id: DeviceId,
    /// When the token stops working; null: never.
    expires_at: Option<Timestamp>,
}

/// What a pairing screen needs to know.
#[derive(Clone, Debug, Object)]
struct PairingView {
    /// A token is asked for.
    require_pairing: bool,
    /// A code can be entered now.
    code_live: bool,
    /// When the last live code stops working.
    code_expires_at: Option<Timestamp>,
    /// Seconds until this client may try again; 0 when it may now.
    locked_for_secs: u64,
    /// The dashboard's password is a second way in.
    password_set: bool,
}

/// What a new code shall grant.
#[derive(Clone, Debug, Default, Object)]
struct InitiateRequest {
    /// What the device may do; all when left out.
    scopes: Option<Vec<Scope>>,
    /// What it is called unless it says otherwise.
    device_name: Option<String>,
    /// How long its token lasts; 0 = for ever; as configured when left out.
    expires_in_days: Option<u64>,
}

/// A new code.
#[derive(Clone, Debug, Object)]
struct InitiatedView {
    /// The code, such as `ABCD-2345`. It works once.
    pairing_code: String,
    /// When it stops working.
    expires_at: Timestamp,
    /// The dashboard's address with the code in its fragment, to be opened or scanned.
    url: String,
    /// The same at addresses that other devices can reach, as far as the gateway can tell, the
    /// likeliest first; empty when it listens to this machine alone.
    reachable_urls: Vec<String>,
}

/// See [`Group::Pairing`].
pub struct PairingApi {
    pairing: Arc<PairingService>,
    passwords: Arc<PasswordService>,
    config: ConfigHandle,
    bound: Option<SocketAddr>,
}

impl PairingApi {
    /// Over these services.
    pub fn new(
        pairing: Arc<PairingService>,
        passwords: Arc<PasswordService>,
        config: ConfigHandle,
    ) -> Self {
        Self {
            pairing,
            passwords,
            config,
            bound: None,
        }
    }

    /// The address really listened on, so that links for other devices can be made.
    #[must_use]
    pub fn listening_on(mut self, bound: SocketAddr) -> Self {
        self.bound = Some(bound);
        self
    }
}

#[OpenApi(tag = "Group::Pairing")]
impl PairingApi {
    /// Swap a pairing code for a token
    ///
    /// The code is on the gateway's terminal, or from `clawgate pair`. Three wrong codes lock
    /// their sender out for five minutes.
    #[oai(path = "/pair", method = "post", operation_id = "pair")]
    async fn pair(
        &self,
        client: Data<&Client>,
        /// The code; case, dashes and spaces do not matter.
        #[oai(name = "X-Pairing-Code")]
        code: Header<Option<String>>,
        body: OptionalJson<PairRequest>,
    ) -> Result<Json<PairedView>, ApiError> {
        let code = code.0.unwrap_or_default();
        if code.trim().is_empty() {
            let sentence = "Send the pairing code in the header X-Pairing-Code.";
            return Err(ApiError::bad_request(sentence));
        }
        let PairRequest {
            device_name,
            device_type,
        } = body.0;
        let paired = self
            .pairing
            .redeem(
                &code,
                client.ip,
                device_name.as_deref(),
                device_type.as_deref(),
            )
            .await?;
        Ok(Json(view(&paired)))
    }

    /// What a pairing screen needs to know
    #[oai(path = "/api/pairing", method = "get", operation_id = "get_pairing")]
    async fn state(&self, client: Data<&Client>) -> Result<Json<PairingView>, ApiError> {
        let state = self.pairing.state(client.ip).await?;
        let password_set = self
            .passwords
            .is_set()
            .await
            .map_err(|e| ApiError::internal(&e))?;
        Ok(Json(PairingView {
            require_pairing: self.config.current().gateway.require_pairing,
            code_live: state.code_expires_at.is_some(),
            code_expires_at: state.code_expires_at,
            locked_for_secs: state.locked_for_secs,
            password_set,
        }))
    }

    /// Make a code for one more device
    #[oai(
        path = "/api/pairing/initiate",
        method = "post",
        operation_id = "initiate_pairing"
    )]
    async fn initiate(
        &self,
        _caller: Caller,
        client: Data<&Client>,
        body: OptionalJson<InitiateRequest>,
    ) -> Result<Json<InitiatedView>, ApiError> {
        let minted = self.pairing.mint(grant(body.0)?).await?;
        let link = |base: &str| format!("{base}/#code={}", minted.code);
        let config = self.config.current();
        let bases = reach::bases(&client, &config.gateway.allowed_hosts, self.bound);
        Ok(Json(InitiatedView {
            pairing_code: minted.code.to_string(),
            expires_at: minted.expires_at,
            url: link(&client.base_url()),
            reachable_urls: bases.iter().map(|base| link(base)).collect(),
        }))
    }
}

fn view(paired: &Paired) -> PairedView {
    PairedView {
        paired: true,
        persisted: true,
        token: paired.token.expose_secret().to_owned(),
        message: "Keep this token: it is shown once. Send it as \"Authorization: Bearer <token>\"."
            .to_owned(),
        device_id: paired.device.id,
        expires_at: paired.device.expires_at,
    }
}

fn grant(request: InitiateRequest) -> Result<Grant, ApiError> {
    let scopes = request.scopes.unwrap_or_else(|| vec![Scope::Admin]);
    if scopes.is_empty() {
        return Err(ApiError::bad_field(
            "scopes",
            "at least one of admin, chat, read",
        ));
    }
    if request.expires_in_days.is_some_and(|days| days > MOST_DAYS) {
        return Err(ApiError::bad_field(
            "expires_in_days",
            "a number of days from 0 to 3650",
        ));
    }
    Ok(Grant {
        scopes,
        device_name: request.device_name,
        expires_in_days: request.expires_in_days,
    })
}

impl From<PairingError> for ApiError {
    fn from(error: PairingError) -> Self {
        match error {
            PairingError::InvalidCode => Self::forbidden("Invalid pairing code"),
            PairingError::LockedOut { retry_after } => Self::too_many(
                format!("Too many wrong codes; try again in {retry_after} seconds."),
                retry_after,
            ),
            PairingError::Device(error) => error.into(),
            PairingError::Store(error) => Self::internal(&error),
            PairingError::Crypto(error) => Self::internal(&error),
        }
    }
}
