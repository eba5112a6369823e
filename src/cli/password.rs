//! `clawgate password set|clear`: the dashboard's second way in.

use crate::{
    security::{PasswordError, SlowHash, set_password},
    store::Store,
};

/// Sets the password, and shows out who came in by the old one. A gateway that runs beside
/// notices within a second.
pub async fn set(store: &Store, password: &str) -> Result<(), PasswordError> {
    set_password(store, &SlowHash::default(), Some(password)).await
}

/// Removes the password, and shows out who came in by it.
pub async fn clear(store: &Store) -> Result<(), PasswordError> {
    set_password(store, &SlowHash::default(), None).await
}
