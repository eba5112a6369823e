//! `clawgate config`: where the configuration is, what it says, changing it, checking it.

use std::{collections::BTreeMap, process::ExitCode};

use clap::Subcommand;

use super::{CliError, output};
use crate::config::{self, CliOverrides, Home, Loaded, document, example, keys, view};

/// What to do with the configuration.
#[derive(Clone, Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print where config.toml is (whether or not it exists yet)
    Path,
    /// Print the value in force of a setting, or all settings; secrets are masked
    Get {
        /// The setting's dotted name, such as gateway.port
        key: Option<String>,
    },
    /// Change a setting in config.toml; comments and order stay, secrets are sealed
    Set {
        /// The setting's dotted name, such as gateway.port
        key: String,
        /// Its value; a list as a,b or ["a", "b"]; `-` reads it from standard input
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
    /// Remove a setting from config.toml, so that its default holds again
    Unset {
        /// The setting's dotted name, such as gateway.port
        key: String,
    },
    /// Check config.toml and the environment; exit code 2 when something is wrong
    Check,
    /// Print a config.toml with every setting, its default and what it is for
    Example,
}

/// Runs the command.
pub(super) fn run(
    command: ConfigCommand,
    env: &BTreeMap<String, String>,
) -> Result<ExitCode, CliError> {
    let home = Home::locate(env)?;
    match command {
        ConfigCommand::Path => output::line(home.config_file().display())?,
        ConfigCommand::Get { key } => get(&home, env, key.as_deref())?,
        ConfigCommand::Set { key, value } => {
            let value = if value == "-" { typed()? } else { value };
            let home = Home::open(home.folder().to_owned())?;
            document::set(&home, env, &key, &value)?;
            tell_if_overruled(&home, env, &key);
            tell_if_it_waits(&home, &key);
        }
        ConfigCommand::Unset { key } => {
            let home = Home::open(home.folder().to_owned())?;
            if !document::unset(&home, env, &key)? {
                output::say(format_args!(
                    "{key} is not in {}",
                    home.config_file().display()
                ));
            }
        }
        ConfigCommand::Check => check(&home, env)?,
        ConfigCommand::Example => output::text(&example::example())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn read(home: &Home, env: &BTreeMap<String, String>) -> Result<Loaded, CliError> {
    Ok(config::read(home, env, CliOverrides::default())?)
}

fn get(home: &Home, env: &BTreeMap<String, String>, key: Option<&str>) -> Result<(), CliError> {
    let loaded = read(home, env)?;
    let Some(key) = key else {
        return view::settings(&loaded.config)
            .into_iter()
            .try_for_each(|(key, value)| {
                output::line(format_args!("{key} = {}", value.to_toml()))
            });
    };
    if let Some(value) = view::setting(&loaded.config, key) {
        return output::line(value);
    }
    let below = format!("{key}.");
    let mut found = false;
    for (name, value) in view::settings(&loaded.config) {
        if name.starts_with(&below) {
            found = true;
            output::line(format_args!("{name} = {}", value.to_toml()))?;
        }
    }
    if found {
        return Ok(());
    }
    Err(CliError::Usage(if keys::find(key).is_some() {
        format!("{key} is not set")
    } else {
        let near = keys::nearest(key);
        let hint = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
        format!("{key}: unknown key{hint}")
    }))
}

/// A secret need not stand in the shell's history.
fn typed() -> Result<String, CliError> {
    use std::io::Read as _;
    let mut text = String::new();
    std::io::stdin()
        .lock()
        .take(1024 * 1024)
        .read_to_string(&mut text)
        .map_err(|error| CliError::Start(format!("cannot read standard input: {error}")))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// A value that the environment overrules would seem not to have been taken.
fn tell_if_overruled(home: &Home, env: &BTreeMap<String, String>, key: &str) {
    let Ok(loaded) = read(home, env) else { return };
    if let Some(origin @ config::Origin::Variable(_)) = loaded.origins.get(key) {
        output::say(format_args!("note: {key} is overruled by the {origin}"));
    }
}

/// A gateway that runs follows the file, but for what counts at its start.
fn tell_if_it_waits(home: &Home, key: &str) {
    if config::restart::needs_restart(key) && home.running_gateway().is_some() {
        output::say(format_args!(
            "note: {key} counts once the running gateway is started again"
        ));
    }
}

fn check(home: &Home, env: &BTreeMap<String, String>) -> Result<(), CliError> {
    let loaded = read(home, env)?;
    for warning in &loaded.warnings {
        output::say(format_args!("warning: {warning}"));
    }
    for notice in &loaded.notices {
        output::say(format_args!("note: {notice}"));
    }
    for key in &loaded.plain_secrets {
        output::say(format_args!(
            "note: {key} is plain text; the gateway seals it when it starts"
        ));
    }
    config::check_bind(&loaded.config)?;
    let file = home.config_file();
    let state = if file.exists() {
        ""
    } else {
        " (does not exist: defaults)"
    };
    output::line(format_args!("{}{state}: good", file.display()))
}
