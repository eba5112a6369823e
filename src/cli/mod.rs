//! The command line: its words, and one file for each command.

pub mod config;
pub mod error;
pub mod gateway;
pub mod output;
pub mod pair;
pub mod password;
pub mod token;

use std::{collections::BTreeMap, ffi::OsString, process::ExitCode};

use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;

pub use error::CliError;

/// The front door and control room of a personal AI agent
#[derive(Clone, Debug, Parser)]
#[command(name = "clawgate", version, arg_required_else_help = true)]
pub struct Cli {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Show, change and check the configuration
    #[command(subcommand)]
    Config(config::ConfigCommand),
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
        match self.command.run(env).await {
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
    #[expect(
        clippy::unused_async,
        reason = "commands that talk to a gateway or the store wait for it"
    )]
    async fn run(self, env: &BTreeMap<String, String>) -> Result<ExitCode, CliError> {
        match self {
            Self::Config(command) => config::run(command, env),
            Self::Completions { shell } => completions(shell),
        }
    }
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
