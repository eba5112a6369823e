//! The one place where errors become HTTP.

use poem::{IntoResponse, Response, http::StatusCode};
use poem_openapi::{
    ApiResponse, Object,
    error::{ParseParamError, ParsePathError, ParseRequestPayloadError},
    payload::Json,
};
use serde::Serialize;

use crate::telemetry::request_id;

/// What every failed request answers with.
#[derive(Clone, Debug, Default, Serialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ErrorBody {
    /// A sentence for a person.
    pub error: String,
    /// A stable word that a program can match on.
    pub code: String,
    /// Names the request in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Which field is wrong and what was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<serde_json::Value>,
    /// Seconds to wait before trying again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

impl ErrorBody {
    /// A body with the id of the request being answered.
    pub fn new(code: &str, error: impl Into<String>) -> Self {
        Self {
            error: error.into(),
            code: code.to_owned(),
            request_id: request_id::current().map(|id| id.to_string()),
            details: None,
            retry_after: None,
        }
    }

    /// With what exactly is wrong.
    #[must_use]
    pub fn with_details(mut self, details: serde_json::Value) -> Self {
        self.details = Some(details);
        self
    }
}

/// Every way the API says no.
#[derive(Debug, ApiResponse)]
pub enum ApiError {
    /// The request makes no sense.
    #[oai(status = 400)]
    BadRequest(Json<ErrorBody>),
    /// No token, or one that is not known.
    #[oai(status = 401)]
    Unauthorized(Json<ErrorBody>),
    /// A budget is used up.
    #[oai(status = 402)]
    BudgetExceeded(Json<ErrorBody>),
    /// The caller may not do this.
    #[oai(status = 403)]
    Forbidden(Json<ErrorBody>),
    /// There is no such thing.
    #[oai(status = 404)]
    NotFound(Json<ErrorBody>),
    /// Reading the request took too long.
    #[oai(status = 408)]
    RequestTimeout(Json<ErrorBody>),
    /// It is no longer so.
    #[oai(status = 409)]
    Conflict(Json<ErrorBody>),
    /// The body is too large.
    #[oai(status = 413)]
    PayloadTooLarge(Json<ErrorBody>),
    /// The request contradicts an earlier one.
    #[oai(status = 422)]
    Unprocessable(Json<ErrorBody>),
    /// Slow down.
    #[oai(status = 429)]
    TooManyRequests(
        Json<ErrorBody>,
        /// Seconds to wait.
        #[oai(header = "Retry-After")]
        u64,
    ),
    /// We failed; the log says why.
    #[oai(status = 500)]
    Internal(Json<ErrorBody>),
    /// The model provider failed.
    #[oai(status = 502)]
    ProviderError(Json<ErrorBody>),
    /// The gateway is about to stop.
    #[oai(status = 503)]
    Unavailable(Json<ErrorBody>),
    /// The model provider took too long.
    #[oai(status = 504)]
    Timeout(Json<ErrorBody>),
}

impl ApiError {
    /// 400 `INVALID_REQUEST`.
    pub fn bad_request(error: impl Into<String>) -> Self {
        Self::BadRequest(Json(ErrorBody::new("INVALID_REQUEST", error)))
    }

    /// 400 `INVALID_REQUEST` that names the field.
    pub fn bad_field(field: &str, expected: impl Into<String>) -> Self {
        let expected = expected.into();
        let details = serde_json::json!({"field": field, "expected": expected});
        let error = format!("The field \"{field}\" is not right: {expected}.");
        Self::BadRequest(Json(
            ErrorBody::new("INVALID_REQUEST", error).with_details(details),
        ))
    }

    /// 401 `UNAUTHORIZED`.
    pub fn unauthorized() -> Self {
        Self::Unauthorized(Json(ErrorBody::new(
            "UNAUTHORIZED",
            "Pair this client first (POST /pair), then send its token as \"Authorization: Bearer \
             <token>\".",
        )))
    }

    /// 403 `FORBIDDEN`.
    pub fn forbidden(error: impl Into<String>) -> Self {
        Self::Forbidden(Json(ErrorBody::new("FORBIDDEN", error)))
    }

    /// 404 `NOT_FOUND`.
    pub fn not_found(what: &str) -> Self {
        Self::NotFound(Json(ErrorBody::new(
            "NOT_FOUND",
            format!("There is no such {what}."),
        )))
    }

    /// 409 `CONFLICT`.
    pub fn conflict(error: impl Into<String>) -> Self {
        Self::Conflict(Json(ErrorBody::new("CONFLICT", error)))
    }

    /// 422 `INVALID_REQUEST`.
    pub fn unprocessable(error: impl Into<String>) -> Self {
        Self::Unprocessable(Json(ErrorBody::new("INVALID_REQUEST", error)))
    }

    /// 429 `RATE_LIMITED`.
    pub fn too_many(error: impl Into<String>, retry_after: u64) -> Self {
        let mut body = ErrorBody::new("RATE_LIMITED", error);
        body.retry_after = Some(retry_after);
        Self::TooManyRequests(Json(body), retry_after)
    }

    /// 500 `INTERNAL_ERROR`; the whole chain goes to the log and nowhere else.
    pub fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error, "request failed");
        Self::Internal(Json(ErrorBody::new(
            "INTERNAL_ERROR",
            "Something went wrong here; the gateway's log says what, under this request id.",
        )))
    }

    /// 503 `UNAVAILABLE`.
    pub fn unavailable(error: impl Into<String>) -> Self {
        Self::Unavailable(Json(ErrorBody::new("UNAVAILABLE", error)))
    }
}

/// The code that goes with a status.
pub(super) fn code_for(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "UNAUTHORIZED",
        402 => "BUDGET_EXCEEDED",
        403 => "FORBIDDEN",
        404 => "NOT_FOUND",
        405 => "METHOD_NOT_ALLOWED",
        408 | 504 => "TIMEOUT",
        409 => "CONFLICT",
        413 => "PAYLOAD_TOO_LARGE",
        429 => "RATE_LIMITED",
        502 => "PROVIDER_ERROR",
        503 => "UNAVAILABLE",
        400..=499 => "INVALID_REQUEST",
        _ => "INTERNAL_ERROR",
    }
}

/// Gives the framework's own errors (404, 405, a body that does not parse) the same shape.
pub async fn from_framework(error: poem::Error) -> Response {
    if error.is_from_response() {
        return error.into_response();
    }
    let status = error.status();
    if let Some(body) = parse_error(&error) {
        return answer(status, body);
    }
    let sentence = match status.as_u16() {
        404 => "There is no such path; GET /docs lists those there are.".to_owned(),
        405 => "This path does not take that method; GET /docs lists those it takes.".to_owned(),
        413 => "The body is too large.".to_owned(),
        415 => "Send the body as JSON, with \"Content-Type: application/json\".".to_owned(),
        500..=599 => {
            tracing::error!(%error, "request failed");
            "Something went wrong here; the gateway's log says what, under this request id."
                .to_owned()
        }
        _ => error.to_string(),
    };
    answer(status, ErrorBody::new(code_for(status), sentence))
}

fn answer(status: StatusCode, body: ErrorBody) -> Response {
    let mut response = Json(body).into_response();
    response.set_status(status);
    response
}

/// What the parsers of requests say, in words that name the place.
fn parse_error(error: &poem::Error) -> Option<ErrorBody> {
    let (place, name, reason) = if let Some(error) = error.downcast_ref::<ParseParamError>() {
        ("parameter", Some(error.name.to_owned()), error.reason.as_str())
    } else if let Some(error) = error.downcast_ref::<ParsePathError>() {
        ("path parameter", Some(error.name.to_owned()), error.reason.as_str())
    } else if let Some(error) = error.downcast_ref::<ParseRequestPayloadError>() {
        ("field", field_of(&error.reason), error.reason.as_str())
    } else {
        return None;
    };
    let expected = in_words(reason);
    let sentence = name.as_ref().map_or_else(
        || format!("The body could not be read: {expected}."),
        |name| format!("The {place} \"{name}\" is not right: {expected}."),
    );
    let details = serde_json::json!({"field": name, "expected": expected});
    Some(ErrorBody::new("INVALID_REQUEST", sentence).with_details(details))
}

/// The field that a parser of bodies complains of: the names that stand before what went wrong,
/// or the one it did not find.
fn field_of(reason: &str) -> Option<String> {
    let quoted = |after: &str| {
        let (_, rest) = reason.split_once(after)?;
        let (name, _) = rest.split_once(['"', '`'])?;
        Some(name)
    };
    let missing = quoted("missing field `").or_else(|| quoted("field `")).map(str::to_owned);
    missing.or_else(|| {
        let (_, rest) = reason.rsplit_once("(occurred while parsing \"")?;
        let (path, _) = rest.split_once('"')?;
        path.split_once('.').map(|(_, field)| field.to_owned())
    })
}

/// The kernel of what a parser says, without its repetitions.
fn in_words(reason: &str) -> String {
    let kernel = reason.split(" (occurred while parsing").next().unwrap_or(reason);
    let mut kernel = kernel;
    while let Some(rest) = kernel.strip_prefix("failed to parse \"") {
        kernel = rest.split_once("\": ").map_or(rest, |(_, rest)| rest);
    }
    if let Some((_, rest)) = kernel.split_once("Expected input type \"") {
        let mut parts = rest.splitn(2, "\", found ");
        let expected = parts.next().unwrap_or_default();
        return format!("expected {}", readable(expected));
    }
    kernel.trim_end_matches('.').to_owned()
}

/// Types as people call them.
fn readable(kind: &str) -> String {
    let kind = kind.trim_start_matches("optional<").trim_end_matches('>');
    match kind.split(['_', '(']).next().unwrap_or(kind) {
        "string" => "a text".to_owned(),
        "integer" => "a whole number".to_owned(),
        "number" => "a number".to_owned(),
        "boolean" => "true or false".to_owned(),
        "[" => "a list".to_owned(),
        other if other.starts_with('[') => "a list".to_owned(),
        "object" => "an object".to_owned(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use poem_openapi::types::ParseFromJSON as _;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Object)]
    struct Inner {
        count: u32,
    }

    #[derive(Debug, Object)]
    struct Outer {
        #[expect(dead_code, reason = "only parsed")]
        name: String,
        #[expect(dead_code, reason = "only parsed")]
        inner: Option<Inner>,
    }

    async fn said(value: serde_json::Value) -> serde_json::Value {
        let reason = Outer::parse_from_json(Some(value)).unwrap_err().into_message();
        println!("{reason}");
        let response = from_framework(ParseRequestPayloadError { reason }.into()).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        response.into_body().into_json().await.unwrap()
    }

    #[tokio::test]
    async fn a_body_that_does_not_parse_is_told_which_field_is_wrong() {
        let wrong = said(json!({"name": []})).await;
        assert_eq!(wrong["details"]["field"], "name");
        assert_eq!(wrong["error"], "The field \"name\" is not right: expected a text.");
        let missing = said(json!({})).await;
        assert_eq!(missing["details"]["field"], "name");
        let deep = said(json!({"name": "a", "inner": {"count": "x"}})).await;
        assert_eq!(deep["details"]["field"], "inner");
        assert_eq!(deep["details"]["expected"], "expected a whole number");
        let kind = said(json!([])).await;
        assert_eq!(kind["code"], "INVALID_REQUEST");
    }

    #[tokio::test]
    async fn the_frameworks_own_errors_have_the_one_shape() {
        let error = poem::Error::from_status(StatusCode::NOT_FOUND);
        let body: serde_json::Value =
            from_framework(error).await.into_body().into_json().await.unwrap();
        assert_eq!(body["code"], "NOT_FOUND");
    }
}
