//! Gives errors of the framework and panics the shape of all errors.

use std::{any::Any, panic::AssertUnwindSafe};

use futures_util::FutureExt as _;
use poem::{Endpoint, IntoResponse as _, Request, Response, Result, web::Json};

use super::{Layer, Next, matched};
use crate::api::{self, ErrorBody};

pub(super) struct Failures;

impl Layer for Failures {
    async fn call(&self, next: &Next, request: Request) -> Result<Response> {
        let pattern = matched(&request).label();
        match AssertUnwindSafe(next.call(request)).catch_unwind().await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Ok(api::from_framework(error, pattern).await),
            Err(panic) => Ok(after_panic(panic.as_ref())),
        }
    }
}

fn after_panic(panic: &(dyn Any + Send)) -> Response {
    let said = panic.downcast_ref::<&str>().copied();
    let said = said.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(
        panic = said.unwrap_or("of an unknown kind"),
        "a request's handler panicked"
    );
    let sentence = "Something went wrong here; the gateway's log says what, under this request id.";
    let mut response = Json(ErrorBody::new("INTERNAL_ERROR", sentence)).into_response();
    response.set_status(http::StatusCode::INTERNAL_SERVER_ERROR);
    response
}
