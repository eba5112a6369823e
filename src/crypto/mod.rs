//! Hashing, randomness, comparison and sealing. Pure functions; keys live elsewhere.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use rand::{TryRng as _, rngs::SysRng};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// Why a cryptographic operation failed. None of them says anything about the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CryptoError {
    /// The operating system gave no randomness.
    #[error("the operating system gave no randomness")]
    Random,
    /// A password could not be hashed.
    #[error("the password could not be hashed")]
    Hash,
    /// A sealed text is damaged or was sealed with another key.
    #[error("the sealed text is damaged, or was sealed with another key")]
    Unseal,
}

/// Fills an array from the operating system's generator.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], CryptoError> {
    let mut bytes = [0_u8; N];
    SysRng
        .try_fill_bytes(&mut bytes)
        .map_err(|_| CryptoError::Random)?;
    Ok(bytes)
}

/// 256 random bits as 43 URL-safe characters.
pub fn random_token() -> Result<String, CryptoError> {
    random_bytes::<32>().map(|bytes| URL_SAFE_NO_PAD.encode(bytes))
}

/// SHA-256 of `data`.
pub fn sha256(data: &[u8]) -> [u8; 32] {
    Sha256::digest(data).into()
}

/// Compares without telling by its duration where two texts differ.
pub fn same(one: &[u8], other: &[u8]) -> bool {
    sha256(one).ct_eq(&sha256(other)).into()
}

/// Argon2id with 19 MiB, two passes, one lane: the first choice of OWASP's password storage
/// cheat sheet. Takes tens of milliseconds: call it on a blocking thread.
pub fn hash_password(password: &str) -> Result<String, CryptoError> {
    hasher()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|_| CryptoError::Hash)
}

/// Whether `password` is the one behind `hash`. As slow as [`hash_password`].
pub fn verify_password(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| hasher().verify_password(password.as_bytes(), &hash).is_ok())
}

fn hasher() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Seals `plain` under `key`, bound to `context` (the name of what is sealed), as text.
pub fn seal(key: &[u8; 32], context: &str, plain: &[u8]) -> Result<String, CryptoError> {
    let nonce = random_bytes::<24>()?;
    let sealed = XChaCha20Poly1305::new(key.into())
        .encrypt(
            &XNonce::from(nonce),
            Payload {
                msg: plain,
                aad: context.as_bytes(),
            },
        )
        .map_err(|_| CryptoError::Hash)?;
    Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
}

/// Opens what [`seal`] made, with the same key and context.
pub fn unseal(key: &[u8; 32], context: &str, sealed: &str) -> Result<Vec<u8>, CryptoError> {
    let bytes = URL_SAFE_NO_PAD
        .decode(sealed)
        .map_err(|_| CryptoError::Unseal)?;
    let (nonce, sealed) = bytes.split_at_checked(24).ok_or(CryptoError::Unseal)?;
    let nonce: [u8; 24] = nonce.try_into().map_err(|_| CryptoError::Unseal)?;
    XChaCha20Poly1305::new(key.into())
        .decrypt(
            &XNonce::from(nonce),
            Payload {
                msg: sealed,
                aad: context.as_bytes(),
            },
        )
        .map_err(|_| CryptoError::Unseal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_and_another_is_not() {
        let hash = hash_password("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify_password("correct horse", &hash));
        assert!(!verify_password("correct house", &hash));
        assert!(!verify_password("correct horse", "rubbish"));
    }

    #[test]
    fn a_seal_opens_only_with_its_key_and_its_context() {
        let sealed = seal(&[7; 32], "providers.main.api_key", b"sk-1").unwrap();
        assert_eq!(
            unseal(&[7; 32], "providers.main.api_key", &sealed).unwrap(),
            b"sk-1"
        );
        assert!(unseal(&[8; 32], "providers.main.api_key", &sealed).is_err());
        assert!(unseal(&[7; 32], "providers.other.api_key", &sealed).is_err());
        assert!(unseal(&[7; 32], "providers.main.api_key", "AAAA").is_err());
    }

    #[test]
    fn tokens_differ() {
        assert_ne!(random_token().unwrap(), random_token().unwrap());
        assert_eq!(random_token().unwrap().len(), 43);
    }
}
