//! `[tools]`: what the agent's tools may reach, and for how long.

/// What the agent's tools may reach, and for how long.
#[derive(Clone, Debug)]
pub struct ToolsConfig {
    /// How long a command may take.
    pub shell_timeout_secs: u64,
    /// Memory of a command in MiB; 0 = unlimited.
    pub shell_memory_mb: u64,
    /// Whether commands may use the network.
    pub shell_network: bool,
    /// Further folders that commands may read.
    pub shell_read: Vec<String>,
    /// Further folders that commands may change.
    pub shell_write: Vec<String>,
    /// Environment variables that commands are given besides the usual ones.
    pub shell_env: Vec<String>,
    /// Bytes of a tool's output that the model is shown at most.
    pub output_cap_bytes: usize,
    /// Local hosts that fetches may reach.
    pub allowed_hosts: Vec<String>,
    /// How long a fetch may take.
    pub fetch_timeout_secs: u64,
    /// Bytes of an answer that are read at most.
    pub fetch_max_bytes: usize,
    /// Which tools may be used.
    pub permissions: ToolPermissions,
}

/// Which tools may be used, by name. A tool that is in none of the lists has its own default.
#[derive(Clone, Debug, Default)]
pub struct ToolPermissions {
    /// Without asking.
    pub allow: Vec<String>,
    /// When their owner agrees.
    pub ask: Vec<String>,
    /// Never.
    pub deny: Vec<String>,
}

impl Default for ToolsConfig {
    fn default() -> Self {
        Self {
            shell_timeout_secs: 120,
            shell_memory_mb: 4096,
            shell_network: true,
            shell_read: Vec::new(),
            shell_write: Vec::new(),
            shell_env: Vec::new(),
            output_cap_bytes: 65_536,
            allowed_hosts: Vec::new(),
            fetch_timeout_secs: 30,
            fetch_max_bytes: 5_242_880,
            permissions: ToolPermissions::default(),
        }
    }
}
