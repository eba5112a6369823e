//! `[workspace]`: the agent's files, and what is kept of them.

/// The agent's files, and what is kept of them.
#[derive(Clone, Debug)]
pub struct WorkspaceConfig {
    /// Largest file that is taken over the API, in bytes.
    pub max_upload_bytes: usize,
    /// Versions kept of one file.
    pub max_versions: u32,
    /// Largest file of which versions are kept, in bytes; 0 = none are kept.
    pub max_versioned_bytes: u64,
    /// Bytes of all versions, as they are stored.
    pub max_history_bytes: u64,
    /// Tokens of AGENTS.md, SOUL.md, USER.md and MEMORY.md that the model is told; 0 = none.
    pub prompt_tokens: u64,
}

impl Default for WorkspaceConfig {
    fn default() -> Self {
        Self {
            max_upload_bytes: 64 * 1024 * 1024,
            max_versions: 200,
            max_versioned_bytes: 4 * 1024 * 1024,
            max_history_bytes: 256 * 1024 * 1024,
            prompt_tokens: 4000,
        }
    }
}
