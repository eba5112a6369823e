//! `[observability]`: metrics, traces and logs.

use super::{Field, between, field};
use crate::config::{Config, kind::Kind, setting::Setting as _, value::Value};

pub(super) static FIELDS: &[Field<Config>] = &[
    Field {
        name: "observability.backend",
        kind: Kind::Choice(&["prometheus", "none"]),
        about: "prometheus serves /metrics; none does not.",
        set: |config, value| {
            String::take(value)
                .map(|word| config.observability.prometheus = word == "prometheus")
                .is_some()
        },
        get: |config| {
            let word = if config.observability.prometheus {
                "prometheus"
            } else {
                "none"
            };
            Value::Text(word.to_owned())
        },
    },
    field!(
        "observability.otlp_endpoint",
        Kind::Url,
        observability.otlp_endpoint,
        "Where traces go over OTLP; empty: nowhere."
    ),
    field!(
        "observability.log_level",
        Kind::Directives,
        observability.log_level,
        "A level, or directives such as \"info,clawgate::agent=debug\"."
    ),
    field!(
        "observability.log_max_bytes",
        between(1 << 20, 1 << 40),
        observability.log_max_bytes,
        "Bytes that all log files together may take; the oldest go first."
    ),
    field!(
        "observability.log_keep_days",
        between(1, 3650),
        observability.log_keep_days,
        "Days of log files that are kept."
    ),
];
