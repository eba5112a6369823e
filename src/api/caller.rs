//! Who sent the request being handled. A guarded operation takes a [`Caller`] as its first
//! argument: it can't be forgotten, and it is what the document shows as its security.

use std::net::IpAddr;

use poem::{Request, RequestBody};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaSecurityScheme, Registry},
};
use tokio_util::sync::CancellationToken;

use super::ApiError;
use crate::model::{Principal, Scope};

/// The caller, as the door let it in. The door puts it into the request's data; an operation
/// that is reached without one answers 401.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who it is.
    pub principal: Principal,
    /// Where it calls from, after trusted proxies.
    pub ip: IpAddr,
    /// Cancelled when its token is revoked: long answers end then.
    pub revoked: CancellationToken,
}

impl Caller {
    /// Lets it pass only with this scope.
    pub fn need(&self, scope: Scope) -> Result<(), ApiError> {
        if self.principal.may(scope) {
            return Ok(());
        }
        Err(ApiError::forbidden(format!(
            "This token may not do that: it lacks the scope \"{}\".",
            scope.as_str()
        )))
    }
}

impl<'a> ApiExtractor<'a> for Caller {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        let scheme = |ty, description, name, key_in, scheme| MetaSecurityScheme {
            ty,
            description: Some(description),
            name,
            key_in,
            scheme,
            bearer_format: None,
            flows: None,
            openid_connect_url: None,
        };
        registry.create_security_scheme(
            "Bearer",
            scheme(
                "http",
                "A token obtained by pairing.",
                None,
                None,
                Some("bearer"),
            ),
        );
        registry.create_security_scheme(
            "Cookie",
            scheme(
                "apiKey",
                "The dashboard's session, from `POST /api/session`.",
                Some("clawgate_session"),
                Some("cookie"),
                None,
            ),
        );
        registry.create_security_scheme(
            "QueryToken",
            scheme(
                "apiKey",
                "The token in the query, on GET and WebSocket routes, while \
                 `gateway.allow_query_token` is on.",
                Some("token"),
                Some("query"),
                None,
            ),
        );
    }

    fn security_schemes() -> Vec<&'static str> {
        vec!["Bearer", "Cookie", "QueryToken"]
    }

    fn has_security_fallback() -> bool {
        false
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        match request.data::<Self>() {
            Some(caller) => Ok(caller.clone()),
            None => Err(ApiError::unauthorized().into()),
        }
    }
}
