//! `[workspace]`: the agent's files, and what is kept of them.

use super::{Field, between, field};
use crate::config::Config;

pub(super) static FIELDS: &[Field<Config>] = &[
    field!(
        "workspace.max_upload_bytes",
        between(65_536, 1 << 30),
        workspace.max_upload_bytes,
        "Largest file that is taken over the page or the API, in bytes."
    ),
    field!(
        "workspace.max_versions",
        between(1, 10_000),
        workspace.max_versions,
        "Versions kept of one file; the oldest go first."
    ),
    field!(
        "workspace.max_versioned_bytes",
        between(0, 1 << 26),
        workspace.max_versioned_bytes,
        "Largest file of which earlier versions are kept, in bytes; 0 = none are kept."
    ),
    field!(
        "workspace.max_history_bytes",
        between(0, 1 << 40),
        workspace.max_history_bytes,
        "Bytes of all versions together, as they are stored; the oldest go first."
    ),
    field!(
        "workspace.prompt_tokens",
        between(0, 100_000),
        workspace.prompt_tokens,
        "Tokens of AGENTS.md, SOUL.md, USER.md and MEMORY.md that the model is told; 0 = none."
    ),
];
