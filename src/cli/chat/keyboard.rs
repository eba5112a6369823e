//! What a person types, line by line, or what a program sends, as a whole.

use std::io::{self, BufRead as _, Read as _};

use tokio::sync::mpsc;

use crate::cli::CliError;

/// The most that is read from a program.
const MOST: u64 = 8 * 1024 * 1024;

/// What was typed.
pub(super) enum Typed {
    Line(String),
    /// Ctrl-D.
    End,
}

/// Reads lines on a thread of its own: nothing else can be asked to stop waiting for a key.
pub(super) struct Keyboard {
    lines: mpsc::Receiver<String>,
}

impl Keyboard {
    pub(super) fn watch() -> Result<Self, CliError> {
        let (typed, lines) = mpsc::channel(1);
        std::thread::Builder::new()
            .name("keyboard".to_owned())
            .spawn(move || {
                for line in io::stdin().lock().lines() {
                    let Ok(line) = line else { return };
                    if typed.blocking_send(line).is_err() {
                        return;
                    }
                }
            })
            .map_err(|error| unreadable(&error))?;
        Ok(Self { lines })
    }

    pub(super) async fn next(&mut self) -> Typed {
        self.lines.recv().await.map_or(Typed::End, Typed::Line)
    }
}

/// Everything on standard input.
pub(super) fn all() -> Result<String, CliError> {
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .take(MOST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > MOST {
        return Err(CliError::Usage(
            "standard input is longer than 8 MiB".to_owned(),
        ));
    }
    String::from_utf8(bytes)
        .map(|text| text.trim_end_matches(['\r', '\n']).to_owned())
        .map_err(|_| CliError::Usage("standard input is no UTF-8 text".to_owned()))
}

fn unreadable(error: &io::Error) -> CliError {
    CliError::Start(format!("standard input can't be read: {error}"))
}
