//! What is wrong with a configuration, taken apart for those who point at it: the setting, the
//! line, what was expected and what was found.

use super::remark::{ConfigErrors, Origin, Remark};

/// One thing that is wrong. It never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The setting's dotted name; empty: none in particular.
    pub key: String,
    /// The line of `config.toml`, counted from 1, where it stands in the file.
    pub line: Option<usize>,
    /// What was expected.
    pub expected: Option<String>,
    /// What was found.
    pub found: Option<String>,
    /// All of it in a sentence that begins after the setting's name.
    pub message: String,
}

impl Fault {
    /// A fault that stands at no line.
    pub(super) fn at(key: &str, message: impl Into<String>) -> Self {
        let mut fault = Self {
            key: key.to_owned(),
            line: None,
            expected: None,
            found: None,
            message: message.into(),
        };
        fault.take_apart();
        fault
    }

    fn take_apart(&mut self) {
        let (before, found) = match self.message.rsplit_once(", found ") {
            Some((before, found)) => (before, Some(found.to_owned())),
            None => (self.message.as_str(), None),
        };
        let expected = before.split_once("expected ").map(|(_, rest)| rest);
        self.expected = expected.map(str::to_owned);
        self.found = found;
    }
}

impl From<&Remark> for Fault {
    fn from(remark: &Remark) -> Self {
        let by = match &remark.origin {
            Origin::Variable(_) | Origin::Option(_) => format!("{}: ", remark.origin),
            Origin::Whole | Origin::File { .. } => String::new(),
        };
        let mut fault = Self::at(&remark.key, format!("{by}{}", remark.text));
        if let Origin::File { line, .. } = remark.origin {
            fault.line = Some(line).filter(|line| *line > 0);
        }
        fault
    }
}

impl From<&ConfigErrors> for Vec<Fault> {
    fn from(errors: &ConfigErrors) -> Self {
        errors.0.iter().map(Fault::from).collect()
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(line) = self.line {
            write!(out, "line {line}: ")?;
        }
        if !self.key.is_empty() {
            write!(out, "{}: ", self.key)?;
        }
        out.write_str(&self.message)
    }
}

/// All faults in one sentence, for a log line or a banner.
pub fn in_words(faults: &[Fault]) -> String {
    let all: Vec<_> = faults.iter().map(ToString::to_string).collect();
    all.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_expected_and_found_are_told_apart() {
        let path = std::path::Path::new("config.toml").into();
        let origin = Origin::File { path, line: 3 };
        let text = "expected true or false, found 3";
        let fault = Fault::from(&Remark::new(&origin, "gateway.require_pairing", text));
        assert_eq!(fault.line, Some(3));
        assert_eq!(fault.expected.as_deref(), Some("true or false"));
        assert_eq!(fault.found.as_deref(), Some("3"));
        assert_eq!(
            fault.to_string(),
            "line 3: gateway.require_pairing: expected true or false, found 3"
        );
        let bare = Fault::at("", "not TOML: unclosed string");
        assert_eq!((bare.expected, bare.found), (None, None));
    }

    #[test]
    fn a_variable_at_fault_is_named() {
        let origin = Origin::Variable("MODEL".to_owned());
        let fault = Fault::from(&Remark::new(&origin, "agent.model", "expected a text"));
        assert_eq!(fault.message, "environment variable MODEL: expected a text");
        assert_eq!(fault.expected.as_deref(), Some("a text"));
    }
}
