//! What a model call consumed.

use poem_openapi::Object;
use serde::{Deserialize, Serialize};

/// Tokens of one or more model calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct Usage {
    /// Tokens sent to the model, those read from its cache included.
    pub input_tokens: u64,
    /// Tokens the model produced, its reasoning included.
    pub output_tokens: u64,
    /// Input tokens that the provider read from its cache.
    pub cached_tokens: u64,
    /// Output tokens spent on reasoning.
    pub reasoning_tokens: u64,
}

impl Usage {
    /// Adds the tokens of one more call.
    pub fn add(&mut self, other: Self) {
        self.input_tokens += other.input_tokens;
        self.output_tokens += other.output_tokens;
        self.cached_tokens += other.cached_tokens;
        self.reasoning_tokens += other.reasoning_tokens;
    }

    /// Input and output together.
    pub fn total(self) -> u64 {
        self.input_tokens + self.output_tokens
    }
}
