//! Reads a request's body before its handler sees it: not too much of it, and not too slowly; and
//! keeps handlers that don't wait for a turn from taking for ever.

use std::time::Duration;

use http::{HeaderValue, StatusCode, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited, combinators::BoxBody};
use poem::{Body, Endpoint, IntoResponse as _, Request, Response, Result, web::Json};

use super::{Layer, Next, matched};
use crate::{
    api::{ApiError, ErrorBody},
    config::ConfigHandle,
    gateway::{BodyClass, Matched, Route},
    tasks::Tasks,
};

type Incoming = BoxBody<bytes::Bytes, std::io::Error>;

/// Of a body that was refused, this much is read and thrown away, so that its sender gets to see
/// the answer instead of a broken connection.
const DRAINED_BYTES: usize = 16 * 1024 * 1024;
/// … for at most this long.
const DRAINED_FOR: Duration = Duration::from_secs(5);

/// A large file over a slow line takes its time.
const UPLOAD_PATIENCE: Duration = Duration::from_secs(600);

pub(super) struct BodyGuard {
    pub(super) config: ConfigHandle,
    pub(super) tasks: Tasks,
}

impl Layer for BodyGuard {
    async fn call(&self, next: &Next, mut request: Request) -> Result<Response> {
        let Matched::Route(route) = matched(&request) else {
            return next.call(request).await;
        };
        let (cap, patience) = self.bounds(route);
        let body = request.take_body();
        if !body.is_empty() {
            if declared_length(&request) > Some(cap as u64) {
                if !request.headers().contains_key(header::EXPECT) {
                    self.drain(body.into());
                }
                return Ok(too_large(cap));
            }
            match read(body, cap, patience).await {
                Ok(bytes) => request.set_body(bytes),
                Err(response) => return Ok(*response),
            }
        }
        if route.long {
            return next.call(request).await;
        }
        match tokio::time::timeout(patience, next.call(request)).await {
            Ok(answer) => answer,
            Err(_) => Ok(timed_out("Answering this request took too long.")),
        }
    }
}

impl BodyGuard {
    fn bounds(&self, route: &Route) -> (usize, Duration) {
        let config = self.config.current();
        let cap = match route.body {
            BodyClass::Default => config.gateway.max_body_bytes,
            BodyClass::Chat => config.gateway.max_chat_body_bytes,
            BodyClass::Upload => config.workspace.max_upload_bytes,
        };
        let patience = Duration::from_secs(config.gateway.request_timeout_secs.max(1));
        let patience = match route.body {
            BodyClass::Upload => patience.max(UPLOAD_PATIENCE),
            BodyClass::Default | BodyClass::Chat => patience,
        };
        (cap, patience)
    }

    fn drain(&self, body: Incoming) {
        let drained = Limited::new(body, DRAINED_BYTES);
        drop(self.tasks.spawn("refused body", async move {
            let mut drained = drained;
            let all = async { while let Some(Ok(_)) = drained.frame().await {} };
            let _in_time = tokio::time::timeout(DRAINED_FOR, all).await;
        }));
    }
}

fn declared_length(request: &Request) -> Option<u64> {
    request
        .headers()
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()
}

async fn read(body: Body, cap: usize, patience: Duration) -> Result<bytes::Bytes, Box<Response>> {
    let reading = Limited::new(Incoming::from(body), cap).collect();
    match tokio::time::timeout(patience, reading).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Box::new(too_large(cap))),
        Ok(Err(_)) => {
            let sentence = "The body broke off before its end.";
            Err(Box::new(ApiError::bad_request(sentence).into_response()))
        }
        Err(_) => Err(Box::new(timed_out("Reading the body took too long."))),
    }
}

fn too_large(cap: usize) -> Response {
    let sentence = format!("The body is larger than the {cap} bytes this route takes.");
    let details = serde_json::json!({"max_bytes": cap});
    let body = ErrorBody::new("PAYLOAD_TOO_LARGE", sentence).with_details(details);
    closing(StatusCode::PAYLOAD_TOO_LARGE, body)
}

fn timed_out(sentence: &str) -> Response {
    closing(
        StatusCode::REQUEST_TIMEOUT,
        ErrorBody::new("TIMEOUT", sentence),
    )
}

/// The connection can't be used further: what comes on it is the rest of this request.
fn closing(status: StatusCode, body: ErrorBody) -> Response {
    let mut response = Json(body).into_response();
    response.set_status(status);
    response
        .headers_mut()
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
