//! Pairing, tokens, cookies and the password together, over a database.

use std::{net::IpAddr, sync::Arc};

use secrecy::{ExposeSecret as _, SecretString};

use super::*;
use crate::{
    clock::{Clock as _, ManualClock},
    config::{Config, ConfigHandle},
    model::{DeviceId, Scope, Timestamp},
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

#[tokio::test]
async fn a_code_works_once_and_its_token_is_known() {
    let door = door().await;
    let minted = door.pairing.mint_first().await.unwrap().unwrap();
    let typed = minted.code.to_string().to_lowercase();
    let paired = door
        .pairing
        .redeem(&typed, here(), Some(" My\nlaptop "), None)
        .await
        .unwrap();
    assert_eq!(paired.device.name, "Mylaptop");
    assert!(paired.token.expose_secret().starts_with(TOKEN_PREFIX));
    assert_eq!(paired.token.expose_secret().len(), TOKEN_PREFIX.len() + 43);
    assert!(door.knows(&paired));
    let again = door
        .pairing
        .redeem(&typed, here(), None, None)
        .await
        .unwrap_err();
    assert!(matches!(again, PairingError::InvalidCode));
    assert!(door.pairing.mint_first().await.unwrap().is_none());
}

#[tokio::test]
async fn one_code_tried_by_many_at_once_pairs_one() {
    let door = Arc::new(door().await);
    let code = door
        .pairing
        .mint(Grant::default())
        .await
        .unwrap()
        .code
        .to_string();
    let tries = (1..9_u8).map(|last| {
        let (door, code) = (Arc::clone(&door), code.clone());
        async move {
            door.pairing
                .redeem(&code, IpAddr::from([192, 0, 2, last]), None, None)
                .await
        }
    });
    let results = futures_util::future::join_all(tries).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
}

#[tokio::test]
async fn an_expired_code_is_wrong() {
    let door = door().await;
    let code = door
        .pairing
        .mint(Grant::default())
        .await
        .unwrap()
        .code
        .to_string();
    assert!(
        door.pairing
            .state(here())
            .await
            .unwrap()
            .code_expires_at
            .is_some()
    );
    door.clock.advance(900);
    assert_eq!(
        door.pairing.state(here()).await.unwrap().code_expires_at,
        None
    );
    let error = door
        .pairing
        .redeem(&code, here(), None, None)
        .await
        .unwrap_err();
    assert!(matches!(error, PairingError::InvalidCode));
}

#[tokio::test]
async fn three_wrong_codes_lock_out_even_the_right_one() {
    let door = door().await;
    let code = door
        .pairing
        .mint(Grant::default())
        .await
        .unwrap()
        .code
        .to_string();
    for _ in 0..3 {
        assert!(matches!(door.wrong().await, PairingError::InvalidCode));
    }
    let locked = door
        .pairing
        .redeem(&code, here(), None, None)
        .await
        .unwrap_err();
    assert!(matches!(
        locked,
        PairingError::LockedOut { retry_after: 300 }
    ));
    assert_eq!(
        door.pairing.state(here()).await.unwrap().locked_for_secs,
        300
    );
    door.clock.advance(300);
    door.pairing
        .redeem(&code, here(), None, None)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_code_grants_what_it_was_made_for() {
    let door = door().await;
    let grant = Grant {
        scopes: vec![Scope::Read],
        device_name: Some("Wall display".to_owned()),
        expires_in_days: Some(2),
    };
    let code = door.pairing.mint(grant).await.unwrap().code.to_string();
    let paired = door
        .pairing
        .redeem(&code, here(), None, None)
        .await
        .unwrap();
    assert_eq!(paired.device.name, "Wall display");
    let token = paired.token.expose_secret();
    let principal = door.tokens.authenticate(token, here()).unwrap().principal;
    assert!(principal.may(Scope::Read) && !principal.may(Scope::Chat));
    door.clock.advance(2 * 24 * 3600 - 1);
    assert!(door.knows(&paired));
    door.clock.advance(1);
    assert!(!door.knows(&paired));
}

#[tokio::test]
async fn only_hashes_reach_the_database() {
    let door = door().await;
    let minted = door.pairing.mint(Grant::default()).await.unwrap();
    let codes = door.store.list_codes(door.clock.now()).await.unwrap();
    assert!(codes[0].hash.starts_with("$argon2id$"));
    assert!(!codes[0].hash.contains(minted.code.secret()));
    let paired = door.paired(Grant::default()).await;
    let rows = door.store.list_tokens().await.unwrap();
    assert_eq!(rows[0].token_hash, hash_token(paired.token.expose_secret()));
}

#[tokio::test]
async fn revoking_ends_streams_and_cookies_at_once() {
    let door = door().await;
    let paired = door.paired(Grant::default()).await;
    let other = door.paired(Grant::default()).await;
    let token = paired.token.expose_secret();
    let stream = door.tokens.authenticate(token, here()).unwrap().revoked;
    let spared = door
        .tokens
        .authenticate(other.token.expose_secret(), here())
        .unwrap()
        .revoked;
    let session = door
        .tokens
        .open_web_session(paired.device.id)
        .await
        .unwrap();
    let cookie = session.cookie.expose_secret();
    let socket = door
        .tokens
        .authenticate_cookie(cookie, here())
        .unwrap()
        .revoked;
    door.tokens.revoke(paired.device.id).await.unwrap();
    assert!(stream.is_cancelled() && socket.is_cancelled() && !spared.is_cancelled());
    assert!(!door.knows(&paired) && door.knows(&other));
    assert!(door.tokens.authenticate_cookie(cookie, here()).is_none());
    let gone = door.tokens.revoke(DeviceId::fresh()).await.unwrap_err();
    assert!(matches!(gone, DeviceError::NotFound));
}

#[tokio::test]
async fn a_revocation_by_another_process_is_noticed() {
    let door = door().await;
    let paired = door.paired(Grant::default()).await;
    let token = paired.token.expose_secret();
    let stream = door.tokens.authenticate(token, here()).unwrap().revoked;
    let mut news = door.bus.subscribe(None);
    let tasks = crate::tasks::Tasks::new();
    door.tokens.watch(&tasks);
    // What `clawgate token revoke` does: it knows only the database.
    assert!(door.store.delete_device(paired.device.id).await.unwrap());
    let soon = std::time::Duration::from_secs(10);
    tokio::time::timeout(soon, stream.cancelled())
        .await
        .unwrap();
    assert!(!door.knows(&paired));
    let batch = tokio::time::timeout(soon, news.next_batch(1))
        .await
        .unwrap();
    assert!(format!("{batch:?}").contains("revoked"), "{batch:?}");
    tasks.stop();
    assert!(tasks.drain(soon).await);
}

#[tokio::test]
async fn rotating_changes_the_token_and_keeps_the_device() {
    let door = door().await;
    let old = door.paired(Grant::default()).await;
    let stream = door
        .tokens
        .authenticate(old.token.expose_secret(), here())
        .unwrap()
        .revoked;
    let new = door.tokens.rotate(old.device.id).await.unwrap();
    assert_eq!(new.device.id, old.device.id);
    assert!(stream.is_cancelled() && !door.knows(&old) && door.knows(&new));
}

#[tokio::test]
async fn fewer_rights_count_at_once_and_end_what_was_open() {
    let door = door().await;
    let paired = door.paired(Grant::default()).await;
    let token = paired.token.expose_secret();
    let stream = door.tokens.authenticate(token, here()).unwrap().revoked;
    let renamed = DevicePatch {
        name: Some("Desk".to_owned()),
        ..DevicePatch::default()
    };
    door.tokens.update(paired.device.id, renamed).await.unwrap();
    assert!(!stream.is_cancelled());
    let less = DevicePatch {
        scopes: Some(vec![Scope::Read]),
        ..DevicePatch::default()
    };
    let device = door.tokens.update(paired.device.id, less).await.unwrap();
    assert_eq!(
        (device.name.as_str(), device.scopes.as_slice()),
        ("Desk", &[Scope::Read][..])
    );
    assert!(stream.is_cancelled());
    let now = door.tokens.authenticate(token, here()).unwrap();
    assert!(!now.principal.may(Scope::Chat) && !now.revoked.is_cancelled());
    let none = DevicePatch {
        scopes: Some(Vec::new()),
        ..DevicePatch::default()
    };
    let error = door
        .tokens
        .update(paired.device.id, none)
        .await
        .unwrap_err();
    assert!(matches!(error, DeviceError::NoScopes));
}

#[tokio::test]
async fn last_use_is_known_at_once_and_written_down_later() {
    let door = door().await;
    let paired = door.paired(Grant::default()).await;
    assert!(door.knows(&paired));
    let device = door.tokens.find(paired.device.id).unwrap();
    assert_eq!(device.last_ip.as_deref(), Some("192.0.2.1"));
    assert_eq!(
        door.store.list_tokens().await.unwrap()[0].device.last_ip,
        None
    );
    door.tokens.flush().await.unwrap();
    let stored = &door.store.list_tokens().await.unwrap()[0].device;
    assert_eq!(stored.last_seen_at, Some(door.clock.now()));
    assert_eq!(
        door.tokens.find(paired.device.id).unwrap().last_ip,
        stored.last_ip
    );
}

#[tokio::test]
async fn a_cookie_lasts_thirty_days_from_its_last_use_across_restarts() {
    let door = door().await;
    let paired = door.paired(Grant::default()).await;
    let session = door
        .tokens
        .open_web_session(paired.device.id)
        .await
        .unwrap();
    let cookie = session.cookie.expose_secret();
    for _ in 0..3 {
        door.clock.advance(29 * 24 * 3600);
        assert!(door.tokens.authenticate_cookie(cookie, here()).is_some());
    }
    door.tokens.flush().await.unwrap();
    let again = TokenService::load(door.store.clone(), door.clock.clone(), door.bus.clone());
    let again = again.await.unwrap();
    door.clock.advance(29 * 24 * 3600);
    assert!(again.authenticate_cookie(cookie, here()).is_some());
    door.clock.advance(30 * 24 * 3600);
    assert!(again.authenticate_cookie(cookie, here()).is_none());
}

#[tokio::test]
async fn ending_a_session_ends_that_one_only() {
    let door = door().await;
    let paired = door.paired(Grant::default()).await;
    let one = door
        .tokens
        .open_web_session(paired.device.id)
        .await
        .unwrap();
    let two = door
        .tokens
        .open_web_session(paired.device.id)
        .await
        .unwrap();
    let admitted = |session: &NewWebSession| {
        door.tokens
            .authenticate_cookie(session.cookie.expose_secret(), here())
    };
    let stream = admitted(&one).unwrap().revoked;
    door.tokens
        .end_web_session(one.cookie.expose_secret())
        .await
        .unwrap();
    assert!(stream.is_cancelled() && admitted(&one).is_none());
    assert!(admitted(&two).is_some() && door.knows(&paired));
}

#[tokio::test]
async fn starting_over_revokes_everything_and_leaves_one_code() {
    let door = door().await;
    let paired = door.paired(Grant::default()).await;
    let old = door
        .pairing
        .mint(Grant::default())
        .await
        .unwrap()
        .code
        .to_string();
    let fresh = door.pairing.start_over().await.unwrap().code.to_string();
    assert!(!door.knows(&paired));
    assert!(door.pairing.redeem(&old, here(), None, None).await.is_err());
    door.pairing
        .redeem(&fresh, here(), None, None)
        .await
        .unwrap();
}

#[tokio::test]
async fn tokens_of_an_older_install_work_and_are_taken_in_once() {
    let door = door().await;
    let hashes = [hex::encode(hash_token("old-token")), "rubbish".to_owned()];
    assert_eq!(door.tokens.import(&hashes).await.unwrap(), 1);
    assert_eq!(door.tokens.import(&hashes).await.unwrap(), 0);
    assert!(door.tokens.authenticate("old-token", here()).is_some());
    let id = door.tokens.list()[0].id;
    door.tokens.revoke(id).await.unwrap();
    assert_eq!(door.tokens.import(&hashes).await.unwrap(), 0);
    assert!(door.tokens.authenticate("old-token", here()).is_none());
}

#[tokio::test]
async fn the_environments_token_is_the_environments_to_change() {
    let door = door().await;
    let admitted = |token: &str| door.tokens.authenticate(token, here()).is_some();
    door.tokens
        .set_fixed_token(Some(&SecretString::from("first")))
        .await
        .unwrap();
    let id = door.tokens.list()[0].id;
    door.tokens
        .set_fixed_token(Some(&SecretString::from("first")))
        .await
        .unwrap();
    assert_eq!(door.tokens.list()[0].id, id);
    assert!(admitted("first"));
    assert!(matches!(
        door.tokens.revoke(id).await.unwrap_err(),
        DeviceError::Fixed
    ));
    assert!(matches!(
        door.tokens.rotate(id).await.unwrap_err(),
        DeviceError::Fixed
    ));
    door.tokens
        .set_fixed_token(Some(&SecretString::from("second")))
        .await
        .unwrap();
    assert!(!admitted("first") && admitted("second"));
    door.tokens.set_fixed_token(None).await.unwrap();
    assert!(!admitted("second") && !door.tokens.is_paired());
}

#[tokio::test]
async fn the_password_is_a_way_in_until_it_changes() {
    let door = door().await;
    let slow = SlowHash::default();
    let unset = door
        .passwords
        .log_in("long enough", here(), "Firefox")
        .await
        .unwrap_err();
    assert!(matches!(unset, PasswordError::NotSet));
    let short = set_password(&door.store, &slow, Some("short"))
        .await
        .unwrap_err();
    assert!(matches!(short, PasswordError::Length));
    set_password(&door.store, &slow, Some("long enough"))
        .await
        .unwrap();
    let session = door
        .passwords
        .log_in("long enough", here(), "Firefox")
        .await
        .unwrap();
    let cookie = session.cookie.expose_secret();
    assert!(door.tokens.authenticate_cookie(cookie, here()).is_some());
    let rotated = door.tokens.rotate(session.device_id).await.unwrap_err();
    assert!(matches!(rotated, DeviceError::NoToken));
    for _ in 0..3 {
        let wrong = door
            .passwords
            .log_in("wrong enough", here(), "x")
            .await
            .unwrap_err();
        assert!(matches!(wrong, PasswordError::Wrong));
    }
    let locked = door
        .passwords
        .log_in("long enough", here(), "x")
        .await
        .unwrap_err();
    assert!(matches!(
        locked,
        PasswordError::LockedOut { retry_after: 300 }
    ));
    set_password(&door.store, &slow, None).await.unwrap();
    let reloaded = TokenService::load(door.store.clone(), door.clock.clone(), door.bus.clone());
    assert!(
        reloaded
            .await
            .unwrap()
            .authenticate_cookie(cookie, here())
            .is_none()
    );
    assert!(!door.passwords.is_set().await.unwrap());
}

#[tokio::test]
async fn signing_out_forgets_a_device_that_came_in_by_password() {
    let door = door().await;
    set_password(&door.store, &SlowHash::default(), Some("long enough"))
        .await
        .unwrap();
    let session = door
        .passwords
        .log_in("long enough", here(), "Firefox")
        .await
        .unwrap();
    assert_eq!(door.tokens.count(), 1);
    door.tokens
        .end_web_session(session.cookie.expose_secret())
        .await
        .unwrap();
    assert_eq!(door.tokens.count(), 0);
}

#[tokio::test]
async fn only_so_many_codes_live_at_once() {
    let door = door().await;
    let first = door
        .pairing
        .mint(Grant::default())
        .await
        .unwrap()
        .code
        .to_string();
    for _ in 0..5 {
        door.pairing.mint(Grant::default()).await.unwrap();
    }
    assert_eq!(
        door.store.list_codes(door.clock.now()).await.unwrap().len(),
        5
    );
    assert!(
        door.pairing
            .redeem(&first, here(), None, None)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn no_code_is_minted_at_the_start_when_pairing_is_off() {
    let door = door().await;
    let mut config = Config::default();
    config.gateway.require_pairing = false;
    let pairing = PairingService::new(
        door.store.clone(),
        door.clock.clone(),
        ConfigHandle::new(config),
        Arc::clone(&door.tokens),
        SlowHash::default(),
    );
    assert!(pairing.mint_first().await.unwrap().is_none());
    assert!(door.config.current().gateway.require_pairing);
}
