//! Devices' rights and ends, and that somebody who may manage the gateway always remains.

use secrecy::{ExposeSecret as _, SecretString};

use super::{super::*, Door, door, here};
use crate::{
    clock::Clock as _,
    model::{DeviceId, Scope, Timestamp},
};

fn scopes(scopes: &[Scope]) -> DevicePatch {
    DevicePatch {
        scopes: Some(scopes.to_vec()),
        ..DevicePatch::default()
    }
}

fn expiry(expires_at: Option<Timestamp>) -> DevicePatch {
    DevicePatch {
        expires_at: Some(expires_at),
        ..DevicePatch::default()
    }
}

async fn owner(door: &Door) -> DeviceId {
    door.paired(Grant::default()).await.device.id
}

#[tokio::test]
async fn nobody_takes_admin_from_himself() {
    let door = door().await;
    let (own, other) = (owner(&door).await, owner(&door).await);
    let chat = scopes(&[Scope::Chat]);
    let refused = door.tokens.update(own, chat.clone(), Some(own)).await;
    assert!(matches!(refused, Err(DeviceError::Own)), "{refused:?}");
    let changed = door.tokens.update(own, chat, Some(other)).await.unwrap();
    assert_eq!(changed.scopes, [Scope::Chat]);
}

#[tokio::test]
async fn the_last_that_may_manage_the_gateway_stays_so() {
    let door = door().await;
    let only = owner(&door).await;
    let reader = door.paired(Grant {
        scopes: vec![Scope::Read],
        ..Grant::default()
    });
    let reader = reader.await.device.id;
    let now = door.clock.now();
    for patch in [scopes(&[Scope::Read]), expiry(Some(now.plus_secs(60)))] {
        let refused = door.tokens.update(only, patch, None).await;
        assert!(
            matches!(refused, Err(DeviceError::LastAdmin)),
            "{refused:?}"
        );
    }
    // What gives it more, or leaves its rights, is no danger.
    let both = scopes(&[Scope::Chat, Scope::Admin]);
    door.tokens.update(only, both, Some(only)).await.unwrap();
    // One that ends before does not take its place; one that lasts longer does.
    let admin = scopes(&[Scope::Admin]);
    door.tokens.update(reader, admin, None).await.unwrap();
    let hour = expiry(Some(now.plus_secs(3600)));
    door.tokens.update(reader, hour, None).await.unwrap();
    let day = expiry(Some(now.plus_secs(24 * 3600)));
    let refused = door.tokens.update(only, day, None).await;
    assert!(
        matches!(refused, Err(DeviceError::LastAdmin)),
        "{refused:?}"
    );
    door.tokens
        .update(reader, expiry(None), None)
        .await
        .unwrap();
    let soon = expiry(Some(now.plus_secs(60)));
    let device = door.tokens.update(only, soon, Some(only)).await.unwrap();
    assert_eq!(device.expires_at, Some(now.plus_secs(60)));
}

#[tokio::test]
async fn an_end_that_comes_closes_what_is_open() {
    let door = door().await;
    let _owner = owner(&door).await;
    let paired = door.paired(Grant::default()).await;
    let token = paired.token.expose_secret();
    let stream = door.tokens.authenticate(token, here()).unwrap().revoked;
    let end = door.clock.now().plus_secs(30);
    let changed = door
        .tokens
        .update(paired.device.id, expiry(Some(end)), None);
    changed.await.unwrap();
    let tasks = crate::tasks::Tasks::new();
    door.tokens.watch(&tasks);
    door.clock.advance(29);
    assert!(door.knows(&paired) && !stream.is_cancelled());
    door.clock.advance(1);
    assert!(!door.knows(&paired));
    let soon = std::time::Duration::from_secs(10);
    tokio::time::timeout(soon, stream.cancelled())
        .await
        .unwrap();
    tasks.stop();
    assert!(tasks.drain(soon).await);
}

#[tokio::test]
async fn rotating_spares_the_browser_that_asks() {
    let door = door().await;
    let id = owner(&door).await;
    let own = door.tokens.open_web_session(id).await.unwrap();
    let other = door.tokens.open_web_session(id).await.unwrap();
    assert_eq!(door.tokens.count_sessions(id), 2);
    let keep = hash_token(own.cookie.expose_secret());
    door.tokens.rotate(id, Some(keep), None).await.unwrap();
    let known = |session: &NewWebSession| {
        let cookie = session.cookie.expose_secret();
        door.tokens.authenticate_cookie(cookie, here()).is_some()
    };
    assert!(known(&own) && !known(&other));
    assert_eq!(door.tokens.count_sessions(id), 1);
}

#[tokio::test]
async fn the_others_are_shown_out() {
    let door = door().await;
    let (own, other) = (owner(&door).await, door.paired(Grant::default()).await);
    let environment = SecretString::from("given from outside");
    door.tokens
        .set_fixed_token(Some(&environment))
        .await
        .unwrap();
    let mine = door.tokens.open_web_session(own).await.unwrap();
    let theirs = door.tokens.open_web_session(other.device.id).await.unwrap();
    let keep = Some(hash_token(mine.cookie.expose_secret()));
    let known = |session: &NewWebSession| {
        let cookie = session.cookie.expose_secret();
        door.tokens.authenticate_cookie(cookie, here()).is_some()
    };
    let out = door.tokens.show_others_out(Some(own), keep, false).await;
    let sessions_only = ShownOut {
        sessions: 1,
        devices: 0,
    };
    assert_eq!(out.unwrap(), sessions_only);
    assert!(known(&mine) && !known(&theirs) && door.knows(&other));
    let out = door.tokens.show_others_out(Some(own), keep, true).await;
    let devices_too = ShownOut {
        sessions: 0,
        devices: 1,
    };
    assert_eq!(out.unwrap(), devices_too);
    assert!(known(&mine) && !door.knows(&other));
    let outside = environment.expose_secret();
    assert!(door.tokens.authenticate(outside, here()).is_some());
}

#[tokio::test]
async fn open_sockets_are_counted_and_their_ends_noted() {
    let door = door().await;
    let paired = door.paired(Grant::default()).await;
    let id = paired.device.id;
    let token = paired.token.expose_secret();
    let principal = door.tokens.authenticate(token, here()).unwrap().principal;
    let mut news = door.bus.subscribe(None);
    let one = door.tokens.connected(&principal, here());
    let two = door.tokens.connected(&principal, here());
    assert_eq!(door.tokens.open_sockets(id), 2);
    drop(one);
    assert_eq!(door.tokens.open_sockets(id), 1);
    door.clock.advance(600);
    drop(two);
    assert_eq!(door.tokens.open_sockets(id), 0);
    let seen = door.tokens.find(id).unwrap().last_seen_at;
    assert_eq!(seen, Some(door.clock.now()));
    let told = format!("{:?}", news.next_batch(10).await);
    for (change, times) in [("\"connected", 1), ("\"disconnected", 1)] {
        // Bytes are shown with their quotes escaped.
        let shown = change.replace('"', "\\\"");
        assert_eq!(told.matches(&shown).count(), times, "{change}: {told}");
    }
}
