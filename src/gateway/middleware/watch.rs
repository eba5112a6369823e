//! Tells the log and the metrics of every answer. Neither ever sees a query, a path or a header.

use std::{sync::Arc, time::Duration};

use http::Method;
use poem::{Endpoint, Request, Response, Result};
use tokio::time::Instant;

use super::{Layer, Next, matched};

/// An answer, as the metrics see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestObservation {
    /// The pattern of the route, or `page`; none when the path is nothing.
    pub route: Option<&'static str>,
    /// The method.
    pub method: Method,
    /// The status.
    pub status: u16,
    /// From the request's head to the answer's.
    pub duration: Duration,
}

/// Told of every answer.
pub type Observer = Arc<dyn Fn(&RequestObservation) + Send + Sync>;

pub(super) struct Watch {
    pub(super) observer: Observer,
}

impl Layer for Watch {
    async fn call(&self, next: &Next, request: Request) -> Result<Response> {
        let started = Instant::now();
        let route = matched(&request).label();
        let method = request.method().clone();
        let answer = next.call(request).await;
        let status = match &answer {
            Ok(response) => response.status(),
            Err(error) => error.status(),
        };
        let seen = RequestObservation {
            route,
            method,
            status: status.as_u16(),
            duration: started.elapsed(),
        };
        (self.observer)(&seen);
        log(&seen);
        answer
    }
}

fn log(seen: &RequestObservation) {
    let RequestObservation {
        route,
        method,
        status,
        duration,
    } = seen;
    let (method, route) = (method.as_str(), route.unwrap_or("unknown"));
    let duration_ms = (duration.as_secs_f64() * 1e6).round() / 1e3;
    // The line carries the request's id by itself. What monitors and browsers fetch all day would
    // bury the rest.
    let often = matches!(route, "/health" | "/metrics" | "page");
    // Who reads the log does not want to read that.
    let quiet = *status < 400 && (often || (method == "GET" && route.starts_with("/api/logs")));
    if quiet {
        tracing::debug!(method, route, status, duration_ms, "answered");
    } else {
        tracing::info!(method, route, status, duration_ms, "answered");
    }
}
