//! `clawgate gateway`: what it is given, what must be right before it may listen, and its life
//! from there to the signal that ends it.

use std::{collections::BTreeMap, process::ExitCode, sync::Arc, time::Duration};

use clap::Args;

use super::{
    CliError,
    banner::{Facts, banner},
    output,
};
use crate::{
    app::{App, AppError, AppParts},
    clock::{Clock, SystemClock},
    config::{self, CliOverrides, ConfigSources, Home, HomeLock, Loaded},
    gateway::{self, Server, spa},
    http::own_address,
    providers::ProviderOptions,
    security::MintedCode,
    tasks::Tasks,
    telemetry::{self, LogTarget, Process},
};

/// How to run the gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct GatewayArgs {
    /// Port to listen on; 0 takes a free one
    #[arg(short, long, value_name = "N")]
    pub port: Option<u16>,
    /// Address to listen on
    #[arg(long, value_name = "HOST")]
    pub host: Option<String>,
    /// Revoke every token and print a fresh pairing code
    #[arg(long)]
    pub new_pairing: bool,
    /// Open the dashboard in the browser
    #[arg(long)]
    pub open: bool,
}

/// What a gateway starts from.
#[derive(Debug)]
pub struct Prepared {
    /// The data folder, all of it there.
    pub home: Home,
    /// Keeps a second gateway out for as long as it lives.
    pub lock: HomeLock,
    /// What the command line said.
    pub cli: CliOverrides,
    /// The configuration and what is to be said about it.
    pub loaded: Loaded,
}

/// Opens the data folder for one gateway and loads the configuration. Nothing listens yet.
pub fn prepare(args: &GatewayArgs, env: &BTreeMap<String, String>) -> Result<Prepared, CliError> {
    let home = Home::locate(env)?;
    let home = Home::open(home.folder().to_owned())?;
    let cli = CliOverrides {
        host: args.host.clone(),
        port: args.port,
    };
    let loaded = config::load(&home, env, cli.clone())?;
    config::check_bind(&loaded.config)?;
    let lock = home.lock()?;
    Ok(Prepared {
        home,
        lock,
        cli,
        loaded,
    })
}

/// How long a stop waits for answers and turns under way. What has not ended by then goes on
/// after the next start.
const DRAIN: Duration = Duration::from_secs(3);
/// How long a stop waits for the last traces to be sent.
const LAST_TRACES: Duration = Duration::from_secs(2);

/// Runs the gateway until it is told to stop.
pub(super) async fn run(
    args: &GatewayArgs,
    env: &BTreeMap<String, String>,
) -> Result<ExitCode, CliError> {
    let process = Process::started_now();
    let mut signals = Signals::listen()?;
    let Prepared {
        home,
        mut lock,
        cli,
        loaded,
    } = prepare(args, env)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let logs = LogTarget::TerminalAndFolder(home.logs());
    let telemetry = telemetry::init(&loaded.config.observability, &logs, Arc::clone(&clock))
        .map_err(|error| CliError::Start(error.to_string()))?;
    remark(&loaded);
    let listen = (
        loaded.config.gateway.host.clone(),
        loaded.config.gateway.port,
    );
    // Before anything is changed: a port in use must not revoke a token or take up a turn.
    let server = Server::bind(&listen.0, listen.1)
        .await
        .map_err(|error| CliError::Start(error.to_string()))?;
    let tasks = Tasks::new();
    let app = Arc::new(
        App::build(AppParts {
            config: loaded.config,
            sources: ConfigSources {
                home: home.clone(),
                env: env.clone(),
                cli,
            },
            clock,
            tasks: tasks.clone(),
            providers: ProviderOptions::default(),
            process,
            logs: telemetry.logs(),
        })
        .await
        .map_err(start)?,
    );
    let bound = server
        .addresses()
        .first()
        .copied()
        .unwrap_or_else(|| ([127, 0, 0, 1], 0).into());
    let endpoint =
        gateway::endpoint(&app, bound).map_err(|error| CliError::Start(error.to_string()))?;
    let recovered = app.begin().await.map_err(start)?;
    app.schedule().await.map_err(start)?;
    let serving = tasks.spawn("server", {
        let tasks = tasks.clone();
        async move { server.serve(endpoint, &tasks, DRAIN).await }
    });
    let url = own_address(bound);
    lock.announce(&url)?;
    let code = first_code(&app, args.new_pairing).await?;
    app.providers.settled().await;
    greet(&app, &url, code.as_ref(), recovered)?;
    if args.open {
        open_browser(&url, code.as_ref());
    }
    let code = signals.next().await;
    tracing::info!("stopping");
    tasks.stop();
    if let Err(error) = serving.await {
        tracing::error!(%error, "the listener did not end well");
    }
    if !tasks.drain(DRAIN).await {
        tracing::info!("turns under way go on after the next start");
    }
    app.end().await;
    telemetry.shut_down(LAST_TRACES).await;
    Ok(code)
}

fn start(error: AppError) -> CliError {
    match error {
        AppError::Store(error) => CliError::Store(error),
        AppError::Agent(error) => CliError::Start(error.to_string()),
        AppError::Cost(error) => CliError::Start(error.to_string()),
        AppError::Workspace(_, ref cause) => CliError::Start(format!("{error}: {cause}")),
        AppError::Tools(error) => CliError::Start(error.to_string()),
        AppError::Cron(error) => CliError::Start(error.to_string()),
    }
}

/// What is to be said about the configuration goes to the log, and so to the terminal.
fn remark(loaded: &Loaded) {
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    for notice in &loaded.notices {
        tracing::info!("{notice}");
    }
}

async fn first_code(app: &App, start_over: bool) -> Result<Option<MintedCode>, CliError> {
    let code = if start_over {
        let code = app.pairing.start_over().await.map(Some);
        // Everything was revoked, the environment's own token too; that one was given on purpose.
        app.tokens
            .set_fixed_token(app.config.current().fixed_token.as_ref())
            .await?;
        code
    } else {
        app.pairing.mint_first().await
    };
    code.map_err(|error| CliError::Start(error.to_string()))
}

fn greet(
    app: &App,
    url: &str,
    code: Option<&MintedCode>,
    recovered: usize,
) -> Result<(), CliError> {
    let facts = Facts {
        url,
        page: spa::is_built_in(),
        selected: &app.providers.current(),
        code,
        require_pairing: app.config.current().gateway.require_pairing,
        devices: app.tokens.count(),
        recovered,
    };
    match output::text(&banner(&facts, app.clock.as_ref())) {
        // A gateway whose terminal went away goes on.
        Err(CliError::NobodyReads) | Ok(()) => Ok(()),
        Err(error) => Err(error),
    }
}

fn open_browser(url: &str, code: Option<&MintedCode>) {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    let page = code.map_or_else(
        || url.to_owned(),
        |code| format!("{url}/#code={}", code.code),
    );
    let quiet = std::process::Stdio::null;
    let started = std::process::Command::new(program)
        .arg(page)
        .stdin(quiet())
        .stdout(quiet())
        .stderr(quiet())
        .spawn();
    if let Err(error) = started {
        output::say(format_args!(
            "the browser could not be opened ({program}: {error})"
        ));
    }
}

/// The signals that end a gateway.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    /// From now on a signal is heard here rather than ending the process.
    fn listen() -> Result<Self, CliError> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let hear =
                |kind| signal(kind).map_err(|error| CliError::Start(format!("signals: {error}")));
            Ok(Self {
                terminate: hear(SignalKind::terminate())?,
                interrupt: hear(SignalKind::interrupt())?,
            })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Waits for the first; answers the exit code that it asks for.
    async fn next(&mut self) -> ExitCode {
        #[cfg(unix)]
        tokio::select! {
            _ = self.terminate.recv() => ExitCode::SUCCESS,
            _ = self.interrupt.recv() => ExitCode::from(130),
        }
        #[cfg(not(unix))]
        {
            let _heard = tokio::signal::ctrl_c().await;
            ExitCode::from(130)
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, FromArgMatches as _};

    use super::*;

    fn parse(words: &[&str]) -> GatewayArgs {
        let command = GatewayArgs::augment_args(clap::Command::new("gateway"));
        let words = std::iter::once("gateway").chain(words.iter().copied());
        GatewayArgs::from_arg_matches(&command.try_get_matches_from(words).unwrap()).unwrap()
    }

    fn env(home: &tempfile::TempDir) -> BTreeMap<String, String> {
        let path = home.path().to_str().unwrap().to_owned();
        BTreeMap::from([("CLAWGATE_HOME".to_owned(), path)])
    }

    #[test]
    fn the_command_line_has_the_last_word() {
        let home = tempfile::tempdir().unwrap();
        let mut env = env(&home);
        env.insert("GATEWAY_PORT".to_owned(), "1".to_owned());
        let args = parse(&["-p", "0", "--host", "::1", "--open"]);
        assert!(args.open && !args.new_pairing);
        let prepared = prepare(&args, &env).unwrap();
        let gateway = &prepared.loaded.config.gateway;
        assert_eq!((gateway.port, gateway.host.as_str()), (0, "::1"));
    }

    #[test]
    fn a_public_address_is_a_configuration_error() {
        let home = tempfile::tempdir().unwrap();
        let refused = prepare(&parse(&["--host", "0.0.0.0"]), &env(&home)).unwrap_err();
        assert!(matches!(refused, CliError::PublicBind(_)));
        assert_eq!(
            format!("{:?}", refused.exit_code()),
            format!("{:?}", ExitCode::from(2))
        );
    }

    #[test]
    fn a_second_gateway_cannot_start() {
        let home = tempfile::tempdir().unwrap();
        let first = prepare(&parse(&[]), &env(&home)).unwrap();
        let second = prepare(&parse(&[]), &env(&home)).unwrap_err();
        assert!(matches!(second, CliError::Home(_)), "{second}");
        drop(first);
        prepare(&parse(&[]), &env(&home)).unwrap();
    }
}
