//! `clawgate openapi`: the API document, and the document of events, as this program has them.

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode, sync::Arc};

use clap::Args;

use super::{CliError, output};
use crate::{
    api,
    app::{App, AppParts},
    clock::{Clock, SystemClock},
    config::{CliOverrides, Config, ConfigSources, Home},
    crypto, gateway,
    providers::ProviderOptions,
    tasks::Tasks,
    telemetry::{Logs, Process},
    ws,
};

/// Which document.
#[derive(Clone, Copy, Debug, Args)]
pub struct OpenapiArgs {
    /// The events of turns, streams and sockets (AsyncAPI) instead of the routes (OpenAPI)
    #[arg(long)]
    pub events: bool,
}

pub(super) async fn run(args: OpenapiArgs) -> Result<ExitCode, CliError> {
    if args.events {
        let document = api::asyncapi::document(ws::frame::register);
        output::text(&document.map_err(|error| CliError::Start(error.to_string()))?)?;
        return Ok(ExitCode::SUCCESS);
    }
    output::text(&routes().await?)?;
    Ok(ExitCode::SUCCESS)
}

/// The document is made from the services themselves: over an empty database, gone afterwards.
async fn routes() -> Result<String, CliError> {
    let folder = Scratch::new()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let config = Config::default();
    let app = App::build(AppParts {
        logs: Logs::nowhere(&config, Arc::clone(&clock)),
        config,
        sources: ConfigSources {
            home: Home::open(folder.0.clone())?,
            env: BTreeMap::new(),
            cli: CliOverrides::default(),
        },
        clock,
        tasks: Tasks::new(),
        providers: ProviderOptions::default(),
        process: Process::started_now(),
    })
    .await
    .map_err(|error| CliError::Start(error.to_string()))?;
    let document = gateway::document(&app);
    app.end().await;
    Ok(document)
}

/// A folder of its own that goes with it.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self, CliError> {
        let name = crypto::random_bytes::<8>().map(hex::encode);
        let name = name.map_err(|error| CliError::Start(error.to_string()))?;
        let folder = std::env::temp_dir().join(format!("clawgate-{name}"));
        std::fs::create_dir(&folder)
            .map_err(|error| CliError::Start(format!("{}: {error}", folder.display())))?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::debug!(%error, "a temporary folder stays");
        }
    }
}
