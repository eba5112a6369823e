//! The whole gateway inside the test, with a scripted model behind it.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};

use clawgate::{
    app::{App, AppParts},
    clock::{Clock, SystemClock},
    config::{CliOverrides, Config, ConfigSources, Home, ProviderConfig, ProviderKind},
    gateway::{self, Server},
    model::Scope,
    providers::ProviderOptions,
    security::{Grant, hash_token},
    tasks::Tasks,
    telemetry::{Logs, Process},
};
use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::actor::Actor;
use crate::model_server::ModelServer;

/// A token that works from the start.
pub(crate) const TOKEN: &str = "zcl_live_the-token-that-these-tests-come-in-with-0123456789";
/// The provider's key.
pub(crate) const KEY: &str = "sk-test-the-key-that-nobody-may-see-42";

/// A provider that speaks to the scripted model.
pub(crate) fn scripted(model: &ModelServer) -> ProviderConfig {
    ProviderConfig {
        base_url: Some(model.base_url()),
        api_key: Some(KEY.into()),
        model: Some("test-model".to_owned()),
        ..ProviderConfig::of_kind(ProviderKind::OpenAi)
    }
}

/// A running gateway; it ends when this is dropped.
pub(crate) struct Gateway {
    pub(crate) app: Arc<App>,
    pub(crate) model: ModelServer,
    address: SocketAddr,
    _home: tempfile::TempDir,
}

impl Gateway {
    pub(crate) async fn in_process() -> Self {
        Self::with(|_, _| {}).await
    }

    /// With another configuration than one provider, one token and no limits.
    pub(crate) async fn with(change: impl FnOnce(&mut Config, &ModelServer)) -> Self {
        Self::at(Arc::new(SystemClock), change).await
    }

    /// The same, with a clock of the test's own.
    pub(crate) async fn at(
        clock: Arc<dyn Clock>,
        change: impl FnOnce(&mut Config, &ModelServer),
    ) -> Self {
        Self::started(clock, BTreeMap::new(), change).await
    }

    /// With variables that count more than the file when that is changed.
    pub(crate) async fn with_env(env: &[(&str, &str)]) -> Self {
        let env = env
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self::started(Arc::new(SystemClock), env.collect(), |_, _| {}).await
    }

    async fn started(
        clock: Arc<dyn Clock>,
        env: BTreeMap<String, String>,
        change: impl FnOnce(&mut Config, &ModelServer),
    ) -> Self {
        let model = ModelServer::start().await;
        let home = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.gateway.paired_tokens = vec![hex::encode(hash_token(TOKEN))];
        config.gateway.chat_rate_limit_per_minute = 0;
        config.gateway.webhook_rate_limit_per_minute = 0;
        config.gateway.api_rate_limit_per_minute = 0;
        config.providers.insert("main".to_owned(), scripted(&model));
        change(&mut config, &model);
        let tasks = Tasks::new();
        let parts = AppParts {
            logs: Logs::nowhere(&config, Arc::clone(&clock)),
            config,
            sources: ConfigSources {
                home: Home::open(home.path().to_owned()).unwrap(),
                env,
                cli: CliOverrides::default(),
            },
            clock,
            tasks: tasks.clone(),
            providers: ProviderOptions {
                // Nothing is found on this machine.
                local_ollama: "http://127.0.0.1:9".to_owned(),
                demo_delay: Duration::ZERO,
            },
            process: Process::started_now(),
        };
        let app = Arc::new(App::build(parts).await.unwrap());
        let server = Server::bind("127.0.0.1", 0).await.unwrap();
        let address = server.addresses()[0];
        let endpoint = gateway::endpoint(&app, address).unwrap();
        app.begin().await.unwrap();
        app.schedule().await.unwrap();
        let serve = tasks.clone();
        drop(tasks.spawn("server", async move {
            server.serve(endpoint, &serve, Duration::from_secs(1)).await
        }));
        Self {
            app,
            model,
            address,
            _home: home,
        }
    }

    /// Somebody without a token.
    pub(crate) fn anon(&self) -> Actor {
        Actor::new(self.address, None)
    }

    /// The owner.
    pub(crate) fn paired(&self) -> Actor {
        Actor::new(self.address, Some(TOKEN))
    }

    /// A device with this scope, paired with a code.
    pub(crate) async fn device(&self, scope: Scope, name: &str) -> Actor {
        let grant = Grant {
            scopes: vec![scope],
            ..Grant::default()
        };
        let code = self.app.pairing.mint(grant).await.unwrap();
        let ip = [198, 51, 100, 1].into();
        let paired = self
            .app
            .pairing
            .redeem(&code.code.to_string(), ip, Some(name), None)
            .await
            .unwrap();
        Actor::new(self.address, Some(paired.token.expose_secret()))
    }

    /// Bodies of the requests that the model got, the oldest first.
    pub(crate) fn asked(&self) -> Vec<Value> {
        let requests = self.model.requests();
        let bodies = requests.iter().map(|one| &one.body);
        bodies
            .map(|body| serde_json::from_slice(body).unwrap())
            .collect()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.app.tasks.stop();
    }
}
