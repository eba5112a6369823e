//! What is counted and timed, under the names that scrapers know (`zeroclaw_*`). One method an
//! occasion; the text for `GET /metrics` is made in `exposition.rs`.

mod exposition;
mod labels;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use http::Method;

pub use self::labels::LlmOutcome;
use self::{
    exposition::{Exposition, Tallies},
    labels::Names,
};
use crate::model::{MicroUsd, Usage};

/// Provider names with series of their own. With the models and the outcomes they make fewer
/// than the 2,000 series at which the SDK begins to lump together.
const PROVIDER_NAMES: usize = 16;
/// Model names with series of their own.
const MODEL_NAMES: usize = 28;
/// Tool names with series of their own.
const TOOL_NAMES: usize = 256;

/// How to have metrics when they are off.
const OFF: &str = "# Metrics are off: set backend = \"prometheus\" under [observability] in \
                   config.toml and restart the gateway.\n";

/// One model call, when it is over.
#[derive(Clone, Copy, Debug)]
pub struct LlmCall<'a> {
    /// The provider asked.
    pub provider: &'a str,
    /// The model asked.
    pub model: &'a str,
    /// How it ended.
    pub outcome: LlmOutcome,
    /// From the call to the end of the answer.
    pub duration: Duration,
    /// From the call to the first token; none when there was none.
    pub first_token: Option<Duration>,
    /// Tokens, as far as the provider said.
    pub usage: Usage,
}

struct Inner {
    tallies: Arc<Tallies>,
    exposition: Option<Exposition>,
    providers: Names,
    models: Names,
    tools: Names,
}

/// The counters. Clones share them.
#[derive(Clone)]
pub struct Metrics {
    inner: Arc<Inner>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Metrics")
            .field("tallies", &self.inner.tallies)
            .finish_non_exhaustive()
    }
}

impl Metrics {
    /// All at zero; `enabled` says whether [`Metrics::render`] has anything to show.
    pub fn new(enabled: bool) -> Self {
        let tallies = Arc::new(Tallies::default());
        let exposition = enabled.then(|| Exposition::new(&tallies)).flatten();
        Self {
            inner: Arc::new(Inner {
                tallies,
                exposition,
                providers: Names::at_most(PROVIDER_NAMES),
                models: Names::at_most(MODEL_NAMES),
                tools: Names::at_most(TOOL_NAMES),
            }),
        }
    }

    /// A request was answered. `endpoint` is the pattern of its route (`/api/turns/{id}`), none
    /// when no route matched; `duration` runs to the head of the answer.
    pub fn request(
        &self,
        endpoint: Option<&'static str>,
        method: &Method,
        status: u16,
        duration: Duration,
    ) {
        if let Some(exposition) = &self.inner.exposition {
            let (endpoint, method) = (labels::endpoint(endpoint), labels::method(method));
            exposition.count_request(endpoint, method, status, 1);
            exposition.time_request(duration);
        }
    }

    /// A model call is over.
    pub fn llm_call(&self, call: &LlmCall<'_>) {
        let tallies = &self.inner.tallies;
        add(&tallies.input_tokens, call.usage.input_tokens);
        add(&tallies.output_tokens, call.usage.output_tokens);
        if let Some(exposition) = &self.inner.exposition {
            let provider = self.inner.providers.label(call.provider);
            let model = self.inner.models.label(call.model);
            exposition.count_llm(provider, model, call.outcome.as_str(), 1);
            exposition.time_llm(call.duration, call.first_token);
        }
    }

    /// A call of a provider was settled; none: nobody knows what it cost.
    pub fn spent(&self, cost: Option<MicroUsd>) {
        let micros = cost.map_or(0, |cost| cost.0.max(0).unsigned_abs());
        add(&self.inner.tallies.cost_micros, micros);
    }

    /// A tool call is over.
    pub fn tool_call(&self, tool: &str, success: bool) {
        if let Some(exposition) = &self.inner.exposition {
            let tool = self.inner.tools.label(tool);
            exposition.count_tool(tool, labels::outcome(success), 1);
        }
    }

    /// A scheduled job ran.
    pub fn cron_run(&self, success: bool) {
        if let Some(exposition) = &self.inner.exposition {
            exposition.count_cron(labels::outcome(success), 1);
        }
    }

    /// The gateway's heart beat once.
    pub fn heartbeat_tick(&self) {
        add(&self.inner.tallies.heartbeat_ticks, 1);
    }

    /// A transaction of so many writes was committed; `duration` from its begin.
    pub fn db_write_group(&self, writes: u64, duration: Duration) {
        add(&self.inner.tallies.db_write_groups, 1);
        add(&self.inner.tallies.db_writes, writes);
        if let Some(exposition) = &self.inner.exposition {
            exposition.time_db_write(duration);
        }
    }

    /// So many writes are waiting for the writer.
    pub fn db_queue_depth(&self, waiting: u64) {
        let depth = &self.inner.tallies.db_queue_depth;
        depth.store(waiting, Ordering::Relaxed);
    }

    /// The database and its write-ahead log are this large.
    pub fn db_size_bytes(&self, bytes: u64) {
        let size = &self.inner.tallies.db_size_bytes;
        size.store(bytes, Ordering::Relaxed);
    }

    /// Counts a turn as active until the guard is dropped.
    #[must_use]
    pub fn active_turn(&self) -> Counted {
        self.count(|tallies| &tallies.active_turns)
    }

    /// Counts an event stream as open until the guard is dropped.
    #[must_use]
    pub fn sse_client(&self) -> Counted {
        self.count(|tallies| &tallies.sse_clients)
    }

    /// Counts a socket as open until the guard is dropped.
    #[must_use]
    pub fn ws_client(&self) -> Counted {
        self.count(|tallies| &tallies.ws_clients)
    }

    /// Turns being worked on now.
    pub fn active_turns(&self) -> u64 {
        let active = self.inner.tallies.active_turns.load(Ordering::Relaxed);
        u64::try_from(active).unwrap_or(0)
    }

    /// Prometheus text (version 0.0.4), every name in it from the start; one comment line when
    /// metrics are off.
    pub fn render(&self) -> String {
        match &self.inner.exposition {
            Some(exposition) => exposition.render(),
            None => OFF.to_owned(),
        }
    }

    fn count(&self, gauge: fn(&Tallies) -> &AtomicI64) -> Counted {
        let tallies = Arc::clone(&self.inner.tallies);
        gauge(&tallies).fetch_add(1, Ordering::Relaxed);
        Counted { tallies, gauge }
    }
}

fn add(tally: &AtomicU64, value: u64) {
    tally.fetch_add(value, Ordering::Relaxed);
}

/// One of something that is counted as long as it lives.
#[derive(Debug)]
pub struct Counted {
    tallies: Arc<Tallies>,
    gauge: fn(&Tallies) -> &AtomicI64,
}

impl Drop for Counted {
    fn drop(&mut self) {
        (self.gauge)(&self.tallies).fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
