//! How the log appears over HTTP.

use std::collections::BTreeMap;

use poem::{Body, IntoResponse, Response, http::header};
use poem_openapi::{
    ApiResponse, Enum, Object,
    registry::{MetaHeader, MetaMediaType, MetaResponse, MetaResponses, MetaSchemaRef, Registry},
    types::Type,
};
use serde_json::Value;

use crate::{
    model::{Cursor, CursorError, Timestamp},
    telemetry::{
        levels::{Levels, level_of_all},
        logs::{LogHistogram, LogLevel, LogLine, LogPage, LogPlace, LogTargets},
    },
};

/// A log line.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(super) struct LogLineView {
    /// Ever rising, across restarts too.
    id: u64,
    /// When it was written.
    timestamp: Timestamp,
    /// How much it matters.
    level: LogLevel,
    /// The module that wrote it.
    target: String,
    /// What it says.
    message: String,
    /// The rest of what it says, by name.
    fields: BTreeMap<String, Value>,
    /// The request it was written for.
    request_id: Option<String>,
    /// The turn it was written in.
    turn_id: Option<String>,
    /// The turn's session.
    session_id: Option<String>,
}

impl From<LogLine> for LogLineView {
    fn from(line: LogLine) -> Self {
        Self {
            id: line.id,
            timestamp: line.timestamp,
            level: line.level,
            target: line.target,
            message: line.message,
            fields: line.fields.into_iter().collect(),
            request_id: line.request_id,
            turn_id: line.turn_id,
            session_id: line.session_id,
        }
    }
}

/// Some log lines.
#[derive(Debug, Object)]
pub(super) struct LogPageView {
    /// The newest first.
    lines: Vec<LogLineView>,
    /// Leads to older lines; null where the log, or the range asked for, begins.
    next_cursor: Option<String>,
    /// Leads to newer lines, also to those that are not written yet.
    newer_cursor: String,
    /// The id after which newer lines are: follow the stream from here.
    newest_id: u64,
    /// So much was looked through that the search ends here for now: go on with the cursor.
    partial: bool,
}

impl From<LogPage> for LogPageView {
    fn from(page: LogPage) -> Self {
        let (LogPlace::After(newest_id) | LogPlace::Before(newest_id)) = page.newer;
        Self {
            lines: page.lines.into_iter().map(LogLineView::from).collect(),
            next_cursor: page.older.map(encoded),
            newer_cursor: encoded(page.newer),
            newest_id,
            partial: page.partial,
        }
    }
}

const OLDER: i64 = 0;
const NEWER: i64 = 1;

fn encoded(place: LogPlace) -> String {
    let (id, row) = match place {
        LogPlace::Before(id) => (id, OLDER),
        LogPlace::After(id) => (id, NEWER),
    };
    let key = i64::try_from(id).unwrap_or(i64::MAX);
    Cursor { key, row }.encode()
}

/// The place that a cursor leads to.
pub(super) fn place_of(cursor: &str) -> Result<LogPlace, CursorError> {
    let cursor = Cursor::decode(cursor)?;
    let id = u64::try_from(cursor.key).map_err(|_| CursorError)?;
    match cursor.row {
        OLDER => Ok(LogPlace::Before(id)),
        NEWER => Ok(LogPlace::After(id)),
        _ => Err(CursorError),
    }
}

/// Lines in a stretch of time.
#[derive(Debug, Object)]
struct LogBucket {
    /// When it begins.
    from: Timestamp,
    /// How many of them are errors.
    error: u64,
    /// How many are warnings.
    warn: u64,
    /// How many say what happened.
    info: u64,
    /// How many are for whoever looks for a fault.
    debug: u64,
    /// How many tell of every step.
    trace: u64,
}

/// How many lines there were.
#[derive(Debug, Object)]
pub(super) struct LogHistogramView {
    /// The oldest first; each is as long as the others.
    buckets: Vec<LogBucket>,
    /// How long one is, in milliseconds.
    bucket_millis: i64,
    /// So much was to be looked through that lines before `counted_from` were not counted.
    partial: bool,
    /// From when on all lines are counted.
    counted_from: Timestamp,
}

impl From<LogHistogram> for LogHistogramView {
    fn from(counted: LogHistogram) -> Self {
        let mut from = counted.from.as_millis();
        let buckets = counted
            .buckets
            .iter()
            .map(|[trace, debug, info, warn, error]| {
                let bucket = LogBucket {
                    from: Timestamp::from_millis(from),
                    error: *error,
                    warn: *warn,
                    info: *info,
                    debug: *debug,
                    trace: *trace,
                };
                from += counted.bucket_millis;
                bucket
            });
        Self {
            buckets: buckets.collect(),
            bucket_millis: counted.bucket_millis,
            partial: counted.counted_from.is_some(),
            counted_from: counted.counted_from.unwrap_or(counted.from),
        }
    }
}

/// A module that writes to the log.
#[derive(Debug, Object)]
struct LogTarget {
    /// Its name.
    target: String,
    /// How many of the newest lines it wrote.
    lines: u64,
}

/// The modules that write to the log.
#[derive(Debug, Object)]
pub(super) struct LogTargetsView {
    /// By name.
    targets: Vec<LogTarget>,
    /// Only the newest part of the log was looked at.
    partial: bool,
}

impl From<LogTargets> for LogTargetsView {
    fn from(found: LogTargets) -> Self {
        let targets = found.targets.into_iter();
        Self {
            targets: targets
                .map(|(target, lines)| LogTarget { target, lines })
                .collect(),
            partial: found.partial,
        }
    }
}

/// What may be set for a module, or for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub(super) enum WantedLevel {
    /// Nothing.
    Off,
    /// Errors only.
    Error,
    /// Warnings and what is worse.
    Warn,
    /// What happens, too.
    Info,
    /// For whoever looks for a fault.
    Debug,
    /// Every step.
    Trace,
    /// What the configuration says: takes back what was set.
    Default,
}

impl WantedLevel {
    /// The level's word; none: what was set is taken back.
    pub(super) fn word(self) -> Option<&'static str> {
        match self {
            Self::Off => Some("off"),
            Self::Error => Some("error"),
            Self::Warn => Some("warn"),
            Self::Info => Some("info"),
            Self::Debug => Some("debug"),
            Self::Trace => Some("trace"),
            Self::Default => None,
        }
    }
}

/// A level to be set.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct LevelChange {
    /// The level.
    pub(super) level: WantedLevel,
    /// For this module and what is within it; left out: for all that have none of their own.
    pub(super) target: Option<String>,
    /// For so many minutes, up to a day; left out: until the next start.
    #[oai(validator(minimum(value = "1"), maximum(value = "1440")))]
    pub(super) minutes: Option<u32>,
    /// Write it into the configuration, where it stays. Not together with `minutes`.
    #[oai(default)]
    pub(super) persist: bool,
}

/// A level that was set while the gateway runs.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct LevelOverride {
    /// For this module; left out: for all that have none of their own.
    target: Option<String>,
    /// The level, or `off`.
    level: String,
    /// Until when; left out: until the next start.
    until: Option<Timestamp>,
}

/// What is logged.
#[derive(Debug, Object)]
pub(super) struct LevelsView {
    /// The level of all modules that have none of their own.
    level: String,
    /// What the configuration says (`observability.log_level`).
    configured: String,
    /// What holds now.
    effective: String,
    /// What was set beside the configuration.
    overrides: Vec<LevelOverride>,
}

impl From<Levels> for LevelsView {
    fn from(levels: Levels) -> Self {
        let overrides = levels.overrides.into_iter().map(|one| LevelOverride {
            target: one.target,
            level: one.level.to_owned(),
            until: one.until,
        });
        Self {
            level: level_of_all(&levels.effective).unwrap_or_else(|| "error".to_owned()),
            configured: levels.base,
            effective: levels.effective,
            overrides: overrides.collect(),
        }
    }
}

/// The form of a download.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub(super) enum LogFormat {
    /// One JSON object a line.
    #[default]
    Jsonl,
    /// One line of words for each.
    Text,
}

impl LogFormat {
    pub(super) const fn ending(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Text => "log",
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Jsonl => "application/x-ndjson",
            Self::Text => "text/plain; charset=utf-8",
        }
    }
}

/// Log lines as a file, written by hand since it comes in pieces and in two forms.
pub(super) struct LogFile {
    pub(super) format: LogFormat,
    pub(super) name: String,
    pub(super) body: Body,
}

impl IntoResponse for LogFile {
    fn into_response(self) -> Response {
        let attached = format!("attachment; filename=\"{}\"", self.name);
        Response::builder()
            .header(header::CONTENT_TYPE, self.format.content_type())
            .header(header::CONTENT_DISPOSITION, attached)
            .header(header::CACHE_CONTROL, "no-store")
            .body(self.body)
    }
}

impl ApiResponse for LogFile {
    fn meta() -> MetaResponses {
        let content = |content_type, schema| MetaMediaType {
            content_type,
            schema,
        };
        let text = || -> MetaSchemaRef { String::schema_ref() };
        MetaResponses {
            responses: vec![MetaResponse {
                description: "The lines, the oldest first.",
                status: Some(200),
                status_range: None,
                content: vec![
                    content(LogFormat::Jsonl.content_type(), text()),
                    content(LogFormat::Text.content_type(), text()),
                ],
                headers: vec![MetaHeader {
                    name: "CONTENT-DISPOSITION".to_owned(),
                    description: Some("A name for the file.".to_owned()),
                    required: true,
                    deprecated: false,
                    schema: text(),
                }],
            }],
        }
    }

    fn register(_registry: &mut Registry) {}
}
