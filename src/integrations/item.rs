//! An integration as it is shown.

use poem_openapi::Enum;

use crate::model::Timestamp;

/// What an integration is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Enum)]
#[oai(rename = "IntegrationGroup", rename_all = "snake_case")]
pub enum Group {
    /// Models that answer.
    Providers,
    /// Where messages come in.
    Channels,
    /// How the gateway is reached from outside.
    Tunnel,
    /// What the agent can do.
    Tools,
    /// What is remembered.
    Memory,
    /// What others may measure.
    Observability,
}

/// How an integration does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[oai(rename = "IntegrationState", rename_all = "snake_case")]
pub enum State {
    /// It can be set up, and is not.
    Available,
    /// It is set up; nobody has used it since the start.
    Configured,
    /// It is set up, and its last use or try went well.
    Connected,
    /// It is set up and does not work.
    Failing,
}

impl State {
    /// Its word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Configured => "configured",
            Self::Connected => "connected",
            Self::Failing => "failing",
        }
    }
}

/// A setting that sets an integration up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The setting.
    pub key: String,
    /// What it is called.
    pub title: String,
    /// What it is for, in one line.
    pub about: String,
    /// text, secret, flag, choice, url, provider, or what else its setting is.
    pub kind: &'static str,
    /// The words to choose from.
    pub choices: Vec<String>,
    /// Its value in force; none for a secret, and where it is not set.
    pub value: Option<String>,
    /// It has a value, or differs from its default.
    pub set: bool,
}

/// An address of the gateway for others to call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// The method.
    pub method: &'static str,
    /// The path.
    pub path: &'static str,
    /// Headers that the caller sends, with `<…>` for what only its owner knows.
    pub headers: Vec<(String, String)>,
    /// A body to try it with.
    pub body: Option<String>,
}

/// A part of an integration, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// What it is.
    pub name: String,
    /// How it stands: allow, ask, deny for a tool.
    pub value: String,
}

/// Something that the gateway can be connected with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integration {
    /// Names it.
    pub id: String,
    /// What it is for.
    pub group: Group,
    /// What it is called.
    pub title: String,
    /// What it does, in one line.
    pub about: String,
    /// How it does.
    pub state: State,
    /// Why it does not work, or what is worth knowing.
    pub reason: Option<String>,
    /// When it was last used or tried.
    pub checked_at: Option<Timestamp>,
    /// The page where it is set up, where that is not here.
    pub route: Option<String>,
    /// What sets it up.
    pub fields: Vec<Field>,
    /// Addresses for others to call.
    pub hooks: Vec<Hook>,
    /// Its parts.
    pub details: Vec<Detail>,
    /// It can be tried.
    pub testable: bool,
}
