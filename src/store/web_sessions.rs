//! The dashboard's sessions: hashes of cookies, each bound to a device.

use sqlx::Row as _;

use super::{
    Durability, NewAuditEntry, Store, StoreError, audit,
    tokens::{TokenRow, insert},
};
use crate::model::{DeviceId, Timestamp};

/// A session of the dashboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WebSessionRow {
    /// SHA-256 of the cookie.
    pub hash: [u8; 32],
    /// Whose it is.
    pub device_id: DeviceId,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends unless it is used.
    pub expires_at: Timestamp,
}

impl Store {
    /// All sessions.
    pub async fn list_web_sessions(&self) -> Result<Vec<WebSessionRow>, StoreError> {
        let rows = sqlx::query("select hash, device_id, created_at, expires_at from web_sessions")
            .fetch_all(self.readers())
            .await?;
        rows.iter()
            .map(|row| {
                let hash: &[u8] = row.try_get("hash")?;
                let device_id: &[u8] = row.try_get("device_id")?;
                Ok(WebSessionRow {
                    hash: hash
                        .try_into()
                        .map_err(|_| StoreError::Corrupt("web_sessions.hash"))?,
                    device_id: DeviceId::from_bytes(device_id)
                        .map_err(|_| StoreError::Corrupt("web_sessions.device_id"))?,
                    created_at: Timestamp::from_millis(row.try_get("created_at")?),
                    expires_at: Timestamp::from_millis(row.try_get("expires_at")?),
                })
            })
            .collect()
    }

    /// Remembers a session, and with it its device and what the log says of it, where it is new.
    pub async fn insert_web_session(
        &self,
        session: WebSessionRow,
        device: Option<(TokenRow, NewAuditEntry)>,
    ) -> Result<(), StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                if let Some((device, log)) = device {
                    insert(db, &device).await?;
                    audit::insert(db, vec![log]).await?;
                }
                sqlx::query(
                    "insert into web_sessions (hash, device_id, created_at, expires_at) \
                     values (?1, ?2, ?3, ?4)",
                )
                .bind(session.hash.as_slice())
                .bind(session.device_id.as_bytes())
                .bind(session.created_at.as_millis())
                .bind(session.expires_at.as_millis())
                .execute(db)
                .await?;
                Ok(())
            })
        })
        .await
    }

    /// Ends a session; a device that came in by password goes with its last one.
    pub async fn delete_web_session(&self, hash: [u8; 32]) -> Result<(), StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                sqlx::query("delete from web_sessions where hash = ?1")
                    .bind(hash.as_slice())
                    .execute(&mut *db)
                    .await?;
                forget_password_devices(db).await
            })
        })
        .await
    }

    /// Ends every session but the one of this hash; answers how many there were.
    pub async fn delete_other_web_sessions(
        &self,
        keep: Option<[u8; 32]>,
    ) -> Result<u64, StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                let done = sqlx::query("delete from web_sessions where hash is not ?1")
                    .bind(keep.as_ref().map(<[u8; 32]>::as_slice))
                    .execute(&mut *db)
                    .await?;
                forget_password_devices(db).await?;
                Ok(done.rows_affected())
            })
        })
        .await
    }

    /// Ends the sessions that were not used for too long.
    pub async fn delete_expired_web_sessions(&self, now: Timestamp) -> Result<(), StoreError> {
        self.write(Durability::Process, move |db| {
            Box::pin(async move {
                sqlx::query("delete from web_sessions where expires_at <= ?1")
                    .bind(now.as_millis())
                    .execute(&mut *db)
                    .await?;
                forget_password_devices(db).await
            })
        })
        .await
    }

    /// Writes down that sessions were used and so last longer.
    pub async fn extend_web_sessions(
        &self,
        sessions: Vec<([u8; 32], Timestamp)>,
    ) -> Result<(), StoreError> {
        self.write(Durability::Process, move |db| {
            Box::pin(async move {
                for (hash, expires_at) in sessions {
                    sqlx::query("update web_sessions set expires_at = ?2 where hash = ?1")
                        .bind(hash.as_slice())
                        .bind(expires_at.as_millis())
                        .execute(&mut *db)
                        .await?;
                }
                Ok(())
            })
        })
        .await
    }
}

async fn forget_password_devices(db: &mut sqlx::SqliteConnection) -> Result<(), StoreError> {
    sqlx::query(
        "delete from devices where source = 'password' \
         and id not in (select device_id from web_sessions)",
    )
    .execute(db)
    .await?;
    Ok(())
}
