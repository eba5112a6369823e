//! The instruments and their Prometheus text. Names are written here as they appear on the wire:
//! the exporter's own suffixes are switched off, so nothing is appended.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use opentelemetry::{
    KeyValue,
    metrics::{Counter, Histogram, Meter, MeterProvider as _},
};
use opentelemetry_sdk::metrics::SdkMeterProvider;
use prometheus::{Registry, TextEncoder, proto::MetricFamily};

use super::labels::{self, OTHER};

/// Counted whether or not anybody scrapes: the dashboard shows some of them too.
#[derive(Debug, Default)]
pub(super) struct Tallies {
    pub(super) active_turns: AtomicI64,
    pub(super) sse_clients: AtomicI64,
    pub(super) ws_clients: AtomicI64,
    pub(super) input_tokens: AtomicU64,
    pub(super) output_tokens: AtomicU64,
    /// Millionths of a dollar.
    pub(super) cost_micros: AtomicU64,
    pub(super) heartbeat_ticks: AtomicU64,
    pub(super) db_write_groups: AtomicU64,
    pub(super) db_writes: AtomicU64,
    pub(super) db_queue_depth: AtomicU64,
    pub(super) db_size_bytes: AtomicU64,
}

/// A histogram's name, help and upper bounds in seconds.
struct Shape {
    name: &'static str,
    help: &'static str,
    bounds: &'static [f64],
}

const REQUEST_SECONDS: Shape = Shape {
    name: "zeroclaw_request_duration_seconds",
    help: "Time to the head of the answer, HTTP requests",
    bounds: &[
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
    ],
};
const LLM_SECONDS: Shape = Shape {
    name: "zeroclaw_llm_latency_seconds",
    help: "Time from a model call to the end of its answer",
    bounds: &[
        0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0,
    ],
};
const FIRST_TOKEN_SECONDS: Shape = Shape {
    name: "zeroclaw_llm_time_to_first_token_seconds",
    help: "Time from a model call to its first token",
    bounds: &[
        0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0,
    ],
};
const DB_WRITE_SECONDS: Shape = Shape {
    name: "zeroclaw_db_write_seconds",
    help: "Time a group of writes takes until it is committed",
    bounds: &[
        0.000_05, 0.0001, 0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5,
    ],
};
const SHAPES: [Shape; 4] = [
    REQUEST_SECONDS,
    LLM_SECONDS,
    FIRST_TOKEN_SECONDS,
    DB_WRITE_SECONDS,
];

/// What a scrape sees.
pub(super) struct Exposition {
    registry: Registry,
    /// Keeps the pipeline behind the instruments alive.
    _provider: SdkMeterProvider,
    requests: Counter<u64>,
    llm_requests: Counter<u64>,
    tool_calls: Counter<u64>,
    cron_runs: Counter<u64>,
    request_seconds: Histogram<f64>,
    llm_seconds: Histogram<f64>,
    first_token_seconds: Histogram<f64>,
    db_write_seconds: Histogram<f64>,
}

impl Exposition {
    /// All instruments at zero; none when the exporter refuses, which the log then says.
    pub(super) fn new(tallies: &Arc<Tallies>) -> Option<Self> {
        let registry = Registry::new();
        let exporter = opentelemetry_prometheus::exporter()
            .with_registry(registry.clone())
            .without_counter_suffixes()
            .without_units()
            .without_target_info()
            .scope_info_enabled(false)
            .build()
            .inspect_err(|error| tracing::error!(%error, "metrics can't be collected"))
            .ok()?;
        let provider = SdkMeterProvider::builder().with_reader(exporter).build();
        let meter = provider.meter("clawgate");
        observe_counters(&meter, tallies);
        observe_gauges(&meter, tallies);
        let counter = |name: &'static str, help: &'static str| {
            meter.u64_counter(name).with_description(help).build()
        };
        let histogram = |shape: &Shape| {
            meter
                .f64_histogram(shape.name)
                .with_description(shape.help)
                .with_boundaries(shape.bounds.to_vec())
                .build()
        };
        let exposition = Self {
            requests: counter("zeroclaw_requests_total", "HTTP requests answered"),
            llm_requests: counter("zeroclaw_llm_requests_total", "Model calls"),
            tool_calls: counter("zeroclaw_tool_calls_total", "Tool calls"),
            cron_runs: counter("zeroclaw_cron_runs_total", "Runs of scheduled jobs"),
            request_seconds: histogram(&REQUEST_SECONDS),
            llm_seconds: histogram(&LLM_SECONDS),
            first_token_seconds: histogram(&FIRST_TOKEN_SECONDS),
            db_write_seconds: histogram(&DB_WRITE_SECONDS),
            registry,
            _provider: provider,
        };
        exposition.start_at_zero();
        Some(exposition)
    }

    /// A counter that appears only with its first event hides that event from `rate()`.
    fn start_at_zero(&self) {
        self.count_request(OTHER, "GET", 404, 0);
        self.count_llm(OTHER.into(), OTHER.into(), "ok", 0);
        for success in [true, false] {
            self.count_tool(OTHER.into(), labels::outcome(success), 0);
            self.count_cron(labels::outcome(success), 0);
        }
    }

    pub(super) fn count_request(
        &self,
        endpoint: &'static str,
        method: &'static str,
        status: u16,
        times: u64,
    ) {
        let labels = [
            KeyValue::new("endpoint", endpoint),
            KeyValue::new("method", method),
            KeyValue::new("status", i64::from(status)),
        ];
        self.requests.add(times, &labels);
    }

    pub(super) fn count_llm(
        &self,
        provider: opentelemetry::StringValue,
        model: opentelemetry::StringValue,
        outcome: &'static str,
        times: u64,
    ) {
        let labels = [
            KeyValue::new("provider", provider),
            KeyValue::new("model", model),
            KeyValue::new("outcome", outcome),
        ];
        self.llm_requests.add(times, &labels);
    }

    pub(super) fn count_tool(
        &self,
        tool: opentelemetry::StringValue,
        outcome: &'static str,
        times: u64,
    ) {
        let labels = [
            KeyValue::new("tool", tool),
            KeyValue::new("outcome", outcome),
        ];
        self.tool_calls.add(times, &labels);
    }

    pub(super) fn count_cron(&self, outcome: &'static str, times: u64) {
        self.cron_runs
            .add(times, &[KeyValue::new("outcome", outcome)]);
    }

    pub(super) fn time_request(&self, took: Duration) {
        self.request_seconds.record(took.as_secs_f64(), &[]);
    }

    pub(super) fn time_llm(&self, took: Duration, first_token: Option<Duration>) {
        self.llm_seconds.record(took.as_secs_f64(), &[]);
        if let Some(first_token) = first_token {
            self.first_token_seconds
                .record(first_token.as_secs_f64(), &[]);
        }
    }

    pub(super) fn time_db_write(&self, took: Duration) {
        self.db_write_seconds.record(took.as_secs_f64(), &[]);
    }

    /// The text that scrapers read.
    pub(super) fn render(&self) -> String {
        let families = self.registry.gather();
        let mut text = TextEncoder::new()
            .encode_to_string(&families)
            .unwrap_or_else(|error| {
                tracing::error!(%error, "metrics could not be written");
                String::new()
            });
        for shape in &SHAPES {
            if !families.iter().any(|family| is(family, shape)) {
                shape.write_empty(&mut text);
            }
        }
        text
    }
}

fn is(family: &MetricFamily, shape: &Shape) -> bool {
    family.name() == shape.name
}

impl Shape {
    /// The exporter leaves out a histogram with no value yet; here it stands with zeros.
    fn write_empty(&self, text: &mut String) {
        use std::fmt::Write as _;
        let Self { name, help, bounds } = self;
        let mut write = || -> std::fmt::Result {
            writeln!(text, "# HELP {name} {help}\n# TYPE {name} histogram")?;
            for bound in *bounds {
                writeln!(text, "{name}_bucket{{le=\"{bound}\"}} 0")?;
            }
            writeln!(text, "{name}_bucket{{le=\"+Inf\"}} 0")?;
            writeln!(text, "{name}_sum 0\n{name}_count 0")
        };
        // Writing to a string does not fail.
        write().unwrap_or_default();
    }
}

fn observe_counters(meter: &Meter, tallies: &Arc<Tallies>) {
    type Pick = fn(&Tallies) -> &AtomicU64;
    let counters: [(&'static str, &'static str, Pick); 3] = [
        (
            "zeroclaw_heartbeat_ticks_total",
            "Total number of heartbeat ticks",
            |tallies| &tallies.heartbeat_ticks,
        ),
        (
            "zeroclaw_db_write_groups_total",
            "Write transactions committed",
            |tallies| &tallies.db_write_groups,
        ),
        (
            "zeroclaw_db_writes_total",
            "Writes committed, many to a transaction",
            |tallies| &tallies.db_writes,
        ),
    ];
    for (name, help, pick) in counters {
        let tallies = Arc::clone(tallies);
        meter
            .u64_observable_counter(name)
            .with_description(help)
            .with_callback(move |seen| seen.observe(pick(&tallies).load(Ordering::Relaxed), &[]))
            .build();
    }
    let tokens = Arc::clone(tallies);
    meter
        .u64_observable_counter("zeroclaw_tokens_total")
        .with_description("Tokens sent to models (input) and produced by them (output)")
        .with_callback(move |seen| {
            for (direction, tally) in [
                ("input", &tokens.input_tokens),
                ("output", &tokens.output_tokens),
            ] {
                let labels = [KeyValue::new("direction", direction)];
                seen.observe(tally.load(Ordering::Relaxed), &labels);
            }
        })
        .build();
    let cost = Arc::clone(tallies);
    meter
        .f64_observable_counter("zeroclaw_cost_usd_total")
        .with_description("What model calls have cost, in US dollars, where the price is known")
        .with_callback(move |seen| {
            let micros = cost.cost_micros.load(Ordering::Relaxed);
            #[expect(
                clippy::cast_precision_loss,
                reason = "exact up to nine billion dollars"
            )]
            seen.observe(micros as f64 / 1_000_000.0, &[]);
        })
        .build();
}

fn observe_gauges(meter: &Meter, tallies: &Arc<Tallies>) {
    type Pick = fn(&Tallies) -> i64;
    fn whole(value: &AtomicU64) -> i64 {
        i64::try_from(value.load(Ordering::Relaxed)).unwrap_or(i64::MAX)
    }
    let gauges: [(&'static str, &'static str, Pick); 5] = [
        (
            "zeroclaw_active_turns",
            "Turns being worked on",
            |tallies| tallies.active_turns.load(Ordering::Relaxed),
        ),
        ("zeroclaw_sse_clients", "Open event streams", |tallies| {
            tallies.sse_clients.load(Ordering::Relaxed)
        }),
        ("zeroclaw_ws_clients", "Open sockets", |tallies| {
            tallies.ws_clients.load(Ordering::Relaxed)
        }),
        (
            "zeroclaw_db_queue_depth",
            "Writes waiting for the writer",
            |tallies| whole(&tallies.db_queue_depth),
        ),
        (
            "zeroclaw_db_size_bytes",
            "Size of the database file, its write-ahead log included",
            |tallies| whole(&tallies.db_size_bytes),
        ),
    ];
    for (name, help, pick) in gauges {
        let tallies = Arc::clone(tallies);
        meter
            .i64_observable_gauge(name)
            .with_description(help)
            .with_callback(move |seen| seen.observe(pick(&tallies), &[]))
            .build();
    }
}
