//! The list, its states and what changes them.

use std::{collections::BTreeMap, time::Duration};

use super::*;
use crate::{
    agent::Models,
    clock::ManualClock,
    config::{self, CliOverrides, ConfigSources, Home},
    model::{SessionId, TurnId},
    providers::{ModelCatalogue, ProviderEditor, ProviderOptions, Unmetered},
    tools::Leaks,
};

struct World {
    integrations: Integrations,
    bus: Bus,
    tasks: Tasks,
    home: Home,
    _folder: tempfile::TempDir,
}

impl World {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path().to_owned()).unwrap();
        std::fs::write(home.config_file(), text).unwrap();
        let sources = ConfigSources {
            home: home.clone(),
            env: BTreeMap::new(),
            cli: CliOverrides::default(),
        };
        let loaded = config::read(&home, &sources.env, sources.cli.clone()).unwrap();
        let clock: Arc<dyn Clock> =
            Arc::new(ManualClock::at(Timestamp::from_millis(1_900_000_000_000)));
        let (tasks, bus) = (Tasks::new(), Bus::new(Arc::clone(&clock)));
        let providers = Arc::new(Providers::from_config(
            &loaded.config,
            &loaded.config.from_environment,
            Arc::clone(&clock),
            tasks.clone(),
            ProviderOptions {
                local_ollama: "http://127.0.0.1:9".to_owned(),
                demo_delay: Duration::ZERO,
            },
            Arc::new(Unmetered),
        ));
        let config = ConfigHandle::new(loaded.config);
        let keeper = {
            let bus = bus.clone();
            ConfigKeeper::new(sources, config.clone(), move |changed| {
                bus.publish(&BusEvent::ConfigChanged(crate::model::ConfigChanged {
                    keys: changed.keys.clone(),
                    restart_needed: Vec::new(),
                    error: None,
                }));
            })
        };
        let keeper = Arc::new(keeper);
        let catalogue =
            ModelCatalogue::new(Arc::clone(&providers), config.clone(), Arc::clone(&clock));
        let models = Models::new(
            Arc::clone(&providers),
            ProviderEditor::new(Arc::clone(&keeper)),
            Arc::new(catalogue),
            config.clone(),
        );
        let leaks = Arc::new(Leaks::new(config.clone(), home.secret_key()));
        let integrations = Integrations::new(Parts {
            config,
            keeper,
            models,
            providers,
            tools: Arc::new(Registry::new(Vec::new(), leaks).unwrap()),
            bus: bus.clone(),
            clock,
        });
        Self {
            integrations,
            bus,
            tasks,
            home,
            _folder: folder,
        }
    }

    async fn one(&self, id: &str) -> Integration {
        self.integrations.find(id).await.unwrap()
    }

    async fn set(
        &self,
        id: &str,
        key: &str,
        value: Option<&str>,
    ) -> Result<Integration, SaveError> {
        let values = BTreeMap::from([(key.to_owned(), value.map(str::to_owned))]);
        self.integrations.save(id, values).await
    }

    fn answered(&self, provider: &str, error: Option<&str>) -> BusEvent {
        let event = BusEvent::LlmResponse(LlmResponse {
            session_id: SessionId::fresh(),
            turn_id: TurnId::fresh(),
            provider: provider.to_owned(),
            model: "m".to_owned(),
            success: error.is_none(),
            duration_ms: 1,
            first_token_ms: None,
            input_tokens: 0,
            output_tokens: 0,
            cached_tokens: 0,
            error: error.map(str::to_owned),
        });
        self.bus.publish(&event);
        event
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.tasks.stop();
    }
}

const MAIN: &str = "[providers.main]\nkind = \"openai\"\nbase_url = \"http://127.0.0.1:9/v1\"\n";

#[tokio::test]
async fn what_is_set_up_comes_from_the_settings_and_the_rest_is_on_offer() {
    let world = World::new(MAIN);
    assert_eq!(world.one("provider-main").await.state, State::Configured);
    let offered = world.one("kind-anthropic").await;
    assert_eq!(offered.state, State::Available);
    assert_eq!(offered.route.as_deref(), Some("/provider?add=anthropic"));
    assert!(!offered.testable);
    assert!(world.integrations.find("kind-openai").await.is_none());
    assert!(world.integrations.find("tools-files").await.is_none());
    let hook = &world.one("channel-webhook").await.hooks[0];
    assert_eq!((hook.method, hook.path), ("POST", "/webhook"));
    assert!(hook.headers.iter().any(|(name, _)| name == "Authorization"));
    assert!(
        !hook
            .headers
            .iter()
            .any(|(name, _)| name == "X-Webhook-Secret")
    );
}

#[tokio::test]
async fn a_provider_is_as_well_as_its_last_answer_until_it_is_set_up_anew() {
    let world = World::new(MAIN);
    world.integrations.begin(&world.tasks);
    let mut news = world.bus.subscribe(None);
    let mut changes = async || loop {
        for item in news.next_batch(1).await {
            if let News::Event(frame) = item
                && frame.name == "integration_changed"
            {
                let event: serde_json::Value = serde_json::from_slice(&frame.json).unwrap();
                return event["state"].as_str().unwrap().to_owned();
            }
        }
    };
    world.answered("main", None);
    assert_eq!(changes().await, "connected");
    world.answered("main", Some("It does not accept the key."));
    assert_eq!(changes().await, "failing");
    let failing = world.one("provider-main").await;
    assert_eq!(
        failing.reason.as_deref(),
        Some("It does not accept the key.")
    );
    assert!(failing.checked_at.is_some());
    world
        .integrations
        .forget(&["providers.main.api_key".to_owned()]);
    assert_eq!(world.one("provider-main").await.state, State::Configured);
}

#[tokio::test]
async fn settings_are_saved_sealed_and_taken_away() {
    let world = World::new("# mine\n[agent]\nmax_iterations = 9\n");
    let key = "channels.webhook.secret";
    let saved = world
        .set("channel-webhook", key, Some("a-good-long-secret"))
        .await
        .unwrap();
    assert_eq!(saved.state, State::Configured);
    let field = saved.fields.iter().find(|field| field.key == key).unwrap();
    assert!(field.set && field.value.is_none(), "{field:?}");
    assert!(
        saved.hooks[0]
            .headers
            .iter()
            .any(|(name, _)| name == "X-Webhook-Secret")
    );
    let text = std::fs::read_to_string(world.home.config_file()).unwrap();
    assert!(
        text.starts_with("# mine\n") && text.contains("enc:v1:"),
        "{text}"
    );
    assert!(!text.contains("a-good-long-secret"));
    let gone = world.set("channel-webhook", key, None).await.unwrap();
    let field = gone.fields.iter().find(|field| field.key == key).unwrap();
    assert!(!field.set, "{field:?}");
}

#[tokio::test]
async fn what_is_not_its_own_or_not_right_is_refused() {
    let world = World::new("");
    let other = world
        .set("otlp", "gateway.require_pairing", Some("false"))
        .await;
    assert!(
        matches!(other, Err(SaveError::NotItsOwn { .. })),
        "{other:?}"
    );
    let bad = world
        .set("otlp", "observability.otlp_endpoint", Some("collector"))
        .await;
    assert!(matches!(bad, Err(SaveError::Document(_))), "{bad:?}");
    let unknown = world.set("soup", "a.b", None).await;
    assert!(matches!(unknown, Err(SaveError::Unknown)), "{unknown:?}");
    let asker = Asker::default();
    let early = world.integrations.test("embeddings", &asker).await;
    assert!(matches!(early, Err(TestError::NotNow(_))), "{early:?}");
}

#[tokio::test]
async fn a_try_that_fails_is_an_answer_and_stays() {
    let world = World::new(MAIN);
    let tested = world
        .integrations
        .test("provider-main", &Asker::default())
        .await
        .unwrap();
    assert!(!tested.ok);
    assert_eq!(tested.integration.state, State::Failing);
    assert_eq!(
        tested.integration.reason.as_deref(),
        Some(tested.message.as_str())
    );
}
