//! `[tools]`: what the tools may reach.

use super::{Field, between, field};
use crate::config::{
    Config,
    kind::{Item, Kind},
};

pub(super) static FIELDS: &[Field<Config>] = &[
    field!(
        "tools.shell_timeout_secs",
        between(1, 86_400),
        tools.shell_timeout_secs,
        "How long a command may take."
    ),
    field!(
        "tools.shell_memory_mb",
        between(0, 1 << 22),
        tools.shell_memory_mb,
        "Memory of each program of a command, in MiB; 0 = unlimited."
    ),
    field!(
        "tools.shell_network",
        Kind::Flag,
        tools.shell_network,
        "Let commands open TCP connections (off needs Linux 6.7 or later)."
    ),
    field!(
        "tools.shell_read",
        Kind::List(Item::Any),
        tools.shell_read,
        "Further folders that commands may read and run programs from, such as \"~/.cargo\"."
    ),
    field!(
        "tools.shell_write",
        Kind::List(Item::Any),
        tools.shell_write,
        "Further folders that commands may read and change."
    ),
    field!(
        "tools.shell_env",
        Kind::List(Item::Any),
        tools.shell_env,
        "Names of environment variables that commands are given besides the usual ones."
    ),
    field!(
        "tools.output_cap_bytes",
        between(1024, 1 << 20),
        tools.output_cap_bytes,
        "Bytes of a tool's output that the model is shown at most."
    ),
    field!(
        "tools.allowed_hosts",
        Kind::List(Item::Host),
        tools.allowed_hosts,
        "Hosts in your own network that fetches may reach, such as \"nas.local:8080\"."
    ),
    field!(
        "tools.fetch_timeout_secs",
        between(1, 600),
        tools.fetch_timeout_secs,
        "How long a fetch may take."
    ),
    field!(
        "tools.fetch_max_bytes",
        between(1024, 1 << 28),
        tools.fetch_max_bytes,
        "Bytes of an answer that a fetch reads at most."
    ),
    field!(
        "tools.permissions.allow",
        Kind::List(Item::Any),
        tools.permissions.allow,
        "Tools used without asking, by name."
    ),
    field!(
        "tools.permissions.ask",
        Kind::List(Item::Any),
        tools.permissions.ask,
        "Tools used when you agree; weighs more than allow."
    ),
    field!(
        "tools.permissions.deny",
        Kind::List(Item::Any),
        tools.permissions.deny,
        "Tools never used; weighs more than ask and allow."
    ),
];
