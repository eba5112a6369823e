//! A report to hand on: versions, the settings that were changed, what was found. No secret is in
//! it, no name of a user, and no address but those that the findings are about.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{Doctor, Report, Severity, Surroundings};
use crate::{
    config::{Config, Value, is_loopback, redact, view},
    http::outward_address,
    store::Store,
};

impl Doctor {
    /// The last report as Markdown; without one, what is known of the gateway alone.
    pub async fn paper(&self) -> String {
        let place = &self.inner.place;
        let mut text = "# Clawgate report\n\n".to_owned();
        put_versions(&mut text, place).await;
        put_settings(&mut text, place);
        match self.last() {
            Some(report) => put_results(&mut text, &report, place),
            None => text.push_str("## Findings\n\nNothing was looked at yet.\n"),
        }
        redact(&place.shown(&text)).into_owned()
    }
}

async fn put_versions(text: &mut String, place: &Surroundings) {
    let mut line = |name: &str, value: &str| {
        let _written = writeln!(text, "- {name}: {value}");
    };
    line("Clawgate", env!("CARGO_PKG_VERSION"));
    line(
        "System",
        &format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
    );
    line("Schema", &Store::schema_version().to_string());
    if let Some(store) = &place.store
        && let Ok(version) = store.sqlite_version().await
    {
        line("SQLite", &version);
    }
    if let Some(listening) = place.listening() {
        let page = if listening.page { "yes" } else { "no" };
        line("Dashboard built in", page);
    }
    line("Time", &place.clock.now().to_string());
    text.push('\n');
}

fn put_settings(text: &mut String, place: &Surroundings) {
    text.push_str("## Settings that differ from the defaults\n\n");
    if place.config.is_none() {
        text.push_str("The configuration does not load.\n\n");
        return;
    }
    let usual: BTreeMap<String, Value> = view::settings(&Config::default()).into_iter().collect();
    let set = view::settings(&place.settings()).into_iter();
    let changed: Vec<String> = set
        .filter(|(key, value)| usual.get(key) != Some(value) && !is_empty(value))
        .map(|(key, value)| format!("{key} = {}", harmless(&key, &value)))
        .collect();
    if changed.is_empty() {
        text.push_str("None.\n\n");
    } else {
        let _written = write!(text, "```toml\n{}\n```\n\n", changed.join("\n"));
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.is_empty(),
        Value::List(items) => items.is_empty(),
        _ => false,
    }
}

/// Settings whose very words are somebody's own.
const PERSONAL: [&str; 2] = ["agent.system_prompt", "gateway.paired_tokens"];

/// A value without what tells where somebody lives on the Internet.
fn harmless(key: &str, value: &Value) -> String {
    let count = |count: usize| format!("\"({count} left out)\"");
    match value {
        Value::Text(text) if PERSONAL.contains(&key) => {
            format!("\"({} characters left out)\"", text.chars().count())
        }
        Value::List(items) if PERSONAL.contains(&key) || key.ends_with("_hosts") => {
            count(items.len())
        }
        Value::Text(text) if key == "gateway.host" && !is_loopback(text) => {
            let any = ["0.0.0.0", "::", "[::]"].contains(&text.as_str());
            if any { value.to_string() } else { count(1) }
        }
        Value::Text(text) if text.contains("://") => format!("\"{}\"", origin(text)),
        _ => value.to_toml().to_string(),
    }
}

/// An address without user, password, path and query.
fn origin(text: &str) -> String {
    reqwest::Url::parse(text).map_or_else(
        |_| "(an address)".to_owned(),
        |url| {
            let origin = url.origin();
            if origin.is_tuple() {
                origin.ascii_serialization()
            } else {
                "(an address)".to_owned()
            }
        },
    )
}

fn put_results(text: &mut String, report: &Report, place: &Surroundings) {
    let summary = report.summary();
    let _written = write!(
        text,
        "## Findings\n\n{} errors, {} warnings, {} remarks, {} as they should be; {}.\n",
        summary.error, summary.warning, summary.info, summary.ok, report.at
    );
    let mut results: Vec<_> = report.results.iter().collect();
    results.sort_by_key(|one| (std::cmp::Reverse(one.severity), one.category));
    let mut severity = None;
    let hidden = private_words(place);
    for one in results {
        if severity != Some(one.severity) {
            severity = Some(one.severity);
            let _written = write!(text, "\n### {}\n\n", heading(one.severity));
        }
        let _written = writeln!(
            text,
            "- **{}** ({} ms): {}",
            one.id,
            one.duration_ms,
            without(&one.message, &hidden)
        );
        // What devices are called is nobody's business.
        if one.id == "devices.unused" {
            let _written = writeln!(text, "  - {} devices", one.details.len());
            continue;
        }
        for detail in &one.details {
            let _written = writeln!(text, "  - {}", without(detail, &hidden));
        }
    }
}

const fn heading(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "Errors",
        Severity::Warning => "Warnings",
        Severity::Info => "Remarks",
        Severity::Ok => "As it should be",
    }
}

/// Names and addresses under which others reach the gateway.
fn private_words(place: &Surroundings) -> Vec<String> {
    let mut words = place.settings().gateway.allowed_hosts.clone();
    let bound = place.listening().map(|listening| listening.bound.ip());
    let seen = bound.and_then(|ip| {
        if ip.is_unspecified() {
            outward_address(ip)
        } else {
            Some(ip)
        }
    });
    words.extend(seen.filter(|ip| !ip.is_loopback()).map(|ip| ip.to_string()));
    words
}

fn without(text: &str, hidden: &[String]) -> String {
    hidden
        .iter()
        .filter(|word| !word.is_empty())
        .fold(text.to_owned(), |text, word| {
            text.replace(word.as_str(), "(a host)")
        })
}
