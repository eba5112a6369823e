//! What the tests of this room share: its services over a database.

mod devices;
mod pairing;
mod password;
mod tokens;

use std::{net::IpAddr, sync::Arc};

use secrecy::ExposeSecret as _;

use super::{Grant, Paired, PairingError, PairingService, PasswordService, SlowHash, TokenService};
use crate::{
    clock::ManualClock,
    config::{Config, ConfigHandle},
    model::Timestamp,
    store::{Store, testing},
    telemetry::Bus,
};

struct Door {
    store: Store,
    clock: Arc<ManualClock>,
    config: ConfigHandle,
    tokens: Arc<TokenService>,
    pairing: PairingService,
    passwords: PasswordService,
    bus: Bus,
    _folder: tempfile::TempDir,
}

fn here() -> IpAddr {
    "192.0.2.1".parse().unwrap()
}

async fn door() -> Door {
    let (store, folder) = testing::store().await;
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_763_696_580_000)));
    let config = ConfigHandle::new(Config::default());
    let bus = Bus::new(clock.clone());
    let tokens = TokenService::load(store.clone(), clock.clone(), bus.clone())
        .await
        .unwrap();
    let tokens = Arc::new(tokens);
    let slow = SlowHash::default();
    Door {
        pairing: PairingService::new(
            store.clone(),
            clock.clone(),
            config.clone(),
            Arc::clone(&tokens),
            slow.clone(),
        ),
        passwords: PasswordService::new(store.clone(), clock.clone(), Arc::clone(&tokens), slow),
        store,
        clock,
        config,
        tokens,
        bus,
        _folder: folder,
    }
}

impl Door {
    async fn paired(&self, grant: Grant) -> Paired {
        let code = self.pairing.mint(grant).await.unwrap().code.to_string();
        self.pairing
            .redeem(&code, here(), Some("Laptop"), Some("browser"))
            .await
            .unwrap()
    }

    fn knows(&self, paired: &Paired) -> bool {
        self.tokens
            .authenticate(paired.token.expose_secret(), here())
            .is_some()
    }

    async fn wrong(&self) -> PairingError {
        self.pairing
            .redeem("AAAA-AAAA", here(), None, None)
            .await
            .unwrap_err()
    }
}
