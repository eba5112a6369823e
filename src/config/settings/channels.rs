//! `[channels]`: where messages come in.

use super::{Field, field};
use crate::config::{Config, kind::Kind};

pub(super) static FIELDS: &[Field<Config>] = &[
    field!(
        "channels.webhook.secret",
        Kind::Secret,
        channels.webhook.secret,
        "What X-Webhook-Secret must be; empty: not asked for. Sealed once seen."
    ),
    field!(
        "channels.webhook.tools",
        Kind::Flag,
        channels.webhook.tools,
        "Let webhook turns use tools."
    ),
];
