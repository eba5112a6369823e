//! Secrets at rest: `secret.key` and the sealed values that `config.toml` holds instead of what
//! was typed.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::home::{Home, io_error, private_file};
use crate::crypto::{self, CryptoError};

/// How a sealed value begins.
pub const SEALED: &str = "enc:v1:";

/// Why a secret could not be sealed or opened. None of them holds any part of it.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// There is no `secret.key`.
    #[error("{} is missing", .0.display())]
    NoKey(PathBuf),
    /// `secret.key` does not hold 64 hex digits.
    #[error("{} does not hold a key of 64 hex digits", .0.display())]
    BadKey(PathBuf),
    /// The value was sealed with another key, for another setting, or is damaged.
    #[error("it was sealed with another secret.key, or is damaged")]
    Sealed,
    /// The file could not be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The operating system gave no randomness.
    #[error(transparent)]
    Crypto(CryptoError),
}

/// Seals and opens secrets with the key in the data folder.
#[derive(Clone, Debug)]
pub struct Vault {
    path: PathBuf,
}

impl Vault {
    /// The vault of a data folder. Nothing is read or written yet.
    pub fn of(home: &Home) -> Self {
        Self {
            path: home.secret_key(),
        }
    }

    /// Seals `plain` for the setting `key`, creating `secret.key` when there is none.
    pub fn seal(&self, key: &str, plain: &str) -> Result<String, VaultError> {
        let secret = match self.key() {
            Err(VaultError::NoKey(_)) => {
                self.create()?;
                self.key()?
            }
            other => other?,
        };
        let sealed = crypto::seal(&secret, key, plain.as_bytes()).map_err(VaultError::Crypto)?;
        Ok(format!("{SEALED}{sealed}"))
    }

    /// Opens what [`Vault::seal`] made for the setting `key`.
    pub fn open(&self, key: &str, sealed: &str) -> Result<SecretString, VaultError> {
        let sealed = sealed.strip_prefix(SEALED).ok_or(VaultError::Sealed)?;
        let plain = crypto::unseal(&*self.key()?, key, sealed).map_err(|_| VaultError::Sealed)?;
        String::from_utf8(plain)
            .map(SecretString::from)
            .map_err(|_| VaultError::Sealed)
    }

    fn key(&self) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => Zeroizing::new(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(VaultError::NoKey(self.path.clone()));
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(VaultError::BadKey(self.path.clone()));
            }
            Err(error) => return Err(io_error("read", &self.path, &error).into()),
        };
        let mut key = Zeroizing::new([0_u8; 32]);
        hex::decode_to_slice(text.trim(), key.as_mut_slice())
            .map_err(|_| VaultError::BadKey(self.path.clone()))?;
        Ok(key)
    }

    /// Another process may create it at the same moment: the first one wins, and a half-written
    /// key is never seen.
    fn create(&self) -> Result<(), VaultError> {
        let secret = Zeroizing::new(crypto::random_bytes::<32>().map_err(VaultError::Crypto)?);
        let text = Zeroizing::new(format!(
            "{}\n",
            &*Zeroizing::new(hex::encode(secret.as_slice()))
        ));
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let temporary = private_file(folder, "secret.key", text.as_bytes())?;
        let linked = fs::hard_link(&temporary, &self.path);
        fs::remove_file(&temporary).ok();
        match linked {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                Err(io_error("create", &self.path, &error).into())
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn vault() -> (tempfile::TempDir, Vault) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path().to_owned()).unwrap();
        let vault = Vault::of(&home);
        (folder, vault)
    }

    #[test]
    fn a_sealed_secret_opens_for_its_own_setting_only() {
        let (_folder, vault) = vault();
        let sealed = vault.seal("providers.main.api_key", "sk-1").unwrap();
        assert!(sealed.starts_with(SEALED) && !sealed.contains("sk-1"));
        let opened = vault.open("providers.main.api_key", &sealed).unwrap();
        assert_eq!(opened.expose_secret(), "sk-1");
        let other = vault.open("providers.other.api_key", &sealed);
        assert!(matches!(other, Err(VaultError::Sealed)));
    }

    #[test]
    fn the_key_is_made_once_and_is_for_the_owner_only() {
        let (folder, vault) = vault();
        vault.seal("a", "x").unwrap();
        let path = folder.path().join("secret.key");
        let first = fs::read_to_string(&path).unwrap();
        vault.seal("a", "y").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), first);
        assert_eq!(first.trim().len(), 64);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
    }

    #[test]
    fn a_missing_or_damaged_key_is_said_so_and_never_replaced_when_opening() {
        let (folder, vault) = vault();
        let sealed = vault.seal("a", "x").unwrap();
        let path = folder.path().join("secret.key");
        fs::remove_file(&path).unwrap();
        assert!(matches!(
            vault.open("a", &sealed),
            Err(VaultError::NoKey(_))
        ));
        assert!(!path.exists());
        fs::write(&path, "rubbish").unwrap();
        assert!(matches!(
            vault.open("a", &sealed),
            Err(VaultError::BadKey(_))
        ));
        assert!(matches!(vault.seal("a", "x"), Err(VaultError::BadKey(_))));
        assert_eq!(fs::read_to_string(&path).unwrap(), "rubbish");
    }
}
