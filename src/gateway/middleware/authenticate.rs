//! Lets callers in, by the route table: a route is closed unless the table says otherwise.

use std::sync::Arc;

use http::{HeaderValue, Method, header};
use poem::{Endpoint, IntoResponse as _, Request, Response, Result};
use tokio_util::sync::CancellationToken;

use super::{Layer, Next, matched};
use crate::{
    api::{ApiError, Caller, Client, session_cookie},
    config::ConfigHandle,
    gateway::{Access, Matched},
    model::{Principal, Scope},
    security::{Admitted, FailedTokens, TokenService},
};

/// Puts [`Caller`] into the request's data.
pub(super) struct Authenticate {
    pub(super) config: ConfigHandle,
    pub(super) tokens: Arc<TokenService>,
    pub(super) failures: Arc<FailedTokens>,
}

/// What a request shows.
enum Shown {
    Token(String),
    Cookie(String),
    Nothing,
}

impl Layer for Authenticate {
    async fn call(&self, next: &Next, mut request: Request) -> Result<Response> {
        let Matched::Route(route) = matched(&request) else {
            return next.call(request).await;
        };
        let Some(client) = request.data::<Client>().cloned() else {
            return Err(ApiError::unauthorized().into());
        };
        match self.judge(route.access, &client, self.shown(&request)) {
            Ok(caller) => {
                if let Some(caller) = caller {
                    request.set_data(caller);
                }
                next.call(request).await
            }
            Err(error) => Ok(refusal(error)),
        }
    }
}

impl Authenticate {
    fn shown(&self, request: &Request) -> Shown {
        if let Some(token) = bearer(request) {
            return Shown::Token(token);
        }
        if request.method() == Method::GET
            && self.config.current().gateway.allow_query_token
            && let Some(token) = query_token(request)
        {
            return Shown::Token(token);
        }
        session_cookie(request.headers()).map_or(Shown::Nothing, Shown::Cookie)
    }

    fn judge(
        &self,
        access: Access,
        client: &Client,
        shown: Shown,
    ) -> Result<Option<Caller>, ApiError> {
        let showed_token = matches!(shown, Shown::Token(_));
        let admitted = match shown {
            Shown::Token(token) => self.tokens.authenticate(&token, client.ip),
            Shown::Cookie(cookie) => self.tokens.authenticate_cookie(&cookie, client.ip),
            Shown::Nothing => None,
        };
        let everybody_is_owner = !self.config.current().gateway.require_pairing;
        let admitted = admitted.or_else(|| everybody_is_owner.then(owner));
        let Some(admitted) = admitted else {
            let token_matters = access != Access::Public;
            if showed_token && token_matters {
                return Err(self.bad_token(client));
            }
            let open = match access {
                Access::Public | Access::Optional => true,
                Access::Metrics => client.direct_loopback,
                Access::Scope(_) => false,
            };
            return if open {
                Ok(None)
            } else {
                Err(ApiError::unauthorized())
            };
        };
        let caller = Caller {
            principal: admitted.principal,
            ip: client.ip,
            revoked: admitted.revoked,
        };
        match access {
            Access::Scope(scope) => caller.need(scope)?,
            Access::Metrics if !client.direct_loopback => caller.need(Scope::Read)?,
            Access::Metrics | Access::Public | Access::Optional => {}
        }
        Ok(Some(caller))
    }

    /// A good token is never held back for the bad ones of its neighbours: 256 bits are not
    /// guessed, and a crowd behind one address must not be shut out by one of it.
    fn bad_token(&self, client: &Client) -> ApiError {
        match self.failures.count(client.ip) {
            Ok(()) => ApiError::unauthorized(),
            Err(wait) => ApiError::too_many(
                format!("Too many wrong tokens; try again in {wait} seconds."),
                wait,
            ),
        }
    }
}

fn owner() -> Admitted {
    Admitted {
        principal: Principal::unpaired(),
        revoked: CancellationToken::new(),
    }
}

/// The token of an `Authorization: Bearer` header. Other schemes are somebody else's, such as a
/// proxy's.
fn bearer(request: &Request) -> Option<String> {
    let value = request
        .headers()
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?;
    let (scheme, token) = value.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| token.to_owned())
}

fn query_token(request: &Request) -> Option<String> {
    request
        .uri()
        .query()
        .filter(|query| query.contains("token="))?;
    let pairs = request.params::<Vec<(String, String)>>().ok()?;
    let token = pairs.into_iter().find(|(name, _)| name == "token");
    token
        .map(|(_, token)| token)
        .filter(|token| !token.is_empty())
}

fn refusal(error: ApiError) -> Response {
    let unauthorized = matches!(error, ApiError::Unauthorized(_));
    let mut response = error.into_response();
    if unauthorized {
        let challenge = HeaderValue::from_static("Bearer realm=\"clawgate\"");
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}
