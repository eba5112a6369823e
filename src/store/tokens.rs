//! Devices and the hashes of their tokens.

use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use super::{Durability, NewAuditEntry, Store, StoreError, audit};
use crate::model::{Device, DeviceId, DeviceSource, Scope, Timestamp};

/// A device and the SHA-256 of its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// The device.
    pub device: Device,
    /// SHA-256 of its token.
    pub token_hash: [u8; 32],
    /// How it came to be known.
    pub source: DeviceSource,
}

/// A use of a token, to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenRow {
    /// Whose token.
    pub device_id: DeviceId,
    /// When.
    pub at: Timestamp,
    /// From where.
    pub ip: String,
}

impl Store {
    /// Rises whenever a device or a web session comes, changes or goes, in whichever process.
    pub async fn door_generation(&self) -> Result<i64, StoreError> {
        let row: (i64,) = sqlx::query_as("select generation from door where id = 1")
            .fetch_one(self.readers())
            .await?;
        Ok(row.0)
    }

    /// All devices, the oldest first.
    pub async fn list_tokens(&self) -> Result<Vec<TokenRow>, StoreError> {
        sqlx::query(
            "select id, token_hash, name, device_type, source, scopes, created_at, last_seen_at, \
             last_ip, expires_at from devices order by row",
        )
        .fetch_all(self.readers())
        .await?
        .iter()
        .map(read)
        .collect()
    }

    /// Remembers a device, and what the log says of it.
    pub async fn insert_token(&self, row: TokenRow, log: NewAuditEntry) -> Result<(), StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                insert(db, &row).await?;
                audit::insert(db, vec![log]).await
            })
        })
        .await
    }

    /// Swaps the pairing code `code` for a device; `false` when the code is gone.
    pub async fn spend_code(
        &self,
        code: i64,
        row: TokenRow,
        log: NewAuditEntry,
    ) -> Result<bool, StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                let spent = sqlx::query("delete from pairing_codes where row = ?1")
                    .bind(code)
                    .execute(&mut *db)
                    .await?;
                if spent.rows_affected() == 0 {
                    return Ok(false);
                }
                insert(db, &row).await?;
                audit::insert(db, vec![log]).await?;
                Ok(true)
            })
        })
        .await
    }

    /// Writes the name, the scopes and the expiry of a device; `false` when there is none.
    pub async fn update_device(
        &self,
        device: Device,
        log: NewAuditEntry,
    ) -> Result<bool, StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                let done = sqlx::query(
                    "update devices set name = ?2, scopes = ?3, expires_at = ?4 where id = ?1",
                )
                .bind(device.id.as_bytes())
                .bind(&device.name)
                .bind(scopes_text(&device.scopes))
                .bind(device.expires_at.map(Timestamp::as_millis))
                .execute(&mut *db)
                .await?;
                logged(db, done.rows_affected(), log).await
            })
        })
        .await
    }

    /// Gives a device another token and ends its web sessions, except the one of this hash;
    /// `false` when there is none.
    pub async fn rotate_token(
        &self,
        id: DeviceId,
        hash: [u8; 32],
        keep: Option<[u8; 32]>,
        log: NewAuditEntry,
    ) -> Result<bool, StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                sqlx::query("delete from web_sessions where device_id = ?1 and hash is not ?2")
                    .bind(id.as_bytes())
                    .bind(keep.as_ref().map(<[u8; 32]>::as_slice))
                    .execute(&mut *db)
                    .await?;
                let done = sqlx::query("update devices set token_hash = ?2 where id = ?1")
                    .bind(id.as_bytes())
                    .bind(hash.as_slice())
                    .execute(&mut *db)
                    .await?;
                logged(db, done.rows_affected(), log).await
            })
        })
        .await
    }

    /// Forgets a device, its token and its web sessions; `false` when there is none.
    pub async fn delete_device(
        &self,
        id: DeviceId,
        log: NewAuditEntry,
    ) -> Result<bool, StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                sqlx::query("delete from web_sessions where device_id = ?1")
                    .bind(id.as_bytes())
                    .execute(&mut *db)
                    .await?;
                let done = sqlx::query("delete from devices where id = ?1")
                    .bind(id.as_bytes())
                    .execute(&mut *db)
                    .await?;
                logged(db, done.rows_affected(), log).await
            })
        })
        .await
    }

    /// Forgets every device but this one and the environment's, with their web sessions; answers
    /// how many there were.
    pub async fn delete_other_devices(
        &self,
        own: Option<DeviceId>,
        log: NewAuditEntry,
    ) -> Result<u64, StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                let own = own.map(|id| id.as_bytes().to_vec());
                let done = sqlx::query(
                    "delete from devices where id is not ?1 and source <> 'environment'",
                )
                .bind(own)
                .execute(&mut *db)
                .await?;
                sqlx::query(
                    "delete from web_sessions where device_id not in (select id from devices)",
                )
                .execute(&mut *db)
                .await?;
                logged(db, done.rows_affected(), log).await?;
                Ok(done.rows_affected())
            })
        })
        .await
    }

    /// Forgets every device, web session and pairing code; answers how many devices there were.
    pub async fn delete_all_devices(&self, log: NewAuditEntry) -> Result<u64, StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                sqlx::query("delete from web_sessions")
                    .execute(&mut *db)
                    .await?;
                sqlx::query("delete from pairing_codes")
                    .execute(&mut *db)
                    .await?;
                let done = sqlx::query("delete from devices").execute(&mut *db).await?;
                logged(db, done.rows_affected(), log).await?;
                Ok(done.rows_affected())
            })
        })
        .await
    }

    /// Writes down when and from where tokens were used.
    pub async fn record_seen(&self, seen: Vec<SeenRow>) -> Result<(), StoreError> {
        self.write(Durability::Process, move |db| {
            Box::pin(async move {
                for row in seen {
                    sqlx::query("update devices set last_seen_at = ?2, last_ip = ?3 where id = ?1")
                        .bind(row.device_id.as_bytes())
                        .bind(row.at.as_millis())
                        .bind(row.ip)
                        .execute(&mut *db)
                        .await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Takes in hashes that an older install brought along, each once in this database's life;
    /// answers how many were new.
    pub async fn import_tokens(&self, rows: Vec<TokenRow>) -> Result<u64, StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                let mut imported = 0;
                for row in rows {
                    let first = sqlx::query(
                        "insert into imported_tokens (hash, imported_at) values (?1, ?2) \
                         on conflict do nothing",
                    )
                    .bind(row.token_hash.as_slice())
                    .bind(row.device.created_at.as_millis())
                    .execute(&mut *db)
                    .await?;
                    if first.rows_affected() > 0 && !is_known(db, &row.token_hash).await? {
                        insert(db, &row).await?;
                        imported += 1;
                    }
                }
                Ok(imported)
            })
        })
        .await
    }

    /// Makes `row` the one device whose token the environment gives; none: there is no such
    /// device. One that has this token already is left as it is.
    pub async fn set_environment_token(&self, row: Option<TokenRow>) -> Result<(), StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                let hash = row
                    .as_ref()
                    .map_or(&[][..], |row| row.token_hash.as_slice());
                sqlx::query(
                    "delete from web_sessions where device_id in (select id from devices \
                     where source = 'environment' and token_hash <> ?1)",
                )
                .bind(hash)
                .execute(&mut *db)
                .await?;
                sqlx::query(
                    "delete from devices where source = 'environment' and token_hash <> ?1",
                )
                .bind(hash)
                .execute(&mut *db)
                .await?;
                match row {
                    Some(row) if !is_known(db, &row.token_hash).await? => insert(db, &row).await,
                    _ => Ok(()),
                }
            })
        })
        .await
    }

    /// The hash of the dashboard's password, when one is set.
    pub async fn find_password_hash(&self) -> Result<Option<String>, StoreError> {
        let row: (Option<String>,) = sqlx::query_as("select password_hash from door where id = 1")
            .fetch_one(self.readers())
            .await?;
        Ok(row.0)
    }

    /// Sets or removes the password, and shows those out who came in by the old one, except
    /// `keep`.
    pub async fn set_password_hash(
        &self,
        hash: Option<String>,
        keep: Option<DeviceId>,
        log: NewAuditEntry,
    ) -> Result<(), StoreError> {
        self.write(Durability::Power, move |db| {
            Box::pin(async move {
                sqlx::query("update door set password_hash = ?1 where id = 1")
                    .bind(hash)
                    .execute(&mut *db)
                    .await?;
                let keep = keep.map(|id| id.as_bytes().to_vec());
                sqlx::query(
                    "delete from web_sessions where device_id in \
                     (select id from devices where source = 'password' and id is not ?1)",
                )
                .bind(keep.clone())
                .execute(&mut *db)
                .await?;
                sqlx::query("delete from devices where source = 'password' and id is not ?1")
                    .bind(keep)
                    .execute(&mut *db)
                    .await?;
                audit::insert(db, vec![log]).await
            })
        })
        .await
    }
}

/// Scopes as the database holds them.
pub(super) fn scopes_text(scopes: &[Scope]) -> String {
    let words: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    words.join(" ")
}

/// Reads what [`scopes_text`] wrote.
pub(super) fn read_scopes(text: &str) -> Result<Vec<Scope>, StoreError> {
    let scopes: Result<Vec<Scope>, _> = text.split_whitespace().map(str::parse).collect();
    scopes.map_err(|_| StoreError::Corrupt("scopes"))
}

/// Writes what the log says of a change, if there was one; answers whether there was.
async fn logged(
    db: &mut SqliteConnection,
    rows: u64,
    log: NewAuditEntry,
) -> Result<bool, StoreError> {
    if rows > 0 {
        audit::insert(db, vec![log]).await?;
    }
    Ok(rows > 0)
}

async fn is_known(db: &mut SqliteConnection, hash: &[u8; 32]) -> Result<bool, StoreError> {
    let row: (i64,) = sqlx::query_as("select count(*) from devices where token_hash = ?1")
        .bind(hash.as_slice())
        .fetch_one(db)
        .await?;
    Ok(row.0 > 0)
}

pub(super) async fn insert(db: &mut SqliteConnection, row: &TokenRow) -> Result<(), StoreError> {
    let device = &row.device;
    sqlx::query(
        "insert into devices (id, token_hash, name, device_type, source, scopes, created_at, \
         last_seen_at, last_ip, expires_at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )
    .bind(device.id.as_bytes())
    .bind(row.token_hash.as_slice())
    .bind(&device.name)
    .bind(&device.device_type)
    .bind(row.source.as_str())
    .bind(scopes_text(&device.scopes))
    .bind(device.created_at.as_millis())
    .bind(device.last_seen_at.map(Timestamp::as_millis))
    .bind(device.last_ip.as_deref())
    .bind(device.expires_at.map(Timestamp::as_millis))
    .execute(db)
    .await?;
    Ok(())
}

fn read(row: &SqliteRow) -> Result<TokenRow, StoreError> {
    let id: &[u8] = row.try_get("id")?;
    let token_hash: &[u8] = row.try_get("token_hash")?;
    let source: &str = row.try_get("source")?;
    let moment = |name| -> Result<Option<Timestamp>, StoreError> {
        Ok(row
            .try_get::<Option<i64>, _>(name)?
            .map(Timestamp::from_millis))
    };
    let device = Device {
        id: DeviceId::from_bytes(id).map_err(|_| StoreError::Corrupt("devices.id"))?,
        name: row.try_get("name")?,
        device_type: row.try_get("device_type")?,
        scopes: read_scopes(row.try_get("scopes")?)?,
        created_at: Timestamp::from_millis(row.try_get("created_at")?),
        last_seen_at: moment("last_seen_at")?,
        last_ip: row.try_get("last_ip")?,
        expires_at: moment("expires_at")?,
    };
    Ok(TokenRow {
        device,
        token_hash: token_hash
            .try_into()
            .map_err(|_| StoreError::Corrupt("devices.token_hash"))?,
        source: source
            .parse()
            .map_err(|_| StoreError::Corrupt("devices.source"))?,
    })
}
