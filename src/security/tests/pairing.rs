//! Pairing codes, over a database.

use std::{net::IpAddr, sync::Arc};

use secrecy::ExposeSecret as _;

use super::{super::*, door, here};
use crate::{
    clock::Clock as _,
    config::{Config, ConfigHandle},
    model::Scope,
};

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
