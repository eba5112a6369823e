//! The one place where errors become HTTP.

use poem::{IntoResponse, Response, http::StatusCode};
use poem_openapi::{
    ApiResponse, Object,
    error::{ParseParamError, ParsePathError, ParseRequestPayloadError},
    payload::Json,
    registry::Registry,
};
use serde::Serialize;

use super::body::in_words;
use crate::{
    agent::{AgentError, SessionsError},
    cron::CronError,
    memory::MemoryError,
    telemetry::request_id,
};

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
    pub details: Option<Box<serde_json::Value>>,
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
        self.details = Some(Box::new(details));
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
    /// What the request says must be so is not.
    #[oai(status = 412)]
    PreconditionFailed(
        Json<ErrorBody>,
        /// Names what is there now, if anything is.
        #[oai(header = "ETag")]
        Option<String>,
    ),
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

/// A room's sentence begins small and ends bare: a person gets it whole.
pub(crate) fn sentence(error: &dyn std::error::Error) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => text,
    }
}

impl From<AgentError> for ApiError {
    fn from(error: AgentError) -> Self {
        match error {
            AgentError::Empty | AgentError::Message(_) | AgentError::Key => {
                Self::bad_request(sentence(&error))
            }
            AgentError::KeyReused => Self::unprocessable(sentence(&error)),
            AgentError::QueueFull => Self::too_many(sentence(&error), 5),
            AgentError::Stopping => Self::unavailable(sentence(&error)),
            AgentError::NoTurn => Self::not_found("turn"),
            AgentError::Ended | AgentError::Conflict(_) => Self::conflict(sentence(&error)),
            AgentError::Broken => Self::internal(&error),
            AgentError::Store(ref store) => Self::internal(store),
        }
    }
}

impl From<SessionsError> for ApiError {
    fn from(error: SessionsError) -> Self {
        match error {
            SessionsError::NoSession => Self::not_found("session"),
            SessionsError::NoTurn => Self::not_found("turn in this session"),
            SessionsError::Exists | SessionsError::Busy => Self::conflict(sentence(&error)),
            SessionsError::Title => Self::bad_field("title", error.to_string()),
            SessionsError::Model => Self::bad_field("model", error.to_string()),
            SessionsError::Store(ref store) => Self::internal(store),
        }
    }
}

impl From<MemoryError> for ApiError {
    fn from(error: MemoryError) -> Self {
        match error {
            MemoryError::Key | MemoryError::Reserved => Self::bad_field("key", error.to_string()),
            MemoryError::Empty | MemoryError::Nul => Self::bad_field("content", error.to_string()),
            MemoryError::Category => Self::bad_field("category", error.to_string()),
            MemoryError::TooLong(_) => {
                Self::PayloadTooLarge(Json(ErrorBody::new("PAYLOAD_TOO_LARGE", sentence(&error))))
            }
            MemoryError::Exists | MemoryError::Full(_) => Self::conflict(sentence(&error)),
            MemoryError::Changed(version) => {
                let details = serde_json::json!({"field": "version", "version": version});
                let body = ErrorBody::new("CONFLICT", sentence(&error)).with_details(details);
                Self::Conflict(Json(body))
            }
            MemoryError::Missing => Self::not_found("memory"),
            MemoryError::NoVersion => Self::not_found("version of this memory"),
            MemoryError::Store(ref store) => Self::internal(store),
        }
    }
}

impl From<CronError> for ApiError {
    fn from(error: CronError) -> Self {
        match error {
            CronError::Field { field, expected } => Self::bad_field(&field, expected),
            CronError::Missing => Self::not_found("job"),
            CronError::NoRun => Self::not_found("run of this job"),
            CronError::Changed(version) => {
                let details = serde_json::json!({"field": "version", "version": version});
                let body = ErrorBody::new("CONFLICT", sentence(&error)).with_details(details);
                Self::Conflict(Json(body))
            }
            CronError::Full(_) | CronError::Conflict(_) => Self::conflict(sentence(&error)),
            CronError::Refused(_) => Self::forbidden(sentence(&error)),
            CronError::Store(ref store) => Self::internal(store),
        }
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
        412 => "PRECONDITION_FAILED",
        413 => "PAYLOAD_TOO_LARGE",
        429 => "RATE_LIMITED",
        502 => "PROVIDER_ERROR",
        503 => "UNAVAILABLE",
        400..=499 => "INVALID_REQUEST",
        _ => "INTERNAL_ERROR",
    }
}

/// Gives the framework's own errors (404, 405, a body that does not parse) the same shape.
/// `pattern` is the route's, with `{name}` for what varies, where there is one.
pub async fn from_framework(error: poem::Error, pattern: Option<&str>) -> Response {
    if error.is_from_response() {
        return error.into_response();
    }
    let status = error.status();
    if let Some(body) = parse_error(&error, pattern) {
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

/// What the framework's parsers of requests say, in words that name the place.
fn parse_error(error: &poem::Error, pattern: Option<&str>) -> Option<ErrorBody> {
    let (name, reason) = if let Some(error) = error.downcast_ref::<ParseParamError>() {
        (Some(error.name), &error.reason)
    } else if let Some(error) = error.downcast_ref::<ParsePathError>() {
        (Some(error.name), &error.reason)
    } else if let Some(error) = error.downcast_ref::<ParseRequestPayloadError>() {
        (None, &error.reason)
    } else {
        return None;
    };
    let expected = in_words(reason, &Registry::new());
    let name = name.map(|name| named_in(pattern, name).unwrap_or(name));
    let sentence = name.map_or_else(
        || format!("The body is not right: {expected}."),
        |name| format!("The parameter \"{name}\" is not right: {expected}."),
    );
    let details = serde_json::json!({"field": name, "expected": expected});
    Some(ErrorBody::new("INVALID_REQUEST", sentence).with_details(details))
}

/// What a route calls a part of its path; the framework only counts them: `param0`, `param1`.
fn named_in<'a>(pattern: Option<&'a str>, name: &str) -> Option<&'a str> {
    let place: usize = name.strip_prefix("param")?.parse().ok()?;
    let parts = pattern?.split('/');
    let mut names = parts.filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names.nth(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn said(error: impl Into<poem::Error>) -> (StatusCode, serde_json::Value) {
        let pattern = "/api/turns/{id}/approvals/{request_id}";
        let response = from_framework(error.into(), Some(pattern)).await;
        (
            response.status(),
            response.into_body().into_json().await.unwrap(),
        )
    }

    #[tokio::test]
    async fn the_frameworks_own_errors_have_the_one_shape() {
        let (status, body) = said(StatusCode::NOT_FOUND).await;
        assert_eq!(
            (status, body["code"].as_str()),
            (StatusCode::NOT_FOUND, Some("NOT_FOUND"))
        );
    }

    #[tokio::test]
    async fn a_parameter_that_does_not_parse_is_named() {
        let reason = "failed to parse \"integer\": invalid digit found in string".to_owned();
        let (status, body) = said(ParseParamError {
            name: "limit",
            reason,
        })
        .await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(body["details"]["field"], "limit");
        let sentence = "The parameter \"limit\" is not right: invalid digit found in string.";
        assert_eq!(body["error"], sentence);
        for (name, told) in [
            ("param0", "id"),
            ("param1", "request_id"),
            ("param2", "param2"),
            ("parameter", "parameter"),
        ] {
            let reason = "expected a UUID".to_owned();
            let (_, body) = said(ParseParamError { name, reason }).await;
            assert_eq!(body["details"]["field"], told);
        }
    }
}
