//! Looks for an Ollama on this machine, now and then, for a gateway that has no provider.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use tokio::{net::TcpStream, time::timeout};

use super::{
    LlmProvider as _, OllamaProvider,
    first_model::FirstModel,
    ollama::{OLLAMA, root_url},
};
use crate::clock::Clock;

/// How long a finding holds.
const HOLDS_MILLIS: i64 = 30_000;

/// What listens on this machine takes a connection at once.
const CONNECT: Duration = Duration::from_millis(500);

/// For its list of models.
const LIST: Duration = Duration::from_secs(2);

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// Nobody has looked yet.
    Unknown,
    /// Nothing listens there, or it is no Ollama.
    Absent,
    /// It runs, without a chat model.
    NoModel,
    /// It runs; this is its first chat model.
    Model(String),
}

/// The search, and what it found last.
pub(super) struct OllamaWatch {
    host: String,
    provider: Arc<FirstModel>,
    clock: Arc<dyn Clock>,
    finding: ArcSwap<Finding>,
    /// When the finding was made or begun, in milliseconds since the epoch.
    looked_at: AtomicI64,
}

impl OllamaWatch {
    pub(super) fn new(address: &str, clock: Arc<dyn Clock>) -> Self {
        let root = root_url(address);
        let ollama = OllamaProvider::new(OLLAMA, &root, None, CONNECT);
        Self {
            host: host_and_port(&root),
            provider: Arc::new(FirstModel::new(Arc::new(ollama))),
            clock,
            finding: ArcSwap::from_pointee(Finding::Unknown),
            looked_at: AtomicI64::new(i64::MIN),
        }
    }

    pub(super) fn provider(&self) -> Arc<FirstModel> {
        Arc::clone(&self.provider)
    }

    pub(super) fn finding(&self) -> Arc<Finding> {
        self.finding.load_full()
    }

    /// Whether it is time to look again; the caller who hears yes must [`OllamaWatch::look`].
    pub(super) fn claim(&self) -> bool {
        let now = self.clock.now().as_millis();
        let before = self.looked_at.load(Ordering::Acquire);
        // A clock that was set back must not stop the search.
        let holds = now
            .checked_sub(before)
            .is_some_and(|age| (0..HOLDS_MILLIS).contains(&age));
        !holds
            && self
                .looked_at
                .compare_exchange(before, now, Ordering::AcqRel, Ordering::Acquire)
                .is_ok()
    }

    /// Looks now.
    pub(super) async fn look(&self) {
        let found = self.find().await;
        let before = self.finding.swap(Arc::new(found.clone()));
        if *before != found {
            tracing::info!(host = self.host, ?found, "looked for a local Ollama");
        }
    }

    /// A bare connection comes first: where nothing listens, no HTTP client is ever built.
    async fn find(&self) -> Finding {
        match timeout(CONNECT, TcpStream::connect(&self.host)).await {
            Ok(Ok(_)) => {}
            _ => return Finding::Absent,
        }
        let Ok(Ok(models)) = timeout(LIST, self.provider.models()).await else {
            return Finding::Absent;
        };
        self.provider.forget();
        models
            .into_iter()
            .next()
            .map_or(Finding::NoModel, Finding::Model)
    }
}

fn host_and_port(root: &str) -> String {
    let place = reqwest::Url::parse(root).ok().and_then(|url| {
        let port = url.port_or_known_default()?;
        Some(format!("{}:{port}", url.host_str()?))
    });
    place.unwrap_or_default()
}
