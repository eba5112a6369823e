//! Looks up what a request stands for, and turns away what stands for nothing.

use http::{HeaderValue, header};
use poem::{Endpoint, IntoResponse as _, Request, Response, Result, web::Json};

use super::{Layer, Next, matched};
use crate::{
    api::ErrorBody,
    gateway::{Matched, RouteTable, Verb},
};

/// Puts [`Matched`] into the request's data.
pub(super) struct FindRoute {
    pub(super) routes: RouteTable,
}

impl Layer for FindRoute {
    async fn call(&self, next: &Next, mut request: Request) -> Result<Response> {
        let matched = self.routes.find(request.method(), request.uri().path());
        request.set_data(matched);
        next.call(request).await
    }
}

/// Answers 404 and 405.
pub(super) struct Admit;

impl Layer for Admit {
    async fn call(&self, next: &Next, request: Request) -> Result<Response> {
        match matched(&request) {
            Matched::Route(_) | Matched::Page => next.call(request).await,
            Matched::OtherMethod(verbs) => Ok(other_method(verbs)),
            Matched::Nothing => Ok(nothing()),
        }
    }
}

fn other_method(verbs: &[Verb]) -> Response {
    let mut allowed: Vec<&str> = verbs.iter().map(|verb| verb.as_str()).collect();
    if verbs.contains(&Verb::Get) {
        allowed.push("HEAD");
    }
    let allowed = allowed.join(", ");
    let sentence = format!("This path takes only {allowed}.");
    let mut response = Json(ErrorBody::new("METHOD_NOT_ALLOWED", sentence)).into_response();
    response.set_status(http::StatusCode::METHOD_NOT_ALLOWED);
    if let Ok(allowed) = HeaderValue::from_str(&allowed) {
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    response
}

fn nothing() -> Response {
    let sentence = "There is no such path; GET /docs lists those there are.";
    let mut response = Json(ErrorBody::new("NOT_FOUND", sentence)).into_response();
    response.set_status(http::StatusCode::NOT_FOUND);
    response
}
