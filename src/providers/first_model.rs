//! Fills in the model when nobody named one: the first that the provider has.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use super::{ChatRequest, ChatStream, LlmProvider, ProviderError, chat_models::for_chat};

/// A provider that picks its own model when a request names none.
pub(super) struct FirstModel {
    inner: Arc<dyn LlmProvider>,
    picked: Mutex<Option<String>>,
}

impl fmt::Debug for FirstModel {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("FirstModel")
            .field(&self.inner.name())
            .finish()
    }
}

impl FirstModel {
    pub(super) fn new(inner: Arc<dyn LlmProvider>) -> Self {
        Self {
            inner,
            picked: Mutex::default(),
        }
    }

    /// The model that it picked, if it had to.
    pub(super) fn picked(&self) -> Option<String> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Option<String>> {
        self.picked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first model, asked for once.
    pub(super) async fn pick(&self) -> Result<String, ProviderError> {
        if let Some(model) = self.picked() {
            return Ok(model);
        }
        let first = for_chat(self.inner.models().await?).into_iter().next();
        let model = first.ok_or_else(|| ProviderError::Unusable {
            provider: self.name().to_owned(),
            reason: "no model is set and it offers none".to_owned(),
        })?;
        *self.lock() = Some(model.clone());
        Ok(model)
    }

    /// Forgets the pick, so that the next one asks again.
    pub(super) fn forget(&self) {
        *self.lock() = None;
    }
}

#[async_trait]
impl LlmProvider for FirstModel {
    fn name(&self) -> &str {
        self.inner.name()
    }

    async fn chat(&self, mut request: ChatRequest) -> Result<ChatStream, ProviderError> {
        if !request.model.is_empty() {
            return self.inner.chat(request).await;
        }
        request.model = self.pick().await?;
        let answer = self.inner.chat(request).await;
        // The model may have been removed since.
        if matches!(answer, Err(ProviderError::Status { status: 404, .. })) {
            self.forget();
        }
        answer
    }

    async fn models(&self) -> Result<Vec<String>, ProviderError> {
        self.inner.models().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::scripted::{Scripted, Step, all, status};

    #[tokio::test]
    async fn the_first_model_is_asked_for_and_forgotten_when_it_is_gone() {
        let gone = vec![Step::Refuse(status("main", 404))];
        let inner = Scripted::new("main", vec![vec![], gone]);
        let first = FirstModel::new(Arc::clone(&inner) as _);
        assert_eq!(first.picked(), None);
        all(&first).await;
        assert_eq!(inner.asked()[0].model, "m");
        assert_eq!(first.picked().as_deref(), Some("m"));
        all(&first).await;
        assert_eq!(first.picked(), None);
    }
}
