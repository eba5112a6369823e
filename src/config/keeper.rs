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
mod tests {
    use std::{fs, sync::atomic::AtomicUsize, sync::atomic::Ordering};

    use super::*;
    use crate::config;

    fn keeper(text: &str, env: &[(&str, &str)]) -> (tempfile::TempDir, ConfigKeeper) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path().to_owned()).unwrap();
        fs::write(home.config_file(), text).unwrap();
        let env: BTreeMap<String, String> = env
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let loaded = config::load(&home, &env, CliOverrides::default()).unwrap();
        let sources = ConfigSources {
            home,
            env,
            cli: CliOverrides::default(),
        };
        let handle = ConfigHandle::new(loaded.config);
        (folder, ConfigKeeper::new(sources, handle, |_| ()))
    }

    fn text(keeper: &ConfigKeeper) -> String {
        fs::read_to_string(keeper.sources.home.config_file()).unwrap()
    }

    fn set(key: &str, value: &str) -> Edit {
        Edit::Set(key.to_owned(), value.to_owned())
    }

    fn change(keeper: &ConfigKeeper, edits: &[Edit]) -> Result<Changed, DocumentError> {
        keeper.change(|_| Ok(edits.to_vec()))
    }

    #[test]
    fn all_edits_are_written_and_put_in_force_together() {
        let (_folder, keeper) = keeper("# mine\n[agent]\nmodel = \"old\" # why\n", &[]);
        let key = "providers.main.api_key".to_owned();
        let changed = change(
            &keeper,
            &[
                set("providers.main.kind", "openai"),
                Edit::SetSecret(key.clone(), SecretString::from("sk-typed")),
                set("agent.provider", "main"),
                set("agent.model", "new"),
            ],
        )
        .unwrap();
        assert!(changed.keys.contains(&key) && changed.keys.contains(&"agent.model".to_owned()));
        let config = keeper.handle.current();
        let secret = config.providers["main"].api_key.as_ref().unwrap();
        assert_eq!(secret.expose_secret(), "sk-typed");
        let text = text(&keeper);
        assert!(
            text.starts_with("# mine\n[agent]\nmodel = \"new\" # why\n"),
            "{text}"
        );
        assert!(
            text.contains("provider = \"main\"") && !text.contains("sk-typed"),
            "{text}"
        );
    }

    #[test]
    fn a_bad_value_changes_nothing_at_all() {
        let before = "[agent]\nmodel = \"old\"\n";
        let (_folder, keeper) = keeper(before, &[]);
        for bad in [
            set("agent.provider", "nobody"),
            set("providers.x.kind", "teapot"),
            set("agent.modle", "x"),
        ] {
            let edits = vec![set("agent.model", "new"), bad];
            assert!(change(&keeper, &edits).is_err());
            assert_eq!(text(&keeper), before);
            assert_eq!(keeper.handle.current().agent.model, "old");
        }
    }

    #[test]
    fn a_file_that_does_not_load_is_left_alone() {
        let (_folder, keeper) = keeper("", &[]);
        fs::write(
            keeper.sources.home.config_file(),
            "[gateway]\nport = \"x\"\n",
        )
        .unwrap();
        let error = change(&keeper, &[set("agent.model", "new")]).unwrap_err();
        assert!(matches!(error, DocumentError::Broken(_)), "{error}");
        assert_eq!(text(&keeper), "[gateway]\nport = \"x\"\n");
    }

    #[test]
    fn a_change_by_hand_is_kept_even_one_in_the_middle_of_ours() {
        let (_folder, keeper) = keeper("[agent]\nmodel = \"old\"\n", &[]);
        let file = keeper.sources.home.config_file();
        fs::write(
            &file,
            "[agent]\nmodel = \"old\"\n# by hand\nmax_iterations = 3\n",
        )
        .unwrap();
        let rounds = AtomicUsize::new(0);
        keeper
            .change(|_| {
                if rounds.fetch_add(1, Ordering::SeqCst) == 0 {
                    let now = fs::read_to_string(&file).unwrap();
                    fs::write(&file, format!("{now}sync_wait_secs = 7\n")).unwrap();
                }
                Ok::<_, DocumentError>(vec![set("agent.model", "new")])
            })
            .unwrap();
        assert_eq!(rounds.load(Ordering::SeqCst), 2);
        let expected =
            "[agent]\nmodel = \"new\"\n# by hand\nmax_iterations = 3\nsync_wait_secs = 7\n";
        assert_eq!(text(&keeper), expected);
        let agent = &keeper.handle.current().agent;
        assert_eq!((agent.max_iterations, agent.sync_wait_secs), (3, 7));
    }

    #[test]
    fn what_the_environment_overrules_is_refused_with_its_name() {
        let env = [
            ("MODEL", "theirs"),
            ("CLAWGATE_PROVIDERS__MAIN__API_KEY", "k"),
        ];
        let (_folder, keeper) = keeper("providers.main.kind = \"openai\"\n", &env);
        let secret = Edit::SetSecret("providers.main.api_key".to_owned(), "new".into());
        for (edit, said) in [
            (set("agent.model", "mine"), "environment variable MODEL,"),
            (
                secret,
                "environment variable CLAWGATE_PROVIDERS__MAIN__API_KEY,",
            ),
        ] {
            let error = change(&keeper, &[edit]).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
        change(&keeper, &[set("agent.model", "theirs")]).unwrap();
    }

    #[test]
    fn a_list_keeps_what_is_written_between_its_items() {
        let before = "[tools.permissions]\ndeny = [ # never\n    \"shell\", # it runs things\n    \"web_fetch\", # it talks\n    \"time\",\n] # so it is\n";
        let (_folder, keeper) = keeper(before, &[]);
        let deny = |names: &[&str]| {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            Edit::SetList("tools.permissions.deny".to_owned(), names)
        };
        change(&keeper, &[deny(&["shell", "time", "todo"])]).unwrap();
        let now = text(&keeper);
        for kept in ["# never", "# it runs things", "# it talks", "] # so it is"] {
            assert!(now.contains(kept), "{now}");
        }
        assert!(now.contains("\n    \"todo\""), "{now}");
        let names = &keeper.handle.current().tools.permissions.deny;
        assert_eq!(*names, ["shell", "time", "todo"]);
        change(&keeper, &[deny(&["shell"])]).unwrap();
        let now = text(&keeper);
        assert!(now.contains("# it talks") && !now.contains("todo"), "{now}");
        // What is in another order is written anew.
        change(&keeper, &[deny(&["glob", "shell"])]).unwrap();
        let names = &keeper.handle.current().tools.permissions.deny;
        assert_eq!(*names, ["glob", "shell"]);
    }

    #[test]
    fn the_listener_stays_where_it_is() {
        let (_folder, keeper) = keeper("", &[]);
        let file = keeper.sources.home.config_file();
        fs::write(file, "gateway.port = 1\ngateway.host = \"0.0.0.0\"\n").unwrap();
        let changed = change(&keeper, &[set("agent.model", "new")]).unwrap();
        assert_eq!(changed.keys, ["agent.model"]);
        assert_eq!(changed.config.gateway.port, 42617);
    }
}
