//! What a chat shows: word by word to a person, the whole answer at once to a program, which
//! could not take back what a restart made void.

use crate::cli::{CliError, output};

const DIM: &str = "\u{1b}[2m";
const PLAIN: &str = "\u{1b}[0m";

/// Where an answer is shown.
pub(super) struct Screen {
    person: bool,
    dim: bool,
    in_line: bool,
}

impl Screen {
    pub(super) fn new() -> Self {
        Self {
            person: output::is_terminal(),
            dim: false,
            in_line: false,
        }
    }

    /// A piece of the answer.
    pub(super) fn answer(&mut self, text: &str) -> Result<(), CliError> {
        if !self.person {
            return Ok(());
        }
        if self.dim {
            self.line_end()?;
        }
        self.put(text)
    }

    /// A piece of the model's reasoning.
    pub(super) fn thinking(&mut self, text: &str) -> Result<(), CliError> {
        if !self.person {
            return Ok(());
        }
        if !self.dim {
            output::text(DIM)?;
            self.dim = true;
        }
        self.put(text)
    }

    /// Something beside the answer.
    pub(super) fn remark(&mut self, text: &str) -> Result<(), CliError> {
        self.line_end()?;
        output::say(format_args!("[{}]", harmless(text)));
        Ok(())
    }

    /// The answer is complete.
    pub(super) fn whole(&mut self, response: &str) -> Result<(), CliError> {
        if self.person {
            return self.line_end();
        }
        output::text(response)?;
        if response.ends_with('\n') {
            Ok(())
        } else {
            output::text("\n")
        }
    }

    /// Ends a line that was begun.
    pub(super) fn line_end(&mut self) -> Result<(), CliError> {
        if self.dim {
            output::text(PLAIN)?;
            self.dim = false;
        }
        if self.in_line {
            output::text("\n")?;
            self.in_line = false;
        }
        Ok(())
    }

    fn put(&mut self, text: &str) -> Result<(), CliError> {
        self.in_line = !text.ends_with('\n');
        output::text(&harmless(text))
    }
}

/// A model's words must not steer the terminal.
fn harmless(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_left_out() {
        assert_eq!(harmless("a\u{1b}[2Jb\u{7}\r\n\tc\u{9b}1m"), "a[2Jb\n\tc1m");
    }
}
