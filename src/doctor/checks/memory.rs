//! The provider that makes vectors of what is remembered.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

use crate::{
    doctor::{Category, Check, Finding, Fix, Name, Surroundings},
    providers::{Meter, Unmetered, embedder},
};

pub(super) struct Embeddings;

#[async_trait]
impl Check for Embeddings {
    fn name(&self) -> Name {
        Name::of("memory.embeddings", Category::Memory, "Meaning of memories")
    }

    fn limit(&self) -> Duration {
        Duration::from_secs(12)
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        let fix = || {
            Fix::setting(
                "Choose the provider of vectors",
                "memory.embedding_provider",
            )
        };
        let unmetered: Arc<dyn Meter> = Arc::new(Unmetered);
        let meter = place
            .providers
            .as_ref()
            .map_or(&unmetered, |all| all.meter());
        let embedder = match embedder(&place.settings(), meter) {
            Ok(Some(embedder)) => embedder,
            Ok(None) => {
                return Finding::ok(
                    "Memories are found by their words; no provider makes vectors.",
                );
            }
            Err(error) => {
                return Finding::error(format!("Memories are found by words alone: {error}."))
                    .fixed_by(fix());
            }
        };
        match embedder.embed(&["hello".to_owned()]).await {
            Ok(_) => Finding::ok(format!("{} makes vectors of memories.", embedder.name())),
            Err(error) => Finding::error(format!("Memories are found by words alone: {error}."))
                .fixed_by(fix()),
        }
    }
}
