//! `clawgate password set|clear`: the dashboard's second way in.

use std::{
    collections::BTreeMap,
    io::{self, BufRead as _, IsTerminal as _},
    process::ExitCode,
};

use clap::Subcommand;

use super::{CliError, open_store, output};
use crate::{
    clock::SystemClock,
    security::{PasswordError, SlowHash, set_password},
    store::Store,
};

/// Sets the password, and shows out who came in by the old one. A gateway that runs beside
/// notices within a second.
pub async fn set(store: &Store, password: &str) -> Result<(), PasswordError> {
    set_password(store, &SystemClock, &SlowHash::default(), Some(password)).await
}

/// Removes the password, and shows out who came in by it.
pub async fn clear(store: &Store) -> Result<(), PasswordError> {
    set_password(store, &SystemClock, &SlowHash::default(), None).await
}

/// What to do with the password.
#[derive(Clone, Debug, Subcommand)]
pub enum PasswordCommand {
    /// Set it; asked for at the terminal, or read from the first line of standard input
    Set,
    /// Remove it
    Clear,
}

pub(super) async fn run(
    command: PasswordCommand,
    env: &BTreeMap<String, String>,
) -> Result<ExitCode, CliError> {
    let (_, _, store) = open_store(env).await?;
    let done = match command {
        PasswordCommand::Set => {
            let password = ask()?;
            set(&store, &password).await.map(|()| "the password is set")
        }
        PasswordCommand::Clear => clear(&store).await.map(|()| "the password is removed"),
    };
    let said = done.map_err(|error| match error {
        PasswordError::Store(error) => CliError::Store(error),
        error => CliError::Usage(error.to_string()),
    })?;
    store.close().await;
    output::line(said)?;
    Ok(ExitCode::SUCCESS)
}

/// The password, typed twice at a terminal, or once on standard input.
fn ask() -> Result<String, CliError> {
    let unreadable = |error: io::Error| CliError::Start(format!("the password: {error}"));
    if !io::stdin().is_terminal() {
        let mut line = String::new();
        io::stdin()
            .lock()
            .read_line(&mut line)
            .map_err(unreadable)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let first = rpassword::prompt_password("New password: ").map_err(unreadable)?;
    let second = rpassword::prompt_password("Once more: ").map_err(unreadable)?;
    if first != second {
        return Err(CliError::Usage(
            "the two differ; nothing was changed".to_owned(),
        ));
    }
    Ok(first)
}
