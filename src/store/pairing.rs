//! Live pairing codes, as hashes.

use sqlx::Row as _;

use super::{
    Durability, Store, StoreError,
    tokens::{read_scopes, scopes_text},
};
use crate::model::{Scope, Timestamp};

/// Codes alive at once; one more takes the place of the oldest. Each costs a slow hash per guess.
const MOST_CODES: i64 = 5;

/// A live code and what it grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeRow {
    /// Its place; 0 before it is stored.
    pub row: i64,
    /// Argon2id of the code.
    pub hash: String,
    /// What the token may do.
    pub scopes: Vec<Scope>,
    /// What the device is called unless it says otherwise.
    pub device_name: Option<String>,
    /// How long the token will last; 0 = for ever.
    pub token_ttl_days: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
}

impl Store {
    /// Remembers a code, and forgets those that expired or are too many.
    pub async fn insert_code(&self, code: CodeRow) -> Result<(), StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                sqlx::query("delete from pairing_codes where expires_at <= ?1")
                    .bind(code.created_at.as_millis())
                    .execute(&mut *db)
                    .await?;
                sqlx::query(
                    "delete from pairing_codes where row not in \
                     (select row from pairing_codes order by row desc limit ?1)",
                )
                .bind(MOST_CODES - 1)
                .execute(&mut *db)
                .await?;
                sqlx::query(
                    "insert into pairing_codes (hash, scopes, device_name, token_ttl_days, \
                     created_at, expires_at) values (?1, ?2, ?3, ?4, ?5, ?6)",
                )
                .bind(&code.hash)
                .bind(scopes_text(&code.scopes))
                .bind(code.device_name.as_deref())
                .bind(i64::try_from(code.token_ttl_days).unwrap_or(0))
                .bind(code.created_at.as_millis())
                .bind(code.expires_at.as_millis())
                .execute(db)
                .await?;
                Ok(())
            })
        })
        .await
    }

    /// The codes that work at `now`, the oldest first.
    pub async fn list_codes(&self, now: Timestamp) -> Result<Vec<CodeRow>, StoreError> {
        let rows = sqlx::query(
            "select row, hash, scopes, device_name, token_ttl_days, created_at, expires_at \
             from pairing_codes where expires_at > ?1 order by row",
        )
        .bind(now.as_millis())
        .fetch_all(self.readers())
        .await?;
        rows.iter()
            .map(|row| {
                let days: i64 = row.try_get("token_ttl_days")?;
                Ok(CodeRow {
                    row: row.try_get("row")?,
                    hash: row.try_get("hash")?,
                    scopes: read_scopes(row.try_get("scopes")?)?,
                    device_name: row.try_get("device_name")?,
                    token_ttl_days: u64::try_from(days).unwrap_or(0),
                    created_at: Timestamp::from_millis(row.try_get("created_at")?),
                    expires_at: Timestamp::from_millis(row.try_get("expires_at")?),
                })
            })
            .collect()
    }

    /// When the last live code stops working; none when no code is live.
    pub async fn find_code_expiry(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let row: (Option<i64>,) =
            sqlx::query_as("select max(expires_at) from pairing_codes where expires_at > ?1")
                .bind(now.as_millis())
                .fetch_one(self.readers())
                .await?;
        Ok(row.0.map(Timestamp::from_millis))
    }
}
