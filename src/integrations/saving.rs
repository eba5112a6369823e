//! Setting an integration up: its settings are changed as one, and no others.

use std::{collections::BTreeMap, sync::Arc};

use secrecy::SecretString;

use super::{Integration, Integrations, catalogue::keys_of};
use crate::config::{Edit, Kind, document::DocumentError, keys};

/// Why an integration was not set up.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// There is none of this name.
    #[error("there is no such integration")]
    Unknown,
    /// It has no such setting.
    #[error("{key} is none of its settings{expected}")]
    NotItsOwn {
        /// What was given.
        key: String,
        /// What there is, in words.
        expected: String,
    },
    /// The configuration was not changed.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The change broke off.
    #[error("the change broke off")]
    Broken,
}

impl Integrations {
    /// Changes settings of the integration `id`; no value, or an empty one, takes a setting away.
    pub async fn save(
        &self,
        id: &str,
        values: BTreeMap<String, Option<String>>,
    ) -> Result<Integration, SaveError> {
        if self.find(id).await.is_none() {
            return Err(SaveError::Unknown);
        }
        let keys: Vec<String> = values.keys().cloned().collect();
        let edits = edits(id, values)?;
        let keeper = Arc::clone(&self.inner.parts.keeper);
        let changed = tokio::task::spawn_blocking(move || {
            keeper.change(|_| Ok::<_, DocumentError>(edits.clone()))
        });
        changed.await.map_err(|_| SaveError::Broken)??;
        self.forget(&keys);
        self.find(id).await.ok_or(SaveError::Unknown)
    }
}

fn edits(id: &str, values: BTreeMap<String, Option<String>>) -> Result<Vec<Edit>, SaveError> {
    let own = keys_of(id);
    let mut edits = Vec::new();
    for (key, value) in values {
        if !own.contains(&key.as_str()) {
            let expected = if own.is_empty() {
                ", of which it has none here".to_owned()
            } else {
                format!(": {}", own.join(", "))
            };
            return Err(SaveError::NotItsOwn { key, expected });
        }
        let secret = keys::find(&key).is_some_and(|known| known.kind() == Kind::Secret);
        edits.push(match value.filter(|value| !value.trim().is_empty()) {
            None => Edit::Remove(key),
            Some(value) if secret => Edit::SetSecret(key, SecretString::from(value)),
            Some(value) => Edit::Set(key, value.trim().to_owned()),
        });
    }
    Ok(edits)
}
