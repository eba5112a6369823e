//! Without a gateway the agent runs in this process, on the same data folder, and listens to
//! nobody else.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use crate::{
    agent::{EventFrame, Started, TurnReader, TurnRequest},
    app::{App, AppParts},
    approvals::{ApprovalsError, Decider, Ruling},
    cli::CliError,
    clock::{Clock, SystemClock},
    config::{CliOverrides, Config, ConfigSources, Home, HomeLock},
    model::{ApprovalId, Origin, SessionId, TurnEvent, TurnId},
    providers::ProviderOptions,
    store::Store,
    tasks::Tasks,
    telemetry::{self, LogTarget, Process, Telemetry},
};

/// How long leaving waits for what is under way.
const DRAIN: Duration = Duration::from_secs(1);

/// The agent in this process.
pub(super) struct Alone {
    app: App,
    telemetry: Telemetry,
    _lock: HomeLock,
}

impl Alone {
    pub(super) async fn build(
        home: &Home,
        env: &BTreeMap<String, String>,
        config: Config,
    ) -> Result<Self, CliError> {
        let lock = home.lock()?;
        let failed = |error: &dyn std::error::Error| CliError::Start(error.to_string());
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let mut observability = config.observability.clone();
        // A person talks here: the terminal is for that.
        "error".clone_into(&mut observability.log_level);
        let logs = LogTarget::TerminalAndFolder(home.logs());
        let telemetry = telemetry::init(&observability, &logs, Arc::clone(&clock))
            .map_err(|error| failed(&error))?;
        let app = App::build(AppParts {
            config,
            sources: ConfigSources {
                home: home.clone(),
                env: env.clone(),
                cli: CliOverrides::default(),
            },
            clock,
            tasks: Tasks::new(),
            providers: ProviderOptions::default(),
            process: Process::started_now(),
            logs: telemetry.logs(),
        })
        .await
        .map_err(|error| failed(&error))?;
        app.begin().await.map_err(|error| failed(&error))?;
        app.providers.settled().await;
        Ok(Self {
            app,
            telemetry,
            _lock: lock,
        })
    }

    pub(super) fn store(&self) -> &Store {
        &self.app.store
    }

    pub(super) async fn say(
        &self,
        session_id: &SessionId,
        model: Option<&str>,
        message: &str,
    ) -> Result<Events, CliError> {
        let request = TurnRequest {
            session_id: Some(session_id.clone()),
            message: message.to_owned(),
            model: model.map(str::to_owned),
            tools: true,
            ..TurnRequest::default()
        };
        let started = self.app.agent.start(request, Origin::Cli, None).await;
        let started = started.map_err(|error| CliError::Start(error.to_string()))?;
        let reader = match started {
            Started::New(handle) => handle.follow(),
            Started::Duplicate(turn) => self
                .app
                .agent
                .follow(turn, 0)
                .await
                .map_err(|error| CliError::Start(error.to_string()))?,
        };
        Ok(Events {
            reader,
            ready: VecDeque::new(),
        })
    }

    pub(super) async fn cancel(&self, turn: TurnId) -> Result<(), CliError> {
        // It may have ended by itself meanwhile.
        if let Err(error) = self.app.agent.cancel(turn).await {
            tracing::debug!(%error, "nothing to stop");
        }
        Ok(())
    }

    pub(super) async fn decide(
        &self,
        turn: TurnId,
        request: ApprovalId,
        ruling: Ruling,
    ) -> Result<(), CliError> {
        let by = Decider {
            device_id: None,
            name: "the terminal".to_owned(),
        };
        let decided = self.app.approvals.decide(turn, request, ruling, by).await;
        match decided {
            // Its time may have been over meanwhile.
            Ok(_) | Err(ApprovalsError::Settled(_)) => Ok(()),
            Err(error) => Err(CliError::Start(error.to_string())),
        }
    }

    pub(super) async fn leave(self) {
        self.app.tasks.stop();
        if !self.app.tasks.drain(DRAIN).await {
            tracing::info!("turns under way go on after the next start");
        }
        self.app.end().await;
        self.telemetry.shut_down(DRAIN).await;
    }
}

/// A turn's events.
pub(super) struct Events {
    reader: TurnReader,
    ready: VecDeque<EventFrame>,
}

impl Events {
    pub(super) async fn next(&mut self) -> Result<Option<TurnEvent>, CliError> {
        if self.ready.is_empty() {
            let batch = self.reader.next_batch().await;
            self.ready
                .extend(batch.map_err(|error| CliError::Start(error.to_string()))?);
        }
        let Some(frame) = self.ready.pop_front() else {
            return Ok(None);
        };
        serde_json::from_slice(&frame.json)
            .map(Some)
            .map_err(|error| CliError::Start(format!("an event can't be read: {error}")))
    }
}
