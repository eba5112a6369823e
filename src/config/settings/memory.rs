//! `[memory]`: what is remembered.

use super::{Field, between, field};
use crate::config::{Config, kind::Kind};

pub(super) static FIELDS: &[Field<Config>] = &[
    field!(
        "memory.auto_save",
        Kind::Flag,
        memory.auto_save,
        "Keep what is said."
    ),
    field!(
        "memory.recall_tokens",
        between(0, 1_000_000),
        memory.recall_tokens,
        "Tokens of memories that the model is shown with a message; 0 = none."
    ),
    field!(
        "memory.max_entries",
        between(1, 10_000_000),
        memory.max_entries,
        "Memories there may be."
    ),
    field!(
        "memory.max_entry_bytes",
        between(256, 1 << 20),
        memory.max_entry_bytes,
        "Largest memory."
    ),
    field!(
        "memory.max_conversation_entries",
        between(0, 10_000_000),
        memory.max_conversation_entries,
        "Memories that auto_save keeps of conversations; the oldest go first."
    ),
    field!(
        "memory.embedding_provider",
        Kind::Text,
        memory.embedding_provider,
        "A name under [providers], or ollama, whose vectors find memories by meaning; empty: by words alone."
    ),
    field!(
        "memory.embedding_model",
        Kind::Text,
        memory.embedding_model,
        "The embedding model; empty: a good one of the provider's kind."
    ),
];
