//! Sets up logging and tracing, once a process: words on stderr, JSON lines in files
//! (`logs/`), spans over OTLP where an endpoint is set. What a line looks like is in `line.rs`.

use std::{
    io::{self, IsTerminal as _},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use tracing_subscriber::{
    Layer, Registry, fmt,
    fmt::{MakeWriter, format::JsonFields},
    layer::SubscriberExt as _,
    reload,
    util::SubscriberInitExt as _,
};

use super::{
    levels::{LogLevels, Logs, parse},
    line::{Json, LineTime, WordFields, Words},
    logs::{LogGuard, LogStore},
    redaction::Redacting,
    traces::Traces,
};
use crate::{clock::Clock, config::ObservabilityConfig};

/// Where log lines go.
#[derive(Clone, Debug)]
pub enum LogTarget {
    /// Words on stderr only: for commands that are over at once.
    Terminal,
    /// Words on stderr, and JSON lines in the files of this folder (made when it is missing);
    /// `clawgate.log` leads to the newest.
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

/// Keeps logging going; what is still under way is written when it is shut down or dropped.
#[derive(Debug)]
pub struct Telemetry {
    logs: Logs,
    file: Option<LogGuard>,
    traces: Option<Traces>,
}

impl Telemetry {
    /// The log, and what goes into it.
    pub fn logs(&self) -> Logs {
        self.logs.clone()
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
    let (store, file) = match target {
        LogTarget::Terminal => (LogStore::nowhere(), None),
        LogTarget::TerminalAndFolder(folder) => {
            let opened = LogStore::open(folder, Arc::clone(&clock), config);
            let (store, guard) = opened.map_err(|source| InitError::Folder {
                folder: folder.clone(),
                source,
            })?;
            (store, Some(guard))
        }
    };
    let lines = file.is_some().then(|| store.sink());
    let (logs, levels) = logs(&config.log_level, clock, io::stderr, lines)?;
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
        logs: Logs { store, levels },
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
) -> Result<(impl Layer<Registry> + use<W, L>, LogLevels), InitError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
    L: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let (filter, handle) = reload::Layer::new(parse(directives)?);
    let levels = LogLevels::new(directives, Some(handle), Arc::clone(&clock));
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
            // The thread that writes lines takes the secrets out of them.
            .with_writer(file)
    });
    let logs = words.and_then(lines).with_filter(filter);
    Ok((logs, levels))
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
    async fn logged(work: impl FnOnce(&LogLevels)) -> (String, String) {
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
            assert!(level.set_base("loud").is_err());
            tracing::info!("two");
            level
                .set(Some("clawgate::telemetry"), "debug", None)
                .unwrap();
            tracing::debug!("three");
            level.clear(Some("clawgate::telemetry")).unwrap();
            level.set_base("error").unwrap();
            tracing::warn!("four");
        })
        .await;
        for text in [words, lines] {
            let seen = ["one", "two", "three", "four"].map(|word| text.contains(word));
            assert_eq!(seen, [false, true, true, false], "{text}");
        }
    }

    #[tokio::test]
    async fn a_line_names_its_request_and_its_turn_and_the_terminal_no_secret() {
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
                "level": "warn",
                "target": "clawgate::telemetry::init::tests",
                "message": "the provider \"main\" is slow",
                "request_id": "r-1",
                "turn_id": "t-1",
                "fields": {"tries": 3, "key": "sk-abcdefgh1234", "origin": "api"},
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
    fn a_log_folder_that_is_a_file_is_an_error_that_names_it() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("logs");
        std::fs::write(&folder, "").unwrap();
        let config = ObservabilityConfig::default();
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000)));
        let error = init(&config, &LogTarget::TerminalAndFolder(folder), clock).unwrap_err();
        assert!(error.to_string().contains("logs"), "{error}");
    }
}
