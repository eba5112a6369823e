//! Turns what went wrong below into a [`ProviderError`]. Nothing of a body or an address gets
//! through, since providers quote keys in both.

use std::{error::Error as StdError, time::Duration};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

use super::ProviderError;
use crate::http::HttpError;

/// Why a provider that needs a key can't be asked without one.
pub(super) const NO_KEY: &str = "it has no api_key";

/// Names the provider in errors, and knows its connection limit.
#[derive(Clone, Debug)]
pub(super) struct Failures {
    /// The provider.
    pub(super) provider: String,
    /// The limit for a connection.
    pub(super) connect_timeout: Duration,
}

impl Failures {
    pub(super) fn unusable(&self, reason: impl Into<String>) -> ProviderError {
        ProviderError::Unusable {
            provider: self.provider.clone(),
            reason: reason.into(),
        }
    }

    pub(super) fn malformed(&self) -> ProviderError {
        ProviderError::Malformed {
            provider: self.provider.clone(),
        }
    }

    pub(super) fn broken(&self) -> ProviderError {
        ProviderError::Broken {
            provider: self.provider.clone(),
        }
    }

    pub(super) fn status(&self, status: u16, headers: Option<&HeaderMap>) -> ProviderError {
        ProviderError::Status {
            provider: self.provider.clone(),
            status,
            retry_after_secs: headers.and_then(retry_after),
        }
    }

    pub(super) fn no_client(&self, error: HttpError) -> ProviderError {
        self.unusable(error.to_string())
    }

    pub(super) fn request(&self, error: &reqwest::Error) -> ProviderError {
        if let Some(status) = error.status() {
            return self.status(status.as_u16(), None);
        }
        if error.is_builder() {
            return self.unusable("its base_url or key makes no valid request");
        }
        if error.is_connect() && error.is_timeout() {
            return ProviderError::Timeout {
                provider: self.provider.clone(),
                waited_for: "the connection",
                secs: self.connect_timeout.as_secs(),
            };
        }
        if error.is_connect() {
            return ProviderError::Unreachable {
                provider: self.provider.clone(),
            };
        }
        self.broken()
    }

    /// Errors of genai; its own text holds whole requests and answers.
    pub(super) fn genai(&self, error: &genai::Error) -> ProviderError {
        if let Some(status) = error.status() {
            return self.status(status.as_u16(), error.headers());
        }
        match error {
            genai::Error::RequiresApiKey { .. }
            | genai::Error::NoAuthResolver { .. }
            | genai::Error::NoAuthData { .. } => self.unusable(NO_KEY),
            genai::Error::WebStream { error, .. } => self.boxed(error.as_ref()),
            genai::Error::WebModelCall { webc_error, .. }
            | genai::Error::WebAdapterCall { webc_error, .. } => self.webc(webc_error),
            genai::Error::ChatResponse { body, .. } => self.event(body),
            genai::Error::StreamParse { .. }
            | genai::Error::InvalidJsonResponseElement { .. }
            | genai::Error::JsonValueExt(_)
            | genai::Error::SerdeJson(_)
            | genai::Error::ChatResponseGeneration { .. }
            | genai::Error::NoChatResponse { .. } => self.malformed(),
            _ => self.unusable("it can't take this request"),
        }
    }

    fn webc(&self, error: &genai::webc::Error) -> ProviderError {
        match error {
            genai::webc::Error::Reqwest(error) => self.request(error),
            _ => self.malformed(),
        }
    }

    /// An error inside a stream, with its own kind somewhere down its chain.
    fn boxed(&self, error: &(dyn StdError + Send + Sync + 'static)) -> ProviderError {
        let mut next: Option<&(dyn StdError + 'static)> = Some(error);
        while let Some(error) = next {
            if let Some(error) = error.downcast_ref::<genai::Error>() {
                return self.genai(error);
            }
            if let Some(error) = error.downcast_ref::<genai::webc::Error>() {
                return self.webc(error);
            }
            if let Some(error) = error.downcast_ref::<reqwest::Error>() {
                return self.request(error);
            }
            next = error.source();
        }
        self.broken()
    }

    /// An error that came as an event after a good status.
    pub(super) fn event(&self, body: &serde_json::Value) -> ProviderError {
        let body = body.get("error").unwrap_or(body);
        let code = body.get("code").and_then(|code| {
            let number = code.as_u64().or_else(|| code.as_str()?.parse().ok());
            number.and_then(|code| u16::try_from(code).ok())
        });
        let kind = body.get("type").and_then(serde_json::Value::as_str);
        let status = match kind {
            Some("overloaded_error") => Some(529),
            Some("rate_limit_error") => Some(429),
            Some("authentication_error") => Some(401),
            Some("api_error" | "server_error" | "internal_server_error") => Some(500),
            _ => None,
        };
        match code.filter(|code| (400..600).contains(code)).or(status) {
            Some(status) => self.status(status, None),
            None => self.broken(),
        }
    }
}

/// Seconds to wait: a number, or a date measured against the answer's own `Date`.
fn retry_after(headers: &HeaderMap) -> Option<u64> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    if let Some(millis) = text("retry-after-ms").and_then(|millis| millis.parse::<u64>().ok()) {
        return Some(millis.div_ceil(1000));
    }
    let value = text(RETRY_AFTER.as_str())?;
    if let Ok(seconds) = value.trim().parse() {
        return Some(seconds);
    }
    let second = |date: &str| {
        let moment = jiff::fmt::rfc2822::parse(date).ok()?;
        Some(moment.timestamp().as_second())
    };
    let wait = second(value)? - second(text(DATE.as_str())?)?;
    Some(u64::try_from(wait).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn retry_after_is_read_as_seconds_millis_and_date() {
        assert_eq!(retry_after(&headers(&[("retry-after", "7")])), Some(7));
        assert_eq!(
            retry_after(&headers(&[("retry-after-ms", "1500")])),
            Some(2)
        );
        let dates = headers(&[
            ("date", "Fri, 21 Nov 2025 10:00:00 GMT"),
            ("retry-after", "Fri, 21 Nov 2025 10:00:09 GMT"),
        ]);
        assert_eq!(retry_after(&dates), Some(9));
        assert_eq!(retry_after(&headers(&[("retry-after", "soon")])), None);
        assert_eq!(retry_after(&headers(&[("retry-after-ms", "-5")])), None);
    }

    #[test]
    fn an_error_event_keeps_its_status_and_nothing_else() {
        let failures = Failures {
            provider: "main".to_owned(),
            connect_timeout: Duration::from_secs(1),
        };
        let status = |body: serde_json::Value| match failures.event(&body) {
            ProviderError::Status { status, .. } => Some(status),
            _ => None,
        };
        assert_eq!(
            status(serde_json::json!({"error": {"code": 502, "message": "sk-1"}})),
            Some(502)
        );
        assert_eq!(status(serde_json::json!({"code": "429"})), Some(429));
        assert_eq!(
            status(serde_json::json!({"error": {"type": "overloaded_error"}})),
            Some(529)
        );
        assert_eq!(status(serde_json::json!("sk-1")), None);
    }
}
