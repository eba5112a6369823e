//! What the commands print: results on standard output, everything else on standard error. A
//! reader that went away (`| head`) ends a command quietly.

use std::{
    fmt,
    io::{self, IsTerminal as _, Write as _},
};

use super::error::CliError;

/// Writes one line to standard output.
pub fn line(text: impl fmt::Display) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .map_err(|error| stdout_error(&error))
}

/// Writes text to standard output as it is.
pub fn text(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| stdout_error(&error))
}

/// Tells a person something beside the result. Lost when nobody listens.
pub fn say(text: impl fmt::Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Whether a person reads standard output directly.
pub fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

fn stdout_error(error: &io::Error) -> CliError {
    if error.kind() == io::ErrorKind::BrokenPipe {
        CliError::NobodyReads
    } else {
        CliError::Start(format!("cannot write to standard output: {error}"))
    }
}
