//! The models that the agent can be given: which providers there are, trying one, changing them.

use std::sync::Arc;

use crate::{
    config::ConfigHandle,
    model::DeviceId,
    providers::{
        EditError, KnownProvider, ModelCatalogue, Offer, ProbeError, Probed, ProviderChange,
        ProviderEditor, Providers, to_try,
    },
};

/// Why a provider could not be tried, or does not work.
#[derive(Debug, thiserror::Error)]
pub enum TryError {
    /// What was given is not right.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// It does not work.
    #[error(transparent)]
    Probe(#[from] ProbeError),
}

/// The providers, for whoever chooses among them.
#[derive(Clone)]
pub struct Models {
    providers: Arc<Providers>,
    editor: ProviderEditor,
    catalogue: Arc<ModelCatalogue>,
    config: ConfigHandle,
}

impl Models {
    /// Over these providers.
    pub fn new(
        providers: Arc<Providers>,
        editor: ProviderEditor,
        catalogue: Arc<ModelCatalogue>,
        config: ConfigHandle,
    ) -> Self {
        Self {
            providers,
            editor,
            catalogue,
            config,
        }
    }

    /// Every provider there is, by name.
    pub async fn providers(&self) -> Vec<KnownProvider> {
        self.providers.known(&self.config.current()).await
    }

    /// Tries what `change` would make of the provider of this name, or of a new one. Takes up to
    /// 10 seconds, and saves nothing.
    pub async fn try_out(
        &self,
        name: Option<&str>,
        change: ProviderChange,
    ) -> Result<Probed, TryError> {
        let config = self.config.current();
        let tried = to_try(&config, &self.providers, name, change)?;
        Ok(self.providers.probe(&tried).await?)
    }

    /// Adds or changes a provider at the wish of the device `by`, which is in force at once.
    pub async fn save(
        &self,
        name: &str,
        change: ProviderChange,
        by: Option<DeviceId>,
    ) -> Result<KnownProvider, EditError> {
        self.editor.save(name, change, by).await?;
        let known = self.providers().await;
        // Somebody may have removed it in this moment.
        let saved = known.into_iter().find(|one| one.name == name);
        saved.ok_or(EditError::NotFound)
    }

    /// Removes a provider at the wish of the device `by`.
    pub async fn remove(&self, name: &str, by: Option<DeviceId>) -> Result<(), EditError> {
        self.editor.remove(name, by).await
    }

    /// The models of all providers, asked anew where `fresh`.
    pub async fn offer(&self, fresh: bool) -> Offer {
        self.catalogue.offer(fresh).await
    }
}
