//! How a log line looks: one JSON object a line in the file, words on the terminal. Both carry
//! the id of the request being answered and what the spans around them know.

use std::{fmt, sync::Arc};

use serde_json::{Map, Value};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    field::RecordFields,
    fmt::{
        FmtContext, FormatEvent, FormatFields, FormattedFields,
        format::{Format, Full, Writer},
        time::FormatTime,
    },
    registry::{LookupSpan, Scope},
};

use super::request_id;
use crate::clock::Clock;

/// Tells the formatters the time.
#[derive(Clone)]
pub(super) struct LineTime(pub(super) Arc<dyn Clock>);

impl FormatTime for LineTime {
    fn format_time(&self, out: &mut Writer<'_>) -> fmt::Result {
        write!(out, "{}", self.0.now())
    }
}

/// For people: time, level, spans, target, message, fields, request id.
pub(super) struct Words(Format<Full, LineTime>);

impl Words {
    pub(super) fn new(time: LineTime, ansi: bool) -> Self {
        Self(Format::default().with_timer(time).with_ansi(ansi))
    }
}

impl<S, N> FormatEvent<S, N> for Words
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let Some(id) = request_id::current() else {
            return self.0.format_event(context, out, event);
        };
        let mut line = String::new();
        self.0
            .format_event(context, Writer::new(&mut line), event)?;
        writeln!(out, "{} request_id={id}", line.trim_end())
    }
}

/// For programs: `{timestamp, level, target, message, fields, request_id?, turn_id?, session_id?}`.
pub(super) struct Json(pub(super) LineTime);

impl<S, N> FormatEvent<S, N> for Json
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Map::new();
        let spans = context.event_scope().map(Scope::from_root);
        for span in spans.into_iter().flatten() {
            let extensions = span.extensions();
            // The file's layer writes the fields of spans as JSON; see `init.rs`.
            if let Some(known) = extensions.get::<FormattedFields<N>>()
                && let Ok(known) = serde_json::from_str::<Map<String, Value>>(&known.fields)
            {
                fields.extend(known);
            }
        }
        event.record(&mut Collect(&mut fields));
        // Lines of the `log` crate say in fields who wrote them.
        let target = fields.remove("log.target");
        fields.retain(|name, _| !is_for_collectors(name));
        let target = target.unwrap_or_else(|| event.metadata().target().into());
        let mut line = Map::new();
        line.insert("timestamp".into(), self.0.0.now().to_string().into());
        line.insert("level".into(), level_word(*event.metadata().level()).into());
        line.insert("target".into(), target);
        let message = fields.remove("message").unwrap_or_else(|| "".into());
        line.insert("message".into(), message);
        if let Some(id) = request_id::current() {
            line.insert("request_id".into(), id.as_ref().into());
        }
        if let Some(turn) = fields.remove("turn_id") {
            line.insert("turn_id".into(), turn);
        }
        if let Some(session) = fields.remove("gen_ai.conversation.id") {
            line.insert("session_id".into(), session);
        }
        line.insert("fields".into(), Value::Object(fields));
        let line = serde_json::to_string(&line).map_err(|_| fmt::Error)?;
        writeln!(out, "{line}")
    }
}

fn level_word(level: tracing::Level) -> &'static str {
    match level {
        tracing::Level::ERROR => "error",
        tracing::Level::WARN => "warn",
        tracing::Level::INFO => "info",
        tracing::Level::DEBUG => "debug",
        tracing::Level::TRACE => "trace",
    }
}

/// Whether a field says nothing to whoever reads the log.
fn is_for_collectors(name: &str) -> bool {
    let fixed = ["gen_ai.operation.name", "gen_ai.agent.name"];
    name.starts_with("log.") || name.starts_with("otel.") || fixed.contains(&name)
}

/// Puts an event's fields into a map.
struct Collect<'a>(&'a mut Map<String, Value>);

impl Collect<'_> {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Collect<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.put(field, chain(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }
}

/// Writes fields as words for the terminal: `name=value`, the message as it is. What is there
/// for collectors of traces (`otel.*`, `gen_ai.*`) is left out.
pub(super) struct WordFields;

impl<'a> FormatFields<'a> for WordFields {
    fn format_fields<R: RecordFields>(&self, out: Writer<'a>, fields: R) -> fmt::Result {
        let mut words = WordVisitor {
            out,
            first: true,
            result: Ok(()),
        };
        fields.record(&mut words);
        words.result
    }
}

struct WordVisitor<'a> {
    out: Writer<'a>,
    first: bool,
    result: fmt::Result,
}

impl WordVisitor<'_> {
    fn write(&mut self, field: &Field, value: &dyn fmt::Debug) -> fmt::Result {
        if !self.first {
            self.out.write_char(' ')?;
        }
        self.first = false;
        let name = field.name();
        if name != "message" {
            write!(self.out, "{}=", name.trim_start_matches("r#"))?;
        }
        // A line stays one line, and nothing in it steers the terminal.
        for letter in format!("{value:?}").chars() {
            if letter.is_control() {
                write!(self.out, "{}", letter.escape_default())?;
            } else {
                self.out.write_char(letter)?;
            }
        }
        Ok(())
    }
}

impl Visit for WordVisitor<'_> {
    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.record_debug(field, &format_args!("{}", chain(value)));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let for_others = ["otel.", "gen_ai.", "log."];
        if self.result.is_ok() && !for_others.iter().any(|kind| field.name().starts_with(kind)) {
            self.result = self.write(field, value);
        }
    }
}

/// An error and what caused it, in one line.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
