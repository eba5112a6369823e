//! Sets up logging and tracing, once a process: words on stderr, JSON lines in a daily file,
//! spans over OTLP where an endpoint is set. What a line looks like is in `line.rs`.

use std::{
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tracing_appender::{
    non_blocking::{NonBlocking, NonBlockingBuilder, WorkerGuard},
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::{
    EnvFilter, Layer, Registry, fmt,
    fmt::{MakeWriter, format::JsonFields},
    layer::SubscriberExt as _,
    reload,
    util::SubscriberInitExt as _,
};

use super::{
    line::{Json, LineTime, WordFields, Words},
    redaction::Redacting,
    traces::Traces,
};
use crate::{clock::Clock, config::ObservabilityConfig};

/// Days of log files that are kept.
const KEPT_FILES: usize = 14;
/// Lines that may wait for the file. Their places are made at the start: the writer's own default
/// of 128,000 would hold four megabytes for ever.
const WAITING_LINES: usize = 8192;

/// Where log lines go.
#[derive(Clone, Debug)]
pub enum LogTarget {
    /// Words on stderr only: for commands that are over at once.
    Terminal,
    /// Words on stderr, and JSON lines in `clawgate.<date>.log` in this folder (made when it is
    /// missing); `clawgate.log` leads to the newest.
    TerminalAndFolder(PathBuf),
}

/// Why logging could not be set up or changed.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The directives make no sense.
    #[error(
        "observability.log_level {directives:?} is not a level (error, warn, info, debug, trace) \
         nor a list such as \"info,clawgate::agent=debug\""
    )]
    Directives {
        /// As given.
        directives: String,
    },
    /// The log folder can't be used.
    #[error("the log folder {} can't be used", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The OTLP exporter can't be built.
    #[error("observability.otlp_endpoint {endpoint:?} can't be used: {reason}")]
    Otlp {
        /// As given.
        endpoint: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Logging was set up before.
    #[error("logging is set up already")]
    Twice,
    /// Logging has ended.
    #[error("logging is no longer running")]
    Ended,
}

/// Changes what is logged while the gateway runs. Clones share it.
#[derive(Clone, Debug)]
pub struct LogLevel {
    filter: reload::Handle<EnvFilter, Registry>,
}

impl LogLevel {
    /// Logs by these directives from now on: a level, or a list such as
    /// `info,clawgate::agent=debug`. Nothing changes when they make no sense.
    pub fn reload(&self, directives: &str) -> Result<(), InitError> {
        let filter = parse(directives)?;
        self.filter.reload(filter).map_err(|_| InitError::Ended)
    }

    /// The directives in force.
    pub fn current(&self) -> String {
        self.filter
            .with_current(ToString::to_string)
            .unwrap_or_default()
    }
}

/// Keeps logging going; what is still under way is written when it is shut down or dropped.
#[derive(Debug)]
pub struct Telemetry {
    level: LogLevel,
    file: Option<WorkerGuard>,
    traces: Option<Traces>,
}

impl Telemetry {
    /// The handle that changes the log level.
    pub fn level(&self) -> LogLevel {
        self.level.clone()
    }

    /// Sends the last spans, at most `deadline` long, and writes the last lines.
    pub async fn shut_down(self, deadline: Duration) {
        if let Some(traces) = self.traces {
            traces.shut_down(deadline).await;
        }
        drop(self.file);
    }
}

/// Sets up logging for the process. Needs the process-wide rustls provider when an OTLP endpoint
/// is set. Fails when it is called twice.
pub fn init(
    config: &ObservabilityConfig,
    target: &LogTarget,
    clock: Arc<dyn Clock>,
) -> Result<Telemetry, InitError> {
    let (lines, file) = match target {
        LogTarget::Terminal => (None, None),
        LogTarget::TerminalAndFolder(folder) => {
            let (lines, guard) = open(folder)?;
            (Some(lines), Some(guard))
        }
    };
    let (logs, level) = logs(&config.log_level, clock, io::stderr, lines)?;
    let traces = config
        .otlp_endpoint
        .as_deref()
        .map(Traces::to)
        .transpose()?;
    // The spans that are exported do not depend on what is logged: each has its own filter.
    tracing_subscriber::registry()
        .with(logs)
        .with(traces.as_ref().map(Traces::layer))
        .try_init()
        .map_err(|_| InitError::Twice)?;
    Ok(Telemetry {
        level,
        file,
        traces,
    })
}

/// Words to one writer, JSON lines to another, by one filter.
fn logs<W, L>(
    directives: &str,
    clock: Arc<dyn Clock>,
    terminal: W,
    file: Option<L>,
) -> Result<(impl Layer<Registry> + use<W, L>, LogLevel), InitError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
    L: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let (filter, level) = reload::Layer::new(parse(directives)?);
    let time = LineTime(clock);
    let ansi = io::stderr().is_terminal();
    let words = fmt::layer()
        .fmt_fields(WordFields)
        .with_ansi(ansi)
        .event_format(Words::new(time.clone(), ansi))
        .with_writer(Redacting(terminal));
    let lines = file.map(|file| {
        fmt::layer()
            .fmt_fields(JsonFields::new())
            .event_format(Json(time))
            .with_writer(Redacting(file))
    });
    let logs = words.and_then(lines).with_filter(filter);
    Ok((logs, LogLevel { filter: level }))
}

fn parse(directives: &str) -> Result<EnvFilter, InitError> {
    let wrong = || InitError::Directives {
        directives: directives.to_owned(),
    };
    // The filter takes any single word for the name of a target.
    let is_level = directives.parse::<tracing::level_filters::LevelFilter>();
    if directives.trim().is_empty() || (is_level.is_err() && !directives.contains('=')) {
        return Err(wrong());
    }
    let filter = EnvFilter::builder()
        .parse(directives)
        .map_err(|_| wrong())?;
    // It logs the bodies that providers answer with.
    let silenced = "genai=off".parse().map_err(|_| wrong())?;
    Ok(filter.add_directive(silenced))
}

fn open(folder: &Path) -> Result<(NonBlocking, WorkerGuard), InitError> {
    let unusable = |source| InitError::Folder {
        folder: folder.to_owned(),
        source,
    };
    make_private(folder).map_err(unusable)?;
    let files = || {
        RollingFileAppender::builder()
            .rotation(Rotation::DAILY)
            .filename_prefix("clawgate")
            .filename_suffix("log")
            .max_log_files(KEPT_FILES)
    };
    // A file system without symbolic links does without the short name.
    let files = files()
        .latest_symlink("clawgate.log")
        .build(folder)
        .or_else(|_| files().build(folder))
        .map_err(|error| unusable(io::Error::other(error)))?;
    Ok(NonBlockingBuilder::default()
        .thread_name("log-file")
        .buffered_lines_limit(WAITING_LINES)
        .finish(files))
}

/// Log lines hold addresses and titles: only their owner may read them.
fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::{clock::ManualClock, model::Timestamp, telemetry::request_id};

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Page {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl io::Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Page {
        type Writer = Self;

        fn make_writer(&'a self) -> Self {
            self.clone()
        }
    }

    /// Runs `work` as part of the request `r-1`; gives back what the terminal and the file got.
    async fn logged(work: impl FnOnce(&LogLevel)) -> (String, String) {
        let (words, lines) = (Page::default(), Page::default());
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000)));
        let (logs, level) = logs("info", clock, words.clone(), Some(lines.clone())).unwrap();
        let subscriber = tracing_subscriber::registry().with(logs);
        request_id::scope("r-1".into(), async {
            tracing::subscriber::with_default(subscriber, || work(&level));
        })
        .await;
        (words.text(), lines.text())
    }

    #[tokio::test]
    async fn the_level_changes_while_the_gateway_runs() {
        let (words, lines) = logged(|level| {
            tracing::debug!("one");
            assert!(level.reload("loud").is_err());
            tracing::info!("two");
            level.reload("warn,clawgate::telemetry=debug").unwrap();
            assert!(level.current().contains("clawgate::telemetry=debug"));
            tracing::debug!("three");
            level.reload("error").unwrap();
            tracing::warn!("four");
        })
        .await;
        for text in [words, lines] {
            let seen = ["one", "two", "three", "four"].map(|word| text.contains(word));
            assert_eq!(seen, [false, true, true, false], "{text}");
        }
    }

    #[tokio::test]
    async fn a_line_names_its_request_its_turn_and_no_secret() {
        let (words, lines) = logged(|_| {
            let span = tracing::info_span!("turn", turn_id = "t-1", origin = "api");
            let _entered = span.enter();
            tracing::warn!(
                tries = 3,
                key = "sk-abcdefgh1234",
                "the provider \"main\" is slow"
            );
        })
        .await;
        assert!(
            words.starts_with("1970-01-01T00:00:01.000Z  WARN turn{"),
            "{words}"
        );
        assert!(words.ends_with(" request_id=r-1\n"), "{words}");
        assert!(!words.contains("abcdefgh1234"), "{words}");
        let line: serde_json::Value = serde_json::from_str(&lines).unwrap();
        assert_eq!(
            line,
            serde_json::json!({
                "timestamp": "1970-01-01T00:00:01.000Z",
                "level": "WARN",
                "target": "clawgate::telemetry::init::tests",
                "message": "the provider \"main\" is slow",
                "request_id": "r-1",
                "turn_id": "t-1",
                "fields": {"tries": 3, "key": "sk-***", "origin": "api"},
            })
        );
    }

    #[tokio::test]
    async fn the_terminal_is_spared_what_only_collectors_read() {
        let (words, lines) = logged(|_| {
            let _entered = crate::telemetry::spans::model_call("main", "m").entered();
            tracing::info!("\u{1b}[31masked");
        })
        .await;
        assert!(
            words.ends_with(
                "INFO model_call: clawgate::telemetry::init::tests: \\u{1b}[31masked \
                 request_id=r-1\n"
            ),
            "{words}"
        );
        assert!(lines.contains("\"gen_ai.request.model\":\"m\""), "{lines}");
    }

    #[tokio::test]
    async fn an_error_is_logged_with_its_causes_on_one_line() {
        let cause = InitError::Folder {
            folder: "/logs".into(),
            source: io::Error::other("line one\nline two"),
        };
        let (words, lines) = logged(|_| {
            let error: &(dyn std::error::Error + 'static) = &cause;
            tracing::error!(error, "request failed");
        })
        .await;
        assert_eq!((words.lines().count(), lines.lines().count()), (1, 1));
        assert!(
            words.contains(r"can't be used: line one\nline two"),
            "{words}"
        );
        let line: serde_json::Value = serde_json::from_str(&lines).unwrap();
        assert_eq!(
            line["fields"]["error"],
            "the log folder /logs can't be used: line one\nline two"
        );
    }

    #[test]
    fn directives_that_make_no_sense_are_refused() {
        for good in [
            "info",
            "WARN",
            "info,clawgate::agent=debug",
            "clawgate=trace",
            "off",
        ] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in ["", "loud", "info,clawgate=loud", "=="] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_log_file_is_its_owners_alone() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("logs");
        let (mut lines, guard) = open(&folder).unwrap();
        io::Write::write_all(&mut lines, b"{}\n").unwrap();
        drop(guard);
        assert_eq!(
            std::fs::read_to_string(folder.join("clawgate.log")).unwrap(),
            "{}\n"
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o700);
        }
    }

    #[test]
    fn a_log_folder_that_is_a_file_is_an_error_that_names_it() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("logs");
        std::fs::write(&folder, "").unwrap();
        let error = open(&folder).unwrap_err();
        assert!(error.to_string().contains("logs"), "{error}");
    }
}
