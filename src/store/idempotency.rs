//! The keys that make a message count once.

use sqlx::SqliteConnection;

use super::{Durability, StartOutcome, Store, StoreError};
use crate::model::{Timestamp, TurnId};

/// A key that makes a message count once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// Who sent it.
    pub scope: String,
    /// What the client chose.
    pub key: String,
    /// SHA-256 of what was asked.
    pub request_hash: [u8; 32],
    /// Keys older than this are forgotten.
    pub forget_before: Timestamp,
    /// How many keys are remembered at most.
    pub keep_at_most: u64,
}

impl Store {
    /// What a key was used for, if it was; turns that are being written count.
    pub async fn find_key(&self, key: Idempotency) -> Result<Option<StartOutcome>, StoreError> {
        // Through the writer: after the writes that came before.
        self.write(Durability::Process, move |db| {
            Box::pin(async move { known(db, &key).await })
        })
        .await
    }
}

/// What a key was used for.
pub(super) async fn known(
    db: &mut SqliteConnection,
    key: &Idempotency,
) -> Result<Option<StartOutcome>, StoreError> {
    let known: Option<(Vec<u8>, Vec<u8>)> = sqlx::query_as(
        "select request_hash, turn_id from idempotency_keys
         where scope = ?1 and key = ?2 and created_at >= ?3",
    )
    .bind(&key.scope)
    .bind(&key.key)
    .bind(key.forget_before.as_millis())
    .fetch_optional(db)
    .await?;
    let Some((hash, turn)) = known else {
        return Ok(None);
    };
    if hash != key.request_hash {
        return Ok(Some(StartOutcome::KeyReused));
    }
    let turn =
        TurnId::from_bytes(&turn).map_err(|_| StoreError::Corrupt("idempotency_keys.turn_id"))?;
    Ok(Some(StartOutcome::Duplicate(turn)))
}

/// Remembers a key that is not known, and forgets the old ones.
pub(super) async fn remember(
    db: &mut SqliteConnection,
    key: &Idempotency,
    turn: TurnId,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("delete from idempotency_keys where created_at < ?1")
        .bind(key.forget_before.as_millis())
        .execute(&mut *db)
        .await?;
    sqlx::query(
        "insert into idempotency_keys (scope, key, request_hash, turn_id, created_at)
         values (?1, ?2, ?3, ?4, ?5)",
    )
    .bind(&key.scope)
    .bind(&key.key)
    .bind(key.request_hash.to_vec())
    .bind(turn.as_bytes().to_vec())
    .bind(at.as_millis())
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "delete from idempotency_keys where (scope, key) in (
             select scope, key from idempotency_keys order by created_at desc limit -1 offset ?1)",
    )
    .bind(i64::try_from(key.keep_at_most.max(1)).unwrap_or(i64::MAX))
    .execute(&mut *db)
    .await?;
    Ok(())
}
