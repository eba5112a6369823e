//! The configuration in force. Readers take it anew whenever they need it.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::Config;

/// The configuration in force. Clones share it.
#[derive(Clone, Debug)]
pub struct ConfigHandle {
    current: Arc<ArcSwap<Config>>,
}

impl ConfigHandle {
    /// Starts with this one.
    pub fn new(config: Config) -> Self {
        Self {
            current: Arc::new(ArcSwap::from_pointee(config)),
        }
    }

    /// The configuration in force now.
    pub fn current(&self) -> Arc<Config> {
        self.current.load_full()
    }
}
