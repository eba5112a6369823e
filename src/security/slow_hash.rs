//! Argon2id off the runtime's threads, and only a few at once: each takes 19 MiB and tens of
//! milliseconds of a core.

use std::sync::Arc;

use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::crypto::{self, CryptoError};

/// Hashes worked on at once.
const AT_ONCE: usize = 2;

/// Hashes and checks passwords and codes. Clones share the bound.
#[derive(Clone, Debug)]
pub struct SlowHash {
    permits: Arc<Semaphore>,
}

impl Default for SlowHash {
    fn default() -> Self {
        Self {
            permits: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl SlowHash {
    /// Hashes a secret.
    pub async fn hash(&self, secret: &str) -> Result<String, CryptoError> {
        let secret = Zeroizing::new(secret.to_owned());
        self.run(move || crypto::hash_password(&secret)).await?
    }

    /// The place of the first of `hashes` that is the secret's. Looks at all of them, so that its
    /// duration does not tell which.
    pub async fn find(
        &self,
        secret: &str,
        hashes: Vec<String>,
    ) -> Result<Option<usize>, CryptoError> {
        let secret = Zeroizing::new(secret.to_owned());
        self.run(move || {
            let check = |hash: &String| crypto::verify_password(&secret, hash);
            let checked: Vec<bool> = hashes.iter().map(check).collect();
            checked.iter().position(|right| *right)
        })
        .await
    }

    async fn run<T, F>(&self, work: F) -> Result<T, CryptoError>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let permit = permit.map_err(|_| CryptoError::Hash)?;
        let work = move || {
            // Held by the work itself: a caller that leaves does not make room for another.
            let _permit = permit;
            work()
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| CryptoError::Hash)
    }
}
