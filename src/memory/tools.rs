//! The memory as the agent's tools use it.

use async_trait::async_trait;

use super::{Draft, Memory, MemoryError, MemoryFilter, Writer};
use crate::{
    model::MemoryEntry,
    tools::{Fact, Remember, Remembered, ToolContext},
};

#[async_trait]
impl Remember for Memory {
    async fn remember(&self, context: &ToolContext, fact: Fact) -> Result<Remembered, String> {
        let draft = Draft {
            key: fact.key,
            content: fact.content,
            category: fact.category,
            pinned: None,
        };
        let stored = self.store(draft, &writer(context), false, None).await;
        stored
            .map(|stored| told(stored.entry))
            .map_err(|error| words(&error))
    }

    async fn recall(
        &self,
        text: &str,
        category: Option<&str>,
        most: usize,
    ) -> Result<Vec<Remembered>, String> {
        let filter = MemoryFilter {
            category: category.map(str::to_owned),
            ..MemoryFilter::default()
        };
        let (found, _) = self
            .search(text, &filter, 0, most)
            .await
            .map_err(|error| words(&error))?;
        Ok(found.into_iter().map(|found| told(found.entry)).collect())
    }

    async fn find(&self, key: &str) -> Result<Option<Remembered>, String> {
        match self.get(key).await {
            Ok(entry) => Ok(Some(told(entry))),
            Err(MemoryError::Missing) => Ok(None),
            Err(error) => Err(words(&error)),
        }
    }

    async fn forget(&self, context: &ToolContext, key: &str) -> Result<bool, String> {
        match self.delete(key, &writer(context)).await {
            Ok(_) => Ok(true),
            Err(MemoryError::Missing) => Ok(false),
            Err(error) => Err(words(&error)),
        }
    }
}

fn writer(context: &ToolContext) -> Writer {
    if context.is_try() {
        return Writer::OWNER;
    }
    Writer::agent(context.session_id.clone(), context.turn_id)
}

fn told(entry: MemoryEntry) -> Remembered {
    Remembered {
        key: entry.key,
        content: entry.content,
        category: entry.category,
        updated_at: entry.updated_at,
    }
}

fn words(error: &MemoryError) -> String {
    if let MemoryError::Store(cause) = error {
        tracing::error!(error = %cause, "a memory tool could not use the database");
        return "the memory could not be used".to_owned();
    }
    error.to_string()
}
