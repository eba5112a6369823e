//! `[agent]`: the agent's defaults.

/// How much the agent may do by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Autonomy {
    /// Look, do not touch.
    ReadOnly,
    /// Ask before what is dangerous.
    #[default]
    Supervised,
    /// Never ask.
    Full,
}

/// The agent's defaults.
#[derive(Clone, Debug)]
pub struct AgentConfig {
    /// A key of `[providers]`; empty: the first one there, or what is found.
    pub provider: String,
    /// The model; empty: the provider's own choice.
    pub model: String,
    /// Sampling temperature, 0 to 2.
    pub temperature: f64,
    /// How much the agent may do by itself.
    pub autonomy: Autonomy,
    /// Model calls in one turn.
    pub max_iterations: u32,
    /// How long a turn may work, in seconds; the time that it waits for its owner does not count.
    pub turn_timeout_secs: u64,
    /// Tokens that one turn may use; 0 = unlimited.
    pub max_turn_tokens: u64,
    /// How long a request waits for its owner's decision, in seconds.
    pub approval_timeout_secs: u64,
    /// How long a synchronous caller waits before it gets 202.
    pub sync_wait_secs: u64,
    /// Words that tell the model who it is; empty: the built-in ones.
    pub system_prompt: String,
    /// Largest part of the model's context given to earlier messages, in tokens.
    pub history_tokens: u64,
}

impl Default for AgentConfig {
    fn default() -> Self {
        Self {
            provider: String::new(),
            model: String::new(),
            temperature: 0.7,
            autonomy: Autonomy::Supervised,
            max_iterations: 20,
            turn_timeout_secs: 1800,
            max_turn_tokens: 1_000_000,
            approval_timeout_secs: 3600,
            sync_wait_secs: 30,
            system_prompt: String::new(),
            history_tokens: 24_000,
        }
    }
}
