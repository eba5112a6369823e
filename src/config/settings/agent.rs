//! `[agent]`: the agent's defaults.

use super::{Field, between, field, from};
use crate::config::{Config, kind::Kind};

pub(super) static FIELDS: &[Field<Config>] = &[
    field!(
        "agent.provider",
        Kind::Provider,
        agent.provider,
        "A name under [providers]; empty: the first one, or what is found."
    ),
    field!(
        "agent.model",
        Kind::Text,
        agent.model,
        "The model; empty: the provider's own choice."
    ),
    field!(
        "agent.temperature",
        Kind::Decimal { min: 0.0, max: 2.0 },
        agent.temperature,
        "How freely the model chooses its words, 0 to 2."
    ),
    field!(
        "agent.autonomy",
        Kind::Choice(&["read_only", "supervised", "full"]),
        agent.autonomy,
        "read_only: look only; supervised: ask before what is dangerous; full: never ask."
    ),
    field!(
        "agent.max_iterations",
        between(1, 1000),
        agent.max_iterations,
        "Most model calls in one turn."
    ),
    field!(
        "agent.turn_timeout_secs",
        between(1, 86_400),
        agent.turn_timeout_secs,
        "How long a turn may work; waiting for you does not count."
    ),
    field!(
        "agent.max_turn_tokens",
        from(0),
        agent.max_turn_tokens,
        "Most tokens of one turn; 0 = unlimited."
    ),
    field!(
        "agent.approval_timeout_secs",
        between(1, 2_592_000),
        agent.approval_timeout_secs,
        "How long a request waits for your decision."
    ),
    field!(
        "agent.sync_wait_secs",
        between(0, 3600),
        agent.sync_wait_secs,
        "How long a waiting caller waits before it gets 202."
    ),
    field!(
        "agent.system_prompt",
        Kind::Text,
        agent.system_prompt,
        "Tells the model who it is; empty: the built-in words."
    ),
    field!(
        "agent.history_tokens",
        from(0),
        agent.history_tokens,
        "Tokens of earlier messages that the model is shown."
    ),
];
