//! The configuration: that it loads, what is odd about it, and that it is in force.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;

use super::blocking;
use crate::{
    config::{
        self, Config, ConfigErrors, Loaded,
        document::DocumentError,
        restart::{AT_START, needs_restart},
        view,
    },
    doctor::{Category, Change, Check, Finding, Fix, Name, Surroundings, surroundings::Whose},
};

pub(super) fn checks(place: &Surroundings) -> Vec<Arc<dyn Check>> {
    let mut checks: Vec<Arc<dyn Check>> = vec![
        Arc::new(Loads),
        Arc::new(Remarks),
        Arc::new(PlainSecrets),
        Arc::new(Bind),
    ];
    if matches!(place.whose, Whose::Ours(_)) && place.keeper.is_some() {
        checks.push(Arc::new(InForce));
    }
    checks
}

/// The configuration as it would be loaded now.
async fn read(place: &Surroundings) -> Result<Result<Loaded, ConfigErrors>, String> {
    let sources = place.sources.clone();
    blocking(move || config::read(&sources.home, &sources.env, sources.cli)).await
}

/// What does not load is said by [`Loads`] alone.
fn not_loaded() -> Finding {
    Finding::info("Not looked at: the configuration does not load.")
}

/// `config.toml` and the environment make a configuration.
struct Loads;

#[async_trait]
impl Check for Loads {
    fn name(&self) -> Name {
        Name::of("config.loads", Category::Config, "Configuration")
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        let file = place.sources.home.config_file();
        let there = file.exists();
        let shown = place.shown(&file.display().to_string());
        match read(place).await {
            Ok(Ok(_)) if there => Finding::ok(format!("{shown} loads.")),
            Ok(Ok(_)) => Finding::ok(format!("{shown} is not there: the defaults hold.")),
            Ok(Err(ConfigErrors(remarks))) => Finding::error(
                "The configuration does not load as it stands: the gateway would not start with \
                 it. What is in force now is the last one that loaded.",
            )
            .with(
                remarks
                    .iter()
                    .map(|one| place.shown(&one.to_string()))
                    .collect(),
            )
            .fixed_by(Fix::on("Open the settings", "/settings")),
            Err(broken) => Finding::warning(broken),
        }
    }
}

/// Keys that mean nothing, secrets that can't be opened, and the like.
struct Remarks;

#[async_trait]
impl Check for Remarks {
    fn name(&self) -> Name {
        Name::of(
            "config.warnings",
            Category::Config,
            "Unknown keys and warnings",
        )
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        let Ok(Ok(loaded)) = read(place).await else {
            return not_loaded();
        };
        let Some(first) = loaded.warnings.first() else {
            return Finding::ok("Every key is known and every secret can be opened.");
        };
        let fix = if first.key.is_empty() {
            Fix::on("Open the settings", "/settings")
        } else {
            Fix::setting("Open the settings", &first.key)
        };
        let count = loaded.warnings.len();
        let text = if count == 1 {
            "Something in the configuration has no effect, or not the one that was meant."
                .to_owned()
        } else {
            format!("{count} things in the configuration have no effect, or not the one meant.")
        };
        let details = loaded.warnings.iter().map(ToString::to_string);
        Finding::warning(text)
            .with(details.map(|one| place.shown(&one)).collect())
            .fixed_by(fix)
    }
}

/// Secrets that anybody can read who gets hold of the file.
struct PlainSecrets;

#[async_trait]
impl Check for PlainSecrets {
    fn name(&self) -> Name {
        Name::of(
            "config.plain_secrets",
            Category::Config,
            "Secrets in config.toml",
        )
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        let Ok(Ok(loaded)) = read(place).await else {
            return not_loaded();
        };
        if loaded.plain_secrets.is_empty() {
            return Finding::ok("No secret stands in config.toml as plain text.");
        }
        Finding::warning(
            "Secrets stand in config.toml as plain text: whoever gets a copy of the file, or of a \
             backup, has them.",
        )
        .with(loaded.plain_secrets)
        .fixed_by(Fix::by_doctor("Seal them", "config.plain_secrets"))
    }

    async fn plan(&self, place: &Surroundings) -> Result<Vec<Change>, String> {
        let loaded = read(place).await?.map_err(|error| error.to_string())?;
        let change = |key| Change {
            what: key,
            before: "plain text".to_owned(),
            after: "sealed with secret.key; its value stays the same".to_owned(),
        };
        Ok(loaded.plain_secrets.into_iter().map(change).collect())
    }

    async fn mend(&self, place: &Surroundings) -> Result<(), String> {
        if place.keeper.is_some() {
            return put_in_force(place).await;
        }
        let sources = place.sources.clone();
        let load = move || config::load(&sources.home, &sources.env, sources.cli);
        let loaded = blocking(load).await?.map_err(|error| error.to_string())?;
        if loaded.plain_secrets.is_empty() {
            return Ok(());
        }
        Err(remarks(&loaded))
    }
}

fn remarks(loaded: &Loaded) -> String {
    let said: Vec<_> = loaded.warnings.iter().map(ToString::to_string).collect();
    said.join(" ")
}

/// Takes `config.toml` over as it stands.
async fn put_in_force(place: &Surroundings) -> Result<(), String> {
    let Some(keeper) = place.keeper.clone() else {
        return Err("No gateway runs here.".to_owned());
    };
    let change = move || keeper.change(|_| Ok::<_, DocumentError>(Vec::new()));
    match blocking(change).await? {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("config.toml was not taken over: {error}.")),
    }
}

/// The next start would be refused.
struct Bind;

#[async_trait]
impl Check for Bind {
    fn name(&self) -> Name {
        Name::of("config.bind", Category::Config, "Where it may listen")
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        let Ok(Ok(loaded)) = read(place).await else {
            return not_loaded();
        };
        match config::check_bind(&loaded.config) {
            Ok(()) => Finding::ok(format!(
                "The gateway may listen on {}.",
                loaded.config.gateway.host
            )),
            Err(refused) => Finding::error(format!(
                "The next start would be refused: {} can be reached by other machines, which \
                 nobody permitted.",
                refused.host
            ))
            .fixed_by(Fix::setting("Change the address", "gateway.host")),
        }
    }
}

/// What stands in the file holds.
struct InForce;

#[async_trait]
impl Check for InForce {
    fn name(&self) -> Name {
        Name::of("config.in_force", Category::Config, "Settings in force")
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        let Ok(Ok(loaded)) = read(place).await else {
            return not_loaded();
        };
        let now = place.settings();
        let restart = restarting(&now, &loaded.config, place);
        let waiting: Vec<String> = differing(&now, &loaded.config)
            .into_iter()
            .map(|(key, _, _)| key)
            .collect();
        if !waiting.is_empty() {
            return Finding::warning(
                "config.toml was changed and these settings are not in force yet.",
            )
            .with(waiting)
            .fixed_by(Fix::by_doctor("Put them in force", "config.in_force"));
        }
        if restart.is_empty() {
            return Finding::ok("What stands in config.toml is in force.");
        }
        Finding::info("These settings hold from the next start on.").with(restart)
    }

    async fn plan(&self, place: &Surroundings) -> Result<Vec<Change>, String> {
        let loaded = read(place).await?.map_err(|error| error.to_string())?;
        let waiting = differing(&place.settings(), &loaded.config);
        let change = |(what, before, after)| Change {
            what,
            before,
            after,
        };
        Ok(waiting.into_iter().map(change).collect())
    }

    async fn mend(&self, place: &Surroundings) -> Result<(), String> {
        put_in_force(place).await
    }
}

fn settings(config: &Config) -> BTreeMap<String, String> {
    let shown = view::settings(config).into_iter();
    shown.map(|(key, value)| (key, value.to_string())).collect()
}

/// Names, values in force and values in the file, masked where secret.
fn differing(now: &Config, file: &Config) -> Vec<(String, String, String)> {
    let (now, file) = (settings(now), settings(file));
    let absent = || "not set".to_owned();
    let mut keys: Vec<&String> = now.keys().chain(file.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter()
        .filter(|key| !needs_restart(key) && now.get(*key) != file.get(*key))
        .map(|key| {
            let of = |from: &BTreeMap<_, _>| from.get(key).cloned().unwrap_or_else(absent);
            (key.clone(), of(&now), of(&file))
        })
        .collect()
}

fn restarting(now: &Config, file: &Config, place: &Surroundings) -> Vec<String> {
    let (now, file) = (settings(now), settings(file));
    // Port 0 is "any": another one is bound by then.
    let any = place.sources.cli.port == Some(0);
    AT_START
        .iter()
        .copied()
        .filter(|key| now.get(*key) != file.get(*key) && !(any && *key == "gateway.port"))
        .map(str::to_owned)
        .collect()
}
