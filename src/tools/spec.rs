//! What a tool is: its name and schema for the model, its reach and limits for its owner.

use std::{borrow::Cow, time::Duration};

use serde_json::Value;

use crate::{model::Risk, providers};

/// The strongest thing that a tool can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Looks at what is here.
    Read,
    /// Changes files or other things kept here, which can be brought back.
    Write,
    /// Talks to other machines.
    Network,
    /// Runs programs.
    Execute,
}

impl Effect {
    /// How dangerous that is, when a call says nothing more precise.
    pub const fn risk(self) -> Risk {
        match self {
            Self::Read => Risk::Low,
            Self::Write | Self::Network => Risk::Medium,
            Self::Execute => Risk::High,
        }
    }

    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Network => "network",
            Self::Execute => "execute",
        }
    }
}

/// Whether a tool may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// Without asking.
    Allow,
    /// When its owner agrees.
    Ask,
    /// Never.
    Deny,
}

impl Permission {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Ask => "ask",
            Self::Deny => "deny",
        }
    }
}

/// What a tool is.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolSpec {
    /// Its name.
    pub name: Cow<'static, str>,
    /// What it does, for the model.
    pub description: Cow<'static, str>,
    /// JSON Schema of its arguments, an object.
    pub schema: Value,
    /// The strongest thing it can do.
    pub effect: Effect,
    /// Whether it may be used where its owner said nothing.
    pub permission: Permission,
    /// How long a call may take; none: as long as it does (it waits for a person).
    pub timeout: Option<Duration>,
    /// Bytes of output that the model is shown at most.
    pub output_cap: usize,
    /// Whether calls of it may run beside each other and beside others of this kind.
    pub parallel_safe: bool,
}

impl ToolSpec {
    /// A tool that reads, quickly, without asking, and beside others: what most tools are.
    pub fn reading(name: &'static str, description: &'static str, schema: Value) -> Self {
        Self {
            name: name.into(),
            description: description.into(),
            schema,
            effect: Effect::Read,
            permission: Permission::Allow,
            timeout: Some(Duration::from_secs(30)),
            output_cap: 32 * 1024,
            parallel_safe: true,
        }
    }

    /// A tool that changes things: one call at a time, and only when its owner agrees.
    pub fn acting(
        effect: Effect,
        name: &'static str,
        description: &'static str,
        schema: Value,
    ) -> Self {
        Self {
            effect,
            permission: Permission::Ask,
            parallel_safe: false,
            ..Self::reading(name, description, schema)
        }
    }
}

impl From<&ToolSpec> for providers::ToolSpec {
    /// What a model is told of a tool.
    fn from(spec: &ToolSpec) -> Self {
        Self {
            name: spec.name.clone().into_owned(),
            description: spec.description.clone().into_owned(),
            schema: spec.schema.clone(),
        }
    }
}
