//! `/api/logs`: reading the log, following it, taking it along, and what goes into it.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream;
use poem::Body;
use poem_openapi::{
    OpenApi,
    param::{Header, Query},
    payload::Json,
};

use super::{
    ApiError, Caller, Group,
    body::JsonBody,
    log_views::{
        LevelChange, LevelsView, LogFile, LogFormat, LogHistogramView, LogLineView, LogPageView,
        LogTargetsView, place_of,
    },
    sse::{Ends, Sse},
};
use crate::{
    clock::Clock,
    config::{ConfigKeeper, Edit, document::DocumentError},
    model::{Timestamp, TurnId},
    tasks::Tasks,
    telemetry::{
        Logs, Metrics,
        levels::{LevelError, with_level},
        logs::{FilterError, LogFilter, LogLevel, LogLine, LogPlace},
    },
};

/// The setting that a level is written to.
const SETTING: &str = "observability.log_level";
/// A histogram without a beginning counts so many seconds.
const HISTOGRAM_SECS: i64 = 3600;

/// The group.
pub struct LogsApi {
    /// The log, and what goes into it.
    pub logs: Logs,
    /// Writes a level into the configuration.
    pub keeper: Arc<ConfigKeeper>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The signal to stop.
    pub tasks: Tasks,
    /// Counts open streams.
    pub metrics: Metrics,
}

#[OpenApi(tag = "Group::Watching")]
impl LogsApi {
    /// Read the log
    ///
    /// The newest lines first. `next_cursor` leads to older ones, `newer_cursor` to newer ones.
    /// Each call looks through a bounded part of the log; where that is not enough to fill the
    /// page, `partial` is true: go on with the cursor.
    #[oai(path = "/api/logs", method = "get", operation_id = "list_logs")]
    #[expect(clippy::too_many_arguments, reason = "one for each part of the query")]
    async fn list(
        &self,
        _caller: Caller,
        /// Lines that matter at least so much.
        level: Query<Option<LogLevel>>,
        /// Only of these modules and what is within them, separated by commas; one with a minus
        /// before it is left out.
        target: Query<Option<String>>,
        /// Only with this text in the module, the message or a field (`name=value`).
        text: Query<Option<String>>,
        /// Only where this regular expression is found in the same; case does not matter.
        regex: Query<Option<String>>,
        /// Only from this moment on.
        from: Query<Option<Timestamp>>,
        /// Only up to this moment.
        to: Query<Option<Timestamp>>,
        /// Only of this turn.
        turn_id: Query<Option<TurnId>>,
        /// Only of this session's turns.
        session_id: Query<Option<String>>,
        /// Only of this request.
        request_id: Query<Option<String>>,
        /// At most so many.
        #[oai(
            default = "default_limit",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<u32>,
        /// Where to go on.
        cursor: Query<Option<String>>,
        /// Only lines older than the one of this id; not together with `cursor`.
        before_id: Query<Option<u64>>,
    ) -> Result<Json<LogPageView>, ApiError> {
        let filter = LogFilter::default()
            .at_least(level.0)
            .of_targets(target.0.as_deref())?
            .with_text(text.0.as_deref())?
            .with_regex(regex.0.as_deref())?
            .between(from.0, to.0)?
            .of_turn(turn_id.0.map(|id| id.to_string()))
            .of_session(session_id.0)
            .of_request(request_id.0);
        if cursor.0.is_some() && before_id.0.is_some() {
            let expected = "leave it out: the cursor says where to go on";
            return Err(ApiError::bad_field("before_id", expected));
        }
        let place = cursor.0.as_deref().map(place_of).transpose();
        let place = place.map_err(|error| ApiError::bad_field("cursor", error.to_string()))?;
        let place = place.or(before_id.0.map(LogPlace::Before));
        let page = self.logs.store.page(filter, place, limit.0 as usize).await;
        Ok(Json(
            page.map_err(|error| ApiError::internal(&error))?.into(),
        ))
    }

    /// Follow the log
    ///
    /// Events are called `log`; their `id` is the line's. A reader that comes back with
    /// `Last-Event-ID` goes on where it was, out of the files when it was away for long. Where
    /// lines are no longer kept it gets an event `gap {missed, resume_from}`.
    #[oai(
        path = "/api/logs/stream",
        method = "get",
        operation_id = "follow_logs"
    )]
    #[expect(clippy::too_many_arguments, reason = "one for each part of the query")]
    async fn stream(
        &self,
        caller: Caller,
        /// Lines that matter at least so much.
        level: Query<Option<LogLevel>>,
        /// Only of these modules and what is within them, separated by commas; one with a minus
        /// before it is left out.
        target: Query<Option<String>>,
        /// Only with this text in the module, the message or a field (`name=value`).
        text: Query<Option<String>>,
        /// Only where this regular expression is found in the same; case does not matter.
        regex: Query<Option<String>>,
        /// Only of this turn.
        turn_id: Query<Option<TurnId>>,
        /// Only of this session's turns.
        session_id: Query<Option<String>>,
        /// Only of this request.
        request_id: Query<Option<String>>,
        /// The id of the last line you have.
        #[oai(name = "Last-Event-ID")]
        last_event_id: Header<Option<String>>,
        /// The same, for clients that can't set a header.
        after_id: Query<Option<u64>>,
    ) -> Result<Sse<LogLineView>, ApiError> {
        let filter = LogFilter::default()
            .at_least(level.0)
            .of_targets(target.0.as_deref())?
            .with_text(text.0.as_deref())?
            .with_regex(regex.0.as_deref())?
            .of_turn(turn_id.0.map(|id| id.to_string()))
            .of_session(session_id.0)
            .of_request(request_id.0);
        let resumed = last_event_id.0.and_then(|text| text.trim().parse().ok());
        let follower = self.logs.store.follow(filter, resumed.or(after_id.0));
        let ends = Ends {
            stopping: self.tasks.stopping().clone(),
            revoked: caller.revoked,
            _open: self.metrics.sse_client(),
        };
        Ok(Sse::of_logs(follower, ends))
    }

    /// Count log lines over time
    ///
    /// By level, in stretches of equal length. The newest part of the log is counted first; where
    /// there is too much of it, `partial` is true.
    #[oai(
        path = "/api/logs/histogram",
        method = "get",
        operation_id = "count_logs"
    )]
    #[expect(clippy::too_many_arguments, reason = "one for each part of the query")]
    async fn histogram(
        &self,
        _caller: Caller,
        /// Lines that matter at least so much.
        level: Query<Option<LogLevel>>,
        /// Only of these modules and what is within them, separated by commas; one with a minus
        /// before it is left out.
        target: Query<Option<String>>,
        /// Only with this text in the module, the message or a field (`name=value`).
        text: Query<Option<String>>,
        /// Only where this regular expression is found in the same; case does not matter.
        regex: Query<Option<String>>,
        /// From this moment on; an hour before `to` when left out.
        from: Query<Option<Timestamp>>,
        /// Up to this moment; now when left out.
        to: Query<Option<Timestamp>>,
        /// Only of this turn.
        turn_id: Query<Option<TurnId>>,
        /// Only of this session's turns.
        session_id: Query<Option<String>>,
        /// Only of this request.
        request_id: Query<Option<String>>,
        /// So many stretches.
        #[oai(
            default = "default_buckets",
            validator(minimum(value = "1"), maximum(value = "500"))
        )]
        buckets: Query<u32>,
    ) -> Result<Json<LogHistogramView>, ApiError> {
        let to = to.0.unwrap_or_else(|| self.clock.now());
        let from = from.0.unwrap_or_else(|| to.plus_secs(-HISTOGRAM_SECS));
        let filter = LogFilter::default()
            .at_least(level.0)
            .of_targets(target.0.as_deref())?
            .with_text(text.0.as_deref())?
            .with_regex(regex.0.as_deref())?
            .between(Some(from), Some(to))?
            .of_turn(turn_id.0.map(|id| id.to_string()))
            .of_session(session_id.0)
            .of_request(request_id.0);
        let store = &self.logs.store;
        let counted = store.histogram(filter, from, to, buckets.0 as usize).await;
        Ok(Json(
            counted.map_err(|error| ApiError::internal(&error))?.into(),
        ))
    }

    /// Download the log
    ///
    /// The wanted lines, the oldest first, as a file that comes in pieces.
    #[oai(
        path = "/api/logs/download",
        method = "get",
        operation_id = "download_logs"
    )]
    #[expect(clippy::too_many_arguments, reason = "one for each part of the query")]
    async fn download(
        &self,
        _caller: Caller,
        /// Its form.
        #[oai(default)]
        format: Query<LogFormat>,
        /// Lines that matter at least so much.
        level: Query<Option<LogLevel>>,
        /// Only of these modules and what is within them, separated by commas; one with a minus
        /// before it is left out.
        target: Query<Option<String>>,
        /// Only with this text in the module, the message or a field (`name=value`).
        text: Query<Option<String>>,
        /// Only where this regular expression is found in the same; case does not matter.
        regex: Query<Option<String>>,
        /// Only from this moment on.
        from: Query<Option<Timestamp>>,
        /// Only up to this moment.
        to: Query<Option<Timestamp>>,
        /// Only of this turn.
        turn_id: Query<Option<TurnId>>,
        /// Only of this session's turns.
        session_id: Query<Option<String>>,
        /// Only of this request.
        request_id: Query<Option<String>>,
    ) -> Result<LogFile, ApiError> {
        let filter = LogFilter::default()
            .at_least(level.0)
            .of_targets(target.0.as_deref())?
            .with_text(text.0.as_deref())?
            .with_regex(regex.0.as_deref())?
            .between(from.0, to.0)?
            .of_turn(turn_id.0.map(|id| id.to_string()))
            .of_session(session_id.0)
            .of_request(request_id.0);
        let now = self.clock.now().to_string();
        // To the second, without the colons that some file systems do not take.
        let now = now.get(..19).unwrap_or_default().replace(':', "-");
        Ok(LogFile {
            format: format.0,
            name: format!("clawgate-{now}.{}", format.0.ending()),
            body: self.pieces(filter, format.0),
        })
    }

    /// List the modules that write to the log
    #[oai(
        path = "/api/logs/targets",
        method = "get",
        operation_id = "list_log_targets"
    )]
    async fn targets(&self, _caller: Caller) -> Result<Json<LogTargetsView>, ApiError> {
        let found = self.logs.store.targets().await;
        Ok(Json(
            found.map_err(|error| ApiError::internal(&error))?.into(),
        ))
    }

    /// See what is logged
    #[oai(
        path = "/api/logs/level",
        method = "get",
        operation_id = "get_log_level"
    )]
    async fn level(&self, _caller: Caller) -> Json<LevelsView> {
        Json(self.logs.levels.current().into())
    }

    /// Set what is logged
    ///
    /// For all modules or for one, at once. It lasts for `minutes` or until the next start, unless
    /// `persist` writes it into the configuration. The level `default` takes back what was set.
    #[oai(
        path = "/api/logs/level",
        method = "put",
        operation_id = "set_log_level"
    )]
    async fn set_level(
        &self,
        _caller: Caller,
        body: JsonBody<LevelChange>,
    ) -> Result<Json<LevelsView>, ApiError> {
        self.change_level(body.0).await
    }

    /// Set what is logged, by POST
    #[oai(
        path = "/api/logs/level",
        method = "post",
        operation_id = "post_log_level"
    )]
    async fn post_level(
        &self,
        _caller: Caller,
        body: JsonBody<LevelChange>,
    ) -> Result<Json<LevelsView>, ApiError> {
        self.change_level(body.0).await
    }
}

impl LogsApi {
    /// The wanted lines, a piece at a time as they are asked for.
    fn pieces(&self, filter: LogFilter, format: LogFormat) -> Body {
        let (store, filter) = (self.logs.store.clone(), Arc::new(filter));
        let pieces = stream::try_unfold(Some(None::<u64>), move |place| {
            let (store, filter) = (store.clone(), Arc::clone(&filter));
            async move {
                let Some(after) = place else {
                    return Ok::<_, std::io::Error>(None);
                };
                let (lines, next) = store.export(filter, after).await?;
                let mut text = Vec::new();
                for line in &lines {
                    put_line(&mut text, line, format)?;
                }
                Ok(Some((Bytes::from(text), next.map(Some))))
            }
        });
        Body::from_bytes_stream(pieces)
    }

    async fn change_level(&self, change: LevelChange) -> Result<Json<LevelsView>, ApiError> {
        let (levels, target) = (&self.logs.levels, change.target.as_deref());
        match (change.level.word(), change.persist) {
            (_, true) if change.minutes.is_some() => {
                return Err(ApiError::bad_field(
                    "minutes",
                    "leave it out: what is written into the configuration stays",
                ));
            }
            (None, true) => {
                return Err(ApiError::bad_field(
                    "persist",
                    "leave it out: \"default\" is what the configuration says",
                ));
            }
            (None, false) => {
                levels.clear(target)?;
            }
            (Some(word), false) => {
                let minutes = change.minutes.map(i64::from);
                let until = minutes.map(|m| self.clock.now().plus_secs(m * 60));
                levels.set(target, word, until)?;
            }
            (Some(word), true) => {
                // Judged before it is written.
                levels.set(target, word, None)?;
                let written = self.write_level(change.target.clone(), word).await;
                levels.clear(target)?;
                written?;
            }
        }
        tracing::info!(
            effective = levels.current().effective,
            "what is logged was changed"
        );
        Ok(Json(levels.current().into()))
    }

    async fn write_level(
        &self,
        target: Option<String>,
        word: &'static str,
    ) -> Result<(), ApiError> {
        let keeper = Arc::clone(&self.keeper);
        let written = tokio::task::spawn_blocking(move || {
            keeper.change(|loaded| {
                let now = &loaded.config.observability.log_level;
                let fresh = with_level(now, target.as_deref(), word);
                Ok::<_, DocumentError>(vec![Edit::Set(SETTING.to_owned(), fresh)])
            })
        });
        let changed = written
            .await
            .map_err(|error| ApiError::internal(&error))?
            .map_err(|error| ApiError::conflict(super::sentence(&error)))?;
        let says = &changed.config.observability.log_level;
        self.logs.levels.set_base(says).map_err(LevelError::from)?;
        Ok(())
    }
}

fn put_line(text: &mut Vec<u8>, line: &LogLine, format: LogFormat) -> std::io::Result<()> {
    match format {
        LogFormat::Jsonl => serde_json::to_writer(&mut *text, line)?,
        LogFormat::Text => text.extend_from_slice(line.in_words().as_bytes()),
    }
    text.push(b'\n');
    Ok(())
}

impl From<FilterError> for ApiError {
    fn from(error: FilterError) -> Self {
        Self::bad_field(error.field, error.expected)
    }
}

impl From<LevelError> for ApiError {
    fn from(error: LevelError) -> Self {
        match error {
            LevelError::Target | LevelError::Never => Self::bad_field("target", error.to_string()),
            LevelError::TooMany => Self::conflict(super::sentence(&error)),
            LevelError::Filter(error) => Self::internal(&error),
        }
    }
}

fn default_limit() -> u32 {
    200
}

fn default_buckets() -> u32 {
    60
}
