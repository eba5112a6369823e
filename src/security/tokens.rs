//! Bearer tokens and the devices that hold them: minting, letting in, changing, revoking. Cookies
//! are next door.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use secrecy::{ExposeSecret as _, SecretString};
use tokio_util::sync::CancellationToken;

use super::{
    audit::{by_terminal, came_in},
    devices::DeviceError,
    presence::Presence,
    table::{Change, Table},
};
use crate::{
    clock::Clock,
    crypto::{self, CryptoError},
    model::{
        BusEvent, Device, DeviceId, DevicePaired, DeviceSource, Principal, PrincipalKind, Scope,
        Timestamp,
    },
    store::{SeenRow, Store, StoreError, TokenRow},
    tasks::Tasks,
    telemetry::Bus,
};

/// What every token begins with, so that scanners know one when they see it.
pub const TOKEN_PREFIX: &str = "zcl_live_";
/// How often another process's changes are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How many looks until last-seen times are written down.
const FLUSH_EVERY: u32 = 30;
/// Characters of a device's name and type.
const LONGEST_NAME: usize = 64;

/// The hash by which a token is known.
pub fn hash_token(token: &str) -> [u8; 32] {
    crypto::sha256(token.as_bytes())
}

/// A caller that showed a good token or cookie.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// Who it is.
    pub principal: Principal,
    /// Cancelled when what it showed no longer works.
    pub revoked: CancellationToken,
}

/// A token, this once in the clear, and its device.
#[derive(Clone, Debug)]
pub struct IssuedToken {
    /// The token.
    pub token: SecretString,
    /// Its device.
    pub device: Device,
}

/// Knows every token. Shared in an `Arc`.
pub struct TokenService {
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) bus: Bus,
    pub(super) table: RwLock<Table>,
    seen: Mutex<HashMap<DeviceId, (Timestamp, IpAddr)>>,
    pub(super) presence: Presence,
    generation: AtomicI64,
    /// Held from a change in the database until memory knows of it.
    pub(super) changing: tokio::sync::Mutex<()>,
}

impl TokenService {
    /// Reads the tokens there are.
    pub async fn load(store: Store, clock: Arc<dyn Clock>, bus: Bus) -> Result<Self, StoreError> {
        let service = Self {
            store,
            clock,
            bus,
            table: RwLock::default(),
            seen: Mutex::default(),
            presence: Presence::default(),
            generation: AtomicI64::new(0),
            changing: tokio::sync::Mutex::default(),
        };
        service.read_table().await?;
        Ok(service)
    }

    /// Takes in the token hashes (hexadecimal SHA-256) of an older install, each once; answers
    /// how many were new. What is no such hash is left out and said in the log.
    pub async fn import(&self, hashes: &[String]) -> Result<u64, StoreError> {
        let now = self.clock.now();
        let mut rows = Vec::new();
        for (place, text) in hashes.iter().enumerate() {
            let mut token_hash = [0; 32];
            if hex::decode_to_slice(text.trim(), &mut token_hash).is_err() {
                tracing::warn!(
                    place,
                    "gateway.paired_tokens: this is no SHA-256 hash; left out"
                );
                continue;
            }
            let name = format!("Imported token {}", place + 1);
            let device = new_device(&name, "imported", vec![Scope::Admin], now, None);
            rows.push(TokenRow {
                device,
                token_hash,
                source: DeviceSource::Imported,
            });
        }
        if rows.is_empty() {
            return Ok(0);
        }
        let _changing = self.changing.lock().await;
        let imported = self.store.import_tokens(rows).await?;
        self.reload().await?;
        Ok(imported)
    }

    /// Makes the environment's token work, and no earlier one of the environment.
    pub async fn set_fixed_token(&self, token: Option<&SecretString>) -> Result<(), StoreError> {
        let row = token.map(|token| TokenRow {
            device: new_device(
                "Token from GATEWAY_AUTH_TOKEN",
                "environment",
                vec![Scope::Admin],
                self.clock.now(),
                None,
            ),
            token_hash: hash_token(token.expose_secret()),
            source: DeviceSource::Environment,
        });
        let _changing = self.changing.lock().await;
        self.store.set_environment_token(row).await?;
        self.reload().await
    }

    /// Lets in who shows a good token, and remembers when and from where.
    pub fn authenticate(&self, token: &str, ip: IpAddr) -> Option<Admitted> {
        let now = self.clock.now();
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        let entry = table.find(&hash_token(token), now)?;
        let admitted = Admitted {
            principal: Principal {
                device_id: Some(entry.row.device.id),
                kind: PrincipalKind::Token,
                scopes: entry.row.device.scopes.clone(),
            },
            revoked: entry.revoked.clone(),
        };
        drop(table);
        self.mark_seen(&admitted.principal, now, ip);
        Some(admitted)
    }

    /// Whether any device is paired.
    pub fn is_paired(&self) -> bool {
        self.count() > 0
    }

    /// How many devices there are.
    pub fn count(&self) -> usize {
        self.table
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .devices
            .len()
    }

    /// How many devices came to be known in this way.
    pub fn count_of(&self, source: DeviceSource) -> usize {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        let all = table.devices.values();
        all.filter(|entry| entry.row.source == source).count()
    }

    /// All devices, the newest first, with the latest use known.
    pub fn list(&self) -> Vec<Device> {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        let rows = table.devices.values().map(|entry| entry.row.device.clone());
        let mut devices: Vec<Device> = rows.map(|device| self.with_latest_use(device)).collect();
        devices.sort_by_key(|device| std::cmp::Reverse((device.created_at, device.id)));
        devices
    }

    /// One device.
    pub fn find(&self, id: DeviceId) -> Option<Device> {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        let device = table.devices.get(&id)?.row.device.clone();
        Some(self.with_latest_use(device))
    }

    /// Swaps the pairing code in row `code` for a token; none when another was faster.
    pub(super) async fn issue(
        &self,
        code: i64,
        name: &str,
        device_type: &str,
        scopes: Vec<Scope>,
        expires_at: Option<Timestamp>,
    ) -> Result<Option<IssuedToken>, DeviceError> {
        let token = fresh_token()?;
        let device = new_device(name, device_type, scopes, self.clock.now(), expires_at);
        let row = TokenRow {
            device: device.clone(),
            token_hash: hash_token(token.expose_secret()),
            source: DeviceSource::Paired,
        };
        let log = came_in(&device, "device.paired");
        let _changing = self.changing.lock().await;
        if !self.store.spend_code(code, row, log).await? {
            return Ok(None);
        }
        self.reload().await?;
        Ok(Some(IssuedToken { token, device }))
    }

    /// Starts the task that notices other processes' changes and expiries within a second, and
    /// writes last-seen times down now and then and when the process stops.
    pub fn watch(self: &Arc<Self>, tasks: &Tasks) {
        let service = Arc::clone(self);
        let stop = tasks.stopping().clone();
        drop(tasks.spawn("tokens", async move {
            let mut looks = 0_u32;
            while tokio::time::timeout(LOOK_EVERY, stop.cancelled())
                .await
                .is_err()
            {
                looks = looks.wrapping_add(1);
                if let Err(error) = service.look(looks.is_multiple_of(FLUSH_EVERY)).await {
                    tracing::warn!(%error, "the tokens could not be looked after");
                }
            }
            if let Err(error) = service.flush().await {
                tracing::warn!(%error, "the last use of tokens could not be written down");
            }
        }));
    }

    async fn look(&self, flush: bool) -> Result<(), StoreError> {
        if self.store.door_generation().await? != self.generation.load(Ordering::Relaxed) {
            let _changing = self.changing.lock().await;
            self.reload().await?;
        }
        let now = self.clock.now();
        self.table
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .expire(now);
        if flush {
            self.flush().await?;
            self.forget_expired_sessions(now).await?;
        }
        Ok(())
    }

    /// Writes down when and from where tokens and cookies were used.
    pub async fn flush(&self) -> Result<(), StoreError> {
        let seen = std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner));
        if !seen.is_empty() {
            let rows = seen.into_iter().map(|(device_id, (at, ip))| SeenRow {
                device_id,
                at,
                ip: ip.to_string(),
            });
            let rows: Vec<SeenRow> = rows.collect();
            self.remember_uses(&rows);
            self.store.record_seen(rows).await?;
        }
        self.flush_sessions().await
    }

    /// Reads the table again and tells the bus what changed. The caller holds `changing`.
    pub(super) async fn reload(&self) -> Result<(), StoreError> {
        for change in self.read_table().await? {
            self.bus.publish(&BusEvent::DevicePaired(DevicePaired {
                device_id: change.device_id,
                name: change.name,
                change: change.what.to_owned(),
            }));
        }
        Ok(())
    }

    async fn read_table(&self) -> Result<Vec<Change>, StoreError> {
        // Read first: a change made while the rows are read is seen by the next look.
        let generation = self.store.door_generation().await?;
        let rows = self.store.list_tokens().await?;
        let sessions = self.store.list_web_sessions().await?;
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        let changes = table.replace(rows, sessions);
        self.generation.store(generation, Ordering::Relaxed);
        Ok(changes)
    }

    pub(super) fn mark_seen(&self, principal: &Principal, now: Timestamp, ip: IpAddr) {
        if let Some(id) = principal.device_id {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.insert(id, (now, ip));
        }
    }

    fn remember_uses(&self, rows: &[SeenRow]) {
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        for row in rows {
            if let Some(entry) = table.devices.get_mut(&row.device_id) {
                entry.row.device.last_seen_at = Some(row.at);
                entry.row.device.last_ip = Some(row.ip.clone());
            }
        }
    }

    fn with_latest_use(&self, mut device: Device) -> Device {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, ip)) = seen.get(&device.id) {
            device.last_seen_at = Some(*at);
            device.last_ip = Some(ip.to_string());
        }
        device
    }

    /// How a device came to be known, if it is.
    pub fn source(&self, id: DeviceId) -> Option<DeviceSource> {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        table.devices.get(&id).map(|entry| entry.row.source)
    }
}

/// Makes a device with nothing but the database at hand, for a command beside a running gateway,
/// which lets it in within a second.
pub(crate) async fn mint_token(
    store: &Store,
    name: &str,
    device_type: &str,
    scope: Scope,
    now: Timestamp,
    lifetime_secs: i64,
) -> Result<IssuedToken, DeviceError> {
    let token = fresh_token()?;
    let expires_at = Some(now.plus_secs(lifetime_secs));
    let device = new_device(name, device_type, vec![scope], now, expires_at);
    let row = TokenRow {
        device: device.clone(),
        token_hash: hash_token(token.expose_secret()),
        source: DeviceSource::Paired,
    };
    let details = serde_json::json!({"name": device.name, "scopes": device.scopes});
    let log = by_terminal(now, "device.paired", &device.id, details);
    store.insert_token(row, log).await?;
    Ok(IssuedToken { token, device })
}

pub(super) fn fresh_token() -> Result<SecretString, CryptoError> {
    Ok(SecretString::from(format!(
        "{TOKEN_PREFIX}{}",
        crypto::random_token()?
    )))
}

/// A device as it is first known.
pub(super) fn new_device(
    name: &str,
    device_type: &str,
    mut scopes: Vec<Scope>,
    now: Timestamp,
    expires_at: Option<Timestamp>,
) -> Device {
    scopes.sort();
    scopes.dedup();
    Device {
        id: DeviceId::fresh(),
        name: tidy(name, "Device"),
        device_type: tidy(device_type, "unknown"),
        scopes,
        created_at: now,
        last_seen_at: None,
        last_ip: None,
        expires_at,
    }
}

/// A short line without control characters.
pub(super) fn tidy(text: &str, fallback: &str) -> String {
    let line: String = text.chars().filter(|letter| !letter.is_control()).collect();
    let short: String = line.trim().chars().take(LONGEST_NAME).collect();
    if short.is_empty() {
        fallback.to_owned()
    } else {
        short
    }
}
