//! Changing the password while the gateway runs.

use secrecy::ExposeSecret as _;

use super::{super::*, Door, door, here};

const OLD: &str = "correct horse";
const NEW: &str = "battery staple";

async fn logged_in(door: &Door, password: &str) -> Result<NewWebSession, PasswordError> {
    door.passwords.log_in(password, here(), "Firefox").await
}

fn asked(given: Option<&str>) -> Current<'_> {
    Current::Asked { given, ip: here() }
}

#[tokio::test]
async fn the_first_one_needs_no_proof_and_the_next_ones_do() {
    let door = door().await;
    let change = |password, current| door.passwords.change(password, current, None, None);
    change(Some(OLD), asked(None)).await.unwrap();
    logged_in(&door, OLD).await.unwrap();
    let without = change(Some(NEW), asked(None)).await;
    assert!(matches!(without, Err(PasswordError::CurrentNeeded)));
    let wrong = change(Some(NEW), asked(Some("wrong horse"))).await;
    assert!(matches!(wrong, Err(PasswordError::Wrong)));
    let short = change(Some("short"), asked(Some(OLD))).await;
    assert!(matches!(short, Err(PasswordError::Length)));
    let long = "x".repeat(PasswordService::LONGEST as usize + 1);
    let long = change(Some(&long), asked(Some(OLD))).await;
    assert!(matches!(long, Err(PasswordError::Length)));
    change(Some(NEW), asked(Some(OLD))).await.unwrap();
    let stale = logged_in(&door, OLD).await.map(|_| ());
    assert!(matches!(stale, Err(PasswordError::Wrong)));
    logged_in(&door, NEW).await.unwrap();
    change(None, Current::NotAsked).await.unwrap();
    assert!(!door.passwords.is_set().await.unwrap());
}

#[tokio::test]
async fn who_came_in_by_the_old_one_is_shown_out_except_who_asks() {
    let door = door().await;
    let change = |password, keep| {
        door.passwords
            .change(password, Current::NotAsked, keep, None)
    };
    change(Some(OLD), None).await.unwrap();
    let own = logged_in(&door, OLD).await.unwrap();
    let other = logged_in(&door, OLD).await.unwrap();
    let paired = door.paired(Grant::default()).await;
    let admitted = |session: &NewWebSession| {
        let cookie = session.cookie.expose_secret();
        door.tokens.authenticate_cookie(cookie, here())
    };
    let stream = admitted(&other).unwrap().revoked;
    change(Some(NEW), Some(own.device_id)).await.unwrap();
    assert!(stream.is_cancelled());
    assert!(admitted(&own).is_some() && admitted(&other).is_none());
    assert!(door.knows(&paired));
    change(None, None).await.unwrap();
    assert!(admitted(&own).is_none() && door.knows(&paired));
}

#[tokio::test]
async fn guessing_the_old_one_locks_out() {
    let door = door().await;
    let change = |given| door.passwords.change(Some(NEW), asked(given), None, None);
    change(None).await.unwrap();
    for _ in 0..3 {
        let wrong = change(Some("wrong horse")).await;
        assert!(matches!(wrong, Err(PasswordError::Wrong)));
    }
    let locked = change(Some(NEW)).await;
    assert!(matches!(
        locked,
        Err(PasswordError::LockedOut { retry_after: 300 })
    ));
    door.clock.advance(300);
    change(Some(NEW)).await.unwrap();
}
