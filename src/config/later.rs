//! Settings of later features, so that a file which has them is kept as it is.

use super::kind::{Item, Kind};

/// A setting whose feature this version does not have: its value is kept, nothing more.
#[derive(Debug)]
pub struct Later {
    /// Its dotted name.
    pub name: &'static str,
    /// What it must be once it is used.
    pub kind: Kind,
}

macro_rules! later {
    ($($name:literal: $kind:expr),* $(,)?) => {
        &[$(Later { name: $name, kind: $kind }),*]
    };
}

/// Settings of later features.
pub static LATER: &[Later] = later! {
    "channels.whatsapp.access_token": Kind::Secret,
    "channels.whatsapp.phone_number_id": Kind::Text,
    "channels.whatsapp.verify_token": Kind::Secret,
    "channels.whatsapp.app_secret": Kind::Secret,
    "channels.whatsapp.allowed_numbers": Kind::List(Item::Any),
    "channels.github.access_token": Kind::Secret,
    "channels.github.webhook_secret": Kind::Secret,
    "channels.github.allowed_repos": Kind::List(Item::Any),
    "channels.nextcloud_talk.base_url": Kind::Url,
    "channels.nextcloud_talk.app_token": Kind::Secret,
    "channels.nextcloud_talk.webhook_secret": Kind::Secret,
    "channels.nextcloud_talk.allowed_users": Kind::List(Item::Any),
    "channels.slack.bot_token": Kind::Secret,
    "channels.slack.signing_secret": Kind::Secret,
    "channels.slack.allowed_users": Kind::List(Item::Any),
    "channels.slack.allowed_channels": Kind::List(Item::Any),
    "tunnel.cloudflare.token": Kind::Secret,
    "tunnel.tailscale.funnel": Kind::Flag,
    "tunnel.tailscale.hostname": Kind::Text,
    "tunnel.ngrok.auth_token": Kind::Secret,
    "tunnel.ngrok.domain": Kind::Text,
    "tunnel.custom.start_command": Kind::Text,
    "tunnel.custom.health_url": Kind::Url,
    "tunnel.custom.url_pattern": Kind::Text,
    "gateway.node_control.enabled": Kind::Flag,
    "gateway.node_control.auth_token": Kind::Secret,
    "gateway.node_control.allowed_node_ids": Kind::List(Item::Any),
};
