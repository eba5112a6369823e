//! What every request passes through, as one list.

mod admit;
mod authenticate;
mod body_guard;
mod client;
mod failures;
mod origin;
mod rate_limit;
mod request_id;
mod security_headers;
mod watch;

use std::{future::Future, sync::Arc};

use poem::{Endpoint, EndpointExt as _, Request, Response, Result, endpoint::BoxEndpoint};

pub use watch::{Observer, RequestObservation};

use super::{Matched, RouteTable, spa::Spa};
use crate::{
    config::ConfigHandle,
    security::{FailedTokens, RateLimits, TokenService},
    tasks::Tasks,
};

/// What the door needs.
pub struct Door {
    /// The limits and names in force.
    pub config: ConfigHandle,
    /// Who may come in.
    pub tokens: Arc<TokenService>,
    /// How many wrong tokens one address may show.
    pub failures: Arc<FailedTokens>,
    /// How often.
    pub limits: Arc<RateLimits>,
    /// Which paths there are.
    pub routes: RouteTable,
    /// The page.
    pub spa: Spa,
    /// Told of every answer.
    pub observer: Observer,
    /// For what goes on after the answer.
    pub tasks: Tasks,
}

/// Puts the door before `app`, which gets only requests that match a route and were let in, with
/// [`crate::api::Caller`] and [`crate::api::Client`] in their data.
pub fn door<E>(door: Door, app: E) -> BoxEndpoint<'static, Response>
where
    E: Endpoint<Output = Response> + 'static,
{
    let Door {
        config,
        tokens,
        failures,
        limits,
        routes,
        spa,
        observer,
        tasks,
    } = door;
    // From the inside out: the last is the first to see a request.
    Layered {
        layer: Inside { spa },
        next: app.boxed(),
    }
    .under(body_guard::BodyGuard {
        config: config.clone(),
        tasks,
    })
    .under(rate_limit::RateLimit { limits })
    .under(authenticate::Authenticate {
        config: config.clone(),
        tokens,
        failures,
    })
    .under(admit::Admit)
    .under(origin::Origin {
        config: config.clone(),
    })
    .under(client::FindClient { config })
    .under(failures::Failures)
    .under(security_headers::SecurityHeaders)
    .under(watch::Watch { observer })
    .under(admit::FindRoute { routes })
    .under(request_id::RequestId)
    .boxed()
}

/// One ring of the onion.
trait Layer: Send + Sync + 'static {
    /// Answers, with the help of `next` or without it.
    fn call(&self, next: &Next, request: Request) -> impl Future<Output = Result<Response>> + Send;
}

/// What a ring encloses.
type Next = BoxEndpoint<'static, Response>;

struct Layered<L> {
    layer: L,
    next: Next,
}

impl<L: Layer> Layered<L> {
    fn under<O: Layer>(self, outer: O) -> Layered<O> {
        Layered {
            layer: outer,
            next: self.boxed(),
        }
    }
}

impl<L: Layer> Endpoint for Layered<L> {
    type Output = Response;

    // Not an `async fn`: that would keep a second copy of the request in every ring's future.
    fn call(&self, request: Request) -> impl Future<Output = Result<Response>> + Send {
        self.layer.call(&self.next, request)
    }
}

/// The innermost ring: the page, or the application.
struct Inside {
    spa: Spa,
}

impl Layer for Inside {
    async fn call(&self, next: &Next, request: Request) -> Result<Response> {
        match matched(&request) {
            Matched::Page => Ok(self.spa.answer(&request)),
            Matched::Route(_) | Matched::OtherMethod(_) | Matched::Nothing => {
                next.call(request).await
            }
        }
    }
}

/// What the request stands for; nothing until the route is looked up.
pub(super) fn matched(request: &Request) -> Matched {
    request
        .data::<Matched>()
        .copied()
        .unwrap_or(Matched::Nothing)
}
