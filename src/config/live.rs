//! The configuration that is in force now, shared by all rooms, and the news that it changed.

use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::watch;

use super::Config;

/// The configuration in force. Clones share it.
#[derive(Clone, Debug)]
pub struct ConfigHandle(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    current: ArcSwap<Config>,
    news: watch::Sender<Arc<Config>>,
}

impl ConfigHandle {
    /// Puts `config` in force.
    pub fn new(config: Config) -> Self {
        let config = Arc::new(config);
        Self(Arc::new(Shared {
            current: ArcSwap::new(Arc::clone(&config)),
            news: watch::Sender::new(config),
        }))
    }

    /// The configuration in force now. Hold it for one piece of work, so that the work sees one
    /// configuration; ask again for the next.
    pub fn current(&self) -> Arc<Config> {
        self.0.current.load_full()
    }

    /// Puts another configuration in force, whose checks are the caller's, and tells all watchers.
    pub fn replace(&self, config: Config) {
        let config = Arc::new(config);
        self.0.news.send_modify(|told| {
            self.0.current.store(Arc::clone(&config));
            *told = config;
        });
    }

    /// Hears of every later change; the newest configuration is in the receiver.
    pub fn watch(&self) -> watch::Receiver<Arc<Config>> {
        self.0.news.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_watcher_hears_of_a_change_and_sees_it() {
        let handle = ConfigHandle::new(Config::default());
        let mut watcher = handle.watch();
        let before = handle.current();
        let mut config = Config::default();
        config.gateway.port = 1;
        handle.clone().replace(config);
        watcher.changed().await.unwrap();
        assert_eq!(watcher.borrow_and_update().gateway.port, 1);
        assert_eq!(handle.current().gateway.port, 1);
        assert_eq!(before.gateway.port, 42617);
        assert!(!watcher.has_changed().unwrap());
    }
}
