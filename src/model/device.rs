//! Paired devices and what they may do.

use poem_openapi::Enum;
use serde::{Deserialize, Serialize};

use super::{DeviceId, Timestamp};

/// What a token may do. Each includes the ones after it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Enum,
)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum Scope {
    /// Everything: devices, configuration, secrets.
    Admin,
    /// Talk to the agent and read.
    Chat,
    /// Read only.
    Read,
}

impl Scope {
    /// Whether a token of this scope may do what `needed` asks for.
    pub fn covers(self, needed: Self) -> bool {
        self <= needed
    }

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Chat => "chat",
            Self::Read => "read",
        }
    }
}

impl std::str::FromStr for Scope {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "admin" => Ok(Self::Admin),
            "chat" => Ok(Self::Chat),
            "read" => Ok(Self::Read),
            _ => Err("expected admin, chat or read"),
        }
    }
}

/// A device that was paired: one bearer token and what is known of its holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Names it.
    pub id: DeviceId,
    /// What its owner calls it.
    pub name: String,
    /// browser, cli, phone, server, or a word of the client's own.
    pub device_type: String,
    /// What it may do; never empty.
    pub scopes: Vec<Scope>,
    /// When it was paired.
    pub created_at: Timestamp,
    /// When its token was last used.
    pub last_seen_at: Option<Timestamp>,
    /// The address it was last used from.
    pub last_ip: Option<String>,
    /// When its token stops working.
    pub expires_at: Option<Timestamp>,
}

/// How a device came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceSource {
    /// With a pairing code.
    Paired,
    /// With the dashboard's password: it has a cookie and no token.
    Password,
    /// Its token's hash came along from an older install.
    Imported,
    /// Its token is given by the environment.
    Environment,
}

impl DeviceSource {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paired => "paired",
            Self::Password => "password",
            Self::Imported => "imported",
            Self::Environment => "environment",
        }
    }
}

impl std::str::FromStr for DeviceSource {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "paired" => Ok(Self::Paired),
            "password" => Ok(Self::Password),
            "imported" => Ok(Self::Imported),
            "environment" => Ok(Self::Environment),
            _ => Err("expected paired, password, imported or environment"),
        }
    }
}
