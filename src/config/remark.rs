//! What the loader has to say: problems that stop, warnings and notices that do not, each with
//! the place it came from.

use std::{fmt, path::Path, sync::Arc};

/// Where a value was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Nowhere in particular: it is the configuration as a whole that is meant.
    #[default]
    Whole,
    /// A line of a file, counted from 1; 0 = the file as a whole.
    File {
        /// The file.
        path: Arc<Path>,
        /// The line.
        line: usize,
    },
    /// An environment variable.
    Variable(String),
    /// A command-line option.
    Option(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => out.write_str("configuration"),
            Self::File { path, line: 0 } => write!(out, "{}", path.display()),
            Self::File { path, line } => write!(out, "{}:{line}", path.display()),
            Self::Variable(name) => write!(out, "environment variable {name}"),
            Self::Option(name) => write!(out, "option {name}"),
        }
    }
}

/// One thing to say about one setting. It never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Where the value was given.
    pub origin: Origin,
    /// The setting's dotted name; empty: none in particular.
    pub key: String,
    /// What is to be said.
    pub text: String,
}

impl Remark {
    pub(super) fn new(origin: &Origin, key: &str, text: impl Into<String>) -> Self {
        Self {
            origin: origin.clone(),
            key: key.to_owned(),
            text: text.into(),
        }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.origin, self.key.as_str()) {
            (origin, "") => write!(out, "{origin}: {}", self.text),
            (Origin::Whole, key) => write!(out, "{key}: {}", self.text),
            (origin, key) => write!(out, "{origin}: {key}: {}", self.text),
        }
    }
}

/// In the order in which one reads a file, what stands elsewhere after it.
pub(super) fn in_order(remarks: &mut [Remark]) {
    remarks.sort_by_key(|remark| match &remark.origin {
        Origin::File { line, .. } => (0, *line),
        Origin::Variable(_) => (1, 0),
        Origin::Option(_) => (2, 0),
        Origin::Whole => (3, 0),
    });
}

/// All that is wrong with a configuration; never empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigErrors(pub Vec<Remark>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [one] => write!(out, "{one}"),
            all => {
                write!(out, "the configuration has {} problems:", all.len())?;
                all.iter().try_for_each(|one| write!(out, "\n  {one}"))
            }
        }
    }
}
