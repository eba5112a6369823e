//! TEMP
use super::{LlmProvider, ProviderError};
use std::sync::Arc;
/// TEMP
#[derive(Clone)]
pub struct Selected {
    /// TEMP
    pub name: String,
    /// TEMP
    pub model: String,
    /// TEMP
    pub provider: Arc<dyn LlmProvider>,
}
/// TEMP
pub struct Providers {
    /// TEMP
    pub selected: Selected,
}
impl Providers {
    /// TEMP
    pub fn select(&self, _model: Option<&str>) -> Result<Selected, ProviderError> {
        Ok(self.selected.clone())
    }
}
