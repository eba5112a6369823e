//! What a call ends with.

use std::time::Duration;

use serde_json::Value;

use super::Boundary;

/// Which part of an output stays when it is too long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// The beginning.
    #[default]
    Start,
    /// The beginning and the end.
    Ends,
}

/// What a tool answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToolOutput {
    /// What the model reads.
    pub text: String,
    /// It did what was asked. A command that ends with an error did not.
    pub success: bool,
    /// Where the text comes from, when others may have written it.
    pub source: Option<String>,
    /// What a card shows beside the text: exit code, diff, status.
    pub details: Option<Value>,
    /// Which part stays when it is too long.
    pub keep: Keep,
    /// How the model can see what was cut off, as a sentence.
    pub more: Option<String>,
}

impl ToolOutput {
    /// A success in our own words.
    pub fn own(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            success: true,
            ..Self::default()
        }
    }

    /// A success in others' words, which come from `source`.
    pub fn from_others(source: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            source: Some(source.into()),
            ..Self::own(text)
        }
    }

    /// The same with something for the card.
    #[must_use]
    pub fn with_details(mut self, details: Value) -> Self {
        self.details = Some(details);
        self
    }

    /// The same with a way to see what may be cut off.
    #[must_use]
    pub fn with_more(mut self, more: impl Into<String>) -> Self {
        self.more = Some(more.into());
        self
    }
}

/// Why a call failed. `Display` is a sentence that the model can act on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ToolError {
    /// There is no such tool.
    #[error("{0}")]
    Unknown(String),
    /// The arguments are not what the schema asks for.
    #[error("{0}")]
    Arguments(String),
    /// It is never done.
    #[error("{0}")]
    Refused(String),
    /// It did not work.
    #[error("{0}")]
    Failed(String),
    /// It took too long.
    #[error("it was stopped after {0} s, the longest a call of this tool may take")]
    TimedOut(u64),
    /// Its owner stopped it.
    #[error("it was stopped")]
    Cancelled,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did what was asked.
    Done,
    /// It did not.
    Failed,
    /// It took too long.
    TimedOut,
    /// It was stopped.
    Cancelled,
}

/// A call that ended, ready for the model, the journal and the page: masked and of bounded length.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// How it ended.
    pub outcome: Outcome,
    /// What came out of it.
    pub output: String,
    /// Where the output comes from, when others may have written it.
    pub source: Option<String>,
    /// What a card shows beside the output.
    pub details: Option<Value>,
    /// The output was too long, and part of it is left out.
    pub truncated: bool,
    /// Secrets that were masked.
    pub masked: usize,
    /// How long it took.
    pub duration: Duration,
}

impl Finished {
    /// Whether it did what was asked.
    pub fn success(&self) -> bool {
        self.outcome == Outcome::Done
    }

    /// The output as the model reads it: what others wrote stands between marks.
    pub fn for_model(&self, boundary: &Boundary) -> String {
        match &self.source {
            Some(source) => boundary.around(source, &self.output),
            None => self.output.clone(),
        }
    }
}
