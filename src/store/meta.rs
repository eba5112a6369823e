//! Single values.

use super::{Durability, Store, StoreError};

impl Store {
    /// A single value, if it was ever set.
    pub async fn find_meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        let found = sqlx::query_scalar("select value from meta where key = ?1")
            .bind(key)
            .fetch_optional(self.readers())
            .await?;
        Ok(found)
    }

    /// Sets a single value.
    pub async fn set_meta(&self, key: &'static str, value: String) -> Result<(), StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                sqlx::query(
                    "insert into meta (key, value) values (?1, ?2)
                     on conflict (key) do update set value = excluded.value",
                )
                .bind(key)
                .bind(value)
                .execute(db)
                .await?;
                Ok(())
            })
        })
        .await
    }
}
