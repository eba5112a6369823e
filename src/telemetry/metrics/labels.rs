//! Label values and what keeps their number small: a scraper pays for every distinct one.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use opentelemetry::StringValue;

/// Stands for everything that has no series of its own.
pub(super) const OTHER: &str = "other";
/// Longer names are taken for rubbish.
const LONGEST: usize = 128;

/// How a model call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LlmOutcome {
    /// It was answered to the end.
    Ok,
    /// The provider failed or refused.
    Error,
    /// The provider took too long.
    Timeout,
    /// It was stopped from our side.
    Cancelled,
}

impl LlmOutcome {
    /// The label's value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Timeout => "timeout",
            Self::Cancelled => "cancelled",
        }
    }
}

/// The word for something that went well or did not.
pub(super) const fn outcome(success: bool) -> &'static str {
    if success { "ok" } else { "error" }
}

/// The label of a route pattern: without its leading slash, as scrapers know it; the page is
/// `page`.
pub(super) fn endpoint(pattern: Option<&'static str>) -> &'static str {
    match pattern.map(|pattern| pattern.trim_start_matches('/')) {
        Some("") => "page",
        Some(pattern) => pattern,
        None => OTHER,
    }
}

/// Methods beyond the usual ones are the client's invention.
pub(super) fn method(method: &http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => OTHER,
    }
}

/// The first `limit` names it meets keep their own; all later ones are [`OTHER`].
#[derive(Debug)]
pub(super) struct Names {
    limit: usize,
    known: RwLock<HashMap<String, StringValue>>,
}

impl Names {
    pub(super) fn at_most(limit: usize) -> Self {
        Self {
            limit,
            known: RwLock::default(),
        }
    }

    /// The label's value for `name`; a known one costs no copy of the text.
    pub(super) fn label(&self, name: &str) -> StringValue {
        if let Some(known) = self
            .known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
        {
            return known.clone();
        }
        if name.is_empty() || name.len() > LONGEST {
            return OTHER.into();
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= self.limit && !known.contains_key(name) {
            return OTHER.into();
        }
        known
            .entry(name.to_owned())
            .or_insert_with(|| StringValue::from(std::sync::Arc::<str>::from(name)))
            .clone()
    }
}
