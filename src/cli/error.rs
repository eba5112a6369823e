//! Why a command ended early, and the exit code that says so.

use std::process::ExitCode;

use crate::{
    config::{ConfigErrors, HomeError, PublicBindRefused, document::DocumentError},
    store::StoreError,
};

/// Why a command ended early.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The configuration is wrong. Exit code 2.
    #[error(transparent)]
    Config(#[from] ConfigErrors),
    /// `config.toml` was not changed. Exit code 2.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The gateway would listen where others can reach it. Exit code 2.
    #[error(transparent)]
    PublicBind(#[from] PublicBindRefused),
    /// A setting or argument names nothing. Exit code 2.
    #[error("{0}")]
    Usage(String),
    /// The data folder cannot be used. Exit code 1.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// Something else the command needs is not to be had. Exit code 1.
    #[error("{0}")]
    Start(String),
    /// The database cannot be used. Exit code 1.
    #[error("{0}{chain}", chain = causes(.0))]
    Store(#[from] StoreError),
    /// Ctrl-C. Exit code 130.
    #[error("interrupted")]
    Interrupted,
    /// Whoever read the output went away. Exit code 0.
    #[error("nobody reads the output")]
    NobodyReads,
}

impl CliError {
    /// 0 to end quietly, 1 could not start, 2 configuration, 130 interrupted.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::NobodyReads => 0,
            Self::Document(DocumentError::Io(_) | DocumentError::Vault(_))
            | Self::Home(_)
            | Self::Store(_)
            | Self::Start(_) => 1,
            Self::Config(_) | Self::Document(_) | Self::PublicBind(_) | Self::Usage(_) => 2,
            Self::Interrupted => 130,
        })
    }
}

/// What an error says of its causes: a person at a terminal has no log to look into.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = String::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
