//! Changes the configuration while the gateway runs: the file is edited, proved as a whole, written
//! and put in force, one change after another. A change by hand in the meantime is not lost.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use secrecy::{ExposeSecret as _, SecretString};

use super::{
    CliOverrides, Config, ConfigHandle, Home, Loaded,
    document::{self, DocumentError, parse, unreadable},
    fault::{Fault, in_words},
    keys,
    load::{read_layers, read_text},
    place::{path_in, put, removed, without_section},
    remark::Origin,
    restart,
    value::{Typed, Value},
    vault::Vault,
    view,
};
use crate::model::DeviceId;

/// How often a change begins anew because the file changed under it.
const TRIES: usize = 5;

/// What the configuration is laid together from.
#[derive(Clone, Debug)]
pub struct ConfigSources {
    /// The data folder, with `config.toml`.
    pub home: Home,
    /// The environment.
    pub env: BTreeMap<String, String>,
    /// The command line.
    pub cli: CliOverrides,
}

/// One change of `config.toml`. Names are the canonical ones.
#[derive(Clone, Debug)]
pub enum Edit {
    /// Sets a setting to a text.
    Set(String, String),
    /// Sets a setting to a whole number.
    SetWhole(String, i64),
    /// Sets a setting to a list.
    SetList(String, Vec<String>),
    /// Sets a secret, which is sealed.
    SetSecret(String, SecretString),
    /// Removes a setting, so that its default holds again.
    Remove(String),
    /// Removes a section with all its settings.
    RemoveSection(String),
}

impl Edit {
    fn key(&self) -> &str {
        match self {
            Self::Set(key, _)
            | Self::SetWhole(key, _)
            | Self::SetList(key, _)
            | Self::SetSecret(key, _)
            | Self::Remove(key)
            | Self::RemoveSection(key) => key,
        }
    }

    fn typed(&self) -> Option<Typed> {
        match self {
            Self::Set(_, text) => Some(Typed::Text(text.clone())),
            Self::SetWhole(_, number) => Some(Typed::Whole(*number)),
            Self::SetSecret(_, text) => Some(Typed::Text(text.expose_secret().to_owned())),
            Self::SetList(_, items) => Some(Typed::List(
                items.iter().cloned().map(Typed::Text).collect(),
            )),
            Self::Remove(_) | Self::RemoveSection(_) => None,
        }
    }
}

/// What a change came to.
#[derive(Clone, Debug)]
pub struct Changed {
    /// The configuration in force now.
    pub config: Arc<Config>,
    /// The settings that differ, by dotted name.
    pub keys: Vec<String>,
    /// The device that wanted it, where one is known.
    pub by: Option<DeviceId>,
    /// The settings that wait for the next start.
    pub restart_needed: Vec<String>,
    /// Why what stands in `config.toml` now is not in force; none when it is. Nothing changed then.
    pub refused: Vec<Fault>,
    /// Something is different from before, if only a comment in the file.
    pub news: bool,
}

/// What is known of the file without looking at the disk.
#[derive(Clone, Debug, Default)]
pub struct Glance {
    /// The settings that wait for the next start.
    pub restart_needed: Vec<String>,
    /// Why the file as it stands is not in force, in words; none when it is.
    pub refused: Option<String>,
}

/// What `config.toml` was when it was last looked at.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The last text that was good.
    pub(super) text: String,
    /// What it comes to with the other layers on it.
    pub(super) loaded: Option<Arc<Loaded>>,
    /// A later text that is not, by its tag.
    pub(super) refused: Option<(String, Vec<Fault>)>,
}

/// Called with every configuration that was put in force, before the next change begins.
type Applied = dyn Fn(&Changed) + Send + Sync;

/// Changes the configuration, one change after another.
pub struct ConfigKeeper {
    pub(super) sources: ConfigSources,
    pub(super) handle: ConfigHandle,
    applied: Box<Applied>,
    /// Held for a whole change, so that one comes after another.
    turn: Mutex<Seen>,
    glance: Mutex<Glance>,
}

impl fmt::Debug for ConfigKeeper {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let folder = self.sources.home.folder();
        out.debug_tuple("ConfigKeeper").field(&folder).finish()
    }
}

impl ConfigKeeper {
    /// Over these sources. `applied` is told of every change.
    pub fn new(
        sources: ConfigSources,
        handle: ConfigHandle,
        applied: impl Fn(&Changed) + Send + Sync + 'static,
    ) -> Self {
        let keeper = Self {
            sources,
            handle,
            applied: Box::new(applied),
            turn: Mutex::default(),
            glance: Mutex::default(),
        };
        if let Ok(text) = read_text(&keeper.sources.home.config_file())
            && let Ok(loaded) = keeper.load(&text)
        {
            let waiting = restart::waiting(&keeper.handle.current(), &loaded.config);
            keeper.note(waiting, None);
            keeper.turn().remember(text, loaded);
        }
        keeper
    }

    pub(super) fn turn(&self) -> MutexGuard<'_, Seen> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of the file without looking at the disk.
    pub fn glance(&self) -> Glance {
        let glance = self.glance.lock();
        glance.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, restart_needed: Vec<String>, refused: Option<String>) {
        let mut glance = self.glance.lock().unwrap_or_else(PoisonError::into_inner);
        *glance = Glance {
            restart_needed,
            refused,
        };
    }

    /// The same as [`Self::change_by`], at the wish of nobody that is known.
    pub fn change<E: From<DocumentError>>(
        &self,
        plan: impl Fn(&Loaded) -> Result<Vec<Edit>, E>,
    ) -> Result<Changed, E> {
        self.change_by(None, plan)
    }

    /// Changes `config.toml` at the wish of the device `by` as `plan` says, which is shown the file as it stands with the other
    /// layers on it, and puts the outcome in force. All of it happens or nothing. Waits for the
    /// disk, so not for a thread that others need.
    pub fn change_by<E: From<DocumentError>>(
        &self,
        by: Option<DeviceId>,
        plan: impl Fn(&Loaded) -> Result<Vec<Edit>, E>,
    ) -> Result<Changed, E> {
        let mut seen = self.turn();
        let (edits, loaded) = self.write(plan)?;
        let secrets: Vec<String> = edits
            .iter()
            .filter(|edit| matches!(edit, Edit::SetSecret(..)))
            .map(|edit| edit.key().to_owned())
            .collect();
        Ok(self.adopt(&mut seen, loaded, &secrets, by))
    }

    /// Puts in force what `config.toml` comes to, and tells of it. `secrets` are those that changed,
    /// since they look the same before and after.
    pub(super) fn adopt(
        &self,
        seen: &mut Seen,
        loaded: Loaded,
        secrets: &[String],
        by: Option<DeviceId>,
    ) -> Changed {
        let loaded = self.sealed(loaded);
        let mut changed = self.put_in_force(secrets, loaded.config.clone(), by);
        changed.news = !changed.keys.is_empty() || seen.refused.is_some();
        self.note(changed.restart_needed.clone(), None);
        let before = std::mem::take(&mut seen.text);
        match read_text(&self.sources.home.config_file()) {
            Ok(text) => seen.remember(text, loaded),
            Err(problem) => tracing::warn!("{problem}"),
        }
        changed.news |= seen.text != before;
        (self.applied)(&changed);
        changed
    }

    /// Tells that what stands in the file is not put in force.
    pub(super) fn tell_refused(&self, refused: Vec<Fault>) {
        let words = (!refused.is_empty()).then(|| in_words(&refused));
        let restart_needed = self.glance().restart_needed;
        self.note(restart_needed.clone(), words);
        (self.applied)(&Changed {
            config: self.handle.current(),
            keys: Vec::new(),
            by: None,
            restart_needed,
            refused,
            news: true,
        });
    }

    fn write<E: From<DocumentError>>(
        &self,
        plan: impl Fn(&Loaded) -> Result<Vec<Edit>, E>,
    ) -> Result<(Vec<Edit>, Loaded), E> {
        let home = &self.sources.home;
        let file = home.config_file();
        let _guard = home.guard_config().map_err(DocumentError::Io)?;
        let read = || read_text(&file).map_err(unreadable);
        let mut before = read()?;
        for _ in 0..TRIES {
            let loaded = self.load(&before).map_err(DocumentError::Broken)?;
            let edits = plan(&loaded)?;
            let after = self.edited(&before, &edits)?;
            let outcome = self.load(&after).map_err(DocumentError::Invalid)?;
            in_effect(&edits, &outcome)?;
            // An editor knows nothing of our lock.
            let now = read()?;
            if now != before {
                before = now;
                continue;
            }
            if after != before {
                document::replace(home, &before, &after, &outcome.config)
                    .map_err(DocumentError::Io)?;
            }
            return Ok((edits, outcome));
        }
        Err(DocumentError::Restless.into())
    }

    pub(super) fn load(&self, text: &str) -> Result<Loaded, super::ConfigErrors> {
        let ConfigSources { home, env, cli } = &self.sources;
        let (file, vault) = (home.config_file(), Vault::of(home));
        read_layers(&file, text, env, cli.clone(), &vault)
    }

    fn edited(&self, text: &str, edits: &[Edit]) -> Result<String, DocumentError> {
        let mut text = text.to_owned();
        for edit in edits {
            let key = edit.key();
            let path = path_in(&parse(&text)?, key);
            let without = match edit {
                Edit::Remove(_) => removed(&text, &path)?,
                Edit::RemoveSection(_) => without_section(&text, &path)?,
                _ => None,
            };
            if let Some(without) = without {
                text = without;
            }
            if let Some(typed) = edit.typed() {
                let value = document::sealed(&self.sources.home, key, &typed)?;
                let mut document = parse(&text)?;
                put(document.as_table_mut(), key, &path, value.to_toml())?;
                text = document.to_string();
            }
        }
        Ok(text)
    }

    /// A secret that came into the file by hand does not stay there as plain text.
    fn sealed(&self, mut loaded: Loaded) -> Loaded {
        if loaded.plain_secrets.is_empty() {
            return loaded;
        }
        match document::seal_plain(&self.sources.home, &loaded.plain_secrets) {
            Ok(sealed) => loaded.plain_secrets.retain(|key| !sealed.contains(key)),
            Err(error) => tracing::warn!(%error, "secrets stay plain text in config.toml"),
        }
        loaded
    }

    fn put_in_force(
        &self,
        secrets: &[String],
        mut config: Config,
        by: Option<DeviceId>,
    ) -> Changed {
        let before = self.handle.current();
        let restart_needed = restart::waiting(&before, &config);
        // The listener, among others, stays where it is until the next start.
        restart::carry_over(&before, &mut config);
        let keys = differing(&before, &config, secrets);
        self.handle.replace(config);
        Changed {
            config: self.handle.current(),
            keys,
            by,
            restart_needed,
            refused: Vec::new(),
            news: false,
        }
    }
}

impl Seen {
    fn remember(&mut self, text: String, loaded: Loaded) {
        *self = Self {
            text,
            loaded: Some(Arc::new(loaded)),
            refused: None,
        };
    }
}

/// Refuses a change that another layer would hide.
fn in_effect(edits: &[Edit], outcome: &Loaded) -> Result<(), DocumentError> {
    for edit in edits {
        let key = edit.key();
        let by_secret = || {
            let (name, _) = keys::provider_key(key)?;
            let variable = outcome.config.providers.get(name)?.key_from.clone()?;
            Some(Origin::Variable(variable))
        };
        let by = match edit {
            Edit::SetSecret(..) => by_secret(),
            Edit::RemoveSection(_) => None,
            _ => {
                let origin = outcome.origins.get(key).cloned();
                origin.filter(|origin| matches!(origin, Origin::Variable(_) | Origin::Option(_)))
            }
        };
        let wanted = match edit {
            Edit::Set(_, text) => Some(Value::Text(text.clone())),
            Edit::SetWhole(_, number) => Some(Value::Whole(*number)),
            Edit::SetList(_, items) => Some(Value::List(items.clone())),
            _ => None,
        };
        let holds = wanted.is_some() && view::setting(&outcome.config, key) == wanted;
        if let Some(by) = by.filter(|_| !holds) {
            let key = key.to_owned();
            return Err(DocumentError::Overruled { key, by });
        }
    }
    Ok(())
}

/// Secrets look the same before and after, so those that changed are named.
fn differing(before: &Config, after: &Config, secrets: &[String]) -> Vec<String> {
    let settings = |config: &Config| -> BTreeMap<String, Value> {
        view::settings(config).into_iter().collect()
    };
    let (before, after) = (settings(before), settings(after));
    let names: BTreeSet<String> = before
        .keys()
        .chain(after.keys())
        .filter(|key| before.get(*key) != after.get(*key))
        .cloned()
        .chain(secrets.iter().cloned())
        .collect();
    names.into_iter().collect()
}

#[cfg(test)]
mod tests;
