//! `[tunnel]`: how the gateway is reached from outside.

use super::{Field, field};
use crate::config::{Config, kind::Kind};

pub(super) static FIELDS: &[Field<Config>] = &[field!(
    "tunnel.provider",
    Kind::Choice(&["none", "cloudflare", "tailscale", "ngrok", "custom"]),
    tunnel.provider,
    "How the gateway is reached from outside."
)];
