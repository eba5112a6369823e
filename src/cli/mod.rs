//! The command line: its words, and one file for each command.

pub mod banner;
pub mod chat;
pub mod config;
pub mod cron;
pub mod doctor;
pub mod error;
pub mod gateway;
pub mod openapi;
pub mod output;
pub mod pair;
pub mod password;
pub mod token;

use std::{collections::BTreeMap, ffi::OsString, process::ExitCode};

use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;

pub use error::CliError;

use crate::{
    config::{CliOverrides, Home, Loaded},
    store::Store,
    telemetry::Metrics,
};

/// The front door and control room of a personal AI agent
///
/// Without a command it is `clawgate gateway`.
#[derive(Clone, Debug, Parser)]
#[command(name = "clawgate", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// The command.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to run the gateway.
    #[command(flatten)]
    pub gateway: gateway::GatewayArgs,
}

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Run the gateway
    Gateway(gateway::GatewayArgs),
    /// Talk to the agent in the terminal, beside a running gateway or without one
    Chat(chat::ChatArgs),
    /// Print a code that pairs one more device, beside a running gateway or without one
    Pair(pair::PairArgs),
    /// List and revoke the tokens of paired devices
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Set or remove the dashboard's password, a second way in
    #[command(subcommand)]
    Password(password::PasswordCommand),
    /// Show, change and check the configuration
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Schedule jobs, look at them and at their runs, beside a running gateway or without one
    #[command(subcommand)]
    Cron(cron::CronCommand),
    /// Look for what is wrong, beside a running gateway or without one; exit code 1 when something is
    Doctor(doctor::DoctorArgs),
    /// Print the API document
    Openapi(openapi::OpenapiArgs),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

impl Cli {
    /// Understands the arguments of the process. The error is the exit code to end with; what is
    /// to be said (help, version, a mistake) was said.
    pub fn from_arguments(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, ExitCode> {
        Self::try_parse_from(arguments).map_err(|error| {
            // Printing fails only when nobody reads.
            let _ = error.print();
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
        })
    }

    /// Runs the command with this environment and says what stopped it, if something did.
    pub async fn run(self, env: &BTreeMap<String, String>) -> ExitCode {
        let command = self.command.unwrap_or(Command::Gateway(self.gateway));
        match command.run(env).await {
            Ok(code) => code,
            Err(error) => {
                if !matches!(error, CliError::NobodyReads | CliError::Interrupted) {
                    output::say(format_args!("clawgate: {error}"));
                }
                error.exit_code()
            }
        }
    }
}

impl Command {
    async fn run(self, env: &BTreeMap<String, String>) -> Result<ExitCode, CliError> {
        match self {
            Self::Gateway(args) => gateway::run(&args, env).await,
            Self::Chat(args) => chat::run(args, env).await,
            Self::Pair(args) => pair::run(args, env).await,
            Self::Token(command) => token::run(command, env).await,
            Self::Password(command) => password::run(command, env).await,
            Self::Config(command) => config::run(command, env),
            Self::Cron(command) => cron::run(command, env).await,
            Self::Doctor(args) => doctor::run(args, env).await,
            Self::Openapi(args) => openapi::run(args).await,
            Self::Completions { shell } => completions(shell),
        }
    }
}

/// The data folder, its configuration and its database, for a command that may run beside a
/// gateway.
async fn open_store(env: &BTreeMap<String, String>) -> Result<(Home, Loaded, Store), CliError> {
    let home = Home::locate(env)?;
    let home = Home::open(home.folder().to_owned())?;
    let loaded = crate::config::read(&home, env, CliOverrides::default())?;
    let store = Store::open(&home.database(), Metrics::new(false)).await?;
    Ok((home, loaded, store))
}

fn completions(shell: Shell) -> Result<ExitCode, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "clawgate", &mut script);
    output::text(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_command_line_fit_together() {
        Cli::command().debug_assert();
    }
}
