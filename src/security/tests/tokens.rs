//! Tokens, cookies and the password, over a database.

use secrecy::{ExposeSecret as _, SecretString};

use super::{super::*, door, here};
use crate::{
    clock::Clock as _,
    model::{DeviceId, Scope},
};

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
    door.tokens.revoke(paired.device.id, None).await.unwrap();
    assert!(stream.is_cancelled() && socket.is_cancelled() && !spared.is_cancelled());
    assert!(!door.knows(&paired) && door.knows(&other));
    assert!(door.tokens.authenticate_cookie(cookie, here()).is_none());
    let gone = door
        .tokens
        .revoke(DeviceId::fresh(), None)
        .await
        .unwrap_err();
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
    assert!(
        door.store
            .delete_device(
                paired.device.id,
                door.tokens
                    .audit(None, "device.revoked", &"x", serde_json::json!({}))
            )
            .await
            .unwrap()
    );
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
    let new = door.tokens.rotate(old.device.id, None, None).await.unwrap();
    assert_eq!(new.device.id, old.device.id);
    assert!(stream.is_cancelled() && !door.knows(&old) && door.knows(&new));
}

#[tokio::test]
async fn fewer_rights_count_at_once_and_end_what_was_open() {
    let door = door().await;
    let _owner = door.paired(Grant::default()).await;
    let paired = door.paired(Grant::default()).await;
    let token = paired.token.expose_secret();
    let stream = door.tokens.authenticate(token, here()).unwrap().revoked;
    let renamed = DevicePatch {
        name: Some("Desk".to_owned()),
        ..DevicePatch::default()
    };
    door.tokens
        .update(paired.device.id, renamed, None)
        .await
        .unwrap();
    assert!(!stream.is_cancelled());
    let less = DevicePatch {
        scopes: Some(vec![Scope::Read]),
        ..DevicePatch::default()
    };
    let device = door
        .tokens
        .update(paired.device.id, less, None)
        .await
        .unwrap();
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
        .update(paired.device.id, none, None)
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
async fn tokens_of_an_older_install_work_and_are_taken_in_once() {
    let door = door().await;
    let hashes = [hex::encode(hash_token("old-token")), "rubbish".to_owned()];
    assert_eq!(door.tokens.import(&hashes).await.unwrap(), 1);
    assert_eq!(door.tokens.import(&hashes).await.unwrap(), 0);
    assert!(door.tokens.authenticate("old-token", here()).is_some());
    let id = door.tokens.list()[0].id;
    door.tokens.revoke(id, None).await.unwrap();
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
        door.tokens.revoke(id, None).await.unwrap_err(),
        DeviceError::Fixed
    ));
    assert!(matches!(
        door.tokens.rotate(id, None, None).await.unwrap_err(),
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
    let short = set_password(&door.store, door.clock.as_ref(), &slow, Some("short"))
        .await
        .unwrap_err();
    assert!(matches!(short, PasswordError::Length));
    set_password(&door.store, door.clock.as_ref(), &slow, Some("long enough"))
        .await
        .unwrap();
    let session = door
        .passwords
        .log_in("long enough", here(), "Firefox")
        .await
        .unwrap();
    let cookie = session.cookie.expose_secret();
    assert!(door.tokens.authenticate_cookie(cookie, here()).is_some());
    let rotated = door
        .tokens
        .rotate(session.device_id, None, None)
        .await
        .unwrap_err();
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
    set_password(&door.store, door.clock.as_ref(), &slow, None)
        .await
        .unwrap();
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
    set_password(
        &door.store,
        door.clock.as_ref(),
        &SlowHash::default(),
        Some("long enough"),
    )
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
