//! Gives every request a name: the one its sender chose, if that is sane, or a fresh one.

use std::sync::Arc;

use http::{HeaderName, HeaderValue};
use poem::{Endpoint, Request, Response, Result};

use super::{Layer, Next};
use crate::telemetry::request_id;

const NAME: HeaderName = HeaderName::from_static("x-request-id");
/// Longer names are not taken over.
const LONGEST: usize = 64;

pub(super) struct RequestId;

impl Layer for RequestId {
    async fn call(&self, next: &Next, request: Request) -> Result<Response> {
        let chosen = request
            .header(&NAME)
            .filter(|id| is_sane(id))
            .map(Arc::<str>::from);
        let id = chosen.unwrap_or_else(|| uuid::Uuid::now_v7().to_string().into());
        let header = HeaderValue::from_str(&id);
        let mut response = request_id::scope(id, next.call(request)).await?;
        if let Ok(header) = header {
            response.headers_mut().insert(NAME, header);
        }
        Ok(response)
    }
}

fn is_sane(id: &str) -> bool {
    let allowed = |letter: u8| letter.is_ascii_alphanumeric() || b"._-".contains(&letter);
    (1..=LONGEST).contains(&id.len()) && id.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_short_plain_names_are_taken_over() {
        for good in ["a", "0199b1c2-7a3e-7c11-9d5e-3f2a1b0c4d5e", "trace_1.2"] {
            assert!(is_sane(good), "{good}");
        }
        for bad in ["", "a b", "<script>", "a\"b", &"x".repeat(65)] {
            assert!(!is_sane(bad), "{bad}");
        }
    }
}
