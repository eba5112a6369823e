//! Counts requests per client and says on every answer how many are left.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};
use poem::{Endpoint, IntoResponse as _, Request, Response, Result};

use super::{Layer, Next, matched};
use crate::{
    api::{ApiError, Caller, Client},
    gateway::Matched,
    security::{ClientKey, Decision, LimitClass, RateLimits},
};

pub(super) struct RateLimit {
    pub(super) limits: Arc<RateLimits>,
}

impl Layer for RateLimit {
    async fn call(&self, next: &Next, request: Request) -> Result<Response> {
        let Some(decision) = self.decide(&request) else {
            return next.call(request).await;
        };
        let pattern = matched(&request).label();
        let mut response = if decision.allowed {
            match next.call(request).await {
                Ok(response) => response,
                Err(error) => crate::api::from_framework(error, pattern).await,
            }
        } else {
            let wait = decision.reset_secs;
            let sentence = format!("Too many requests; try again in {wait} seconds.");
            ApiError::too_many(sentence, wait).into_response()
        };
        say(&decision, response.headers_mut());
        Ok(response)
    }
}

impl RateLimit {
    fn decide(&self, request: &Request) -> Option<Decision> {
        let Matched::Route(route) = matched(request) else {
            return None;
        };
        let ip = request.data::<Client>()?.ip;
        // A guess at a code counts against the address, whatever token comes along.
        let caller = request
            .data::<Caller>()
            .filter(|_| route.limit != LimitClass::Pair);
        let key = caller.map_or_else(
            || ClientKey::of_ip(ip),
            |caller| ClientKey::of(&caller.principal, ip),
        );
        self.limits.check(route.limit, key)
    }
}

fn say(decision: &Decision, headers: &mut HeaderMap) {
    for (name, value) in [
        ("ratelimit-limit", u64::from(decision.limit)),
        ("ratelimit-remaining", u64::from(decision.remaining)),
        ("ratelimit-reset", decision.reset_secs),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
}
