//! Stands in for a provider that can't be called, such as one whose key can't be opened: it says
//! why, and nothing is sent.

use async_trait::async_trait;

use super::{ChatRequest, ChatStream, LlmProvider, ProviderError};

/// A provider that can't be called.
pub(super) struct UnusableProvider {
    name: String,
    reason: String,
}

impl UnusableProvider {
    pub(super) fn new(name: &str, reason: &str) -> Self {
        Self {
            name: name.to_owned(),
            reason: reason.to_owned(),
        }
    }

    fn refusal(&self) -> ProviderError {
        ProviderError::Unusable {
            provider: self.name.clone(),
            reason: self.reason.clone(),
        }
    }
}

#[async_trait]
impl LlmProvider for UnusableProvider {
    fn name(&self) -> &str {
        &self.name
    }

    async fn chat(&self, _request: ChatRequest) -> Result<ChatStream, ProviderError> {
        Err(self.refusal())
    }

    async fn models(&self) -> Result<Vec<String>, ProviderError> {
        Err(self.refusal())
    }
}
